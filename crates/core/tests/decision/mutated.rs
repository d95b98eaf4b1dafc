//! Valid documents, damaged at random: whatever comes of it, the answer keeps its form.

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::Config;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::malformed::{Refusal, answered};
use crate::world;

/// What takes the place of a token.
const TOKENS: [&str; 40] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "1.0",
    "1e3",
    "1e400",
    "9223372036854775808",
    "\"\"",
    "\" \"",
    "\"x\"",
    "\"id\"",
    "\"order\"",
    "\"claim\"",
    "\"cause\"",
    "\"quantity\"",
    "\"components\"",
    "\"missing\"",
    "\"compatibility\"",
    "\"replacement\"",
    "\"refund\"",
    "\"A\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"UTC\"",
    "\"2026-03-12T10:00:00Z\"",
    "\"2026-03-12\"",
    "\"a/b~c\"",
    "[]",
    "{}",
    "NaN",
];

/// One damage to a list of tokens or bytes.
#[derive(Clone, Debug)]
enum Damage<T> {
    Remove(Index),
    Double(Index),
    Swap(Index, Index),
    Replace(Index, T),
    Insert(Index, T),
    CutAt(Index),
}

impl<T: Clone> Damage<T> {
    fn apply(self, parts: &mut Vec<T>) {
        if parts.is_empty() {
            return;
        }
        let at = |index: Index| index.index(parts.len());
        match self {
            Self::Remove(index) => {
                parts.remove(at(index));
            }
            Self::Double(index) => parts.insert(at(index), parts[at(index)].clone()),
            Self::Swap(one, other) => {
                let (one, other) = (at(one), at(other));
                parts.swap(one, other);
            }
            Self::Replace(index, part) => {
                let at = at(index);
                parts[at] = part;
            }
            Self::Insert(index, part) => parts.insert(at(index), part),
            Self::CutAt(index) => parts.truncate(at(index)),
        }
    }
}

fn damage<T: Clone + fmt::Debug + 'static>(
    part: impl Strategy<Value = T> + Clone + 'static,
) -> impl Strategy<Value = Damage<T>> {
    prop_oneof![
        4 => any::<Index>().prop_map(Damage::Remove),
        4 => any::<Index>().prop_map(Damage::Double),
        4 => any::<(Index, Index)>().prop_map(|(one, other)| Damage::Swap(one, other)),
        12 => (any::<Index>(), part.clone()).prop_map(|(at, part)| Damage::Replace(at, part)),
        4 => (any::<Index>(), part).prop_map(|(at, part)| Damage::Insert(at, part)),
        1 => any::<Index>().prop_map(Damage::CutAt),
    ]
}

/// The tokens of a JSON document without white space between them.
fn tokens(document: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let (mut in_text, mut escaped) = (false, false);
    for c in document.chars() {
        let joins = in_text || !matches!(c, '{' | '}' | '[' | ']' | ',' | ':' | '"');
        let last_is_word = tokens.last().is_some_and(|last| {
            in_text || last.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        });
        match tokens.last_mut() {
            Some(last) if joins && last_is_word => last.push(c),
            _ => tokens.push(c.to_string()),
        }
        match c {
            '"' if !escaped => in_text = !in_text,
            '\\' if in_text && !escaped => {
                escaped = true;
                continue;
            }
            _ => {}
        }
        escaped = false;
    }
    tokens
}

/// A JSON document with every entry of its objects, those given twice as well.
enum Tree {
    Leaf,
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    /// Whether the pointer leads to a value, or to where one is missing.
    fn has(&self, segments: &[String], may_be_missing: bool) -> bool {
        let Some((first, rest)) = segments.split_first() else {
            return true;
        };
        match self {
            Self::Leaf => false,
            Self::List(items) => first
                .parse()
                .ok()
                .and_then(|at: usize| items.get(at))
                .is_some_and(|item| item.has(rest, may_be_missing)),
            Self::Object(entries) => {
                let mut named = entries.iter().filter(|(key, _)| key == first);
                may_be_missing && rest.is_empty()
                    || named.any(|(_, value)| value.has(rest, may_be_missing))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_str<E>(self, _: &str) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Tree::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Tree::Object(entries))
    }
}

fn keeps_its_form(document: &[u8]) {
    let first = answered(document);
    assert_eq!(format!("{first:?}"), format!("{:?}", answered(document)), "two answers");
    let tree: Result<Tree, _> = serde_json::from_slice(document);
    match (first, tree) {
        (Ok(decision), Ok(_)) => {
            let verdict = decision["verdict"].as_str().unwrap();
            assert!(["accepted", "declined", "needs", "review"].contains(&verdict));
        }
        (Err(Refusal { code, pointer, .. }), Ok(tree)) => {
            let segments: Vec<String> = pointer
                .split('/')
                .skip(1)
                .map(|segment| segment.replace("~1", "/").replace("~0", "~"))
                .collect();
            assert!(pointer.is_empty() || pointer.starts_with('/'), "{pointer}");
            assert!(tree.has(&segments, code == "missing_field"), "{code} at {pointer}");
        }
        // Numbers that no float holds are JSON all the same, and are pointed at.
        (Err(_), Err(error)) if error.to_string().starts_with("number out of range") => {}
        (Err(refusal), Err(error)) => {
            assert_eq!(
                (refusal.code.as_str(), refusal.pointer.as_str()),
                ("not_json", ""),
                "{error}"
            );
        }
        (Ok(decision), Err(error)) => panic!("decided {decision} of no JSON: {error}"),
    }
}

proptest! {
    #![proptest_config(Config { cases: 4_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_document_with_damaged_tokens_is_answered_in_form(
        facts in world::facts(),
        damages in vec(damage(select(&TOKENS[..]).prop_map(str::to_owned)), 1..4),
    ) {
        let mut tokens = tokens(&facts.to_string());
        for damage in damages {
            damage.apply(&mut tokens);
        }
        keeps_its_form(tokens.concat().as_bytes());
    }

    #[test]
    fn a_document_with_damaged_bytes_is_answered_in_form(
        facts in world::facts(),
        damages in vec(damage(any::<u8>()), 1..6),
    ) {
        let mut bytes = facts.to_string().into_bytes();
        for damage in damages {
            damage.apply(&mut bytes);
        }
        keeps_its_form(&bytes);
    }

    #[test]
    fn any_bytes_are_answered_in_form(bytes in vec(any::<u8>(), 0..200)) {
        keeps_its_form(&bytes);
    }
}

#[test]
fn tokens_put_together_again_are_the_document() {
    let document = r#"{"a\"{":[1,-2,"x, y",null],"b":{"\\":true,"":"\\\""}}"#;
    assert_eq!(tokens(document).concat(), document);
    assert_eq!(tokens(document)[..6], ["{", r#""a\"{""#, ":", "[", "1", ","]);
}
