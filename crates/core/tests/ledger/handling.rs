//! How a case is handled: what is said, who looks after it, what is contested, and which units are one case.

use backhaul_core::ledger::command::{
    AnnounceParcel, AnswerContest, AssignCase, CancelClaims, CloseCase, ContestFinding, MergeCases,
    RecordFreight, Speaker, SplitCase, WriteMessage,
};
use backhaul_core::ledger::{
    Actor, Attention, CaseId, CaseState, Contest, Disposal, Goods, Leg, NextStep, RefusalCode,
    limits,
};
use backhaul_core::words::{Finding, Payer, Remedy};

use crate::world::{
    Story, allocate, approve, dispose, eur, id, inspect, inspect_finding, overrule, receive,
    scanned, staff, submit, unit, units,
};

const UNIT: &str = "L1#1";

fn message(from: Speaker, internal: bool) -> WriteMessage {
    WriteMessage { case: id("A"), from, text: id("words"), internal }
}

fn contest() -> ContestFinding {
    ContestFinding { case: id("A"), unit: unit(UNIT), text: id("words") }
}

fn answer(upheld: bool) -> AnswerContest {
    AnswerContest { case: id("A"), unit: unit(UNIT), upheld, text: id("words") }
}

fn merge(case: &str, into: &str) -> MergeCases {
    MergeCases { case: id(case), into: id(into) }
}

fn split(case: &str, names: &[&str], new: &str) -> SplitCase {
    SplitCase { case: id(case), units: units(names), new_case: id(new) }
}

fn announce(case: &str, parcel: &str, names: &[&str]) -> AnnounceParcel {
    AnnounceParcel { case: id(case), parcel: id(parcel), units: units(names), tracking: None }
}

fn freight(name: &str, case: &str, names: &[&str]) -> RecordFreight {
    RecordFreight {
        freight: id(name),
        case: id(case),
        leg: Leg::Return,
        units: units(names),
        paid_by: Payer::Buyer,
        amount: eur(700),
    }
}

fn next(story: &Story, case: &str) -> NextStep {
    story.ledger.next_step(&story.ledger.cases[&id::<CaseId>(case)], &|_| false)
}

/// Case `A`, whose unit was found to have been in liquid.
fn found_misused() -> Story {
    let mut story = Story::new();
    story.received("A", &[UNIT], Remedy::Refund);
    story.then(inspect_finding("A", UNIT, Finding::Liquid));
    story
}

// --- messages

#[test]
fn a_buyers_word_waits_for_staff_until_they_write_back_and_not_only_among_themselves() {
    let mut story = Story::new();
    story.open("A", &[UNIT], Remedy::Refund);
    assert_eq!(next(&story, "A"), NextStep::Authorise);
    story.by(Actor::Buyer, message(Speaker::Buyer, false)).unwrap();
    assert_eq!(next(&story, "A"), NextStep::AnswerMessage);
    story.by(staff(), message(Speaker::Staff, true)).unwrap();
    assert_eq!(next(&story, "A"), NextStep::AnswerMessage);
    story.by(staff(), message(Speaker::Staff, false)).unwrap();
    assert_eq!(next(&story, "A"), NextStep::Authorise);
}

#[test]
fn a_word_to_a_closed_case_is_heard() {
    let mut story = Story::new();
    story.refunded("A", &[UNIT], "R").then(CloseCase { case: id("A") });
    assert_eq!(next(&story, "A").attention(), Attention::Nobody);
    story.by(Actor::Buyer, message(Speaker::Buyer, false)).unwrap();
    assert_eq!(story.state("A"), CaseState::Closed);
    assert_eq!(next(&story, "A").attention(), Attention::Staff);
}

