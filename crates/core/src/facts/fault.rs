//! What is wrong with a document of facts: a closed list of codes, a pointer, a line for a person.

/// What is wrong with a document. The list is closed; each code is explained on the page of error codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultCode {
    /// The bytes are no JSON document.
    NotJson,
    /// The document has more bytes than [`DOCUMENT_BYTES_MAX`](super::json::DOCUMENT_BYTES_MAX).
    TooLarge,
    /// A value lies deeper than [`DEPTH_MAX`](super::json::DEPTH_MAX).
    TooDeep,
    /// A key is given twice in one object.
    DuplicateKey,
    /// A text is longer than [`TEXT_CHARS_MAX`](super::json::TEXT_CHARS_MAX).
    TextTooLong,
    /// A list has more than [`ITEMS_MAX`](super::json::ITEMS_MAX) items, or an object more keys than any object of the facts.
    TooManyItems,
    /// A field that is not known here.
    UnknownField,
    /// A required field is left out.
    MissingField,
    /// A value of another type than the field's.
    WrongType,
    /// A number that is not written as an integer.
    NotAnInteger,
    /// A number below or above what is allowed.
    OutOfRange,
    /// A word that is not in the field's list.
    UnknownValue,
    /// A text that is no RFC 3339 moment with an offset.
    NotAMoment,
    /// Two facts that cannot both hold.
    Impossible,
}

impl FaultCode {
    /// The code as answers carry it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::TooLarge => "too_large",
            Self::TooDeep => "too_deep",
            Self::DuplicateKey => "duplicate_key",
            Self::TextTooLong => "text_too_long",
            Self::TooManyItems => "too_many_items",
            Self::UnknownField => "unknown_field",
            Self::MissingField => "missing_field",
            Self::WrongType => "wrong_type",
            Self::NotAnInteger => "not_an_integer",
            Self::OutOfRange => "out_of_range",
            Self::UnknownValue => "unknown_value",
            Self::NotAMoment => "not_a_moment",
            Self::Impossible => "impossible",
        }
    }
}

/// One fault of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind of fault it is.
    pub code: FaultCode,
    /// A JSON Pointer to the field at fault; for a missing field, to where it should be.
    pub pointer: String,
    /// One line for a person that says what is allowed there.
    pub message: String,
}
