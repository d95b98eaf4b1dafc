//! The kinds of events, as a closed list: how each is written in an event's `type`, and which one an event is of.

use super::event::Event;
use crate::words::closed_list;

macro_rules! kinds {
    ($($item:ident = $text:literal: $what:literal,)+) => {
        closed_list! {
            /// What kind of thing happened: the word in the `type` of an event that is stored.
            EventKind { $(#[doc = $what] $item = $text,)+ }
        }

        impl Event {
            /// What kind of thing happened.
            #[must_use]
            pub const fn kind(&self) -> EventKind {
                match self { $(Self::$item { .. } => EventKind::$item,)+ }
            }
        }
    };
}

kinds! {
    CaseOpened = "case_opened": "A case was opened.",
    ClaimDecided = "claim_decided": "The engine decided a claim.",
    ClaimNarrowed = "claim_narrowed": "A claim became claims of components.",
    EvidenceAdded = "evidence_added": "A file came in for a slot.",
    EvidenceWaived = "evidence_waived": "A slot was waived.",
    DecisionOverruled = "decision_overruled": "A person decided against the engine.",
    ClaimDeclined = "claim_declined": "A claim was declined.",
    ClaimAuthorised = "claim_authorised": "The goods may come.",
    DeductionTold = "deduction_told": "The buyer was told of a deduction.",
    ClaimCancelled = "claim_cancelled": "A claim was taken back.",
    ClaimExpired = "claim_expired": "Nothing arrived in time.",
    CaseClosed = "case_closed": "Nothing remains to be done.",
    ClaimReopened = "claim_reopened": "A claim was taken up again.",
    MessageWritten = "message_written": "Somebody wrote a message, or staff a note.",
    CaseAssigned = "case_assigned": "Somebody looks after a case, or nobody.",
    FindingContested = "finding_contested": "The buyer contests what was found.",
    ContestAnswered = "contest_answered": "A person answered a buyer who contests.",
    CasesMerged = "cases_merged": "A case ended in another.",
    CaseSplit = "case_split": "Units of a case are a case of their own.",
    ParcelAnnounced = "parcel_announced": "A parcel was announced.",
    ParcelReceived = "parcel_received": "A parcel was booked in.",
    UnitReceived = "unit_received": "A unit came back.",
    ArrivalHeld = "arrival_held": "Something came that fits no claim.",
    ArrivalMatched = "arrival_matched": "A held arrival turned out to be a unit.",
    ArrivalSentBack = "arrival_sent_back": "A held arrival went back.",
    UnitInspected = "unit_inspected": "A unit was inspected.",
    UnitDisposed = "unit_disposed": "Something was done with a unit.",
    UnitSentBack = "unit_sent_back": "A unit went back to the buyer.",
    ReplacementAllocated = "replacement_allocated": "A unit was set aside as a replacement.",
    ReplacementShipped = "replacement_shipped": "A replacement left.",
    ReplacementDelivered = "replacement_delivered": "A replacement arrived.",
    ReplacementCancelled = "replacement_cancelled": "A replacement was not sent, or was lost.",
    RefundProposed = "refund_proposed": "A refund waits for a second person.",
    RefundApproved = "refund_approved": "A refund was approved.",
    RefundCancelled = "refund_cancelled": "A refund was cancelled.",
    RefundReissued = "refund_reissued": "A piece of a refund was issued again.",
    RestWrittenOff = "rest_written_off": "What could not be issued was let go.",
    InstructionSubmitted = "instruction_submitted": "The intent to call the provider was stored.",
    InstructionResent = "instruction_resent": "The same call may be made again.",
    InstructionSettled = "instruction_settled": "The money arrived.",
    InstructionFailed = "instruction_failed": "The money did not arrive, or came back.",
    InstructionUnclear = "instruction_unclear": "No answer came.",
    InstructionManual = "instruction_manual": "A person must find out.",
    InstructionContradicted = "instruction_contradicted": "It settled after it had failed.",
    ChargebackOpened = "chargeback_opened": "The buyer's bank took a payment back.",
    ChargebackClosed = "chargeback_closed": "The bank decided.",
    FreightRecorded = "freight_recorded": "Somebody laid out freight.",
    FreightSettled = "freight_settled": "A debt for freight was settled.",
}

impl EventKind {
    /// The kind that is written so.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Event, EventKind};

    /// An unknown type makes serde list every type that it knows.
    #[test]
    fn the_kinds_are_the_types_of_events_as_they_are_stored() {
        let refused = serde_json::from_str::<Event>(r#"{"type": "?"}"#).unwrap_err().to_string();
        let (_, listed) = refused.split_once("expected one of ").unwrap();
        let listed = listed.split('`').skip(1).step_by(2).collect::<BTreeSet<_>>();
        let kinds = EventKind::ALL.iter().map(|kind| kind.as_str()).collect::<BTreeSet<_>>();
        assert_eq!(listed, kinds);
    }

    #[test]
    fn the_kind_of_an_event_is_its_type() {
        for text in [
            r#"{"type": "case_closed", "case": "A"}"#,
            r#"{"type": "refund_cancelled", "refund": "R", "reason": "t", "by": {"kind": "system"}}"#,
            r#"{"type": "chargeback_closed", "payment": "P", "won": true}"#,
        ] {
            let event: Event = serde_json::from_str(text).unwrap();
            let written = serde_json::to_value(&event).unwrap();
            assert_eq!(written["type"], event.kind().as_str());
            assert_eq!(EventKind::parse(event.kind().as_str()), Some(event.kind()));
        }
        assert_eq!(EventKind::parse("case.closed"), None);
    }
}
