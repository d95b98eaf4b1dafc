//! Cases: how they open, wait, are decided, end, and begin again.

use backhaul_core::ledger::command::{
    AddEvidence, Amendment, CancelClaims, CloseCase, ConfirmFact, ConfirmedFact, Decline, Evidence,
    ExpireCase, ReopenCase, WaiveEvidence,
};
use backhaul_core::ledger::{
    Actor, CaseState, Event, FindingPicture, Occasion, Refusal, RefusalCode, limits,
};
use backhaul_core::words::{Cause, Remedy, Verdict, Voucher};

use crate::world::{
    Story, amend, approve, at, authorise, id, inspect, open, overrule, receive, scanned, staff,
    unit, units,
};

fn reopen(case: &str) -> ReopenCase {
    ReopenCase { case: id(case), reason: id("reason") }
}

fn cancel(case: &str, names: &[&str]) -> CancelClaims {
    CancelClaims { case: id(case), units: units(names), reason: None }
}

fn decline(case: &str, names: &[&str], clause: &str) -> Decline {
    Decline { case: id(case), units: units(names), clause: clause.into(), text: id("explanation") }
}

fn damaged(case: &str) -> backhaul_core::ledger::command::OpenCase {
    let mut command = open(case, &["L1#1"], Cause::Damaged, Remedy::Refund);
    command.claims[0].evidence.clear();
    command
}

fn verdicts(events: &[Event]) -> Vec<(Occasion, Verdict)> {
    let verdict = |event: &Event| match event {
        Event::ClaimDecided { occasion, judged, .. } => Some((*occasion, judged.decision.verdict)),
        _ => None,
    };
    events.iter().filter_map(verdict).collect()
}

#[test]
fn a_claim_without_pictures_waits_for_them_and_is_decided_again_as_they_come() {
    let mut story = Story::new();
    story.then(damaged("A"));
    assert_eq!(story.state("A"), CaseState::AwaitingEvidence);
    for slot in ["outer_box", "product"] {
        story.then(AddEvidence {
            case: id("A"),
            units: units(&["L1#1"]),
            evidence: Evidence { slot: id(slot), file: id("file") },
        });
    }
    assert_eq!(story.state("A"), CaseState::AwaitingEvidence);
    let waive = WaiveEvidence {
        case: id("A"),
        units: units(&["L1#1"]),
        slot: id("inner_package"),
        reason: id("there was none"),
    };
    let by_buyer = story.by(Actor::Buyer, waive.clone()).unwrap_err();
    assert_eq!(by_buyer.code, RefusalCode::StaffOnly);
    story.then(waive);
    assert_eq!(story.state("A"), CaseState::Requested);
}

#[test]
fn the_units_of_one_request_are_of_one_line() {
    let mut story = Story::new();
    let mut mixed = open("A", &["L1#1"], Cause::Quality, Remedy::Refund);
    mixed.claims[0].units.push(unit("L2#1"));
    assert_eq!(story.refused(mixed), RefusalCode::UnitsOfOneLine);
}

#[test]
fn a_date_that_only_staff_know_is_confirmed_by_staff_and_never_guessed() {
    let mut story = Story::with(|draft| draft.signed_at = None);
    story.then(open("A", &["L1#1"], Cause::Damaged, Remedy::Refund));
    assert_eq!(story.state("A"), CaseState::UnderReview);
    let signed =
        |text| ConfirmFact { case: id("A"), fact: ConfirmedFact::SignedAt { at: at(text) } };
    assert_eq!(story.refused(signed("2027-01-01T00:00:00Z")), RefusalCode::SignedAt);
    assert_eq!(story.refused(signed("2026-01-01T00:00:00Z")), RefusalCode::SignedAt);
    story.then(signed("2026-03-04T00:00:00Z"));
    assert_eq!(story.state("A"), CaseState::Requested);
}

#[test]
fn a_forged_voucher_declines_the_claim_and_frees_the_unit() {
    let mut story = Story::with(|draft| draft.voucher = Voucher::Presented);
    story.open("A", &["L1#1"], Remedy::Refund);
    assert_eq!(story.state("A"), CaseState::UnderReview);
    let fact = ConfirmedFact::Voucher { voucher: Voucher::Forged };
    let events = story.when(ConfirmFact { case: id("A"), fact }).unwrap();
    assert_eq!(verdicts(&events), [(Occasion::Confirmed, Verdict::Declined)]);
    assert_eq!(story.state("A"), CaseState::Declined);
    story.open("B", &["L1#1"], Remedy::Refund);
}

