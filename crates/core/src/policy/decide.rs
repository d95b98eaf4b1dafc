//! Deciding: the effective cause, the grounds of a refusal, and otherwise everything that the rules bring about.
//!
//! Nothing of any merchant's policy is written here. Each effect keeps the clause it came from.

use super::condition::{Attributes, Truth, told_by};
use super::otherwise;
use super::rule::{DueRule, DueWhat, Effect, Leg, Parts, Policy, Question, Rule, Silence, Stage};
use super::term::{SaidValue, TermRule};
use super::view::{Seen, View};
use super::vocabulary::{Attribute, Source};
use crate::decision::{Dates, Decision, Freight, Term, TermValue};
use crate::facts::Facts;
use crate::words::{Payer, Remedy, Verdict, Word};

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
        let lifted = draft.lifted(&view);
        let fired: Vec<&Rule> = self
            .rules
            .iter()
            .filter(|rule| rule.declines() && !lifted.contains(rule.clause))
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

/// A set of clauses by their places; at most [`super::rule::CLAUSES_MAX`].
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

/// A decision in the making.
struct Draft<'a> {
    policy: &'a Policy,
    facts: &'a Facts,
    language: usize,
    cited: ClauseSet,
    /// What only the buyer can tell.
    missing: Attributes,
    slots_missing: u64,
    reviewed: bool,
    questions: Vec<(usize, &'a Question)>,
    remedies: Vec<Remedy>,
    /// For each leg: not said yet, or who pays it, where there is such a leg.
    return_freight: Option<Option<Payer>>,
    replacement_freight: Option<Option<Payer>>,
    replace: Option<Vec<String>>,
    dates: Dates,
    due: Vec<DueWhat>,
    calendar_provisional: bool,
    terms: Vec<(usize, &'a TermRule)>,
    deadlines: Vec<(usize, Term)>,
    verdict: Verdict,
}

impl<'a> Draft<'a> {
    fn new(policy: &'a Policy, facts: &'a Facts, language: usize) -> Self {
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

    fn lifted(&mut self, view: &View<'a>) -> ClauseSet {
        let mut lifted = ClauseSet::default();
        for rule in &self.policy.rules {
            for effect in &rule.effects {
                if let Effect::Lift(clauses) = effect
                    && rule.when.eval(view) == Truth::Yes
                {
                    self.cited.insert(rule.clause);
                    clauses.iter().for_each(|clause| lifted.insert(*clause));
                }
            }
        }
        lifted
    }

    fn apply_declined(&mut self, view: &View<'a>, fired: &[&Rule]) {
        for rule in self.policy.rules.iter().filter(|rule| rule.stage != Stage::Open) {
            if rule.when.eval(view) == Truth::Yes {
                self.apply(rule, view);
            }
        }
        // A refusal rests on its grounds and nothing else.
        self.cited = ClauseSet::default();
        fired.iter().for_each(|rule| self.cited.insert(rule.clause));
        self.terms.clear();
        self.deadlines.clear();
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

    /// Applies the effects of a rule that holds; its clause is cited where one of them took hold.
    fn apply(&mut self, rule: &'a Rule, view: &View<'a>) {
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
            Effect::Freight(leg, payer) => self.set_payer(*leg, *payer),
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
                if self.terms.iter().any(|(_, known)| known.matter() == matter && *known != term) {
                    return false;
                }
                self.terms.push((clause, term));
                true
            }
        }
    }

    /// The first rule that names a payer wins: rules come in the order of their priority.
    fn set_payer(&mut self, leg: Leg, payer: Option<Payer>) -> bool {
        let slot = match leg {
            Leg::Return => &mut self.return_freight,
            Leg::Replacement => &mut self.replacement_freight,
        };
        *slot.get_or_insert(payer) == payer
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

    fn term<'k>(
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

    fn into_decision(mut self, view: &View<'_>, fired: &[&Rule]) -> Decision {
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
                r#return: self.return_freight.flatten(),
                replacement: self.replacement_freight.flatten(),
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
            .filter(|(_, place)| self.slots_missing & super::view::bit(*place) != 0)
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
