//! Facts from JSON: every field known and typed, every fault with a pointer, the first in the order of the document reported.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::json::{
    DEPTH_MAX, Document, ITEMS_MAX, Node, Object, TEXT_CHARS_MAX, Value, push_segment,
};
use super::{
    ClaimFacts, Country, Facts, InspectionFacts, LineFacts, OrderFacts, OwnFact, Zone, time,
};
use crate::policy::vocabulary::{Kind, OwnDeclaration, Vocabulary};
use crate::words::{Cause, Word};

/// What is wrong with a document. The list is closed; each code is explained on the page of error codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultCode {
    /// The bytes are no JSON document.
    NotJson,
    /// The document has more bytes than [`super::json::DOCUMENT_BYTES_MAX`].
    TooLarge,
    /// A value lies deeper than [`DEPTH_MAX`].
    TooDeep,
    /// A key is given twice in one object.
    DuplicateKey,
    /// A text is longer than [`TEXT_CHARS_MAX`].
    TextTooLong,
    /// A list has more than [`ITEMS_MAX`] items, or an object more keys than any object of the facts.
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

/// Reads the facts of a parsed document with the words of the policy that will judge them.
///
/// # Errors
/// The first fault in the order of the document. A missing field counts at the end of its object.
pub fn read(document: &Document<'_>, vocabulary: &Vocabulary) -> Result<Facts, Fault> {
    let mut reader = Reader::new(document);
    let facts = reader.facts(vocabulary);
    match (facts, reader.into_fault()) {
        (Some(facts), None) => Ok(facts),
        (_, Some(fault)) => Err(fault),
        (None, None) => Err(Fault {
            code: FaultCode::WrongType,
            pointer: String::new(),
            message: "the facts could not be read".to_owned(),
        }),
    }
}

/// The text of a top-level field, where the document has one; used to choose the policy before the rest is read.
#[must_use]
pub fn text_at<'d>(document: &'d Document<'_>, path: &[&str]) -> Option<&'d str> {
    let mut node = &document.root;
    for key in path {
        match &node.value {
            Value::Object(object) => node = object.get(key)?,
            _ => return None,
        }
    }
    match &node.value {
        Value::Text(text) if !is_blank(text) => Some(text),
        _ => None,
    }
}

/// The fault of a policy that is not known, unless the document has an earlier one.
#[must_use]
pub fn unknown_policy(document: &Document<'_>, vocabulary: &Vocabulary, known: &[String]) -> Fault {
    let mut reader = Reader::new(document);
    if let Value::Object(root) = &document.root.value
        && let Some(node) = root.get("policy")
    {
        let given = text_at(document, &["policy"]).unwrap_or_default();
        reader.fault(node.place, FaultCode::UnknownValue, || {
            format!("{} is no known policy; known are {}", shown(given), listed(known))
        });
    }
    reader.facts(vocabulary);
    reader.into_fault().unwrap_or(Fault {
        code: FaultCode::UnknownValue,
        pointer: "/policy".to_owned(),
        message: format!("no policy is known but {}", listed(known)),
    })
}

/// The fields of one object while it is read.
struct Fields<'d> {
    object: &'d Object<'d>,
    place: u32,
}

struct Found {
    place: u32,
    code: FaultCode,
    message: String,
    missing: Option<(u32, &'static str)>,
}

struct Reader<'d> {
    document: &'d Document<'d>,
    first: Option<Found>,
}

impl<'d> Reader<'d> {
    fn new(document: &'d Document<'d>) -> Self {
        let mut reader = Self { document, first: None };
        if let Some(fault) = &document.fault {
            reader.fault(fault.place, fault.code, || match fault.code {
                FaultCode::TooDeep => format!("values lie at most {DEPTH_MAX} deep"),
                FaultCode::DuplicateKey => "this key is given twice; give it once".to_owned(),
                FaultCode::TextTooLong => format!("a text has at most {TEXT_CHARS_MAX} characters"),
                _ => format!("a list has at most {ITEMS_MAX} items"),
            });
        }
        reader
    }

    /// Keeps the fault if it is the first in the order of the document.
    fn fault(&mut self, place: u32, code: FaultCode, message: impl FnOnce() -> String) {
        if self.first.as_ref().is_none_or(|first| place < first.place) {
            self.first = Some(Found { place, code, message: message(), missing: None });
        }
    }

