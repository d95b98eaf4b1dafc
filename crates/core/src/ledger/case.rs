//! Cases and their claims: what the ledger remembers of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::context::Actor;
use super::id::{CaseId, ParcelId, RefundId, Serial, StaffId, TextId, UnitId};
use crate::decision::{ClauseId, Decision, Freight};
use crate::facts::Facts;
use crate::money::Money;
use crate::words::{Cause, Remedy, Verdict};

/// One return (RMA): units of an order that are claimed together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Case {
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The version of the order on which it was opened.
    pub order_version: u32,
    /// Whether it was closed and not reopened. See [`super::CaseState`] for where it stands.
    pub closed: bool,
    /// What is claimed, by unit. Empty once the case was merged into another.
    pub claims: BTreeMap<UnitId, Claim>,
    /// Who looks after it.
    pub assignee: Option<StaffId>,
    /// How much was said.
    pub messages: Messages,
    /// The case that took its claims, where one did.
    pub merged_into: Option<CaseId>,
    /// The case out of which it was made, where it was.
    pub split_from: Option<CaseId>,
}

/// How much was said in a case, and whether the last word is the buyer's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Messages {
    /// How many messages are the buyer's.
    pub from_buyer: u16,
    /// How many are of staff, notes among them included.
    pub from_staff: u16,
    /// Whether the buyer wrote, and staff have not written back.
    pub is_unanswered: bool,
}

impl Case {
    /// A case without claims.
    #[must_use]
    pub fn new(opened_at: Timestamp, order_version: u32) -> Self {
        Self {
            opened_at,
            order_version,
            closed: false,
            claims: BTreeMap::new(),
            assignee: None,
            messages: Messages::default(),
            merged_into: None,
            split_from: None,
        }
    }
}

/// One claimed unit: what is known of it, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The newest decision, with the facts it rests on.
    pub judged: Judged,
    /// How often it was decided.
    pub decisions: u16,
    /// How many files of evidence came in.
    pub evidence_files: u16,
    /// What a person decided against the engine, where somebody did; the newest.
    pub overruled: Option<Overruled>,
    /// Whether the claim stands.
    pub standing: Standing,
    /// The authorisation, once given.
    pub authorised: Option<Authorised>,
    /// The parcel in which the unit was announced, the newest.
    pub announced_in: Option<ParcelId>,
    /// The receipt at the dock.
    pub received: Option<Received>,
    /// Whether the unit was inspected.
    pub inspected: bool,
    /// What became of the buyer's last word against what was found.
    pub contest: Option<Contest>,
    /// How often the buyer contested.
    pub contests: u16,
    /// What the buyer was told would be deducted.
    pub told: Vec<Told>,
    /// The remedy, once it is under way.
    pub remedy: Option<RemedyTaken>,
    /// Whether the goods went back to the buyer.
    pub sent_back: bool,
    /// Whether the goods were declined, and the buyer left them to be scrapped.
    pub given_up: bool,
}

/// A decision of one policy version, with what it rests on (invariant `says-why`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Judged {
    /// The policy version, `id@version`.
    pub pin: Arc<str>,
    /// The facts.
    pub facts: Arc<Facts>,
    /// The answer.
    pub decision: Arc<Decision>,
}

/// What a named person decided against the engine.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overruled {
    /// Accepted where the engine did not, or declined where it did not.
    pub accept: bool,
    /// The person.
    pub by: Actor,
    /// The clause the person decides on.
    pub clause: ClauseId,
    /// The reason, in an erasable text.
    pub reason: TextId,
    /// What the engine had said.
    pub verdict: Verdict,
    /// The grounds of the refusal that is overruled; a ground found later is not covered.
    pub grounds: Vec<ClauseId>,
    /// Who pays which freight now, where the person says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freight: Option<Freight>,
}

/// Whether a claim stands. Only a claim that is open holds its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It stands.
    Open,
    /// It was declined before anything arrived.
    Declined,
    /// It was taken back before anything arrived.
    Cancelled,
    /// Nothing arrived in time.
    Expired,
}

/// What became of a finding that the buyer contests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Contest {
    /// A person must answer.
    Open,
    /// A person answered, or decided against the engine.
    Answered {
        /// Whether the buyer was right.
        upheld: bool,
    },
}

/// What was authorised.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Authorised {
    /// The last day, in the merchant's zone, on which the goods are awaited.
    pub expires_on: Date,
    /// Who pays which freight, as the buyer was told.
    pub freight: Freight,
}

/// A unit's receipt at the dock.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Received {
    /// When.
    pub at: Timestamp,
    /// In which parcel.
    pub parcel: ParcelId,
    /// The serial on the goods: for a `mismatch` that of the foreign item.
    pub serial: Option<Serial>,
}

/// A deduction of which the buyer was told.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Told {
    /// The clause it rests on.
    pub clause: ClauseId,
    /// The most that may be deducted.
    pub amount: Money,
    /// What the buyer was told, in an erasable text.
    pub text: TextId,
}

/// The remedy of a unit: one, for ever, unless it is cancelled before anything left.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RemedyTaken {
    /// Part of that refund.
    Refund(RefundId),
    /// That unit takes its place.
    Replacement(UnitId),
    /// It was mended, to go back.
    Repair,
}

impl Claim {
    /// A claim that was just judged for the first time.
    #[must_use]
    pub const fn new(judged: Judged) -> Self {
        Self {
            judged,
            decisions: 0,
            evidence_files: 0,
            overruled: None,
            standing: Standing::Open,
            authorised: None,
            announced_in: None,
            received: None,
            inspected: false,
            contest: None,
            contests: 0,
            told: Vec::new(),
            remedy: None,
            sent_back: false,
            given_up: false,
        }
    }

    /// Whether the newest decision, or a person who overruled it, accepts the claim. Accepting against the engine covers
    /// the grounds that the person saw: what inspection finds beside them counts again.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        let decision = &self.judged.decision;
        match &self.overruled {
            Some(overruled) if !overruled.accept => false,
            Some(overruled) => {
                decision.verdict != Verdict::Declined
                    || decision.clauses.iter().all(|ground| overruled.grounds.contains(ground))
            }
            None => decision.verdict == Verdict::Accepted,
        }
    }

    /// Whether the claim is refused, be it by the engine or by a person.
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        let by_person = self.overruled.as_ref().is_some_and(|overruled| !overruled.accept);
        by_person || (self.judged.decision.verdict == Verdict::Declined && !self.is_accepted())
    }

    /// Whether the unit never reached the buyer, so that nothing comes back.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.judged.decision.cause == Cause::Missing
    }

    /// Whether this remedy is asked for, and offered by the decision or by the person who overruled it.
    #[must_use]
    pub fn is_due(&self, remedy: Remedy) -> bool {
        let asked = self.judged.facts.claim.remedy == remedy;
        let offered = self.judged.decision.remedies.contains(&remedy);
        asked && (offered || self.overruled.as_ref().is_some_and(|overruled| overruled.accept))
    }

    /// Who pays which freight, as of the newest decision.
    #[must_use]
    pub fn freight(&self) -> Freight {
        let overruled = self.overruled.as_ref().and_then(|overruled| overruled.freight);
        overruled.unwrap_or(self.judged.decision.freight)
    }
}
