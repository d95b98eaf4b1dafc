//! Faults that hide behind others, numbers that no float holds, and messages that hostile names would break.

use serde_json::{Value, json};

use super::{refused, refuses, refuses_at, with};

#[test]
fn a_number_too_large_for_a_double_is_json_and_is_pointed_at() {
    refuses("/claim/quantity", "1e400", "not_an_integer", "integer");
    refuses("/line/quantity", "-1E+400", "not_an_integer", "integer");
}

#[test]
fn an_integer_of_four_hundred_digits_is_json_and_is_pointed_at() {
    let digits = "9".repeat(400);
    for raw in [digits.clone(), format!("-{digits}")] {
        let refusal = refused(with(&[("/claim/quantity", &raw)]));
        assert_eq!(refusal.pointer, "/claim/quantity");
    }
}

#[test]
fn an_integer_beyond_64_bits_is_out_of_range_and_not_no_integer() {
    for raw in ["9223372036854775808", "18446744073709551616"] {
        refuses("/claim/quantity", raw, "out_of_range", "at most");
    }
}

#[test]
fn components_of_a_line_that_are_no_list_are_not_blamed_on_the_claim() {
    // The claim stands before the line in this document.
    refuses("/line/components", "true", "wrong_type", "a list");
}

#[test]
fn a_message_is_one_line_even_where_a_component_s_name_is_not() {
    let document =
        with(&[("/line/components", r#"["A", "B\nC\u2028D"]"#), ("/claim/components", r#"["X"]"#)]);
    let message = refused(document).message;
    assert!(!message.contains(['\n', '\r', '\u{2028}', '\u{2029}']), "{message:?}");
}

#[test]
fn a_message_stays_short_however_many_components_the_line_has() {
    let names: Vec<String> = (0..10_000).map(|at| format!("component-{at}")).collect();
    let document =
        with(&[("/line/components", &json!(names).to_string()), ("/claim/components", r#"["X"]"#)]);
    let length = refused(document).message.len();
    assert!(length < 10_000, "{length} bytes");
}

#[test]
fn an_object_of_too_many_keys_is_not_told_of_lists() {
    let keys: Vec<String> = (0..300).map(|at| format!("\"k{at}\": 1")).collect();
    let refusal = refused(with(&[("/order", &format!("{{{}}}", keys.join(",")))]));
    assert!(!refusal.message.contains("list"), "{refusal:?}");
}

#[test]
fn a_missing_word_is_asked_for_with_the_words_that_are_allowed() {
    for (pointer, says) in [
        ("/order/voucher", "`on_file`"),
        ("/claim/cause", "`quality`"),
        ("/claim/remedy", "`refund`"),
        ("/claim/condition", "`unused`"),
        ("/order/time_zone", "`Europe/Berlin`"),
        ("/order/country", "`DE`"),
        ("/claim/reported_at", "RFC 3339"),
        ("/line/quantity", "at least 1"),
        ("/line/declared_non_returnable", "true or false"),
    ] {
        refuses(pointer, "null", "missing_field", says);
    }
}

#[test]
fn the_last_second_of_the_year_9999_is_a_moment() {
    super::decides(&with(&[("/received_at", r#""9999-12-31T23:59:59Z""#)]));
}

#[test]
fn a_key_that_is_too_long_does_not_hide_a_fault_before_it() {
    let refusal = refused(format!("{{\"id\": 5, \"{}\": 1}}", "k".repeat(10_001)));
    assert_eq!(refusal.pointer, "/id");
}

// Of several faults the first in the order of the document is reported, also where it lies between two fields and a field
// beside one of them is at fault as well. In these documents the claim stands before the line and the order.

#[test]
fn a_report_before_the_order_is_found_beside_another_fault_of_the_claim() {
    let before = ("/claim/reported_at", r#""2020-01-01T00:00:00Z""#);
    let document = with(&[before, ("/claim/remedy", "null")]);
    refuses_at(&document, "/claim/reported_at", "impossible", "or later");
}

#[test]
fn a_report_before_the_order_is_found_beside_a_fault_of_the_order() {
    let before = ("/claim/reported_at", r#""2020-01-01T00:00:00Z""#);
    let document = with(&[before, ("/order/voucher", r#""x""#)]);
    refuses_at(&document, "/claim/reported_at", "impossible", "or later");
}

#[test]
fn a_receipt_before_the_order_is_found_beside_a_later_fault_of_the_order() {
    let mut order: Value = serde_json::from_str(crate::EXAMPLE).unwrap();
    order = order["order"].take();
    order["country"] = json!("UK");
    let refusal = refused(format!(
        r#"{{"id": "x", "received_at": "2020-01-01T00:00:00Z", "order": {order}}}"#
    ));
    assert_eq!(refusal.pointer, "/received_at");
}

#[test]
fn too_many_units_claimed_are_found_beside_a_fault_of_the_line() {
    let document = with(&[("/claim/quantity", "3"), ("/line/sku", "5")]);
    refuses_at(&document, "/claim/quantity", "impossible", "the line has 2");
}

#[test]
fn an_unknown_component_is_found_beside_a_fault_of_the_line() {
    let document = with(&[("/claim/components", r#"["C"]"#), ("/line/quantity", "0")]);
    refuses_at(&document, "/claim/components/0", "impossible", "`A`, `B`");
}

#[test]
fn an_inspection_of_a_missing_claim_is_found_beside_a_fault_of_the_claim() {
    let mut claim: Value = serde_json::from_str(crate::EXAMPLE).unwrap();
    claim = claim["claim"].take();
    claim["cause"] = json!("missing");
    claim["quantity"] = json!(0);
    let refusal = refused(format!(r#"{{"id": "x", "inspection": {{}}, "claim": {claim}}}"#));
    assert_eq!(refusal.pointer, "/inspection");
}
