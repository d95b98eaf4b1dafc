//! What a rule brings about, from TOML.

use std::collections::BTreeMap;

use super::reader::{Reader, Table, Value};
use crate::money::Currency;
use crate::policy::rule::{Borne, Cure, DueRule, DueWhat, Effect, Leg, Parts, Question};
use crate::policy::term::{SaidValue, Says, TERM_KINDS, TermKind, TermRule};
use crate::policy::view::bit;
use crate::policy::vocabulary::Vocabulary;
use crate::words::{Payer, Remedy};

/// The keys of a rule that are not effects.
const FRAME: [&str; 4] = ["when", "unless", "applies", "priority"];
/// The effects that the engine itself carries out; the others are terms.
const EFFECTS: [&str; 9] =
    ["decline", "lift", "evidence", "require", "review", "remedies", "freight", "dates", "replace"];

/// What effects may refer to.
pub(super) struct Scope<'v> {
    pub(super) vocabulary: &'v Vocabulary,
    /// The ids of all clauses, in order.
    pub(super) clauses: &'v [String],
}

impl<'s> Reader<'s> {
    /// All effects of a rule; at least one.
    pub(super) fn effects(&mut self, rule: &Table<'_, 's>, scope: &Scope<'_>) -> Vec<Effect> {
        let known: Vec<&str> = FRAME
            .into_iter()
            .chain(EFFECTS)
            .chain(TERM_KINDS.iter().map(|kind| kind.name))
            .collect();
        self.close(rule, "a rule", &known);
        let mut effects = Vec::new();
        let mut tried = false;
        for (key, _, value) in rule.in_order() {
            tried |= !FRAME.contains(&key);
            if let Some(kind) = TERM_KINDS.iter().find(|kind| kind.name == key) {
                for item in self.items(value) {
                    effects.extend(self.term(item, kind, scope).map(Effect::Term));
                }
            } else {
                self.effect(key, value, scope, &mut effects);
            }
        }
        if !tried {
            self.error(
                &rule.span,
                "no_effect",
                "this rule brings nothing about; give it an effect such as `decline = true`",
            );
        }
        effects
    }

    fn effect(
        &mut self,
        key: &str,
        value: &Value<'s>,
        scope: &Scope<'_>,
        effects: &mut Vec<Effect>,
    ) {
        match key {
            "decline" => effects.extend(self.decline(value, scope).map(Effect::Decline)),
            "lift" => {
                let items = self.items(value);
                let clauses =
                    items.into_iter().filter_map(|item| self.clause(item, scope)).collect();
                effects.push(Effect::Lift(clauses));
            }
            "evidence" => effects.extend(self.slots(value, scope.vocabulary).map(Effect::Evidence)),
            "require" => {
                let items = self.items(value);
                let each =
                    items.into_iter().filter_map(|item| self.attribute(item, scope.vocabulary));
                effects.push(Effect::Require(each.collect()));
            }
            "review" => effects.extend(self.review(value).map(Effect::Review)),
            "remedies" => effects
                .extend(self.remedies(value, &scope.vocabulary.remedies).map(Effect::Remedies)),
            "freight" => {
                let Some(table) = self.closed(value, "freight", &["return", "replacement"]) else {
                    return;
                };
                for (name, leg) in [("return", Leg::Return), ("replacement", Leg::Replacement)] {
                    let borne = table.get(name).and_then(|value| self.borne(value));
                    effects.extend(borne.map(|borne| Effect::Freight(leg, borne)));
                }
            }
            "dates" => self.dates(value, scope, effects),
            "replace" => {
                let choices = [("claimed", Parts::Claimed), ("faulty", Parts::Faulty)];
                effects.extend(
                    self.choice(value, "choice of components", &choices).map(Effect::Replace),
                );
            }
            _ => {}
        }
    }

    pub(super) fn clause(&mut self, value: &Value<'s>, scope: &Scope<'_>) -> Option<usize> {
        let id = self.text(value)?;
        let place = scope.clauses.iter().position(|clause| *clause == id);
        if place.is_none() {
            self.unknown(
                &value.span(),
                "unknown_clause",
                &id,
                "clause",
                scope.clauses.iter().map(String::as_str),
            );
        }
        place
    }

    /// `true`; or a table that says what would have cured it, in each language; or `{ cure = "none" }`.
    fn decline(&mut self, value: &Value<'s>, scope: &Scope<'_>) -> Option<Cure> {
        if let Some(decline) = value.get_ref().as_bool() {
            if !decline {
                self.error(
                    &value.span(),
                    "no_effect",
                    "`decline = false` says nothing; leave it out",
                );
            }
            return Some(Cure::Read);
        }
        let table = self.table(value)?;
        let cure = self.required(&table, "cure")?;
        if cure.get_ref().as_str() == Some("none") {
            self.close(&table, "a decline without a cure", &["cure"]);
            return Some(Cure::None);
        }
        let attribute = self.attribute(cure, scope.vocabulary)?;
        Some(Cure::Said(attribute, self.texts_in(&table, &["cure"])?))
    }

