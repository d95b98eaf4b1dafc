//! What each answer makes certain. A server that says what a test wants stands for the provider.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use backhaul_adapters::provider::{
    BaseUrl, PayPal, PayPalSettings, Secret, Stripe, StripeSettings,
};
use backhaul_app::{Clock, LookUp, RefundProvider, RefundRequest, SubmitAnswer};
use backhaul_core::ledger::IdempotencyKey;
use backhaul_core::money::{Currency, Money};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::desk::{Hand, hand, id};

/// Answers every request so; keeps the first line of each.
struct Scripted {
    base: BaseUrl,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    fn new(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = BaseUrl::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut reader = BufReader::new(stream.unwrap());
                let mut first = String::new();
                reader.read_line(&mut first).unwrap();
                let (mut line, mut length) = (String::new(), 0);
                while reader.read_line(&mut line).unwrap() > 2 {
                    let lower = line.to_lowercase();
                    if let Some(value) = lower.strip_prefix("content-length: ") {
                        length = value.trim().parse().unwrap();
                    }
                    line.clear();
                }
                reader.read_exact(&mut vec![0; length]).unwrap();
                let (status, body) = answer(&first);
                kept.lock().unwrap().push(first);
                let head = format!(
                    "HTTP/1.1 {status} x\r\nlocation: /elsewhere\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                // The client may have gone when it has read enough.
                reader.into_inner().write_all(format!("{head}{body}").as_bytes()).ok();
            }
        });
        Self { base, lines }
    }

    fn saying(status: u16, body: &str) -> Self {
        let body = body.to_owned();
        Self::new(move |first| {
            let token = json!({"access_token": "A21", "token_type": "Bearer", "expires_in": 900});
            let is_sign_in = first.contains("/v1/oauth2/token");
            if is_sign_in { (200, token.to_string()) } else { (status, body.clone()) }
        })
    }

    fn asked(&self, what: &str) -> usize {
        self.lines.lock().unwrap().iter().filter(|line| line.contains(what)).count()
    }
}

fn stripe(base_url: BaseUrl) -> Stripe {
    let api_key = Secret::new("sk_test");
    Stripe::new(StripeSettings { base_url, api_key, webhook_secrets: Vec::new() })
}

fn paypal(base_url: BaseUrl, clock: &Arc<Hand>) -> PayPal {
    let (client_id, client_secret) = ("client".to_owned(), Secret::new("secret"));
    let settings = PayPalSettings { base_url, client_id, client_secret, webhook_id: None };
    PayPal::new(settings, Arc::<Hand>::clone(clock))
}

pub(crate) fn request(payment: &str, minor: i64, code: &str) -> RefundRequest {
    RefundRequest {
        payment: id(payment),
        amount: Money::new(minor, Currency::parse(code).unwrap()),
        reference: "SO-1/R-1/1".to_owned(),
        key: IdempotencyKey::new("a-key").unwrap(),
        provider: id("any"),
    }
}

fn word(answer: &SubmitAnswer) -> &'static str {
    match answer {
        SubmitAnswer::Settled { .. } => "settled",
        SubmitAnswer::Pending { .. } => "pending",
        SubmitAnswer::Failed { .. } => "failed",
        SubmitAnswer::Unclear => "unclear",
    }
}

fn stripe_refund(change: &Value) -> Value {
    let mut refund = json!({
        "id": "re_1", "object": "refund", "amount": 1_000, "currency": "eur",
        "payment_intent": "pi_1", "charge": "ch_1", "status": "succeeded",
        "metadata": {"reference": "SO-1/R-1/1"},
    });
    for (name, value) in change.as_object().unwrap() {
        refund[name] = value.clone();
    }
    refund
}

fn stripe_error(kind: &str, code: &Value) -> Value {
    json!({"error": {"type": kind, "code": code, "message": "no"}})
}

