//! A refund leaves once, whatever is lost and whoever dies. The provider's book is the judge.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use backhaul_app::{Clock, DoorError, Providers, ResumeError, Role, Who};
use backhaul_core::ledger::command::{
    Answer, RecordAnswer, RecordChargeback, ReissueRefund, WithdrawInstruction,
};
use backhaul_core::ledger::{Actor, InstructionId, InstructionState, Ledger, Path};
use backhaul_store::{Error, ledger, orders};
use backhaul_testkit::Database;
use jiff::{SignedDuration, Timestamp};

use crate::desk::{Desk, NUMBER, approve, authorise, draft, id, inspect, open, receive};
use crate::provider::{Fake, Fault, PERSONALITIES};

backhaul_testkit::on_both_engines! {
    an_approved_refund_leaves_by_itself
    any_two_faults_with_any_provider_pay_at_most_once
    a_provider_that_answers_late_is_asked_until_it_tells
    a_lost_reply_is_found_by_looking_it_up
    a_lost_request_is_sent_again_after_the_settle_time
    a_provider_that_promises_nothing_is_left_to_a_person
    a_look_up_that_is_down_is_tried_again
    a_worker_may_die_at_any_point
    a_worker_that_slept_is_stopped_before_the_call
    a_request_that_is_held_back_within_the_settle_time_pays_once
    a_failure_that_is_told_late_does_not_undo_a_payment
    what_failed_is_issued_again_and_paid_once
    refunds_of_two_orders_with_one_name_are_two_refunds
    what_may_not_leave_waits_for_a_person
    a_worker_whose_clock_went_back_does_not_call
    another_provider_is_not_asked_for_what_the_first_was_asked
    a_refund_whose_provider_is_not_configured_waits
    each_payment_goes_back_through_its_own_provider
    a_slow_provider_keeps_its_lease_beside_a_quick_one
    nothing_is_claimed_while_refunds_are_paused
    many_workers_at_once_pay_each_refund_once
}

impl Desk {
    /// A desk on which so many units are refunded, each by a refund of its own.
    fn refunding(database: &Database, units: u32) -> Self {
        let desk = Self::over(database);
        for number in 1..=units {
            let case = format!("RMA-{number}");
            desk.then(open(&case, &[number])).then(authorise(&case, number));
            desk.then(receive(&case, number)).then(inspect(&case, number));
        }
        desk.wait(240);
        desk
    }

    fn approve(&self, number: u32) {
        self.then(approve(&format!("RMA-{number}"), number, &format!("R-{number}")));
    }

    /// When the next job is due.
    fn next_job(&self) -> Option<Timestamp> {
        let due = self.app.store().read(|tx| {
            let sql = "select due_at_us from job order by due_at_us limit 1";
            tx.first(sql, &[], |row| row.int(0))
        });
        let due: Result<Option<i64>, Error> = due.wait();
        due.unwrap().map(|due| Timestamp::from_microsecond(due).unwrap())
    }

    /// Works, as a worker that may die of it, at the moment that the next job is due.
    fn work_once(&self, provider: &Arc<Fake>, worker: &str) {
        if let Some(due) = self.next_job() {
            self.clock.move_to(due);
        }
        let died =
            catch_unwind(AssertUnwindSafe(|| self.app.work_refunds(&provider.alone(), worker)));
        if let Ok(lived) = died {
            lived.unwrap();
        }
    }

    /// Works until nothing is left to do.
    fn work(&self, provider: &Arc<Fake>) {
        for _ in 0..100 {
            if self.next_job().is_none() {
                return;
            }
            self.work_once(provider, "w");
        }
        panic!("jobs are left: the next is due at {:?}", self.next_job());
    }

    fn ledger(&self, number: &'static str) -> Ledger {
        let history = self.app.store().read(move |tx| -> Result<_, DoorError> {
            let order = orders::find(tx, number)?.expect("the order was imported");
            Ok(ledger::load(tx, &order)?.expect("it has a ledger"))
        });
        let mut ledger = Ledger::default();
        for recorded in &history.wait().unwrap().events {
            ledger.apply(&recorded.event);
        }
        ledger
    }

    fn states(&self) -> BTreeMap<String, InstructionState> {
        let mut states = BTreeMap::new();
        for (refund, known) in self.ledger(NUMBER).refunds {
            for (number, piece) in known.pieces {
                states.insert(format!("{NUMBER}/{refund}/{number}"), piece.state);
            }
        }
        states
    }

