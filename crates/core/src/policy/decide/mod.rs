//! Deciding: the effective cause, the grounds of a refusal, and otherwise everything that the rules bring about.
//!
//! Nothing of any merchant's policy is written here. Each effect keeps the clause it came from.
//! [`draft`] is the decision in the making, [`effects`] what a rule does to it, [`output`] what it says in the end.

mod draft;
mod effects;
mod output;

use self::draft::{ClauseSet, Draft};
use super::condition::{Attributes, Truth, told_by};
use super::rule::{Effect, Policy, Rule, Silence, Stage};
use super::view::{Seen, View};
use super::vocabulary::{Attribute, Source};
use crate::decision::Decision;
use crate::facts::Facts;
use crate::words::{Remedy, Verdict, Word};

impl Policy {
    /// Decides one claim, worded in the policy's first language. Pure and total: the same facts give the same decision for ever.
    #[must_use]
    pub fn decide(&self, facts: &Facts) -> Decision {
        self.decide_in(facts, 0)
    }

    /// Decides one claim, worded in the language at that place of [`Policy::languages`].
    #[must_use]
    pub fn decide_in(&self, facts: &Facts, language: usize) -> Decision {
        let mut view = View::of(facts, &self.vocabulary, &self.zone, &self.calendar);
        let mut draft = Draft::new(self, facts, language);
        draft.read_cause(&mut view);
        let (lifted, may_be_lifted) = draft.lifted(&view);
        let fired: Vec<&Rule> = self
            .rules
            .iter()
            .filter(|rule| rule.declines() && !lifted.contains(rule.clause))
            .filter(|rule| !may_be_lifted.contains(rule.clause))
            .filter(|rule| rule.when.eval(&view) == Truth::Yes)
            .collect();
        if fired.is_empty() {
            draft.apply_open(&view, lifted);
        } else {
            draft.apply_declined(&view, &fired);
        }
        draft.into_decision(&view, &fired)
    }
}

impl Rule {
    /// Whether the rule can decline a claim.
    #[must_use]
    pub fn declines(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect, Effect::Decline(_)))
    }
}

impl<'a> Draft<'a> {
    /// Reads the effective cause into the view. What an undecided reading waits for matters only as long as no later reading
    /// settles the cause.
    fn read_cause(&mut self, view: &mut View<'a>) {
        let mut waiting: Vec<(usize, Attributes)> = Vec::new();
        for reading in &self.policy.readings {
            match reading.when.eval(view) {
                Truth::No => {}
                Truth::Unknown(missing) => waiting.push((reading.clause, missing)),
                Truth::Yes => {
                    view.set(Attribute::Cause, Seen::Word(reading.becomes.index()));
                    self.cited.insert(reading.clause);
                    waiting.clear();
                }
            }
        }
        for (clause, missing) in waiting {
            self.wait_for(clause, missing, false);
        }
    }

    /// The clauses that are lifted, and those that may be: a ground of theirs is none before it is known. What that takes is asked
    /// for when the lifting rule itself is applied.
    fn lifted(&mut self, view: &View<'a>) -> (ClauseSet, ClauseSet) {
        let (mut lifted, mut may_be_lifted) = (ClauseSet::default(), ClauseSet::default());
        for rule in &self.policy.rules {
            for effect in &rule.effects {
                let Effect::Lift(clauses) = effect else { continue };
                let set = match rule.when.eval(view) {
                    Truth::Yes => {
                        self.cited.insert(rule.clause);
                        &mut lifted
                    }
                    Truth::Unknown(_) if rule.stage != Stage::Declined => &mut may_be_lifted,
                    _ => continue,
                };
                for clause in clauses {
                    set.insert(*clause);
                }
            }
        }
        (lifted, may_be_lifted)
    }

    fn apply_declined(&mut self, view: &View<'a>, fired: &[&Rule]) {
        for rule in self.policy.rules.iter().filter(|rule| rule.stage != Stage::Open) {
            if rule.when.eval(view) == Truth::Yes {
                self.apply(rule, view);
            }
        }
        // A refusal rests on its grounds and nothing else; the terms that follow from it name their own clauses.
        self.cited = ClauseSet::default();
        for rule in fired {
            self.cited.insert(rule.clause);
        }
        self.remedies.clear();
        self.replace = None;
        self.verdict = Verdict::Declined;
    }

    fn apply_open(&mut self, view: &View<'a>, lifted: ClauseSet) {
        for rule in self.policy.rules.iter().filter(|rule| rule.stage != Stage::Declined) {
            match rule.when.eval(view) {
                Truth::No => {}
                Truth::Yes => self.apply(rule, view),
                Truth::Unknown(_) if rule.declines() && lifted.contains(rule.clause) => {}
                Truth::Unknown(missing) => self.wait_for(rule.clause, missing, true),
            }
        }
        self.heed_silence();
        self.verdict = if !self.missing.is_empty() || self.slots_missing != 0 {
            Verdict::Needs
        } else if self.reviewed {
            Verdict::Review
        } else {
            Verdict::Accepted
        };
    }

    /// Notes what must be known before a rule can be decided: of the buyer, or of a person.
    fn wait_for(&mut self, clause: usize, missing: Attributes, cite: bool) {
        let vocabulary = &self.policy.vocabulary;
        for attribute in told_by(missing, vocabulary, Source::Buyer) {
            self.missing = self.missing.with(Attributes::of(attribute));
            if cite {
                self.cited.insert(clause);
            }
        }
        if !told_by(missing, vocabulary, Source::Staff).is_empty() {
            self.reviewed = true;
            self.cited.insert(clause);
        }
    }

    /// Where the policy is silent a person decides; where it offers other remedies than the one asked for, the buyer chooses.
    fn heed_silence(&mut self) {
        let silent = |silence| self.policy.silent.contains(&silence);
        let asked = self.facts.claim.remedy;
        if self.remedies.is_empty() {
            self.reviewed = true;
        } else if !self.remedies.contains(&asked) {
            self.missing = self.missing.with(Attributes::of(Attribute::Remedy));
        }
        let return_unsaid = silent(Silence::ReturnFreight) && self.return_freight.is_none();
        let replacement_unsaid = silent(Silence::ReplacementFreight)
            && self.replacement_freight.is_none()
            && asked == Remedy::Replacement;
        self.reviewed |= return_unsaid || replacement_unsaid;
    }
}
