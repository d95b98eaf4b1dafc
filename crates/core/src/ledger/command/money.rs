//! Commands about money. No command names the amount of a unit's refund: it follows from the order.

use serde::{Deserialize, Serialize};

use crate::ledger::freight::{FreightSettlement, Leg};
use crate::ledger::id::{
    CaseId, FreightId, IdempotencyKey, InstructionId, PaymentId, Reference, RefundId, RequestHash,
    TextId, UnitId,
};
use crate::ledger::refund::{Deduction, Path};
use crate::money::Money;
use crate::words::Payer;
use crate::words::closed_list;

/// Approve the refund of units of a case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApproveRefund {
    /// The refund.
    pub refund: RefundId,
    /// The case.
    pub case: CaseId,
    /// The units, at least one.
    pub units: Vec<RefundUnit>,
    /// The part of the outward shipping that goes with them; above 0.
    #[serde(default)]
    pub shipping: Option<Money>,
    /// Why it leaves before its first day, where it does.
    #[serde(default)]
    pub early: Option<TextId>,
}

/// A unit to be refunded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefundUnit {
    /// The unit.
    pub unit: UnitId,
    /// What is kept back, each of which the buyer was told of.
    #[serde(default)]
    pub deductions: Vec<Deduction>,
}

/// Cancel a refund of which nothing has left, in a named person's name. The units get their remedy back.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CancelRefund {
    /// The refund.
    pub refund: RefundId,
    /// Why.
    pub reason: TextId,
}

/// Issue a failed piece, or the uncovered rest, again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReissueRefund {
    /// The refund.
    pub refund: RefundId,
    /// The failed piece, or `None` for the uncovered rest.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(maximum = 65535))]
    pub piece: Option<u16>,
    /// The way it goes now; another than the original is for finance, with a reason.
    pub path: Path,
    /// Why.
    #[serde(default)]
    pub reason: Option<TextId>,
}

/// Let go what failed or what no payment could take, in the name of a person of finance.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WriteOffRest {
    /// The refund.
    pub refund: RefundId,
    /// Why.
    pub reason: TextId,
}

/// Store the key and the request of an instruction. The first call may be made only after this was committed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SubmitInstruction {
    /// The instruction.
    pub instruction: InstructionId,
    /// The key; of this instruction alone, for ever.
    pub key: IdempotencyKey,
    /// The hash of the canonical request.
    pub request_hash: RequestHash,
}

/// Make the same call again. Whether that is safe with this provider is for the caller to know.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResendInstruction {
    /// The instruction.
    pub instruction: InstructionId,
    /// The key of the first time.
    pub key: IdempotencyKey,
    /// The request of the first time.
    pub request_hash: RequestHash,
}

closed_list! {
    /// What came of a call or of a question to the provider.
    Answer {
        /// It paid.
        Settled = "settled",
        /// It did not pay and will not, or the money came back.
        Failed = "failed",
        /// Nothing came: a time-out, a lost connection, an answer that cannot be read. Never a failure.
        NoAnswer = "no_answer",
        /// It cannot tell.
        CannotTell = "cannot_tell",
    }
}

/// Record what the provider answered, by whatever way: a reply, a webhook, a look-up. The same answer twice is no news.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordAnswer {
    /// The instruction.
    pub instruction: InstructionId,
    /// The answer.
    pub answer: Answer,
    /// The provider's reference.
    #[serde(default)]
    pub reference: Option<Reference>,
}

/// Say in the name of a person of finance how an instruction ended, where the provider does not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResolveInstruction {
    /// The instruction.
    pub instruction: InstructionId,
    /// Whether it was paid.
    pub settled: bool,
    /// The proof: a bank's or a provider's reference.
    pub reference: Reference,
}

/// Take back an instruction that has not left. Its amount can be issued again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WithdrawInstruction {
    /// The instruction.
    pub instruction: InstructionId,
}

/// Record that a payment was charged back. Nothing is refunded to it any more.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordChargeback {
    /// The payment.
    pub payment: PaymentId,
    /// The provider's reference.
    pub reference: Reference,
}

/// Record how a chargeback ended. One that the merchant won frees the payment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CloseChargeback {
    /// The payment.
    pub payment: PaymentId,
    /// Whether the merchant keeps the money.
    pub won: bool,
}

/// Record freight that somebody laid out.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordFreight {
    /// The freight.
    pub freight: FreightId,
    /// The case.
    pub case: CaseId,
    /// Which way the goods went.
    pub leg: Leg,
    /// The units that travelled, at least one; each bears an equal share.
    pub units: Vec<UnitId>,
    /// Who laid it out: the merchant or the buyer.
    pub paid_by: Payer,
    /// How much; above 0.
    pub amount: Money,
}

/// Let freight that the merchant owes the buyer ride on the payments, as far as they have room. What they cannot take stays
/// owed, for a bank transfer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefundFreight {
    /// The refund.
    pub refund: RefundId,
    /// The freight.
    pub freight: FreightId,
}

/// Settle a debt for freight, in whole or in part.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SettleFreight {
    /// The freight.
    pub freight: FreightId,
    /// How much; above 0, and at most what is owed.
    pub amount: Money,
    /// How.
    pub settlement: FreightSettlement,
}
