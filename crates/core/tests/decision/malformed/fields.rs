//! Fields that are left out, not known, given twice, or of another type.

use serde_json::Value;

use super::{decides, refused, refuses, refuses_at, with, without};
use crate::EXAMPLE;

const OBJECTS: [&str; 3] = ["/order", "/line", "/claim"];
const REQUIRED_TEXTS: [&str; 11] = [
    "/order/number",
    "/order/placed_at",
    "/order/time_zone",
    "/order/country",
    "/order/voucher",
    "/line/sku",
    "/line/category",
    "/claim/cause",
    "/claim/remedy",
    "/claim/condition",
    "/claim/reported_at",
];
const REQUIRED_OTHERS: [&str; 3] =
    ["/line/quantity", "/line/declared_non_returnable", "/claim/quantity"];
const OPTIONAL: [&str; 13] = [
    "/order/signed_at",
    "/line/sold_for",
    "/line/components",
    "/claim/components",
    "/claim/platform",
    "/claim/evidence",
    "/claim/waived",
    "/received_at",
    "/inspection",
    "/inspection/condition",
    "/inspection/fault_found",
    "/inspection/findings",
    "/inspection/faulty_components",
];

fn required() -> impl Iterator<Item = &'static str> {
    OBJECTS.into_iter().chain(REQUIRED_TEXTS).chain(REQUIRED_OTHERS)
}

#[test]
fn a_required_field_that_is_left_out_is_pointed_at_where_it_should_be() {
    for pointer in required() {
        let name = pointer.rsplit('/').next().unwrap();
        refuses_at(&without(pointer), pointer, "missing_field", &format!("`{name}`"));
    }
}

#[test]
fn a_required_field_that_is_null_counts_as_left_out() {
    for pointer in required() {
        refuses(pointer, "null", "missing_field", "required");
    }
}

#[test]
fn a_required_field_that_is_blank_counts_as_left_out() {
    for pointer in required() {
        for blank in [r#""""#, r#"" ""#, r#""\t\n\r""#, "\"\u{a0}\u{3000}\""] {
            refuses(pointer, blank, "missing_field", "required");
        }
    }
}

#[test]
fn without_an_id_the_answer_has_none() {
    for document in [
        without("/id"),
        with(&[("/id", "null")]),
        with(&[("/id", "\"\"")]),
        with(&[("/id", "\" \\t\"")]),
    ] {
        let refusal = refused(&document);
        assert_eq!(refusal.pointer, "/id");
        assert_eq!(refusal.code, "missing_field");
        assert_eq!(refusal.id, None);
    }
    for raw in ["5", "true", "[]", "{}", "[\"a\"]", "1e3"] {
        let refusal = refused(with(&[("/id", raw)]));
        assert_eq!((refusal.code.as_str(), refusal.pointer.as_str()), ("wrong_type", "/id"));
        assert!(refusal.message.contains("a text"));
        assert_eq!(refusal.id, None);
    }
}

#[test]
fn any_text_is_an_id_and_is_echoed_as_it_is() {
    for id in [r"a\u0000b", r"\ud83e\udd80", " x ", "' OR 1=1--", "\u{202e}gpj.exe", r"\n", "é"] {
        let id = if id == r"\n" { r"line\nbreak" } else { id };
        let raw = format!("\"{id}\"");
        let expected: String = serde_json::from_str(&raw).unwrap();
        assert_eq!(decides(&with(&[("/id", &raw)]))["id"], expected.as_str());
        let refusal = refused(with(&[("/id", &raw), ("/claim/cause", "\"x\"")]));
        assert_eq!(refusal.id.as_deref(), Some(expected.as_str()));
    }
}