#[test]
fn nobody_speaks_in_anothers_name() {
    let mut story = Story::new();
    story.open("A", &[UNIT], Remedy::Refund);
    let mut refused = |actor, message| story.by(actor, message).unwrap_err().code;
    let of_buyer = RefusalCode::NotForBuyer;
    assert_eq!(refused(Actor::Buyer, message(Speaker::Staff, false)), of_buyer);
    assert_eq!(refused(Actor::Buyer, message(Speaker::Staff, true)), of_buyer);
    assert_eq!(refused(Actor::Buyer, message(Speaker::Buyer, true)), of_buyer);
    assert_eq!(refused(Actor::System, message(Speaker::Staff, false)), RefusalCode::StaffOnly);
    assert_eq!(refused(Actor::Provider, message(Speaker::Buyer, false)), RefusalCode::StaffOnly);
    // What came by mail or by phone is taken down.
    story.by(Actor::System, message(Speaker::Buyer, false)).unwrap();
    story.by(staff(), message(Speaker::Buyer, false)).unwrap();
}

#[test]
fn a_buyer_who_writes_without_end_does_not_silence_staff() {
    let mut story = Story::new();
    story.open("A", &[UNIT], Remedy::Refund);
    for _ in 0..limits::MESSAGES_PER_SIDE_MAX {
        story.by(Actor::Buyer, message(Speaker::Buyer, false)).unwrap();
    }
    let refused = story.by(Actor::Buyer, message(Speaker::Buyer, false)).unwrap_err().code;
    assert_eq!(refused, RefusalCode::LimitReached);
    story.by(staff(), message(Speaker::Staff, false)).unwrap();
}

// --- who looks after it

#[test]
fn a_case_is_assigned_by_staff_and_the_same_again_is_no_news() {
    let mut story = Story::new();
    story.open("A", &[UNIT], Remedy::Refund);
    let to = |name: Option<&str>| AssignCase { case: id("A"), to: name.map(id) };
    story.then(to(Some("anna")));
    assert_eq!(story.ledger.cases[&id("A")].assignee, Some(id("anna")));
    assert!(story.when(to(Some("anna"))).unwrap().is_empty());
    story.then(to(None));
    assert_eq!(story.ledger.cases[&id("A")].assignee, None);
    let refused = story.by(Actor::Buyer, to(Some("anna"))).unwrap_err().code;
    assert_eq!(refused, RefusalCode::StaffOnly);
}

// --- contested findings

#[test]
fn a_contested_finding_waits_for_a_person_and_the_goods_stay() {
    let mut story = found_misused();
    assert_eq!(next(&story, "A"), NextStep::SendBackUnit);
    story.by(Actor::Buyer, contest()).unwrap();
    assert_eq!(next(&story, "A"), NextStep::AnswerContest);
    let waits = RefusalCode::FindingContested;
    assert_eq!(story.refused(dispose("A", UNIT, Disposal::Scrap)), waits);
    let back = backhaul_core::ledger::command::SendBackUnit {
        case: id("A"),
        unit: unit(UNIT),
        tracking: None,
    };
    assert_eq!(story.refused(back.clone()), waits);
    assert_eq!(story.refused(approve("A", &[UNIT], "R")), waits);
    assert_eq!(story.refused(allocate("A", UNIT, Some("N1"))), waits);
    assert_eq!(story.refused(contest()), waits, "once at a time");
    story.then(answer(false));
    assert_eq!(
        story.ledger.cases[&id("A")].claims[&unit(UNIT)].contest,
        Some(Contest::Answered { upheld: false })
    );
    story.then(back);
    assert_eq!(story.state("A"), CaseState::Resolved);
}

#[test]
fn a_buyer_who_is_right_has_the_unit_inspected_again() {
    let mut story = found_misused();
    story.then(contest()).then(answer(true));
    assert_eq!((story.state("A"), story.goods(UNIT)), (CaseState::Received, Goods::Received));
    assert_eq!(next(&story, "A"), NextStep::InspectUnit);
    let claim = &story.ledger.cases[&id("A")].claims[&unit(UNIT)];
    assert!(claim.is_accepted() && claim.judged.facts.inspection.is_none());
    story.then(inspect("A", UNIT));
    assert_eq!(next(&story, "A"), NextStep::ApproveRefund);
}

