//! What happened: the only thing that is ever stored of a ledger. Every amount is whole minor units; no event holds a
//! person's words (invariant `erasable`). An event, once released, is never changed; new ones are added.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::case::{Judged, Overruled, Told};
use super::command::Speaker;
use super::context::Actor;
use super::freight::{FreightSettlement, Leg};
use super::goods::{ArrivedItem, Disposal, FindingPicture, HeldReason};
use super::id::{
    ArrivalId, CaseId, FreightId, InstructionId, ParcelId, PaymentId, Reference, RefundId, Serial,
    Slot, StaffId, TextId, UnitId,
};
use super::refund::{PlannedPiece, RefundBill, Submission};
use crate::decision::{ClauseId, Freight};
use crate::money::Money;
use crate::words::Payer;
use crate::words::closed_list;

closed_list! {
    /// What made the engine decide.
    Occasion {
        /// The claim was made.
        Opened = "opened",
        /// Evidence came in, or was waived.
        Evidence = "evidence",
        /// Staff confirmed a fact.
        Confirmed = "confirmed",
        /// The claim was amended.
        Amended = "amended",
        /// A claim for goods that never arrived was authorised: its clock starts.
        Authorised = "authorised",
        /// The goods were received: their clock starts.
        Received = "received",
        /// The goods were inspected.
        Inspected = "inspected",
        /// A contested inspection was set aside.
        Contested = "contested",
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the fields are named by their types; each event says what it records"
)]
pub enum Event {
    /// A case was opened, on that version of the order. Its claims follow as decisions.
    CaseOpened {
        case: CaseId,
        at: Timestamp,
        order_version: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<TextId>,
    },
    /// The engine decided a claim. The first decision of a unit makes its claim.
    ClaimDecided { case: CaseId, unit: UnitId, occasion: Occasion, judged: Judged },
    /// A claim of a whole unit became claims of these components.
    ClaimNarrowed { case: CaseId, unit: UnitId, components: Vec<UnitId> },
    /// A file came in for a slot.
    EvidenceAdded { case: CaseId, units: Vec<UnitId>, slot: Slot, file: TextId },
    /// A slot was waived.
    EvidenceWaived { case: CaseId, units: Vec<UnitId>, slot: Slot, reason: TextId, by: Actor },
    /// A person decided against the engine, whose decision stays on record.
    DecisionOverruled { case: CaseId, unit: UnitId, overruled: Overruled },
    /// A claim was declined before anything arrived: by the engine, or by a person on a clause.
    ClaimDeclined {
        case: CaseId,
        unit: UnitId,
        clauses: Vec<ClauseId>,
        by: Actor,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<TextId>,
    },
    /// The goods may come, until that day.
    ClaimAuthorised {
        case: CaseId,
        unit: UnitId,
        instructions: TextId,
        expires_on: Date,
        freight: Freight,
        by: Actor,
    },
    /// The buyer was told of a deduction.
    DeductionTold { case: CaseId, unit: UnitId, told: Told },
    /// A claim was taken back before anything arrived.
    ClaimCancelled { case: CaseId, unit: UnitId, reason: Option<TextId>, by: Actor },
    /// Nothing arrived in time.
    ClaimExpired { case: CaseId, unit: UnitId },
    /// Nothing remains to be done.
    CaseClosed { case: CaseId },
    /// A claim that was declined, cancelled or expired was taken up again, and its case with it.
    ClaimReopened { case: CaseId, unit: UnitId, reason: TextId, by: Actor },

    /// Somebody wrote a message, or staff a note that the buyer does not see.
    MessageWritten { case: CaseId, from: Speaker, text: TextId, internal: bool, by: Actor },
    /// Somebody looks after the case from now on, or nobody.
    CaseAssigned { case: CaseId, to: Option<StaffId>, by: Actor },
    /// The buyer contests what an inspection came to.
    FindingContested { case: CaseId, unit: UnitId, text: TextId, by: Actor },
    /// A person answered. Where the buyer was right, the decision without the inspection follows.
    ContestAnswered { case: CaseId, unit: UnitId, upheld: bool, text: TextId, by: Actor },
    /// A case ended in another, which has its claims, parcels and freight from now on.
    CasesMerged { case: CaseId, into: CaseId, by: Actor },
    /// Units of a case are a case of their own from now on.
    CaseSplit { case: CaseId, new_case: CaseId, units: Vec<UnitId>, by: Actor },

