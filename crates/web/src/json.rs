//! A JSON document, read strictly: a field that is unknown, or given twice anywhere, is refused with its place.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde_path_to_error::{Path, Segment};

use crate::problem::{Problem, ProblemCode};

/// Reads a document of that type.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    check(bytes)?;
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        Problem::new(ProblemCode::MalformedBody, error.into_inner().to_string()).at(pointer)
    })
}

/// Reads the document to its end for itself: whether it is JSON, and has each key once. Maps would keep the last of two.
fn check(bytes: &[u8]) -> Result<(), Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let mut place = Vec::new();
    let read = EachKeyOnce(&mut place).deserialize(&mut reader).and_then(|()| reader.end());
    read.map_err(|error| {
        if error.is_data() {
            return Problem::new(ProblemCode::MalformedBody, error.to_string()).at(place.concat());
        }
        Problem::new(ProblemCode::MalformedJson, error.to_string())
    })
}

/// The place as a JSON Pointer (RFC 6901).
fn pointer(path: &Path) -> String {
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => step(key),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    };
    path.iter().map(step).collect()
}

fn step(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Reads any value, and leaves the steps to a key that is given twice.
struct EachKeyOnce<'p>(&'p mut Vec<String>);

impl<'de> DeserializeSeed<'de> for EachKeyOnce<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for EachKeyOnce<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON document")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            self.0.push(step(&key));
            if seen.contains(&key) {
                return Err(M::Error::custom(format_args!("the field `{key}` is given twice")));
            }
            seen.insert(key);
            map.next_value_seed(EachKeyOnce(self.0))?;
            self.0.pop();
        }
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut items: S) -> Result<(), S::Error> {
        for index in 0_usize.. {
            self.0.push(format!("/{index}"));
            if items.next_element_seed(EachKeyOnce(self.0))?.is_none() {
                self.0.pop();
                break;
            }
            self.0.pop();
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::read;

    type Numbers = BTreeMap<String, BTreeMap<String, Vec<u8>>>;

    #[test]
    fn a_fault_is_told_with_its_place() {
        let place = |text: &str| {
            let problem = read::<Numbers>(text.as_bytes()).unwrap_err();
            let (code, pointer) = problem.place();
            (code, pointer.map(str::to_owned))
        };
        assert_eq!(read::<Numbers>(br#"{"a":{"b":[1]}}"#).unwrap().len(), 1);
        assert_eq!(place(r#"{"a":{"b":[1,300]}}"#), ("malformed_body", Some("/a/b/1".to_owned())));
        assert_eq!(
            place(r#"{"a":{"x/y":[],"x\/y":[]}}"#),
            ("malformed_body", Some("/a/x~1y".to_owned()))
        );
        assert_eq!(place(r#"{"a":{}} x"#), ("malformed_json", None));
        assert_eq!(place(r#"{"a":"#), ("malformed_json", None));
    }
}