    fn missing(&mut self, fields: &Fields<'d>, name: &'static str) {
        let place = fields.object.end;
        if self.first.as_ref().is_none_or(|first| place < first.place) {
            let message = format!("`{name}` is required");
            let missing = Some((fields.place, name));
            self.first = Some(Found { place, code: FaultCode::MissingField, message, missing });
        }
    }

    fn into_fault(self) -> Option<Fault> {
        let found = self.first?;
        let pointer = match found.missing {
            Some((object, name)) => {
                let mut pointer = self.document.pointer(object);
                push_segment(&mut pointer, name);
                pointer
            }
            None => self.document.pointer(found.place),
        };
        Some(Fault { code: found.code, pointer, message: found.message })
    }

    // Objects and their fields.

    fn object(&mut self, node: &'d Node<'d>, known: &[&'static str]) -> Option<Fields<'d>> {
        let Value::Object(object) = &node.value else {
            self.wrong_type(node, "an object");
            return None;
        };
        for (key, value) in &object.entries {
            if !known.contains(&key.as_ref()) {
                self.fault(value.place, FaultCode::UnknownField, || {
                    let meant = meant(key, known.iter().copied());
                    format!("{} is no field here{meant}; known are {}", shown(key), listed(known))
                });
            }
        }
        Some(Fields { object, place: node.place })
    }

    /// The node of a field that is given: `null` and blank text count as not given.
    fn given(fields: &Fields<'d>, name: &str) -> Option<&'d Node<'d>> {
        fields.object.get(name).filter(|node| match &node.value {
            Value::Null => false,
            Value::Text(text) => !is_blank(text),
            _ => true,
        })
    }

    fn required<T>(
        &mut self,
        fields: &Fields<'d>,
        name: &'static str,
        read: impl FnOnce(&mut Self, &'d Node<'d>) -> Option<T>,
    ) -> Option<T> {
        if let Some(node) = Self::given(fields, name) {
            read(self, node)
        } else {
            self.missing(fields, name);
            None
        }
    }

    fn optional<T>(
        &mut self,
        fields: &Fields<'d>,
        name: &str,
        read: impl FnOnce(&mut Self, &'d Node<'d>) -> Option<T>,
    ) -> Option<T> {
        Self::given(fields, name).and_then(|node| read(self, node))
    }

    // Values.

    fn wrong_type(&mut self, node: &Node<'_>, expected: &str) {
        self.fault(node.place, FaultCode::WrongType, || {
            let found = match &node.value {
                Value::Null => "null",
                Value::Bool(_) => "true or false",
                Value::Integer(_) | Value::OtherNumber => "a number",
                Value::Text(_) => "a text",
                Value::List(_) => "a list",
                Value::Object(_) => "an object",
                Value::Unread => "something else",
            };
            format!("expected {expected}, found {found}")
        });
    }

    fn text(&mut self, node: &'d Node<'d>) -> Option<&'d str> {
        if let Value::Text(text) = &node.value {
            Some(text)
        } else {
            self.wrong_type(node, "a text");
            None
        }
    }

    fn owned_text(&mut self, node: &'d Node<'d>) -> Option<String> {
        self.text(node).map(str::to_owned)
    }

    fn flag(&mut self, node: &'d Node<'d>) -> Option<bool> {
        if let Value::Bool(flag) = node.value {
            Some(flag)
        } else {
            self.wrong_type(node, "true or false");
            None
        }
    }

    fn integer(&mut self, node: &'d Node<'d>) -> Option<i64> {
        match node.value {
            Value::Integer(integer) => Some(integer),
            Value::OtherNumber => {
                self.fault(node.place, FaultCode::NotAnInteger, || {
                    format!(
                        "expected an integer of at most {}, written without point or exponent",
                        i64::MAX
                    )
                });
                None
            }
            _ => {
                self.wrong_type(node, "an integer");
                None
            }
        }
    }

    fn quantity(&mut self, node: &'d Node<'d>) -> Option<i64> {
        let quantity = self.integer(node)?;
        if quantity < 1 {
            self.fault(node.place, FaultCode::OutOfRange, || "a quantity is at least 1".to_owned());
            return None;
        }
        Some(quantity)
    }

    fn moment(&mut self, node: &'d Node<'d>) -> Option<Timestamp> {
        let text = self.text(node)?;
        let moment = time::moment(text);
        if moment.is_none() {
            self.fault(node.place, FaultCode::NotAMoment, || {
                format!(
                    "{} is no moment; write it as RFC 3339 with an offset, such as `2026-03-04T15:20:00+01:00`",
                    shown(text)
                )
            });
        }
        moment
    }

    fn zone(&mut self, node: &'d Node<'d>) -> Option<Zone> {
        let text = self.text(node)?;
        let zone = Zone::get(text);
        if zone.is_none() {
            self.fault(node.place, FaultCode::UnknownValue, || {
                format!(
                    "{} is no time zone; allowed are IANA names such as `Europe/Berlin`",
                    shown(text)
                )
            });
        }
        zone
    }

    fn country(&mut self, node: &'d Node<'d>) -> Option<Country> {
        let text = self.text(node)?;
        let country = Country::parse(text);
        if country.is_none() {
            self.fault(node.place, FaultCode::UnknownValue, || {
                format!(
                    "{} is no country; allowed are ISO 3166-1 alpha-2 codes such as `DE`",
                    shown(text)
                )
            });
        }
        country
    }

    fn word<W: Word>(&mut self, node: &'d Node<'d>, allowed: &[W]) -> Option<W> {
        let text = self.text(node)?;
        let word = W::parse(text).filter(|word| allowed.contains(word));
        if word.is_none() {
            let names: Vec<&str> = allowed.iter().map(|word| word.as_str()).collect();
            self.unknown_word(node, text, &names);
        }
        word
    }

    fn unknown_word(&mut self, node: &Node<'_>, text: &str, allowed: &[&str]) {
        self.fault(node.place, FaultCode::UnknownValue, || {
            let meant = meant(text, allowed.iter().copied());
            format!("{} is not allowed here{meant}; allowed are {}", shown(text), listed(allowed))
        });
    }

    fn own_word(&mut self, node: &'d Node<'d>, allowed: &[String]) -> Option<String> {
        let text = self.text(node)?;
        if !allowed.iter().any(|word| word == text) {
            let names: Vec<&str> = allowed.iter().map(String::as_str).collect();
            self.unknown_word(node, text, &names);
            return None;
        }
        Some(text.to_owned())
    }

    /// The items of a list; blank texts count as not given.
    fn items(
        &mut self,
        node: &'d Node<'d>,
    ) -> Option<impl Iterator<Item = &'d Node<'d>> + use<'d>> {
        if let Value::List(items) = &node.value {
            Some(items.iter().filter(|item| !matches!(&item.value, Value::Text(t) if is_blank(t))))
        } else {
            self.wrong_type(node, "a list");
            None
        }
    }

