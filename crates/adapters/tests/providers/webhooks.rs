//! What providers say of their own accord: believed only from them, and never more than an update of what is there.

use std::sync::Arc;

use backhaul_adapters::provider::{
    BaseUrl, PayPal, PayPalSettings, Secret, Stripe, StripeSettings,
};
use backhaul_app::{
    ChargebackState, Clock, Heard, Providers, RefundProvider, SubmitAnswer, Told, WebhookError,
    WebhookRefused,
};
use backhaul_core::ledger::{Chargeback, InstructionState};
use backhaul_testkit::Database;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::desk::{Desk, PRICE, adapter, count, hand, hear, id};
use crate::zoo::{Letter, START, Zoo, keeper};

backhaul_testkit::on_both_engines! {
    a_webhook_only_updates_what_was_sent_and_only_once
    a_webhook_that_says_another_amount_or_payment_never_settles
    an_old_success_does_not_undo_a_failure
    a_chargeback_reaches_every_order_with_the_payment
    messages_of_a_chargeback_may_come_in_any_order
    forged_webhooks_change_nothing
}

fn sign(secret: &str, signed: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(signed);
    let bytes: Vec<_> =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.concat()
}

/// A letter as Stripe signs it.
fn letter(secret: &str, at: i64, event: &Value) -> Letter {
    let body = event.to_string();
    let signature = sign(secret, format!("{at}.{body}").as_bytes());
    let headers = [("stripe-signature".to_owned(), format!("t={at},v1={signature}"))];
    Letter { headers: headers.into(), body: body.into_bytes() }
}

fn refund_event(at: Timestamp, change: &Value) -> Value {
    let mut refund = json!({
        "id": "re_9", "object": "refund", "amount": PRICE, "currency": "eur", "status": "succeeded",
        "payment_intent": "pi_1", "charge": "ch_1", "metadata": {"reference": "SO-1/R-1/1"},
    });
    for (name, value) in change.as_object().unwrap() {
        refund[name] = value.clone();
    }
    json!({
        "id": "evt_1", "object": "event", "type": "refund.updated", "created": at.as_second(),
        "data": {"object": refund},
    })
}

impl Desk {
    /// Hears an event of Stripe's, well signed.
    fn hears(&self, event: &Value) -> Heard {
        let now = self.clock.now();
        let letter = letter("whsec_zoo_stripe_v1", now.as_second(), event);
        hear(&self.app, &self.provider, self.name, &letter).unwrap()
    }

    /// A refund whose reply was lost.
    fn unclear(database: &Database) -> Self {
        let desk = Self::over(database, &Arc::new(Zoo::new()), "stripe_v1");
        desk.zoo.fault(desk.name, &json!({"kind": "drop", "place": "at_door"}));
        desk.refunding("SO-1", "pi_1");
        desk.work_once();
        assert_eq!(desk.state("SO-1"), InstructionState::Unclear);
        desk
    }
}

const NEWS: Heard = Heard { recorded: 1, ignored: 0 };
const NO_NEWS: Heard = Heard { recorded: 0, ignored: 1 };

