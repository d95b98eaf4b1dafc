//! What happens on bad days. The ledger says what the caller cannot know.

use std::io::{ErrorKind, Read};

use serde_json::{Value, json};

use crate::personalities::{
    ALL, ASYNC_CAP, CONFLICT_409, FORGETS_ON_ERROR, NO_KEY_NO_CAP, PAYPAL, STRIPE_V1, STRIPE_V2,
    WITH_KEYS, Way,
};
use crate::support::{DAY, Zoo};

fn strike(zoo: &Zoo, way: &Way, kind: &str, place: &str) {
    let mut fault = json!({"kind": kind, "place": place});
    if kind == "error" {
        fault["status"] = json!(500);
    }
    zoo.fault(way.name, &fault);
}

#[test]
fn a_connection_that_drops_before_the_effect_pays_nothing() {
    let zoo = Zoo::new("drops_before_the_effect");
    for way in ALL {
        zoo.pay(way.name, "pay_1");
        for place in ["at_door", "before_effect"] {
            strike(&zoo, &way, "drop", place);
            assert_eq!(way.try_refund(&zoo), None, "{}", way.name);
            assert_eq!(way.made(&zoo), 0, "{}", way.name);
        }
        assert_eq!(way.refund(&zoo).status, way.made, "{}: the key is still free", way.name);
        assert_eq!(way.made(&zoo), 1, "{}", way.name);
    }
}

#[test]
fn a_lost_reply_leaves_the_effect_and_the_key_answers_again() {
    let zoo = Zoo::new("a_lost_reply");
    for way in ALL {
        zoo.pay(way.name, "pay_1");
        strike(&zoo, &way, "drop", "after_effect");
        assert_eq!(way.try_refund(&zoo), None, "{}", way.name);
        assert_eq!(way.made(&zoo), 1, "{}: the money moved", way.name);
        assert_eq!(way.refund(&zoo).status, way.made, "{}", way.name);
        let made = if way.name == NO_KEY_NO_CAP.name { 2 } else { 1 };
        assert_eq!(way.made(&zoo), made, "{}", way.name);
    }
}

/// The heart of the table of the refund protocol: a retry after an error, by what the key keeps.
#[test]
fn a_retry_after_an_error_pays_by_what_the_key_keeps() {
    let zoo = Zoo::new("a_retry_after_an_error");
    // After an error before the effect, and after one behind it: the answer to the retry, and the refunds in the end.
    for (way, before, after) in [
        (STRIPE_V1, (500, 0), (500, 1)),
        (STRIPE_V2, (200, 1), (200, 1)),
        (FORGETS_ON_ERROR, (202, 1), (202, 2)),
        (ASYNC_CAP, (201, 1), (201, 1)),
        (PAYPAL, (201, 1), (201, 1)),
        (CONFLICT_409, (200, 1), (200, 1)),
        (NO_KEY_NO_CAP, (200, 1), (200, 2)),
    ] {
        zoo.pay(way.name, "pay_1");
        // So little that no cap comes between.
        let body = way.body.replace("400", "300").replace("4.00", "3.00");
        let mut made_before = 0;
        for (place, (status, made)) in [("before_effect", before), ("after_effect", after)] {
            strike(&zoo, &way, "error", place);
            let first = way.refund_as(&zoo, place, &body);
            assert_eq!(first.status, 500, "{} {place}", way.name);
            let second = way.refund_as(&zoo, place, &body);
            assert_eq!(second.status, status, "{} {place}", way.name);
            assert_eq!(way.made(&zoo) - made_before, made, "{} {place}", way.name);
            made_before = way.made(&zoo);
        }
    }
}

#[test]
fn an_error_at_the_door_is_kept_by_nobody() {
    let zoo = Zoo::new("an_error_at_the_door");
    for way in ALL {
        zoo.pay(way.name, "pay_1");
        zoo.fault(way.name, &json!({"kind": "error", "place": "at_door", "status": 429}));
        assert_eq!(way.refund(&zoo).status, 429, "{}", way.name);
        assert_eq!(way.refund(&zoo).status, way.made, "{}", way.name);
        assert_eq!(way.made(&zoo), 1, "{}", way.name);
    }
}

