//! Goods: what may come, what came, and what becomes of it.

use backhaul_core::ledger::command::{
    AnnounceParcel, CancelReplacement, Item, MatchArrival, SendBackArrival, SendBackUnit,
};
use backhaul_core::ledger::{
    ArrivalId, ArrivalState, ArrivedItem, CaseState, Disposal, Event, Goods, HeldReason,
    RefusalCode, Serial,
};
use backhaul_core::words::{Cause, Finding, Remedy};

use crate::world::{
    Story, allocate, amend, approve, authorise, counted, deliver, dispose, id, inspect,
    inspect_finding, open, overrule, receive, scanned, ship, unit, units,
};

fn held(events: &[Event]) -> Vec<HeldReason> {
    let why = |event: &Event| match event {
        Event::ArrivalHeld { why, .. } => Some(*why),
        _ => None,
    };
    events.iter().filter_map(why).collect()
}

fn received(events: &[Event]) -> Vec<String> {
    let unit = |event: &Event| match event {
        Event::UnitReceived { unit, .. } => Some(unit.to_string()),
        _ => None,
    };
    events.iter().filter_map(unit).collect()
}

fn send_back(case: &str, name: &str) -> SendBackUnit {
    SendBackUnit { case: id(case), unit: unit(name), tracking: None }
}

fn arrival(parcel: &str, number: u16) -> ArrivalId {
    ArrivalId { parcel: id(parcel), number }
}

fn match_arrival(parcel: &str, number: u16, case: &str, name: &str) -> MatchArrival {
    MatchArrival { arrival: arrival(parcel, number), case: id(case), unit: unit(name) }
}

#[test]
fn pain_05_and_33_a_unit_is_in_one_live_claim_even_within_one_command() {
    let mut story = Story::new();
    story.open("A", &["L1#1"], Remedy::Refund);
    let again = open("B", &["L1#1"], Cause::Quality, Remedy::Refund);
    assert_eq!(story.refused(again), RefusalCode::UnitClaimed);
    let twice = open("C", &["L1#2", "L1#2"], Cause::Quality, Remedy::Refund);
    assert_eq!(story.refused(twice), RefusalCode::UnitNamedTwice);
    let mut apart = open("D", &["L1#2"], Cause::Quality, Remedy::Refund);
    apart.claims.push(apart.claims[0].clone());
    assert_eq!(story.refused(apart), RefusalCode::UnitNamedTwice);
}

#[test]
fn pain_05_a_unit_that_was_received_is_not_claimed_again() {
    let mut story = Story::new();
    story.refunded("A", &["L1#1"], "R");
    let again = open("B", &["L1#1"], Cause::Quality, Remedy::Refund);
    assert_eq!(story.refused(again), RefusalCode::UnitSpent);
}

#[test]
fn pain_41_no_more_units_are_promised_than_were_sold() {
    let mut story = Story::new();
    for (case, name) in [("A", "L1#1"), ("B", "L1#2"), ("C", "L1#3")] {
        story.open(case, &[name], Remedy::Refund);
    }
    let fourth = open("D", &["L1#4"], Cause::Quality, Remedy::Refund);
    assert_eq!(story.refused(fourth), RefusalCode::UnitUnknown);
    let zeroth = open("D", &["L1#0"], Cause::Quality, Remedy::Refund);
    assert_eq!(story.refused(zeroth), RefusalCode::UnitUnknown);
}

#[test]
fn pain_20_goods_are_received_without_a_refund_and_nothing_is_replaced_without_goods() {
    let mut story = Story::new();
    story.authorised("A", &["L1#1"], Remedy::Replacement);
    let early = allocate("A", "L1#1", Some("N1"));
    assert_eq!(story.refused_citing(early.clone()), ["goods_first"]);
    story.then(receive("A", Some("A"), vec![scanned("S1")]));
    assert!(story.ledger.refunds.is_empty());
    story.then(early);
}

#[test]
fn pain_21_and_43_parcels_add_up_until_all_is_received() {
    let mut story = Story::new();
    story.authorised("A", &["L2#1", "L2#2", "L2#3"], Remedy::Refund);
    story.then(receive("p1", Some("A"), vec![counted("L2", 1)]));
    assert_eq!(story.state("A"), CaseState::Authorised, "the rest is still awaited");
    story.then(receive("p2", Some("A"), vec![counted("L2", 1)]));
    story.then(receive("p3", Some("A"), vec![counted("L2", 1)]));
    assert_eq!(story.state("A"), CaseState::Received);
}