fn a_webhook_only_updates_what_was_sent_and_only_once(database: &Database) {
    let desk = Desk::over(database, &Arc::new(Zoo::new()), "stripe_v1");
    desk.refunding("SO-1", "pi_1");
    let paid = refund_event(desk.clock.now(), &json!({}));
    assert_eq!(desk.hears(&paid), NO_NEWS, "it was not sent yet");
    assert_eq!(desk.state("SO-1"), InstructionState::Reserved);
    desk.zoo.fault(desk.name, &json!({"kind": "drop", "place": "at_door"}));
    desk.work_once();
    for reference in ["SO-1/R-1/2", "SO-1/R-2/1", "SO-2/R-1/1", "SO-1/R-1/01", "", "somebody's own"]
    {
        let other = json!({"metadata": {"reference": reference}});
        assert_eq!(desk.hears(&refund_event(desk.clock.now(), &other)), NO_NEWS, "{reference}");
    }
    let nobodys = refund_event(desk.clock.now(), &json!({"metadata": {}}));
    assert_eq!(desk.hears(&nobodys), Heard::default());
    for status in ["pending", "requires_action", "something_new"] {
        let open = refund_event(desk.clock.now(), &json!({"status": status}));
        assert_eq!(desk.hears(&open), NO_NEWS, "{status}");
    }
    // Another provider does not speak for this one.
    let now = desk.clock.now();
    let signed = letter("whsec_zoo_stripe_v1", now.as_second(), &paid);
    assert_eq!(hear(&desk.app, &desk.provider, "other", &signed).unwrap(), NO_NEWS);
    let nobody = desk.app.take_webhook(&Providers::new(), &id("stripe_v1"), &|_| None, b"");
    assert!(matches!(nobody, Err(WebhookError::UnknownProvider { .. })));
    assert_eq!(desk.state("SO-1"), InstructionState::Unclear);
    assert_eq!(desk.hears(&paid), NEWS);
    for _ in 0..4 {
        assert_eq!(desk.hears(&paid), NO_NEWS);
    }
    assert_eq!(desk.state("SO-1"), InstructionState::Settled);
    let requests = desk.zoo.requests();
    desk.work();
    assert_eq!(desk.zoo.requests(), requests, "what is settled is not sent again");
}

fn a_webhook_that_says_another_amount_or_payment_never_settles(database: &Database) {
    let desk = Desk::unclear(database);
    for change in [
        json!({"amount": PRICE - 1}),
        json!({"currency": "usd"}),
        json!({"payment_intent": "pi_2", "charge": "ch_2"}),
        json!({"amount": 1, "status": "failed"}),
    ] {
        desk.hears(&refund_event(desk.clock.now(), &change));
        assert_eq!(desk.state("SO-1"), InstructionState::Manual, "{change}");
    }
    desk.work();
    assert_eq!(desk.zoo.totals("stripe_v1", "pi_1")[0], 0, "a person has it");
    // The truth comes all the same.
    assert_eq!(desk.hears(&refund_event(desk.clock.now(), &json!({}))), NEWS);
    assert_eq!(desk.state("SO-1"), InstructionState::Settled);
}

fn an_old_success_does_not_undo_a_failure(database: &Database) {
    let desk = Desk::unclear(database);
    let succeeded = refund_event(desk.clock.now(), &json!({}));
    desk.wait(SignedDuration::from_mins(1));
    let failed = refund_event(desk.clock.now(), &json!({"status": "failed"}));
    let has_failed = InstructionState::Failed { replaced: false };
    assert_eq!(desk.hears(&failed), NEWS);
    assert_eq!(desk.hears(&succeeded), NO_NEWS, "it was sent before, and came later");
    assert_eq!(desk.state("SO-1"), has_failed);
    desk.wait(SignedDuration::from_mins(1));
    assert_eq!(desk.hears(&refund_event(desk.clock.now(), &json!({}))), NEWS);
    assert_eq!(desk.state("SO-1"), InstructionState::Settled, "it was paid after all");
    assert_eq!(desk.hears(&failed), NEWS, "a failure after the settlement is late, and as true");
    assert_eq!(desk.state("SO-1"), has_failed);
}

fn dispute(id: &str, payment: &str, status: &str) -> Value {
    let dispute = json!({
        "id": id, "object": "dispute", "status": status, "charge": "ch_none",
        "payment_intent": payment, "amount": PRICE, "currency": "eur",
    });
    json!({
        "id": "evt_2", "object": "event", "type": "charge.dispute.updated", "created": START,
        "data": {"object": dispute},
    })
}

