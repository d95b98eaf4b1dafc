//! Commands about claims and cases.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::decision::{ClauseId, Freight};
use crate::facts::OwnFact;
use crate::ledger::id::{CaseId, Component, Slot, TextId, UnitId};
use crate::money::Money;
use crate::words::{Cause, Condition, Remedy, Voucher};

/// Open a case for units of the order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenCase {
    /// Its RMA number.
    pub case: CaseId,
    /// When the buyer first reported it, by any channel; not after now.
    pub reported_at: Timestamp,
    /// What the buyer wrote.
    #[serde(default)]
    pub text: Option<TextId>,
    /// What is claimed; every unit once.
    pub claims: Vec<ClaimRequest>,
}

/// Units of one line, claimed for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ClaimRequest {
    /// The units, or components of units.
    pub units: Vec<UnitId>,
    /// Why they come back.
    pub cause: Cause,
    /// What the buyer asks for.
    pub remedy: Remedy,
    /// How far they were used.
    pub condition: Condition,
    /// The platform on which they were used.
    #[serde(default)]
    pub platform: Option<String>,
    /// The evidence that came with the report.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// The facts that the policy declares for itself.
    #[serde(default)]
    pub facts: BTreeMap<String, OwnFact>,
}

/// A file for an evidence slot.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The slot.
    pub slot: Slot,
    /// The file.
    pub file: TextId,
}

/// Add evidence. The claims are decided again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddEvidence {
    /// The case.
    pub case: CaseId,
    /// The units that it shows.
    pub units: Vec<UnitId>,
    /// The file and its slot.
    pub evidence: Evidence,
}

/// Waive an evidence slot, in a named person's name. The claims are decided again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WaiveEvidence {
    /// The case.
    pub case: CaseId,
    /// The units.
    pub units: Vec<UnitId>,
    /// The slot.
    pub slot: Slot,
    /// Why it is not needed.
    pub reason: TextId,
}

/// Confirm a fact, in a named person's name. The live claims of the case are decided again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmFact {
    /// The case.
    pub case: CaseId,
    /// The fact.
    pub fact: ConfirmedFact,
}

/// A fact that only a person can know.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ConfirmedFact {
    /// When the delivery was signed for.
    SignedAt {
        /// The moment.
        at: Timestamp,
    },
    /// What the presented voucher turned out to be.
    Voucher {
        /// The verdict.
        voucher: Voucher,
    },
}

/// Change what is claimed; what is `None` stays. The claim is decided again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Amendment {
    /// Another remedy; until one is under way.
    #[serde(default)]
    pub remedy: Option<Remedy>,
    /// The platform on which the unit was used; until the receipt.
    #[serde(default)]
    pub platform: Option<String>,
    /// Another cause; by staff, until the authorisation.
    #[serde(default)]
    pub cause: Option<Cause>,
    /// Another condition; by staff, until the receipt.
    #[serde(default)]
    pub condition: Option<Condition>,
    /// These components instead of the whole unit; until the authorisation.
    #[serde(default)]
    pub components: Vec<Component>,
}

/// Change what is claimed of one unit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AmendClaim {
    /// The case.
    pub case: CaseId,
    /// The unit.
    pub unit: UnitId,
    /// The change.
    pub amendment: Amendment,
}

/// Decide against the engine, in a named person's name. Whatever is decided, the goods come first, and once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Overrule {
    /// The case.
    pub case: CaseId,
    /// The unit.
    pub unit: UnitId,
    /// Accept what the engine did not, or decline what it did not after the receipt.
    pub accept: bool,
    /// The clause that the person decides on.
    pub clause: ClauseId,
    /// The reason.
    pub reason: TextId,
    /// Who pays which freight now, where that changes.
    #[serde(default)]
    pub freight: Option<Freight>,
}

/// Let the goods come, in a named person's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Authorise {
    /// The case.
    pub case: CaseId,
    /// The units; each of their claims is accepted.
    pub units: Vec<UnitId>,
    /// The instructions that the buyer gets.
    pub instructions: TextId,
    /// The last day on which the goods are awaited, in the merchant's zone.
    pub expires_on: Date,
}

/// Decline claims before anything arrived, in a named person's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Decline {
    /// The case.
    pub case: CaseId,
    /// The units.
    pub units: Vec<UnitId>,
    /// The clause; `exclude.law` for a ground that lies outside of the policy.
    pub clause: ClauseId,
    /// The explanation.
    pub text: TextId,
}

/// Take claims back before anything arrived.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CancelClaims {
    /// The case.
    pub case: CaseId,
    /// The units.
    pub units: Vec<UnitId>,
    /// Why.
    #[serde(default)]
    pub reason: Option<TextId>,
}

/// End every claim of the case that was authorised until a day that is past, and of which nothing arrived.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExpireCase {
    /// The case.
    pub case: CaseId,
}

/// Close a case in which nothing remains to be done.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CloseCase {
    /// The case.
    pub case: CaseId,
}

/// Take up again every claim of the case that was declined, cancelled or expired, if its unit is still free.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReopenCase {
    /// The case.
    pub case: CaseId,
    /// Why.
    pub reason: TextId,
}

/// Record that the buyer was told of a deduction; without it nothing is kept back.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TellDeduction {
    /// The case.
    pub case: CaseId,
    /// The unit.
    pub unit: UnitId,
    /// The clause; the decision or one of its terms rests on it.
    pub clause: ClauseId,
    /// The most that will be kept back; above 0.
    pub amount: Money,
    /// What the buyer was told.
    pub text: TextId,
}
