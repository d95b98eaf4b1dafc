//! What is wrong with a document of facts: a closed list of codes, a pointer, a line for a person.

use crate::words::closed_list;

closed_list! {
    /// What is wrong with a document. The list is closed; `docs/error-codes.md` explains each code.
    FaultCode {
        /// The bytes are no JSON document.
        NotJson = "not_json",
        /// The document has more bytes than [`DOCUMENT_BYTES_MAX`](super::json::DOCUMENT_BYTES_MAX).
        TooLarge = "too_large",
        /// A value lies deeper than [`DEPTH_MAX`](super::json::DEPTH_MAX).
        TooDeep = "too_deep",
        /// A key is given twice in one object.
        DuplicateKey = "duplicate_key",
        /// A text is longer than [`TEXT_CHARS_MAX`](super::json::TEXT_CHARS_MAX).
        TextTooLong = "text_too_long",
        /// A list has more than [`ITEMS_MAX`](super::json::ITEMS_MAX) items.
        TooManyItems = "too_many_items",
        /// An object has more than [`KEYS_MAX`](super::json::KEYS_MAX) keys.
        TooManyKeys = "too_many_keys",
        /// A field that is not known here.
        UnknownField = "unknown_field",
        /// A required field is left out.
        MissingField = "missing_field",
        /// A value of another type than the field's.
        WrongType = "wrong_type",
        /// A number that is not written as an integer.
        NotAnInteger = "not_an_integer",
        /// A number below or above what is allowed.
        OutOfRange = "out_of_range",
        /// A word that is not in the field's list.
        UnknownValue = "unknown_value",
        /// A text that is no RFC 3339 moment with an offset.
        NotAMoment = "not_a_moment",
        /// Two facts that cannot both hold.
        Impossible = "impossible",
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