#[test]
fn stripe_answers_make_certain_what_they_say_and_nothing_else() {
    let wrong = "invalid_request_error";
    let refund = |change: Value| stripe_refund(&change).to_string();
    let error = |kind: &str, code: Value| stripe_error(kind, &code).to_string();
    for (status, body, expected) in [
        (200, refund(json!({})), "settled"),
        (200, refund(json!({"status": "pending"})), "pending"),
        (200, refund(json!({"status": "requires_action"})), "pending"),
        (200, refund(json!({"status": "failed"})), "failed"),
        (200, refund(json!({"status": "canceled"})), "failed"),
        (200, refund(json!({"status": "something_new"})), "unclear"),
        // Another refund than the one that was asked for.
        (200, refund(json!({"amount": 999})), "unclear"),
        (200, refund(json!({"amount": 1_000.5})), "unclear"),
        (200, refund(json!({"currency": "usd"})), "unclear"),
        (200, refund(json!({"payment_intent": "pi_2"})), "unclear"),
        (200, refund(json!({"metadata": {}})), "unclear"),
        (200, refund(json!({"metadata": {"reference": "SO-1/R-1/2"}})), "unclear"),
        (200, refund(json!({"object": "charge"})), "unclear"),
        (200, refund(json!({"id": null})), "unclear"),
        (200, "<html>".to_owned(), "unclear"),
        (200, String::new(), "unclear"),
        (201, refund(json!({})), "unclear"),
        (400, error(wrong, json!("charge_already_refunded")), "failed"),
        (400, error(wrong, Value::Null), "failed"),
        (402, error("card_error", json!("card_declined")), "failed"),
        (400, error("idempotency_error", Value::Null), "unclear"),
        (400, error(wrong, json!("idempotency_key_in_use")), "unclear"),
        (400, error("api_error", Value::Null), "unclear"),
        (400, "{}".to_owned(), "unclear"),
        (400, "no".to_owned(), "unclear"),
        (401, error(wrong, Value::Null), "unclear"),
        (403, error(wrong, Value::Null), "unclear"),
        // Perhaps the wrong account is asked.
        (404, error(wrong, json!("resource_missing")), "unclear"),
        (409, error(wrong, json!("idempotency_key_in_use")), "unclear"),
        (429, error(wrong, json!("rate_limit")), "unclear"),
        (500, error("api_error", Value::Null), "unclear"),
        (503, refund(json!({})), "unclear"),
        (302, refund(json!({})), "unclear"),
    ] {
        let server = Scripted::saying(status, &body);
        let answer = stripe(server.base.clone()).submit(&request("pi_1", 1_000, "EUR"));
        assert_eq!(word(&answer), expected, "{status} {body}");
        assert_eq!(server.asked(""), 1, "asked once, and no redirect followed");
    }
}

#[test]
fn what_stripe_lists_is_believed_only_if_it_is_the_refund_that_was_asked_for() {
    let list = |refunds: &[Value]| json!({"has_more": false, "data": refunds}).to_string();
    let own = stripe_refund(&json!({}));
    let other = stripe_refund(&json!({"id": "re_2", "metadata": {"reference": "SO-2/R-1/1"}}));
    let differs = stripe_refund(&json!({"id": "re_3", "amount": 1}));
    let failed = stripe_refund(&json!({"id": "re_4", "status": "failed"}));
    let (settled, is_there_not) = ("Found(Settled { reference: `re_1` })", "NotThere");
    for (status, body, expected) in [
        (200, list(&[]), is_there_not),
        (200, list(std::slice::from_ref(&other)), is_there_not),
        (200, list(&[other.clone(), own.clone()]), settled),
        (200, list(&[failed.clone(), own.clone()]), settled),
        (200, list(&[failed]), "Found(Failed { reason_code: \"failed\" })"),
        (200, list(&[own.clone(), differs]), "Differs"),
        (200, json!({"data": [own]}).to_string(), "Unknown"),
        (200, json!({"has_more": true, "data": []}).to_string(), "Unknown"),
        (
            404,
            stripe_error("invalid_request_error", &json!("resource_missing")).to_string(),
            "Unknown",
        ),
        (200, list(&[json!({"object": "refund", "metadata": {"reference": "x"}})]), "Unknown"),
        (500, list(&[]), "Unknown"),
        (200, "[]".to_owned(), "Unknown"),
    ] {
        let server = Scripted::saying(status, &body);
        let seen = stripe(server.base.clone()).look_up(&request("pi_1", 1_000, "EUR"));
        assert_eq!(format!("{seen:?}"), expected, "{status} {body}");
    }
}