#[test]
fn pain_21_over_delivery_is_held_and_never_stock() {
    let mut story = Story::new();
    story.authorised("A", &["L2#1"], Remedy::Refund);
    let events = story.when(receive("p1", Some("A"), vec![counted("L2", 3)])).unwrap();
    assert_eq!(received(&events), ["L2#1"]);
    assert_eq!(held(&events), [HeldReason::OverDelivery, HeldReason::OverDelivery]);
    assert_eq!(story.goods("L2#2"), Goods::WithBuyer);
}

#[test]
fn pain_23_unknown_foreign_and_returned_serials_are_held_and_never_stock() {
    let mut story = Story::new();
    story.refunded("A", &["L1#1"], "R").authorised("B", &["L1#2"], Remedy::Refund);
    let items = vec![scanned("ALIEN"), scanned("S1"), scanned("S3"), scanned("S2")];
    let events = story.when(receive("p", Some("B"), items)).unwrap();
    let reasons =
        [HeldReason::UnknownSerial, HeldReason::AlreadyReturned, HeldReason::NotAuthorised];
    assert_eq!(held(&events), reasons);
    assert_eq!(received(&events), ["L1#2"]);
}

#[test]
fn pain_23_goods_without_a_serial_are_not_counted_where_a_serial_was_sold() {
    let mut story = Story::new();
    story.authorised("A", &["L1#1"], Remedy::Refund);
    let uncounted = receive("p", Some("A"), vec![counted("L1", 1)]);
    assert_eq!(story.refused(uncounted), RefusalCode::SerialNeeded);
    let events = story.when(receive("p", Some("A"), vec![Item::Unidentified { text: id("t") }]));
    assert_eq!(held(&events.unwrap()), [HeldReason::Unidentified]);
}

#[test]
fn pain_40_a_unit_is_received_once() {
    let mut story = Story::new();
    story.received("A", &["L1#1"], Remedy::Refund);
    let again = receive("A", Some("A"), vec![scanned("S1")]);
    assert_eq!(story.refused(again), RefusalCode::AlreadyReceived, "the same parcel");
    let events = story.when(receive("p2", Some("A"), vec![scanned("S1")])).unwrap();
    assert_eq!(held(&events), [HeldReason::AlreadyReturned]);
    let twice = receive("p3", Some("A"), vec![scanned("S2"), scanned("S2")]);
    assert_eq!(story.refused(twice), RefusalCode::SerialTwice);
}

#[test]
fn pain_44_a_count_of_nothing_is_refused_and_less_than_nothing_cannot_be_written() {
    let mut story = Story::new();
    story.authorised("A", &["L2#1"], Remedy::Refund);
    let none = receive("p", Some("A"), vec![counted("L2", 0)]);
    assert_eq!(story.refused(none), RefusalCode::ParcelEmpty);
    assert_eq!(story.refused(receive("p", Some("A"), vec![])), RefusalCode::ParcelEmpty);
    let negative = r#"{"kind":"counted","line":"L2","count":-1}"#;
    assert!(serde_json::from_str::<Item>(negative).is_err());
    let fraction = r#"{"kind":"counted","line":"L2","count":1.0}"#;
    assert!(serde_json::from_str::<Item>(fraction).is_err());
}

#[test]
fn an_unannounced_arrival_is_held_then_matched_to_a_claim() {
    let mut story = Story::new();
    let events = story.when(receive("p", None, vec![scanned("S1")])).unwrap();
    assert_eq!(held(&events), [HeldReason::NotAuthorised]);
    let early = match_arrival("p", 1, "A", "L1#1");
    story.open("A", &["L1#1"], Remedy::Refund);
    assert_eq!(story.refused(early.clone()), RefusalCode::NotAuthorised);
    story.then(authorise("A", &["L1#1"])).then(early.clone());
    assert_eq!(story.state("A"), CaseState::Received);
    assert_eq!(story.refused(early), RefusalCode::ArrivalDone);
}

#[test]
fn a_held_arrival_is_matched_to_its_own_unit_only_or_sent_back() {
    let mut story = Story::new();
    story.authorised("A", &["L1#2"], Remedy::Refund);
    story.then(receive("p", Some("A"), vec![scanned("S1"), scanned("ALIEN")]));
    let other = match_arrival("p", 1, "A", "L1#2");
    assert_eq!(story.refused(other), RefusalCode::SerialDiffers);
    let alien = match_arrival("p", 2, "A", "L1#2");
    assert_eq!(story.refused(alien), RefusalCode::SerialDiffers);
    story.then(SendBackArrival { arrival: arrival("p", 2) });
    assert_eq!(story.ledger.arrivals[&arrival("p", 2)].state, ArrivalState::SentBack);
}

