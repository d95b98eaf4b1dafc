//! Components: units of their own within a unit, with their own claim, receipt, money and replacement.

use backhaul_core::ledger::command::{Amendment, InspectUnit};
use backhaul_core::ledger::{CaseState, RefusalCode, share_of};
use backhaul_core::words::{Cause, Remedy};

use crate::world::{
    Story, allocate, amend, approve, at, authorise, eur, id, inspect, open, overrule, receive,
    scanned, unit,
};

fn faulty(case: &str, name: &str, components: &[&str]) -> InspectUnit {
    let components = components.iter().map(|component| id(component)).collect();
    InspectUnit { faulty_components: Some(components), fault_found: None, ..inspect(case, name) }
}

#[test]
fn pain_24_a_component_comes_back_alone_and_is_refunded_by_its_share() {
    let mut story = Story::new();
    story.due("A", &["L3#1/PSU-A"]).then(approve("A", &["L3#1/PSU-A"], "R"));
    // 90,001 net and 17,101 of tax, by weights 8 : 1 : 1.
    assert_eq!(story.amount("R"), 9_000 + 1_710);
    let whole = share_of(&story.order, &unit("L3#1")).unwrap().unwrap().total().unwrap();
    let parts = ["L3#1/CHASSIS", "L3#1/PSU-A", "L3#1/PSU-B"];
    let parts = parts.map(|part| share_of(&story.order, &unit(part)).unwrap().unwrap());
    let sum: i64 = parts.iter().map(|part| part.total().unwrap().minor).sum();
    assert_eq!(eur(sum), whole);
}

#[test]
fn a_whole_unit_and_its_components_are_not_claimed_at_once() {
    let mut story = Story::new();
    story.open("A", &["L3#1/PSU-A"], Remedy::Refund);
    let whole = open("B", &["L3#1"], Cause::OwnReasons, Remedy::Refund);
    assert_eq!(story.refused(whole), RefusalCode::UnitClaimed);
    story.open("B", &["L3#1/PSU-B"], Remedy::Refund);
    let mut other = Story::new();
    other.then(open("A", &["L3#1"], Cause::Mismatch, Remedy::Refund));
    let part = open("B", &["L3#1/PSU-A"], Cause::Quality, Remedy::Refund);
    assert_eq!(other.refused(part), RefusalCode::UnitClaimed);
}

#[test]
fn a_unit_of_which_a_component_was_refunded_is_not_claimed_as_a_whole() {
    let mut story = Story::new();
    story.refunded("A", &["L3#1/PSU-A"], "R");
    let whole = open("B", &["L3#1"], Cause::Mismatch, Remedy::Refund);
    assert_eq!(story.refused(whole), RefusalCode::UnitSpent);
    story.open("B", &["L3#1/PSU-B"], Remedy::Refund);
}

#[test]
fn only_the_faulty_component_is_replaced() {
    let mut story = Story::new();
    story.received("A", &["L3#1/PSU-A"], Remedy::Replacement).then(faulty(
        "A",
        "L3#1/PSU-A",
        &["PSU-B"],
    ));
    let sound = allocate("A", "L3#1/PSU-A", Some("PA2"));
    assert_eq!(story.refused_citing(sound.clone()), ["replace.part"]);
    story.then(overrule("A", "L3#1/PSU-A", true, "exclude.law"));
    assert_eq!(story.refused(sound), RefusalCode::SoundComponent, "no person can either");
}

#[test]
fn a_whole_unit_is_not_replaced_for_one_faulty_component() {
    let mut story = Story::new();
    story.then(open("A", &["L3#1"], Cause::Quality, Remedy::Replacement));
    assert_eq!(story.state("A"), CaseState::AwaitingEvidence, "the components are needed");
    let components = vec![id("PSU-A")];
    story.then(amend("A", "L3#1", Amendment { components, ..Default::default() }));
    assert_eq!(story.state("A"), CaseState::Requested);
    let part = "L3#1/PSU-A";
    story.then(authorise("A", &[part])).then(receive("p", Some("A"), vec![scanned("PA1")]));
    story.then(faulty("A", part, &["PSU-A"])).then(allocate("A", part, Some("PA2")));
}

#[test]
fn a_component_grows_a_generation_when_it_or_the_whole_is_replaced() {
    let mut story = Story::new();
    story.replaced("A", "L3#1/PSU-A", "PA2");
    assert_eq!(story.ledger.generation(&unit("L3#1/PSU-A")), 1);
    assert_eq!(story.ledger.generation(&unit("L3#1/PSU-B")), 0);
    assert_eq!(story.ledger.generation(&unit("L3#1")), 0, "the chassis is the same");
    story.then(open("B", &["L3#1"], Cause::Mismatch, Remedy::Replacement));
    story.then(authorise("B", &["L3#1"])).then(receive("p", Some("B"), vec![scanned("SW1")]));
    story.then(allocate("B", "L3#1", Some("SW2"))).then(crate::world::ship("B", "L3#1"));
    story.then(crate::world::deliver("B", "L3#1"));
    assert_eq!(story.ledger.generation(&unit("L3#1/PSU-A")), 2);
    assert_eq!(story.ledger.generation(&unit("L3#1/PSU-B")), 1);
    let old = open("C", &["L3#1/PSU-B"], Cause::Quality, Remedy::Refund);
    assert_eq!(story.refused(old), RefusalCode::UnitReplaced);
    story.open("C", &["L3#1/PSU-B~1"], Remedy::Refund);
}

#[test]
fn a_component_that_the_line_does_not_have_is_refused() {
    let mut story = Story::new();
    let unknown = open("A", &["L3#1/FAN"], Cause::Quality, Remedy::Refund);
    assert_eq!(story.refused(unknown), RefusalCode::UnitUnknown);
    story.received("A", &["L3#1/PSU-A"], Remedy::Refund);
    let elsewhere = faulty("A", "L3#1/PSU-A", &["FAN"]);
    assert_eq!(story.refused(elsewhere), RefusalCode::ComponentUnknown);
    story.now = at("2026-03-16T09:00:00Z");
}