    fn slots(&mut self, value: &Value<'s>, vocabulary: &Vocabulary) -> Option<u64> {
        let choices: Vec<(&str, u8)> =
            vocabulary.slots.iter().map(|slot| slot.id.as_str()).zip(0_u8..).collect();
        let mut slots = 0;
        for item in self.items(value) {
            slots |= bit(self.choice(item, "evidence slot", &choices)?);
        }
        Some(slots)
    }

    fn review(&mut self, value: &Value<'s>) -> Option<Question> {
        let table = self.table(value)?;
        let text = self.texts_in(&table, &["role"])?;
        let role = table.get("role").and_then(|role| self.name(role));
        Some(Question { text, role })
    }

    pub(super) fn remedies(&mut self, value: &Value<'s>, known: &[Remedy]) -> Option<Vec<Remedy>> {
        let choices: Vec<(&str, Remedy)> =
            known.iter().map(|remedy| (remedy.as_str(), *remedy)).collect();
        let items = self.items(value);
        items.into_iter().map(|item| self.choice(item, "remedy of this policy", &choices)).collect()
    }

    /// Who bears a leg; `none` where there is no such leg.
    fn borne(&mut self, value: &Value<'s>) -> Option<Borne> {
        let payers = Payer::ALL.iter().map(|payer| (payer.as_str(), Borne::By(*payer)));
        let choices: Vec<(&str, Borne)> = payers.chain([("none", Borne::NoLeg)]).collect();
        self.choice(value, "payer", &choices)
    }

    fn dates(&mut self, value: &Value<'s>, scope: &Scope<'_>, effects: &mut Vec<Effect>) {
        let Some(table) = self.table(value) else { return };
        for (name, _, value) in table.in_order() {
            let Some(due) = self.closed(value, "a date", &["from", "plus", "days_of"]) else {
                continue;
            };
            let from =
                self.required(&due, "from").and_then(|from| self.moment(from, scope.vocabulary));
            let length = self.required(&due, "plus").and_then(|plus| self.length(plus));
            let (Some(from), Some(length)) = (from, length) else { continue };
            let place = self.days_of(&due, length, from);
            let what = match name {
                "report_by" => DueWhat::ReportBy,
                "refund_from" => DueWhat::RefundFrom,
                "refund_by" => DueWhat::RefundBy,
                other => DueWhat::Other(other.to_owned()),
            };
            effects.push(Effect::Due(DueRule { what, from, length, place }));
        }
    }

    fn term(
        &mut self,
        value: &Value<'s>,
        kind: &'static TermKind,
        scope: &Scope<'_>,
    ) -> Option<TermRule> {
        let mut says = BTreeMap::new();
        if let (Some(short), None) = (kind.short, value.get_ref().as_table()) {
            let (name, what) = kind.says.iter().find(|(name, _)| *name == short)?;
            says.insert(*name, self.said(value, *what, kind, scope)?);
            return Some(TermRule { kind: kind.name, says });
        }
        let table = self.table(value)?;
        let known: Vec<&str> = kind.says.iter().map(|(name, _)| *name).collect();
        self.close(&table, &format!("`{}`", kind.name), &known);
        for (name, what) in kind.says {
            if let Some(value) = table.get(name)
                && let Some(said) = self.said(value, *what, kind, scope)
            {
                says.insert(*name, said);
            }
        }
        for name in kind.required {
            self.required(&table, name);
        }
        if says.keys().any(|name| name.ends_with("_minor")) != says.contains_key("currency")
            && kind.name == "fee"
        {
            let message =
                "an amount in minor units goes with a `currency`, and a currency with an amount";
            self.error(&table.span, "missing_key", message);
        }
        Some(TermRule { kind: kind.name, says })
    }

    fn said(
        &mut self,
        value: &Value<'s>,
        what: Says,
        kind: &TermKind,
        scope: &Scope<'_>,
    ) -> Option<SaidValue> {
        Some(match what {
            Says::Word(words) => {
                let choices: Vec<(&str, &str)> = words.iter().map(|word| (*word, *word)).collect();
                SaidValue::Text(
                    self.choice(value, &format!("value of `{}`", kind.name), &choices)?.to_owned(),
                )
            }
            Says::Name => SaidValue::Text(self.name(value)?),
            Says::Names => {
                let items = self.items(value);
                SaidValue::Names(items.into_iter().filter_map(|item| self.name(item)).collect())
            }
            Says::Percent => SaidValue::Integer(self.integer(value, 0..101)?),
            Says::Minor => SaidValue::Integer(self.integer(value, 0..1_000_000_000_000)?),
            Says::Currency => {
                let code = self.text(value)?;
                if Currency::parse(&code).is_err() {
                    let message =
                        format!("`{code}` is no currency; write an ISO 4217 code such as `EUR`");
                    self.error(&value.span(), "unknown_word", message);
                    return None;
                }
                SaidValue::Text(code)
            }
            Says::Flag => SaidValue::Flag(self.flag(value)?),
            Says::Length => SaidValue::Text(self.length(value)?.to_string()),
            Says::Moment => {
                let attribute = self.moment(value, scope.vocabulary)?;
                SaidValue::Text(scope.vocabulary.name(attribute))
            }
            Says::Texts => SaidValue::Texts(self.texts(value)?),
        })
    }
}
