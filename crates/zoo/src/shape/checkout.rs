//! Checkout.com: `POST /payments/:id/refunds`, `GET /payments/:id/actions`.

use serde_json::{Value, json};

use super::{
    Answer, Ask, Call, Change, Found, Look, Problem, Request, Shape, rfc3339, text, texts,
    whole_amount,
};
use crate::state::{Refund, Status};

pub(super) struct Checkout;

impl Shape for Checkout {
    fn refund_prefix(&self) -> &'static str {
        "act_"
    }

    fn read(&self, request: &Request) -> Result<Call, Problem> {
        match (request.method.as_str(), request.parts().as_slice()) {
            ("POST", ["payments", payment, "refunds"]) => {
                let body = request.json()?;
                Ok(Call::Refund(Ask {
                    payment: (*payment).to_owned(),
                    amount_minor: whole_amount(body.get("amount"))?,
                    currency: None,
                    reference: text(&body, "/reference"),
                    metadata: texts(body.get("metadata")),
                }))
            }
            ("GET", ["payments", payment, "actions"]) => Ok(Call::Look(Look::Refunds {
                payment: Some((*payment).to_owned()),
                limit: usize::MAX,
                after: None,
            })),
            _ => Err(Problem::NoSuchPath),
        }
    }

    fn made(&self, refund: &Refund) -> Answer {
        let links = json!({"payment": {"href": format!("/payments/{}", refund.payment)}});
        let body = json!({"action_id": refund.id, "reference": refund.reference, "_links": links});
        Answer::new(202, body)
    }

    fn found(&self, found: &Found) -> Answer {
        match found {
            Found::Refunds(refunds, _) => Answer::new(200, refunds.iter().map(action).collect()),
            Found::Refund(_) | Found::Payment { .. } => self.problem(&Problem::NoSuchPath),
        }
    }

    fn problem(&self, problem: &Problem) -> Answer {
        let error = |status, kind: &str, code: &str| {
            Answer::new(
                status,
                json!({"request_id": "zoo", "error_type": kind, "error_codes": [code]}),
            )
        };
        let invalid = "request_invalid";
        match problem {
            Problem::BadRequest(message) => error(422, invalid, message),
            Problem::NoSuchPath | Problem::UnknownPayment(_) | Problem::UnknownRefund(_) => {
                Answer::new(404, Value::Null)
            }
            Problem::OverCap { .. } => error(422, invalid, "refund_amount_exceeds_balance"),
            Problem::NothingLeft => error(403, invalid, "refund_not_allowed"),
            Problem::KeyInUse => error(429, "processing_error", "duplicate_request"),
            Problem::KeyMismatch => error(422, invalid, "idempotency_key_mismatch"),
            Problem::Broken(status) => error(*status, "processing_error", "internal_error"),
        }
    }

    fn webhook(&self, id: &str, at: i64, refund: &Refund, change: Change) -> Option<Value> {
        let kind = match (change, refund.status) {
            (Change::Failed, _) => "payment_refund_declined",
            (Change::Made, Status::Pending) => "payment_refund_pending",
            _ => "payment_refunded",
        };
        let data = json!({
            "id": refund.payment,
            "action_id": refund.id,
            "amount": refund.amount_minor,
            "currency": refund.currency,
            "reference": refund.reference,
            "metadata": refund.metadata,
            "processed_on": rfc3339(refund.created_at),
        });
        Some(json!({"id": id, "type": kind, "created_on": rfc3339(at), "data": data}))
    }
}

fn action(refund: &Refund) -> Value {
    let (code, summary) = match refund.status {
        Status::Pending => ("10200", "Pending"),
        Status::Succeeded => ("10000", "Approved"),
        Status::Failed => ("20005", "Declined"),
    };
    json!({
        "id": refund.id,
        "type": "Refund",
        "processed_on": rfc3339(refund.created_at),
        "amount": refund.amount_minor,
        "approved": refund.status == Status::Succeeded,
        "response_code": code,
        "response_summary": summary,
        "reference": refund.reference,
        "metadata": refund.metadata,
    })
}
