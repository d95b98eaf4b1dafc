//! The engine and the oracle, side by side over the whole space of well-formed facts.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::{decided, oracle, world};

/// The decision without its sentences, each of which has been looked at.
fn without_sentences(mut decision: Value) -> Value {
    let report_by = decision["dates"]["report_by"].clone();
    for entry in decision["otherwise"].as_array_mut().into_iter().flatten() {
        let change = entry.as_object_mut().and_then(|entry| entry.remove("change"));
        let change = change.as_ref().and_then(Value::as_str).unwrap_or_default();
        assert!(!change.trim().is_empty(), "an entry without its sentence: {entry}");
        assert!(!change.contains('\n'), "a sentence of several lines: {change:?}");
        if entry["clause"] == "report.7d" {
            assert!(change.contains(report_by.as_str().unwrap()), "no last day in {change:?}");
        }
    }
    decision
}

fn agree(facts: &Value) {
    let decision: Value = serde_json::from_str(&decided(&facts.to_string())).unwrap();
    assert_eq!(without_sentences(decision), oracle::decide(facts), "\nfacts: {facts}");
}

proptest! {
    #![proptest_config(Config { cases: 24_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_engine_decides_as_the_page_says(facts in world::facts()) {
        agree(&facts);
    }
}

#[test]
fn the_oracle_gives_the_example_of_the_page() {
    let facts: Value = serde_json::from_str(crate::EXAMPLE).unwrap();
    let expected = json!({
        "id": "any string, echoed", "verdict": "accepted",
        "cause": "quality",
        "remedies": ["refund", "replacement"],
        "freight": {"return": "merchant", "replacement": "merchant"},
        "replace_components": ["A"],
        "needs": [],
        "clauses": ["freight.merchant", "goods_first", "replace.part", "guidance"],
        "dates": {"report_by": null, "refund_from": null, "refund_by": null},
        "otherwise": []
    });
    assert_eq!(oracle::decide(&facts), expected);
}

#[test]
fn the_space_has_every_verdict_every_clause_every_need_and_every_cure() {
    let mut runner = TestRunner::deterministic();
    let space = world::facts();
    let mut met = BTreeSet::new();
    for _ in 0..4_000 {
        let decision = oracle::decide(&space.new_tree(&mut runner).unwrap().current());
        let verdict = decision["verdict"].as_str().unwrap();
        met.insert(verdict.to_owned());
        let names = |list: &Value| -> Vec<String> {
            list.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
        };
        met.extend(names(&decision["clauses"]).iter().map(|clause| format!("{verdict} {clause}")));
        met.extend(names(&decision["needs"]).iter().map(|need| format!("needs {need}")));
        for entry in decision["otherwise"].as_array().unwrap() {
            met.insert(format!("cure {}", entry["pointer"].as_str().unwrap()));
        }
        let provisional = decision.get("calendar_provisional").is_some();
        met.insert(format!("provisional {provisional}"));
    }
    for expected in [
        "accepted freight.merchant",
        "accepted freight.buyer",
        "accepted goods_first",
        "accepted report.7d",
        "accepted evidence",
        "accepted refund.path",
        "accepted refund.3-10wd",
        "accepted replace.part",
        "accepted guidance",
        "review exclude.voucher",
        "review report.7d",
        "declined exclude.declared",
        "declined exclude.used",
        "declined exclude.misuse",
        "declined exclude.marks",
        "declined exclude.incomplete",
        "declined exclude.voucher",
        "declined report.7d",
        "declined replace.part",
        "needs evidence.outer_box",
        "needs evidence.inner_package",
        "needs evidence.product",
        "needs platform",
        "needs components",
        "cure /claim/reported_at",
        "cure /claim/condition",
        "cure /inspection/condition",
        "cure /order/voucher",
        "cure /inspection/findings",
        "cure /claim/components",
        "provisional true",
        "provisional false",
    ] {
        assert!(met.contains(expected), "no sample has `{expected}`");
    }
}

#[test]
fn a_claim_that_names_no_component_yet_does_not_rest_on_replace_part() {
    let mut facts: Value = serde_json::from_str(crate::EXAMPLE).unwrap();
    facts["claim"]["components"] = json!([]);
    facts["inspection"] = Value::Null;
    let decision: Value = serde_json::from_str(&decided(&facts.to_string())).unwrap();
    assert_eq!(decision["verdict"], "needs");
    assert_eq!(decision["needs"], json!(["components"]));
    assert_eq!(decision["replace_components"], json!([]));
    assert_eq!(decision["clauses"], json!(["freight.merchant", "goods_first", "guidance"]));
}
