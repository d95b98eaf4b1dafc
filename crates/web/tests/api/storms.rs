//! Many clients at once, over real sockets. On PostgreSQL they ask three servers over one database; a SQLite file has one.
//!
//! Whatever happens in between, what there is room for happens once, and everybody else is told so.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use backhaul_testkit::{Database, on_both_engines};
use serde_json::json;

use crate::asks::{Asked, approve, authorise, open, order_of, receive, scanned};
use crate::desk::{everything, holds, next_job};
use crate::provider::Fake;
use crate::server::{Answer, Client, Server};

on_both_engines! {
    pain_29_and_37_of_a_hundred_who_refund_one_case_at_once_one_does_fifty_times_over
    pain_02_07_and_08_two_cases_that_race_for_the_last_cent_share_what_was_captured
    pain_06_and_41_of_eight_who_claim_one_unit_at_once_one_does
    pain_40_and_42_of_ten_who_book_one_parcel_in_at_once_one_does
    pain_38_and_39_one_key_from_sixteen_at_once_has_one_effect_and_sixteen_equal_answers
    pain_42_what_three_servers_book_in_at_once_is_all_there
}

const NUMBER: &str = "SO-7";

/// The servers, and clients of the owner's that are spread over them.
struct Storm {
    servers: Vec<Server>,
    clients: Vec<Client>,
    requests: AtomicUsize,
}

impl Storm {
    /// Over an order of so many units, of which so much was captured.
    fn over(database: &Database, clients: usize, units: u32, captured: i64) -> Self {
        let servers = Server::fleet(database);
        let owner = servers[0].client("owner");
        let taken = owner.put(&format!("/orders/{NUMBER}"), &order_of(NUMBER, units, captured));
        assert_eq!(taken.status, 201, "{taken:?}");
        let clients = (0..clients).map(|place| owner.at(&servers[place % servers.len()])).collect();
        Self { servers, clients, requests: AtomicUsize::new(0) }
    }

    fn ask(&self, client: &Client, (name, command): &Asked) -> Answer {
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        client.command(&format!("request-{request}"), NUMBER, name, command)
    }

    fn then(&self, asked: Asked) {
        let done = self.ask(&self.clients[0], &asked);
        assert!(done.is_done(), "{asked:?}: {done:?}");
    }

    /// A unit that is back, on a day on which refunds may leave.
    fn received(&self, case: &str, unit: u32) {
        let name = format!("L1#{unit}");
        self.then(open(case, &[&name]));
        self.then(authorise(case, &[&name]));
        self.then(receive(case, case, &[scanned(&format!("S{unit}"))]));
    }

