//! What each provider promises, on good days.

use serde_json::{Value, json};

use crate::support::{Answer, DAY, HOUR, Zoo};

/// How one personality is asked for 4.00 of `pay_1`, which paid 10.00, under the reference `intent-1`.
pub(crate) struct Way {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) key_header: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) body: &'static str,
    /// The status of a success.
    pub(crate) made: u16,
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

const fn stripe(name: &'static str, path: &'static str) -> Way {
    let body = "payment_intent=pay_1&amount=400&metadata[reference]=intent-1";
    Way { name, path, key_header: "Idempotency-Key", content_type: FORM, body, made: 200 }
}

pub(crate) const STRIPE_V1: Way = stripe("stripe_v1", "/stripe_v1/v1/refunds");
pub(crate) const STRIPE_V2: Way = stripe("stripe_v2", "/stripe_v2/v1/refunds");
pub(crate) const NO_KEY_NO_CAP: Way = stripe("no_key_no_cap", "/no_key_no_cap/v1/refunds");
pub(crate) const FORGETS_ON_ERROR: Way = Way {
    name: "forgets_on_error",
    path: "/forgets_on_error/payments/pay_1/refunds",
    key_header: "Cko-Idempotency-Key",
    content_type: JSON,
    body: r#"{"amount":400,"reference":"intent-1"}"#,
    made: 202,
};
pub(crate) const ASYNC_CAP: Way = Way {
    name: "async_cap",
    path: "/async_cap/payments/pay_1/refunds",
    key_header: "idempotency-key",
    content_type: JSON,
    body: r#"{"merchantAccount":"M","amount":{"value":400,"currency":"EUR"},"reference":"intent-1"}"#,
    made: 201,
};
pub(crate) const PAYPAL: Way = Way {
    name: "paypal",
    path: "/paypal/v2/payments/captures/pay_1/refund",
    key_header: "PayPal-Request-Id",
    content_type: JSON,
    body: r#"{"amount":{"value":"4.00","currency_code":"EUR"},"custom_id":"intent-1"}"#,
    made: 201,
};
pub(crate) const CONFLICT_409: Way = Way {
    name: "conflict_409",
    path: "/conflict_409/v1/payments/pay_1/refund",
    key_header: "X-Refund-Idempotency",
    content_type: JSON,
    body: r#"{"amount":400,"receipt":"intent-1"}"#,
    made: 200,
};

pub(crate) const ALL: [Way; 7] =
    [STRIPE_V1, STRIPE_V2, FORGETS_ON_ERROR, ASYNC_CAP, PAYPAL, CONFLICT_409, NO_KEY_NO_CAP];
/// Those that keep keys.
pub(crate) const WITH_KEYS: [Way; 6] =
    [STRIPE_V1, STRIPE_V2, FORGETS_ON_ERROR, ASYNC_CAP, PAYPAL, CONFLICT_409];

impl Way {
    /// Asks for the refund under the key `key-1`.
    pub(crate) fn refund(&self, zoo: &Zoo) -> Answer {
        self.try_refund(zoo).expect("the zoo answers")
    }

    pub(crate) fn try_refund(&self, zoo: &Zoo) -> Option<Answer> {
        self.try_refund_as(zoo, "key-1", self.body)
    }

    pub(crate) fn refund_as(&self, zoo: &Zoo, key: &str, body: &str) -> Answer {
        self.try_refund_as(zoo, key, body).expect("the zoo answers")
    }

    pub(crate) fn try_refund_as(&self, zoo: &Zoo, key: &str, body: &str) -> Option<Answer> {
        let headers = [(self.key_header, key), ("content-type", self.content_type)];
        zoo.try_send("POST", self.path, &headers, body)
    }

    pub(crate) fn made(&self, zoo: &Zoo) -> u64 {
        zoo.totals(self.name, "pay_1")[0]
    }
}