#[test]
fn the_id_is_echoed_wherever_it_stands() {
    let refusal = refused(r#"{"order": 5, "id": "late"}"#);
    assert_eq!((refusal.pointer.as_str(), refusal.id.as_deref()), ("/order", Some("late")));
}

#[test]
fn an_optional_field_may_be_left_out_or_be_null() {
    for pointer in OPTIONAL.into_iter().filter(|pointer| *pointer != "/line/components") {
        assert_eq!(decides(&without(pointer)), decides(&with(&[(pointer, "null")])), "{pointer}");
    }
    // Without components on the line none can be claimed.
    let nothing_claimed = with(&[("/claim/components", "null"), ("/inspection", "null")]);
    let mut facts: Value = serde_json::from_str(&nothing_claimed).unwrap();
    facts["line"]["components"] = Value::Null;
    let with_null = decides(&facts.to_string());
    facts["line"].as_object_mut().unwrap().remove("components");
    assert_eq!(decides(&facts.to_string()), with_null);
}

#[test]
fn an_unknown_field_is_refused_with_the_nearest_known_one() {
    for (pointer, meant) in [
        ("/recieved_at", "`received_at`"),
        ("/Id", "`id`"),
        ("/orders", "`order`"),
        ("/order/timezone", "`time_zone`"),
        ("/order/signed", "`signed_at`"),
        ("/line/quantiy", "`quantity`"),
        ("/line/component", "`components`"),
        ("/claim/remedies", "`remedy`"),
        ("/claim/report_at", "`reported_at`"),
        ("/inspection/finding", "`findings`"),
        ("/inspection/fault", "`fault_found`"),
    ] {
        refuses(pointer, "1", "unknown_field", meant);
    }
    for (pointer, meant) in [
        ("/recieved_at", "did you mean `received_at`"),
        ("/order/timezone", "did you mean `time_zone`"),
        ("/line/quantiy", "did you mean `quantity`"),
        ("/claim/report_at", "did you mean `reported_at`"),
        ("/inspection/finding", "did you mean `findings`"),
    ] {
        refuses(pointer, "null", "unknown_field", meant);
    }
}

#[test]
fn an_unknown_field_is_refused_whatever_its_name_and_value() {
    for (pointer, known) in [
        ("/__proto__", "`order`"),
        ("/constructor", "`order`"),
        ("/order/role", "`number`"),
        ("/line/refunded", "`sku`"),
        ("/claim/", "`cause`"),
        ("/claim/a~1b~0c", "`cause`"),
        ("/inspection/\u{202e}", "`findings`"),
    ] {
        for raw in ["null", "true", "\"\"", "[]", "{\"cause\": 1}"] {
            refuses(pointer, raw, "unknown_field", known);
        }
    }
    refuses_at(&with(&[("/facts", r#"{"own": 1}"#)]), "/facts/own", "unknown_field", "none");
    decides(&with(&[("/facts", "{}")]));
}

#[test]
fn a_key_given_twice_is_refused_even_with_the_same_value() {
    for (object, key, value) in [
        ("", "id", "\"any string, echoed\""),
        ("", "received_at", "null"),
        ("/order", "number", "\"SO-1001\""),
        ("/line", "components", "[]"),
        ("/claim", "quantity", "1"),
        ("/inspection", "findings", "[]"),
    ] {
        let mut document = EXAMPLE.to_owned();
        let opening = match object.strip_prefix('/') {
            None => document.find('{').unwrap(),
            Some(name) => {
                let at = document.find(&format!("\"{name}\":")).unwrap();
                at.checked_add(document[at..].find('{').unwrap()).unwrap()
            }
        };
        document.insert_str(opening.checked_add(1).unwrap(), &format!("\"{key}\": {value},"));
        let refusal = refused(&document);
        assert_eq!(refusal.code, "duplicate_key");
        assert_eq!(refusal.pointer, format!("{object}/{key}"));
        assert!(refusal.message.contains("once"));
    }
}

#[test]
fn a_key_given_twice_is_found_however_it_is_written() {
    let document = EXAMPLE.replacen('{', r#"{"\u006fr\u0064er": 5, "#, 1);
    assert_eq!(refused(&document).pointer, "/order");
    let document = EXAMPLE.replacen(r#""received_at""#, r#""\u006frder": null, "received_at""#, 1);
    refuses_at(&document, "/order", "duplicate_key", "once");
}

#[test]
fn a_value_of_another_type_is_refused_with_the_type_that_is_meant() {
    let texts = ["true", "1", "1.5", "[]", "{}"];
    let optional_texts = ["/order/signed_at", "/line/sold_for", "/claim/platform"];
    for pointer in REQUIRED_TEXTS.into_iter().chain(optional_texts) {
        for raw in texts {
            refuses(pointer, raw, "wrong_type", "a text");
        }
    }
    for pointer in OBJECTS.into_iter().chain(["/inspection", "/facts"]) {
        for raw in ["true", "1", "1.5", "\"x\"", "[]", "[{}]"] {
            refuses(pointer, raw, "wrong_type", "an object");
        }
    }
    for pointer in ["/line/declared_non_returnable", "/inspection/fault_found"] {
        for raw in ["0", "1", "\"true\"", "[]", "{}"] {
            refuses(pointer, raw, "wrong_type", "true or false");
        }
    }
    for pointer in [
        "/line/components",
        "/claim/components",
        "/claim/evidence",
        "/claim/waived",
        "/inspection/findings",
        "/inspection/faulty_components",
    ] {
        // A line whose components cannot be read must not be blamed on what is claimed of it.
        let document = |raw: &str| {
            with(&[
                ("/claim/components", "null"),
                ("/inspection/faulty_components", "null"),
                (pointer, raw),
            ])
        };
        for raw in ["true", "1", "\"A\"", "{}"] {
            refuses_at(&document(raw), pointer, "wrong_type", "a list");
        }
        for item in ["true", "1", "null", "[]", "{}", "[\"A\"]"] {
            let document = document(&format!("[{item}]"));
            refuses_at(&document, &format!("{pointer}/0"), "wrong_type", "a text");
        }
    }
}
