//! No money before the goods, and none for what is not accepted.

use crate::world::{
    Story, allocate, approve, at, authorise, id, inspect_finding, open, overrule, receive, scanned,
};
use backhaul_core::ledger::RefusalCode;
use backhaul_core::ledger::command::ApproveRefund;
use backhaul_core::words::{Cause, Finding, Remedy};

#[test]
fn pain_35_a_refund_before_the_receipt_is_refused_and_cites_goods_first() {
    let mut story = Story::new();
    story.open("A", &["L1#1"], Remedy::Refund);
    assert_eq!(story.refused_citing(approve("A", &["L1#1"], "R")), ["goods_first"]);
    story.then(authorise("A", &["L1#1"]));
    assert_eq!(story.refused_citing(approve("A", &["L1#1"], "R")), ["goods_first"]);
    let without_return = approve("B", &["L1#1"], "R");
    assert_eq!(story.refused(without_return), RefusalCode::CaseUnknown);
}

#[test]
fn pain_35_no_person_can_overrule_that_the_goods_come_first() {
    let mut story = Story::new();
    story.then(open("A", &["L4#1"], Cause::OwnReasons, Remedy::Refund));
    story.then(overrule("A", "L4#1", true, "exclude.law")).then(authorise("A", &["L4#1"]));
    assert_eq!(story.refused(approve("A", &["L4#1"], "R")), RefusalCode::GoodsFirst);
}

#[test]
fn pain_04_of_three_announced_and_two_received_two_are_refunded() {
    let mut story = Story::new();
    story.authorised("A", &["L1#1", "L1#2", "L1#3"], Remedy::Refund);
    story.then(receive("p", Some("A"), vec![scanned("S1"), scanned("S3")]));
    story.now = at("2026-03-16T09:00:00Z");
    let all = approve("A", &["L1#1", "L1#2", "L1#3"], "R");
    assert_eq!(story.refused(all), RefusalCode::GoodsFirst);
    story.then(approve("A", &["L1#1", "L1#3"], "R"));
    assert_eq!(story.amount("R"), 11_567 + 11_566);
}

#[test]
fn pain_37_of_many_refunds_of_one_unit_one_is_approved() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]);
    let approved =
        (0..16).filter(|n| story.when(approve("A", &["L1#1"], &format!("R{n}"))).is_ok());
    assert_eq!(approved.count(), 1);
    assert_eq!(story.taken("P2"), 11_567);
}

#[test]
fn a_unit_named_twice_in_one_refund_is_refused() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]);
    assert_eq!(story.refused(approve("A", &["L1#1", "L1#1"], "R")), RefusalCode::UnitNamedTwice);
}

#[test]
fn a_unit_is_either_refunded_or_replaced() {
    let mut story = Story::new();
    story.received("A", &["L1#1"], Remedy::Replacement).then(allocate("A", "L1#1", Some("N1")));
    story.now = at("2026-03-16T09:00:00Z");
    assert_eq!(story.refused(approve("A", &["L1#1"], "R")), RefusalCode::RemedyTaken);
    story.due("B", &["L1#2"]).then(approve("B", &["L1#2"], "R"));
    assert_eq!(story.refused(allocate("B", "L1#2", Some("N2"))), RefusalCode::OtherRemedy);
}

#[test]
fn a_refund_waits_for_its_first_day_unless_a_person_says_why() {
    let mut story = Story::new();
    story.received("A", &["L1#1"], Remedy::Refund);
    let early = approve("A", &["L1#1"], "R");
    let refusal = story.when(early.clone()).unwrap_err();
    assert_eq!(refusal.code, RefusalCode::TooEarly);
    assert_eq!(refusal.clauses, ["refund.3-10wd".into()]);
    story.then(ApproveRefund { early: Some(id("reason")), ..early });
}

#[test]
fn what_inspection_finds_counts_even_against_an_earlier_goodwill() {
    let mut story = Story::new();
    story.then(open("A", &["L4#1"], Cause::OwnReasons, Remedy::Refund));
    story.then(overrule("A", "L4#1", true, "exclude.law")).then(authorise("A", &["L4#1"]));
    story.then(receive("p", Some("A"), vec![scanned("X1")]));
    story.then(inspect_finding("A", "L4#1", Finding::Liquid));
    assert_eq!(story.refused(approve("A", &["L4#1"], "R")), RefusalCode::NotAccepted);
    story.then(overrule("A", "L4#1", true, "exclude.misuse")).then(approve("A", &["L4#1"], "R"));
}
