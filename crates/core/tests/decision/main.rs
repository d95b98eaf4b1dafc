//! Decisions of the default policy, through the front door: bytes in, JSON out.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod against_oracle;
mod malformed;
mod mutated;
mod oracle;
mod pains;
mod working_days;
mod world;

use std::sync::LazyLock;

use backhaul_core::answer::answer;
use backhaul_core::policy::Catalogue;
use serde_json::Value;

const EXAMPLE: &str = r#"{
  "id": "any string, echoed",
  "order":  {"number": "SO-1001", "placed_at": "2026-02-20T09:00:00Z", "signed_at": "2026-03-04T15:20:00+01:00",
             "time_zone": "Europe/Berlin", "country": "DE", "voucher": "on_file"},
  "line":   {"sku": "QSFP28-100G-SR4", "category": "transceiver", "quantity": 2, "sold_for": "Cisco Nexus 93180YC",
             "declared_non_returnable": false, "components": ["A", "B"]},
  "claim":  {"cause": "quality", "remedy": "replacement", "quantity": 1, "components": ["A"], "condition": "used",
             "platform": null, "reported_at": "2026-03-11T23:30:00+01:00",
             "evidence": ["outer_box", "inner_package", "product"], "waived": []},
  "received_at": "2026-03-20T09:12:00+08:00",
  "inspection": {"condition": "used", "fault_found": true, "findings": [], "faulty_components": ["A"]}
}"#;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::built_in()
        .map_err(|d| d.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        .unwrap_or_else(|e| panic!("{e}"))
});

fn decided(facts: &str) -> String {
    answer(&CATALOGUE, facts.as_bytes()).to_json()
}

#[test]
fn the_example_is_decided_to_the_letter() {
    assert_eq!(
        decided(EXAMPLE),
        concat!(
            r#"{"id":"any string, echoed","verdict":"accepted","cause":"quality","remedies":["refund","replacement"],"#,
            r#""freight":{"return":"merchant","replacement":"merchant"},"replace_components":["A"],"needs":[],"#,
            r#""clauses":["freight.merchant","goods_first","replace.part","guidance"],"#,
            r#""dates":{"report_by":null,"refund_from":null,"refund_by":null},"otherwise":[]}"#
        )
    );
}

#[test]
fn the_example_asked_as_a_refund_gives_the_two_dates() {
    let mut facts: Value = serde_json::from_str(EXAMPLE).unwrap();
    facts["claim"]["remedy"] = "refund".into();
    let decision: Value = serde_json::from_str(&decided(&facts.to_string())).unwrap();
    assert_eq!(decision["dates"]["refund_from"], "2026-03-25");
    assert_eq!(decision["dates"]["refund_by"], "2026-04-03");
    assert_eq!(decision["freight"]["replacement"], Value::Null);
    assert_eq!(decision["replace_components"], serde_json::json!([]));
    assert_eq!(
        decision["clauses"],
        serde_json::json!([
            "freight.merchant",
            "goods_first",
            "refund.path",
            "refund.3-10wd",
            "guidance"
        ])
    );
}
