//! Stripe's webhooks: signed with `Stripe-Signature: t=…,v1=…`, HMAC-SHA256 over the moment, a dot and the body
//! (docs.stripe.com/webhooks, "Verify manually").

use backhaul_app::{
    ChargebackState, SubmitAnswer, Told, ToldChargeback, ToldRefund, WebhookRefused,
};
use backhaul_core::ledger::PaymentId;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::Value;
use sha2::Sha256;

use super::stripe::Seen;
use super::{Secret, reference, text};

/// How far the moment of the signature may be from now, in seconds.
const TOLERANCE_SECONDS: u64 = 300;
/// The most bytes of a webhook.
const BODY_BYTES_MAX: usize = 1 << 20;
/// The most signatures that are tried.
const SIGNATURES_MAX: usize = 8;

pub(super) fn read(
    secrets: &[Secret],
    header: &dyn Fn(&str) -> Option<String>,
    body: &[u8],
    now: Timestamp,
) -> Result<Vec<Told>, WebhookRefused> {
    if secrets.is_empty() {
        return Err(WebhookRefused::NotTaken);
    }
    if body.len() > BODY_BYTES_MAX {
        return Err(WebhookRefused::Unreadable);
    }
    let signature = header("stripe-signature").ok_or(WebhookRefused::NotSigned)?;
    if !is_signed(secrets, &signature, body, now) {
        return Err(WebhookRefused::NotSigned);
    }
    let event = serde_json::from_slice(body).map_err(|_| WebhookRefused::Unreadable)?;
    told(&event).ok_or(WebhookRefused::Unreadable)
}

fn is_signed(secrets: &[Secret], signature: &str, body: &[u8], now: Timestamp) -> bool {
    let parts = signature.split(',').filter_map(|part| part.trim().split_once('='));
    let values = |name| parts.clone().filter(move |part| part.0 == name).map(|part| part.1);
    let Some(moment) = values("t").next() else { return false };
    let age = moment.parse().ok().and_then(|moment: i64| now.as_second().checked_sub(moment));
    if age.is_none_or(|age| age.unsigned_abs() > TOLERANCE_SECONDS) {
        return false;
    }
    let mut given = values("v1").take(SIGNATURES_MAX).filter_map(bytes_of);
    given.any(|given| secrets.iter().any(|secret| verifies(secret, moment, body, &given)))
}

/// Compares in a time that does not depend on where the two differ.
fn verifies(secret: &Secret, moment: &str, body: &[u8], given: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()) else {
        return false;
    };
    mac.update(moment.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.verify_slice(given).is_ok()
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    if !hex.is_ascii() || !hex.len().is_multiple_of(2) {
        return None;
    }
    let places = (0..hex.len()).step_by(2);
    places.map(|at| u8::from_str_radix(hex.get(at..at.checked_add(2)?)?, 16).ok()).collect()
}

/// What an event says that concerns us; nothing where it is none of Stripe's.
fn told(event: &Value) -> Option<Vec<Told>> {
    let kind = text(event, "/type")?;
    let at = Timestamp::from_second(event.get("created")?.as_i64()?).ok()?;
    let object = event.pointer("/data/object")?;
    match kind {
        "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
            refund(object, at)
        }
        _ if kind.starts_with("charge.dispute.") => chargeback(object),
        _ => Some(Vec::new()),
    }
}

/// A refund that somebody else asked for has no reference of ours.
fn refund(object: &Value, at: Timestamp) -> Option<Vec<Told>> {
    let Seen { answer, reference, payments, amount } = Seen::read(object)?;
    // Stripe always says how much; where we cannot read it, it is not what we asked for.
    let answer = if amount.is_some() { answer } else { SubmitAnswer::Unclear };
    let told = reference.map(|reference| ToldRefund { reference, at, payments, amount, answer });
    Some(told.map(Told::Refund).into_iter().collect())
}

fn chargeback(object: &Value) -> Option<Vec<Told>> {
    let state = match text(object, "/status")? {
        "needs_response" | "under_review" => ChargebackState::Opened,
        "won" => ChargebackState::Won,
        "lost" => ChargebackState::Lost,
        // An inquiry takes no money, and a refund is what may end it.
        _ => return Some(Vec::new()),
    };
    let payment = |pointer| PaymentId::new(text(object, pointer)?).ok();
    let payments = ["/payment_intent", "/charge"].into_iter().filter_map(payment).collect();
    let reference = reference(object, "/id")?;
    Some(vec![Told::Chargeback(ToldChargeback { payments, reference, state })])
}