    fn state(&self) -> InstructionState {
        *self.states().get(&format!("{NUMBER}/R-1/1")).expect("R-1 was approved")
    }

    /// What must hold after every story.
    fn is_fair(&self, provider: &Arc<Fake>) {
        let paid = provider.paid();
        assert!(paid.values().all(|times| *times == 1), "paid more than once: {paid:?}");
        for (reference, state) in self.states() {
            match state {
                InstructionState::Settled => assert!(paid.contains_key(&reference), "{reference}"),
                InstructionState::Manual => {}
                _ => assert!(!paid.contains_key(&reference), "{reference} is {state:?}"),
            }
        }
        assert_eq!(self.next_job(), None, "no job is left");
        self.holds();
        assert_eq!(self.next_job(), None, "a rebuild starts no work again");
    }
}

fn an_approved_refund_leaves_by_itself(database: &Database) {
    for (number, personality) in (1..).zip(PERSONALITIES) {
        if number == 1 {
            Desk::refunding(database, 5);
        }
        let desk = Desk::over(database);
        desk.wait(240);
        let provider = Fake::new(personality, &desk.clock);
        desk.approve(number);
        assert_eq!(provider.calls(), 0, "approving calls nobody");
        desk.work(&provider);
        assert_eq!(provider.calls(), 1);
        assert_eq!(provider.paid().len(), 1);
        assert_eq!(
            desk.states().values().filter(|state| **state == InstructionState::Settled).count(),
            usize::try_from(number).unwrap()
        );
        desk.holds();
    }
}

const FAULTS: [Fault; 9] = [
    Fault::None,
    Fault::LoseRequest,
    Fault::LoseReply,
    Fault::ErrorAfterPaying,
    Fault::DieBefore,
    Fault::DieAfter,
    Fault::Refuse,
    Fault::PayIn(3),
    Fault::RefuseIn(3),
];

fn any_two_faults_with_any_provider_pay_at_most_once(database: &Database) {
    // One order for each pair: an order has eight units, and a story needs one.
    let desk = Desk::over(database);
    let start = desk.clock.shown();
    for personality in PERSONALITIES {
        for first in FAULTS {
            for second in [Fault::LoseRequest, Fault::LoseReply, Fault::DieAfter, Fault::None] {
                let story = format!("{personality}-{first:?}-{second:?}").replace(['(', ')'], "_");
                desk.clock.set(start);
                let number = format!("SO-{}", story.replace("ErrorAfterPaying", "Error"));
                desk.refund_of_another_order(&number, &story, &format!("R-{story}"));
                let provider = Fake::new(personality, &desk.clock).with_faults(&[first, second]);
                desk.work(&provider);
                let paid = provider.paid();
                assert!(paid.values().all(|times| *times == 1), "{story}: {paid:?}");
                let number: &'static str = number.leak();
                let ledger = desk.ledger(number);
                let mut pieces = ledger.refunds.values().flat_map(|known| known.pieces.values());
                let state = pieces.next().unwrap().state;
                match state {
                    InstructionState::Settled => assert_eq!(paid.len(), 1, "{story}"),
                    InstructionState::Failed { .. } => assert_eq!(paid.len(), 0, "{story}"),
                    InstructionState::Manual => {
                        assert!(personality != "forgets_but_exact", "{story} needs no person");
                        assert!(personality != "replays_and_exact", "{story} needs no person");
                    }
                    other => panic!("{story} is left {other:?}"),
                }
            }
        }
    }
    desk.holds();
}

fn a_provider_that_answers_late_is_asked_until_it_tells(database: &Database) {
    let desk = Desk::refunding(database, 2);
    let faults = [Fault::PayIn(50), Fault::RefuseIn(50)];
    let provider = Fake::new("replays_and_exact", &desk.clock).with_faults(&faults);
    desk.approve(1);
    desk.work_once(&provider, "w");
    assert_eq!(desk.state(), InstructionState::Submitted, "pending is neither paid nor failed");
    desk.work(&provider);
    assert_eq!(desk.state(), InstructionState::Settled);
    desk.approve(2);
    desk.work(&provider);
    assert_eq!(provider.calls(), 2, "what is pending is not sent again");
    let failed = InstructionState::Failed { replaced: false };
    assert!(desk.states().values().any(|state| *state == failed));
    desk.is_fair(&provider);
}

