//! Of several faults the first in the order of the document is reported.

use serde_json::{Map, Value};

use super::{refused, with};
use crate::EXAMPLE;

/// The object with its keys in this order; keys that are not named follow.
fn ordered(object: &Map<String, Value>, first: &[&str]) -> String {
    let rest = object.keys().map(String::as_str).filter(|key| !first.contains(key));
    let entries: Vec<String> = first
        .iter()
        .copied()
        .filter(|key| object.contains_key(*key))
        .chain(rest)
        .map(|key| format!("{}:{}", Value::from(key), object[key]))
        .collect();
    format!("{{{}}}", entries.join(","))
}

/// Every order of these keys.
fn orders<'k>(keys: &[&'k str]) -> Vec<Vec<&'k str>> {
    if keys.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for key in keys {
        let rest: Vec<&str> = keys.iter().copied().filter(|other| other != key).collect();
        for mut order in orders(&rest) {
            order.insert(0, *key);
            all.push(order);
        }
    }
    all
}

fn object(document: &str) -> Map<String, Value> {
    serde_json::from_str(document).unwrap()
}

#[test]
fn the_first_of_several_faults_is_reported_in_any_order_of_the_keys() {
    let facts = object(&with(&[
        ("/id", "5"),
        ("/policy", "\"nonesuch\""),
        ("/order/country", "\"UK\""),
        ("/line/sku", "7"),
        ("/claim/quantity", "1.0"),
        ("/received_at", "\"then\""),
        ("/unknown", "1"),
    ]));
    let faults = [
        ("id", "/id"),
        ("policy", "/policy"),
        ("order", "/order/country"),
        ("line", "/line/sku"),
        ("claim", "/claim/quantity"),
        ("received_at", "/received_at"),
        ("unknown", "/unknown"),
    ];
    for order in orders(&faults.map(|(key, _)| key)) {
        let document = ordered(&facts, &order);
        let (_, expected) = faults.iter().find(|(key, _)| *key == order[0]).unwrap();
        assert_eq!(refused(&document).pointer, *expected, "{document}");
    }
}

#[test]
fn the_first_of_several_faults_within_one_object_is_reported() {
    let faulty = object(&with(&[
        ("/claim/cause", "\"x\""),
        ("/claim/remedy", "5"),
        ("/claim/quantity", "3"),
        ("/claim/components", "[\"C\"]"),
        ("/claim/reported_at", "\"2026-03-11\""),
        ("/claim/waived", "[\"x\"]"),
    ]));
    let keys = ["cause", "remedy", "quantity", "components", "reported_at", "waived"];
    let order_and_line = "\"id\": \"x\", \"order\": ".to_owned()
        + &faulty["order"].to_string()
        + ", \"line\": "
        + &faulty["line"].to_string();
    for order in orders(&keys) {
        let claim = ordered(faulty["claim"].as_object().unwrap(), &order);
        let refusal = refused(format!("{{{order_and_line}, \"claim\": {claim}}}"));
        let item = if matches!(order[0], "components" | "waived") { "/0" } else { "" };
        assert_eq!(refusal.pointer, format!("/claim/{}{item}", order[0]));
    }
}

#[test]
fn the_first_item_at_fault_is_reported() {
    let list = r#"["product", "x", 5, "y"]"#;
    assert_eq!(refused(with(&[("/claim/evidence", list)])).pointer, "/claim/evidence/1");
    let list = r#"["product", 5, "y", "x"]"#;
    assert_eq!(refused(with(&[("/claim/evidence", list)])).pointer, "/claim/evidence/1");
}

#[test]
fn a_missing_field_counts_at_the_end_of_its_object() {
    let line = r#""line": {"quantity": 1}"#;
    let refusal = refused(format!(r#"{{"id": "x", {line}, "order": 5}}"#));
    assert_eq!(refusal.pointer, "/line/sku");
    let refusal = refused(format!(r#"{{"id": "x", "order": 5, {line}}}"#));
    assert_eq!(refusal.pointer, "/order");
    let refusal = refused(r#"{"id": "x", "line": {"quantity": 0}, "order": 5}"#);
    assert_eq!(refusal.pointer, "/line/quantity");
    let refusal = refused(r#"{"line": {"sku": 1}}"#);
    assert_eq!(refusal.pointer, "/line/sku");
}

#[test]
fn faults_between_two_fields_are_found_in_any_order_of_the_objects() {
    for (change, expected) in [
        (("/claim/quantity", "3"), "/claim/quantity"),
        (("/claim/components", "[\"C\"]"), "/claim/components/0"),
        (("/inspection/faulty_components", "[\"C\"]"), "/inspection/faulty_components/0"),
        (("/claim/reported_at", "\"2020-01-01T00:00:00Z\""), "/claim/reported_at"),
        (("/order/signed_at", "\"2020-01-01T00:00:00Z\""), "/order/signed_at"),
        (("/received_at", "\"2020-01-01T00:00:00Z\""), "/received_at"),
    ] {
        let faulty = object(&with(&[change]));
        for order in orders(&["order", "line", "claim", "inspection", "received_at"]) {
            assert_eq!(refused(ordered(&faulty, &order)).pointer, expected);
        }
    }
    let missing = object(&with(&[("/claim/cause", "\"missing\"")]));
    for order in orders(&["order", "line", "claim", "inspection", "received_at"]) {
        assert_eq!(refused(ordered(&missing, &order)).pointer, "/inspection");
    }
}

#[test]
fn the_order_of_the_keys_does_not_change_a_decision() {
    let facts = object(EXAMPLE);
    for order in orders(&["id", "order", "line", "claim", "received_at", "inspection"]) {
        assert_eq!(super::decides(&ordered(&facts, &order)), super::example_decision());
    }
}
