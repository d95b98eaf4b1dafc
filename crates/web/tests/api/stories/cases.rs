//! How claims are decided, and decided otherwise.

use backhaul_testkit::{Database, on_both_engines};
use serde_json::json;

use crate::asks::{
    NUMBER, approve, authorise, claim, decline, dispose, inspect, open, open_for, overrule,
    receive, scanned, unit, units,
};
use crate::story::{By, Story};

on_both_engines! {
    an_accepted_return_ends_with_its_refund
    a_declined_claim_is_taken_up_again
    a_person_decides_against_the_engine
    pictures_are_asked_for_added_and_waived
    a_claim_is_taken_back_before_anything_comes
}

fn an_accepted_return_ends_with_its_refund(database: &Database) {
    let mut story = Story::new(database);
    // The desk numbers the case itself.
    let body = json!({"claims": [claim(&["L1#1"], "quality", "refund")]});
    let opened =
        story.client(By::Representative).post("k", &format!("/orders/{NUMBER}/cases"), &body);
    assert_eq!((opened.status, &opened.body["case"]), (201, &"SO-1001-R1".into()), "{opened:?}");
    let case = "SO-1001-R1";
    story
        .look(case)
        .then(By::Representative, authorise(case, &["L1#1"]))
        .then(
            By::Representative,
            ("announce_parcel", json!({"case": case, "parcel": "P", "units": units(&["L1#1"])})),
        )
        .then(By::Dock, receive("P", case, &[scanned("S1")]))
        .then(By::Dock, inspect(case, "L1#1"))
        .refused(By::Finance, approve("R", case, &["L1#1"]), "too_early")
        .days_pass(10)
        .then(By::Finance, approve("R", case, &["L1#1"]))
        .then(By::Dock, dispose(case, "L1#1", "restock"))
        .money_leaves()
        .look(case)
        .then(By::Representative, ("close_case", json!({"case": case})));
    story.ends("an_accepted_return");
}

fn a_declined_claim_is_taken_up_again(database: &Database) {
    let mut story = Story::new(database);
    story
        .then(By::Representative, open("A", &["L1#1"]))
        .then(By::Representative, decline("A", &["L1#1"], "exclude.law"))
        .look("A")
        .refused(By::Representative, authorise("A", &["L1#1"]), "claim_not_live")
        .then(By::Representative, ("reopen_case", json!({"case": "A", "reason": "T-new-facts"})))
        .look("A")
        .then(By::Representative, authorise("A", &["L1#1"]))
        .then(By::Dock, receive("P", "A", &[scanned("S1")]))
        .days_pass(10)
        .then(By::Finance, approve("R", "A", &["L1#1"]));
    story.ends("declined_and_reopened");
}

fn a_person_decides_against_the_engine(database: &Database) {
    let mut story = Story::new(database);
    story
        .then(By::Representative, open_for("A", &["L4#1"], "own_reasons", "refund"))
        .look("A")
        .then(By::Representative, overrule("A", "L4#1", true, "exclude.law"))
        .then(By::Representative, authorise("A", &["L4#1"]))
        .refused(By::Finance, approve("R", "A", &["L4#1"]), "goods_first")
        .then(By::Dock, receive("P", "A", &[scanned("X1")]))
        .days_pass(10)
        .then(By::Finance, approve("R", "A", &["L4#1"]));
    story.ends("overruled");
}

fn pictures_are_asked_for_added_and_waived(database: &Database) {
    let mut story = Story::new(database);
    let add = |slot| {
        (
            "add_evidence",
            json!({"case": "A", "units": [unit("L1#1")], "evidence": {"slot": slot, "file": "T-file"}}),
        )
    };
    let waive = json!({"case": "A", "units": [unit("L1#1")], "slot": "inner_package", "reason": "T-there-was-none"});
    story
        .then(By::Representative, open_for("A", &["L1#1"], "damaged", "refund"))
        .look("A")
        .refused(By::Representative, authorise("A", &["L1#1"]), "not_accepted")
        .then(By::Representative, add("outer_box"))
        .then(By::Representative, add("product"))
        .look("A")
        .then(By::Representative, ("waive_evidence", waive))
        .look("A")
        .then(By::Representative, authorise("A", &["L1#1"]))
        .then(By::Dock, receive("P", "A", &[scanned("S1")]))
        .days_pass(10)
        .then(By::Finance, approve("R", "A", &["L1#1"]));
    story.ends("evidence");
}

fn a_claim_is_taken_back_before_anything_comes(database: &Database) {
    let mut story = Story::new(database);
    let cancel = |names: &[&str]| {
        ("cancel_claims", json!({"case": "A", "units": units(names), "reason": "T-kept"}))
    };
    story
        .then(By::Representative, open("A", &["L1#1", "L1#2"]))
        .then(By::Representative, authorise("A", &["L1#1", "L1#2"]))
        .then(By::Representative, cancel(&["L1#1"]))
        .then(By::Dock, receive("P", "A", &[scanned("S2")]))
        .refused(By::Representative, cancel(&["L1#2"]), "already_received")
        .refused(By::Finance, approve("R", "A", &["L1#1"]), "claim_not_live")
        .days_pass(10)
        .then(By::Finance, approve("R", "A", &["L1#2"]))
        // Its unit is free again, and comes back in another case.
        .then(By::Representative, open("B", &["L1#1"]));
    story.ends("cancelled");
}
