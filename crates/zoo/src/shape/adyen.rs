//! Adyen: `POST /payments/:id/refunds`, which is only received; the outcome is told by a webhook.
//!
//! Adyen itself has no way to look a refund up. The zoo adds `GET /payments/:id/refunds` for clients that stand on a
//! provider of this kind with one.

use serde_json::{Value, json};

use super::{
    Answer, Ask, Call, Change, Found, Look, Problem, Request, Shape, rfc3339, text, texts,
    whole_amount,
};
use crate::state::{Refund, Status};

pub(super) struct Adyen;

impl Shape for Adyen {
    fn refund_prefix(&self) -> &'static str {
        "PSP"
    }

    fn read(&self, request: &Request) -> Result<Call, Problem> {
        match (request.method.as_str(), request.parts().as_slice()) {
            ("POST", ["payments", payment, "refunds"]) => {
                let body = request.json()?;
                let amount = whole_amount(body.pointer("/amount/value"))?;
                let missing = || Problem::BadRequest("Required field 'amount' is null".to_owned());
                Ok(Call::Refund(Ask {
                    payment: (*payment).to_owned(),
                    amount_minor: Some(amount.ok_or_else(missing)?),
                    currency: text(&body, "/amount/currency"),
                    reference: text(&body, "/reference"),
                    metadata: texts(body.get("metadata")),
                }))
            }
            ("GET", ["payments", payment, "refunds"]) => Ok(Call::Look(Look::Refunds {
                payment: Some((*payment).to_owned()),
                limit: usize::MAX,
                after: None,
            })),
            _ => Err(Problem::NoSuchPath),
        }
    }

    fn made(&self, refund: &Refund) -> Answer {
        Answer::new(201, object(refund, "received"))
    }

    fn found(&self, found: &Found) -> Answer {
        match found {
            Found::Refunds(refunds, _) => {
                let refunds: Vec<_> =
                    refunds.iter().map(|refund| object(refund, outcome(refund))).collect();
                Answer::new(200, json!({ "refunds": refunds }))
            }
            Found::Refund(_) | Found::Payment { .. } => self.problem(&Problem::NoSuchPath),
        }
    }

    fn problem(&self, problem: &Problem) -> Answer {
        let (status, code, kind, message) = match problem {
            Problem::BadRequest(message) => (422, "702", "validation", message.as_str()),
            Problem::NoSuchPath | Problem::UnknownRefund(_) => {
                (404, "000", "validation", "Not found")
            }
            Problem::UnknownPayment(_) => {
                (422, "167", "validation", "Original pspReference required for this operation")
            }
            Problem::OverCap { .. } | Problem::NothingLeft => {
                (422, "137", "validation", "Invalid amount specified")
            }
            Problem::KeyInUse => {
                (422, "704", "validation", "request already processed or in progress")
            }
            Problem::KeyMismatch => (422, "702", "validation", "other request with this key"),
            Problem::Broken(status) => {
                (*status, "905", "internal", "Payment details are not supported")
            }
        };
        let body =
            json!({"status": status, "errorCode": code, "message": message, "errorType": kind});
        let header = matches!(problem, Problem::KeyInUse | Problem::Broken(_))
            .then_some(("transient-error", "true"));
        Answer { header, ..Answer::new(status, body) }
    }

    fn webhook(&self, _id: &str, at: i64, refund: &Refund, change: Change) -> Option<Value> {
        // That it was received says the answer already.
        if change == Change::Made {
            return None;
        }
        let is_paid = refund.status == Status::Succeeded;
        let item = json!({
            // A refund that fails after it had succeeded is told by another code.
            "eventCode": if is_paid || refund.history.len() <= 2 { "REFUND" } else { "REFUND_FAILED" },
            "success": if is_paid { "true" } else { "false" },
            "reason": if is_paid { "" } else { "Insufficient balance on payment" },
            "eventDate": rfc3339(at),
            "pspReference": refund.id,
            "originalReference": refund.payment,
            "merchantReference": refund.reference,
            "amount": {"value": refund.amount_minor, "currency": refund.currency},
        });
        Some(json!({"live": "false", "notificationItems": [{"NotificationRequestItem": item}]}))
    }
}

fn outcome(refund: &Refund) -> &'static str {
    match refund.status {
        Status::Pending => "received",
        Status::Succeeded => "refunded",
        Status::Failed => "failed",
    }
}

fn object(refund: &Refund, status: &str) -> Value {
    json!({
        "merchantAccount": "ZooMerchant",
        "paymentPspReference": refund.payment,
        "pspReference": refund.id,
        "reference": refund.reference,
        "status": status,
        "amount": {"value": refund.amount_minor, "currency": refund.currency},
    })
}