fn a_lost_reply_is_found_by_looking_it_up(database: &Database) {
    let desk = Desk::refunding(database, 1);
    let faults = [Fault::ErrorAfterPaying];
    let provider = Fake::new("forgets_but_exact", &desk.clock).with_faults(&faults);
    desk.approve(1);
    desk.work_once(&provider, "w");
    assert_eq!(desk.state(), InstructionState::Unclear, "no answer is no failure");
    desk.work(&provider);
    assert_eq!((desk.state(), provider.calls()), (InstructionState::Settled, 1));
    desk.is_fair(&provider);
}

fn a_lost_request_is_sent_again_after_the_settle_time(database: &Database) {
    let desk = Desk::refunding(database, 1);
    let provider =
        Fake::new("forgets_but_exact", &desk.clock).with_faults(&[Fault::LoseRequest; 3]);
    desk.approve(1);
    let start = desk.clock.now();
    desk.work(&provider);
    assert_eq!((desk.state(), provider.calls()), (InstructionState::Settled, 4));
    let settle = SignedDuration::from_mins(7) * 3;
    assert!(desk.clock.now().duration_since(start) >= settle, "each time it waits");
    desk.is_fair(&provider);
}

fn a_provider_that_promises_nothing_is_left_to_a_person(database: &Database) {
    let desk = Desk::refunding(database, 3);
    let faults = [Fault::LoseReply, Fault::LoseRequest, Fault::DieAfter];
    let provider = Fake::new("nothing", &desk.clock).with_faults(&faults);
    for number in 1..=3 {
        desk.approve(number);
        desk.work(&provider);
    }
    assert_eq!(provider.calls(), 3, "nothing was sent again");
    assert!(desk.states().values().all(|state| *state == InstructionState::Manual));
    desk.is_fair(&provider);
    // What the provider tells later, by a message of its own, is the truth all the same.
    let instruction = InstructionId { refund: id("R-1"), number: 1 };
    let told = RecordAnswer { instruction, answer: Answer::Settled, reference: Some(id("re_1")) };
    let who = Who { roles: Role::System.into(), actor: Actor::Provider };
    desk.app.carry_out(&who, NUMBER, &told.into()).unwrap();
    assert_eq!(desk.state(), InstructionState::Settled);
    desk.is_fair(&provider);
}

fn a_look_up_that_is_down_is_tried_again(database: &Database) {
    let desk = Desk::refunding(database, 2);
    let faults = [Fault::LoseReply, Fault::LoseReply];
    let provider = Fake::new("forgets_but_exact", &desk.clock).with_faults(&faults);
    for (number, hours, expected) in
        [(1, 48, InstructionState::Settled), (2, 100, InstructionState::Manual)]
    {
        desk.approve(number);
        provider.look_up_is_down_for(SignedDuration::from_hours(hours));
        desk.work(&provider);
        let state = desk.states().get(&format!("{NUMBER}/R-{number}/1")).copied();
        assert_eq!(state, Some(expected));
    }
    desk.is_fair(&provider);
}

/// Between any two steps a worker asks for the time; it dies at each of these moments.
fn a_worker_may_die_at_any_point(database: &Database) {
    let desk = Desk::over(database);
    for personality in PERSONALITIES {
        let mut deaths = 0;
        for fault in [Fault::None, Fault::LoseRequest] {
            for looks in 0..8 {
                let story = format!("{personality}-{fault:?}-{looks}");
                let number: &'static str = format!("SO-{story}").leak();
                desk.refund_of_another_order(number, &story, &format!("R-{story}"));
                let provider = Fake::new(personality, &desk.clock).with_faults(&[fault]);
                desk.clock.interrupt(looks, || panic!("the worker dies"));
                desk.work_once(&provider, "w1");
                if desk.clock.was_interrupted() {
                    deaths += 1;
                }
                desk.work(&provider);
                let paid = provider.paid();
                assert!(paid.values().all(|times| *times == 1), "{story}: {paid:?}");
                let ledger = desk.ledger(number);
                let mut pieces = ledger.refunds.values().flat_map(|known| known.pieces.values());
                match (pieces.next().unwrap().state, personality) {
                    (InstructionState::Settled, _) => assert_eq!(paid.len(), 1, "{story}"),
                    (InstructionState::Manual, "forgets_and_stale" | "nothing") => {}
                    (other, _) => panic!("{story} is left {other:?}"),
                }
            }
        }
        // An answer that settles it ends the job as well; one that does not puts it back, at a moment of its own.
        assert_eq!(deaths, 5 + 6, "at how many moments of a step a worker can die");
    }
    desk.holds();
}