#[test]
fn who_decides_against_the_engine_answers_the_contest() {
    let mut story = found_misused();
    story.then(contest()).then(overrule("A", UNIT, true, "exclude.law"));
    assert_eq!(next(&story, "A"), NextStep::ApproveRefund);
    assert_eq!(story.refused(answer(true)), RefusalCode::NothingContested);
}

#[test]
fn what_a_person_declined_is_not_undone_by_setting_the_inspection_aside() {
    let mut story = Story::new();
    story.received("A", &[UNIT], Remedy::Refund).then(inspect("A", UNIT));
    assert_eq!(story.refused(contest()), RefusalCode::NothingToContest);
    story.then(overrule("A", UNIT, false, "exclude.misuse")).then(contest());
    assert_eq!(story.refused(answer(true)), RefusalCode::DeclinedByPerson);
    story.then(answer(false));
}

#[test]
fn there_is_nothing_to_contest_before_the_inspection_and_an_end_to_contesting() {
    let mut story = Story::new();
    story.received("A", &[UNIT], Remedy::Refund);
    assert_eq!(story.refused(contest()), RefusalCode::NotInspected);
    story.then(inspect_finding("A", UNIT, Finding::Liquid));
    for _ in 0..limits::CONTESTS_PER_CLAIM_MAX {
        story.then(contest()).then(answer(false));
    }
    assert_eq!(story.refused(contest()), RefusalCode::LimitReached);
}

#[test]
fn a_refund_that_was_approved_before_is_not_touched_by_a_contest() {
    let mut story = Story::new();
    story.due("A", &[UNIT]);
    let mut found = inspect("A", UNIT);
    found.fault_found = Some(false);
    // No fault was found: the freight is the buyer's now, and the money goes back all the same.
    story.then(found).then(overrule("A", UNIT, true, "exclude.law"));
    story.then(approve("A", &[UNIT], "R")).then(contest());
    assert_eq!(next(&story, "A"), NextStep::AnswerContest);
    story.then(submit("R", 1)).settle_all("R");
    assert_eq!(story.state("A"), CaseState::Resolved);
    assert_eq!(story.refused(CloseCase { case: id("A") }), RefusalCode::FindingContested);
    story.then(answer(true));
    assert_eq!(story.state("A"), CaseState::Resolved);
    story.then(CloseCase { case: id("A") });
}

// --- merged and split

#[test]
fn a_merged_case_takes_everything_along_and_its_number_leads_to_the_other() {
    let mut story = Story::new();
    story.authorised("A", &[UNIT], Remedy::Refund).authorised("B", &["L1#2"], Remedy::Refund);
    story.then(announce("A", "p", &[UNIT])).then(freight("F", "A", &[UNIT]));
    story.by(Actor::Buyer, message(Speaker::Buyer, false)).unwrap();
    story.then(merge("A", "B"));
    assert_eq!(story.state("A"), CaseState::Merged);
    assert_eq!(story.ledger.cases[&id("B")].claims.len(), 2);
    assert_eq!(next(&story, "B"), NextStep::AnswerMessage);
    assert_eq!(story.ledger.freights[&id("F")].case, id("B"));
    assert_eq!(story.refused(message(Speaker::Buyer, false)), RefusalCode::CaseMerged);
    // The slip in the box still has the old number.
    story.then(receive("p", Some("A"), vec![scanned("S1"), scanned("S2")]));
    assert!(story.ledger.arrivals.is_empty());
    assert_eq!(story.state("B"), CaseState::Received);
    let current = story.ledger.current_case(&id("A")).unwrap().0.clone();
    assert_eq!(current, id("B"));
}

