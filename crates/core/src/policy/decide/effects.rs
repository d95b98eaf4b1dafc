//! What a rule that holds does to a decision in the making.

use super::draft::Draft;
use crate::decision::{Term, TermValue};
use crate::policy::condition::Attributes;
use crate::policy::rule::{Borne, DueRule, DueWhat, Effect, Leg, Parts, Rule};
use crate::policy::view::{Seen, View};
use crate::policy::vocabulary::Attribute;

impl<'a> Draft<'a> {
    /// Applies the effects of a rule that holds; its clause is cited where one of them took hold.
    pub(super) fn apply(&mut self, rule: &'a Rule, view: &View<'a>) {
        let mut took_hold = false;
        for effect in &rule.effects {
            took_hold |= self.apply_effect(rule.clause, effect, view);
        }
        if took_hold {
            self.cited.insert(rule.clause);
        }
    }

    fn apply_effect(&mut self, clause: usize, effect: &'a Effect, view: &View<'a>) -> bool {
        match effect {
            Effect::Decline(_) | Effect::Lift(_) => false,
            Effect::Evidence(slots) => {
                let has = |attribute| match view.get(attribute) {
                    Seen::Words(words) => words,
                    _ => 0,
                };
                self.slots_missing |= slots & !(has(Attribute::Evidence) | has(Attribute::Waived));
                true
            }
            Effect::Require(attributes) => {
                for attribute in attributes {
                    if matches!(
                        view.get(*attribute),
                        Seen::Absent | Seen::Names([]) | Seen::Words(0)
                    ) {
                        self.missing = self.missing.with(Attributes::of(*attribute));
                    }
                }
                true
            }
            Effect::Review(question) => {
                self.reviewed = true;
                self.questions.push((clause, question));
                true
            }
            Effect::Remedies(remedies) => {
                for remedy in remedies {
                    if !self.remedies.contains(remedy) {
                        self.remedies.push(*remedy);
                    }
                }
                true
            }
            Effect::Freight(leg, borne) => self.set_borne(*leg, *borne),
            Effect::Due(due) => self.set_due(clause, due, view),
            Effect::Replace(parts) => {
                if self.replace.is_none() {
                    self.replace = Some(self.parts(*parts));
                    return self.replace.as_ref().is_some_and(|parts| !parts.is_empty());
                }
                false
            }
            Effect::Term(term) => {
                let matter = term.matter();
                // The first that speaks of a matter wins; who says the same agrees, and is cited for it.
                let known = self.terms.iter().find(|(_, known)| known.matter() == matter);
                match known {
                    Some((_, known)) if known.kind != "waive" => *known == term,
                    _ => {
                        self.terms.push((clause, term));
                        true
                    }
                }
            }
        }
    }

    /// The first rule that names a payer wins: rules come in the order of their priority.
    fn set_borne(&mut self, leg: Leg, borne: Borne) -> bool {
        let slot = match leg {
            Leg::Return => &mut self.return_freight,
            Leg::Replacement => &mut self.replacement_freight,
        };
        *slot.get_or_insert(borne) == borne
    }

    fn set_due(&mut self, clause: usize, rule: &DueRule, view: &View<'_>) -> bool {
        if self.due.contains(&rule.what) {
            return false;
        }
        self.due.push(rule.what.clone());
        let from = match view.get(rule.from) {
            Seen::Moment(from) => Some(from),
            _ => None,
        };
        let due = from.and_then(|from| rule.length.due(from, rule.place, view));
        self.calendar_provisional |= due.is_some_and(|due| due.provisional);
        let date = due.map(|due| due.date);
        match &rule.what {
            DueWhat::ReportBy => self.dates.report_by = date,
            DueWhat::RefundFrom => self.dates.refund_from = date,
            DueWhat::RefundBy => self.dates.refund_by = date,
            DueWhat::Other(name) => {
                let mut says = vec![
                    ("name", TermValue::Text(name.clone())),
                    ("within", TermValue::Text(rule.length.to_string())),
                    ("from", TermValue::Text(self.policy.vocabulary.name(rule.from))),
                ];
                says.extend(date.map(|date| ("on", TermValue::Text(date.to_string()))));
                self.deadlines.push((clause, self.term(clause, "deadline", says)));
            }
        }
        true
    }

    /// The components to replace, in the order of the line.
    fn parts(&self, parts: Parts) -> Vec<String> {
        let claimed = &self.facts.claim.components;
        let faulty = self.facts.inspection.as_ref().and_then(|i| i.faulty_components.as_ref());
        let is_replaced = |component: &&String| match parts {
            Parts::Claimed => claimed.is_empty() || claimed.contains(component),
            Parts::Faulty => {
                claimed.contains(component)
                    && faulty.is_none_or(|faulty| faulty.contains(component))
            }
        };
        self.facts.line.components.iter().filter(is_replaced).cloned().collect()
    }

    pub(super) fn term<'k>(
        &self,
        clause: usize,
        kind: &str,
        says: impl IntoIterator<Item = (&'k str, TermValue)>,
    ) -> Term {
        Term {
            clause: self.policy.clause_id(clause),
            term: kind.to_owned(),
            says: says.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        }
    }
}