fn get(zoo: &Zoo, path: &str) -> Value {
    let answer = zoo.send("GET", path, &[], "");
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

#[test]
fn every_provider_makes_a_refund_under_our_reference() {
    let zoo = Zoo::new("every_provider_makes_a_refund");
    for way in ALL {
        zoo.pay(way.name, "pay_1");
        let answer = way.refund(&zoo);
        assert_eq!(answer.status, way.made, "{}: {}", way.name, answer.body);
        let expected = match way.name {
            "async_cap" => [1, 1, 0, 0, 400],
            _ => [1, 0, 1, 0, 400],
        };
        assert_eq!(zoo.totals(way.name, "pay_1"), expected, "{}", way.name);
        assert_eq!(zoo.totals_of_reference(way.name, "intent-1"), expected, "{}", way.name);
    }
    assert_eq!(zoo.effects(), ALL.len());
}

#[test]
fn the_same_key_twice_is_one_effect_where_that_is_promised() {
    let zoo = Zoo::new("the_same_key_twice");
    for way in WITH_KEYS {
        zoo.pay(way.name, "pay_1");
        let (first, second) = (way.refund(&zoo), way.refund(&zoo));
        assert_eq!((first.status, &first.body), (second.status, &second.body), "{}", way.name);
        assert!(second.has_header("idempotent-replayed: true"), "{}", way.name);
        assert_eq!(way.made(&zoo), 1, "{}", way.name);
    }
}

#[test]
fn without_keys_and_caps_every_request_pays() {
    let zoo = Zoo::new("without_keys_and_caps").with_payment("no_key_no_cap");
    for _ in 0..3 {
        assert_eq!(NO_KEY_NO_CAP.refund(&zoo).status, 200);
    }
    assert_eq!(zoo.totals("no_key_no_cap", "pay_1"), [3, 0, 3, 0, 1_200]);
}

#[test]
fn a_key_that_has_expired_pays_again() {
    let zoo = Zoo::new("a_key_that_has_expired");
    for (way, lives) in [
        (STRIPE_V1, DAY),
        (STRIPE_V2, 30 * DAY),
        (FORGETS_ON_ERROR, DAY),
        (ASYNC_CAP, 7 * DAY),
        (PAYPAL, 45 * DAY),
        (CONFLICT_409, DAY),
    ] {
        zoo.pay(way.name, "pay_1");
        way.refund(&zoo);
        zoo.advance(lives - 1);
        way.refund(&zoo);
        assert_eq!(way.made(&zoo), 1, "{}", way.name);
        zoo.advance(1);
        way.refund(&zoo);
        assert_eq!(way.made(&zoo), 2, "{}", way.name);
    }
}

#[test]
fn the_second_of_two_requests_at_once_is_refused() {
    let zoo = Zoo::new("the_second_of_two_requests");
    for (way, status, says) in [
        (STRIPE_V1, 409, "idempotency_key_in_use"),
        (STRIPE_V2, 409, "idempotency_key_in_use"),
        (FORGETS_ON_ERROR, 429, "duplicate_request"),
        (ASYNC_CAP, 422, "704"),
        (PAYPAL, 422, "PREVIOUS_REQUEST_IN_PROGRESS"),
        (CONFLICT_409, 409, "BAD_REQUEST_ERROR"),
    ] {
        zoo.pay(way.name, "pay_1");
        for place in ["before_effect", "after_effect"] {
            let key = format!("held-{place}");
            zoo.fault(way.name, &json!({"kind": "hold", "place": place}));
            std::thread::scope(|scope| {
                let first = scope.spawn(|| way.refund_as(&zoo, &key, way.body));
                zoo.wait_for_held(1);
                let second = way.refund_as(&zoo, &key, way.body);
                assert_eq!(second.status, status, "{}: {}", way.name, second.body);
                assert!(second.body.to_string().contains(says), "{}", second.body);
                zoo.release();
                assert_eq!(first.join().unwrap().status, way.made, "{}", way.name);
            });
        }
        assert_eq!(way.made(&zoo), 2, "{}: one a key", way.name);
    }
}

#[test]
fn a_key_with_other_parameters_is_refused_where_they_are_compared() {
    let zoo = Zoo::new("a_key_with_other_parameters");
    for way in WITH_KEYS {
        zoo.pay(way.name, "pay_1");
        way.refund(&zoo);
        let other = way.body.replace("400", "300").replace("4.00", "3.00");
        let answer = way.refund_as(&zoo, "key-1", &other);
        let compares = ["stripe_v1", "stripe_v2", "conflict_409"].contains(&way.name);
        assert_eq!(answer.status, if compares { 400 } else { way.made }, "{}", way.name);
        assert_eq!(zoo.totals(way.name, "pay_1")[4], 400, "{}", way.name);
    }
    let swapped = "metadata[reference]=intent-1&amount=400&payment_intent=pay_1";
    assert_eq!(STRIPE_V1.refund_as(&zoo, "key-1", swapped).status, 200, "their order is no matter");
    let answer = STRIPE_V1.refund_as(&zoo, "key-1", "payment_intent=pay_1");
    assert_eq!(answer.body["error"]["type"], "idempotency_error");
}

#[test]
fn no_more_than_was_captured_is_refunded_at_once() {
    let zoo = Zoo::new("no_more_than_was_captured");
    for (way, over, nothing) in [
        (STRIPE_V1, 400, 400),
        (STRIPE_V2, 400, 400),
        (FORGETS_ON_ERROR, 422, 403),
        (PAYPAL, 422, 422),
        (CONFLICT_409, 400, 400),
    ] {
        zoo.pay(way.name, "pay_1");
        let ask = |key, amount: i64| {
            let body = way.body.replace("400", &amount.to_string());
            let body = body.replace("4.00", &format!("{}.00", amount / 100));
            way.refund_as(&zoo, key, &body).status
        };
        assert_eq!(ask("a", 700), way.made, "{}", way.name);
        assert_eq!(ask("b", 400), over, "{}", way.name);
        assert_eq!(ask("c", 300), way.made, "{}", way.name);
        assert_eq!(ask("d", 100), nothing, "{}", way.name);
        assert_eq!(zoo.totals(way.name, "pay_1"), [2, 0, 2, 0, 1_000], "{}", way.name);
    }
}

#[test]
fn a_cap_that_is_looked_at_later_receives_first_and_fails_then() {
    let zoo = Zoo::new("a_cap_that_is_looked_at_later").with_payment("async_cap");
    let receiver = zoo.receiver("async_cap");
    for key in ["a", "b", "c"] {
        let answer = ASYNC_CAP.refund_as(&zoo, key, ASYNC_CAP.body);
        assert_eq!((answer.status, &answer.body["status"]), (201, &json!("received")));
    }
    assert_eq!(zoo.totals("async_cap", "pay_1"), [3, 3, 0, 0, 1_200]);
    zoo.advance(60);
    zoo.wait_for_quiet();
    assert_eq!(zoo.totals("async_cap", "pay_1"), [3, 0, 2, 1, 800]);
    let told = receiver.all();
    let mut outcomes: Vec<_> = told
        .iter()
        .map(|webhook| &webhook.body["notificationItems"][0]["NotificationRequestItem"])
        .map(|item| (item["eventCode"].as_str().unwrap(), item["success"].as_str().unwrap()))
        .collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, [("REFUND", "false"), ("REFUND", "true"), ("REFUND", "true")]);
    let listed = get(&zoo, "/async_cap/payments/pay_1/refunds");
    assert_eq!(listed["refunds"][0]["status"], "failed");
}

