//! Long texts, deep values, big documents.

use backhaul_core::facts::json::{DEPTH_MAX, DOCUMENT_BYTES_MAX, ITEMS_MAX, TEXT_CHARS_MAX};

use super::{decides, refused, refuses, refuses_at, with};

const TEXTS: [&str; 5] =
    ["/order/number", "/line/sku", "/line/category", "/line/sold_for", "/claim/platform"];

fn quoted(text: &str, times: usize) -> String {
    format!("\"{}\"", text.repeat(times))
}

#[test]
fn the_limits_are_those_of_the_page() {
    assert_eq!((TEXT_CHARS_MAX, DEPTH_MAX), (10_000, 32));
}

#[test]
fn a_text_of_ten_thousand_characters_is_fine_whatever_its_bytes() {
    for text in ["x", "é", "\u{1f980}", "a", r"\u0041", r"\ud83e\udd80", r"\n", "e\u{301}"] {
        let per_text = if text == "e\u{301}" { 5_000 } else { 10_000 };
        let raw = if text == r"\n" {
            format!("\"x{}\"", text.repeat(9_999))
        } else {
            quoted(text, per_text)
        };
        for pointer in TEXTS {
            decides(&with(&[(pointer, &raw)]));
        }
        assert_eq!(
            decides(&with(&[("/id", &raw)]))["id"].as_str().unwrap().chars().count(),
            10_000
        );
        let components = format!("[{raw}, \"A\"]");
        decides(&with(&[("/line/components", &components), ("/claim/components", &components)]));
    }
}

#[test]
fn a_text_of_one_character_more_is_refused() {
    for text in ["x", "\u{1f980}", r"\u0041", r"\ud83e\udd80", " "] {
        let raw = quoted(text, 10_001);
        let words =
            ["/policy", "/claim/cause", "/order/placed_at", "/order/time_zone", "/received_at"];
        for pointer in TEXTS.into_iter().chain(words) {
            refuses(pointer, &raw, "text_too_long", "10000");
        }
        refuses("/claim/evidence/1", &raw, "text_too_long", "10000");
        refuses("/line/components/1", &raw, "text_too_long", "10000");
        let refusal = refused(with(&[("/id", &raw)]));
        assert_eq!((refusal.code.as_str(), refusal.pointer.as_str()), ("text_too_long", "/id"));
        assert_eq!(refusal.id, None);
    }
}

#[test]
fn a_key_of_more_characters_is_refused_without_an_echo() {
    let document = with(&[]).replacen('{', &format!("{{{}: 1,", quoted("k", 10_001)), 1);
    let refusal = refused(&document);
    assert_eq!(refusal.code, "text_too_long");
    assert!(refusal.message.len() < 500);
    // One character fewer is a key like any other that is not known.
    let document = with(&[]).replacen('{', &format!("{{{}: 1,", quoted("k", 10_000)), 1);
    let refusal = refused(&document);
    assert_eq!(refusal.code, "unknown_field");
    assert!(refusal.message.chars().count() < 500);
}

/// Lists within each other; the object they lie in is the first level.
fn nested(levels: usize) -> String {
    let lists = levels.checked_sub(1).unwrap();
    format!("{}{}", "[".repeat(lists), "]".repeat(lists))
}

#[test]
fn values_within_each_other_are_refused_at_the_field_that_holds_them() {
    // No field of the default policy holds anything deep: what holds it is the first fault in the order of the document, below
    // the limit of depth and above it.
    for levels in [31, 32, 33, 34, 127, 128, 129, 1_000, 100_000] {
        refuses("/x", &nested(levels), "unknown_field", "`order`");
        refuses_at(
            &with(&[("/claim/evidence", &nested(levels))]),
            "/claim/evidence/0",
            "wrong_type",
            "a text",
        );
        refuses("/order", &nested(levels), "wrong_type", "an object");
        let refusal = refused(nested(levels));
        assert_eq!((refusal.code.as_str(), refusal.pointer.as_str()), ("wrong_type", ""));
    }
    let objects = format!("{}1{}", r#"{"a":"#.repeat(100_000), "}".repeat(100_000));
    refuses("/x", &objects, "unknown_field", "`order`");
}

#[test]
fn values_within_each_other_that_are_never_closed_are_no_json() {
    for opening in ["[", r#"{"a":"#, "[[[{\"a\":["] {
        let refusal = refused(opening.repeat(100_000));
        assert_eq!((refusal.code.as_str(), refusal.pointer.as_str()), ("not_json", ""));
    }
}

#[test]
fn a_document_may_be_as_large_as_the_limit_and_no_larger() {
    let document = with(&[]);
    let padded =
        |bytes: usize| document.clone() + &" ".repeat(bytes.saturating_sub(document.len()));
    decides(&padded(DOCUMENT_BYTES_MAX));
    for bytes in [DOCUMENT_BYTES_MAX.checked_add(1).unwrap(), 9 << 20] {
        let refusal = refused(padded(bytes));
        assert_eq!((refusal.code.as_str(), refusal.pointer.as_str()), ("too_large", ""));
        assert!(refusal.message.contains(&DOCUMENT_BYTES_MAX.to_string()));
        assert_eq!(refusal.id, None);
    }
}

#[test]
fn a_list_of_more_items_than_the_limit_is_refused() {
    let slots =
        |items: usize| format!("[{}\"product\"]", "\"product\",".repeat(items.saturating_sub(1)));
    decides(&with(&[("/claim/evidence", &slots(ITEMS_MAX))]));
    let one_more = ITEMS_MAX.checked_add(1).unwrap();
    refuses("/claim/evidence", &slots(one_more), "too_many_items", "10000");
}
