//! `PayPal`'s webhooks. Whether it has sent one, `PayPal` says itself: `POST /v1/notifications/verify-webhook-signature`
//! (developer.paypal.com/api/webhooks/v1).

use backhaul_app::{
    ChargebackState, SubmitAnswer, Told, ToldChargeback, ToldRefund, WebhookRefused,
};
use backhaul_core::ledger::PaymentId;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::paypal::{PayPal, Seen};
use super::{reference, text};

/// The most bytes of a webhook.
const BODY_BYTES_MAX: usize = 1 << 20;
/// The headers that the signature consists of, and what the question about them calls each.
const HEADERS: [(&str, &str); 5] = [
    ("paypal-auth-algo", "auth_algo"),
    ("paypal-cert-url", "cert_url"),
    ("paypal-transmission-id", "transmission_id"),
    ("paypal-transmission-sig", "transmission_sig"),
    ("paypal-transmission-time", "transmission_time"),
];

pub(super) fn read(
    paypal: &PayPal,
    webhook_id: &str,
    header: &dyn Fn(&str) -> Option<String>,
    body: &[u8],
) -> Result<Vec<Told>, WebhookRefused> {
    if body.len() > BODY_BYTES_MAX {
        return Err(WebhookRefused::Unreadable);
    }
    let body = str::from_utf8(body).map_err(|_| WebhookRefused::Unreadable)?;
    let event: Value = serde_json::from_str(body).map_err(|_| WebhookRefused::Unreadable)?;
    let question = question(webhook_id, header, body.trim()).ok_or(WebhookRefused::NotSigned)?;
    match paypal.has_sent(&question) {
        Some(true) => told(&event).ok_or(WebhookRefused::Unreadable),
        Some(false) => Err(WebhookRefused::NotSigned),
        None => Err(WebhookRefused::NotNow),
    }
}

/// The event goes into it byte by byte as it came: the signature covers a checksum of it.
fn question(
    webhook_id: &str,
    header: &dyn Fn(&str) -> Option<String>,
    event: &str,
) -> Option<String> {
    let mut parts = vec![format!("\"webhook_id\":{}", json!(webhook_id))];
    for (name, part) in HEADERS {
        parts.push(format!("\"{part}\":{}", json!(header(name)?)));
    }
    parts.push(format!("\"webhook_event\":{event}"));
    Some(format!("{{{}}}", parts.join(",")))
}

/// What an event says that concerns us; nothing where it is none of `PayPal`'s.
fn told(event: &Value) -> Option<Vec<Told>> {
    let kind = text(event, "/event_type")?;
    let at: Timestamp = text(event, "/create_time")?.parse().ok()?;
    let resource = event.get("resource")?;
    if kind == "PAYMENT.CAPTURE.REFUNDED" || kind.starts_with("PAYMENT.REFUND.") {
        return refund(resource, at);
    }
    if kind.starts_with("CUSTOMER.DISPUTE.") {
        return chargeback(resource);
    }
    Some(Vec::new())
}

/// A refund that somebody else asked for has no reference of ours.
fn refund(resource: &Value, at: Timestamp) -> Option<Vec<Told>> {
    let Seen { answer, reference, payment, amount } = Seen::read(resource)?;
    // PayPal always says how much; where we cannot read it, it is not what we asked for.
    let answer = if amount.is_some() { answer } else { SubmitAnswer::Unclear };
    let payments = payment.into_iter().collect();
    let told = reference.map(|reference| ToldRefund { reference, at, payments, amount, answer });
    Some(told.map(Told::Refund).into_iter().collect())
}

/// A dispute holds the money back from its first day. One that ends neither for the buyer nor for the seller is for a person.
fn chargeback(resource: &Value) -> Option<Vec<Told>> {
    let outcome = text(resource, "/dispute_outcome/outcome_code");
    let state = match (text(resource, "/status")?, outcome) {
        ("RESOLVED", Some("RESOLVED_SELLER_FAVOUR" | "CANCELED_BY_BUYER")) => ChargebackState::Won,
        ("RESOLVED", Some("RESOLVED_BUYER_FAVOUR" | "ACCEPTED")) => ChargebackState::Lost,
        ("RESOLVED", _) => return Some(Vec::new()),
        _ => ChargebackState::Opened,
    };
    let transactions = resource.get("disputed_transactions")?.as_array()?.iter();
    let ids = transactions.filter_map(|each| text(each, "/seller_transaction_id"));
    let payments = ids.filter_map(|id| PaymentId::new(id).ok()).collect();
    let reference = reference(resource, "/dispute_id")?;
    Some(vec![Told::Chargeback(ToldChargeback { payments, reference, state })])
}
