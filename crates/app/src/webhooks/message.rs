//! What is sent: made from the ledger alone, and so the same each time.

use backhaul_core::ledger::EventKind;
use backhaul_store::OrderId;
use backhaul_store::ledger::Stored;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The most bytes of a message's body. An event that would make it larger is left out of it, and the message says so.
pub const PAYLOAD_BYTES_MAX: usize = 64 * 1024;

/// One event as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The same for every endpoint and at every try: receivers tell a copy by it.
    pub id: String,
    /// The body, as JSON.
    pub body: String,
}

/// The id of the message about an event: letters, digits, `-` and `_`.
#[must_use]
pub fn message_id(order: &OrderId, seq: i64) -> String {
    format!("evt_{order}_{seq}")
}

/// A kind as the type of messages: the thing that it is about, a dot, and what happened, such as `case.opened`.
#[must_use]
pub fn type_of_kind(kind: &str) -> String {
    kind.replacen('_', ".", 1)
}

/// The kind whose messages have that type.
#[must_use]
pub fn kind_of_type(text: &str) -> Option<EventKind> {
    EventKind::ALL.iter().copied().find(|kind| type_of_kind(kind.as_str()) == text)
}

#[derive(Serialize)]
struct Payload<'a> {
    #[serde(rename = "type")]
    type_: String,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    order: &'a str,
    seq: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<String>,
    /// As it is stored, to the byte; null where it is left out.
    event: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_event_too_large: bool,
}

/// What many events say of themselves.
#[derive(Deserialize)]
struct OfCase {
    case: Option<String>,
}

impl Message {
    /// The message about an event of the order with that number.
    #[must_use]
    pub fn new(order: &OrderId, number: &str, stored: &Stored) -> Self {
        let case = serde_json::from_str::<OfCase>(&stored.body).ok().and_then(|event| event.case);
        let mut payload = Payload {
            type_: type_of_kind(&stored.kind),
            timestamp: stored.at,
            data: Data {
                order: number,
                seq: stored.seq,
                case,
                event: serde_json::from_str(&stored.body).ok(),
                is_event_too_large: false,
            },
        };
        let mut body = written(&payload);
        if body.len() > PAYLOAD_BYTES_MAX {
            payload.data.event = None;
            payload.data.is_event_too_large = true;
            body = written(&payload);
        }
        Self { id: message_id(order, stored.seq), body }
    }
}

fn written(payload: &Payload<'_>) -> String {
    // Texts and numbers alone: there is nothing in it that JSON could not say.
    serde_json::to_string(payload).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use backhaul_core::ledger::EventKind;
    use backhaul_store::OrderId;
    use backhaul_store::ledger::Stored;
    use jiff::Timestamp;

    use super::{Message, PAYLOAD_BYTES_MAX, kind_of_type, type_of_kind};

    fn message(kind: &str, body: &str) -> Message {
        let order = OrderId::new("SO-1").unwrap();
        let at = Timestamp::from_microsecond(1_772_787_600_000_001).unwrap();
        let stored = Stored { seq: 7, at, kind: kind.to_owned(), body: body.to_owned() };
        Message::new(&order, "SO-1", &stored)
    }

    #[test]
    fn an_event_is_told_as_it_is_stored() {
        let message = message("case_closed", r#"{"type":"case_closed","case":"RMA-1"}"#);
        assert_eq!(message.id, "evt_SO-1_7");
        assert_eq!(
            message.body,
            r#"{"type":"case.closed","timestamp":"2026-03-06T09:00:00.000001Z","data":{"order":"SO-1","seq":7,"case":"RMA-1","event":{"type":"case_closed","case":"RMA-1"}}}"#
        );
    }

    #[test]
    fn an_event_without_a_case_is_told_without_one() {
        let message = message("chargeback_closed", r#"{"type":"chargeback_closed","won":true}"#);
        assert!(!message.body.contains("\"case\""), "{}", message.body);
    }

    #[test]
    fn an_event_that_is_too_large_is_left_out() {
        let body = format!(r#"{{"case":"RMA-1","filler":"{}"}}"#, "x".repeat(PAYLOAD_BYTES_MAX));
        let message = message("claim_decided", &body);
        let read: serde_json::Value = serde_json::from_str(&message.body).unwrap();
        assert_eq!(read["data"]["event"], serde_json::Value::Null);
        assert_eq!((&read["data"]["case"], &read["data"]["seq"]), (&"RMA-1".into(), &7.into()));
        assert_eq!(read["data"]["is_event_too_large"], true);
    }

    #[test]
    fn each_kind_has_a_type_of_its_own() {
        let types = EventKind::ALL.iter().map(|kind| type_of_kind(kind.as_str()));
        let types = types.collect::<BTreeSet<_>>();
        assert_eq!(types.len(), EventKind::ALL.len());
        for each in &types {
            assert_eq!(each.split('.').count(), 2, "{each}");
            assert_eq!(
                kind_of_type(each).map(|kind| type_of_kind(kind.as_str())).as_ref(),
                Some(each)
            );
        }
        assert!(types.contains("unit.sent_back") && types.contains("case.opened"));
        assert_eq!(kind_of_type("case_opened"), None);
    }
}
