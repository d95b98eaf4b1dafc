//! An event that is written while a worker finishes: the two meet at the row of the job. On PostgreSQL alone: on SQLite there is one
//! writer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use backhaul_store::jobs;
use backhaul_store::ledger::LedgerError;
use backhaul_store::webhooks::{self, Endpoint, KIND, Standing};
use backhaul_store::{Error, Head, Store, ledger};
use backhaul_testkit::Database;
use jiff::SignedDuration;

use crate::world::{at, count, events, order_id, with_order};

fn with_endpoint(store: &Store) -> Endpoint {
    let endpoint = Endpoint {
        id: "we_1".to_owned(),
        url: "https://hooks.example/".to_owned(),
        kinds: Vec::new(),
        secret: "whsec_x".to_owned(),
        old_secret: None,
        standing: Standing::Active,
        created_at: at(0),
        failing_since: None,
    };
    let added = endpoint.clone();
    assert!(store.write(move |tx| webhooks::add(tx, &added)).wait().unwrap());
    endpoint
}

/// Appends one event behind that head as the door does.
fn append(store: &Store, head: Head, place: usize) -> Head {
    let (order, events) = (order_id("o"), vec![events().swap_remove(place)]);
    let appended = store.write(move |tx| -> Result<Head, LedgerError> {
        let next = ledger::append(tx, &order, head, at(9), "system", &events)?.head;
        webhooks::enqueue(tx, &order, head.version(), &events, at(9))?;
        Ok(next)
    });
    appended.wait().unwrap()
}

/// The worker has locked its job and seen the ledger's end when the event comes; it removes the job only once the other transaction
/// is seen waiting for it.
#[test]
fn an_event_that_meets_a_worker_which_is_finishing_makes_the_job_anew() {
    let Some(database) = Database::postgres() else { return };
    let store = database.open();
    with_order(&store, &order_id("o"));
    let endpoint = with_endpoint(&store);
    let head = append(&store, Head::EMPTY, 0);
    let lease = SignedDuration::from_secs(60);
    let claim = store.write(move |tx| jobs::claim(tx, KIND, "worker", at(10), lease)).wait();
    let claim = claim.unwrap().unwrap();

    let (has_looked, looked) = mpsc::channel();
    let own = claim.clone();
    let finishing = store.write(move |tx| -> Result<bool, Error> {
        let order = order_id("o");
        assert!(jobs::renew(tx, &own, at(99))?);
        webhooks::advance(tx, "we_1", &order, 1)?;
        assert_eq!(webhooks::next(tx, &endpoint, &order)?, None);
        has_looked.send(()).unwrap();
        let waiting = "select count(*) from pg_locks where not granted";
        while count(tx, waiting)? == 0 {
            std::thread::yield_now();
        }
        jobs::finish(tx, &own)
    });
    looked.recv().unwrap();
    let head = append(&store, head, 1);
    assert!(finishing.wait().unwrap());
    assert_eq!(head.version(), 2);
    let jobs_left = store.read(|tx| count(tx, "select count(*) from job")).wait().unwrap();
    assert_eq!(jobs_left, 1, "the job is there again");
}

/// The other way round: the event is there first, and the worker that wants to finish waits for it and sees it.
#[test]
fn a_worker_that_is_to_finish_waits_for_an_event_that_was_there_first() {
    let Some(database) = Database::postgres() else { return };
    let store = database.open();
    with_order(&store, &order_id("o"));
    let endpoint = with_endpoint(&store);
    let head = append(&store, Head::EMPTY, 0);
    let lease = SignedDuration::from_secs(60);
    let claim = store.write(move |tx| jobs::claim(tx, KIND, "worker", at(10), lease)).wait();
    let claim = claim.unwrap().unwrap();

    // So that a worker which does not wait fails the test instead of stopping it.
    let is_over = Arc::new(AtomicBool::new(false));
    let over = Arc::clone(&is_over);
    let (has_met, met) = mpsc::channel();
    let (order, more) = (order_id("o"), vec![events().swap_remove(1)]);
    let appending = store.write(move |tx| -> Result<(), LedgerError> {
        ledger::append(tx, &order, head, at(11), "system", &more)?;
        webhooks::enqueue(tx, &order, head.version(), &more, at(11))?;
        has_met.send(()).unwrap();
        let waiting = "select count(*) from pg_locks where not granted";
        while count(tx, waiting)? == 0 && !over.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        Ok(())
    });
    met.recv().unwrap();
    let next = store.write(move |tx| -> Result<_, Error> {
        assert!(jobs::renew(tx, &claim, at(99))?);
        webhooks::advance(tx, "we_1", &order_id("o"), 1)?;
        webhooks::next(tx, &endpoint, &order_id("o"))
    });
    let next = next.wait().unwrap();
    is_over.store(true, Ordering::SeqCst);
    assert_eq!(next.map(|event| event.seq), Some(2), "it waited");
    appending.wait().unwrap();
}
