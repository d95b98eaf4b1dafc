//! Many at once: what one order's ledger has room for happens once.

use std::thread;

use backhaul_app::{DoorError, Role};
use backhaul_core::ledger::RefusalCode;
use backhaul_testkit::Database;

use crate::desk::{Desk, approve, open, receive};

backhaul_testkit::on_both_engines! {
    pain_06_and_41_of_eight_who_claim_the_same_unit_at_once_one_wins
    pain_37_of_many_who_refund_the_same_unit_at_once_one_pays
    pain_40_of_ten_who_book_the_same_unit_in_at_once_one_does
    cases_of_one_order_at_once_wait_for_each_other_and_all_happen
}

/// How many of so many, all at once, went well; the others must be refused so.
fn winners(
    count: usize,
    ask: impl Fn(usize) -> Result<(), DoorError> + Sync,
    refused: &[RefusalCode],
) -> usize {
    let ask = &ask;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|place| scope.spawn(move || ask(place))).collect();
        let answers = threads.into_iter().map(|thread| thread.join().unwrap());
        answers
            .filter(|answer| match answer {
                Ok(()) => true,
                Err(DoorError::Refused(refusal)) => {
                    assert!(refused.contains(&refusal.code), "{refusal:?}");
                    false
                }
                Err(other) => panic!("neither done nor refused: {other}"),
            })
            .count()
    })
}

fn pain_06_and_41_of_eight_who_claim_the_same_unit_at_once_one_wins(database: &Database) {
    let desk = Desk::over(database);
    let claim = |place: usize| desk.ask(Role::Buyer, open(&format!("RMA-{place}"), &[1])).map(drop);
    assert_eq!(winners(8, claim, &[RefusalCode::UnitClaimed]), 1);
    assert_eq!(desk.cases().len(), 1);
    desk.holds();
}

fn pain_37_of_many_who_refund_the_same_unit_at_once_one_pays(database: &Database) {
    let desk = Desk::over(database);
    desk.inspected("RMA-1", 1);
    let refund = |place: usize| {
        desk.ask(Role::Finance, approve("RMA-1", 1, &format!("R-{place}"))).map(drop)
    };
    assert_eq!(winners(16, refund, &[RefusalCode::RemedyTaken]), 1);
    desk.holds();
}

fn pain_40_of_ten_who_book_the_same_unit_in_at_once_one_does(database: &Database) {
    let desk = Desk::over(database);
    desk.then(open("RMA-1", &[1])).then(crate::desk::authorise("RMA-1", 1));
    let book = |_: usize| desk.ask(Role::Dock, receive("RMA-1", 1)).map(drop);
    assert_eq!(winners(10, book, &[RefusalCode::AlreadyReceived]), 1);
    desk.holds();
}

fn cases_of_one_order_at_once_wait_for_each_other_and_all_happen(database: &Database) {
    let desk = Desk::over(database);
    let open = |place: usize| {
        let number = u32::try_from(place).unwrap().saturating_add(1);
        desk.ask(Role::Buyer, open(&format!("RMA-{place}"), &[number])).map(drop)
    };
    assert_eq!(winners(8, open, &[]), 8);
    assert_eq!(desk.cases().len(), 8);
    desk.holds();
}