#[test]
fn a_list_without_an_end_is_given_up() {
    let page = json!({"has_more": true, "data": [stripe_refund(&json!({"metadata": {}}))]});
    let server = Scripted::saying(200, &page.to_string());
    let stripe = stripe(server.base.clone());
    assert_eq!(stripe.look_up(&request("pi_1", 1_000, "EUR")), LookUp::Unknown);
    assert_eq!((server.asked(""), server.asked("starting_after=re_1")), (20, 19));
}

#[test]
fn an_answer_that_is_too_long_says_nothing() {
    let mut refund = stripe_refund(&json!({}));
    refund["description"] = json!("x".repeat(3 << 20));
    let server = Scripted::saying(200, &refund.to_string());
    let answer = stripe(server.base.clone()).submit(&request("pi_1", 1_000, "EUR"));
    assert_eq!(answer, SubmitAnswer::Unclear);
}

fn paypal_refund(change: &Value) -> Value {
    let mut refund = json!({
        "id": "RFD1", "status": "COMPLETED", "amount": {"value": "10.00", "currency_code": "EUR"},
        "custom_id": "SO-1,2FR-1,2F1",
        "links": [{"rel": "up", "href": "https://api.paypal.com/v2/payments/captures/CAP1"}],
    });
    for (name, value) in change.as_object().unwrap() {
        refund[name] = value.clone();
    }
    refund
}

#[test]
fn paypal_answers_make_certain_what_they_say_and_nothing_else() {
    let refund = |change: Value| paypal_refund(&change).to_string();
    let issue = |issues: &[&str]| {
        let details: Vec<_> = issues.iter().map(|issue| json!({"issue": issue})).collect();
        json!({"name": "UNPROCESSABLE_ENTITY", "details": details}).to_string()
    };
    for (status, body, expected) in [
        (201, refund(json!({})), "settled"),
        (200, refund(json!({"status": "PENDING"})), "pending"),
        (201, refund(json!({"status": "FAILED"})), "failed"),
        (201, refund(json!({"status": "CANCELLED"})), "failed"),
        (201, refund(json!({"status": "NEW"})), "unclear"),
        (201, refund(json!({"custom_id": null})), "settled"),
        (201, refund(json!({"custom_id": "SO-1,2FR-1,2F2"})), "unclear"),
        (201, refund(json!({"amount": {"value": "9.99", "currency_code": "EUR"}})), "unclear"),
        (201, refund(json!({"amount": {"value": "10.00", "currency_code": "USD"}})), "unclear"),
        (201, refund(json!({"amount": null})), "unclear"),
        (201, refund(json!({"links": [{"rel": "up", "href": "/captures/CAP2"}]})), "unclear"),
        (202, refund(json!({})), "unclear"),
        (422, issue(&["REFUND_AMOUNT_EXCEEDED"]), "failed"),
        (422, issue(&["PREVIOUS_REQUEST_IN_PROGRESS"]), "unclear"),
        (422, issue(&["REFUND_AMOUNT_EXCEEDED", "PREVIOUS_REQUEST_IN_PROGRESS"]), "unclear"),
        (422, issue(&[]), "unclear"),
        (400, issue(&["SOMETHING_NEW"]), "unclear"),
        (401, issue(&["REFUND_AMOUNT_EXCEEDED"]), "unclear"),
        (404, issue(&["INVALID_RESOURCE_ID"]), "unclear"),
        (409, issue(&["REFUND_AMOUNT_EXCEEDED"]), "unclear"),
        (429, issue(&[]), "unclear"),
        (500, issue(&["REFUND_AMOUNT_EXCEEDED"]), "unclear"),
    ] {
        let server = Scripted::saying(status, &body);
        let answer = paypal(server.base.clone(), &hand()).submit(&request("CAP1", 1_000, "EUR"));
        assert_eq!(word(&answer), expected, "{status} {body}");
        assert_eq!(server.asked("/refund"), 1);
    }
}

