//! What a policy answers: a verdict, what follows from it, and the clauses it rests on.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::words::{Cause, Payer, Remedy, Verdict};

/// The id of a clause of a policy, such as `report.7d`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClauseId(Arc<str>);

impl ClauseId {
    /// The id as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ClauseId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for ClauseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The answer of one policy version to one set of facts. The same facts give the same decision for ever.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Decision {
    /// The id of the facts.
    pub id: String,
    /// What it comes to.
    pub verdict: Verdict,
    /// The effective cause: the claim's, unless the policy reads the facts otherwise.
    pub cause: Cause,
    /// The remedies open to the buyer; none when declined.
    pub remedies: Vec<Remedy>,
    /// Who pays which freight.
    pub freight: Freight,
    /// The components to be replaced, in the order of the line.
    pub replace_components: Vec<String>,
    /// What is missing, each by its name, such as `evidence.outer_box` or `platform`.
    pub needs: Vec<String>,
    /// The clauses that the decision rests on, in the order of the policy.
    pub clauses: Vec<ClauseId>,
    /// The dates by which things are due.
    pub dates: Dates,
    /// Of a declined decision: what would have made it different.
    pub otherwise: Vec<Otherwise>,
    /// Whether a date rests on a year whose calendar is not published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub calendar_provisional: bool,
    /// What else the policy lays down for this claim.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<Term>,
}

/// Who pays which leg; `None` where the leg does not exist or the policy is silent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Freight {
    /// The way back to the merchant.
    pub r#return: Option<Payer>,
    /// The way of a replacement to the buyer.
    pub replacement: Option<Payer>,
}

/// Dates on the calendar, the last moment of which still counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dates {
    /// The last day to report, where the delivery is signed for; in the order's zone.
    pub report_by: Option<Date>,
    /// The first day of the refund, unless staff release it early; in the merchant's zone.
    pub refund_from: Option<Date>,
    /// The last day of the refund; in the merchant's zone.
    pub refund_by: Option<Date>,
}

/// What of the buyer's facts, being different, would have cured one ground of a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Otherwise {
    /// The ground.
    pub clause: ClauseId,
    /// A JSON Pointer to the fact.
    pub pointer: String,
    /// The change, as one sentence for a person.
    pub change: String,
}

/// One term that a policy lays down beside the verdict: a fee, a deadline, an instruction, …
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Term {
    /// The clause it comes from.
    pub clause: ClauseId,
    /// What kind of term it is, such as `fee` or `deadline`.
    pub term: String,
    /// What it says, one value a name.
    #[serde(flatten)]
    pub says: std::collections::BTreeMap<String, TermValue>,
}

/// A value within a [`Term`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum TermValue {
    /// A whole number; money in minor units, shares in percent.
    Integer(i64),
    /// Yes or no.
    Bool(bool),
    /// A word, a date or a sentence.
    Text(String),
    /// Several words.
    Words(Vec<String>),
}
