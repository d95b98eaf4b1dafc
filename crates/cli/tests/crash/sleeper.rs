//! A worker that stands still in the middle of a refund for longer than its lease, while another one takes over.

use std::time::Duration;

use backhaul_app::crash::CrashPoint;

use crate::client::{Client, now};
use crate::desk::{Desk, Process};
use crate::load::say;
use crate::verdict::{effects, requests, settle_and_compare};

/// Over the lease, so that the job is somebody else's.
const LEASE_SECONDS: i64 = 320;
const STANDS_WITHIN: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(5);

/// How many requests the provider gets all in all.
fn stands_still_at(point: CrashPoint) -> usize {
    let Some(url) = backhaul_testkit::postgres_server::new_database() else { return 0 };
    let desk = Desk::new(Some(url));
    let serve = desk.program(&["serve", "--listen", "127.0.0.1:0", "--no-worker"]);
    let server = Process::start(&desk, serve).expect("it starts");
    let work = || {
        let mut worker = desk.program(&["worker"]);
        // Another thread could be stopped within a transaction, which PostgreSQL ends only after a minute.
        worker.env("BACKHAUL_WORKER__THREADS", "1");
        Process::start(&desk, worker).expect("it starts")
    };
    let mut client = Client::new(&desk, 0);
    client.inspected("SO-1");
    desk.befall(&[format!("stop {}", point.as_str())]);
    let sleeper = work();
    client.approve("SO-1");
    let started = now();
    while desk.befallen().is_empty() {
        assert!(started.elapsed() < STANDS_WITHIN, "nobody came to {point:?}");
        std::thread::sleep(LOOK);
    }
    let other = work();
    desk.advance(LEASE_SECONDS);
    desk.settle();
    assert_eq!(effects(&desk).values().sum::<usize>(), 1, "the other one has paid");
    sleeper.signal("-CONT");
    // It does what it still means to do before it ends.
    sleeper.end();
    let asked = requests(&desk);
    let verdict = settle_and_compare(&desk, vec![server, other]);
    assert_eq!((verdict.effects, verdict.settled), (1, 1), "{point:?}");
    say(&format!("asleep at {}: {asked} requests, one effect", point.as_str()));
    asked
}

#[test]
fn who_wakes_up_before_the_lease_is_looked_at_does_not_call() {
    for point in [CrashPoint::JobClaimed, CrashPoint::SituationLoaded, CrashPoint::IntentCommitted]
    {
        let asked = stands_still_at(point);
        assert!(asked <= 1, "{point:?}: {asked} requests");
    }
}

#[test]
fn who_wakes_up_later_calls_under_the_same_key() {
    for point in [CrashPoint::CallBefore, CrashPoint::CallAnswered, CrashPoint::JobBeforeEnd] {
        let asked = stands_still_at(point);
        assert!(asked <= 2, "{point:?}: {asked} requests");
    }
}