#[test]
fn stripe_answers_and_lists_as_stripe_does() {
    let zoo = Zoo::new("stripe_answers_and_lists");
    let payment =
        json!({"payment": "pi_1", "charge": "ch_1", "captured_minor": 900, "currency": "USD"});
    zoo.control("stripe_v1/payments", &payment);
    let post = |key, body| STRIPE_V1.refund_as(&zoo, key, body);
    let first = post("a", "charge=ch_1&amount=100&metadata[reference]=r&metadata[order]=7").body;
    assert_eq!(first["object"], "refund");
    assert_eq!((&first["payment_intent"], &first["charge"]), (&json!("pi_1"), &json!("ch_1")));
    assert_eq!(first["metadata"], json!({"reference": "r", "order": "7"}));
    assert_eq!((&first["currency"], &first["status"]), (&json!("usd"), &json!("succeeded")));
    let rest = post("b", "payment_intent=pi_1").body;
    assert_eq!(rest["amount"], 800, "what is left, where no amount is said");
    let listed = get(&zoo, "/stripe_v1/v1/refunds?payment_intent=pi_1&limit=1");
    assert_eq!((&listed["data"][0], &listed["has_more"]), (&rest, &json!(true)), "latest first");
    let after = rest["id"].as_str().unwrap();
    let path = format!("/stripe_v1/v1/refunds?payment_intent=pi_1&starting_after={after}");
    assert_eq!(get(&zoo, &path)["data"], json!([first]));
    let id = first["id"].as_str().unwrap();
    assert_eq!(get(&zoo, &format!("/stripe_v1/v1/refunds/{id}")), first);
    for (body, status, code) in [
        ("payment_intent=pi_none", 404, "resource_missing"),
        ("payment_intent=pi_1&amount=-5", 400, "parameter_invalid"),
        ("payment_intent=pi_1&sum=5", 400, "parameter_invalid"),
        ("payment_intent=pi_1", 400, "charge_already_refunded"),
    ] {
        let answer = post(body, body);
        assert_eq!(
            (answer.status, &answer.body["error"]["code"]),
            (status, &json!(code)),
            "{body}"
        );
    }
}