#[test]
fn for_a_mismatch_the_dock_expects_the_foreign_item_and_records_its_serial() {
    let mut story = Story::new();
    story
        .then(open("A", &["L1#1"], Cause::Mismatch, Remedy::Refund))
        .then(authorise("A", &["L1#1"]));
    let events = story.when(receive("p", Some("A"), vec![scanned("ALIEN")])).unwrap();
    assert_eq!(received(&events), ["L1#1"]);
    let claim = story.ledger.claim(&id("A"), &unit("L1#1")).unwrap();
    assert_eq!(claim.received.as_ref().unwrap().serial, Some(id::<Serial>("ALIEN")));
}

#[test]
fn missing_goods_need_no_receipt_and_their_clock_starts_at_the_authorisation() {
    let mut story = Story::new();
    story
        .then(open("A", &["L1#1"], Cause::Missing, Remedy::Refund))
        .then(authorise("A", &["L1#1"]));
    let claim = story.ledger.claim(&id("A"), &unit("L1#1")).unwrap();
    assert!(claim.judged.decision.dates.refund_from.is_some());
    let announced =
        AnnounceParcel { case: id("A"), parcel: id("p"), units: units(&["L1#1"]), tracking: None };
    assert_eq!(story.refused(announced), RefusalCode::NothingComesBack);
    assert_eq!(story.refused(approve("A", &["L1#1"], "R")), RefusalCode::TooEarly);
    story.now = "2026-03-20T09:00:00Z".parse().unwrap();
    story.then(approve("A", &["L1#1"], "R")).settle_all("R");
    assert_eq!(story.state("A"), CaseState::Resolved);
}

#[test]
fn pain_19_rejected_goods_never_stock_never_pay_and_have_a_way_out() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]).then(inspect_finding("A", "L1#1", Finding::Liquid));
    let restock = dispose("A", "L1#1", Disposal::Restock);
    assert_eq!(story.refused_citing(restock), ["exclude.misuse"]);
    assert_eq!(story.refused_citing(approve("A", &["L1#1"], "R")), ["exclude.misuse"]);
    let scrap = dispose("A", "L1#1", Disposal::Scrap);
    assert_eq!(story.refused(scrap), RefusalCode::RejectedGoods);
    story.then(send_back("A", "L1#1"));
    assert_eq!(story.state("A"), CaseState::Resolved);
    assert_eq!(story.goods("L1#1"), Goods::SentBack);
    story.open("B", &["L1#1"], Remedy::Refund);
}

#[test]
fn pain_19_goods_that_the_buyer_gives_up_are_scrapped_and_the_case_ends() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]).then(inspect_finding("A", "L1#1", Finding::Liquid));
    let mut scrap = dispose("A", "L1#1", Disposal::Scrap);
    scrap.reason = Some(id("the buyer's words"));
    story.then(scrap);
    assert_eq!(story.state("A"), CaseState::Resolved);
    let again = open("B", &["L1#1"], Cause::Missing, Remedy::Refund);
    assert_eq!(story.refused(again), RefusalCode::UnitSpent);
}

#[test]
fn pain_28_a_unit_becomes_stock_once_whatever_is_cancelled_after() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]).then(inspect("A", "L1#1")).then(approve("A", &["L1#1"], "R"));
    story.then(dispose("A", "L1#1", Disposal::Restock));
    let cancel = backhaul_core::ledger::command::CancelRefund { refund: id("R"), reason: id("x") };
    story.then(cancel);
    let again = dispose("A", "L1#1", Disposal::Restock);
    assert_eq!(story.refused(again), RefusalCode::AlreadyDisposed);
    let reject = overrule("A", "L1#1", false, "exclude.law");
    assert_eq!(story.refused(reject), RefusalCode::AlreadyDisposed);
    story.then(approve("A", &["L1#1"], "R2"));
}

#[test]
fn only_inspected_goods_become_stock() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]);
    let early = dispose("A", "L1#1", Disposal::Restock);
    assert_eq!(story.refused(early), RefusalCode::NotInspected);
}

#[test]
fn pain_26_serials_form_a_chain_through_replacements() {
    let mut story = Story::new();
    story.replaced("A", "L1#1", "N1").replaced("B", "L1#1~1", "N2");
    let allocated = |event: &Event| match event {
        Event::ReplacementAllocated { old_serial, serial, .. } => {
            Some((old_serial.clone().unwrap().to_string(), serial.clone().unwrap().to_string()))
        }
        _ => None,
    };
    let chain: Vec<_> = story.events.iter().filter_map(allocated).collect();
    assert_eq!(chain, [("S1".into(), "N1".into()), ("N1".into(), "N2".into())]);
}

