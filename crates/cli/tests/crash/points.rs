//! Every named point, with every way in which a call goes wrong, on both engines: the process dies there, and is started again.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use backhaul_app::crash::CrashPoint;
use serde_json::{Value, json};

use crate::client::{Client, now};
use crate::desk::{Desk, PERSONALITY, Process};
use crate::load::say;
use crate::verdict::settle_and_compare;

/// How long what must befall a process may take.
const BEFALLS_WITHIN: Duration = Duration::from_secs(30);
/// Over every lease, so that what a dead worker held is free.
const LEASE_SECONDS: i64 = 320;
/// How often somebody looks whether a process has died.
const LOOK: Duration = Duration::from_millis(5);

fn faults() -> [(&'static str, Option<Value>); 5] {
    [
        ("no fault", None),
        ("request lost", Some(json!({"kind": "drop", "place": "before_effect"}))),
        ("reply lost", Some(json!({"kind": "drop", "place": "after_effect"}))),
        ("500 unpaid", Some(json!({"kind": "error", "place": "before_effect", "status": 500}))),
        ("500 paid", Some(json!({"kind": "error", "place": "after_effect", "status": 500}))),
    ]
}

/// Keeps one server alive.
fn keep(desk: &Desk, tells: &AtomicBool, is_over: &AtomicBool, starts: &mut usize) {
    let start = |starts: &mut usize| {
        let server = desk.serve();
        *starts += 1;
        if tells.load(Ordering::SeqCst) {
            tell(desk, &server);
        }
        server
    };
    let mut server = start(starts);
    while !is_over.load(Ordering::SeqCst) {
        if server.is_dead() {
            drop(server);
            server = start(starts);
        }
        std::thread::sleep(LOOK);
    }
    server.end();
}

/// The provider tells that server of its refunds.
fn tell(desk: &Desk, server: &Process<'_>) {
    tell_at(desk, server.door());
}

fn tell_at(desk: &Desk, door: &str) {
    let url = format!("http://{door}/hooks/stripe");
    desk.zoo(&format!("{PERSONALITY}/webhooks"), &json!({ "url": url }));
}

/// What leads to a point, and the point.
fn plan(point: CrashPoint, is_faulty: bool) -> Vec<String> {
    use CrashPoint as P;
    let is_later = matches!(
        point,
        P::LookUpBefore | P::LookUpAnswered | P::ResendBeforeCommit | P::ResendCommitted
    );
    let mut plan = vec![format!("kill {}", point.as_str())];
    if is_later && !is_faulty {
        // Nobody looks again where all goes well.
        plan.insert(0, format!("kill {}", P::IntentCommitted.as_str()));
    }
    plan
}

fn cell(desk: &Desk, tells: &AtomicBool, point: CrashPoint, fault: Option<&Value>) {
    use CrashPoint as P;
    let order = point.as_str().replace(['.', '_'], "-");
    let mut client = Client::new(desk, 0);
    client.inspected(&order);
    if let Some(fault) = fault {
        desk.fault(fault);
    }
    if matches!(point, P::ResendBeforeCommit | P::ResendCommitted) {
        // Else what is found there is enough to know.
        desk.zoo(&format!("{PERSONALITY}/lookup"), &json!({"down": true}));
    }
    if matches!(point, P::WebhookBeforeRecord | P::WebhookRecorded) {
        tells.store(true, Ordering::SeqCst);
        if let Some(door) = desk.doors().first() {
            tell_at(desk, door);
        }
        desk.fault(&json!({"kind": "webhook", "way": "before_reply"}));
    }
    desk.befall(&plan(point, fault.is_some()));
    client.approve(&order);
    desk.settle();
    let started = now();
    while !desk.to_come().trim().is_empty() {
        assert!(started.elapsed() < BEFALLS_WITHIN, "nobody came to {point:?} with {fault:?}");
        client.open_pieces();
        if tells.load(Ordering::SeqCst) {
            // What the desk did not take, because the clocks went ahead meanwhile, is told again.
            desk.zoo(&format!("{PERSONALITY}/webhooks/deliver"), &json!({}));
        }
        std::thread::sleep(LOOK);
    }
    desk.without_faults();
    tells.store(false, Ordering::SeqCst);
    // A job that a dead worker held is somebody's again before the next point.
    desk.advance(LEASE_SECONDS);
    desk.settle();
}

fn every_point(name: &str, fault: Option<&Value>, database: Option<String>) -> BTreeSet<String> {
    let engine = if database.is_some() { "PostgreSQL" } else { "SQLite" };
    let started = now();
    let desk = Desk::new(database);
    let (tells, is_over) = (AtomicBool::new(false), AtomicBool::new(false));
    let mut starts = 0;
    std::thread::scope(|scope| {
        let keeper = scope.spawn(|| keep(&desk, &tells, &is_over, &mut starts));
        let played = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for point in CrashPoint::ALL {
                cell(&desk, &tells, *point, fault);
            }
        }));
        is_over.store(true, Ordering::SeqCst);
        keeper.join().expect("the keeper ends");
        if let Err(panic) = played {
            say(&format!("{engine}, {name}: {}", desk.log()));
            std::panic::resume_unwind(panic);
        }
    });
    let befallen = desk.befallen();
    let deaths = befallen.lines().count();
    let verdict = settle_and_compare(&desk, vec![desk.serve()]);
    say(&format!(
        "points on {engine}, {name}: {deaths} deaths, {starts} starts, {verdict:?} in {:?}",
        started.elapsed()
    ));
    assert_eq!(verdict.refunds, CrashPoint::ALL.len());
    befallen.lines().map(str::to_owned).collect()
}

/// A point that is in no list is not compiled; one that is in the list and that nobody comes to fails here.
fn all_of_them(database: impl Fn() -> Option<Option<String>>) {
    let faults = faults();
    let groups: Vec<_> =
        faults.iter().filter_map(|(name, fault)| Some((name, fault, database()?))).collect();
    std::thread::scope(|scope| {
        let running: Vec<_> = groups
            .into_iter()
            .map(|(name, fault, url)| scope.spawn(|| every_point(name, fault.as_ref(), url)))
            .collect();
        for group in running {
            let befallen = group.join().expect("it went well");
            for point in CrashPoint::ALL {
                assert!(befallen.contains(&format!("kill {}", point.as_str())), "{point:?}");
            }
        }
    });
}

#[test]
fn whoever_dies_at_any_point_pays_once_on_sqlite() {
    all_of_them(|| Some(None));
}

#[test]
fn whoever_dies_at_any_point_pays_once_on_postgresql() {
    all_of_them(|| backhaul_testkit::postgres_server::new_database().map(Some));
}
