//! Two people of finance, above what one of them may let go alone.

use super::{cancel, freight};
use crate::world::{Story, approve, eur, id, staff};
use backhaul_core::ledger::command::RefundFreight;
use backhaul_core::ledger::{Actor, Context, Event, Refusal, RefusalCode, RuleId, StaffId, decide};
use backhaul_core::words::Payer;

fn person(name: &str) -> Actor {
    Actor::Staff { id: id::<StaffId>(name), finance: true }
}

/// Asks where one person alone may let go 120.00 of an order; a unit is worth 115.67.
fn ask(
    story: &mut Story,
    actor: Actor,
    command: impl Into<backhaul_core::ledger::Command>,
) -> Result<Vec<&'static str>, Refusal> {
    let context = Context::new(story.now, actor, &story.order, &crate::world::POLICY)
        .alone_up_to(Some(eur(12_000)));
    let events = decide(&story.ledger, &command.into(), &context)?;
    for event in &events {
        story.ledger.apply(event);
    }
    Ok(events.iter().map(|event| event.kind().as_str()).collect())
}

fn two_units() -> Story {
    let mut story = Story::new();
    story.due("A", &["L1#1", "L1#2"]);
    story
}

#[test]
fn within_the_limit_one_person_is_enough() {
    let mut story = two_units();
    let asked = ask(&mut story, person("anna"), approve("A", &["L1#1"], "R"));
    assert_eq!(asked.unwrap(), ["refund_approved"]);
    assert!(!story.ledger.refunds[&id("R")].by_two);
}

#[test]
fn above_it_the_first_person_proposes_and_another_one_approves() {
    let mut story = two_units();
    let both = || approve("A", &["L1#1", "L1#2"], "R");
    assert_eq!(ask(&mut story, person("anna"), both()).unwrap(), ["refund_proposed"]);
    assert!(story.ledger.refunds.is_empty(), "nothing leaves, and nothing is reserved");
    let again = ask(&mut story, person("anna"), both()).unwrap_err();
    assert_eq!(again.code, RefusalCode::SecondPersonNeeded);
    assert_eq!(ask(&mut story, person("ben"), both()).unwrap(), ["refund_approved"]);
    assert!(story.ledger.refunds[&id("R")].by_two && story.ledger.proposals.is_empty());
}

#[test]
fn cutting_a_refund_into_small_ones_does_not_help() {
    let mut story = two_units();
    let (first, rest) = (approve("A", &["L1#1"], "R1"), approve("A", &["L1#2"], "R2"));
    assert_eq!(ask(&mut story, person("anna"), first).unwrap(), ["refund_approved"]);
    assert_eq!(ask(&mut story, person("anna"), rest.clone()).unwrap(), ["refund_proposed"]);
    assert_eq!(ask(&mut story, person("ben"), rest).unwrap(), ["refund_approved"]);
}

#[test]
fn what_differs_from_the_proposal_is_a_proposal_of_its_own() {
    let mut story = two_units();
    story.due("B", &["L1#3"]);
    let asked = approve("A", &["L1#1", "L1#2"], "R");
    assert_eq!(ask(&mut story, person("anna"), asked.clone()).unwrap(), ["refund_proposed"]);
    let more = super::with_shipping(asked.clone(), 100);
    assert_eq!(ask(&mut story, person("ben"), more.clone()).unwrap(), ["refund_proposed"]);
    assert_eq!(ask(&mut story, person("anna"), more).unwrap(), ["refund_approved"]);
}

#[test]
fn neither_a_rule_nor_a_person_of_another_office_stands_in_for_finance() {
    let mut story = two_units();
    let both = || approve("A", &["L1#1", "L1#2"], "R");
    let rule = Actor::Rule { rule: id::<RuleId>("auto"), staff: id::<StaffId>("anna") };
    for actor in [rule, staff()] {
        let refused = ask(&mut story, actor, both()).unwrap_err();
        assert_eq!(refused.code, RefusalCode::FinanceOnly);
    }
}

#[test]
fn a_proposal_can_be_taken_back_and_what_became_impossible_is_not_approved() {
    let mut story = two_units();
    let both = || approve("A", &["L1#1", "L1#2"], "R");
    ask(&mut story, person("anna"), both()).unwrap();
    assert_eq!(ask(&mut story, person("anna"), cancel("R")).unwrap(), ["refund_cancelled"]);
    assert!(story.ledger.proposals.is_empty());
    ask(&mut story, person("anna"), both()).unwrap();
    ask(&mut story, person("ben"), approve("A", &["L1#1"], "R1")).unwrap();
    let refused = ask(&mut story, person("ben"), both()).unwrap_err();
    assert_eq!(refused.code, RefusalCode::RemedyTaken, "each check is made again");
}

#[test]
fn freight_counts_as_money_does() {
    let mut story = two_units();
    story.then(freight("F", "A", &["L1#1"], Payer::Buyer, 1_500));
    for (refund, unit) in [("R1", "L1#1"), ("R2", "L1#2")] {
        ask(&mut story, person("anna"), approve("A", &[unit], refund)).unwrap();
        ask(&mut story, person("ben"), approve("A", &[unit], refund)).ok();
    }
    let freight = || RefundFreight { refund: id("R3"), freight: id("F") };
    assert_eq!(ask(&mut story, person("anna"), freight()).unwrap(), ["refund_proposed"]);
    assert_eq!(ask(&mut story, person("ben"), freight()).unwrap(), ["refund_approved"]);
}

#[test]
fn an_approval_that_was_written_before_there_were_two_reads_as_one_person_s() {
    let mut story = two_units();
    story.then(approve("A", &["L1#1"], "R"));
    let written = serde_json::to_value(story.events.last().unwrap()).unwrap();
    assert!(written.get("proposed_by").is_none());
    let read: Event = serde_json::from_value(written).unwrap();
    assert!(matches!(read, Event::RefundApproved { proposed_by: None, .. }));
}