fn a_chargeback_reaches_every_order_with_the_payment(database: &Database) {
    let desk = Desk::over(database, &Arc::new(Zoo::new()), "stripe_v1");
    desk.refunding("SO-1", "pi_1");
    desk.imported("SO-2", "pi_1", "EUR");
    desk.sold("SO-3", "pi_3", "EUR");
    let standing = |number: &str| desk.ledger(number).chargebacks.values().copied().next();
    assert_eq!(desk.hears(&dispute("du_0", "pi_1", "warning_needs_response")), Heard::default());
    assert_eq!(desk.hears(&dispute("du_0", "pi_none", "needs_response")), NO_NEWS);
    assert_eq!(desk.hears(&dispute("du_1", "pi_1", "needs_response")), NEWS);
    assert_eq!(desk.hears(&dispute("du_1", "pi_1", "under_review")), NO_NEWS);
    let open = Some(Chargeback::Open);
    assert_eq!([standing("SO-1"), standing("SO-2"), standing("SO-3")], [open, open, None]);
    desk.work_once();
    assert_eq!(desk.state("SO-1"), InstructionState::Reserved, "nothing goes to that payment");
    assert_eq!(desk.hears(&dispute("du_1", "pi_1", "won")), NEWS);
    assert_eq!([standing("SO-1"), standing("SO-2")], [None, None]);
    assert_eq!(desk.hears(&dispute("du_1", "pi_1", "needs_response")), NO_NEWS, "an old message");
    desk.work();
    assert_eq!(desk.is_fair("won", "SO-1", "pi_1"), InstructionState::Settled);
    assert_eq!(desk.hears(&dispute("du_3", "pi_3", "lost")), NEWS);
    assert_eq!(standing("SO-3"), Some(Chargeback::Lost));
}

fn messages_of_a_chargeback_may_come_in_any_order(database: &Database) {
    let desk = Desk::over(database, &Arc::new(Zoo::new()), "stripe_v1");
    desk.sold("SO-1", "pi_1", "EUR");
    let standing = || desk.ledger("SO-1").chargebacks.values().copied().next();
    desk.hears(&dispute("du_1", "pi_1", "won"));
    assert_eq!(standing(), None);
    desk.hears(&dispute("du_1", "pi_1", "needs_response"));
    assert_eq!(standing(), None, "it was won before we heard that it was opened");
    desk.hears(&dispute("du_2", "pi_1", "needs_response"));
    desk.hears(&dispute("du_1", "pi_1", "won"));
    assert_eq!(standing(), Some(Chargeback::Open), "the one that was won is another");
    desk.hears(&dispute("du_2", "pi_1", "lost"));
    desk.hears(&dispute("du_2", "pi_1", "needs_response"));
    assert_eq!(standing(), Some(Chargeback::Lost));
}

fn forged_webhooks_change_nothing(database: &Database) {
    let zoo = Arc::new(Zoo::new());
    let first = Desk::over(database, &zoo, "stripe_v1");
    for name in ["stripe_v1", "paypal"] {
        let desk = first.of(name);
        let refused = desk.listens();
        let (number, payment) =
            (format!("SO-{}", name.len()), format!("pi-{name}").replace('-', "_"));
        zoo.fault(name, &json!({"kind": "drop", "place": "at_door"}));
        desk.refunding(&number, &payment);
        desk.work_once();
        let stripe = refund_event(
            desk.clock.now(),
            &json!({
                "metadata": {"reference": format!("{number}/R-1/1")},
                "payment_intent": payment,
            }),
        );
        let paypal = json!({
            "id": "WH-1", "event_type": "PAYMENT.CAPTURE.REFUNDED",
            "create_time": "2026-03-06T09:00:00Z",
            "resource": {
                "id": "RFD1", "status": "COMPLETED", "custom_id": format!("{number},2FR-1,2F1"),
                "amount": {"value": "100.00", "currency_code": "EUR"},
            },
        });
        for event in [stripe, paypal] {
            zoo.control(&format!("{name}/webhooks/forge"), &event);
        }
        assert_eq!(count(&refused), 2, "{name}");
        assert_eq!(desk.state(&number), InstructionState::Unclear, "{name}");
    }
}

fn read(
    provider: &dyn RefundProvider,
    letter: &Letter,
    now: i64,
) -> Result<Vec<Told>, WebhookRefused> {
    let now = Timestamp::from_second(now).unwrap();
    provider.read_webhook(&|name| letter.headers.get(name).cloned(), &letter.body, now)
}

fn stripe_with(secrets: &[&str]) -> Stripe {
    Stripe::new(StripeSettings {
        base_url: BaseUrl::new("https://api.stripe.com").unwrap(),
        api_key: Secret::new("sk_test"),
        webhook_secrets: secrets.iter().map(|secret| Secret::new(*secret)).collect(),
    })
}

