//! `evolve` takes every event in any order (invariant `total`), and splits meet their whole (invariant `sums-meet`).

use backhaul_core::ledger::refund_plan::{Room, plan};
use backhaul_core::ledger::{Event, Ledger, Share, evolve, freight_debt};
use backhaul_core::policy::rule::RefundOrder;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::world::{
    Story, allocate, approve, dispose, eur, id, inspect, instruction, receive, scanned, submit,
    unit, units,
};

/// Stories that together hold every way of going on.
fn events() -> Vec<Event> {
    use backhaul_core::ledger::command::{
        Answer, AnswerContest, AssignCase, ContestFinding, MergeCases, RecordFreight,
        ReissueRefund, Speaker, SplitCase, WithdrawInstruction, WriteMessage,
    };
    use backhaul_core::ledger::{Disposal, Leg, Path};
    use backhaul_core::words::{Finding, Payer, Remedy};
    let mut story = Story::new();
    story.replaced("A", "L1#1", "N1").refunded("B", &["L1#1~1", "L2#1"], "R1");
    story.due("C", &["L3#1/PSU-A"]).then(inspect("C", "L3#1/PSU-A"));
    story.then(dispose("C", "L3#1/PSU-A", Disposal::Restock)).then(approve(
        "C",
        &["L3#1/PSU-A"],
        "R2",
    ));
    story.then(submit("R2", 1)).then(crate::world::answer("R2", 1, Answer::Failed));
    story.then(ReissueRefund {
        refund: id("R2"),
        piece: Some(1),
        path: Path::Original,
        reason: None,
    });
    story.then(WithdrawInstruction { instruction: instruction("R2", 2) });
    story.received("D", &["L1#2"], Remedy::Replacement).then(allocate("D", "L1#2", Some("N2")));
    story.then(receive("x", None, vec![scanned("ALIEN"), scanned("S3")]));
    story.then(RecordFreight {
        freight: id("F"),
        case: id("B"),
        leg: Leg::Return,
        units: units(&["L1#1~1"]),
        paid_by: Payer::Buyer,
        amount: eur(7),
    });
    let said = |from, internal| WriteMessage { case: id("B"), from, text: id("T"), internal };
    story.then(said(Speaker::Buyer, false)).then(said(Speaker::Staff, true));
    story.then(AssignCase { case: id("B"), to: Some(id("staff-1")) });
    story.open("E", &["L2#2", "L2#3"], Remedy::Refund);
    story.then(SplitCase { case: id("E"), units: units(&["L2#3"]), new_case: id("G") });
    story.then(MergeCases { case: id("G"), into: id("D") });
    story.received("H", &["L1#3"], Remedy::Refund);
    story.then(crate::world::inspect_finding("H", "L1#3", Finding::Liquid));
    story.then(ContestFinding { case: id("H"), unit: unit("L1#3"), text: id("T") });
    let text = id("T");
    story.then(AnswerContest { case: id("H"), unit: unit("L1#3"), upheld: true, text });
    story.events
}

fn read_all(ledger: &Ledger) {
    for case in ledger.cases.values() {
        let _ = ledger.case_state(case);
        let _ = ledger.next_step(case, &|_| true);
    }
    for case in ledger.cases.keys() {
        let _ = ledger.current_case(case);
    }
    for freight in ledger.freights.keys() {
        freight_debt(ledger, freight).unwrap();
    }
    let _ = ledger.generation(&unit("L1#1"));
    let _ = ledger.taken(&id("P2"), eur(0).currency).unwrap();
}

proptest! {
    #[test]
    fn events_in_any_order_cut_short_and_repeated_are_taken(
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..120),
    ) {
        let events = events();
        let chosen = order.iter().map(|index| index.get(&events));
        let ledger = chosen.fold(Ledger::default(), evolve);
        read_all(&ledger);
    }

    #[test]
    fn pieces_and_rest_add_up_and_none_is_above_its_room(
        amount in 0_i64..1_000_000,
        rooms in prop::collection::vec((-10_i64..400_000, 0_i64..5), 0..8),
        latest in any::<bool>(),
    ) {
        let named = |(index, (room, hour)): (usize, &(i64, i64))| Room {
            payment: id(&format!("P{index}")),
            captured_at: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(*hour),
            amount: eur(*room),
        };
        let given: Vec<Room> = rooms.iter().enumerate().map(named).collect();
        let order =
            if latest { RefundOrder::LatestCaptureFirst } else { RefundOrder::EarliestCaptureFirst };
        let split = plan(eur(amount), given.clone(), order).unwrap();
        let pieces: i64 = split.pieces.iter().map(|(_, piece)| piece.minor).sum();
        prop_assert_eq!(pieces + split.uncovered.minor, amount);
        for (payment, piece) in &split.pieces {
            let room = given.iter().find(|room| room.payment == *payment).unwrap();
            prop_assert!(piece.minor > 0 && piece.minor <= room.amount.minor);
        }
        // A rest is left only where no room is.
        let room: i64 = rooms.iter().map(|(room, _)| (*room).max(0)).sum();
        prop_assert_eq!(split.uncovered.minor, (amount - room).max(0));
    }

    #[test]
    fn the_shares_of_a_line_meet_it_and_none_is_negative(
        price in 0_i64..10_000_000,
        discount in 0_i64..10_000_000,
        tax in 0_i64..10_000_000,
        weights in prop::collection::vec(0_u64..1_000, 1..12),
    ) {
        prop_assume!(discount <= price && weights.iter().any(|weight| *weight > 0));
        let whole = Share { price: eur(price), discount: eur(discount), tax: eur(tax) };
        let parts = whole.split(&weights).unwrap();
        let sum = |of: fn(&Share) -> i64| parts.iter().map(of).sum::<i64>();
        prop_assert_eq!(sum(|part| part.price.minor), price);
        prop_assert_eq!(sum(|part| part.discount.minor), discount);
        prop_assert_eq!(sum(|part| part.tax.minor), tax);
        prop_assert!(parts.iter().all(|part| !part.total().unwrap().is_negative()));
    }
}
