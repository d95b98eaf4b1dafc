//! `PayPal`: `POST /v2/payments/captures/:id/refund`, `GET /v2/payments/captures/:id`, `GET /v2/payments/refunds/:id`,
//! `GET /v2/checkout/orders/:id`, and around them `POST /v1/oauth2/token` and
//! `POST /v1/notifications/verify-webhook-signature`.
//!
//! There is no way to look a refund up by the caller's own reference: who lost the answer asks again with the same
//! `PayPal-Request-Id`. A capture names its order, and the order lists its refunds.

use serde_json::{Value, json};

use super::{Answer, Ask, Call, Change, Found, Look, Problem, Request, Shape, rfc3339, text};
use crate::state::{Payment, Refund, Status};

pub(super) struct Paypal;

impl Shape for Paypal {
    fn refund_prefix(&self) -> &'static str {
        "RFD"
    }

    fn read(&self, request: &Request) -> Result<Call, Problem> {
        match (request.method.as_str(), request.parts().as_slice()) {
            ("POST", ["v2", "payments", "captures", payment, "refund"]) => {
                let body = request.json()?;
                let currency = text(&body, "/amount/currency_code");
                let value = text(&body, "/amount/value");
                let amount = value.zip(currency.as_deref()).map(|(value, currency)| {
                    let wrong = || Problem::BadRequest(format!("MALFORMED_AMOUNT {value}"));
                    minor(&value, currency).filter(|amount| *amount > 0).ok_or_else(wrong)
                });
                Ok(Call::Refund(Ask {
                    payment: (*payment).to_owned(),
                    amount_minor: amount.transpose()?,
                    reference: text(&body, "/custom_id").or_else(|| text(&body, "/invoice_id")),
                    currency,
                    ..Ask::default()
                }))
            }
            ("POST", ["v1", "oauth2", "token"]) => Ok(Call::Told(token(request))),
            ("POST", ["v1", "notifications", "verify-webhook-signature"]) => {
                read_verification(request)
            }
            ("GET", ["v2", "checkout", "orders", id]) => {
                let payment = id.strip_prefix(ORDER_PREFIX).map(str::to_owned);
                let after = None;
                Ok(Call::Look(Look::Refunds { payment, limit: usize::MAX, after }))
            }
            ("GET", ["v2", "payments", "refunds", id]) => {
                Ok(Call::Look(Look::Refund((*id).to_owned())))
            }
            ("GET", ["v2", "payments", "captures", id]) => {
                Ok(Call::Look(Look::Payment((*id).to_owned())))
            }
            _ => Err(Problem::NoSuchPath),
        }
    }

    fn made(&self, refund: &Refund) -> Answer {
        Answer::new(201, object(refund))
    }

    fn found(&self, found: &Found) -> Answer {
        let body = match found {
            Found::Refund(refund) => object(refund),
            Found::Payment { payment, refunded_minor } => capture(payment, *refunded_minor),
            Found::Refunds(refunds, _) => {
                let refunds: Vec<_> = refunds.iter().map(object).collect();
                json!({"status": "COMPLETED", "purchase_units": [{"payments": {"refunds": refunds}}]})
            }
        };
        Answer::new(200, body)
    }

    fn verified(&self, is_genuine: bool) -> Answer {
        let status = if is_genuine { "SUCCESS" } else { "FAILURE" };
        Answer::new(200, json!({ "verification_status": status }))
    }

    fn problem(&self, problem: &Problem) -> Answer {
        let (status, name, issue) = match problem {
            Problem::BadRequest(message) => (400, "INVALID_REQUEST", message.as_str()),
            Problem::NoSuchPath | Problem::UnknownPayment(_) | Problem::UnknownRefund(_) => {
                (404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
            }
            Problem::OverCap { .. } => (422, "UNPROCESSABLE_ENTITY", "REFUND_AMOUNT_EXCEEDED"),
            Problem::NothingLeft => (422, "UNPROCESSABLE_ENTITY", "CAPTURE_FULLY_REFUNDED"),
            Problem::KeyInUse => (422, "UNPROCESSABLE_ENTITY", "PREVIOUS_REQUEST_IN_PROGRESS"),
            Problem::KeyMismatch => (422, "UNPROCESSABLE_ENTITY", "DUPLICATE_REQUEST_ID"),
            Problem::Broken(status) => (*status, "INTERNAL_SERVER_ERROR", "INTERNAL_SERVICE_ERROR"),
        };
        let body = json!({"name": name, "debug_id": "zoo", "details": [{"issue": issue}]});
        Answer::new(status, body)
    }

    fn webhook(&self, id: &str, at: i64, refund: &Refund, change: Change) -> Option<Value> {
        let kind = match (change, refund.status) {
            (Change::Failed, _) => "PAYMENT.REFUND.FAILED",
            (Change::Made, Status::Pending) => "PAYMENT.REFUND.PENDING",
            _ => "PAYMENT.CAPTURE.REFUNDED",
        };
        let event = json!({
            "id": id,
            "event_version": "1.0",
            "create_time": rfc3339(at),
            "resource_type": "refund",
            "resource_version": "2.0",
            "event_type": kind,
            "resource": object(refund),
        });
        Some(event)
    }
}