#[test]
fn a_case_that_money_or_a_replacement_names_is_not_merged_away() {
    let mut story = Story::new();
    story.due("A", &[UNIT]).then(approve("A", &[UNIT], "R"));
    story.open("B", &["L1#2"], Remedy::Refund);
    assert_eq!(story.refused(merge("A", "B")), RefusalCode::CaseNamed);
    assert_eq!(story.refused(merge("A", "A")), RefusalCode::SameCase);
    story.then(merge("B", "A"));
    let mut story = Story::new();
    story.received("A", &[UNIT], Remedy::Replacement).then(allocate("A", UNIT, Some("N1")));
    story.open("B", &["L1#2"], Remedy::Refund);
    assert_eq!(story.refused(merge("A", "B")), RefusalCode::CaseNamed);
}

#[test]
fn two_claims_of_one_unit_are_not_made_one() {
    let mut story = Story::new();
    story.open("A", &[UNIT, "L1#2"], Remedy::Refund);
    let cancel = CancelClaims { case: id("A"), units: units(&[UNIT]), reason: None };
    story.then(cancel).open("B", &[UNIT], Remedy::Refund);
    assert_eq!(story.refused(merge("A", "B")), RefusalCode::UnitClaimed);
}

#[test]
fn a_case_is_split_with_what_stands_on_its_claims_and_no_unit_is_free_meanwhile() {
    let mut story = Story::new();
    story.authorised("A", &[UNIT, "L1#2", "L1#3"], Remedy::Refund);
    story.then(announce("A", "p", &[UNIT])).then(announce("A", "q", &["L1#2"]));
    story.then(freight("F", "A", &[UNIT]));
    story.then(split("A", &[UNIT], "B"));
    assert_eq!((story.state("A"), story.state("B")), (CaseState::Authorised, CaseState::InTransit));
    assert_eq!(story.ledger.cases[&id("B")].split_from, Some(id("A")));
    assert_eq!(story.ledger.parcels[&id("p")].announced_for, Some(id("B")));
    assert_eq!(story.ledger.parcels[&id("q")].announced_for, Some(id("A")));
    assert_eq!(story.ledger.freights[&id("F")].case, id("B"));
    let again =
        crate::world::open("C", &[UNIT], backhaul_core::words::Cause::Quality, Remedy::Refund);
    assert_eq!(story.refused(again), RefusalCode::UnitClaimed);
    story.then(receive("p", None, vec![scanned("S1")]));
    assert_eq!(story.state("B"), CaseState::Received);
}

#[test]
fn what_cannot_be_parted_stays_together() {
    let mut story = Story::new();
    story.authorised("A", &[UNIT, "L1#2", "L1#3"], Remedy::Refund);
    assert_eq!(story.refused(split("A", &[UNIT, "L1#2", "L1#3"], "B")), RefusalCode::NothingLeft);
    assert_eq!(story.refused(split("A", &[UNIT], "A")), RefusalCode::CaseExists);
    assert_eq!(story.refused(split("A", &["L2#1"], "B")), RefusalCode::ClaimUnknown);
    story.then(announce("A", "p", &[UNIT, "L1#2"]));
    assert_eq!(story.refused(split("A", &[UNIT], "B")), RefusalCode::ParcelShared);
    story.clone().then(split("A", &[UNIT, "L1#2"], "B"));
    story.then(receive("p", Some("A"), vec![scanned("S1"), scanned("S2"), scanned("S3")]));
    story.clone().then(split("A", &[UNIT], "B"));
    story.then(freight("F", "A", &[UNIT, "L1#2"]));
    assert_eq!(story.refused(split("A", &[UNIT], "B")), RefusalCode::FreightShared);
    story.now += jiff::SignedDuration::from_hours(240);
    story.then(approve("A", &["L1#3"], "R"));
    assert_eq!(story.refused(split("A", &["L1#3"], "B")), RefusalCode::CaseNamed);
    story.then(split("A", &[UNIT, "L1#2"], "B"));
    assert_eq!(story.ledger.freights[&id("F")].case, id("B"));
}
