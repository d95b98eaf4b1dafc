//! Two versions side by side.

use backhaul_core::facts::Facts;
use backhaul_core::ledger::{CaseId, LineId, UnitId};
use backhaul_core::money::{Currency, Money};
use backhaul_core::policy::compare::text::{PartChange, Side, compare_pages};
use backhaul_core::policy::compare::{Comparison, Part, Source, Worth};
use backhaul_core::policy::{Policy, check};
use backhaul_core::words::Verdict;
use serde_json::json;

use super::support::{PLAIN, clause, with};

const DEFAULT: &str = include_str!("../../../../policies/default.toml");

fn policy(source: &str) -> Policy {
    Policy::parse(source).expect("reads")
}

/// The default policy, with one text of the file in the place of another.
fn changed(from: &str, to: &str) -> Policy {
    assert!(DEFAULT.contains(from), "{from}");
    policy(&DEFAULT.replace(from, to))
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::parse("EUR").expect("a currency"))
}

fn worth(paid: i64, return_freight: i64) -> Worth {
    let (paid, return_freight) = (eur(paid), eur(return_freight));
    Worth { paid, return_freight, replacement_freight: eur(0) }
}

fn facts(cause: &str, reported_at: &str) -> Facts {
    let facts = json!({
        "id": "x",
        "order": {"number": "SO-1", "placed_at": "2026-03-01T09:00:00Z", "signed_at": "2026-03-04T12:00:00Z",
                  "time_zone": "UTC", "country": "DE", "voucher": "on_file"},
        "line": {"sku": "X", "category": "transceiver", "quantity": 1, "declared_non_returnable": false},
        "claim": {"cause": cause, "remedy": "refund", "quantity": 1, "condition": "unused", "reported_at": reported_at,
                  "evidence": ["outer_box", "inner_package", "product"]},
    });
    serde_json::from_value(facts).expect("facts")
}

fn look(comparison: &mut Comparison<'_>, facts: &Facts, worth: &Worth) {
    let case = CaseId::new("RMA-1").expect("a case");
    let unit = UnitId::whole(LineId::new("L1").expect("a line"), 1);
    comparison.look_at_claim("SO-1", &case, &unit, facts, worth);
}

#[test]
fn a_policy_differs_in_nothing_from_itself() {
    let policy = policy(DEFAULT);
    let mut comparison = Comparison::new(&policy, &policy, 10);
    comparison.look_at_situations();
    assert!(comparison.situations.looked_at > 50, "{:?}", comparison.situations);
    assert_eq!(comparison.situations.differing, 0);
    assert!(
        compare_pages(&policy, &policy, "en").iter().all(|part| part.change == PartChange::Same)
    );
}

#[test]
fn situations_meet_every_rule_and_are_facts_that_the_policy_reads() {
    let policy = policy(DEFAULT);
    let situations = check::situations(&policy);
    for clause in policy.clauses.iter().filter(|clause| !clause.by_hand) {
        // Facts that meet two rules stand under the first; what holds anyway is not cited.
        let meets = |one: &check::Situation| {
            one.clause.as_ref() == Some(&clause.id)
                || policy.decide(&one.facts).clauses.contains(&clause.id)
                || clause.id.as_str() == "goods_first"
        };
        assert!(situations.iter().any(meets), "{}", clause.id);
    }
    for verdict in [Verdict::Accepted, Verdict::Declined, Verdict::Needs, Verdict::Review] {
        let ends = |one: &check::Situation| policy.decide(&one.facts).verdict == verdict;
        assert!(situations.iter().any(ends), "{verdict}");
    }
}

#[test]
fn a_longer_window_is_found_without_any_claim_that_was_made() {
    let old = policy(DEFAULT);
    let new = changed("7 days", "14 days");
    let mut comparison = Comparison::new(&old, &new, 100);
    comparison.look_at_situations();
    let in_time = comparison.examples.iter().find(|example| {
        (example.old.verdict, example.new.verdict) == (Verdict::Declined, Verdict::Accepted)
    });
    let example = in_time.expect("a report on day 8 to 14");
    assert!(matches!(example.source, Source::Situation { .. }));
    assert!(example.old.clauses.iter().any(|clause| clause.as_str() == "report.7d"));
    assert_eq!(example.costs_more, None, "nothing is known of its money");
}

