//! The engine and the oracle, side by side over the whole space of well-formed facts.

use proptest::prelude::*;
use proptest::test_runner::Config;
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
