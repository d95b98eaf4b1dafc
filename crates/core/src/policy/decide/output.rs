//! What a decision says in the end: needs, clauses, terms, in the order of the policy.

use super::draft::Draft;
use crate::decision::{Decision, Freight, Term, TermValue};
use crate::policy::condition::Attributes;
use crate::policy::otherwise;
use crate::policy::rule::{Borne, Rule};
use crate::policy::term::{SaidValue, TermRule};
use crate::policy::view::{Seen, View, bit};
use crate::policy::vocabulary::Attribute;
use crate::words::{Verdict, Word};

impl Draft<'_> {
    pub(super) fn into_decision(mut self, view: &View<'_>, fired: &[&Rule]) -> Decision {
        let cause = match view.get(Attribute::Cause) {
            Seen::Word(index) => Word::ALL.get(usize::from(index)).copied(),
            _ => None,
        };
        let clauses = (0..self.policy.clauses.len())
            .filter(|clause| self.cited.contains(*clause))
            .map(|clause| self.policy.clause_id(clause))
            .collect();
        Decision {
            id: self.facts.id.clone(),
            verdict: self.verdict,
            cause: cause.unwrap_or(self.facts.claim.cause),
            needs: self.needs(),
            clauses,
            otherwise: otherwise::of(
                self.policy,
                self.facts,
                &self.dates,
                fired,
                view,
                self.language,
            ),
            terms: self.terms(),
            remedies: self.remedies,
            freight: Freight {
                r#return: self.return_freight.and_then(Borne::payer),
                replacement: self.replacement_freight.and_then(Borne::payer),
            },
            replace_components: self.replace.unwrap_or_default(),
            dates: self.dates,
            calendar_provisional: self.calendar_provisional,
        }
    }

    fn needs(&self) -> Vec<String> {
        if self.verdict != Verdict::Needs {
            return Vec::new();
        }
        let vocabulary = &self.policy.vocabulary;
        let slots = vocabulary.slots.iter().zip(0_u8..);
        let mut needs: Vec<String> = slots
            .filter(|(_, place)| self.slots_missing & bit(*place) != 0)
            .map(|(slot, _)| format!("evidence.{}", slot.id))
            .collect();
        if !self.missing.is_empty() {
            let missing = vocabulary
                .attributes()
                .filter(|attribute| self.missing.meets(Attributes::of(*attribute)))
                .map(|attribute| vocabulary.need(attribute));
            needs.extend(missing);
        }
        needs
    }

    /// The terms, in the order of their clauses; what holds anyway is not listed, nor a fee that is waived.
    fn terms(&mut self) -> Vec<Term> {
        let waived: Vec<&String> = self
            .terms
            .iter()
            .filter(|(_, term)| term.kind == "waive")
            .filter_map(|(_, term)| match term.says.get("fees") {
                Some(SaidValue::Names(names)) => Some(names),
                _ => None,
            })
            .flatten()
            .collect();
        let is_waived = |term: &TermRule| {
            term.kind == "fee"
                && matches!(term.says.get("name"), Some(SaidValue::Text(name)) if waived.contains(&name))
        };
        let mut terms: Vec<(usize, Term)> = self
            .terms
            .iter()
            .filter(|(_, term)| !term.is_usual() && term.kind != "waive" && !is_waived(term))
            .map(|(clause, term)| {
                let says = term.says.iter().map(|(name, value)| (*name, self.said(value)));
                (*clause, self.term(*clause, term.kind, says))
            })
            .collect();
        terms.append(&mut self.deadlines);
        for (clause, question) in &self.questions {
            if let Some(role) = &question.role {
                let says = [
                    ("role", TermValue::Text(role.clone())),
                    ("question", TermValue::Text(self.in_language(&question.text))),
                ];
                terms.push((*clause, self.term(*clause, "ask", says)));
            }
        }
        terms.sort_by_key(|(clause, _)| *clause);
        terms.into_iter().map(|(_, term)| term).collect()
    }

    fn said(&self, value: &SaidValue) -> TermValue {
        match value {
            SaidValue::Text(text) => TermValue::Text(text.clone()),
            SaidValue::Names(names) => TermValue::Words(names.clone()),
            SaidValue::Integer(integer) => TermValue::Integer(*integer),
            SaidValue::Flag(flag) => TermValue::Bool(*flag),
            SaidValue::Texts(texts) => TermValue::Text(self.in_language(texts)),
        }
    }

    fn in_language(&self, texts: &[String]) -> String {
        texts.get(self.language).or_else(|| texts.first()).cloned().unwrap_or_default()
    }
}
