//! Razorpay: `POST /v1/payments/:id/refund`, `GET /v1/payments/:id/refunds`, `GET /v1/refunds/:id`.

use serde_json::{Value, json};

use super::{
    Answer, Ask, Call, Change, Found, Look, Problem, REFERENCE, Request, Shape, text, texts,
    whole_amount,
};
use crate::state::{Refund, Status};

const LIMIT_DEFAULT: usize = 10;
const LIMIT_MAX: usize = 100;

pub(super) struct Razorpay;

impl Shape for Razorpay {
    fn refund_prefix(&self) -> &'static str {
        "rfnd_"
    }

    fn read(&self, request: &Request) -> Result<Call, Problem> {
        match (request.method.as_str(), request.parts().as_slice()) {
            ("POST", ["v1", "payments", payment, "refund"]) => {
                let body = request.json()?;
                let notes = texts(body.get("notes"));
                Ok(Call::Refund(Ask {
                    payment: (*payment).to_owned(),
                    amount_minor: whole_amount(body.get("amount"))?,
                    currency: None,
                    reference: text(&body, "/receipt").or_else(|| notes.get(REFERENCE).cloned()),
                    metadata: notes,
                }))
            }
            ("GET", ["v1", "payments", payment, "refunds"]) => {
                let limit = request.query.get("count").and_then(|count| count.parse().ok());
                Ok(Call::Look(Look::Refunds {
                    payment: Some((*payment).to_owned()),
                    limit: limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX),
                    after: None,
                }))
            }
            ("GET", ["v1", "refunds", id]) => Ok(Call::Look(Look::Refund((*id).to_owned()))),
            _ => Err(Problem::NoSuchPath),
        }
    }

    fn made(&self, refund: &Refund) -> Answer {
        Answer::new(200, entity(refund))
    }

    fn found(&self, found: &Found) -> Answer {
        let body = match found {
            Found::Refund(refund) => entity(refund),
            Found::Refunds(refunds, _) => json!({
                "entity": "collection",
                "count": refunds.len(),
                "items": refunds.iter().map(entity).collect::<Vec<_>>(),
            }),
            Found::Payment { .. } => return self.problem(&Problem::NoSuchPath),
        };
        Answer::new(200, body)
    }

    fn problem(&self, problem: &Problem) -> Answer {
        let bad = "BAD_REQUEST_ERROR";
        let (status, code, description) = match problem {
            Problem::BadRequest(message) => (400, bad, message.as_str()),
            Problem::NoSuchPath => (404, bad, "The requested URL was not found on the server."),
            Problem::UnknownPayment(_) | Problem::UnknownRefund(_) => {
                (400, bad, "The id provided does not exist")
            }
            Problem::OverCap { .. } => {
                (400, bad, "The refund amount provided is greater than amount captured")
            }
            Problem::NothingLeft => (400, bad, "The payment has been fully refunded already"),
            Problem::KeyInUse => {
                (409, bad, "A request with this idempotency key is still being processed")
            }
            Problem::KeyMismatch => (400, bad, "Different request body for this idempotency key"),
            Problem::Broken(status) => (*status, "SERVER_ERROR", "Something went wrong"),
        };
        Answer::new(status, json!({"error": {"code": code, "description": description}}))
    }

    fn webhook(&self, id: &str, at: i64, refund: &Refund, change: Change) -> Option<Value> {
        let kind = match (change, refund.status) {
            (Change::Failed, _) => "refund.failed",
            (Change::Made, Status::Pending) => "refund.created",
            _ => "refund.processed",
        };
        let event = json!({
            // Razorpay sends the event's id as a header; it stands here for want of one.
            "id": id,
            "entity": "event",
            "event": kind,
            "contains": ["refund"],
            "created_at": at,
            "payload": {"refund": {"entity": entity(refund)}},
        });
        Some(event)
    }
}

fn entity(refund: &Refund) -> Value {
    let status = match refund.status {
        Status::Pending => "pending",
        Status::Succeeded => "processed",
        Status::Failed => "failed",
    };
    json!({
        "id": refund.id,
        "entity": "refund",
        "amount": refund.amount_minor,
        "currency": refund.currency,
        "payment_id": refund.payment,
        "receipt": refund.reference,
        "notes": refund.metadata,
        "acquirer_data": {"arn": null},
        "created_at": refund.created_at,
        "batch_id": null,
        "status": status,
        "speed_processed": "normal",
        "speed_requested": "normal",
    })
}
