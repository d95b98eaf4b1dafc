//! What comes back, what does not, and what is sent instead.

use backhaul_testkit::{Database, on_both_engines};
use serde_json::json;

use crate::asks::{
    approve, authorise, counted, inspect, open, open_for, receive, replacement, scanned, unit,
    units, with,
};
use crate::story::{By, Story};

on_both_engines! {
    a_foreign_serial_is_held_and_matched
    missing_goods_are_paid_back_without_a_receipt
    one_component_comes_back_and_is_paid_by_its_share
    two_parcels_add_up_to_one_case
    a_replacement_is_delivered_and_comes_back_too
}

fn a_foreign_serial_is_held_and_matched(database: &Database) {
    let mut story = Story::new(database);
    let matched = |number: u16, name| {
        (
            "match_arrival",
            json!({"arrival": {"parcel": "P", "number": number}, "case": "A", "unit": unit(name)}),
        )
    };
    // Not what was ordered came: whatever is in the box stands for it. A second thing has no place, and goes back.
    story
        .then(
            By::Dock,
            (
                "receive_parcel",
                json!({"parcel": "P", "items": [scanned("S1"), scanned("ALIEN-1")]}),
            ),
        )
        .then(By::Representative, open_for("A", &["L1#1"], "mismatch", "refund"))
        .refused(By::Dock, matched(1, "L1#1"), "not_authorised")
        .then(By::Representative, authorise("A", &["L1#1"]))
        .then(By::Representative, open("B", &["L1#2"]))
        .then(By::Representative, authorise("B", &["L1#2"]))
        .refused(By::Dock, with(matched(1, "L1#2"), "case", "B".into()), "serial_differs")
        .then(By::Dock, matched(2, "L1#1"))
        .refused(By::Dock, matched(2, "L1#1"), "arrival_done")
        .then(By::Dock, ("send_back_arrival", json!({"arrival": {"parcel": "P", "number": 1}})))
        .look("A")
        .days_pass(10)
        .then(By::Finance, approve("R", "A", &["L1#1"]));
    story.ends("mismatch");
}

fn missing_goods_are_paid_back_without_a_receipt(database: &Database) {
    let mut story = Story::new(database);
    let announce =
        ("announce_parcel", json!({"case": "A", "parcel": "P", "units": units(&["L1#3"])}));
    story
        .then(By::Representative, open_for("A", &["L1#3"], "missing", "refund"))
        .then(By::Representative, authorise("A", &["L1#3"]))
        .look("A")
        .refused(By::Representative, announce, "nothing_comes_back")
        .refused(By::Finance, approve("R", "A", &["L1#3"]), "too_early")
        .days_pass(14)
        .then(By::Finance, approve("R", "A", &["L1#3"]));
    story.ends("missing_goods");
}

fn one_component_comes_back_and_is_paid_by_its_share(database: &Database) {
    let mut story = Story::new(database);
    story
        .then(By::Representative, open("A", &["L3#1/PSU-A"]))
        .refused(By::Representative, open("B", &["L3#1"]), "unit_claimed")
        .then(By::Representative, authorise("A", &["L3#1/PSU-A"]))
        .then(By::Dock, receive("P", "A", &[scanned("PA1")]))
        .then(By::Dock, with(inspect("A", "L3#1/PSU-A"), "faulty_components", json!(["PSU-A"])))
        .days_pass(10)
        .then(By::Finance, approve("R", "A", &["L3#1/PSU-A"]))
        .refused(By::Representative, open("B", &["L3#1"]), "unit_spent")
        .then(By::Representative, open("B", &["L3#1/PSU-B"]));
    story.ends("component");
}

fn two_parcels_add_up_to_one_case(database: &Database) {
    let mut story = Story::new(database);
    let all = ["L2#1", "L2#2", "L2#3"];
    story
        .then(By::Representative, open("A", &all))
        .then(By::Representative, authorise("A", &all))
        .then(By::Dock, receive("P1", "A", &[counted("L2", 1)]))
        .look("A")
        .refused(By::Dock, receive("P1", "A", &[counted("L2", 1)]), "already_received")
        // Three in the second parcel are one too many: it is held, and is no stock.
        .then(By::Dock, receive("P2", "A", &[counted("L2", 3)]))
        .look("A")
        .days_pass(10)
        .then(By::Finance, approve("R", "A", &all));
    story.ends("two_parcels");
}

fn a_replacement_is_delivered_and_comes_back_too(database: &Database) {
    let mut story = Story::new(database);
    let allocate = |case, name, serial: &str| {
        with(replacement("allocate_replacement", case, name), "serial", serial.into())
    };
    story
        .then(By::Representative, open_for("A", &["L1#1"], "quality", "replacement"))
        .then(By::Representative, authorise("A", &["L1#1"]))
        .refused(By::Representative, allocate("A", "L1#1", "N1"), "goods_first")
        .then(By::Dock, receive("P1", "A", &[scanned("S1")]))
        .refused(By::Representative, allocate("A", "L1#1", "S2"), "serial_taken")
        .then(By::Representative, allocate("A", "L1#1", "N1"))
        .refused(By::Finance, approve("R", "A", &["L1#1"]), "remedy_taken")
        .then(By::Dock, replacement("ship_replacement", "A", "L1#1"))
        .then(By::Dock, replacement("deliver_replacement", "A", "L1#1"))
        .look("A")
        .refused(By::Representative, open("B", &["L1#1"]), "unit_replaced")
        .then(By::Representative, open("B", &["L1#1~1"]))
        .then(By::Representative, authorise("B", &["L1#1~1"]))
        .then(By::Dock, receive("P2", "B", &[scanned("N1")]))
        .days_pass(10)
        .then(By::Finance, approve("R", "B", &["L1#1~1"]));
    story.ends("replacement");
}
