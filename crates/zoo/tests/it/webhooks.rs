//! What a merchant's server is told, and how it may go wrong.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::personalities::{ALL, STRIPE_V1, Way};
use crate::support::{DAY, Receiver, START, Webhook, Zoo};

fn zoo_with_receiver(test: &str) -> (Zoo, Receiver) {
    let zoo = Zoo::new(test).with_payment("stripe_v1");
    let receiver = zoo.receiver("stripe_v1");
    (zoo, receiver)
}

fn refund_with(zoo: &Zoo, way: &str, key: &str) {
    zoo.fault("stripe_v1", &json!({"kind": "webhook", "way": way}));
    let body = "payment_intent=pay_1&amount=100";
    assert_eq!(STRIPE_V1.refund_as(zoo, key, body).status, 200);
}

fn is_signed_with(webhook: &Webhook, secret: &str) -> bool {
    let (at, signature) = webhook.signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{at}.{}", webhook.text).as_bytes());
    let expected: Vec<_> =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    expected.concat() == signature
}

fn ids(webhooks: &[Webhook]) -> Vec<&str> {
    webhooks.iter().map(|webhook| webhook.body["id"].as_str().unwrap()).collect()
}

#[test]
fn every_provider_tells_of_a_refund_with_its_signature() {
    let zoo = Zoo::new("every_provider_tells");
    for way in ALL {
        let Way { name, .. } = way;
        zoo.pay(name, "pay_1");
        let receiver = zoo.receiver(name);
        way.refund(&zoo);
        // Where a refund is settled by the clock, that is what is told.
        zoo.advance(60);
        let webhook = receiver.next();
        assert!(is_signed_with(&webhook, &format!("whsec_zoo_{name}")), "{name}");
        assert!(webhook.text.contains("intent-1"), "{name}: {}", webhook.text);
        zoo.wait_for_quiet();
        assert_eq!(receiver.all().len(), 0, "{name}: once");
    }
}

#[test]
fn a_secret_of_the_tests_own_signs() {
    let zoo = Zoo::new("a_secret_of_the_tests_own").with_payment("stripe_v1");
    let receiver = Receiver::new();
    let target = json!({"url": receiver.url(), "secret": "whsec_own"});
    assert_eq!(zoo.control("stripe_v1/webhooks", &target)["secret"], "whsec_own");
    STRIPE_V1.refund(&zoo);
    let webhook = receiver.next();
    assert!(is_signed_with(&webhook, "whsec_own"));
    assert!(webhook.signature.starts_with(&format!("t={START},")), "{}", webhook.signature);
    assert_eq!(webhook.body["type"], "refund.created");
    assert_eq!(webhook.body["data"]["object"]["amount"], 400);
}

#[test]
fn a_webhook_may_come_before_the_reply() {
    let (zoo, receiver) = zoo_with_receiver("before_the_reply");
    zoo.fault("stripe_v1", &json!({"kind": "hold", "place": "after_effect"}));
    zoo.fault("stripe_v1", &json!({"kind": "webhook", "way": "before_reply"}));
    std::thread::scope(|scope| {
        let caller = scope.spawn(|| STRIPE_V1.refund(&zoo));
        assert_eq!(receiver.next().body["type"], "refund.created");
        zoo.wait_for_held(1);
        zoo.release();
        assert_eq!(caller.join().unwrap().status, 200);
    });
    zoo.wait_for_quiet();
    assert_eq!(receiver.all().len(), 0, "and not again");
}

#[test]
fn a_webhook_may_come_five_times() {
    let (zoo, receiver) = zoo_with_receiver("five_times");
    refund_with(&zoo, "five_times", "a");
    zoo.wait_for_quiet();
    assert_eq!(ids(&receiver.all()), ["evt_000001"; 5]);
}

#[test]
fn webhooks_may_come_in_another_order() {
    let (zoo, receiver) = zoo_with_receiver("another_order");
    refund_with(&zoo, "reordered", "a");
    zoo.wait_for_quiet();
    assert_eq!(receiver.all().len(), 0, "it waits for the next one");
    assert_eq!(STRIPE_V1.refund_as(&zoo, "b", STRIPE_V1.body).status, 200);
    zoo.wait_for_quiet();
    assert_eq!(ids(&receiver.all()), ["evt_000002", "evt_000001"]);
}

#[test]
fn a_webhook_may_never_come_until_it_is_asked_for() {
    let (zoo, receiver) = zoo_with_receiver("never_come");
    refund_with(&zoo, "never", "a");
    zoo.wait_for_quiet();
    assert_eq!(receiver.all().len(), 0);
    assert_eq!(zoo.control("stripe_v1/webhooks/deliver", &Value::Null)["sent"], 1);
    assert_eq!(ids(&receiver.all()), ["evt_000001"]);
    assert_eq!(zoo.control("stripe_v1/webhooks/deliver", &Value::Null)["sent"], 0);
}

#[test]
fn a_forged_webhook_says_the_opposite_with_a_wrong_signature() {
    let (zoo, receiver) = zoo_with_receiver("a_forged_webhook");
    refund_with(&zoo, "forged", "a");
    zoo.wait_for_quiet();
    let told = receiver.all();
    let [forged, real] = told.as_slice() else { panic!("{told:?}") };
    assert!(!is_signed_with(forged, "whsec_zoo_stripe_v1"));
    assert_eq!(forged.body["data"]["object"]["status"], "failed");
    assert!(is_signed_with(real, "whsec_zoo_stripe_v1"));
    assert_eq!(real.body["data"]["object"]["status"], "succeeded");
    zoo.control("stripe_v1/webhooks/forge", &json!({"id": "evt_x", "type": "refund.updated"}));
    assert!(!is_signed_with(&receiver.next(), "whsec_zoo_stripe_v1"));
}

#[test]
fn a_refund_that_fails_three_days_later_is_told_then() {
    let (zoo, receiver) = zoo_with_receiver("three_days_later");
    zoo.fault("stripe_v1", &json!({"kind": "fails_later", "seconds": 3 * DAY}));
    STRIPE_V1.refund(&zoo);
    assert_eq!(receiver.next().body["data"]["object"]["status"], "succeeded");
    zoo.advance(3 * DAY);
    let told = receiver.next();
    assert_eq!(told.body["type"], "refund.failed");
    assert_eq!(told.body["data"]["object"]["status"], "failed");
    assert_eq!(told.body["created"], START + 3 * DAY);
}

#[test]
fn a_pending_refund_is_told_again_when_it_is_settled() {
    let (zoo, receiver) = zoo_with_receiver("a_pending_refund_is_told");
    zoo.fault("stripe_v1", &json!({"kind": "pending"}));
    let id = STRIPE_V1.refund(&zoo).body["id"].as_str().unwrap().to_owned();
    assert_eq!(receiver.next().body["data"]["object"]["status"], "pending");
    let settled = zoo.control(&format!("stripe_v1/refunds/{id}/settle"), &Value::Null);
    assert_eq!(settled["status"], "succeeded");
    let told = receiver.next();
    assert_eq!(told.body["type"], "refund.updated");
    assert_eq!(told.body["data"]["object"]["status"], "succeeded");
}