#[test]
fn stripe_signs_with_moment_body_and_secret() {
    let event = refund_event(Timestamp::from_second(START).unwrap(), &json!({}));
    let genuine = letter("whsec_a", START, &event);
    let signature = genuine.headers["stripe-signature"].clone();
    let v1 = signature.split_once(",v1=").unwrap().1.to_owned();
    let stripe = stripe_with(&["whsec_a"]);
    let with = |signature: String| {
        let headers = [("stripe-signature".to_owned(), signature)];
        Letter { headers: headers.into(), body: genuine.body.clone() }
    };
    let wrong = "0".repeat(64);
    for (signature, now) in [
        (signature.clone(), START),
        (signature.clone(), START + 300),
        (signature.clone(), START - 300),
        (format!("t={START},v1={wrong},v1={v1}"), START),
        (format!("t={START}, v0=x, v1={v1}"), START),
        (format!("v1={v1},t={START}"), START),
    ] {
        assert!(read(&stripe, &with(signature.clone()), now).is_ok(), "{signature} at {now}");
    }
    for (signature, now) in [
        (signature.clone(), START + 301),
        (signature.clone(), START - 301),
        (format!("t={START},v1={wrong}"), START),
        (format!("t={},v1={v1}", START + 1), START),
        (format!("t={START},v0={v1}"), START),
        (format!("t={START},v1={}", &v1[..62]), START),
        (format!("t={START},v1={}x", &v1[..63]), START),
        (format!("t={START},v1="), START),
        (format!("v1={v1}"), START),
        (format!("t=x,v1={v1}"), START),
        (format!("t={},v1={v1}", i64::MIN), START),
        (String::new(), START),
        (format!("t={START},v1=+f{}", &v1[2..]), START),
    ] {
        let refused = read(&stripe, &with(signature.clone()), now);
        assert_eq!(refused, Err(WebhookRefused::NotSigned), "{signature} at {now}");
    }
    let mut changed = genuine.clone();
    *changed.body.last_mut().unwrap() = b' ';
    assert_eq!(read(&stripe, &changed, START), Err(WebhookRefused::NotSigned));
    let bare = Letter { headers: [].into(), body: genuine.body.clone() };
    assert_eq!(read(&stripe, &bare, START), Err(WebhookRefused::NotSigned));
    assert_eq!(read(&stripe_with(&["b"]), &genuine, START), Err(WebhookRefused::NotSigned));
    assert!(read(&stripe_with(&["b", "whsec_a"]), &genuine, START).is_ok());
    assert_eq!(read(&stripe_with(&[]), &genuine, START), Err(WebhookRefused::NotTaken));
}

#[test]
fn what_is_signed_and_cannot_be_read_is_refused_and_what_is_not_ours_tells_nothing() {
    let stripe = stripe_with(&["whsec_a"]);
    let at = Timestamp::from_second(START).unwrap();
    let of_type = |kind: &str| {
        let mut event = refund_event(at, &json!({}));
        event["type"] = json!(kind);
        event
    };
    for kind in ["refund.created", "refund.updated", "refund.failed", "charge.refund.updated"] {
        assert_eq!(
            read(&stripe, &letter("whsec_a", START, &of_type(kind)), START).unwrap().len(),
            1
        );
    }
    for kind in ["charge.refunded", "payment_intent.succeeded", "customer.created"] {
        let told = read(&stripe, &letter("whsec_a", START, &of_type(kind)), START);
        assert_eq!(told, Ok(Vec::new()), "{kind}");
    }
    let mut without_type = of_type("refund.updated");
    without_type["type"] = Value::Null;
    for event in [
        json!([]),
        json!("text"),
        without_type,
        refund_event(at, &json!({"object": "charge"})),
        refund_event(at, &json!({"id": ""})),
    ] {
        let refused = read(&stripe, &letter("whsec_a", START, &event), START);
        assert_eq!(refused, Err(WebhookRefused::Unreadable), "{event}");
    }
    let told =
        read(&stripe, &letter("whsec_a", START, &refund_event(at, &json!({"amount": "x"}))), START);
    let Ok([Told::Refund(told)]) = told.as_deref() else { panic!("{told:?}") };
    assert_eq!(told.answer, SubmitAnswer::Unclear, "an amount that cannot be read is not ours");
}

