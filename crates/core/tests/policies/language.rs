//! What of the policy language the merchants use and the default policy does not.

use backhaul_core::answer::answer;
use backhaul_core::policy::{Catalogue, Policy, check};
use serde_json::Value;

use super::support::head;

const FACTS: &str = r#"{
  "id": "case",
  "order": {"number": "SO-1", "placed_at": "2026-03-02T09:00:00Z", "signed_at": "2026-03-04T15:00:00Z", "time_zone": "Europe/Berlin",
            "country": "DE", "voucher": "on_file"},
  "line": {"sku": "A", "category": "switch", "quantity": 1, "declared_non_returnable": true},
  "claim": {"cause": "quality", "remedy": "refund", "quantity": 1, "condition": "used", "reported_at": "2026-03-05T10:00:00Z"}
}"#;

fn policy(rest: &str) -> Policy {
    Policy::parse(&format!("{}{rest}", head())).unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

fn decided(rest: &str) -> Value {
    let answer = answer(&Catalogue::new(policy(rest)), FACTS.as_bytes()).to_json();
    serde_json::from_str(&answer).unwrap_or_else(|wrong| panic!("{answer}: {wrong}"))
}

const LIFTED_FOR_MEMBERS: &str = r#"
[facts.member]
type = "flag"
from = "buyer"
[[clause]]
id = "final"
text.en = "Not returnable if declared so."
[[clause.rule]]
when = { line.declared_non_returnable = true }
decline = { cure = "none" }
[[clause]]
id = "members"
text.en = "Members can return it all the same."
[[clause.rule]]
remedies = "refund"
freight = { return = "merchant" }
[[clause.rule]]
when = { facts.member = true }
lift = "final"
"#;

#[test]
fn a_ground_that_may_yet_be_lifted_is_asked_about_and_does_not_decline() {
    let decision = decided(LIFTED_FOR_MEMBERS);
    assert_eq!(decision["verdict"], "needs");
    assert_eq!(decision["needs"], serde_json::json!(["member"]));
}

#[test]
fn a_refusal_carries_the_terms_that_follow_from_it_and_cites_its_grounds_alone() {
    let decision = decided(
        r#"
[[clause]]
id = "final"
text.en = "Not returnable if declared so."
[[clause.rule]]
when = { line.declared_non_returnable = true }
decline = { cure = "none" }
[[clause]]
id = "elsewhere"
text.en = "Ask the maker then."
[[clause.rule]]
applies = "declined"
redirect = "manufacturer"
"#,
    );
    assert_eq!(decision["verdict"], "declined");
    assert_eq!(decision["clauses"], serde_json::json!(["final"]));
    assert_eq!(
        decision["terms"],
        serde_json::json!([{"clause": "elsewhere", "term": "redirect", "to": "manufacturer"}])
    );
}

#[test]
fn a_text_of_the_policys_own_can_be_the_same_as_the_country() {
    let policy = policy(
        r#"
[facts.seller_country]
type = "text"
from = "staff"
default = "US"
[[clause]]
id = "all"
text.en = "Everything comes back, at our cost if you live where we do."
[[clause.rule]]
remedies = "refund"
[[clause.rule]]
when = { facts.seller_country = { same_as = "order.country" } }
freight = { return = "merchant" }
[[clause.rule]]
when = { facts.seller_country = { differs_from = "order.country" } }
freight = { return = "buyer" }
"#,
    );
    assert_eq!(check::check(&policy), Vec::new());
}
