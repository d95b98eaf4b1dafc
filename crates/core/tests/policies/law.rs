//! A law laid over a policy: it wins where it gives the buyer more, and can never give less.

use std::path::Path;

use backhaul_core::answer::answer;
use backhaul_core::policy::{Catalogue, Policy, check};
use serde_json::{Value, json};

use super::support::PLAIN;

fn withdrawal() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/laws/eu-withdrawal.toml");
    std::fs::read_to_string(file).expect("the law is in the repository")
}

/// A used, declared, unwanted unit of a German buyer, reported on day 14.
fn unwanted(consumer: bool, country: &str, reported_at: &str) -> Value {
    json!({
        "id": "x",
        "order": {"number": "SO-1", "placed_at": "2026-03-01T09:00:00Z", "signed_at": "2026-03-04T15:20:00+01:00",
                  "time_zone": "Europe/Berlin", "country": country, "voucher": "on_file"},
        "line": {"sku": "X", "category": "transceiver", "quantity": 1, "declared_non_returnable": true},
        "claim": {"cause": "own_reasons", "remedy": "refund", "quantity": 1, "condition": "used", "reported_at": reported_at},
        "facts": {"consumer": consumer},
    })
}

fn decided(facts: &Value) -> Value {
    let mut catalogue = Catalogue::built_in().expect("the shipped policy reads");
    catalogue.lay_over(&withdrawal()).expect("the law fits");
    serde_json::from_str(&answer(&catalogue, facts.to_string().as_bytes()).to_json()).expect("JSON")
}

#[test]
fn a_consumer_may_withdraw_on_day_fourteen_whatever_the_policy_excludes() {
    let decision = decided(&unwanted(true, "DE", "2026-03-18T23:59:59+01:00"));
    assert_eq!(decision["verdict"], "accepted");
    assert_eq!(decision["freight"]["return"], "buyer");
    assert_eq!(
        decision["clauses"],
        json!([
            "freight.buyer",
            "goods_first",
            "refund.path",
            "refund.3-10wd",
            "guidance",
            "law.withdrawal"
        ])
    );
    assert_eq!(
        decision["terms"],
        json!([{"clause": "law.withdrawal", "term": "original_freight", "payer": "merchant"}])
    );
}

#[test]
fn the_law_is_silent_on_day_fifteen_for_businesses_and_elsewhere() {
    for facts in [
        unwanted(true, "DE", "2026-03-19T00:00:00+01:00"),
        unwanted(false, "DE", "2026-03-10T00:00:00+01:00"),
        unwanted(true, "US", "2026-03-10T00:00:00+01:00"),
    ] {
        let decision = decided(&facts);
        assert_eq!(decision["verdict"], "declined", "{facts}");
        assert_eq!(decision["clauses"], json!(["exclude.declared", "exclude.used"]));
    }
}

#[test]
fn the_pin_names_the_law_and_the_version_is_still_found() {
    let mut catalogue = Catalogue::built_in().expect("the shipped policy reads");
    catalogue.lay_over(&withdrawal()).expect("the law fits");
    let policy = catalogue.choose(Some("default@2025.1"), None).expect("found");
    assert_eq!(policy.pin, "default@2025.1+eu-withdrawal.2026.1");
    assert_eq!(check::check(policy), Vec::new());
}

#[test]
fn what_would_take_from_the_buyer_is_refused_with_its_line() {
    for effect in [
        "decline = true",
        "freight = { return = \"buyer\" }",
        "review.en = \"Really?\"",
        "fee = { name = \"x\", percent = 1 }",
        "original_freight = \"buyer\"",
    ] {
        let law = format!(
            "id = \"l\"\nversion = \"1\"\ncountries = \"DE\"\nlanguages = \"en\"\ntitle = {{ en = \"L\" }}\n\n[[clause]]\nid = \"l\"\ntext.en = \"L.\"\n[[clause.rule]]\n{effect}\n"
        );
        let plain = Policy::parse(PLAIN).expect("reads");
        let found = plain.with_law(&law).expect_err(effect);
        assert!(found.iter().all(|found| found.line == 10), "{effect}: {found:?}");
    }
}

#[test]
fn a_law_that_names_a_clause_the_policy_does_not_have_does_not_fit() {
    let plain = Policy::parse(PLAIN).expect("reads");
    let found = plain.with_law(&withdrawal()).expect_err("no such clauses");
    assert!(found.iter().any(|found| found.code == "unknown_clause"), "{found:?}");
}