#[test]
fn what_it_would_have_cost_is_summed_by_currency() {
    let old = policy(DEFAULT);
    let new = changed("7 days", "14 days");
    let mut comparison = Comparison::new(&old, &new, 100);
    // Day 9: late by the old version.
    look(&mut comparison, &facts("damaged", "2026-03-13T09:00:00Z"), &worth(10_000, 500));
    look(&mut comparison, &facts("damaged", "2026-03-13T09:00:00Z"), &worth(20_000, 0));
    look(&mut comparison, &facts("damaged", "2026-03-05T09:00:00Z"), &worth(99_999, 0));
    assert_eq!((comparison.claims.looked_at, comparison.claims.differing), (3, 2));
    let sums = comparison.sums();
    let sum = sums.first().expect("a currency");
    assert_eq!((sum.old, sum.new, sum.costs_more, sum.open), (eur(0), eur(30_500), eur(30_500), 0));
    let changes = comparison.changes();
    let change = changes.first().expect("a change");
    assert_eq!((change.old, change.new, change.claims), (Verdict::Declined, Verdict::Accepted, 2));
    assert_eq!(comparison.examples[0].costs_more, Some(eur(10_500)));
    // The other way round it saves as much.
    let mut back = Comparison::new(&new, &old, 0);
    look(&mut back, &facts("damaged", "2026-03-13T09:00:00Z"), &worth(10_000, 500));
    assert_eq!(back.sums()[0].costs_more, eur(-10_500));
    assert!(back.examples.is_empty(), "none was asked for");
}

#[test]
fn a_fee_changes_the_share_of_the_refund_to_the_cent() {
    let old = policy(PLAIN);
    let new = policy(&clause("fee = { name = \"restocking\", percent = 15 }"));
    let mut comparison = Comparison::new(&old, &new, 10);
    look(&mut comparison, &facts("own_reasons", "2026-03-05T09:00:00Z"), &worth(9_999, 0));
    let example = comparison.examples.first().expect("it differs");
    assert!(example.parts.contains(&Part::RefundShare), "{:?}", example.parts);
    let percent = |share: &Option<_>| {
        let share: &backhaul_core::policy::compare::outcome::RefundShare =
            share.as_ref().expect("a refund");
        share.percent
    };
    assert_eq!((percent(&example.old.refund_share), percent(&example.new.refund_share)), (100, 85));
    assert_eq!(example.costs_more, Some(eur(-1_500)));
}

#[test]
fn what_either_version_leaves_open_is_counted_and_not_guessed() {
    let old = policy(PLAIN);
    let new = policy(&clause("review.en = \"Is it ours?\""));
    let mut comparison = Comparison::new(&old, &new, 10);
    look(&mut comparison, &facts("quality", "2026-03-05T09:00:00Z"), &worth(9_999, 0));
    let sum = comparison.sums()[0];
    assert_eq!((sum.costs_more, sum.open), (eur(0), 1));
}

#[test]
fn the_pages_are_compared_clause_by_clause_and_word_by_word() {
    let old =
        policy(&with("[[clause]]\nid = \"gone\"\ntext.en = \"Old words.\"\nby_hand = true\n"));
    let source = PLAIN.replace("pay the way.", "pay both ways.");
    let added = "\n[[clause]]\nid = \"added\"\ntext.en = \"New words.\"\nby_hand = true\n";
    let new = policy(&(source + added));
    let parts = compare_pages(&old, &new, "en");
    let of = |clause: &str| {
        let found =
            parts.iter().find(|part| part.clause.as_ref().is_some_and(|id| id.as_str() == clause));
        found.expect("the clause is there")
    };
    assert_eq!(of("gone").change, PartChange::Removed);
    assert_eq!(of("added").change, PartChange::Added);
    assert_eq!(of("all").change, PartChange::Changed);
    let words: Vec<_> = of("all")
        .runs
        .iter()
        .filter(|run| run.side != Side::Both)
        .map(|run| run.text.trim())
        .collect();
    assert_eq!(words, ["the", "both", "way", "ways"]);
    for part in &parts {
        let side = |left_out: Side| -> String {
            part.runs
                .iter()
                .filter(|run| run.side != left_out)
                .map(|run| run.text.as_str())
                .collect()
        };
        assert!(part.change != PartChange::Same || side(Side::Old) == side(Side::New));
    }
}
