//! By which payment, each to its own room.

use super::reissue;
use crate::world::{Story, approve, eur, id, payment, staff};
use backhaul_core::ledger::command::WriteOffRest;
use backhaul_core::ledger::{CaseState, RefusalCode};

#[test]
fn pain_15_a_refund_goes_over_the_payments_each_to_its_room_and_the_rest_is_visible() {
    let mut story = Story::with(|draft| {
        draft.payments = vec![
            payment("P1", 5_000, "2026-02-20T09:01:00Z"),
            payment("P2", 4_000, "2026-02-21T09:01:00Z"),
        ];
    });
    story.due("A", &["L1#1"]).then(approve("A", &["L1#1"], "R"));
    let pieces = [("P2".into(), 4_000, "reserved"), ("P1".into(), 5_000, "reserved")];
    assert_eq!(story.pieces("R"), pieces, "the latest capture first");
    assert_eq!(story.ledger.refunds[&id("R")].uncovered, eur(2_567));
    story.settle_all("R");
    assert_ne!(story.state("A"), CaseState::Resolved);
    assert!(story.pieces("R").iter().all(|piece| piece.2 == "settled"));
}

#[test]
fn a_later_capture_makes_room_for_the_rest_and_a_lowered_one_breaks_nothing() {
    let mut story =
        Story::with(|draft| draft.payments = vec![payment("P1", 5_000, "2026-02-20T09:01:00Z")]);
    story.due("A", &["L1#1"]).then(approve("A", &["L1#1"], "R"));
    let mut draft = backhaul_core::ledger::OrderDraft::from(story.order.clone());
    draft.version = 2;
    draft.payments[0].captured = eur(1);
    draft.payments.push(payment("P2", 6_567, "2026-03-10T09:01:00Z"));
    story.order = backhaul_core::ledger::Order::new(draft).unwrap();
    story.then(reissue("R", None)).settle_all("R");
    assert_eq!(story.taken("P2"), 6_567);
    assert_eq!(story.state("A"), CaseState::Resolved);
}

#[test]
fn an_uncovered_rest_that_stays_is_written_off_by_finance() {
    let mut story =
        Story::with(|draft| draft.payments = vec![payment("P1", 5_000, "2026-02-20T09:01:00Z")]);
    story.due("A", &["L1#1"]).then(approve("A", &["L1#1"], "R")).settle_all("R");
    let write_off = WriteOffRest { refund: id("R"), reason: id("reason") };
    let by_staff = story.by(staff(), write_off.clone()).unwrap_err();
    assert_eq!(by_staff.code, RefusalCode::FinanceOnly);
    story.then(write_off);
    assert_eq!(story.state("A"), CaseState::Resolved);
}