    /// A list in which naming an item twice counts once.
    fn set<T: PartialEq>(
        &mut self,
        node: &'d Node<'d>,
        mut read: impl FnMut(&mut Self, &'d Node<'d>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut set = Vec::new();
        for item in self.items(node)? {
            if let Some(value) = read(self, item)
                && !set.contains(&value)
            {
                set.push(value);
            }
        }
        Some(set)
    }

    // The facts.

    fn facts(&mut self, vocabulary: &Vocabulary) -> Option<Facts> {
        let root = self.object(
            &self.document.root,
            &["id", "policy", "order", "line", "claim", "received_at", "inspection", "facts"],
        )?;
        let id = self.required(&root, "id", Self::owned_text);
        let policy = self.optional(&root, "policy", Self::owned_text);
        let order = self.required(&root, "order", Self::order);
        let line = self.required(&root, "line", Self::line);
        let claim = self
            .required(&root, "claim", |reader, node| reader.claim(node, vocabulary, line.as_ref()));
        let received_at = self.optional(&root, "received_at", Self::moment);
        let inspection = self
            .optional(&root, "inspection", |reader, node| reader.inspection(node, line.as_ref()));
        let facts = self
            .optional(&root, "facts", |reader, node| reader.own_facts(node, &vocabulary.own))
            .unwrap_or_default();

        let placed_at = order.as_ref().map(|order| order.placed_at);
        self.not_before(placed_at, received_at, Self::given(&root, "received_at"));
        if let Some(claim_node) = Self::given(&root, "claim")
            && let Value::Object(object) = &claim_node.value
        {
            let fields = Fields { object, place: claim_node.place };
            let reported_at = claim.as_ref().map(|claim| claim.reported_at);
            self.not_before(placed_at, reported_at, Self::given(&fields, "reported_at"));
        }
        let claims_missing = claim.as_ref().is_some_and(|claim| claim.cause == Cause::Missing);
        if let Some(node) = Self::given(&root, "inspection").filter(|_| claims_missing) {
            self.fault(node.place, FaultCode::Impossible, || {
                "what is `missing` never came back, so there is nothing to inspect; leave the inspection out".to_owned()
            });
        }
        Some(Facts {
            id: id?,
            policy,
            order: order?,
            line: line?,
            claim: claim?,
            received_at,
            inspection,
            facts,
        })
    }

    fn not_before(
        &mut self,
        placed_at: Option<Timestamp>,
        moment: Option<Timestamp>,
        node: Option<&Node<'_>>,
    ) {
        if let (Some(placed_at), Some(moment), Some(node)) = (placed_at, moment, node)
            && moment < placed_at
        {
            self.fault(node.place, FaultCode::Impossible, || {
                format!("this is before the order was placed; allowed is {placed_at} or later")
            });
        }
    }

    fn order(&mut self, node: &'d Node<'d>) -> Option<OrderFacts> {
        let fields = self.object(
            node,
            &["number", "placed_at", "signed_at", "time_zone", "country", "voucher"],
        )?;
        let number = self.required(&fields, "number", Self::owned_text);
        let placed_at = self.required(&fields, "placed_at", Self::moment);
        let signed_at = self.optional(&fields, "signed_at", Self::moment);
        let time_zone = self.required(&fields, "time_zone", Self::zone);
        let country = self.required(&fields, "country", Self::country);
        let voucher =
            self.required(&fields, "voucher", |reader, node| reader.word(node, Word::ALL));
        self.not_before(placed_at, signed_at, Self::given(&fields, "signed_at"));
        Some(OrderFacts {
            number: number?,
            placed_at: placed_at?,
            signed_at,
            time_zone: time_zone?,
            country: country?,
            voucher: voucher?,
        })
    }

    fn line(&mut self, node: &'d Node<'d>) -> Option<LineFacts> {
        let fields = self.object(
            node,
            &["sku", "category", "quantity", "sold_for", "declared_non_returnable", "components"],
        )?;
        let sku = self.required(&fields, "sku", Self::owned_text);
        let category = self.required(&fields, "category", Self::owned_text);
        let quantity = self.required(&fields, "quantity", Self::quantity);
        let sold_for = self.optional(&fields, "sold_for", Self::owned_text);
        let declared = self.required(&fields, "declared_non_returnable", Self::flag);
        let components =
            self.optional(&fields, "components", Self::line_components).unwrap_or_default();
        Some(LineFacts {
            sku: sku?,
            category: category?,
            quantity: quantity?,
            sold_for,
            declared_non_returnable: declared?,
            components,
        })
    }

    fn line_components(&mut self, node: &'d Node<'d>) -> Option<Vec<String>> {
        let mut components: Vec<String> = Vec::new();
        for item in self.items(node)? {
            let Some(name) = self.text(item) else { continue };
            if components.iter().any(|known| known == name) {
                self.fault(item.place, FaultCode::Impossible, || {
                    format!("component {} is named twice; name it once", shown(name))
                });
                continue;
            }
            components.push(name.to_owned());
        }
        Some(components)
    }

    fn component(&mut self, node: &'d Node<'d>, line: Option<&LineFacts>) -> Option<String> {
        let name = self.text(node)?;
        if let Some(line) = line
            && !line.components.iter().any(|known| known == name)
        {
            self.fault(node.place, FaultCode::Impossible, || {
                if line.components.is_empty() {
                    return "the line has no components; name none".to_owned();
                }
                let known = listed(&line.components);
                format!("{} is no component of the line; its components are {known}", shown(name))
            });
            return None;
        }
        Some(name.to_owned())
    }

    fn claim(
        &mut self,
        node: &'d Node<'d>,
        vocabulary: &Vocabulary,
        line: Option<&LineFacts>,
    ) -> Option<ClaimFacts> {
        let fields = self.object(
            node,
            &[
                "cause",
                "remedy",
                "quantity",
                "components",
                "condition",
                "platform",
                "reported_at",
                "evidence",
                "waived",
            ],
        )?;
        let slots: Vec<String> = vocabulary.slots.iter().map(|slot| slot.id.clone()).collect();
        let cause = self.required(&fields, "cause", |reader, node| reader.word(node, Word::ALL));
        let remedy = self
            .required(&fields, "remedy", |reader, node| reader.word(node, &vocabulary.remedies));
        let quantity = self.required(&fields, "quantity", |reader, node| {
            let quantity = reader.quantity(node)?;
            let sold = line.map_or(quantity, |line| line.quantity);
            if quantity > sold {
                reader.fault(node.place, FaultCode::Impossible, || {
                    format!("the line has {sold}; claim at most that")
                });
            }
            Some(quantity)
        });
        let components = self.optional(&fields, "components", |reader, node| {
            reader.set(node, |reader, item| reader.component(item, line))
        });
        let condition =
            self.required(&fields, "condition", |reader, node| reader.word(node, Word::ALL));
        let platform = self.optional(&fields, "platform", Self::owned_text);
        let reported_at = self.required(&fields, "reported_at", Self::moment);
        let mut slots_of = |name| {
            self.optional(&fields, name, |reader, node| {
                reader.set(node, |reader, item| reader.own_word(item, &slots))
            })
            .unwrap_or_default()
        };
        let (evidence, waived) = (slots_of("evidence"), slots_of("waived"));
        Some(ClaimFacts {
            cause: cause?,
            remedy: remedy?,
            quantity: quantity?,
            components: components.unwrap_or_default(),
            condition: condition?,
            platform,
            reported_at: reported_at?,
            evidence,
            waived,
        })
    }

    fn inspection(
        &mut self,
        node: &'d Node<'d>,
        line: Option<&LineFacts>,
    ) -> Option<InspectionFacts> {
        let fields =
            self.object(node, &["condition", "fault_found", "findings", "faulty_components"])?;
        Some(InspectionFacts {
            condition: self
                .optional(&fields, "condition", |reader, node| reader.word(node, Word::ALL)),
            fault_found: self.optional(&fields, "fault_found", Self::flag),
            findings: self
                .optional(&fields, "findings", |reader, node| {
                    reader.set(node, |reader, item| reader.word(item, Word::ALL))
                })
                .unwrap_or_default(),
            faulty_components: self.optional(&fields, "faulty_components", |reader, node| {
                reader.set(node, |reader, item| reader.component(item, line))
            }),
        })
    }

    fn own_facts(
        &mut self,
        node: &'d Node<'d>,
        own: &[OwnDeclaration],
    ) -> Option<BTreeMap<String, OwnFact>> {
        let Value::Object(object) = &node.value else {
            self.wrong_type(node, "an object");
            return None;
        };
        let mut facts = BTreeMap::new();
        for (key, value) in &object.entries {
            let Some(declaration) = own.iter().find(|declaration| declaration.name == *key) else {
                self.fault(value.place, FaultCode::UnknownField, || {
                    let names: Vec<&str> =
                        own.iter().map(|declaration| declaration.name.as_str()).collect();
                    let meant = meant(key, names.iter().copied());
                    format!(
                        "the policy declares no fact {}{meant}; it declares {}",
                        shown(key),
                        listed(&names)
                    )
                });
                continue;
            };
            if matches!(&value.value, Value::Null)
                || matches!(&value.value, Value::Text(text) if is_blank(text))
            {
                continue;
            }
            if let Some(fact) = self.own_fact(value, &declaration.kind) {
                facts.insert(declaration.name.clone(), fact);
            }
        }
        Some(facts)
    }

    fn own_fact(&mut self, node: &'d Node<'d>, kind: &Kind) -> Option<OwnFact> {
        match kind {
            Kind::Flag => self.flag(node).map(OwnFact::Bool),
            Kind::Integer => self.integer(node).map(OwnFact::Integer),
            Kind::Moment => {
                self.moment(node)?;
                self.owned_text(node).map(OwnFact::Text)
            }
            Kind::OwnWord(words) => self.own_word(node, words).map(OwnFact::Text),
            Kind::OwnWords(words) => {
                self.set(node, |reader, item| reader.own_word(item, words)).map(OwnFact::Words)
            }
            Kind::Names => self.set(node, Self::owned_text).map(OwnFact::Words),
            Kind::Text | Kind::Word(_) | Kind::Words(_) => self.owned_text(node).map(OwnFact::Text),
        }
    }
}

/// Whether a text counts as not given.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// A text of the user's within a message: in backticks, escaped, cut where it is long.
fn shown(text: &str) -> String {
    const SHOWN_CHARS_MAX: usize = 60;
    let mut shown: String =
        text.chars().take(SHOWN_CHARS_MAX).flat_map(char::escape_debug).collect();
    if text.chars().count() > SHOWN_CHARS_MAX {
        shown.push('…');
    }
    format!("`{shown}`")
}

fn listed<T: AsRef<str>>(names: &[T]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    names.join(", ")
}

/// `, did you mean …` where a known name is near.
fn meant<'n>(given: &str, known: impl Iterator<Item = &'n str>) -> String {
    crate::policy::nearest(given, known)
        .map_or_else(String::new, |name| format!(", did you mean `{name}`"))
}
