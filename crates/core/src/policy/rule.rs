//! What a policy is made of: clauses, and under each clause the rules that carry it out.

use std::sync::Arc;

use jiff::civil::Date;

use super::condition::Condition;
use super::term::TermRule;
use super::vocabulary::{Attribute, Vocabulary};
use super::window::{Length, Place};
use crate::calendar::Calendar;
use crate::decision::ClauseId;
use crate::facts::Zone;
use crate::words::{Cause, Payer, Remedy};

/// How many clauses a policy may have.
pub const CLAUSES_MAX: usize = 128;
/// How many rules a policy may have over all its clauses.
pub const RULES_MAX: usize = 512;

/// A text in each language of the policy, in the order of [`Policy::languages`].
pub type Texts = Vec<String>;

/// One version of a merchant's policy, read and checked for form.
#[derive(Clone, Debug)]
pub struct Policy {
    /// `id@version`: what decisions and ledgers store.
    pub pin: String,
    /// The policy's id; its versions share it.
    pub id: String,
    /// The version.
    pub version: String,
    /// The first day, in the merchant's time zone, on which orders are judged by this version.
    pub effective: Date,
    /// The languages of the texts, as BCP 47 tags; the first is the one that decisions are worded in.
    pub languages: Vec<String>,
    /// What the policy is called.
    pub title: Texts,
    /// The merchant's time zone.
    pub zone: Zone,
    /// The merchant's working days.
    pub calendar: Calendar,
    /// In which order a refund is spread over several payments.
    pub refund_order: RefundOrder,
    /// What the policy says nothing of, so that a person decides.
    pub silent: Vec<Silence>,
    /// The words of the policy.
    pub vocabulary: Vocabulary,
    /// How the effective cause is read from the claim, in this order.
    pub readings: Vec<Reading>,
    /// The clauses, in the order of the policy.
    pub clauses: Vec<Clause>,
    /// The rules of all clauses, in the order of the policy.
    pub rules: Vec<Rule>,
    /// The file that it was read from, byte for byte; laws that are laid over it are not in it.
    pub source: Arc<str>,
}

/// In which order a refund is spread over the payments of an order, each to its own room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefundOrder {
    /// The payment captured last comes first.
    LatestCaptureFirst,
    /// The payment captured first comes first.
    EarliestCaptureFirst,
}

/// Something on which a policy may say nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Silence {
    /// Which remedies there are.
    Remedies,
    /// Who pays the way back.
    ReturnFreight,
    /// Who pays the way of a replacement.
    ReplacementFreight,
}

/// A clause: what the policy says, in words, and where it stands in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// Its id.
    pub id: ClauseId,
    /// What it says, in our own words.
    pub text: Texts,
    /// Whether a person applies it, because no rule can.
    pub by_hand: bool,
    /// The line of the file.
    pub line: usize,
}

/// How the effective cause is read from the claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The place of the clause it rests on.
    pub clause: usize,
    /// When it applies; `cause` is the cause as read so far.
    pub when: Condition,
    /// The effective cause then.
    pub becomes: Cause,
    /// The line of the file.
    pub line: usize,
}

/// A rule of a clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The place of its clause.
    pub clause: usize,
    /// When it applies.
    pub when: Condition,
    /// To which decisions.
    pub stage: Stage,
    /// Where two rules say different things of one matter, the higher goes first; 0 unless the file says otherwise.
    pub priority: i64,
    /// What it brings about.
    pub effects: Vec<Effect>,
    /// The line of the file.
    pub line: usize,
}

/// To which decisions a rule applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// To those that are not declined.
    Open,
    /// To the declined.
    Declined,
    /// To all.
    Always,
}

/// What a rule brings about.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// The claim is declined on the ground of the clause.
    Decline(Cure),
    /// The grounds of these clauses do not hold.
    Lift(Vec<usize>),
    /// Evidence is asked for in these slots (a bit each, by the slot's place).
    Evidence(u64),
    /// These attributes are needed.
    Require(Vec<Attribute>),
    /// A person answers a question.
    Review(Question),
    /// These remedies are open to the buyer.
    Remedies(Vec<Remedy>),
    /// Who pays a leg; nobody where there is no such leg.
    Freight(Leg, Borne),
    /// A date by which something is due.
    Due(DueRule),
    /// Which components are replaced.
    Replace(Parts),
    /// Another term.
    Term(TermRule),
}

/// What would have cured a ground.
#[derive(Clone, Debug, PartialEq)]
pub enum Cure {
    /// A different value of this attribute, said in these words.
    Said(Attribute, Texts),
    /// Whatever of the buyer's facts the condition rests on; the engine words it.
    Read,
    /// Nothing.
    None,
}

/// A question to a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The question.
    pub text: Texts,
    /// Who is asked, where it is not the representative of the case.
    pub role: Option<String>,
}

/// Who bears a leg of the freight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Borne {
    /// This one.
    By(Payer),
    /// Nobody: there is no such leg.
    NoLeg,
}

impl Borne {
    /// Who pays, where there is such a leg.
    #[must_use]
    pub fn payer(self) -> Option<Payer> {
        match self {
            Self::By(payer) => Some(payer),
            Self::NoLeg => None,
        }
    }
}

/// A leg of the freight that a decision names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Leg {
    /// The way back.
    Return,
    /// The way of a replacement.
    Replacement,
}

/// How a date is reckoned.
#[derive(Clone, Debug, PartialEq)]
pub struct DueRule {
    /// What is due.
    pub what: DueWhat,
    /// The event at which the clock starts.
    pub from: Attribute,
    /// How long it runs.
    pub length: Length,
    /// In whose days.
    pub place: Place,
}

/// What is due on a date.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DueWhat {
    /// The report of the buyer.
    ReportBy,
    /// The refund, not before.
    RefundFrom,
    /// The refund, at the latest.
    RefundBy,
    /// A deadline of that name, which the policy sets beside those.
    Other(String),
}

/// Which components of a unit are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parts {
    /// Those that are claimed; all of the line's, if none was named.
    Claimed,
    /// Those that are claimed and, once inspected, faulty.
    Faulty,
}
