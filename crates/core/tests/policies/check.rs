//! What `check` finds: each finding with facts that show it, and nothing on suspicion.

use backhaul_core::answer::answer;
use backhaul_core::policy::{Catalogue, Diagnostic, Policy, Severity};

use super::support::{PLAIN, clause, findings, with};

fn only(diagnostics: &[Diagnostic]) -> &Diagnostic {
    match diagnostics {
        [only] => only,
        other => panic!("expected one finding: {other:#?}"),
    }
}

/// The example of a finding, decided by the policy itself.
fn decided_example(source: &str, finding: &Diagnostic) -> serde_json::Value {
    let policy = Policy::parse(source).expect("reads");
    let example = finding.example.as_ref().expect("an example");
    let answer = answer(&Catalogue::new(policy), example.as_bytes());
    assert!(!answer.is_fault(), "{example}: {}", answer.to_json());
    serde_json::from_str(&answer.to_json()).expect("JSON")
}

/// One fee within 30 days, and another after so many.
fn early_and_later_than(days: u32) -> String {
    with(&format!(
        r#"
[[clause]]
id = "late"
text.en = "Late."
[[clause.rule]]
when = {{ claim.reported_at = {{ later_than = "{days} days", after = "order.signed_at" }} }}
fee = {{ name = "late", percent = 10 }}
[[clause]]
id = "early"
text.en = "Early."
[[clause.rule]]
when = {{ claim.reported_at = {{ within = "30 days", after = "order.signed_at" }} }}
fee = {{ name = "late", percent = 0 }}
"#
    ))
}

#[test]
fn a_policy_without_mistakes_has_no_findings() {
    assert_eq!(findings(PLAIN), Vec::new());
}

#[test]
fn two_payers_of_one_leg_are_a_contradiction_with_facts_that_show_it() {
    let source = clause("when = { cause = \"own_reasons\" }\nfreight = { return = \"buyer\" }");
    let found = findings(&source);
    let finding = only(&found);
    assert_eq!((finding.severity, finding.code), (Severity::Error, "contradiction"));
    assert!(finding.message.contains("return freight"), "{finding}");
    assert_eq!(decided_example(&source, finding)["cause"], "own_reasons");
}

#[test]
fn a_priority_settles_a_contradiction() {
    let source = clause(
        "priority = 1\nwhen = { cause = \"own_reasons\" }\nfreight = { return = \"buyer\" }",
    );
    assert_eq!(findings(&source), Vec::new());
}

#[test]
fn rules_that_no_claim_meets_together_do_not_contradict() {
    let source = early_and_later_than(30);
    assert_eq!(findings(&source), Vec::new());
}

#[test]
fn windows_that_overlap_by_one_day_contradict_and_the_example_lies_on_that_day() {
    let source = early_and_later_than(29);
    let found = findings(&source);
    let finding = only(&found);
    assert_eq!(finding.code, "contradiction");
    let example: serde_json::Value =
        serde_json::from_str(finding.example.as_ref().expect("one")).expect("JSON");
    assert_eq!(example["order"]["signed_at"], "2026-03-11T12:00:00Z");
    assert_eq!(example["claim"]["reported_at"], "2026-04-10T12:00:00Z");
}

#[test]
fn a_rule_whose_condition_denies_itself_can_never_apply() {
    let source = clause(
        "when = { cause = \"quality\", claim.cause = \"missing\" }\nfee = { name = \"x\", percent = 1 }",
    );
    let found = findings(&source);
    let finding = only(&found);
    assert_eq!((finding.severity, finding.code), (Severity::Error, "never_applies"));
    assert_eq!(finding.line, 21);
    assert!(finding.message.contains("denies itself"), "{finding}");
    decided_example(&source, finding);
}

#[test]
fn a_rule_that_only_declined_claims_could_meet_can_never_apply() {
    let source = with(
        r#"
[[clause]]
id = "no"
text.en = "Not what was declared so."
[[clause.rule]]
when = { line.declared_non_returnable = true }
decline = true
[[clause]]
id = "fee"
text.en = "A fee on what was declared so."
[[clause.rule]]
when = { line.declared_non_returnable = true }
fee = { name = "x", percent = 1 }
"#,
    );
    let found = findings(&source);
    assert_eq!(only(&found).code, "never_applies");
    assert!(only(&found).message.contains("`fee`"), "{found:?}");
    assert_eq!(decided_example(&source, only(&found))["verdict"], "declined");
}

#[test]
fn a_reading_of_the_cause_that_an_earlier_one_took_away_can_never_apply() {
    let source = with(
        r#"
[[cause]]
clause = "all"
when = { cause = "compatibility" }
becomes = "own_reasons"
[[cause]]
clause = "all"
when = { cause = "compatibility" }
becomes = "quality"
"#,
    );
    assert_eq!(only(&findings(&source)).code, "never_applies");
}

#[test]
fn a_cause_without_a_payer_is_a_gap_with_facts_that_show_it() {
    let source = PLAIN.replace(
        "freight = { return = \"merchant\" }",
        "[[clause.rule]]\nwhen = { cause = [\"quality\", \"damaged\", \"mismatch\", \"missing\", \"compatibility\"] }\nfreight = { return = \"merchant\" }",
    );
    let found = findings(&source);
    let finding = only(&found);
    assert_eq!((finding.severity, finding.code), (Severity::Error, "uncovered"));
    assert!(finding.message.contains("`own_reasons`"), "{finding}");
    let decision = decided_example(&source, finding);
    assert_eq!(decision["verdict"], "accepted");
    assert_eq!(decision["freight"]["return"], serde_json::Value::Null);
}

#[test]
fn a_policy_may_say_that_it_is_silent_and_then_a_person_decides() {
    let gap = PLAIN.replace("freight = { return = \"merchant\" }", "");
    let source = gap.replace(
        "remedies = [\"refund\"]\n\n[[clause]]",
        "remedies = [\"refund\"]\nsilent = \"return_freight\"\n\n[[clause]]",
    );
    assert_eq!(findings(&source), Vec::new());
    let found = findings(&gap);
    let example = only(&found).example.clone().expect("an example");
    let answer =
        answer(&Catalogue::new(Policy::parse(&source).expect("reads")), example.as_bytes());
    let decision: serde_json::Value = serde_json::from_str(&answer.to_json()).expect("JSON");
    assert_eq!(decision["verdict"], "review");
}

#[test]
fn a_refund_that_must_leave_before_it_may_is_a_contradiction() {
    let source = clause(
        "dates.refund_from = { from = \"received_at\", plus = \"10 days\" }\ndates.refund_by = { from = \"received_at\", plus = \"3 days\" }",
    );
    assert_eq!(only(&findings(&source)).code, "contradiction");
}

#[test]
fn what_is_declared_and_never_used_is_a_warning() {
    let source = with("[facts.sealed]\ntype = \"flag\"\nfrom = \"buyer\"\n");
    let found = findings(&source);
    assert_eq!((only(&found).severity, only(&found).code), (Severity::Warning, "unused"));
}
