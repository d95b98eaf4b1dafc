//! Jobs are claimed once, and come back when their lease ends.

use std::collections::BTreeSet;

use backhaul_store::Store;
use backhaul_store::jobs::{self, Claim, NewJob};
use jiff::{SignedDuration, Timestamp};

use crate::world::at;
use backhaul_testkit::Database;

backhaul_testkit::on_both_engines! {
    a_job_is_claimed_by_one_of_two_workers
    a_job_comes_back_when_its_lease_ends
    a_lease_that_is_renewed_lasts_longer
    the_job_that_was_due_first_is_claimed_first
    the_same_work_is_enqueued_once
    a_job_that_is_put_back_waits_until_it_is_due
}

const LEASE: SignedDuration = SignedDuration::from_secs(60);

fn enqueue(store: &Store, id: &str, due_at: Timestamp) {
    let (id, kind, body) = (id.to_owned(), "submit_refund".to_owned(), "{}".to_owned());
    let job = NewJob { id, kind, body, due_at };
    store.write(move |tx| jobs::enqueue(tx, &job)).wait().unwrap();
}

fn claim(store: &Store, holder: &str, now: Timestamp) -> Option<Claim> {
    let holder = holder.to_owned();
    store.write(move |tx| jobs::claim(tx, "submit_refund", &holder, now, LEASE)).wait().unwrap()
}

fn a_job_is_claimed_by_one_of_two_workers(database: &Database) {
    let store = database.open();
    for number in 0..40 {
        enqueue(&store, &format!("j{number}"), at(0));
    }
    let claimed: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = ["left", "right"]
            .map(|worker| {
                let store = &store;
                scope.spawn(move || {
                    std::iter::from_fn(|| claim(store, worker, at(1))).collect::<Vec<_>>()
                })
            })
            .into();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert_eq!(claimed.len(), 40);
    assert_eq!(claimed.iter().map(|claim| &claim.id).collect::<BTreeSet<_>>().len(), 40);
}

fn a_job_comes_back_when_its_lease_ends(database: &Database) {
    let store = database.open();
    enqueue(&store, "j", at(0));
    let lost = claim(&store, "dies", at(0)).unwrap();
    assert_eq!(claim(&store, "waits", at(59)), None);
    let again = claim(&store, "waits", at(60)).unwrap();
    assert_eq!((lost.attempts, again.attempts), (1, 2));

    // The one that was thought dead finds that the job is another's now.
    let finish = |claim: Claim| store.write(move |tx| jobs::finish(tx, &claim)).wait().unwrap();
    assert!(!finish(lost));
    assert!(finish(again.clone()));
    assert!(!finish(again));
    assert_eq!(claim(&store, "waits", at(999)), None);
}

fn a_lease_that_is_renewed_lasts_longer(database: &Database) {
    let store = database.open();
    enqueue(&store, "j", at(0));
    let held = claim(&store, "slow", at(0)).unwrap();
    let renew =
        |claim: Claim, until| store.write(move |tx| jobs::renew(tx, &claim, until)).wait().unwrap();
    assert!(renew(held.clone(), at(100)));
    assert_eq!(claim(&store, "waits", at(99)), None);
    // The same worker, in another claim, is another holder.
    claim(&store, "slow", at(100)).unwrap();
    assert!(!renew(held, at(200)));
}

fn the_job_that_was_due_first_is_claimed_first(database: &Database) {
    let store = database.open();
    for (id, due) in [("late", 3), ("first", 1), ("second", 2)] {
        enqueue(&store, id, at(due));
    }
    let claimed: Vec<_> = std::iter::from_fn(|| claim(&store, "w", at(2))).collect();
    assert_eq!(claimed.iter().map(|claim| &claim.id).collect::<Vec<_>>(), ["first", "second"]);
}

fn the_same_work_is_enqueued_once(database: &Database) {
    let store = database.open();
    enqueue(&store, "j", at(0));
    enqueue(&store, "j", at(5));
    // The first of them says when it is due, and there is no second.
    assert!(claim(&store, "w", at(1)).is_some());
    assert_eq!(claim(&store, "w", at(6)), None);
}

fn a_job_that_is_put_back_waits_until_it_is_due(database: &Database) {
    let store = database.open();
    enqueue(&store, "j", at(0));
    let held = claim(&store, "w", at(0)).unwrap();
    assert!(store.write(move |tx| jobs::put_back(tx, &held, at(30))).wait().unwrap());
    assert_eq!(claim(&store, "w", at(29)), None);
    assert_eq!(claim(&store, "w", at(30)).unwrap().attempts, 2);
}
