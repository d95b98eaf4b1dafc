//! How cases are handled: talked about, assigned, contested, merged and split.

use backhaul_testkit::{Database, on_both_engines};
use serde_json::{Value, json};

use crate::asks::{Asked, approve, authorise, open, receive, scanned, unit, units};
use crate::story::{By, Story};

on_both_engines! {
    a_contested_finding_is_answered_and_the_unit_inspected_again
    two_cases_are_made_one_and_the_old_slip_still_scans
    a_unit_is_taken_out_into_a_case_of_its_own
}

fn say(case: &str, from: &str, more: Value) -> Asked {
    let mut message = json!({"case": case, "from": from, "text": format!("T-{from}")});
    if let (Some(message), Some(more)) = (message.as_object_mut(), more.as_object()) {
        message.extend(more.clone());
    }
    ("write_message", message)
}

fn inspect_misused(case: &str, name: &str) -> Asked {
    let findings = ["liquid"];
    ("inspect_unit", json!({"case": case, "unit": unit(name), "findings": findings}))
}

fn a_contested_finding_is_answered_and_the_unit_inspected_again(database: &Database) {
    let mut story = Story::new(database);
    let of_unit = |more: Value| {
        let mut command = json!({"case": "A", "unit": unit("L1#1"), "text": "T-words"});
        command.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        command
    };
    story
        .then(By::Representative, open("A", &["L1#1"]))
        .then(By::Representative, authorise("A", &["L1#1"]))
        .refused(By::Representative, ("contest_finding", of_unit(json!({}))), "not_inspected")
        .then(By::Dock, receive("P", "A", &[scanned("S1")]))
        .then(By::Dock, inspect_misused("A", "L1#1"))
        .look("A")
        .then(By::Representative, ("contest_finding", of_unit(json!({}))))
        .refused(
            By::Dock,
            ("send_back_unit", json!({"case": "A", "unit": unit("L1#1")})),
            "finding_contested",
        )
        .refused(By::Dock, ("answer_contest", of_unit(json!({"upheld": true}))), "forbidden")
        .then(By::Dock, say("A", "staff", json!({"internal": true})))
        .refused(By::Dock, say("A", "staff", json!({})), "forbidden")
        .then(By::Representative, ("answer_contest", of_unit(json!({"upheld": true}))))
        .look("A")
        .then(By::Dock, crate::asks::inspect("A", "L1#1"))
        .days_pass(10)
        .then(By::Finance, approve("R", "A", &["L1#1"]));
    story.ends("contested");
}

fn two_cases_are_made_one_and_the_old_slip_still_scans(database: &Database) {
    let mut story = Story::new(database);
    story
        .then(By::Representative, open("A", &["L1#1"]))
        .then(By::Representative, open("B", &["L1#2"]))
        .then(By::Representative, authorise("A", &["L1#1"]))
        .then(By::Representative, say("A", "buyer", json!({})))
        .then(By::Representative, ("merge_cases", json!({"case": "A", "into": "B"})))
        .refused(By::Representative, say("A", "staff", json!({})), "case_merged")
        .then(By::Dock, receive("P", "A", &[scanned("S1")]))
        .look("A")
        .look("B");
    let case = story.client(By::Representative).get("/cases/A");
    assert_eq!((&case.body["merged_into"], &case.body["state"]), (&"B".into(), &"merged".into()));
    let said = story.client(By::Representative).get("/cases/B/messages");
    assert_eq!(said.body["messages"][0]["case"], "A", "{said:?}");
    let serial = story.client(By::Representative).get("/serials/S1/cases");
    assert_eq!(serial.body["cases"].as_array().unwrap().len(), 1, "{serial:?}");
    assert_eq!(serial.body["cases"][0]["case"], "B");
    story.ends("merged");
}

fn a_unit_is_taken_out_into_a_case_of_its_own(database: &Database) {
    let mut story = Story::new(database);
    let split = |names: &[&str], new: &str| {
        ("split_case", json!({"case": "A", "units": units(names), "new_case": new}))
    };
    story
        .then(By::Representative, open("A", &["L1#1", "L1#2"]))
        .then(By::Representative, authorise("A", &["L1#1"]))
        .refused(By::Representative, split(&["L1#1", "L1#2"], "B"), "nothing_left")
        .then(By::Representative, split(&["L1#1"], "B"))
        .then(By::Dock, receive("P", "B", &[scanned("S1")]))
        .look("A")
        .look("B")
        .days_pass(10)
        .then(By::Finance, approve("R", "B", &["L1#1"]));
    story.ends("split");
}
