//! Facts and expected decisions as data: how a merchant tests a policy.
//!
//! A file holds one JSON object a line. `{"base": {…}}` sets the facts that the cases after it start from; a case is
//! `{"name": "a sentence", "facts": {…}, "expect": {…}}`, or with `"change"` in place of `"facts"`: a JSON Merge Patch
//! (RFC 7396) of the base. Empty lines and lines that begin with `//` are skipped.
//!
//! Each key of `expect` must equal the decision's value of that key; what the decision lacks counts as null. Three keys are
//! looser: `clauses_include` and `needs_include` must be among the clauses and needs, and each object of `terms_include` must
//! agree with some term in all its keys. `"error": {…}` expects the facts to be refused so.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Catalogue;
use crate::answer::{Answer, answer};

/// How many cases one file may have.
pub const CASES_MAX: usize = 10_000;

/// One case.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it shows, as a sentence.
    pub name: String,
    /// The line of the file, from 1.
    pub line: usize,
    /// The facts.
    pub facts: Value,
    /// What is expected.
    pub expect: Map<String, Value>,
}

/// How a case went.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The answer.
    pub answer: Answer,
    /// How the answer differs from what was expected; empty where it does not.
    pub differences: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    base: Option<Value>,
    name: Option<String>,
    facts: Option<Value>,
    change: Option<Value>,
    expect: Option<Map<String, Value>>,
}

/// Reads the cases of a file.
///
/// # Errors
/// The line of the first mistake, and what it is.
pub fn read(text: &str) -> Result<Vec<Case>, (usize, String)> {
    let mut cases: Vec<Case> = Vec::new();
    let mut base = Value::Null;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() || line.trim_start().starts_with("//") {
            continue;
        }
        let read: Line = serde_json::from_str(line).map_err(|error| (number, error.to_string()))?;
        if let Some(facts) = read.base {
            base = facts;
            continue;
        }
        let wrong = |what: &str| (number, what.to_owned());
        let name = read.name.ok_or_else(|| wrong("a case has a `name`"))?;
        let facts = match (read.facts, read.change) {
            (Some(facts), None) => facts,
            (None, Some(change)) => {
                if base.is_null() {
                    return Err(wrong("`change` needs a `base` on a line before it"));
                }
                patched(base.clone(), change)
            }
            _ => return Err(wrong("a case has either `facts` or a `change` of the base")),
        };
        let expect = read.expect.filter(|expect| !expect.is_empty());
        let expect = expect.ok_or_else(|| wrong("a case expects something"))?;
        if cases.len() >= CASES_MAX {
            return Err(wrong(&format!("a file has at most {CASES_MAX} cases")));
        }
        cases.push(Case { name, line: number, facts, expect });
    }
    Ok(cases)
}

/// Decides the facts of a case and compares.
#[must_use]
pub fn run(case: &Case, catalogue: &Catalogue) -> Outcome {
    let answer = answer(catalogue, case.facts.to_string().as_bytes());
    let found: Value = serde_json::from_str(&answer.to_json()).unwrap_or(Value::Null);
    let differences =
        case.expect.iter().filter_map(|(key, expected)| difference(&found, key, expected));
    Outcome { differences: differences.collect(), answer }
}

fn difference(found: &Value, key: &str, expected: &Value) -> Option<String> {
    let list_of = |key: &str| found.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let missing = |list: Vec<Value>, agrees: &dyn Fn(&Value, &Value) -> bool| -> Vec<Value> {
        let wanted = expected.as_array().cloned().unwrap_or_default();
        wanted.into_iter().filter(|wanted| !list.iter().any(|item| agrees(item, wanted))).collect()
    };
    let lacking = match key {
        "clauses_include" => missing(list_of("clauses"), &|item, wanted| item == wanted),
        "needs_include" => missing(list_of("needs"), &|item, wanted| item == wanted),
        "terms_include" => missing(list_of("terms"), &agrees_in_all_keys),
        "error" => {
            let error = found.get("error").unwrap_or(&Value::Null);
            if agrees_in_all_keys(error, expected) {
                return None;
            }
            return Some(format!("`error`: expected {expected}, found {found}"));
        }
        _ => {
            let value = found.get(key).unwrap_or(&Value::Null);
            return (value != expected)
                .then(|| format!("`{key}`: expected {expected}, found {value}"));
        }
    };
    let list = key.trim_end_matches("_include");
    (!lacking.is_empty()).then(|| {
        let lacking = Value::Array(lacking);
        format!("`{list}`: expected to include {lacking}, found {}", Value::Array(list_of(list)))
    })
}

fn agrees_in_all_keys(found: &Value, wanted: &Value) -> bool {
    wanted.as_object().is_some_and(|wanted| {
        wanted.iter().all(|(key, value)| found.get(key).unwrap_or(&Value::Null) == value)
    })
}

/// A JSON Merge Patch (RFC 7396): objects are merged, null takes away, anything else replaces.
fn patched(target: Value, patch: Value) -> Value {
    let Value::Object(patch) = patch else { return patch };
    let mut target = match target {
        Value::Object(target) => target,
        _ => Map::new(),
    };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(&key);
        } else {
            let before = target.remove(&key).unwrap_or(Value::Null);
            target.insert(key, patched(before, value));
        }
    }
    Value::Object(target)
}
