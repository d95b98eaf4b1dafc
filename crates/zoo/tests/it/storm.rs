//! Everything at once, by chance: what must hold whatever goes wrong.

use std::collections::BTreeMap;

use backhaul_zoo::{Entry, Event};
use serde_json::{Value, json};

use crate::personalities::{ALL, Way};
use crate::support::{HOUR, Zoo};

const ROUNDS: u64 = 25;

fn faults() -> Vec<Value> {
    let places = ["at_door", "before_effect", "after_effect"];
    let drops = places.map(|place| json!({"kind": "drop", "place": place}));
    let errors = places.map(|place| json!({"kind": "error", "place": place, "status": 503}));
    let others = [
        json!({"kind": "network_replays", "held": false}),
        json!({"kind": "network_replays", "held": true}),
        json!({"kind": "pending"}),
        json!({"kind": "fails_later", "seconds": 5 * HOUR}),
        json!({"kind": "webhook", "way": "reordered"}),
        json!({"kind": "webhook", "way": "five_times"}),
    ];
    drops.into_iter().chain(errors).chain(others).collect()
}

/// Asks again and again under a few keys, as a careless client would.
fn rage(zoo: &Zoo, way: &Way) {
    for (seed, fault) in faults().iter().enumerate() {
        let rule = json!({"fault": fault, "percent": 20, "seed": seed});
        zoo.control(&format!("{}/faults", way.name), &rule);
    }
    for round in 0..ROUNDS {
        let body = way.body.replace("400", "100").replace("4.00", "1.00");
        way.try_refund_as(zoo, &format!("key-{}", round % 8), &body);
        if round % 5 == 4 {
            zoo.advance(4 * HOUR);
            zoo.release();
        }
    }
    zoo.release();
    zoo.wait_for_quiet();
}

/// The sum of a payment's refunds that did not fail, step by step, as its entries tell it.
fn highest_sum(entries: &[Entry], name: &str) -> i64 {
    let of_this = |entry: &&Entry| entry.personality.is_some_and(|own| own.name() == name);
    let (mut amounts, mut sum, mut highest) = (BTreeMap::new(), 0_i64, 0);
    for entry in entries.iter().filter(of_this) {
        match &entry.event {
            Event::RefundCreated { refund, amount_minor, .. } => {
                amounts.insert(refund, *amount_minor);
                sum = sum.saturating_add(*amount_minor);
            }
            Event::RefundChanged { refund, status: backhaul_zoo::Status::Failed } => {
                sum = sum.saturating_sub(amounts[refund]);
            }
            _ => {}
        }
        highest = highest.max(sum);
    }
    highest
}

#[test]
fn a_storm_breaks_no_cap_and_the_ledger_keeps_it_all() {
    let zoo = Zoo::new("a_storm");
    for way in ALL {
        zoo.pay(way.name, "pay_1");
        let receiver = zoo.receiver(way.name);
        rage(&zoo, &way);
        drop(receiver);
    }
    let entries = zoo.ledger();
    for way in ALL {
        let is_capped_at_once = !["async_cap", "no_key_no_cap"].contains(&way.name);
        let sum = highest_sum(&entries, way.name);
        assert!(sum <= 1_000 || !is_capped_at_once, "{}: {sum}", way.name);
        assert!(way.made(&zoo) > 0, "{}", way.name);
    }
    zoo.advance(HOUR);
    let [_, pending, .., live_minor] = zoo.totals("async_cap", "pay_1");
    assert!(pending == 0 && live_minor <= 1_000, "{live_minor}: the cap that comes later");
    let totals = |zoo: &Zoo| ALL.map(|way| zoo.totals(way.name, "pay_1"));
    let before = totals(&zoo);
    assert_eq!(totals(&zoo.restarted()), before);
}