#[test]
fn a_replayed_error_ends_with_its_key_and_then_pays_again() {
    let zoo = Zoo::new("a_replayed_error_ends").with_payment("stripe_v1");
    strike(&zoo, &STRIPE_V1, "error", "after_effect");
    STRIPE_V1.refund(&zoo);
    zoo.advance(DAY - 1);
    assert_eq!((STRIPE_V1.refund(&zoo).status, STRIPE_V1.made(&zoo)), (500, 1));
    zoo.advance(1);
    assert_eq!((STRIPE_V1.refund(&zoo).status, STRIPE_V1.made(&zoo)), (200, 2));
}

#[test]
fn a_refusal_is_kept_only_with_every_answer() {
    let zoo = Zoo::new("a_refusal_is_kept");
    for (way, status) in [(STRIPE_V1, 400), (STRIPE_V2, 200)] {
        zoo.pay(way.name, "pay_1");
        zoo.fault(way.name, &json!({"kind": "fails_later", "seconds": 10}));
        way.refund_as(&zoo, "whole", "payment_intent=pay_1");
        assert_eq!(way.refund(&zoo).status, 400, "{}: nothing is left", way.name);
        zoo.advance(10);
        assert_eq!(way.refund(&zoo).status, status, "{}: there is room again", way.name);
    }
}

#[test]
fn a_request_held_in_the_network_pays_when_it_arrives_after_the_key_expired() {
    let zoo = Zoo::new("a_request_held_in_the_network").with_payment("stripe_v1");
    zoo.fault("stripe_v1", &json!({"kind": "hold", "place": "at_door"}));
    std::thread::scope(|scope| {
        let late = scope.spawn(|| STRIPE_V1.refund(&zoo));
        zoo.wait_for_held(1);
        assert_eq!(STRIPE_V1.refund(&zoo).status, 200, "the key is free: nobody has seen it");
        zoo.advance(DAY);
        zoo.release();
        assert_eq!(late.join().unwrap().status, 200);
    });
    assert_eq!(STRIPE_V1.made(&zoo), 2);
}

#[test]
fn a_key_is_as_old_as_its_effect_and_not_as_its_answer() {
    let zoo = Zoo::new("a_key_is_as_old").with_payment("stripe_v1");
    zoo.fault("stripe_v1", &json!({"kind": "hold", "place": "after_effect"}));
    std::thread::scope(|scope| {
        let caller = scope.spawn(|| STRIPE_V1.refund(&zoo));
        zoo.wait_for_held(1);
        zoo.advance(DAY - 1);
        zoo.release();
        assert_eq!(caller.join().unwrap().status, 200);
    });
    STRIPE_V1.refund(&zoo);
    assert_eq!(STRIPE_V1.made(&zoo), 1);
    zoo.advance(1);
    STRIPE_V1.refund(&zoo);
    assert_eq!(STRIPE_V1.made(&zoo), 2);
}

#[test]
fn a_request_goes_on_when_its_caller_has_gone() {
    let zoo = Zoo::new("a_request_goes_on").with_payment("stripe_v1");
    zoo.fault("stripe_v1", &json!({"kind": "hold", "place": "before_effect"}));
    let caller = zoo.send_and_leave(STRIPE_V1.path, STRIPE_V1.body);
    zoo.wait_for_held(1);
    drop(caller);
    assert_eq!(STRIPE_V1.made(&zoo), 0);
    zoo.release();
    zoo.wait_for_quiet();
    assert_eq!(STRIPE_V1.made(&zoo), 1);
}

#[test]
fn a_delayed_answer_comes_late_and_the_effect_does_not() {
    let zoo = Zoo::new("a_delayed_answer").with_payment("stripe_v1");
    let receiver = zoo.receiver("stripe_v1");
    // The webhook says that the effect is there.
    zoo.fault("stripe_v1", &json!({"kind": "webhook", "way": "before_reply"}));
    zoo.fault("stripe_v1", &json!({"kind": "delay", "place": "after_effect", "ms": 60_000}));
    let mut caller = zoo.send_and_leave(STRIPE_V1.path, STRIPE_V1.body);
    receiver.next();
    assert_eq!(STRIPE_V1.made(&zoo), 1);
    caller.set_nonblocking(true).unwrap();
    let unanswered = caller.read(&mut [0]).unwrap_err();
    assert_eq!(unanswered.kind(), ErrorKind::WouldBlock);
    zoo.fault("stripe_v1", &json!({"kind": "delay", "place": "at_door", "ms": 1}));
    assert_eq!(STRIPE_V1.refund_as(&zoo, "other", STRIPE_V1.body).status, 200);
}

