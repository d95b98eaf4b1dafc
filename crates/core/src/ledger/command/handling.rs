//! Commands about how a case is handled: what is said, who looks after it, what is contested, and which units are one case.

use serde::{Deserialize, Serialize};

use crate::ledger::id::{CaseId, StaffId, TextId, UnitId};
use crate::words::closed_list;

closed_list! {
    /// Who speaks in a message.
    Speaker {
        /// The buyer, or somebody who takes down what the buyer said.
        Buyer = "buyer",
        /// The merchant's staff.
        Staff = "staff",
    }
}

/// Write a message in a case, or a note that only staff see.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WriteMessage {
    /// The case.
    pub case: CaseId,
    /// Who speaks; staff may take down what the buyer said by phone.
    pub from: Speaker,
    /// The words.
    pub text: TextId,
    /// Whether only staff see it.
    #[serde(default)]
    pub internal: bool,
}

/// Say who looks after a case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AssignCase {
    /// The case.
    pub case: CaseId,
    /// The member of staff, or nobody.
    #[serde(default)]
    pub to: Option<StaffId>,
}

/// Contest what an inspection came to. Until it is answered nothing is done with the unit, and no remedy is given for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ContestFinding {
    /// The case.
    pub case: CaseId,
    /// The unit.
    pub unit: UnitId,
    /// What the buyer says to it.
    pub text: TextId,
}

/// Answer a buyer who contests, in a named person's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerContest {
    /// The case.
    pub case: CaseId,
    /// The unit.
    pub unit: UnitId,
    /// Whether the buyer is right: the inspection is set aside, the claim decided again, and goods at hand inspected again.
    pub upheld: bool,
    /// What the buyer is answered.
    pub text: TextId,
}

/// Make two cases of an order one. Every claim moves with all that stands on it, and the number of the first leads to the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MergeCases {
    /// The case that ends.
    pub case: CaseId,
    /// The case that takes its claims.
    pub into: CaseId,
}

/// Make a case of its own out of some units of a case. Their claims move with all that stands on them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SplitCase {
    /// The case.
    pub case: CaseId,
    /// The units that leave it; not all of them.
    pub units: Vec<UnitId>,
    /// The new RMA number.
    pub new_case: CaseId,
}