#[test]
fn pain_46_the_policy_decides_and_a_late_report_is_declined_with_its_clause() {
    let mut story = Story::new();
    story.now = at("2029-03-06T09:00:00Z");
    let mut late = open("A", &["L1#1"], Cause::Damaged, Remedy::Refund);
    late.reported_at = at("2029-03-05T09:00:00Z");
    story.then(late);
    assert_eq!(story.state("A"), CaseState::Declined);
    let claim = story.ledger.claim(&id("A"), &unit("L1#1")).unwrap();
    assert_eq!(claim.judged.decision.clauses, ["report.7d".into()]);
    let mut authorise = authorise("A", &["L1#1"]);
    authorise.expires_on = "2029-04-30".parse().unwrap();
    assert_eq!(story.refused(authorise), RefusalCode::ClaimNotLive);
}

#[test]
fn what_was_reported_in_time_is_not_made_late_by_those_who_wrote_it_down() {
    let mut story = Story::new();
    story.now = at("2026-06-01T09:00:00Z");
    story.then(open("A", &["L1#1"], Cause::Damaged, Remedy::Refund));
    assert_eq!(story.state("A"), CaseState::Requested);
    let mut future = open("B", &["L1#2"], Cause::Damaged, Remedy::Refund);
    future.reported_at = at("2026-06-01T09:00:01Z");
    assert_eq!(story.refused(future), RefusalCode::ReportedAt);
}

#[test]
fn only_a_named_person_or_a_rule_in_their_name_authorises_and_only_what_is_accepted() {
    let mut story = Story::new();
    story.open("A", &["L1#1"], Remedy::Refund).then(damaged("B").of_unit("L1#2"));
    for actor in [Actor::Buyer, Actor::System, Actor::Provider] {
        let refusal = story.by(actor, authorise("A", &["L1#1"])).unwrap_err();
        assert_eq!(refusal.code, RefusalCode::StaffOnly);
    }
    assert_eq!(story.refused(authorise("B", &["L1#2"])), RefusalCode::NotAccepted);
    let rule = Actor::Rule { rule: id("small orders"), staff: id("staff-1") };
    story.by(rule, authorise("A", &["L1#1"])).unwrap();
    assert_eq!(story.refused(authorise("A", &["L1#1"])), RefusalCode::AlreadyAuthorised);
}

trait OfUnit {
    fn of_unit(self, name: &str) -> Self;
}

impl OfUnit for backhaul_core::ledger::command::OpenCase {
    fn of_unit(mut self, name: &str) -> Self {
        self.claims[0].units = units(&[name]);
        self
    }
}

#[test]
fn a_person_decides_against_the_engine_and_its_decision_stays_on_record() {
    let mut story = Story::new();
    story.then(open("A", &["L4#1"], Cause::OwnReasons, Remedy::Refund));
    assert_eq!(story.state("A"), CaseState::Declined);
    let by_buyer = story.by(Actor::Buyer, overrule("A", "L4#1", true, "exclude.law")).unwrap_err();
    assert_eq!(by_buyer.code, RefusalCode::StaffOnly);
    let events = story.by(staff(), overrule("A", "L4#1", true, "exclude.law")).unwrap();
    let [Event::DecisionOverruled { overruled, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(overruled.verdict, Verdict::Declined);
    assert_eq!(overruled.grounds, ["exclude.declared".into()]);
    assert_eq!(overruled.by, staff());
    assert_eq!(story.state("A"), CaseState::Requested);
}

#[test]
fn a_person_decides_on_a_clause_of_the_policy_and_not_in_words_of_their_own() {
    let mut story = Story::new();
    story.open("A", &["L1#1"], Remedy::Refund);
    for clause in ["", "exclude.nothing", "the buyer was rude"] {
        assert_eq!(story.refused(decline("A", &["L1#1"], clause)), RefusalCode::ClauseUnknown);
        let overruled = overrule("A", "L1#1", false, clause);
        assert_eq!(story.refused(overruled), RefusalCode::ClauseUnknown);
    }
}

#[test]
fn a_declined_claim_is_overruled_only_while_its_unit_is_free() {
    let mut story = Story::new();
    story.open("A", &["L1#1"], Remedy::Refund).then(decline("A", &["L1#1"], "exclude.law"));
    story.open("B", &["L1#1"], Remedy::Refund);
    let late = overrule("A", "L1#1", true, "exclude.law");
    assert_eq!(story.refused(late), RefusalCode::UnitClaimed);
}

#[test]
fn an_inspection_decides_again_and_both_decisions_stay() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]);
    let mut sound = inspect("A", "L1#1");
    sound.fault_found = Some(false);
    story.then(sound);
    let expected = [
        (Occasion::Opened, Verdict::Accepted),
        (Occasion::Received, Verdict::Accepted),
        (Occasion::Inspected, Verdict::Declined),
    ];
    assert_eq!(verdicts(&story.events), expected);
    assert_eq!(story.state("A"), CaseState::Inspected, "the goods are here, and must go back");
    assert_eq!(story.refused(inspect("A", "L1#1")), RefusalCode::AlreadyInspected);
}