    /// Every client asks at the same moment; what each was answered.
    fn breaks(&self, ask: impl Fn(usize, &Client) -> Answer + Sync) -> Vec<Answer> {
        let (ask, start) = (&ask, &Barrier::new(self.clients.len()));
        thread::scope(|scope| {
            let asking = |(place, client)| {
                scope.spawn(move || {
                    start.wait();
                    ask(place, client)
                })
            };
            let threads: Vec<_> = self.clients.iter().enumerate().map(asking).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    fn asks(&self, asked: impl Fn(usize) -> Asked + Sync) -> Vec<Answer> {
        self.breaks(|place, client| self.ask(client, &asked(place)))
    }

    /// Every refund leaves, by as many workers as there are servers; how often each was paid.
    fn money_leaves(&self) -> BTreeMap<String, usize> {
        let provider = Fake::new("replays_and_exact", &self.servers[0].clock);
        thread::scope(|scope| {
            for server in &self.servers {
                let provider = &provider;
                scope.spawn(move || {
                    while server.app.work_refunds(&provider.alone(), &server.address).unwrap() {}
                });
            }
        });
        assert_eq!(next_job(&self.servers[0].app), None, "no job is left");
        provider.paid()
    }

    fn holds(&self) {
        for server in &self.servers {
            holds(&server.app, &[NUMBER]);
        }
    }

    fn taken(&self) -> i64 {
        let order = self.clients[0].get(&format!("/orders/{NUMBER}"));
        order.body["payments"][0]["taken"]["minor"].as_i64().unwrap()
    }
}

/// How many were done; each of the others must have been refused with one of these codes.
fn done(answers: &[Answer], refused: &[&str]) -> usize {
    let (done, others): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.is_done());
    for other in others {
        assert!(refused.contains(&other.code()), "neither done nor clearly refused: {other:?}");
    }
    done.len()
}

fn pain_29_and_37_of_a_hundred_who_refund_one_case_at_once_one_does_fifty_times_over(
    database: &Database,
) {
    const ROUNDS: u32 = 50;
    let storm = Storm::over(database, 100, ROUNDS, i64::from(ROUNDS) * 10_000);
    for round in 1..=ROUNDS {
        storm.received(&format!("A{round}"), round);
    }
    storm.servers[0].clock.wait(240);
    for round in 1..=ROUNDS {
        let (case, unit) = (format!("A{round}"), format!("L1#{round}"));
        // Half of them ask for a refund of the same name, the others each for one of their own.
        let refund = |place: usize| {
            if place.is_multiple_of(2) { format!("R{round}") } else { format!("R{round}-{place}") }
        };
        let answers = storm.asks(|place| approve(&refund(place), &case, &[&unit]));
        assert_eq!(done(&answers, &["remedy_taken", "refund_exists"]), 1, "round {round}");
    }
    let paid = storm.money_leaves();
    assert_eq!((paid.len(), paid.values().sum::<usize>()), (50, 50), "each once: {paid:?}");
    assert_eq!(storm.taken(), i64::from(ROUNDS) * 10_000);
    storm.holds();
}

fn pain_02_07_and_08_two_cases_that_race_for_the_last_cent_share_what_was_captured(
    database: &Database,
) {
    let storm = Storm::over(database, 32, 2, 10_001);
    storm.received("A", 1);
    storm.received("B", 2);
    storm.servers[0].clock.wait(240);
    let answers = storm.asks(|place| match place % 2 {
        0 => approve(&format!("RA{place}"), "A", &["L1#1"]),
        _ => approve(&format!("RB{place}"), "B", &["L1#2"]),
    });
    assert_eq!(done(&answers, &["remedy_taken"]), 2);
    let order = storm.clients[0].get(&format!("/orders/{NUMBER}"));
    let refunds = order.body["refunds"].as_array().unwrap();
    let mut uncovered: Vec<_> =
        refunds.iter().map(|refund| refund["uncovered"]["minor"].as_i64().unwrap()).collect();
    uncovered.sort_unstable();
    assert_eq!(
        uncovered,
        [0, 9_999],
        "the second one gets the last cent, and its rest stays visible"
    );
    assert_eq!(storm.taken(), 10_001, "never more than was captured");
    assert_eq!(storm.money_leaves().len(), 2);
    storm.holds();
}

fn pain_06_and_41_of_eight_who_claim_one_unit_at_once_one_does(database: &Database) {
    let storm = Storm::over(database, 8, 2, 20_000);
    let answers = storm.asks(|place| open(&format!("A{place}"), &["L1#1"]));
    assert_eq!(done(&answers, &["unit_claimed"]), 1);
    // Two of the units were delivered, and three are claimed.
    let answers = storm.asks(|place| open(&format!("B{place}"), &["L1#1", "L1#2", "L1#3"]));
    assert_eq!(done(&answers, &["unit_claimed", "unit_unknown"]), 0);
    let cases = storm.clients[0].get("/cases");
    assert_eq!(cases.body["items"].as_array().unwrap().len(), 1);
    storm.holds();
}

fn pain_40_and_42_of_ten_who_book_one_parcel_in_at_once_one_does(database: &Database) {
    let storm = Storm::over(database, 10, 1, 10_000);
    storm.then(open("A", &["L1#1"]));
    storm.then(authorise("A", &["L1#1"]));
    let answers = storm.asks(|_| receive("P", "A", &[scanned("S1")]));
    assert_eq!(done(&answers, &["already_received"]), 1);
    // The same goods in ten other parcels are no goods more: each is held.
    let answers = storm.asks(|place| receive(&format!("Q{place}"), "A", &[scanned("S1")]));
    assert_eq!(done(&answers, &[]), 10);
    let recorded =
        |answer: &Answer| answer.body["recorded"] == json!(["parcel_received", "arrival_held"]);
    assert!(answers.iter().all(recorded), "{answers:?}");
    storm.holds();
}

fn pain_38_and_39_one_key_from_sixteen_at_once_has_one_effect_and_sixteen_equal_answers(
    database: &Database,
) {
    let storm = Storm::over(database, 16, 1, 10_000);
    storm.received("A", 1);
    storm.servers[0].clock.wait(240);
    let (name, command) = approve("R", "A", &["L1#1"]);
    let answers = storm.breaks(|_, client| client.command("the-one-key", NUMBER, name, &command));
    let first = answers.iter().filter(|answer| !answer.is_replay).count();
    assert_eq!(first, 1, "{answers:?}");
    for answer in &answers {
        assert_eq!(
            (answer.status, &answer.body, &answer.tag),
            (200, &answers[0].body, &answers[0].tag)
        );
    }
    let before = everything(&storm.servers[0].app);
    let other =
        storm.clients[0].command("the-one-key", NUMBER, name, &approve("R2", "A", &["L1#1"]).1);
    assert_eq!((other.status, other.code()), (422, "idempotency_key_reused"));
    assert_eq!(everything(&storm.servers[0].app), before, "an error means that nothing was booked");
    // A case that the desk numbers itself is opened once under one key, too.
    let claims = json!({"claims": [crate::asks::claim(&["L1#1"], "quality", "refund")]});
    let path = format!("/orders/{NUMBER}/cases");
    let answers = storm.breaks(|_, client| client.post("another-key", &path, &claims));
    assert!(
        answers
            .iter()
            .all(|answer| answer.body == answers[0].body && answer.code() == "unit_spent"),
        "{answers:?}"
    );
    assert_eq!(storm.money_leaves().len(), 1);
    storm.holds();
}

fn pain_42_what_three_servers_book_in_at_once_is_all_there(database: &Database) {
    const UNITS: usize = 60;
    let storm = Storm::over(database, UNITS, 60, 600_000);
    let names: Vec<_> = (1..=UNITS).map(|unit| format!("L1#{unit}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    storm.then(open("A", &names));
    storm.then(authorise("A", &names));
    let answers = storm
        .asks(|place| receive(&format!("P{place}"), "A", &[scanned(&format!("S{}", place + 1))]));
    // Who lost every race is told that nothing was done, and asks again.
    let lost = UNITS - done(&answers, &["overloaded"]);
    for (place, answer) in answers.iter().enumerate().filter(|(_, answer)| !answer.is_done()) {
        assert_eq!(answer.status, 503);
        storm.then(receive(&format!("P{place}"), "A", &[scanned(&format!("S{}", place + 1))]));
    }
    println!("{lost} of {UNITS} had to ask again");
    let case = storm.clients[0].get("/cases/A");
    let received =
        case.body["claims"].as_array().unwrap().iter().filter(|claim| claim["goods"] == "received");
    assert_eq!((received.count(), &case.body["state"]), (UNITS, &"received".into()));
    storm.holds();
}
