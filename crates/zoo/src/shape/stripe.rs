//! Stripe: `POST /v1/refunds`, `GET /v1/refunds`, `GET /v1/refunds/:id`.

use serde_json::{Value, json};

use super::{Answer, Ask, Call, Change, Found, Look, Problem, REFERENCE, Request, Shape};
use crate::state::{Refund, Status};

/// Stripe shows this many where nothing is said, and never more than the other.
const LIMIT_DEFAULT: usize = 10;
const LIMIT_MAX: usize = 100;

pub(super) struct Stripe;

impl Shape for Stripe {
    fn refund_prefix(&self) -> &'static str {
        "re_"
    }

    fn read(&self, request: &Request) -> Result<Call, Problem> {
        match (request.method.as_str(), request.parts().as_slice()) {
            ("POST", ["v1", "refunds"]) => read_ask(&request.body).map(Call::Refund),
            ("GET", ["v1", "refunds"]) => {
                let asked = |name| request.query.get(name).cloned();
                let limit = asked("limit").and_then(|limit| limit.parse().ok());
                Ok(Call::Look(Look::Refunds {
                    payment: asked("payment_intent").or_else(|| asked("charge")),
                    limit: limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX),
                    after: asked("starting_after"),
                }))
            }
            ("GET", ["v1", "refunds", id]) => Ok(Call::Look(Look::Refund((*id).to_owned()))),
            _ => Err(Problem::NoSuchPath),
        }
    }

    fn made(&self, refund: &Refund) -> Answer {
        Answer::new(200, object(refund))
    }

    fn found(&self, found: &Found) -> Answer {
        let body = match found {
            Found::Refund(refund) => object(refund),
            Found::Refunds(refunds, has_more) => json!({
                "object": "list",
                "url": "/v1/refunds",
                "has_more": has_more,
                "data": refunds.iter().map(object).collect::<Vec<_>>(),
            }),
            Found::Payment { .. } => return self.problem(&Problem::NoSuchPath),
        };
        Answer::new(200, body)
    }

    fn problem(&self, problem: &Problem) -> Answer {
        let wrong = "invalid_request_error";
        let (status, kind, code, message) = match problem {
            Problem::BadRequest(message) => {
                (400, wrong, Some("parameter_invalid"), message.clone())
            }
            Problem::NoSuchPath => (404, wrong, None, "Unrecognized request URL".to_owned()),
            Problem::UnknownPayment(id) => {
                (404, wrong, Some("resource_missing"), format!("No such payment: '{id}'"))
            }
            Problem::UnknownRefund(id) => {
                (404, wrong, Some("resource_missing"), format!("No such refund: '{id}'"))
            }
            Problem::OverCap { asked_minor, left_minor } => {
                let message = format!(
                    "Refund amount ({asked_minor}) is greater than unrefunded amount on charge ({left_minor})"
                );
                (400, wrong, None, message)
            }
            Problem::NothingLeft => {
                let message = "The charge has already been refunded.".to_owned();
                (400, wrong, Some("charge_already_refunded"), message)
            }
            Problem::KeyInUse => {
                let message = "Another in-progress request uses this idempotency key.".to_owned();
                (409, wrong, Some("idempotency_key_in_use"), message)
            }
            Problem::KeyMismatch => {
                let message =
                    "This idempotency key was first used with other parameters.".to_owned();
                (400, "idempotency_error", None, message)
            }
            Problem::Broken(status) => {
                (*status, "api_error", None, "Something went wrong.".to_owned())
            }
        };
        let mut error = json!({"type": kind, "message": message});
        if let (Some(code), Some(error)) = (code, error.as_object_mut()) {
            error.insert("code".to_owned(), code.into());
        }
        Answer::new(status, json!({ "error": error }))
    }

    fn webhook(&self, id: &str, at: i64, refund: &Refund, change: Change) -> Option<Value> {
        let kind = match change {
            Change::Made => "refund.created",
            Change::Settled => "refund.updated",
            Change::Failed => "refund.failed",
        };
        let data = json!({"object": object(refund)});
        let event = json!({"id": id, "object": "event", "type": kind, "created": at,
            "livemode": false, "pending_webhooks": 1, "data": data});
        Some(event)
    }
}

fn read_ask(body: &[u8]) -> Result<Ask, Problem> {
    let mut ask = Ask::default();
    for (name, value) in form_urlencoded::parse(body) {
        match name.as_ref() {
            "payment_intent" | "charge" => ask.payment = value.into_owned(),
            "amount" => {
                let amount = value.parse().ok().filter(|amount| *amount > 0);
                let wrong = || Problem::BadRequest(format!("Invalid positive integer: {value}"));
                ask.amount_minor = Some(amount.ok_or_else(wrong)?);
            }
            "currency" => ask.currency = Some(value.to_uppercase()),
            "reason" | "expand[]" | "refund_application_fee" | "reverse_transfer" => {}
            other => {
                let name = other.strip_prefix("metadata[").and_then(|name| name.strip_suffix(']'));
                let unknown =
                    || Problem::BadRequest(format!("Received unknown parameter: {other}"));
                let name = name.ok_or_else(unknown)?.to_owned();
                ask.metadata.insert(name, value.into_owned());
            }
        }
    }
    if ask.payment.is_empty() {
        let message = "One of the following params should be provided for this request: payment_intent or charge.";
        return Err(Problem::BadRequest(message.to_owned()));
    }
    ask.reference = ask.metadata.get(REFERENCE).cloned();
    Ok(ask)
}

fn object(refund: &Refund) -> Value {
    let status = match refund.status {
        Status::Pending => "pending",
        Status::Succeeded => "succeeded",
        Status::Failed => "failed",
    };
    let mut object = json!({
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount_minor,
        "balance_transaction": null,
        "charge": refund.charge,
        "created": refund.created_at,
        "currency": refund.currency.to_lowercase(),
        "metadata": refund.metadata,
        "payment_intent": refund.payment,
        "reason": null,
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": status,
        "transfer_reversal": null,
    });
    if let (Status::Failed, Some(object)) = (refund.status, object.as_object_mut()) {
        object.insert("failure_reason".to_owned(), "expired_or_canceled_card".into());
    }
    object
}