/// What an order is called after its one capture.
const ORDER_PREFIX: &str = "ORDER-";
/// For how long a client stays signed in.
const TOKEN_SECONDS: i64 = 32_400;

fn token(request: &Request) -> Answer {
    if request.header("authorization").is_none_or(|value| !value.starts_with("Basic ")) {
        return Answer::new(401, json!({"error": "invalid_client"}));
    }
    let body =
        json!({"access_token": "A21AAZoo", "token_type": "Bearer", "expires_in": TOKEN_SECONDS});
    Answer::new(200, body)
}

/// The signature stands for `PayPal`'s own, which covers the transmission, its moment and the event.
fn read_verification(request: &Request) -> Result<Call, Problem> {
    let body = request.json()?;
    let missing = |name: &str| Problem::BadRequest(format!("MISSING_REQUIRED_PARAMETER {name}"));
    let part = |name: &str| text(&body, &format!("/{name}")).ok_or_else(|| missing(name));
    for name in ["transmission_id", "cert_url", "auth_algo", "webhook_id"] {
        part(name)?;
    }
    let event = body.get("webhook_event").ok_or_else(|| missing("webhook_event"))?;
    let signed = format!("{}.{event}", part("transmission_time")?);
    Ok(Call::Verify { signature: part("transmission_sig")?, signed })
}

fn object(refund: &Refund) -> Value {
    let status = match refund.status {
        Status::Pending => "PENDING",
        Status::Succeeded => "COMPLETED",
        Status::Failed => "FAILED",
    };
    let link = |rel: &str, href: String| json!({"rel": rel, "method": "GET", "href": href});
    let mut object = json!({
        "id": refund.id,
        "status": status,
        "amount": money(refund.amount_minor, &refund.currency),
        "custom_id": refund.reference,
        "create_time": rfc3339(refund.created_at),
        "update_time": rfc3339(refund.history.last().map_or(refund.created_at, |(at, _)| *at)),
        "links": [
            link("self", format!("/v2/payments/refunds/{}", refund.id)),
            link("up", format!("/v2/payments/captures/{}", refund.payment)),
        ],
    });
    if let (Status::Pending, Some(object)) = (refund.status, object.as_object_mut()) {
        object.insert("status_details".to_owned(), json!({"reason": "ECHECK"}));
    }
    object
}

fn capture(payment: &Payment, refunded_minor: i64) -> Value {
    let status = match refunded_minor {
        0 => "COMPLETED",
        part if part < payment.captured_minor => "PARTIALLY_REFUNDED",
        _ => "REFUNDED",
    };
    json!({
        "id": payment.id,
        "status": status,
        "amount": money(payment.captured_minor, &payment.currency),
        "final_capture": true,
        "supplementary_data": {
            "related_ids": {"order_id": format!("{ORDER_PREFIX}{}", payment.id)},
        },
    })
}

/// How many digits stand behind the point.
fn digits(currency: &str) -> usize {
    match currency {
        "HUF" | "JPY" | "TWD" => 0,
        _ => 2,
    }
}

fn money(amount_minor: i64, currency: &str) -> Value {
    let digits = digits(currency);
    let padded = format!("{amount_minor:0>width$}", width = digits.saturating_add(1));
    let value = match padded.split_at_checked(padded.len().saturating_sub(digits)) {
        Some((whole, part)) if !part.is_empty() => format!("{whole}.{part}"),
        _ => padded,
    };
    json!({"currency_code": currency, "value": value})
}

fn minor(value: &str, currency: &str) -> Option<i64> {
    let digits = digits(currency);
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > digits || !is_plain(whole) || !is_plain(part) {
        return None;
    }
    format!("{whole}{part:0<digits$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{minor, money};

    #[test]
    fn minor_units_are_read_and_written_by_currency() {
        for (text, currency, amount) in
            [("10.99", "EUR", 1_099), ("0.05", "USD", 5), ("500", "JPY", 500), ("3.00", "EUR", 300)]
        {
            assert_eq!(minor(text, currency), Some(amount));
            assert_eq!(money(amount, currency)["value"], text);
        }
        assert_eq!(minor("3", "EUR"), Some(300));
        assert_eq!(minor("3.5", "EUR"), Some(350));
        for wrong in ["", ".5", "1.234", "-1", "1e2", "1.x"] {
            assert_eq!(minor(wrong, "EUR"), None, "{wrong}");
        }
        assert_eq!(minor("5.0", "JPY"), None);
    }
}
