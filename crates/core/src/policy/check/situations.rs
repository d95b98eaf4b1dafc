//! Situations that tell the rules of a policy apart: for each rule facts that meet it, and facts that miss it by one condition; and a
//! plain claim of each cause and remedy. Two policies that decide all of each other's situations alike are much alike.

use std::collections::BTreeSet;

use super::search::{Found, Goal, Search};
use crate::decision::ClauseId;
use crate::facts::json::Document;
use crate::facts::{self, Facts};
use crate::policy::condition::Condition;
use crate::policy::rule::{Policy, Rule};
use crate::policy::vocabulary::Attribute;
use crate::words::{Cause, Word};

/// How many situations one policy has at most.
pub const SITUATIONS_MAX: usize = 2_000;

/// Facts that tell a rule from others.
#[derive(Clone, Debug)]
pub struct Situation {
    /// The clause whose rule they meet, or just miss; nothing for a plain claim.
    pub clause: Option<ClauseId>,
    /// The facts.
    pub facts: Facts,
}

/// The situations of a policy, each once.
#[must_use]
pub fn situations(policy: &Policy) -> Vec<Situation> {
    let search = Search::new(policy);
    let mut found = Situations { policy, search, seen: BTreeSet::new(), found: Vec::new() };
    for cause in Cause::ALL {
        for remedy in &policy.vocabulary.remedies {
            found.add(
                None,
                &[
                    Goal::Is(Attribute::ClaimCause, cause.index()),
                    Goal::Is(Attribute::Remedy, remedy.index()),
                ],
            );
        }
    }
    for rule in &policy.rules {
        found.add_rule(rule);
    }
    for (place, reading) in policy.readings.iter().enumerate() {
        found.add(Some(policy.clause_id(reading.clause)), &[Goal::Reads(place)]);
    }
    found.found
}

struct Situations<'p> {
    policy: &'p Policy,
    search: Search<'p>,
    seen: BTreeSet<String>,
    found: Vec<Situation>,
}

impl Situations<'_> {
    fn add_rule(&mut self, rule: &Rule) {
        let clause = Some(self.policy.clause_id(rule.clause));
        let mut goals = super::stage_goals(self.policy, rule.stage);
        if rule.declines() {
            goals.clear();
        }
        goals.push(Goal::Holds(&rule.when));
        self.add(clause.clone(), &goals);
        let Condition::All(parts) = &rule.when else {
            self.add(clause, &[Goal::Fails(&rule.when)]);
            return;
        };
        for (missed, part) in parts.iter().enumerate() {
            let rest = parts.iter().enumerate().filter(|(place, _)| *place != missed);
            let mut goals: Vec<Goal<'_>> = rest.map(|(_, part)| Goal::Holds(part)).collect();
            goals.push(Goal::Fails(part));
            self.add(clause.clone(), &goals);
        }
    }

    fn add(&mut self, clause: Option<ClauseId>, goals: &[Goal<'_>]) {
        if self.found.len() >= SITUATIONS_MAX {
            return;
        }
        let Found::Example(example) = self.search.find(goals) else { return };
        let vocabulary = &self.policy.vocabulary;
        let facts = Document::parse(&example).ok();
        let facts = facts.and_then(|document| facts::read(&document, vocabulary).ok());
        if let Some(facts) = facts
            && self.seen.insert(example)
        {
            self.found.push(Situation { clause, facts });
        }
    }
}