/// As above, but the worker only sleeps: until its lease is over and another has done all there was to do.
fn a_worker_that_slept_is_stopped_before_the_call(database: &Database) {
    let desk = Desk::over(database);
    for personality in PERSONALITIES {
        let mut sleeps = 0;
        for looks in 0..5 {
            let story = format!("{personality}-{looks}");
            let number: &'static str = format!("SO-{story}").leak();
            desk.refund_of_another_order(number, &story, &format!("R-{story}"));
            let provider = Fake::new(personality, &desk.clock);
            let (others, its) = (desk.clone(), Arc::clone(&provider));
            desk.clock.interrupt(looks, move || {
                others.wait(1);
                others.work(&its);
                assert!(its.calls() <= 1, "the other one sends it at most once");
            });
            desk.work_once(&provider, "zombie");
            sleeps += usize::from(desk.clock.was_interrupted());
            desk.work(&provider);
            assert!(provider.calls() <= 1, "{story}: the zombie did not send it again");
            let paid = provider.paid();
            assert!(paid.values().all(|times| *times == 1), "{story}: {paid:?}");
            let ledger = desk.ledger(number);
            let mut pieces = ledger.refunds.values().flat_map(|known| known.pieces.values());
            match pieces.next().unwrap().state {
                InstructionState::Settled => assert_eq!(paid.len(), 1, "{story}"),
                InstructionState::Manual => assert_eq!(paid.len(), 0, "{story}"),
                other => panic!("{story} is left {other:?}"),
            }
        }
        assert_eq!(sleeps, 5, "a step has five moments at which a worker can sleep");
    }
    desk.holds();
}

fn a_request_that_is_held_back_within_the_settle_time_pays_once(database: &Database) {
    let desk = Desk::refunding(database, 1);
    let provider = Fake::new("forgets_but_exact", &desk.clock);
    desk.approve(1);
    let (others, its) = (desk.clone(), Arc::clone(&provider));
    // The request lies in the network for longer than the lease; another worker takes the job over meanwhile.
    provider.before_paying(move || {
        others.clock.move_to(others.next_job().unwrap());
        assert!(others.app.work_refunds(&its.alone(), "other").unwrap(), "the lease is over");
        assert_eq!(its.calls(), 1, "it waits until nothing can arrive any more");
    });
    desk.work_once(&provider, "w");
    desk.work(&provider);
    assert_eq!((desk.state(), provider.calls()), (InstructionState::Settled, 1));
    desk.is_fair(&provider);
}

fn a_failure_that_is_told_late_does_not_undo_a_payment(database: &Database) {
    let desk = Desk::refunding(database, 1);
    let provider = Fake::new("forgets_but_exact", &desk.clock).with_faults(&[Fault::Refuse]);
    desk.approve(1);
    let (others, its) = (desk.clone(), Arc::clone(&provider));
    // The reply says no, and its reader sleeps. Another finds nothing, sends it again, and it is paid.
    provider.before_replying(move || {
        others.work(&its);
        assert_eq!((others.state(), its.calls()), (InstructionState::Settled, 2));
    });
    desk.work_once(&provider, "zombie");
    assert_eq!(desk.state(), InstructionState::Settled, "the old answer is not recorded");
    desk.is_fair(&provider);
}

fn what_failed_is_issued_again_and_paid_once(database: &Database) {
    let desk = Desk::refunding(database, 1);
    let provider = Fake::new("replays_and_exact", &desk.clock).with_faults(&[Fault::Refuse]);
    desk.approve(1);
    desk.work(&provider);
    assert_eq!(desk.state(), InstructionState::Failed { replaced: false });
    desk.then(ReissueRefund {
        refund: id("R-1"),
        piece: Some(1),
        path: Path::Original,
        reason: None,
    });
    desk.work(&provider);
    assert_eq!(desk.states().get(&format!("{NUMBER}/R-1/2")), Some(&InstructionState::Settled));
    assert_eq!(provider.calls(), 2);
    desk.is_fair(&provider);
}

fn refunds_of_two_orders_with_one_name_are_two_refunds(database: &Database) {
    let desk = Desk::refunding(database, 1);
    let provider = Fake::new("replays_and_exact", &desk.clock);
    desk.approve(1);
    desk.refund_of_another_order("SO-1002", "other", "R-1");
    desk.work(&provider);
    assert_eq!((provider.paid().len(), provider.calls()), (2, 2));
    desk.is_fair(&provider);
}

