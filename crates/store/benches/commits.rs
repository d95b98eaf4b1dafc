//! How many commits a second, by engine and by callers at once.
//!
//! One commit is what most commands write: one event at its order's head, one row of the read table, one message. Each
//! caller works on orders of its own and waits for each answer. PostgreSQL runs with every flush on, as in production.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    reason = "a benchmark stops at whatever goes wrong, and reads the clock"
)]

#[path = "../tests/store/world.rs"]
#[expect(dead_code, reason = "the tests need more of the world than this")]
mod world;

use std::thread;
use std::time::{Duration, Instant};

use backhaul_core::ledger::{CaseState, Event, NextStep};
use backhaul_core::words::Cause;
use backhaul_store::case_index::{self, CaseRow};
use backhaul_store::ledger::LedgerError;
use backhaul_store::outbox::{self, Message};
use backhaul_store::{DatabaseUrl, Head, OrderId, Store, Tx, ledger};

use self::world::{at, events, id, order_id, with_order};

const CALLERS: [usize; 3] = [1, 16, 64];
const ORDERS_A_CALLER: usize = 20;
const RUN: Duration = Duration::from_secs(3);

fn main() {
    println!("| engine | callers | commits a second | p50 µs | p99 µs |\n|---|---|---|---|---|");
    for callers in CALLERS {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("desk.db"));
        measure("SQLite", &url, callers);
    }
    match backhaul_testkit::postgres_server::Server::start("-c shared_buffers=1GB") {
        Ok(server) => {
            for callers in CALLERS {
                measure("PostgreSQL", &server.new_database().parse().unwrap(), callers);
            }
        }
        Err(why) => println!("PostgreSQL is not measured: {why}"),
    }
}

fn measure(engine: &str, url: &DatabaseUrl, callers: usize) {
    let store = Store::open(url).unwrap();
    let event = &events()[0];
    let orders: Vec<_> = (0..callers).map(|caller| new_orders(&store, caller)).collect();
    let start = Instant::now();
    let mut taken: Vec<Duration> = thread::scope(|scope| {
        let callers = orders.into_iter();
        let threads: Vec<_> =
            callers.map(|orders| scope.spawn(|| call(&store, orders, event))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let millis = u64::try_from(start.elapsed().as_millis()).unwrap();
    taken.sort_unstable();
    let commits = u64::try_from(taken.len()).unwrap();
    let rate = commits.saturating_mul(1000).div_euclid(millis);
    let at = |percent: usize| {
        let place = taken.len().saturating_mul(percent).div_euclid(100);
        taken.get(place).map_or(0, Duration::as_micros)
    };
    println!("| {engine} | {callers} | {rate} | {} | {} |", at(50), at(99));
}

fn new_orders(store: &Store, caller: usize) -> Vec<(OrderId, Head)> {
    let names = (0..ORDERS_A_CALLER).map(|number| order_id(&format!("o{caller}-{number}")));
    let made = names.inspect(|order| with_order(store, order));
    made.map(|order| (order, Head::EMPTY)).collect()
}

/// One caller: how long each of its commits took.
fn call(store: &Store, mut orders: Vec<(OrderId, Head)>, event: &Event) -> Vec<Duration> {
    let mut taken = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < RUN {
        for (order, head) in &mut orders {
            let (owned, event, expected) = (order.clone(), event.clone(), *head);
            let start = Instant::now();
            let done = store.write(move |tx| record(tx, &owned, expected, &event));
            *head = done.wait().unwrap();
            taken.push(start.elapsed());
        }
    }
    taken
}

fn record(
    tx: &mut dyn Tx,
    order: &OrderId,
    head: Head,
    event: &Event,
) -> Result<Head, LedgerError> {
    let head =
        ledger::append(tx, order, head, at(1), "staff:ada", std::slice::from_ref(event))?.head;
    let row = CaseRow {
        case: id(&format!("RMA-{order}")),
        order: order.clone(),
        state: CaseState::Requested,
        policy_pin: "default@2026-01".to_owned(),
        opened_at: at(0),
        due_at: None,
        updated_at: at(head.version()),
        is_over: false,
        assignee: None,
        next_step: NextStep::Authorise,
        causes: vec![Cause::Quality],
        units: 1,
        merged_into: None,
    };
    case_index::put(tx, &row)?;
    let message = Message {
        id: format!("{order}-{}", head.version()),
        order: order.clone(),
        topic: "mail.opened".to_owned(),
        body: r#"{"to":"T-1","template":"opened"}"#.to_owned(),
        created_at: at(1),
    };
    outbox::put(tx, &message)?;
    Ok(head)
}