#[test]
fn paypal_says_itself_what_it_has_sent() {
    let zoo = Zoo::new();
    let paypal = adapter(&zoo, "paypal", &hand());
    let (letters, hear) = keeper();
    zoo.tells("paypal", hear);
    zoo.pay("paypal", "CAP1", 1_000, "EUR");
    paypal.submit(&crate::answers::request("CAP1", 400, "EUR"));
    zoo.wait_for_quiet();
    let letter = letters.lock().unwrap().remove(0);
    let told = read(&*paypal, &letter, START).unwrap();
    let [Told::Refund(told)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(told.reference, "SO-1/R-1/1");
    assert_eq!((told.payments.clone(), told.amount.unwrap().minor), (vec![id("CAP1")], 400));
    let mut changed = letter.clone();
    changed.body = String::from_utf8(letter.body.clone()).unwrap().replace("4.00", "5.00").into();
    assert_eq!(read(&*paypal, &changed, START), Err(WebhookRefused::NotSigned));
    for name in letter.headers.keys().filter(|name| name.starts_with("paypal")) {
        let mut bare = letter.clone();
        bare.headers.remove(name);
        assert_eq!(read(&*paypal, &bare, START), Err(WebhookRefused::NotSigned), "{name}");
    }
    let mut broken = letter.clone();
    broken.body = b"{} {}".to_vec();
    assert_eq!(read(&*paypal, &broken, START), Err(WebhookRefused::Unreadable));
    let gone = PayPalSettings {
        base_url: BaseUrl::new("http://127.0.0.1:1").unwrap(),
        client_id: "client".to_owned(),
        client_secret: Secret::new("secret"),
        webhook_id: Some("WH1".to_owned()),
    };
    let unset = PayPalSettings { webhook_id: None, ..gone.clone() };
    assert_eq!(read(&PayPal::new(gone, hand()), &letter, START), Err(WebhookRefused::NotNow));
    assert_eq!(read(&PayPal::new(unset, hand()), &letter, START), Err(WebhookRefused::NotTaken));
}

#[test]
fn paypal_disputes_are_chargebacks() {
    let zoo = Zoo::new();
    let paypal = adapter(&zoo, "paypal", &hand());
    for (status, outcome, expected) in [
        ("OPEN", Value::Null, Some(ChargebackState::Opened)),
        ("WAITING_FOR_SELLER_RESPONSE", Value::Null, Some(ChargebackState::Opened)),
        ("RESOLVED", json!("RESOLVED_SELLER_FAVOUR"), Some(ChargebackState::Won)),
        ("RESOLVED", json!("RESOLVED_BUYER_FAVOUR"), Some(ChargebackState::Lost)),
        ("RESOLVED", json!("RESOLVED_WITH_PAYOUT"), None),
        ("RESOLVED", Value::Null, None),
    ] {
        let body = json!({
            "id": "WH-2", "event_type": "CUSTOMER.DISPUTE.UPDATED",
            "create_time": "2026-03-06T09:00:00Z",
            "resource": {
                "dispute_id": "PP-D-1", "status": status,
                "dispute_outcome": {"outcome_code": outcome},
                "disputed_transactions": [{"seller_transaction_id": "CAP1"}],
            },
        });
        let signature = sign("whsec_zoo_paypal", format!("{START}.{body}").as_bytes());
        let headers = [
            ("paypal-transmission-sig", signature),
            ("paypal-transmission-time", START.to_string()),
            ("paypal-transmission-id", "zoo-1".to_owned()),
            ("paypal-cert-url", "https://api.paypal.com/zoo".to_owned()),
            ("paypal-auth-algo", "SHA256withRSA".to_owned()),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value)).into();
        let letter = Letter { headers, body: body.to_string().into_bytes() };
        let told = read(&*paypal, &letter, START).unwrap();
        let states: Vec<_> = told
            .iter()
            .map(|told| match told {
                Told::Chargeback(told) => {
                    assert_eq!(told.payments, [id("CAP1")]);
                    told.state
                }
                Told::Refund(_) => panic!("{told:?}"),
            })
            .collect();
        assert_eq!(states, expected.into_iter().collect::<Vec<_>>(), "{status} {outcome}");
    }
}
