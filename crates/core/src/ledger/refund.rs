//! Refunds and their instructions: what the ledger remembers of money that goes back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::context::Actor;
use super::id::{CaseId, FreightId, IdempotencyKey, PaymentId, RequestHash, TextId, UnitId};
use super::share::Share;
use crate::decision::ClauseId;
use crate::money::{Money, MoneyError};
use crate::words::closed_list;

/// Money that goes back to the buyer for units of one case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Refund {
    /// The case.
    pub case: CaseId,
    /// What it is made of.
    pub bill: RefundBill,
    /// What no payment could take: visible, for finance.
    pub uncovered: Money,
    /// Whether it was cancelled before anything left.
    pub cancelled: bool,
    /// Whether two people agreed to it.
    pub by_two: bool,
    /// The pieces, by number from 1.
    pub pieces: BTreeMap<u16, Instruction>,
}

/// A refund that one person of finance wants, and another has to approve.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Proposal {
    /// The case.
    pub case: CaseId,
    /// What it is made of.
    pub bill: RefundBill,
    /// Why it leaves before its first day, where it does.
    pub early: Option<TextId>,
    /// Who wants it.
    pub by: Actor,
}

/// What a refund is made of; the parts add up to the total.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefundBill {
    /// The units.
    pub units: Vec<RefundedUnit>,
    /// The part of the outward shipping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping: Option<Money>,
    /// Freight that the merchant owes and that rides on the payments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freight: Option<FreightPart>,
    /// All of it.
    pub total: Money,
}

/// One unit in a refund.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefundedUnit {
    /// The unit.
    pub unit: UnitId,
    /// Its share of the order's stored amounts.
    pub share: Share,
    /// What is kept back of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deductions: Vec<Deduction>,
}

/// Freight within a refund.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreightPart {
    /// The freight.
    pub freight: FreightId,
    /// How much of it.
    pub amount: Money,
}

/// Something that is kept back of a unit's refund, of which the buyer was told.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Deduction {
    /// The clause it rests on.
    pub clause: ClauseId,
    /// How much; above 0.
    pub amount: Money,
    /// The freight that is settled by it, where it is freight that the buyer owes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freight: Option<FreightId>,
}

/// One piece of a refund, to one payment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Instruction {
    /// Where it goes, and against which payment it counts.
    pub planned: PlannedPiece,
    /// The key and the request of the first submission; they never change (invariant `never-twice`).
    pub submission: Option<Submission>,
    /// How often it was sent again.
    pub resends: u16,
    /// Where it stands.
    pub state: InstructionState,
    /// Whether the provider said that it settled after it had failed for good: a matter for finance.
    pub contradicted: bool,
}

/// A piece as it was planned.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedPiece {
    /// The piece's number within its refund, from 1.
    pub number: u16,
    /// The payment whose room it takes.
    pub payment: PaymentId,
    /// How much; above 0.
    pub amount: Money,
    /// The way it goes.
    pub path: Path,
}

closed_list! {
    /// The way that money goes back.
    Path {
        /// The way it came (`refund.path`).
        Original = "original",
        /// A bank transfer, where the original can no longer take it.
        Bank = "bank",
    }
}

/// What is stored before the first call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Submission {
    /// The key.
    pub key: IdempotencyKey,
    /// The hash of the canonical request.
    pub request_hash: RequestHash,
}

/// Where one instruction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InstructionState {
    /// Planned; nothing has left.
    Reserved,
    /// The key is stored; a call may have been made.
    Submitted,
    /// No answer came. It may have been paid or not.
    Unclear,
    /// The provider cannot tell; a person must find out.
    Manual,
    /// Paid.
    Settled,
    /// Not paid. The room is free again.
    Failed {
        /// Whether the amount was issued again, or written off.
        replaced: bool,
    },
}

impl InstructionState {
    /// Every kind of state.
    pub const ALL: &'static [Self] = &[
        Self::Reserved,
        Self::Submitted,
        Self::Unclear,
        Self::Manual,
        Self::Settled,
        Self::Failed { replaced: false },
        Self::Failed { replaced: true },
    ];

    /// The state's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Submitted => "submitted",
            Self::Unclear => "unclear",
            Self::Manual => "manual",
            Self::Settled => "settled",
            Self::Failed { .. } => "failed",
        }
    }

    /// Whether the money may have left, and nobody knows.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Submitted | Self::Unclear | Self::Manual)
    }
}

impl Refund {
    /// The pieces that take room: all that have not failed, unless the refund was cancelled.
    pub fn live_pieces(&self) -> impl Iterator<Item = &Instruction> {
        let pieces = self.pieces.values().filter(|_| !self.cancelled);
        pieces.filter(|piece| !matches!(piece.state, InstructionState::Failed { .. }))
    }

    /// What is still to be issued: the uncovered rest, and the pieces that failed and were not issued again.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn unissued(&self) -> Result<Money, MoneyError> {
        if self.cancelled {
            return Ok(Money::zero(self.uncovered.currency));
        }
        let failed = InstructionState::Failed { replaced: false };
        let pieces = self.pieces.values().filter(|piece| piece.state == failed);
        let amounts = pieces.map(|piece| piece.planned.amount);
        Money::sum(self.uncovered.currency, amounts.chain([self.uncovered]))
    }

    /// Whether all of it has arrived, or was written off.
    #[must_use]
    pub fn is_done(&self) -> bool {
        let is_settled = |piece: &Instruction| {
            matches!(
                piece.state,
                InstructionState::Settled | InstructionState::Failed { replaced: true }
            )
        };
        !self.cancelled && self.uncovered.is_zero() && self.pieces.values().all(is_settled)
    }
}
