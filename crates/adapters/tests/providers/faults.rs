//! Every fault of the zoo with every adapter, driven to the end: nothing is paid twice, and our books agree with the zoo's.

use std::sync::Arc;

use backhaul_core::ledger::InstructionState;
use backhaul_testkit::Database;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::desk::{Desk, PERSONALITIES, PRICE, count};
use crate::zoo::Zoo;

backhaul_testkit::on_both_engines! {
    any_fault_with_any_provider_pays_at_most_once
    any_fault_without_a_webhook_pays_at_most_once
    a_lost_reply_that_is_looked_at_after_the_key_has_expired_pays_once
    a_look_up_that_lags_or_is_down_pays_once
    a_refund_that_fails_three_days_later_has_failed
    a_pending_refund_is_settled_when_the_provider_says_so
    a_copy_of_the_request_that_comes_hours_later_pays_nothing_more
    many_workers_in_a_storm_pay_each_refund_once
}

const PLACES: [&str; 3] = ["at_door", "before_effect", "after_effect"];

/// The faults that strike one request.
fn faults() -> Vec<Value> {
    let mut faults = vec![Value::Null, json!({"kind": "pending"})];
    for place in PLACES {
        faults.push(json!({"kind": "drop", "place": place}));
        faults.push(json!({"kind": "delay", "place": place, "ms": 20}));
        for status in [500, 503] {
            faults.push(json!({"kind": "error", "place": place, "status": status}));
        }
    }
    for status in [401, 404, 409, 429] {
        faults.push(json!({"kind": "error", "place": "at_door", "status": status}));
    }
    for held in [false, true] {
        faults.push(json!({"kind": "network_replays", "held": held}));
    }
    for way in ["before_reply", "five_times", "reordered", "never", "forged"] {
        faults.push(json!({"kind": "webhook", "way": way}));
    }
    faults
}

fn name_of(fault: &Value) -> String {
    let word = |name: &str| fault[name].to_string();
    let story = ["kind", "place", "status", "way", "held"].map(word).concat();
    story.replace("null", "").replace('"', "-").replace(['_', '-'], "")
}

/// One refund, struck so; returns where it ended.
fn story(desk: &Desk, fault: &Value) -> InstructionState {
    let story = format!("{}{}", desk.name.replace('_', ""), name_of(fault));
    let (number, payment) = (format!("SO-{story}"), format!("pi_{story}"));
    let payment = if desk.name == "paypal" { payment.replace('_', "") } else { payment };
    if !fault.is_null() {
        desk.zoo.fault(desk.name, fault);
    }
    desk.refunding(&number, &payment);
    desk.work_once();
    for refund in desk.zoo.refunds(&payment) {
        if fault["kind"] == "pending" {
            assert_eq!(desk.state(&number), InstructionState::Submitted, "{story}");
            desk.zoo.control(&format!("{}/refunds/{refund}/settle", desk.name), &Value::Null);
        }
    }
    desk.work();
    desk.zoo.release();
    // Without a key, a copy that the network makes is one more refund to this provider; we have asked once.
    if desk.name == "no_key_no_cap" && fault["kind"] == "network_replays" {
        assert_eq!(desk.zoo.totals(desk.name, &payment)[0], 2, "{story}");
        return desk.state(&number);
    }
    desk.is_fair(&story, &number, &payment)
}

fn all_stories(database: &Database, listens: bool) {
    let zoo = Arc::new(Zoo::new());
    let first = Desk::over(database, &zoo, PERSONALITIES[0]);
    for name in PERSONALITIES {
        let desk = first.of(name);
        if listens {
            desk.listens();
        }
        for fault in faults() {
            let state = story(&desk, &fault);
            let needs_person = name == "no_key_no_cap" && state == InstructionState::Manual;
            assert!(
                state == InstructionState::Settled || needs_person,
                "{name} {fault} ends {state:?}"
            );
        }
    }
}

fn any_fault_with_any_provider_pays_at_most_once(database: &Database) {
    all_stories(database, true);
}

fn any_fault_without_a_webhook_pays_at_most_once(database: &Database) {
    all_stories(database, false);
}

/// A desk for each personality, over one database and one zoo.
fn each(database: &Database, mut tell: impl FnMut(&Desk)) {
    let zoo = Arc::new(Zoo::new());
    let first = Desk::over(database, &zoo, PERSONALITIES[0]);
    for name in PERSONALITIES {
        tell(&first.of(name));
    }
}

fn names(desk: &Desk) -> (String, String) {
    let plain = desk.name.replace('_', "");
    let underscore = if desk.name == "paypal" { "" } else { "_" };
    (format!("SO-{plain}"), format!("pi{underscore}{plain}"))
}

fn a_lost_reply_that_is_looked_at_after_the_key_has_expired_pays_once(database: &Database) {
    each(database, |desk| {
        let (number, payment) = names(desk);
        desk.zoo.fault(desk.name, &json!({"kind": "drop", "place": "after_effect"}));
        desk.refunding(&number, &payment);
        desk.work_once();
        assert_eq!(desk.state(&number), InstructionState::Unclear);
        // Everybody was away for two months.
        desk.wait(SignedDuration::from_hours(60 * 24));
        let asked = desk.zoo.requests();
        desk.work();
        assert_eq!(desk.zoo.requests(), asked, "{number} is not sent again");
        let state = desk.is_fair(&number, &number, &payment);
        let is_found = desk.name.starts_with("stripe");
        let expected = if is_found { InstructionState::Settled } else { InstructionState::Manual };
        assert_eq!(state, expected, "{number}");
    });
}

