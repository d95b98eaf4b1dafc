//! How much goes back, when, by which way, and what stands against it.

use backhaul_testkit::{Database, on_both_engines};
use serde_json::{Value, json};

use crate::asks::{
    approve, authorise, early, eur, inspect, open, payment, receive, scanned, unit, units, with,
};
use crate::story::{By, Story};

on_both_engines! {
    what_the_buyer_was_told_of_is_kept_back
    a_refund_leaves_early_for_a_reason
    what_no_payment_can_take_stays_visible_until_it_is_dealt_with
    a_chargeback_blocks_its_payment
    freight_is_recorded_owed_and_settled
}

impl Story {
    fn received(&mut self, case: &str, name: &str, serial: &str) -> &mut Self {
        self.then(By::Representative, open(case, &[name]))
            .then(By::Representative, authorise(case, &[name]))
            .then(By::Dock, receive(case, case, &[scanned(serial)]))
    }
}

fn what_the_buyer_was_told_of_is_kept_back(database: &Database) {
    let mut story = Story::new(database);
    let clause = "goods_first";
    let tell = |clause: &str, minor| {
        let told = json!({"case": "A", "unit": unit("L1#1"), "clause": clause, "amount": eur(minor), "text": "T-told"});
        ("tell_deduction", told)
    };
    let keeping = |minor| {
        let kept = json!([{"unit": unit("L1#1"), "deductions": [{"clause": clause, "amount": eur(minor)}]}]);
        with(approve("R", "A", &["L1#1"]), "units", kept)
    };
    story
        .received("A", "L1#1", "S1")
        .days_pass(10)
        .refused(By::Finance, keeping(500), "deduction_not_told")
        .refused(By::Representative, tell("no.such.clause", 500), "clause_not_in_decision")
        .then(By::Representative, tell(clause, 500))
        .refused(By::Finance, keeping(501), "deduction_not_told")
        .then(By::Finance, keeping(500));
    story.ends("deduction");
}

fn a_refund_leaves_early_for_a_reason(database: &Database) {
    let mut story = Story::new(database);
    story
        .received("A", "L1#1", "S1")
        .then(By::Dock, inspect("A", "L1#1"))
        .refused(By::Finance, approve("R", "A", &["L1#1"]), "too_early")
        .refused(By::Representative, early(approve("R", "A", &["L1#1"])), "forbidden")
        .then(By::Finance, with(early(approve("R", "A", &["L1#1"])), "shipping", eur(500)));
    story.ends("early_release");
}

fn what_no_payment_can_take_stays_visible_until_it_is_dealt_with(database: &Database) {
    let mut story = Story::with(database, |order| {
        order["payments"] = json!([
            payment("P1", 5_000, "2026-02-20T09:01:00Z"),
            payment("P2", 4_000, "2026-02-21T09:01:00Z"),
        ]);
    });
    let again = ("reissue_refund", json!({"refund": "R", "path": "original"}));
    story
        .received("A", "L1#1", "S1")
        .days_pass(10)
        .then(By::Finance, approve("R", "A", &["L1#1"]))
        .money_leaves()
        .look("A")
        .refused(By::Representative, ("close_case", json!({"case": "A"})), "case_not_finished")
        .refused(By::Finance, again, "no_room")
        .then(By::Finance, ("write_off_rest", json!({"refund": "R", "reason": "T-agreed"})))
        .look("A");
    story.ends("uncovered_rest");
}

fn a_chargeback_blocks_its_payment(database: &Database) {
    let mut story = Story::new(database);
    let chargeback = || ("record_chargeback", json!({"payment": "P2", "reference": "CB-1"}));
    story
        .received("A", "L1#1", "S1")
        .received("B", "L1#2", "S2")
        .days_pass(10)
        .then(By::Finance, chargeback())
        .then(By::Finance, chargeback())
        // The first fits the other payment; the second has no room but there, and keeps a rest.
        .then(By::Finance, approve("R1", "A", &["L1#1"]))
        .then(By::Finance, approve("R2", "B", &["L1#2"]))
        .money_leaves()
        .look("B")
        .then(By::Finance, ("close_chargeback", json!({"payment": "P2", "won": true})))
        .then(By::Finance, ("reissue_refund", json!({"refund": "R2", "path": "original"})))
        .money_leaves()
        .look("B");
    story.ends("chargeback");
}

fn freight_is_recorded_owed_and_settled(database: &Database) {
    let mut story = Story::new(database);
    let freight = |id: &str, minor: i64| -> Value {
        json!({"freight": id, "case": "A", "leg": "return", "units": units(&["L1#1"]), "paid_by": "buyer",
               "amount": eur(minor)})
    };
    let pay = |minor| {
        let paid = json!({"freight": "F", "amount": eur(minor), "settlement": {"how": "paid", "reference": "TR-9"}});
        ("settle_freight", paid)
    };
    story
        .received("A", "L1#1", "S1")
        .then(By::Dock, inspect("A", "L1#1"))
        .refused(By::Dock, ("record_freight", freight("F", 0)), "amount_not_positive")
        .then(By::Dock, ("record_freight", freight("F", 900)))
        .then(By::Dock, ("record_freight", freight("G", 300)))
        .days_pass(10)
        .refused(
            By::Finance,
            ("refund_freight", json!({"refund": "RF", "freight": "G"})),
            "goods_refund_first",
        )
        .then(By::Finance, approve("R", "A", &["L1#1"]))
        .then(By::Finance, ("refund_freight", json!({"refund": "RF", "freight": "G"})))
        .money_leaves()
        .refused(By::Representative, ("close_case", json!({"case": "A"})), "freight_owed")
        .refused(By::Finance, pay(901), "not_owed")
        .then(By::Finance, pay(400))
        .then(By::Finance, pay(500))
        .refused(By::Finance, pay(1), "not_owed")
        .then(By::Representative, ("close_case", json!({"case": "A"})));
    story.ends("freight");
}