#[test]
fn the_network_may_deliver_a_request_twice() {
    let zoo = Zoo::new("the_network_may_deliver_twice");
    for way in ALL {
        zoo.pay(way.name, "pay_1");
        zoo.fault(way.name, &json!({"kind": "network_replays", "held": false}));
        assert_eq!(way.refund(&zoo).status, way.made, "{}", way.name);
        let made = if way.name == NO_KEY_NO_CAP.name { 2 } else { 1 };
        assert_eq!(way.made(&zoo), made, "{}", way.name);
    }
}

#[test]
fn a_copy_from_the_network_pays_again_once_the_key_has_expired() {
    let zoo = Zoo::new("a_copy_from_the_network");
    for way in WITH_KEYS {
        zoo.pay(way.name, "pay_1");
        zoo.fault(way.name, &json!({"kind": "network_replays", "held": true}));
        way.refund(&zoo);
        zoo.wait_for_held(1);
        assert_eq!(way.made(&zoo), 1, "{}", way.name);
        zoo.advance(45 * DAY);
        zoo.release();
        zoo.wait_for_quiet();
        assert_eq!(way.made(&zoo), 2, "{}", way.name);
    }
}

#[test]
fn looking_up_may_be_stale_or_down() {
    let zoo = Zoo::new("looking_up_may_be_stale").with_payment("stripe_v1");
    let list = || zoo.send("GET", "/stripe_v1/v1/refunds?payment_intent=pay_1", &[], "");
    zoo.control("stripe_v1/lookup", &json!({"stale_seconds": 30}));
    let id = STRIPE_V1.refund(&zoo).body["id"].as_str().unwrap().to_owned();
    assert_eq!(list().body["data"], json!([]), "made, and not seen yet");
    zoo.advance(20);
    zoo.control(&format!("stripe_v1/refunds/{id}/fail"), &Value::Null);
    zoo.advance(10);
    assert_eq!(list().body["data"][0]["status"], "succeeded", "failed, and not seen yet");
    let one = zoo.send("GET", &format!("/stripe_v1/v1/refunds/{id}"), &[], "");
    assert_eq!(one.body["status"], "succeeded");
    zoo.advance(20);
    assert_eq!(list().body["data"][0]["status"], "failed");
    zoo.control("stripe_v1/lookup", &json!({"down": true}));
    assert_eq!(list().status, 503);
    zoo.control("stripe_v1/lookup", &json!({}));
    assert_eq!(list().status, 200);
}

#[test]
fn faults_by_chance_strike_the_same_requests_for_the_same_seed() {
    let struck = |test: &str| {
        let zoo = Zoo::new(test).with_payment("no_key_no_cap");
        let drop = json!({"kind": "drop", "place": "at_door"});
        let rule = json!({"fault": drop, "percent": 50, "seed": 11});
        zoo.control("no_key_no_cap/faults", &rule);
        (0..20).map(|_| NO_KEY_NO_CAP.try_refund(&zoo).is_none()).collect::<Vec<_>>()
    };
    let first = struck("faults_by_chance_1");
    assert_eq!(first, struck("faults_by_chance_2"));
    assert!(first.contains(&true) && first.contains(&false), "{first:?}");
}

#[test]
fn faults_end_when_they_are_taken_back() {
    let zoo = Zoo::new("faults_end").with_payment("stripe_v1");
    strike(&zoo, &STRIPE_V1, "drop", "at_door");
    zoo.send("DELETE", "/control/stripe_v1/faults", &[], "");
    assert_eq!(STRIPE_V1.refund(&zoo).status, 200);
}

#[test]
fn a_fault_that_is_not_known_is_refused() {
    let zoo = Zoo::new("a_fault_that_is_not_known");
    let json_type = [("content-type", "application/json")];
    for (path, body) in [
        ("stripe_v1", r#"{"fault":{"kind":"flood"},"next":1}"#),
        ("stripe_v1", r#"{"fault":{"kind":"drop","place":"nowhere"},"next":1}"#),
        ("stripe_v1", r#"{"fault":{"kind":"pending"}}"#),
        ("stripe_v9", r#"{"fault":{"kind":"pending"},"next":1}"#),
    ] {
        let answer = zoo.send("POST", &format!("/control/{path}/faults"), &json_type, body);
        assert!((400..500).contains(&answer.status), "{path} {body}: {}", answer.status);
    }
}