#[test]
fn a_case_is_as_far_as_its_least_advanced_unit() {
    let mut story = Story::new();
    story.authorised("A", &["L1#1", "L1#2"], Remedy::Refund);
    story.then(receive("p", Some("A"), vec![scanned("S1")]));
    assert_eq!(story.state("A"), CaseState::Authorised);
    story.then(cancel("A", &["L1#2"]));
    assert_eq!(story.state("A"), CaseState::Received, "the unit that never came is taken back");
    story.now = at("2026-03-16T09:00:00Z");
    story.then(approve("A", &["L1#1"], "R")).settle_all("R");
    assert_eq!(story.state("A"), CaseState::Resolved);
}

#[test]
fn what_was_received_or_paid_is_neither_cancelled_nor_expired() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]);
    assert_eq!(story.refused(cancel("A", &["L1#1"])), RefusalCode::AlreadyReceived);
    story.now = at("2027-01-01T00:00:00Z");
    assert_eq!(story.refused(ExpireCase { case: id("A") }), RefusalCode::TooEarly);
}

#[test]
fn an_authorisation_expires_after_its_last_day_in_the_merchant_s_zone() {
    let mut story = Story::new();
    story.authorised("A", &["L1#1"], Remedy::Refund);
    story.now = at("2026-04-30T15:59:59Z");
    assert_eq!(story.refused(ExpireCase { case: id("A") }), RefusalCode::TooEarly);
    story.now = at("2026-04-30T16:00:00Z");
    story.then(ExpireCase { case: id("A") });
    assert_eq!(story.state("A"), CaseState::Expired);
    story.open("B", &["L1#1"], Remedy::Refund);
}

#[test]
fn a_case_is_reopened_while_its_units_are_free() {
    let mut story = Story::new();
    story.open("A", &["L1#1"], Remedy::Refund).then(cancel("A", &["L1#1"]));
    story.then(CloseCase { case: id("A") });
    assert_eq!(story.state("A"), CaseState::Closed);
    assert_eq!(story.refused(authorise("A", &["L1#1"])), RefusalCode::CaseClosed);
    story.then(reopen("A")).then(authorise("A", &["L1#1"])).then(cancel("A", &["L1#1"]));
    story.open("B", &["L1#1"], Remedy::Refund);
    assert_eq!(story.refused(reopen("A")), RefusalCode::UnitClaimed);
    story.refunded("C", &["L1#2"], "R");
    assert_eq!(story.refused(reopen("C")), RefusalCode::NothingToReopen);
}

#[test]
fn a_reopened_claim_that_the_engine_declined_is_amended_or_overruled() {
    let mut story = Story::with(|draft| draft.lines[0].sold_for = Some("Nexus".to_owned()));
    let mut other = open("A", &["L1#1"], Cause::Compatibility, Remedy::Refund);
    other.claims[0].platform = Some("Juniper".to_owned());
    other.claims[0].condition = backhaul_core::words::Condition::Tried;
    story.then(other);
    assert_eq!(story.state("A"), CaseState::Declined);
    let right = Amendment { platform: Some("nexus".to_owned()), ..Default::default() };
    assert_eq!(story.refused(amend("A", "L1#1", right.clone())), RefusalCode::ClaimNotLive);
    story.then(reopen("A"));
    assert_eq!(story.state("A"), CaseState::UnderReview);
    story.then(amend("A", "L1#1", right));
    assert_eq!(story.state("A"), CaseState::Requested);
}