fn what_may_not_leave_waits_for_a_person(database: &Database) {
    let desk = Desk::refunding(database, 1);
    let provider = Fake::new("replays_and_exact", &desk.clock);
    desk.approve(1);
    desk.then(RecordChargeback { payment: id("P1"), reference: id("cb_1") });
    desk.then(RecordChargeback { payment: id("P2"), reference: id("cb_2") });
    desk.work_once(&provider, "w");
    desk.work_once(&provider, "w");
    assert_eq!((desk.state(), provider.calls()), (InstructionState::Reserved, 0));
    let instruction = InstructionId { refund: id("R-1"), number: 1 };
    desk.then(WithdrawInstruction { instruction });
    desk.work(&provider);
    assert_eq!(provider.calls(), 0);
    desk.is_fair(&provider);
}

/// The moments between the intent and the call, at each of which the clock may be set back.
fn a_worker_whose_clock_went_back_does_not_call(database: &Database) {
    let desk = Desk::over(database);
    let mut stopped = 0;
    for looks in 0..8 {
        let number: &'static str = format!("SO-{looks}").leak();
        desk.refund_of_another_order(number, &looks.to_string(), &format!("R-{looks}"));
        let provider = Fake::new("replays_and_exact", &desk.clock);
        let clock = Arc::clone(&desk.clock);
        desk.clock.interrupt(looks, move || {
            let back = clock.shown().checked_sub(SignedDuration::from_secs(1)).unwrap();
            clock.set(back);
        });
        desk.work_once(&provider, "w");
        let went_back = desk.clock.was_interrupted();
        stopped += usize::from(went_back && provider.calls() == 0);
        desk.work(&provider);
        // What was paid before the clock went back lies in its future.
        desk.wait(1);
        assert_eq!((provider.calls(), provider.paid().len()), (1, 1), "{looks}");
    }
    assert!(
        stopped >= 2,
        "between the intent and the call the worker asks for the time: {stopped}"
    );
    desk.holds();
}

fn another_provider_is_not_asked_for_what_the_first_was_asked(database: &Database) {
    let desk = Desk::refunding(database, 1);
    let first = Fake::new("replays_and_exact", &desk.clock).with_faults(&[Fault::LoseReply]);
    desk.approve(1);
    desk.work_once(&first, "w");
    assert_eq!(first.paid().len(), 1);
    // The merchant has moved on to another one, which of course does not know the refund.
    let second = Fake::new("forgets_but_exact", &desk.clock);
    let moved = Providers::new().with(id("second"), second.clone()).with_default(id("second"));
    while let Some(due) = desk.next_job() {
        desk.clock.move_to(due);
        desk.app.work_refunds(&moved, "w").unwrap();
    }
    assert_eq!((desk.state(), second.calls()), (InstructionState::Manual, 0));
    desk.is_fair(&first);
}

fn a_refund_whose_provider_is_not_configured_waits(database: &Database) {
    let desk = Desk::refunding(database, 1);
    let provider = Fake::new("replays_and_exact", &desk.clock);
    desk.approve(1);
    let start = desk.clock.now();
    let elsewhere = Providers::new().with(id("other"), provider.clone()).with_default(id("gone"));
    for providers in [&Providers::new(), &elsewhere] {
        let due = desk.next_job().unwrap();
        desk.clock.move_to(due);
        assert!(desk.app.work_refunds(providers, "w").unwrap());
        assert!(!desk.app.work_refunds(providers, "w").unwrap(), "not before an hour is over");
    }
    assert_eq!(desk.next_job(), Some(start + SignedDuration::from_hours(2)));
    assert_eq!((desk.state(), provider.calls()), (InstructionState::Reserved, 0));
    desk.work(&provider);
    assert_eq!(desk.state(), InstructionState::Settled);
    desk.is_fair(&provider);
}

