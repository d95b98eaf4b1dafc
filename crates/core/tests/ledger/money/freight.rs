//! Freight is money of its own.

use super::{freight, keeping, owed, told};
use crate::world::{Story, approve, authorise, eur, id, inspect, open, overrule, payment};
use backhaul_core::ledger::command::{RefundFreight, SettleFreight};
use backhaul_core::ledger::{FreightSettlement, Goods, RefusalCode};
use backhaul_core::words::{Cause, Payer, Remedy};

#[test]
fn pain_22_who_pays_the_way_back_follows_the_cause_and_the_inspection() {
    for (cause, debtor, owes) in
        [(Cause::Quality, Payer::Merchant, 900), (Cause::OwnReasons, Payer::Merchant, 0)]
    {
        let mut story = Story::new();
        story.then(open("A", &["L1#1"], cause, Remedy::Refund)).then(authorise("A", &["L1#1"]));
        story.then(freight("F", "A", &["L1#1"], Payer::Buyer, 900));
        assert_eq!(owed(&story, "F"), (debtor, owes), "{cause}");
    }
    let mut story = Story::new();
    story.received("A", &["L1#1"], Remedy::Refund);
    story.then(freight("F", "A", &["L1#1"], Payer::Merchant, 900));
    assert_eq!(owed(&story, "F"), (Payer::Buyer, 0));
    let mut sound = inspect("A", "L1#1");
    sound.fault_found = Some(false);
    story.then(sound);
    assert_eq!(owed(&story, "F"), (Payer::Buyer, 900), "no fault found");
}

#[test]
fn freight_is_shared_by_the_units_that_travelled() {
    let mut story = Story::new();
    story.received("A", &["L1#1", "L1#2"], Remedy::Refund);
    story.then(freight("F", "A", &["L1#1", "L1#2"], Payer::Merchant, 901));
    let mut sound = inspect("A", "L1#2");
    sound.fault_found = Some(false);
    story.then(sound);
    assert_eq!(owed(&story, "F"), (Payer::Buyer, 450));
}

#[test]
fn freight_owed_to_the_buyer_rides_as_far_as_there_is_room_and_the_rest_goes_by_bank() {
    let mut story =
        Story::with(|draft| draft.payments = vec![payment("P1", 12_000, "2026-02-20T09:01:00Z")]);
    story.due("A", &["L1#1"]).then(freight("F", "A", &["L1#1"], Payer::Buyer, 900));
    let ride = RefundFreight { refund: id("RF"), freight: id("F") };
    assert_eq!(story.refused(ride.clone()), RefusalCode::GoodsRefundFirst);
    story.then(approve("A", &["L1#1"], "R")).then(ride);
    assert_eq!(story.amount("RF"), 433);
    assert_eq!(owed(&story, "F"), (Payer::Merchant, 467));
    story.settle_all("R").settle_all("RF");
    let close = backhaul_core::ledger::command::CloseCase { case: id("A") };
    assert_eq!(story.refused(close.clone()), RefusalCode::FreightOwed);
    let pay = |minor| SettleFreight {
        freight: id("F"),
        amount: eur(minor),
        settlement: FreightSettlement::Paid { reference: id("transfer 9") },
    };
    assert_eq!(story.refused(pay(468)), RefusalCode::NotOwed);
    story.then(pay(467)).then(close);
}

#[test]
fn freight_that_the_buyer_owes_is_kept_back_only_as_far_as_it_is_owed_and_told() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]).then(freight("F", "A", &["L1#1"], Payer::Merchant, 900));
    let mut sound = inspect("A", "L1#1");
    sound.fault_found = Some(false);
    sound.condition = None;
    story.then(sound);
    // Found sound and used, the claim is declined; a person grants it, and the freight stays the buyer's.
    story.then(overrule("A", "L1#1", true, "exclude.law"));
    let clause = "exclude.used";
    story.then(told("A", "L1#1", clause, 2_000));
    let more = keeping(approve("A", &["L1#1"], "R"), clause, 901, Some("F"));
    assert_eq!(story.refused(more), RefusalCode::NotOwed);
    story.then(keeping(approve("A", &["L1#1"], "R"), clause, 900, Some("F")));
    assert_eq!(owed(&story, "F"), (Payer::Buyer, 0));
    assert_eq!(story.goods("L1#1"), Goods::Inspected);
}

#[test]
fn a_unit_travels_once_in_one_freight_charge() {
    let mut story = Story::new();
    story.received("A", &["L1#1"], Remedy::Refund);
    let twice = freight("F", "A", &["L1#1", "L1#1"], Payer::Merchant, 900);
    assert_eq!(story.refused(twice), RefusalCode::UnitNamedTwice);
}