#[test]
fn paypal_shows_the_refund_and_the_capture() {
    let zoo = Zoo::new("paypal_shows_the_refund").with_payment("paypal");
    zoo.fault("paypal", &json!({"kind": "pending"}));
    let made = PAYPAL.refund(&zoo).body;
    assert_eq!((&made["status"], &made["amount"]["value"]), (&json!("PENDING"), &json!("4.00")));
    let id = made["id"].as_str().unwrap();
    zoo.control(&format!("paypal/refunds/{id}/settle"), &Value::Null);
    assert_eq!(
        PAYPAL.refund(&zoo).body["status"],
        "COMPLETED",
        "the same key shows what it is now"
    );
    let shown = get(&zoo, &format!("/paypal/v2/payments/refunds/{id}"));
    assert_eq!((&shown["status"], &shown["custom_id"]), (&json!("COMPLETED"), &json!("intent-1")));
    let capture = get(&zoo, "/paypal/v2/payments/captures/pay_1");
    assert_eq!(capture["status"], "PARTIALLY_REFUNDED");
}

#[test]
fn checkout_and_razorpay_list_the_refunds_of_a_payment() {
    let zoo = Zoo::new("checkout_and_razorpay_list");
    for way in [FORGETS_ON_ERROR, CONFLICT_409] {
        zoo.pay(way.name, "pay_1");
        way.refund(&zoo);
    }
    let actions = get(&zoo, "/forgets_on_error/payments/pay_1/actions");
    assert_eq!(
        (&actions[0]["reference"], &actions[0]["approved"]),
        (&json!("intent-1"), &json!(true))
    );
    let refunds = get(&zoo, "/conflict_409/v1/payments/pay_1/refunds");
    assert_eq!(
        (&refunds["count"], &refunds["items"][0]["receipt"]),
        (&json!(1), &json!("intent-1"))
    );
}

#[test]
fn a_refund_that_failed_leaves_its_room_to_the_next() {
    let zoo = Zoo::new("a_refund_that_failed").with_payment("stripe_v1");
    zoo.fault("stripe_v1", &json!({"kind": "fails_later", "seconds": 3 * DAY}));
    STRIPE_V1.refund_as(&zoo, "a", "payment_intent=pay_1");
    assert_eq!(zoo.totals("stripe_v1", "pay_1"), [1, 0, 1, 0, 1_000]);
    zoo.advance(3 * DAY - HOUR);
    assert_eq!(zoo.totals("stripe_v1", "pay_1"), [1, 0, 1, 0, 1_000]);
    zoo.advance(HOUR);
    assert_eq!(zoo.totals("stripe_v1", "pay_1"), [1, 0, 0, 1, 0]);
    assert_eq!(STRIPE_V1.refund_as(&zoo, "b", "payment_intent=pay_1").status, 200);
    assert_eq!(zoo.totals("stripe_v1", "pay_1"), [2, 0, 1, 1, 1_000]);
}
