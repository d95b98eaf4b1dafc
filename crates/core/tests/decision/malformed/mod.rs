//! What is malformed, item by item: each is refused with a code, a pointer and a sentence that says what is allowed.

mod blanks;
mod documents;
mod edges;
mod fields;
mod limits;
mod order_of_faults;
mod values;

use backhaul_core::answer::answer;
use serde_json::{Value, json};

use crate::{CATALOGUE, EXAMPLE};

/// The closed list of codes.
const CODES: [&str; 15] = [
    "not_json",
    "too_large",
    "too_deep",
    "duplicate_key",
    "text_too_long",
    "too_many_items",
    "too_many_keys",
    "unknown_field",
    "missing_field",
    "wrong_type",
    "not_an_integer",
    "out_of_range",
    "unknown_value",
    "not_a_moment",
    "impossible",
];

/// How a document is refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) id: Option<String>,
    pub(crate) code: String,
    pub(crate) pointer: String,
    pub(crate) message: String,
}

/// The answer to the document, of whichever kind it is; the form that every answer has is checked.
pub(crate) fn answered(document: impl AsRef<[u8]>) -> Result<Value, Refusal> {
    let line = answer(&CATALOGUE, document.as_ref()).to_json();
    assert!(!line.contains(['\n', '\r']), "an answer is one line: {line}");
    let given: Value = serde_json::from_str(&line).unwrap();
    let Some(error) = given.get("error") else {
        return Ok(given);
    };
    assert_eq!(keys(&given), ["error", "id"]);
    assert_eq!(keys(error), ["code", "message", "pointer"]);
    let text = |name: &str| error[name].as_str().unwrap().to_owned();
    let refusal = Refusal {
        id: given["id"].as_str().map(str::to_owned),
        code: text("code"),
        pointer: text("pointer"),
        message: text("message"),
    };
    assert!(CODES.contains(&refusal.code.as_str()), "{refusal:?}");
    assert!(!refusal.message.trim().is_empty(), "{refusal:?}");
    Err(refusal)
}

fn keys(object: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

pub(crate) fn refused(document: impl AsRef<[u8]>) -> Refusal {
    match answered(&document) {
        Err(refusal) => refusal,
        Ok(decision) => {
            panic!("decided: {decision}\nof: {}", String::from_utf8_lossy(document.as_ref()))
        }
    }
}

/// Holds that the example with `raw` written at `pointer` is refused there, in words that contain `says`, its id echoed.
pub(crate) fn refuses(pointer: &str, raw: &str, code: &str, says: &str) {
    refuses_at(&with(&[(pointer, raw)]), pointer, code, says);
}

/// Holds that a document with the example's id is refused so.
pub(crate) fn refuses_at(document: &str, pointer: &str, code: &str, says: &str) {
    let refusal = refused(document);
    let start: String = document.chars().take(2_000).collect();
    assert_eq!((refusal.code.as_str(), refusal.pointer.as_str()), (code, pointer), "{start}");
    assert!(refusal.message.contains(says), "no `{says}` in {:?}", refusal.message);
    assert_eq!(refusal.id.as_deref(), Some("any string, echoed"), "{start}");
}

pub(crate) fn decides(document: &str) -> Value {
    let start: String = document.chars().take(2_000).collect();
    answered(document).unwrap_or_else(|refusal| panic!("{refusal:?}\nof: {start}"))
}

/// The example with these raw texts written at these pointers.
pub(crate) fn with(changes: &[(&str, &str)]) -> String {
    let mut facts: Value = serde_json::from_str(EXAMPLE).unwrap();
    let mark = |at: usize| format!("@@{at}@@");
    for (at, (pointer, _)) in changes.iter().enumerate() {
        set(&mut facts, pointer, mark(at).into());
    }
    let mut document = facts.to_string();
    for (at, (_, raw)) in changes.iter().enumerate() {
        document = document.replace(&format!("\"{}\"", mark(at)), raw);
    }
    document
}

/// Sets the value at that pointer; the object it lies in is there, and a list long enough.
pub(crate) fn set(facts: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match facts.pointer_mut(parent).unwrap() {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        parent => parent[name.replace("~1", "/").replace("~0", "~")] = value,
    }
}

/// The example without the field at that pointer.
pub(crate) fn without(pointer: &str) -> String {
    let mut facts: Value = serde_json::from_str(EXAMPLE).unwrap();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    facts.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
    facts.to_string()
}

/// The decision on the example as it stands.
pub(crate) fn example_decision() -> Value {
    let decision = decides(EXAMPLE);
    assert_eq!(decision["verdict"], json!("accepted"));
    decision
}
