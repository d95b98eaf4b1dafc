//! JSON, read strictly into a small tree that knows the order of the document.
//!
//! `serde_json` parses; this module keeps what a typed reader needs to point at a fault: every value's place in the document,
//! keys that are given twice, and how deep a value lies. It is not for writing JSON.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::fault::FaultCode;

/// How many bytes a document may have: room for every text at its limit.
pub const DOCUMENT_BYTES_MAX: usize = 4 << 20;
/// How deep values may lie within each other; the outermost object is 1 deep.
pub const DEPTH_MAX: u32 = 32;
/// How many Unicode code points a text may have.
pub const TEXT_CHARS_MAX: usize = 10_000;
/// How many items a list may have.
pub const ITEMS_MAX: usize = 10_000;
/// How many keys an object may have; well above what any object of the facts knows.
pub const KEYS_MAX: usize = 256;

/// A value and its place: places grow in the order of the document, an object's end included.
#[derive(Debug)]
pub struct Node<'a> {
    pub(super) place: u32,
    pub(super) value: Value<'a>,
}

/// What a value is.
#[derive(Debug)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number written as an integer, as far as `i64` reaches.
    Integer(i64),
    /// A number that is not written as an integer.
    Fraction,
    /// A number beyond `i64`.
    Huge,
    /// A text.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Node<'a>>),
    /// An object.
    Object(Object<'a>),
    /// A value that was not read because of a limit.
    Unread,
}

/// An object: its entries as written, and the place of its end.
#[derive(Debug)]
pub struct Object<'a> {
    pub(super) entries: Vec<(Cow<'a, str>, Node<'a>)>,
    pub(super) end: u32,
}

impl<'a> Object<'a> {
    /// The first value of that key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }
}

/// A fault of the document itself, found while parsing.
#[derive(Debug)]
pub(super) struct DocumentFault {
    pub(super) place: u32,
    /// The place of the value that the pointer leads to.
    pub(super) at: u32,
    pub(super) code: FaultCode,
}

/// A parsed document.
#[derive(Debug)]
pub struct Document<'a> {
    pub(super) root: Node<'a>,
    /// The first fault of the document itself.
    pub(super) fault: Option<DocumentFault>,
}

impl<'a> Document<'a> {
    /// Parses one JSON document.
    ///
    /// # Errors
    /// What `serde_json` says of a text that is no JSON document.
    pub fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        let mut state = State::default();
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let root = Seed { state: &mut state, depth: 1 }.deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(Self { root, fault: state.fault })
    }

    /// The JSON Pointer (RFC 6901) to the value at that place.
    pub(super) fn pointer(&self, place: u32) -> String {
        let mut pointer = String::new();
        let mut node = &self.root;
        while node.place != place {
            // Places grow: the value lies in the last child that does not start after it.
            let child = match &node.value {
                Value::List(items) => {
                    let mut items = items.iter().enumerate().rev();
                    let Some((index, item)) = items.find(|(_, item)| item.place <= place) else {
                        break;
                    };
                    push_segment(&mut pointer, &index.to_string());
                    item
                }
                Value::Object(object) if object.end != place => {
                    let mut entries = object.entries.iter().rev();
                    let Some((key, value)) = entries.find(|(_, value)| value.place <= place) else {
                        break;
                    };
                    push_segment(&mut pointer, key);
                    value
                }
                _ => break,
            };
            node = child;
        }
        pointer
    }
}

/// The same text with numbers that no float holds, such as `1e400`, made tame in their place: what was no integer still is none,
/// and what was beyond 64 bits still is. `serde_json` takes such numbers for broken JSON, which they are not.
#[must_use]
pub fn with_tame_numbers(text: &str) -> String {
    let mut tame = String::with_capacity(text.len());
    let mut rest = text;
    // Texts stay as they are: what lies between two quotes that are not escaped.
    while let Some(at) = rest.find(['"', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) {
        let (before, from) = rest.split_at(at);
        tame.push_str(before);
        let length = if from.starts_with('"') { text_length(from) } else { number_length(from) };
        let (token, after) = from.split_at(length);
        if from.starts_with('"') {
            tame.push_str(token);
        } else {
            tame.push_str(&tame_number(token));
        }
        rest = after;
    }
    tame.push_str(rest);
    tame
}

fn number_length(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c)).unwrap_or(text.len())
}

fn text_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at.saturating_add(1),
            c => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

