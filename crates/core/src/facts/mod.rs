//! What is known of one claim on one order line: the input of a decision.
//!
//! One claim on one order line is decided at a time; a case is its claims. `None` means *not known*, which is not the same as *no*.
//! Facts that come as JSON are read by [`read`], which refuses what is malformed with a pointer to it.

mod country;
mod fault;
pub mod json;
mod read;
mod reader;
mod time;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::country::Country;
pub use self::fault::{Fault, FaultCode};
pub use self::read::{read, text_at, unknown_policy};
pub use self::time::{Zone, moment};
use crate::words::{Cause, Condition, Finding, Remedy, Voucher};

/// Everything that a decision rests on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Facts {
    /// Any text; the decision echoes it.
    pub id: String,
    /// The policy that is asked for: its id, or `id@version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The order.
    pub order: OrderFacts,
    /// The order line of which units are claimed.
    pub line: LineFacts,
    /// What the buyer claims.
    pub claim: ClaimFacts,
    /// When the goods were booked in at the dock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Timestamp>,
    /// What inspection found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspection: Option<InspectionFacts>,
    /// Facts that the policy declares for itself, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, OwnFact>,
}

/// What is known of the order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderFacts {
    /// The order's number.
    pub number: String,
    /// When it was placed: this chooses the policy version.
    pub placed_at: Timestamp,
    /// When the delivery was signed for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Timestamp>,
    /// The time zone of the delivery address.
    pub time_zone: Zone,
    /// The country of the delivery address.
    pub country: Country,
    /// The proof of purchase.
    pub voucher: Voucher,
}

/// What is known of the order line.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LineFacts {
    /// The article number.
    pub sku: String,
    /// The product category; a path such as `cable/dac` belongs to `cable` too.
    pub category: String,
    /// How many units were sold on this line, at least 1.
    pub quantity: i64,
    /// The platform that the line was sold for, where the order records one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sold_for: Option<String>,
    /// Whether the order records that the line was declared not returnable.
    pub declared_non_returnable: bool,
    /// The names of the components of one unit, where it has any; each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<String>,
}

/// What the buyer claims.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClaimFacts {
    /// Why the units come back.
    pub cause: Cause,
    /// What the buyer asks for.
    pub remedy: Remedy,
    /// How many units are claimed: at least 1, at most the line's.
    pub quantity: i64,
    /// The components that are claimed; none means that none was named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<String>,
    /// How far the buyer says that the units were used.
    pub condition: Condition,
    /// The platform on which the buyer used the units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// When the buyer first reported it, by any channel.
    pub reported_at: Timestamp,
    /// The evidence slots that hold something.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// The evidence slots that a representative waived.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waived: Vec<String>,
}

/// What inspection found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InspectionFacts {
    /// How far the units were used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// Whether a fault was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault_found: Option<bool>,
    /// What is wrong with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// The components that are faulty; an empty list says that none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faulty_components: Option<Vec<String>>,
}

/// The value of a fact that a policy declares for itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum OwnFact {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A text, one word of a declared list, or a moment as RFC 3339 writes it.
    Text(String),
    /// Words of a declared list.
    Words(Vec<String>),
}
