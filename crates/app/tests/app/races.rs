//! Many at once: what one order's ledger has room for happens once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use backhaul_app::{App, Clock, DoorError, Role, Who};
use backhaul_core::ledger::{Actor, RefusalCode};
use backhaul_core::policy::Catalogue;
use backhaul_testkit::Database;
use jiff::Timestamp;

use crate::desk::{Desk, NUMBER, approve, freight, open, receive};

backhaul_testkit::on_both_engines! {
    pain_06_and_41_of_eight_who_claim_the_same_unit_at_once_one_wins
    pain_37_of_many_who_refund_the_same_unit_at_once_one_pays
    pain_40_of_ten_who_book_the_same_unit_in_at_once_one_does
    cases_of_one_order_at_once_wait_for_each_other_and_all_happen
    callers_of_two_processes_who_append_to_one_order_have_their_turns
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

/// A clock that stands still and counts the looks at it: one for each try of a command.
#[derive(Default)]
struct Counting(AtomicUsize);

impl Clock for Counting {
    fn now(&self) -> Timestamp {
        self.0.fetch_add(1, Ordering::SeqCst);
        "2026-03-06T10:00:00Z".parse().unwrap()
    }
}

fn callers_of_two_processes_who_append_to_one_order_have_their_turns(database: &Database) {
    const CALLERS: usize = 16;
    const EACH: usize = 10;
    let desk = Desk::over(database);
    desk.then(open("RMA-1", &[1]));
    let clock = Arc::new(Counting::default());
    let app =
        |store| App::new(store, Catalogue::built_in().unwrap(), Arc::<Counting>::clone(&clock));
    // As many processes as the engine lets have the database: one has SQLite's file.
    let one = app(desk.app.store().clone());
    let other = database.try_open().ok().map(app);
    let start = Barrier::new(CALLERS);
    thread::scope(|scope| {
        for caller in 0..CALLERS {
            let app = other.as_ref().filter(|_| caller % 2 == 1).unwrap_or(&one);
            let start = &start;
            scope.spawn(move || {
                let who = Who { roles: Role::Owner.into(), actor: Actor::System };
                start.wait();
                for number in 0..EACH {
                    let command = freight(&format!("F{caller}-{number}")).into();
                    app.carry_out(&who, NUMBER, &command).unwrap();
                }
            });
        }
    });
    let tries = clock.0.load(Ordering::SeqCst);
    assert!((CALLERS * EACH..=2 * CALLERS * EACH).contains(&tries), "{tries} tries");
    desk.holds();
}
