//! A law laid over a policy: where it gives the buyer a right that the policy denies, the law wins. Off unless it is laid over, and
//! by construction it can only widen what the buyer gets: it lifts grounds, adds remedies, and has the merchant pay.

use super::effects::Scope;
use super::reader::{Reader, Table, Value};
use crate::facts::Country;
use crate::policy::condition::{Condition, Op, Test, normalised};
use crate::policy::diagnostic::Diagnostic;
use crate::policy::rule::{Borne, Effect, Policy};
use crate::policy::term::SaidValue;
use crate::policy::vocabulary::{Attribute, OWN_FACTS_MAX};
use crate::words::Payer;

const KEYS: [&str; 7] = ["id", "version", "countries", "languages", "title", "facts", "clause"];

/// The priority of a law's rules: before every rule of the policy's own.
const PRIORITY: i64 = i64::MAX;

impl Policy {
    /// Lays a law over the policy for orders of its countries. The law's file refers to the policy's clauses by their ids; the
    /// pin names the law, so that a decision can be told from one without it.
    ///
    /// # Errors
    /// Everything that is wrong with the law's file, or does not fit the policy: a clause that the policy does not have, a
    /// language of the policy's in which the law has no text, an effect that would take something from the buyer.
    pub fn with_law(mut self, source: &str) -> Result<Self, Vec<Diagnostic>> {
        let mut reader = Reader::new(source);
        if let Some(root) = reader.root() {
            let table = Table { entries: root.get_ref(), span: root.span() };
            reader.law(&table, &mut self);
        }
        if reader.diagnostics.is_empty() { Ok(self) } else { Err(reader.diagnostics) }
    }
}

impl<'s> Reader<'s> {
    fn law(&mut self, root: &Table<'_, 's>, policy: &mut Policy) {
        self.close(root, "a law", &KEYS);
        self.written = self.languages(root);
        self.languages.clone_from(&policy.languages);
        let id = self.required(root, "id").and_then(|value| self.name(value));
        let version = self.required(root, "version").and_then(|value| self.name(value));
        if let Some(title) = self.required(root, "title") {
            self.texts(title);
        }
        let countries = self.required(root, "countries").map(|value| self.countries(value));
        // What the law adds comes after the policy's own, so that places already read stay what they were.
        for fact in self.own_facts(root) {
            if policy.vocabulary.own.iter().any(|known| known.name == fact.name) {
                let message = format!("the policy declares the fact `{}` already", fact.name);
                self.error(&root.span, "twice", message);
            }
            policy.vocabulary.own.push(fact);
        }
        if policy.vocabulary.own.len() > OWN_FACTS_MAX {
            let message = format!("a policy and its laws declare at most {OWN_FACTS_MAX} facts");
            self.error(&root.span, "too_large", message);
        }
        let first_rule = policy.rules.len();
        let clauses = root.get("clause").map_or_else(Vec::new, |value| self.items(value));
        for value in &clauses {
            policy.clauses.extend(self.clause_head(value, &policy.clauses));
        }
        let ids: Vec<String> = policy.clauses.iter().map(|c| c.id.as_str().to_owned()).collect();
        let scope = Scope { vocabulary: &policy.vocabulary, clauses: &ids };
        for value in &clauses {
            self.rules(value, &scope, &policy.clauses, &mut policy.rules);
        }
        self.limits(root, &policy.clauses, &policy.rules);
        let here = Condition::Test(Test {
            attribute: Attribute::Country,
            negated: false,
            op: Op::TextIn(countries.unwrap_or_default()),
        });
        for rule in policy.rules.iter_mut().skip(first_rule) {
            if !rule.effects.iter().all(widens) {
                let message = "a law can only widen what the buyer gets: `lift`, `remedies`, `freight` paid by the merchant, `waive`, `original_freight` paid by the merchant, `instruct`, `document`";
                self.error_at(rule.line, "narrows", message);
            }
            let when = std::mem::replace(&mut rule.when, Condition::ALWAYS);
            rule.when = Condition::All(vec![here.clone(), when]);
            rule.priority = PRIORITY;
        }
        policy.rules.sort_by_key(|rule| std::cmp::Reverse(rule.priority));
        if let (Some(id), Some(version)) = (id, version) {
            policy.version = format!("{}+{id}.{version}", policy.version);
            policy.pin = format!("{}@{}", policy.id, policy.version);
        }
    }

    fn countries(&mut self, value: &Value<'s>) -> Vec<String> {
        let mut countries = Vec::new();
        for item in self.items(value) {
            let Some(code) = self.text(item) else { continue };
            if Country::parse(&code).is_none() {
                let message = format!("`{code}` is no ISO 3166-1 alpha-2 code such as `DE`");
                self.error(&item.span(), "unknown_word", message);
            }
            countries.push(normalised(&code));
        }
        countries
    }
}

/// Whether an effect can only give the buyer more, or tell them something.
fn widens(effect: &Effect) -> bool {
    match effect {
        Effect::Lift(_) | Effect::Remedies(_) => true,
        Effect::Freight(_, borne) => {
            *borne != Borne::By(Payer::Buyer) && *borne != Borne::By(Payer::Shared)
        }
        Effect::Term(term) => match term.kind {
            "waive" | "instruct" | "document" => true,
            "original_freight" => {
                term.says.get("payer") == Some(&SaidValue::Text(Payer::Merchant.to_string()))
            }
            _ => false,
        },
        Effect::Decline(_)
        | Effect::Evidence(_)
        | Effect::Require(_)
        | Effect::Review(_)
        | Effect::Due(_)
        | Effect::Replace(_) => false,
    }
}
