//! Typed values out of a parsed document, each with its place: what the reader of facts is made of.

use jiff::Timestamp;

use super::fault::{Fault, FaultCode};
use super::json::{
    DEPTH_MAX, Document, ITEMS_MAX, KEYS_MAX, Node, Object, TEXT_CHARS_MAX, Value, push_segment,
};
use super::{Country, Zone, time};
use crate::words::{Cause, Word};

/// The fields of one object while it is read.
pub(super) struct Fields<'d> {
    pub(super) object: &'d Object<'d>,
    pub(super) place: u32,
}

struct Found {
    place: u32,
    /// The place of the value that the pointer leads to.
    at: u32,
    code: FaultCode,
    message: String,
    missing: Option<&'static str>,
}

/// Reads typed values and keeps the first fault in the order of the document.
pub(super) struct Reader<'d> {
    pub(super) document: &'d Document<'d>,
    first: Option<Found>,
    /// What later fields are held against; each is known as soon as its own field reads well, whatever its neighbours.
    pub(super) known: Known,
}

/// Facts that others must agree with.
#[derive(Default)]
pub(super) struct Known {
    pub(super) placed_at: Option<Timestamp>,
    pub(super) sold: Option<i64>,
    pub(super) components: Option<Vec<String>>,
    pub(super) cause: Option<Cause>,
}

impl<'d> Reader<'d> {
    pub(super) fn new(document: &'d Document<'d>) -> Self {
        let mut reader = Self { document, first: None, known: Known::default() };
        if let Some(fault) = &document.fault {
            let message = match fault.code {
                FaultCode::TooDeep => format!("values lie at most {DEPTH_MAX} deep"),
                FaultCode::DuplicateKey => "this key is given twice; give it once".to_owned(),
                FaultCode::TextTooLong => format!("a text has at most {TEXT_CHARS_MAX} characters"),
                FaultCode::TooManyKeys => format!("an object has at most {KEYS_MAX} keys"),
                _ => format!("a list has at most {ITEMS_MAX} items"),
            };
            let (place, at, code) = (fault.place, fault.at, fault.code);
            reader.first = Some(Found { place, at, code, message, missing: None });
        }
        reader
    }

    /// Keeps the fault if it is the first in the order of the document.
    pub(super) fn fault(&mut self, place: u32, code: FaultCode, message: impl FnOnce() -> String) {
        if self.first.as_ref().is_none_or(|first| place < first.place) {
            self.first = Some(Found { place, at: place, code, message: message(), missing: None });
        }
    }

    pub(super) fn missing(&mut self, fields: &Fields<'d>, name: &'static str, expected: &str) {
        let place = fields.object.end;
        if self.first.as_ref().is_none_or(|first| place < first.place) {
            let message = format!("`{name}` is required: {expected}");
            let code = FaultCode::MissingField;
            self.first =
                Some(Found { place, at: fields.place, code, message, missing: Some(name) });
        }
    }

    pub(super) fn into_fault(self) -> Option<Fault> {
        let found = self.first?;
        let mut pointer = self.document.pointer(found.at);
        if let Some(name) = found.missing {
            push_segment(&mut pointer, name);
        }
        Some(Fault { code: found.code, pointer, message: found.message })
    }

    // Objects and their fields.

    pub(super) fn object(
        &mut self,
        node: &'d Node<'d>,
        known: &[&'static str],
    ) -> Option<Fields<'d>> {
        let Value::Object(object) = &node.value else {
            self.wrong_type(node, "an object");
            return None;
        };
        for (key, value) in &object.entries {
            if !known.contains(&key.as_ref()) {
                self.fault(value.place, FaultCode::UnknownField, || {
                    let meant = meant(key, known.iter().copied());
                    format!("{} is no field here{meant}; allowed are {}", shown(key), listed(known))
                });
            }
        }
        Some(Fields { object, place: node.place })
    }

    /// The node of a field that is given: `null` and blank text count as not given.
    pub(super) fn given(fields: &Fields<'d>, name: &str) -> Option<&'d Node<'d>> {
        fields.object.get(name).filter(|node| match &node.value {
            Value::Null => false,
            Value::Text(text) => !is_blank(text),
            _ => true,
        })
    }

    pub(super) fn required<T>(
        &mut self,
        fields: &Fields<'d>,
        name: &'static str,
        expected: &str,
        read: impl FnOnce(&mut Self, &'d Node<'d>) -> Option<T>,
    ) -> Option<T> {
        if let Some(node) = Self::given(fields, name) {
            read(self, node)
        } else {
            self.missing(fields, name, expected);
            None
        }
    }

    pub(super) fn optional<T>(
        &mut self,
        fields: &Fields<'d>,
        name: &str,
        read: impl FnOnce(&mut Self, &'d Node<'d>) -> Option<T>,
    ) -> Option<T> {
        Self::given(fields, name).and_then(|node| read(self, node))
    }

    // Values.

