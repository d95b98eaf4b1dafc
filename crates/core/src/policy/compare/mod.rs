//! Two versions of a policy side by side: which claims would end differently, at what cost, and what each says in other words.
//!
//! - [`Comparison`]: claims go in one by one, from wherever they come; it keeps counts, sums, and as many examples as were asked for.
//! - [`outcome`]: what a decision comes to, in the few things that are compared.
//! - [`text`]: the pages that buyers read, part by part.

pub mod outcome;
pub mod text;

use std::collections::BTreeMap;

use serde::Serialize;

pub use self::outcome::{Outcome, Part, Worth};
use super::check::Situation;
use super::rule::Policy;
use crate::decision::ClauseId;
use crate::facts::Facts;
use crate::ledger::{CaseId, UnitId};
use crate::money::{Currency, Money};
use crate::words::Verdict;

/// The most examples that a comparison keeps.
pub const EXAMPLES_MAX: usize = 1_000;

/// Where facts come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// Made up by the checker, to tell a rule of this clause from others.
    Situation {
        /// The clause; nothing for a plain claim.
        clause: Option<ClauseId>,
    },
    /// A claim that was made.
    Claim {
        /// The number of its order.
        order: String,
        /// Its case.
        case: CaseId,
        /// Its unit.
        unit: UnitId,
    },
}

/// One set of facts that ends differently.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Example {
    /// Where the facts come from.
    pub source: Source,
    /// In what the two differ.
    pub parts: Vec<Part>,
    /// What the old version makes of them.
    pub old: Outcome,
    /// What the new version makes of them.
    pub new: Outcome,
    /// What the new version costs more than the old one; nothing where either leaves it open.
    pub costs_more: Option<Money>,
    /// The facts.
    pub facts: Facts,
}

/// What the claims that were made come to in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sum {
    /// What they cost by the old version.
    pub old: Money,
    /// What they cost by the new version.
    pub new: Money,
    /// The new less the old.
    pub costs_more: Money,
    /// How many claims that end differently are left out, because either version leaves open what they cost.
    pub open: u64,
}

/// How many claims went from one verdict to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// By the old version.
    pub old: Verdict,
    /// By the new version.
    pub new: Verdict,
    /// How many of the claims that end differently.
    pub claims: u64,
}

/// Two versions, and what was seen of them so far.
pub struct Comparison<'p> {
    old: &'p Policy,
    new: &'p Policy,
    examples_max: usize,
    /// How many claims that were made were looked at, and how many of them end differently.
    pub claims: Seen,
    /// The same of situations.
    pub situations: Seen,
    /// Those that end differently, the first ones.
    pub examples: Vec<Example>,
    verdicts: BTreeMap<(Verdict, Verdict), u64>,
    sums: BTreeMap<Currency, Sum>,
}

/// How many were looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Seen {
    /// All of them.
    pub looked_at: u64,
    /// Those that end differently.
    pub differing: u64,
}

impl<'p> Comparison<'p> {
    /// Two versions of which nothing was seen yet. It keeps that many examples, and at most [`EXAMPLES_MAX`].
    #[must_use]
    pub fn new(old: &'p Policy, new: &'p Policy, examples_max: usize) -> Self {
        Self {
            old,
            new,
            examples_max: examples_max.min(EXAMPLES_MAX),
            claims: Seen::default(),
            situations: Seen::default(),
            examples: Vec::new(),
            verdicts: BTreeMap::new(),
            sums: BTreeMap::new(),
        }
    }

    /// Looks at the situations that tell the rules of both versions apart.
    pub fn look_at_situations(&mut self) {
        let of_both = [self.old, self.new].map(super::check::situations);
        for Situation { clause, facts } in of_both.into_iter().flatten() {
            self.look_at(Source::Situation { clause }, &facts, None);
        }
    }

    /// Looks at a claim that was made.
    pub fn look_at_claim(
        &mut self,
        order: &str,
        case: &CaseId,
        unit: &UnitId,
        facts: &Facts,
        worth: &Worth,
    ) {
        let (order, case, unit) = (order.to_owned(), case.clone(), unit.clone());
        self.look_at(Source::Claim { order, case, unit }, facts, Some(worth));
    }

    fn look_at(&mut self, source: Source, facts: &Facts, worth: Option<&Worth>) {
        let [old, new] = [self.old, self.new].map(|policy| policy.decide(facts));
        let [old, new] = [old, new].map(|decision| Outcome::new(&decision, facts, worth));
        let parts = old.parts_unlike(&new);
        let seen = if worth.is_some() { &mut self.claims } else { &mut self.situations };
        seen.looked_at = seen.looked_at.saturating_add(1);
        if parts.is_empty() {
            return;
        }
        seen.differing = seen.differing.saturating_add(1);
        let costs_more = match (new.cost, old.cost) {
            (Some(new), Some(old)) => new.minus(old).ok(),
            _ => None,
        };
        if let Some(worth) = worth {
            let verdicts = self.verdicts.entry((old.verdict, new.verdict)).or_default();
            *verdicts = verdicts.saturating_add(1);
            self.sum_up(worth.currency(), &old, &new);
        }
        if self.examples.len() < self.examples_max {
            let facts = facts.clone();
            self.examples.push(Example { source, parts, old, new, costs_more, facts });
        }
    }

    fn sum_up(&mut self, currency: Currency, old: &Outcome, new: &Outcome) {
        let zero = Money::zero(currency);
        let sum = self.sums.entry(currency).or_insert(Sum {
            old: zero,
            new: zero,
            costs_more: zero,
            open: 0,
        });
        let added = match (old.cost, new.cost) {
            (Some(old), Some(new)) => sum.old.plus(old).and_then(|old| {
                let new = sum.new.plus(new)?;
                Ok((old, new, new.minus(old)?))
            }),
            _ => Err(crate::money::MoneyError::Overflow),
        };
        match added {
            Ok((old, new, costs_more)) => *sum = Sum { old, new, costs_more, ..*sum },
            Err(_) => sum.open = sum.open.saturating_add(1),
        }
    }

    /// Of the claims that end differently: from which verdict to which.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let changes = self.verdicts.iter();
        changes
            .map(|((old, new), claims)| Change { old: *old, new: *new, claims: *claims })
            .collect()
    }

    /// Of the claims that end differently: what they cost, by currency.
    #[must_use]
    pub fn sums(&self) -> Vec<Sum> {
        self.sums.values().copied().collect()
    }
}
