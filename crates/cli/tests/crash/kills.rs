//! Processes killed at random while clients do returns.

use std::time::Duration;

use serde_json::json;

use crate::client::{now, wall};
use crate::desk::{Desk, PERSONALITY, Process};
use crate::load::{Chance, number, say, under_load};
use crate::verdict::settle_and_compare;

/// The longest that a process lives.
const LIFE_MAX_MS: u64 = 400;
/// How many processes are killed in the tests of every change; `BACKHAUL_CRASH_CYCLES` says otherwise.
const SQLITE_CYCLES: u64 = 60;
const POSTGRES_CYCLES: u64 = 15;

/// Starts the processes of these kinds, kills one after the other, and each time starts another one in its place.
fn killed_at_random(name: &str, database: Option<String>, kinds: &[&str], cycles: u64) {
    let cycles = number("BACKHAUL_CRASH_CYCLES").unwrap_or(cycles);
    let seconds = u64::try_from(wall().as_second()).expect("after 1970");
    let seed = number("BACKHAUL_CRASH_SEED").unwrap_or(seconds);
    say(&format!("{name}: {cycles} kills, BACKHAUL_CRASH_SEED={seed}"));
    let (started, desk) = (now(), Desk::new(database));
    for (fault, percent) in [
        (json!({"kind": "drop", "place": "after_effect"}), 10),
        (json!({"kind": "drop", "place": "before_effect"}), 10),
        (json!({"kind": "error", "place": "after_effect", "status": 500}), 5),
    ] {
        let rule = json!({"fault": fault, "percent": percent, "seed": seed});
        desk.zoo(&format!("{PERSONALITY}/faults"), &rule);
    }
    let mut chance = Chance(seed);
    let start = |kind: &str| match kind {
        "serve" => desk.serve(),
        kind => Process::start(&desk, desk.program(&[kind])).expect("it starts"),
    };
    let mut running: Vec<_> = kinds.iter().map(|kind| start(kind)).collect();
    under_load(&desk, || {
        for _ in 0..cycles {
            std::thread::sleep(Duration::from_millis(chance.below(LIFE_MAX_MS)));
            let kinds_len = u64::try_from(kinds.len()).expect("few");
            let place = usize::try_from(chance.below(kinds_len)).expect("few");
            running.remove(place).kill();
            running.insert(place, start(kinds[place]));
        }
    });
    desk.without_faults();
    let verdict = settle_and_compare(&desk, running);
    say(&format!("{name}: {cycles} kills, {verdict:?} in {:?}", started.elapsed()));
    assert!(verdict.effects > 0);
}

#[test]
fn a_server_on_sqlite_that_is_killed_again_and_again() {
    killed_at_random("SQLite", None, &["serve"], SQLITE_CYCLES);
}

#[test]
fn a_server_on_postgresql_that_is_killed_again_and_again() {
    let Some(url) = backhaul_testkit::postgres_server::new_database() else { return };
    killed_at_random("PostgreSQL", Some(url), &["serve"], POSTGRES_CYCLES);
}

#[test]
fn three_servers_and_a_worker_that_are_killed_again_and_again() {
    let Some(url) = backhaul_testkit::postgres_server::new_database() else { return };
    let kinds = ["serve", "serve", "serve", "worker"];
    killed_at_random("three servers and a worker", Some(url), &kinds, POSTGRES_CYCLES);
}