#[test]
fn paypal_is_signed_in_to_once_until_the_token_ends_or_is_refused() {
    let clock = hand();
    let server = Scripted::saying(201, &paypal_refund(&json!({})).to_string());
    let paypal_ = paypal(server.base.clone(), &clock);
    let ask = || word(&paypal_.submit(&request("CAP1", 1_000, "EUR")));
    assert_eq!([ask(), ask(), ask()], ["settled"; 3]);
    assert_eq!(server.asked("token"), 1);
    // The token is good for 900 seconds.
    clock.go_on(SignedDuration::from_secs(800));
    ask();
    assert_eq!(server.asked("token"), 2);

    let server = Scripted::saying(401, "{}");
    let paypal_ = paypal(server.base.clone(), &clock);
    for signed_in in 1..=3 {
        assert_eq!(word(&paypal_.submit(&request("CAP1", 1_000, "EUR"))), "unclear");
        assert_eq!(server.asked("token"), signed_in);
    }
}

#[test]
fn who_cannot_sign_in_asks_for_nothing() {
    for (status, body) in [(401, "{}"), (200, "{}"), (500, "no"), (200, "{\"access_token\":\"x\"}")]
    {
        let server = Scripted::new(move |_| (status, body.to_owned()));
        let answer = paypal(server.base.clone(), &hand()).submit(&request("CAP1", 1_000, "EUR"));
        assert_eq!(answer, SubmitAnswer::Unclear);
        assert_eq!(server.asked("/refund"), 0);
    }
}

#[test]
fn what_a_provider_could_not_take_is_not_sent() {
    let server = Scripted::saying(200, "{}");
    let (stripe, paypal) = (stripe(server.base.clone()), paypal(server.base.clone(), &hand()));
    let mut long = request("CAP1", 1_000, "EUR");
    long.reference = "x".repeat(128);
    for answer in [
        stripe.submit(&request("CAP1", 1_000, "EUR")),
        stripe.submit(&request("pi_1", 5_124, "KWD")),
        paypal.submit(&request("../../v1", 1_000, "EUR")),
        paypal.submit(&request("CAP1", 50_001, "HUF")),
        paypal.submit(&long),
    ] {
        assert_eq!(word(&answer), "failed");
    }
    assert_eq!(server.asked(""), 0);
}

/// In real time, because it is the time-out itself.
#[test]
fn a_call_ends_within_the_time_out_that_is_promised() {
    // Nobody ever answers.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = BaseUrl::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let stripe = stripe(base);
    #[expect(clippy::disallowed_methods, reason = "it is measured how long a call takes")]
    let now = Instant::now;
    let started = now();
    assert_eq!(stripe.submit(&request("pi_1", 1_000, "EUR")), SubmitAnswer::Unclear);
    let took = SignedDuration::try_from(started.elapsed()).unwrap();
    let promised = stripe.capabilities().timeout;
    let margin = SignedDuration::from_secs(5);
    assert!((promised - margin..promised + margin).contains(&took), "{took:?}");
}

#[test]
fn nothing_secret_is_shown() {
    let clock = hand();
    assert!(clock.now().as_second() > 0);
    let server = Scripted::saying(200, "{}");
    let shown =
        format!("{:?} {:?}", stripe(server.base.clone()), paypal(server.base.clone(), &clock));
    assert!(!shown.contains("sk_test") && !shown.contains("\"secret\""), "{shown}");
}
