//! A decision in the making.

use crate::decision::{Dates, Term};
use crate::facts::Facts;
use crate::policy::condition::Attributes;
use crate::policy::rule::{Borne, DueWhat, Policy, Question};
use crate::policy::term::TermRule;
use crate::words::{Remedy, Verdict};

/// A decision in the making.
pub(super) struct Draft<'a> {
    pub(super) policy: &'a Policy,
    pub(super) facts: &'a Facts,
    pub(super) language: usize,
    pub(super) cited: ClauseSet,
    /// What only the buyer can tell.
    pub(super) missing: Attributes,
    pub(super) slots_missing: u64,
    pub(super) reviewed: bool,
    pub(super) questions: Vec<(usize, &'a Question)>,
    pub(super) remedies: Vec<Remedy>,
    /// For each leg, what the first rule said.
    pub(super) return_freight: Option<Borne>,
    pub(super) replacement_freight: Option<Borne>,
    pub(super) replace: Option<Vec<String>>,
    pub(super) dates: Dates,
    pub(super) due: Vec<DueWhat>,
    pub(super) calendar_provisional: bool,
    pub(super) terms: Vec<(usize, &'a TermRule)>,
    pub(super) deadlines: Vec<(usize, Term)>,
    pub(super) verdict: Verdict,
}

impl<'a> Draft<'a> {
    pub(super) fn new(policy: &'a Policy, facts: &'a Facts, language: usize) -> Self {
        Self {
            policy,
            facts,
            language,
            cited: ClauseSet::default(),
            missing: Attributes::default(),
            slots_missing: 0,
            reviewed: false,
            questions: Vec::new(),
            remedies: Vec::new(),
            return_freight: None,
            replacement_freight: None,
            replace: None,
            dates: Dates::default(),
            due: Vec::new(),
            calendar_provisional: false,
            terms: Vec::new(),
            deadlines: Vec::new(),
            verdict: Verdict::Accepted,
        }
    }
}

/// A set of clauses by their places; at most [`CLAUSES_MAX`](crate::policy::rule::CLAUSES_MAX).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ClauseSet(u128);

impl ClauseSet {
    fn bit(clause: usize) -> u128 {
        u32::try_from(clause).ok().and_then(|clause| 1_u128.checked_shl(clause)).unwrap_or(0)
    }

    pub(super) fn insert(&mut self, clause: usize) {
        self.0 |= Self::bit(clause);
    }

    pub(super) fn contains(self, clause: usize) -> bool {
        self.0 & Self::bit(clause) != 0
    }
}