    pub(super) fn wrong_type(&mut self, node: &Node<'_>, expected: &str) {
        self.fault(node.place, FaultCode::WrongType, || {
            let found = match &node.value {
                Value::Null => "null",
                Value::Bool(_) => "true or false",
                Value::Integer(_) | Value::Fraction | Value::Huge => "a number",
                Value::Text(_) => "a text",
                Value::List(_) => "a list",
                Value::Object(_) => "an object",
                Value::Unread => "something else",
            };
            format!("expected {expected}, found {found}")
        });
    }

    pub(super) fn text(&mut self, node: &'d Node<'d>) -> Option<&'d str> {
        if let Value::Text(text) = &node.value {
            Some(text)
        } else {
            self.wrong_type(node, "a text");
            None
        }
    }

    pub(super) fn owned_text(&mut self, node: &'d Node<'d>) -> Option<String> {
        self.text(node).map(str::to_owned)
    }

    pub(super) fn flag(&mut self, node: &'d Node<'d>) -> Option<bool> {
        if let Value::Bool(flag) = node.value {
            Some(flag)
        } else {
            self.wrong_type(node, "true or false");
            None
        }
    }

    pub(super) fn integer(&mut self, node: &'d Node<'d>) -> Option<i64> {
        match node.value {
            Value::Integer(integer) => Some(integer),
            Value::Fraction => {
                self.fault(node.place, FaultCode::NotAnInteger, || {
                    "expected an integer, written without point or exponent".to_owned()
                });
                None
            }
            Value::Huge => {
                self.fault(node.place, FaultCode::OutOfRange, || {
                    format!("an integer is at most {} here", i64::MAX)
                });
                None
            }
            _ => {
                self.wrong_type(node, "an integer");
                None
            }
        }
    }

    pub(super) fn quantity(&mut self, node: &'d Node<'d>) -> Option<i64> {
        let quantity = self.integer(node)?;
        if quantity < 1 {
            self.fault(node.place, FaultCode::OutOfRange, || "a quantity is at least 1".to_owned());
            return None;
        }
        Some(quantity)
    }

    pub(super) fn moment(&mut self, node: &'d Node<'d>) -> Option<Timestamp> {
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

    /// A moment that cannot lie before the order.
    pub(super) fn moment_of_order(&mut self, node: &'d Node<'d>) -> Option<Timestamp> {
        let moment = self.moment(node)?;
        if let Some(placed_at) = self.known.placed_at.filter(|placed_at| moment < *placed_at) {
            self.fault(node.place, FaultCode::Impossible, || {
                format!("this is before the order was placed; allowed is {placed_at} or later")
            });
        }
        Some(moment)
    }

    pub(super) fn zone(&mut self, node: &'d Node<'d>) -> Option<Zone> {
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

    pub(super) fn country(&mut self, node: &'d Node<'d>) -> Option<Country> {
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

    pub(super) fn word<W: Word>(&mut self, node: &'d Node<'d>, allowed: &[W]) -> Option<W> {
        let text = self.text(node)?;
        let word = W::parse(text).filter(|word| allowed.contains(word));
        if word.is_none() {
            let names: Vec<&str> = allowed.iter().map(|word| word.as_str()).collect();
            self.unknown_word(node, text, &names);
        }
        word
    }

    pub(super) fn unknown_word(&mut self, node: &Node<'_>, text: &str, allowed: &[&str]) {
        self.fault(node.place, FaultCode::UnknownValue, || {
            let meant = meant(text, allowed.iter().copied());
            format!("{} is not allowed here{meant}; allowed are {}", shown(text), listed(allowed))
        });
    }

    pub(super) fn own_word(&mut self, node: &'d Node<'d>, allowed: &[String]) -> Option<String> {
        let text = self.text(node)?;
        if !allowed.iter().any(|word| word == text) {
            let names: Vec<&str> = allowed.iter().map(String::as_str).collect();
            self.unknown_word(node, text, &names);
            return None;
        }
        Some(text.to_owned())
    }

    /// The items of a list; blank texts count as not given.
    pub(super) fn items(
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
    pub(super) fn set<T: PartialEq>(
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
}

/// Whether a text counts as not given.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// A text of the user's within a message: in backticks, escaped, cut where it is long.
pub(super) fn shown(text: &str) -> String {
    const SHOWN_CHARS_MAX: usize = 60;
    let mut shown: String =
        text.chars().take(SHOWN_CHARS_MAX).flat_map(char::escape_debug).collect();
    if text.chars().count() > SHOWN_CHARS_MAX {
        shown.push('…');
    }
    format!("`{shown}`")
}

pub(super) fn listed<T: AsRef<str>>(names: &[T]) -> String {
    /// How many names a message lists.
    const LISTED_MAX: usize = 40;
    if names.is_empty() {
        return "none".to_owned();
    }
    let listed: Vec<String> =
        names.iter().take(LISTED_MAX).map(|name| shown(name.as_ref())).collect();
    let more = names.len().saturating_sub(LISTED_MAX);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", listed.join(", "))
}

/// `, did you mean …` where a known name is near.
pub(super) fn meant<'n>(given: &str, known: impl Iterator<Item = &'n str>) -> String {
    crate::policy::nearest(given, known)
        .map_or_else(String::new, |name| format!(", did you mean `{name}`"))
}