    /// A parcel was announced.
    ParcelAnnounced {
        case: CaseId,
        parcel: ParcelId,
        units: Vec<UnitId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tracking: Option<Reference>,
    },
    /// A parcel was booked in; what was in it follows.
    ParcelReceived { parcel: ParcelId, at: Timestamp },
    /// A unit came back. The serial is what the label says.
    UnitReceived {
        case: CaseId,
        unit: UnitId,
        parcel: ParcelId,
        at: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        serial: Option<Serial>,
    },
    /// Something came that fits no authorised claim.
    ArrivalHeld { arrival: ArrivalId, item: ArrivedItem, why: HeldReason },
    /// A held arrival turned out to be that unit, whose receipt follows.
    ArrivalMatched { arrival: ArrivalId, case: CaseId, unit: UnitId, by: Actor },
    /// A held arrival went back.
    ArrivalSentBack { arrival: ArrivalId, by: Actor },
    /// A unit was inspected; what was found is in the decision that follows.
    UnitInspected {
        case: CaseId,
        unit: UnitId,
        by: Actor,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        report: Option<TextId>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pictures: Vec<FindingPicture>,
    },
    /// Something was done with a unit.
    UnitDisposed {
        case: CaseId,
        unit: UnitId,
        disposal: Disposal,
        by: Actor,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<TextId>,
    },
    /// A unit went back to the buyer.
    UnitSentBack {
        case: CaseId,
        unit: UnitId,
        by: Actor,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tracking: Option<Reference>,
    },

    /// A unit was set aside to take the place of another; the serials form a chain.
    ReplacementAllocated {
        case: CaseId,
        replaces: UnitId,
        replacement: UnitId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        old_serial: Option<Serial>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        serial: Option<Serial>,
    },
    /// A replacement left.
    ReplacementShipped {
        replacement: UnitId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tracking: Option<Reference>,
    },
    /// A replacement arrived: the buyer has a unit of the next generation.
    ReplacementDelivered { replacement: UnitId, at: Timestamp },
    /// A replacement was not sent after all, or was lost.
    ReplacementCancelled {
        case: CaseId,
        replaces: UnitId,
        replacement: UnitId,
        reason: TextId,
        by: Actor,
    },

    /// A person of finance wants a refund that needs a second one. Nothing leaves, and nothing is kept for it.
    RefundProposed {
        refund: RefundId,
        case: CaseId,
        bill: RefundBill,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        early: Option<TextId>,
        by: Actor,
    },
    /// A refund was approved and split over the payments, by one person alone or after another one proposed it.
    RefundApproved {
        refund: RefundId,
        case: CaseId,
        bill: RefundBill,
        pieces: Vec<PlannedPiece>,
        uncovered: Money,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        early: Option<TextId>,
        by: Actor,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proposed_by: Option<Actor>,
    },
    /// A refund was cancelled before anything left, or before a second person approved it.
    RefundCancelled { refund: RefundId, reason: TextId, by: Actor },
    /// A failed piece, or the uncovered rest, was issued again in these pieces.
    RefundReissued {
        refund: RefundId,
        piece: Option<u16>,
        pieces: Vec<PlannedPiece>,
        uncovered: Money,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<TextId>,
        by: Actor,
    },
    /// What could not be issued is let go.
    RestWrittenOff { refund: RefundId, amount: Money, reason: TextId, by: Actor },
    /// The key and the request of an instruction were stored; the call may follow.
    InstructionSubmitted { instruction: InstructionId, submission: Submission },
    /// The same call may be made again.
    InstructionResent { instruction: InstructionId },
    /// The money arrived.
    InstructionSettled { instruction: InstructionId, reference: Option<Reference>, by: Actor },
    /// The money did not arrive, or came back; the latter may be long after it was settled.
    InstructionFailed { instruction: InstructionId, reference: Option<Reference>, by: Actor },
    /// No answer came.
    InstructionUnclear { instruction: InstructionId },
    /// The provider cannot tell; a person must find out.
    InstructionManual { instruction: InstructionId },
    /// The provider says that an instruction settled which had failed before: a matter for finance.
    InstructionContradicted { instruction: InstructionId, reference: Option<Reference> },
    /// The buyer's bank took a payment back.
    ChargebackOpened { payment: PaymentId, reference: Reference },
    /// The bank decided.
    ChargebackClosed { payment: PaymentId, won: bool },

    /// Somebody laid out freight.
    FreightRecorded {
        freight: FreightId,
        case: CaseId,
        leg: Leg,
        units: Vec<UnitId>,
        paid_by: Payer,
        amount: Money,
    },
    /// A debt for freight was settled.
    FreightSettled { freight: FreightId, amount: Money, settlement: FreightSettlement, by: Actor },
}