#[test]
fn pain_27_a_replacement_of_a_replacement_is_returned_like_any_unit() {
    let mut story = Story::new();
    story.replaced("A", "L1#1", "N1").replaced("B", "L1#1~1", "N2");
    let old = open("C", &["L1#1~1"], Cause::Quality, Remedy::Refund);
    assert_eq!(story.refused(old), RefusalCode::UnitReplaced);
    let future = open("C", &["L1#1~3"], Cause::Quality, Remedy::Refund);
    assert_eq!(story.refused(future), RefusalCode::UnitUnknown);
    story.refunded("C", &["L1#1~2"], "R");
    assert_eq!(story.amount("R"), 11_567, "the money of the place");
}

#[test]
fn a_replacement_whose_serial_is_known_already_is_refused() {
    let mut story = Story::new();
    story.received("A", &["L1#1"], Remedy::Replacement);
    for serial in ["S1", "S2", "SW1"] {
        let known = allocate("A", "L1#1", Some(serial));
        assert_eq!(story.refused(known), RefusalCode::SerialTaken);
    }
    assert_eq!(story.refused(allocate("A", "L1#1", None)), RefusalCode::SerialNeeded);
}

#[test]
fn a_lost_replacement_is_given_up_and_another_is_sent() {
    let mut story = Story::new();
    story.received("A", &["L1#1"], Remedy::Replacement);
    story.then(allocate("A", "L1#1", Some("N1"))).then(ship("A", "L1#1"));
    story.then(CancelReplacement { case: id("A"), unit: unit("L1#1"), reason: id("lost") });
    assert_eq!(story.refused(deliver("A", "L1#1")), RefusalCode::NoReplacement);
    story.then(allocate("A", "L1#1", Some("N2"))).then(ship("A", "L1#1"));
    story.then(deliver("A", "L1#1"));
    assert_eq!(story.state("A"), CaseState::Resolved);
}

#[test]
fn what_an_inspection_finds_stops_a_replacement_that_was_set_aside_and_a_refund_that_was_approved()
{
    let mut story = Story::new();
    story.received("A", &["L1#1"], Remedy::Replacement).then(allocate("A", "L1#1", Some("N1")));
    story.then(inspect_finding("A", "L1#1", Finding::Liquid));
    assert_eq!(story.refused(ship("A", "L1#1")), RefusalCode::NotAccepted);
    story.due("B", &["L1#2"]).then(approve("B", &["L1#2"], "R"));
    story.then(inspect_finding("B", "L1#2", Finding::Liquid));
    assert_eq!(story.refused(crate::world::submit("R", 1)), RefusalCode::NotAccepted);
    story.then(overrule("B", "L1#2", true, "exclude.misuse")).settle_all("R");
}

#[test]
fn a_parcel_that_is_awaited_shows_in_the_case_until_it_comes() {
    let mut story = Story::new();
    story.authorised("A", &["L1#1"], Remedy::Refund);
    story.then(AnnounceParcel {
        case: id("A"),
        parcel: id("p"),
        units: units(&["L1#1"]),
        tracking: Some(id("1Z")),
    });
    assert_eq!(story.state("A"), CaseState::InTransit);
    // The number on the box is enough: the dock need not know the case.
    story.then(receive("p", None, vec![scanned("S1")]));
    assert_eq!(story.state("A"), CaseState::Received);
}

#[test]
fn a_late_arrival_for_a_cancelled_claim_is_held() {
    let mut story = Story::new();
    story.authorised("A", &["L1#1"], Remedy::Refund);
    story.then(backhaul_core::ledger::command::CancelClaims {
        case: id("A"),
        units: units(&["L1#1"]),
        reason: None,
    });
    let events = story.when(receive("p", Some("A"), vec![scanned("S1")])).unwrap();
    assert_eq!(held(&events), [HeldReason::NotAuthorised]);
    let item = ArrivedItem::Serial { serial: id("S1") };
    assert_eq!(story.ledger.arrivals[&arrival("p", 1)].item, item);
}

#[test]
fn a_changed_mind_about_the_remedy_is_an_amendment_until_it_is_under_way() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]);
    let wish = |remedy| backhaul_core::ledger::command::Amendment {
        remedy: Some(remedy),
        ..Default::default()
    };
    story.then(amend("A", "L1#1", wish(Remedy::Replacement)));
    assert_eq!(story.refused(approve("A", &["L1#1"], "R")), RefusalCode::OtherRemedy);
    story.then(allocate("A", "L1#1", Some("N1")));
    let late = amend("A", "L1#1", wish(Remedy::Refund));
    assert_eq!(story.refused(late), RefusalCode::NotAmendable);
}