fn tame_number(number: &str) -> String {
    /// A float holds any number of so many digits, and 64 bits hold none.
    const DIGITS_KEPT: usize = 30;
    if number.chars().all(|c| c.is_ascii_digit() || c == '-') {
        let kept: String = number.chars().take(DIGITS_KEPT).collect();
        // Blanks after a number mean nothing, and keep what follows in its column.
        return format!("{kept:<width$}", width = number.len());
    }
    let (mantissa, exponent) = number.split_at(number.find(['e', 'E']).unwrap_or(number.len()));
    let (whole, fraction) = mantissa.split_at(mantissa.find('.').unwrap_or(mantissa.len()));
    let whole: String = whole.chars().take(DIGITS_KEPT).collect();
    let exponent: String =
        exponent.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    format!("{whole}{fraction}{exponent}")
}

/// Appends one segment to a JSON Pointer, escaped.
pub(super) fn push_segment(pointer: &mut String, segment: &str) {
    pointer.push('/');
    for c in segment.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

#[derive(Default)]
struct State {
    places: u32,
    fault: Option<DocumentFault>,
}

impl State {
    fn next_place(&mut self) -> u32 {
        let place = self.places;
        self.places = place.saturating_add(1);
        place
    }

    fn fault(&mut self, place: u32, code: FaultCode) {
        self.fault_of(place, place, code);
    }

    fn fault_of(&mut self, at: u32, place: u32, code: FaultCode) {
        if self.fault.as_ref().is_none_or(|first| place < first.place) {
            self.fault = Some(DocumentFault { place, at, code });
        }
    }

    fn text<'a>(&mut self, place: u32, text: Cow<'a, str>) -> Value<'a> {
        if text.len() > TEXT_CHARS_MAX && text.chars().count() > TEXT_CHARS_MAX {
            self.fault(place, FaultCode::TextTooLong);
            return Value::Unread;
        }
        Value::Text(text)
    }
}

struct Seed<'s> {
    state: &'s mut State,
    depth: u32,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node<'de>;

    fn deserialize<D: serde::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Node<'de>, D::Error> {
        let place = self.state.next_place();
        let value = deserializer.deserialize_any(NodeVisitor {
            state: self.state,
            depth: self.depth,
            place,
        })?;
        Ok(Node { place, value })
    }
}

struct NodeVisitor<'s> {
    state: &'s mut State,
    depth: u32,
    place: u32,
}

impl NodeVisitor<'_> {
    fn child(&mut self) -> Seed<'_> {
        Seed { state: self.state, depth: self.depth.saturating_add(1) }
    }
}

impl<'de> Visitor<'de> for NodeVisitor<'_> {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value<'de>, E> {
        Ok(Value::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value<'de>, E> {
        Ok(i64::try_from(value).map_or(Value::Huge, Value::Integer))
    }

    /// Fractions, exponents, and integers beyond `u64`.
    fn visit_f64<E>(self, value: f64) -> Result<Value<'de>, E> {
        const REACH: f64 = 9_223_372_036_854_775_808.0;
        Ok(if value.abs() >= REACH { Value::Huge } else { Value::Fraction })
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(self.state.text(self.place, Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'de>, E> {
        Ok(self.state.text(self.place, Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Value<'de>, A::Error> {
        if self.depth > DEPTH_MAX {
            self.state.fault(self.place, FaultCode::TooDeep);
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Value::Unread);
        }
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self.child())? {
            if items.len() >= ITEMS_MAX {
                self.state.fault(self.place, FaultCode::TooManyItems);
                while list.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(Value::Unread);
            }
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Value<'de>, A::Error> {
        if self.depth > DEPTH_MAX {
            self.state.fault(self.place, FaultCode::TooDeep);
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Value::Unread);
        }
        let mut entries: Vec<(Cow<'de, str>, Node<'de>)> = Vec::with_capacity(8);
        while let Some(key) = map.next_key_seed(Key)? {
            if entries.len() >= KEYS_MAX {
                self.state.fault(self.place, FaultCode::TooManyKeys);
                map.next_value::<IgnoredAny>()?;
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                return Ok(Value::Unread);
            }
            if key.chars().count() > TEXT_CHARS_MAX {
                // The pointer stops at the object: a key of that length is not echoed.
                let place = self.state.next_place();
                self.state.fault_of(self.place, place, FaultCode::TextTooLong);
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = map.next_value_seed(self.child())?;
            if entries.iter().any(|(name, _)| *name == key) {
                self.state.fault(value.place, FaultCode::DuplicateKey);
            }
            entries.push((key, value));
        }
        let end = self.state.next_place();
        Ok(Value::Object(Object { entries, end }))
    }
}

/// Reads a key, borrowed from the input where it has no escapes.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: serde::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}