#[test]
fn goods_that_were_to_come_do_not_turn_into_goods_that_never_came() {
    let mut story = Story::new();
    let missing = Amendment { cause: Some(Cause::Missing), ..Default::default() };
    story.open("A", &["L1#1"], Remedy::Refund);
    let by_buyer = story.by(Actor::Buyer, amend("A", "L1#1", missing.clone())).unwrap_err();
    assert_eq!(by_buyer.code, RefusalCode::StaffOnly);
    story.then(authorise("A", &["L1#1"]));
    assert_eq!(story.refused(amend("A", "L1#1", missing)), RefusalCode::NotAmendable);
}

#[test]
fn a_claim_keeps_to_the_policy_version_that_judged_it_first() {
    let mut story = Story::new();
    story.then(damaged("A"));
    let mut newer = crate::world::POLICY.clone();
    newer.pin = "default@2099.1".to_owned();
    let finance = crate::world::finance();
    let context = backhaul_core::ledger::Context::new(story.now, finance, &story.order, &newer);
    let add = AddEvidence {
        case: id("A"),
        units: units(&["L1#1"]),
        evidence: Evidence { slot: id("product"), file: id("file") },
    };
    let refused: Result<Vec<Event>, Refusal> =
        backhaul_core::ledger::decide(&story.ledger, &add.into(), &context);
    assert_eq!(refused.unwrap_err().code, RefusalCode::OtherPolicyVersion);
}

#[test]
fn what_grows_has_a_limit_and_going_over_it_is_refused() {
    let mut story = Story::new();
    for number in 0..limits::CASES_MAX {
        let case = format!("A{number}");
        story.open(&case, &["L1#1"], Remedy::Refund).then(cancel(&case, &["L1#1"]));
    }
    let more = open("B", &["L1#1"], Cause::Quality, Remedy::Refund);
    assert_eq!(story.refused(more), RefusalCode::LimitReached);
    let many = receive("p", None, vec![crate::world::counted("L2", limits::PARCEL_ITEMS_MAX + 1)]);
    assert_eq!(story.refused(many), RefusalCode::LimitReached);
}

#[test]
fn an_inspection_keeps_as_many_pictures_as_the_limit_says_and_no_more() {
    let mut story = Story::new();
    story.received("A", &["L1#1"], Remedy::Refund);
    let picture = |number| FindingPicture { finding: None, file: id(&format!("f{number}")) };
    let mut inspection = inspect("A", "L1#1");
    inspection.pictures = (0..=limits::PICTURES_PER_INSPECTION_MAX).map(picture).collect();
    assert_eq!(story.refused(inspection.clone()), RefusalCode::LimitReached);
    inspection.pictures.pop();
    story.then(inspection);
}

#[test]
fn a_refused_command_records_nothing_and_the_same_command_gives_the_same_answer() {
    let mut story = Story::new();
    story.open("A", &["L1#1"], Remedy::Refund);
    let before = story.ledger.clone();
    let half = open("B", &["L1#2", "L1#1"], Cause::Quality, Remedy::Refund);
    let first = story.when(half.clone()).unwrap_err();
    assert_eq!(story.ledger, before);
    assert_eq!(story.when(half).unwrap_err(), first);
}

#[test]
fn an_order_with_amounts_of_two_currencies_cannot_be_made() {
    use backhaul_core::ledger::{Order, OrderError};
    use backhaul_core::money::{Currency, Money};
    let mut draft = crate::world::draft();
    draft.payments[0].captured = Money::new(1, Currency::parse("INR").unwrap());
    assert_eq!(Order::new(draft).unwrap_err(), OrderError::OtherCurrency);
    let mut draft = crate::world::draft();
    draft.shipping.minor += 1;
    assert!(matches!(Order::new(draft), Err(OrderError::TotalDiffers { .. })));
    let mut draft = crate::world::draft();
    draft.lines[0].serials.pop();
    assert!(matches!(Order::new(draft), Err(OrderError::SerialCount { .. })));
}