fn each_payment_goes_back_through_its_own_provider(database: &Database) {
    let desk = Desk::refunding(database, 8);
    let mut changed = draft();
    for (payment, name) in changed.payments.iter_mut().zip(["first", "second"]) {
        payment.provider = Some(id(name));
    }
    desk.app.import_order(changed).unwrap();
    let [first, second] = ["first", "second"].map(|_| Fake::new("replays", &desk.clock));
    let providers =
        Providers::new().with(id("first"), first.clone()).with(id("second"), second.clone());
    (1..=8).for_each(|number| desk.approve(number));
    while desk.app.work_refunds(&providers, "w").unwrap() {}
    // 300.00 and 510.00 were captured, and the latest is refunded first.
    let sums = [first.paid().len(), second.paid().len()];
    assert_eq!(sums, [3, 6], "one of the eight is split over both");
    assert!(desk.states().values().all(|state| *state == InstructionState::Settled));
}

fn a_slow_provider_keeps_its_lease_beside_a_quick_one(database: &Database) {
    let desk = Desk::refunding(database, 1);
    let quick = Fake::new("replays", &desk.clock);
    let slow = Fake::slow("replays", &desk.clock, SignedDuration::from_mins(20));
    let providers = Providers::new()
        .with(id("quick"), quick)
        .with(id("slow"), slow.clone())
        .with_default(id("slow"));
    desk.approve(1);
    let (others, theirs) = (desk.clone(), providers.clone());
    slow.before_replying(move || {
        let ends = others.clock.shown() + SignedDuration::from_mins(20);
        others.clock.move_to(ends);
        assert!(!others.app.work_refunds(&theirs, "other").unwrap(), "the call may still answer");
    });
    assert!(desk.app.work_refunds(&providers, "w").unwrap());
    assert_eq!((desk.state(), slow.calls()), (InstructionState::Settled, 1));
    desk.is_fair(&slow);
}

fn nothing_is_claimed_while_refunds_are_paused(database: &Database) {
    let desk = Desk::refunding(database, 1);
    let provider = Fake::new("replays_and_exact", &desk.clock);
    desk.approve(1);
    desk.app.pause_refunds("a copy was restored").unwrap();
    assert_eq!(desk.app.refunds_paused().unwrap().as_deref(), Some("a copy was restored"));
    assert!(!desk.app.work_refunds(&provider.alone(), "w").unwrap());
    for (role, finance) in [(Role::Dock, true), (Role::Owner, false), (Role::System, true)] {
        let actor = Actor::Staff { id: id("someone"), finance };
        let refused = desk.app.resume_refunds(&Who { roles: role.into(), actor });
        assert!(matches!(refused, Err(ResumeError::Forbidden)), "{role:?}");
    }
    let actor = Actor::Staff { id: id("someone"), finance: true };
    let who = Who { roles: Role::Finance.into(), actor };
    assert!(desk.app.resume_refunds(&who).unwrap());
    assert!(!desk.app.resume_refunds(&who).unwrap(), "they were not paused any more");
    desk.work(&provider);
    assert_eq!(desk.state(), InstructionState::Settled);
    desk.is_fair(&provider);
}

fn many_workers_at_once_pay_each_refund_once(database: &Database) {
    let desk = Desk::refunding(database, 8);
    let provider = Fake::new("forgets_but_exact", &desk.clock);
    (1..=8).for_each(|number| desk.approve(number));
    std::thread::scope(|scope| {
        for worker in 0..6 {
            let (desk, provider) = (&desk, &provider);
            scope.spawn(move || {
                while desk.app.work_refunds(&provider.alone(), &format!("w{worker}")).unwrap() {}
            });
        }
    });
    desk.work(&provider);
    // One of the eight is split over both payments.
    assert_eq!((provider.paid().len(), provider.calls()), (9, 9));
    assert!(desk.states().values().all(|state| *state == InstructionState::Settled));
    desk.is_fair(&provider);
}

impl Desk {
    /// A refund of the first unit of an order of its own.
    fn refund_of_another_order(&self, number: &str, case: &str, refund: &str) {
        let mut other = draft();
        number.clone_into(&mut other.number);
        self.app.import_order(other).unwrap();
        let actor = Actor::Staff { id: id("someone"), finance: true };
        let who = Who { roles: Role::Owner.into(), actor };
        let case = format!("RMA-{case}");
        let refund = backhaul_core::ledger::command::ApproveRefund {
            early: Some(id("why")),
            ..approve(&case, 1, refund)
        };
        for command in [
            open(&case, &[1]).into(),
            authorise(&case, 1).into(),
            receive(&case, 1).into(),
            inspect(&case, 1).into(),
            refund.into(),
        ] {
            self.app.carry_out(&who, number, &command).unwrap();
        }
    }
}