fn a_look_up_that_lags_or_is_down_pays_once(database: &Database) {
    each(database, |desk| {
        let (number, payment) = names(desk);
        for (place, look_up) in [
            ("before_effect", json!({"stale_seconds": 3_600})),
            ("after_effect", json!({"stale_seconds": 3_600})),
            ("at_door", json!({"down": true})),
            ("after_effect", json!({"down": true})),
        ] {
            let name = format!("{place}{}", look_up.to_string().len()).replace('_', "");
            let (number, payment) = (format!("{number}-{name}"), format!("{payment}{name}"));
            desk.zoo.control(&format!("{}/lookup", desk.name), &look_up);
            desk.zoo.fault(desk.name, &json!({"kind": "drop", "place": place}));
            desk.refunding(&number, &payment);
            desk.work();
            let state = desk.is_fair(&number, &number, &payment);
            let is_manual = state == InstructionState::Manual;
            assert_eq!(is_manual, desk.name == "no_key_no_cap", "{number}: {state:?}");
        }
        desk.zoo.control(&format!("{}/lookup", desk.name), &json!({}));
    });
}

fn a_refund_that_fails_three_days_later_has_failed(database: &Database) {
    each(database, |desk| {
        let (number, payment) = names(desk);
        let refused = desk.listens();
        let seconds = 3 * 24 * 3_600;
        desk.zoo.fault(desk.name, &json!({"kind": "fails_later", "seconds": seconds}));
        desk.refunding(&number, &payment);
        desk.work();
        assert_eq!(desk.is_fair(&number, &number, &payment), InstructionState::Settled);
        desk.wait(SignedDuration::from_secs(seconds));
        let state = desk.is_fair(&number, &number, &payment);
        assert_eq!(state, InstructionState::Failed { replaced: false }, "{number}");
        assert_eq!(count(&refused), 0);
    });
}

/// Nobody tells of it but the provider, when it is asked again.
fn a_pending_refund_is_settled_when_the_provider_says_so(database: &Database) {
    each(database, |desk| {
        let (number, payment) = names(desk);
        for (fails, expected) in [
            (false, InstructionState::Settled),
            (true, InstructionState::Failed { replaced: false }),
        ] {
            let (number, payment) = (format!("{number}-{fails}"), format!("{payment}{fails}"));
            desk.zoo.fault(desk.name, &json!({"kind": "pending"}));
            desk.refunding(&number, &payment);
            desk.work_once();
            desk.work_once();
            let refund = desk.zoo.refunds(&payment).remove(0);
            let way = if fails { "fail" } else { "settle" };
            desk.zoo.control(&format!("{}/refunds/{refund}/{way}", desk.name), &Value::Null);
            desk.work();
            let state = desk.is_fair(&number, &number, &payment);
            match (desk.name, fails) {
                // Nobody can look it up, and a refusal of a second call is no proof of what the first did.
                ("no_key_no_cap", _) | ("paypal", true) => {
                    assert_eq!(state, InstructionState::Manual);
                }
                _ => assert_eq!(state, expected, "{number}"),
            }
        }
    });
}

fn a_copy_of_the_request_that_comes_hours_later_pays_nothing_more(database: &Database) {
    each(database, |desk| {
        if desk.name == "no_key_no_cap" {
            return;
        }
        let (number, payment) = names(desk);
        desk.zoo.fault(desk.name, &json!({"kind": "network_replays", "held": true}));
        desk.zoo.fault(desk.name, &json!({"kind": "drop", "place": "after_effect"}));
        desk.refunding(&number, &payment);
        desk.work_once();
        desk.work();
        desk.wait(SignedDuration::from_hours(20));
        desk.zoo.release();
        assert_eq!(desk.is_fair(&number, &number, &payment), InstructionState::Settled);
    });
}

fn many_workers_in_a_storm_pay_each_refund_once(database: &Database) {
    let zoo = Arc::new(Zoo::new());
    let first = Desk::over(database, &zoo, PERSONALITIES[0]);
    for name in ["stripe_v1", "stripe_v2", "paypal"] {
        let desk = first.of(name);
        desk.listens();
        let (number, payment) = names(&desk);
        let orders: Vec<_> =
            (0..8).map(|each| (format!("{number}-{each}"), format!("{payment}{each}"))).collect();
        for (number, payment) in &orders {
            desk.refunding(number, payment);
        }
        for (seed, place) in PLACES.iter().enumerate() {
            let fault = json!({"kind": "drop", "place": place});
            let rule = json!({"fault": fault, "percent": 20, "seed": seed});
            zoo.control(&format!("{name}/faults"), &rule);
        }
        for round in 0..30 {
            std::thread::scope(|scope| {
                for worker in 0..4 {
                    let desk = &desk;
                    scope.spawn(move || {
                        let (providers, worker) = (desk.providers(), format!("w{round}-{worker}"));
                        while desk.app.work_refunds(&providers, &worker).unwrap() {}
                    });
                }
            });
            zoo.wait_for_quiet();
            match desk.next_job() {
                Some(due) => desk.move_to(due),
                None => break,
            }
        }
        desk.work();
        let mut sum = 0;
        for (number, payment) in &orders {
            let state = desk.is_fair(number, number, payment);
            assert_eq!(state, InstructionState::Settled, "{number}");
            sum += desk.zoo.totals(name, payment)[4];
        }
        assert_eq!(sum, 8 * PRICE, "our sum is the zoo's");
        // The rules strike the requests of their personality alone, and that one is done.
    }
}
