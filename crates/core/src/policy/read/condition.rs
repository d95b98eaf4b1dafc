//! Conditions from TOML: a table of attributes and tests, all of which must hold, with `any`, `all`, `not` and `unless` for the rest.

use toml::de::DeValue;

use super::reader::{Reader, Span, Table, Value};
use crate::policy::condition::{Condition, Op, Test, normalised};
use crate::policy::view::bit;
use crate::policy::vocabulary::{Attribute, Kind, Vocabulary};
use crate::policy::window::{Length, Place, Unit, Window};

/// How deep conditions may lie within each other.
const CONDITION_DEPTH_MAX: u32 = 8;

impl<'s> Reader<'s> {
    /// The condition of a rule: its `when`, unless its `unless`.
    pub(super) fn when(
        &mut self,
        table: &Table<'_, 's>,
        vocabulary: &Vocabulary,
    ) -> Option<Condition> {
        let mut parts = Vec::new();
        if let Some(value) = table.get("when") {
            parts.push(self.condition(value, vocabulary, 0)?);
        }
        if let Some(value) = table.get("unless") {
            parts.push(self.condition(value, vocabulary, 0)?.negated());
        }
        Some(one_or_all(parts))
    }

    fn condition(
        &mut self,
        value: &Value<'s>,
        vocabulary: &Vocabulary,
        depth: u32,
    ) -> Option<Condition> {
        if depth > CONDITION_DEPTH_MAX {
            let message = format!("conditions lie at most {CONDITION_DEPTH_MAX} deep");
            self.error(&value.span(), "out_of_range", message);
            return None;
        }
        let table = self.table(value)?;
        let mut parts = Vec::new();
        for (key, span, value) in table.in_order() {
            let below = depth.saturating_add(1);
            match key {
                "any" | "all" => {
                    let items = self.items(value);
                    let each: Option<Vec<Condition>> = items
                        .into_iter()
                        .map(|item| self.condition(item, vocabulary, below))
                        .collect();
                    let each = each?;
                    parts.push(if key == "any" {
                        Condition::Any(each)
                    } else {
                        Condition::All(each)
                    });
                }
                "not" | "unless" => parts.push(self.condition(value, vocabulary, below)?.negated()),
                name => self.named(name, &span, value, vocabulary, &mut parts),
            }
        }
        if table.entries.is_empty() {
            self.error(
                &table.span,
                "empty_condition",
                "this condition tests nothing; leave it out to hold always",
            );
        }
        Some(one_or_all(parts))
    }

    /// Follows dotted keys down to an attribute, and reads its test.
    fn named(
        &mut self,
        name: &str,
        span: &Span,
        value: &Value<'s>,
        vocabulary: &Vocabulary,
        parts: &mut Vec<Condition>,
    ) {
        if let Some(attribute) = vocabulary.attribute(name) {
            if let Some(test) = self.test(attribute, value, vocabulary) {
                parts.push(test);
            }
            return;
        }
        let names: Vec<String> = vocabulary.names().collect();
        let prefix = format!("{name}.");
        if let DeValue::Table(entries) = value.get_ref()
            && names.iter().any(|known| known.starts_with(&prefix))
        {
            let table = Table { entries, span: value.span() };
            for (key, span, value) in table.in_order() {
                self.named(&format!("{prefix}{key}"), &span, value, vocabulary, parts);
            }
            return;
        }
        self.unknown(
            span,
            "unknown_attribute",
            name,
            "attribute",
            names.iter().map(String::as_str),
        );
    }

    /// The attribute that a text names.
    pub(super) fn attribute(
        &mut self,
        value: &Value<'s>,
        vocabulary: &Vocabulary,
    ) -> Option<Attribute> {
        let name = self.text(value)?;
        let attribute = vocabulary.attribute(&name);
        if attribute.is_none() {
            let names: Vec<String> = vocabulary.names().collect();
            let names = names.iter().map(String::as_str);
            self.unknown(&value.span(), "unknown_attribute", &name, "attribute", names);
        }
        attribute
    }

    pub(super) fn moment(
        &mut self,
        value: &Value<'s>,
        vocabulary: &Vocabulary,
    ) -> Option<Attribute> {
        let attribute = self.attribute(value, vocabulary)?;
        if vocabulary.kind(attribute) != Kind::Moment {
            let message = format!("`{}` is no moment", vocabulary.name(attribute));
            self.error(&value.span(), "wrong_type", message);
            return None;
        }
        Some(attribute)
    }

    pub(super) fn length(&mut self, value: &Value<'s>) -> Option<Length> {
        let text = self.text(value)?;
        let length = Length::parse(&text);
        if length.is_none() {
            let message = format!(
                "`{text}` is no span; write a number up to {} and a unit: `7 days`, `24 hours`, `10 working days`, `2 weeks`, `3 months`, `1 year`",
                crate::policy::window::SPAN_AMOUNT_MAX
            );
            self.error(&value.span(), "bad_span", message);
        }
        length
    }

    /// In whose days a span is counted: as said, or the merchant's for working days and what starts at the merchant's dock.
    pub(super) fn days_of(
        &mut self,
        table: &Table<'_, 's>,
        length: Length,
        from: Attribute,
    ) -> Place {
        let said = table.get("days_of").and_then(|value| {
            self.choice(value, "place", &[("order", Place::Order), ("merchant", Place::Merchant)])
        });
        let merchants = length.unit == Unit::WorkingDays || from == Attribute::ReceivedAt;
        said.unwrap_or(if merchants { Place::Merchant } else { Place::Order })
    }

    fn test(
        &mut self,
        attribute: Attribute,
        value: &Value<'s>,
        vocabulary: &Vocabulary,
    ) -> Option<Condition> {
        if value.get_ref().is_table() {
            return self.operators(attribute, value, vocabulary);
        }
        let (op, negated) = self.is(attribute, value, vocabulary)?;
        Some(Condition::Test(Test { attribute, negated, op }))
    }

    /// What a value alone means: that the attribute is it, or one of them, or has one of them; and whether that is negated.
    fn is(
        &mut self,
        attribute: Attribute,
        value: &Value<'s>,
        vocabulary: &Vocabulary,
    ) -> Option<(Op, bool)> {
        let op = match vocabulary.kind(attribute) {
            Kind::Word(_) | Kind::OwnWord(_) => Op::OneOf(self.mask(value, attribute, vocabulary)?),
            Kind::Words(_) | Kind::OwnWords(_) => {
                Op::HasAny(self.mask(value, attribute, vocabulary)?)
            }
            // `x = false` is "known, and not yes".
            Kind::Flag => return self.flag(value).map(|flag| (Op::IsYes, !flag)),
            Kind::Integer => {
                let integer = self.integer(value, i64::MIN..i64::MAX)?;
                Op::Between(integer, integer)
            }
            Kind::Text => {
                let items = self.items(value);
                let texts: Option<Vec<String>> =
                    items.into_iter().map(|item| self.text(item).map(|t| normalised(&t))).collect();
                let texts = texts?;
                if attribute == Attribute::Category { Op::PathIn(texts) } else { Op::TextIn(texts) }
            }
            Kind::Names | Kind::Moment => {
                self.wrong_type(value, "a table with an operator, such as `{ given = true }`");
                return None;
            }
        };
        Some((op, false))
    }

    /// The words of a list, a bit each.
    fn mask(
        &mut self,
        value: &Value<'s>,
        attribute: Attribute,
        vocabulary: &Vocabulary,
    ) -> Option<u64> {
        let words: Vec<String> = match vocabulary.kind(attribute) {
            Kind::Word(words) | Kind::Words(words) => {
                words.into_iter().map(str::to_owned).collect()
            }
            Kind::OwnWord(words) | Kind::OwnWords(words) => words,
            _ => Vec::new(),
        };
        let choices: Vec<(&str, u8)> = words.iter().map(String::as_str).zip(0_u8..).collect();
        let what = format!("value of `{}`", vocabulary.name(attribute));
        let mut mask = 0;
        for item in self.items(value) {
            mask |= bit(self.choice(item, &what, &choices)?);
        }
        if mask == 0 {
            self.error(&value.span(), "empty_condition", "name at least one word");
            return None;
        }
        Some(mask)
    }

    fn operators(
        &mut self,
        attribute: Attribute,
        value: &Value<'s>,
        vocabulary: &Vocabulary,
    ) -> Option<Condition> {
        let table = self.table(value)?;
        let known = operators_of(&vocabulary.kind(attribute));
        self.close(&table, &format!("a test of `{}`", vocabulary.name(attribute)), &known);
        let mut parts = Vec::new();
        for (key, _, value) in table.in_order() {
            if !known.contains(&key) {
                continue;
            }
            let (op, negated) = match key {
                "is" => self.is(attribute, value, vocabulary)?,
                "not" => {
                    let (op, negated) = self.is(attribute, value, vocabulary)?;
                    (op, !negated)
                }
                "given" => (Op::Given, !self.flag(value)?),
                "empty" => (Op::IsEmpty, !self.flag(value)?),
                "has_all" => (Op::HasAll(self.mask(value, attribute, vocabulary)?), false),
                "same_as" | "differs_from" => {
                    (Op::SameAs(self.alike(attribute, value, vocabulary)?), key == "differs_from")
                }
                "meets" | "apart_from" => {
                    (Op::Meets(self.alike(attribute, value, vocabulary)?), key == "apart_from")
                }
                "at_least" | "at_most" | "more_than" | "less_than" => {
                    let bound = self.integer(value, i64::MIN..i64::MAX)?;
                    match key {
                        "at_least" => (Op::Between(bound, i64::MAX), false),
                        "at_most" => (Op::Between(i64::MIN, bound), false),
                        "more_than" => (Op::Between(i64::MIN, bound), true),
                        _ => (Op::Between(bound, i64::MAX), true),
                    }
                }
                "share_at_most_percent" => {
                    let percent = self.integer(value, 0..101)?;
                    let other = self.required(&table, "of")?;
                    (Op::ShareAtMost(percent, self.alike(attribute, other, vocabulary)?), false)
                }
                "within" | "later_than" => {
                    let length = self.length(value)?;
                    let from = self.required(&table, "after")?;
                    let from = self.moment(from, vocabulary)?;
                    let place = self.days_of(&table, length, from);
                    (Op::Within(Window { from, length, place }), key == "later_than")
                }
                _ => continue,
            };
            parts.push(Condition::Test(Test { attribute, negated, op }));
        }
        if table.entries.is_empty() {
            self.error(&table.span, "empty_condition", "this test has no operator");
        }
        Some(one_or_all(parts))
    }

    /// Another attribute of the same kind.
    fn alike(
        &mut self,
        attribute: Attribute,
        value: &Value<'s>,
        vocabulary: &Vocabulary,
    ) -> Option<Attribute> {
        let other = self.attribute(value, vocabulary)?;
        if vocabulary.kind(other) != vocabulary.kind(attribute) {
            let (one, two) = (vocabulary.name(attribute), vocabulary.name(other));
            self.error(
                &value.span(),
                "wrong_type",
                format!("`{one}` and `{two}` cannot be compared"),
            );
            return None;
        }
        Some(other)
    }
}

fn operators_of(kind: &Kind) -> Vec<&'static str> {
    let mut operators = vec!["given"];
    operators.extend_from_slice(match kind {
        Kind::Word(_) | Kind::OwnWord(_) => &["is", "not", "same_as", "differs_from"][..],
        Kind::Words(_) | Kind::OwnWords(_) => &["is", "not", "has_all", "empty"],
        Kind::Flag => &["is", "not"],
        Kind::Integer => &[
            "is",
            "not",
            "at_least",
            "at_most",
            "more_than",
            "less_than",
            "share_at_most_percent",
            "of",
            "same_as",
            "differs_from",
        ],
        Kind::Text => &["is", "not", "same_as", "differs_from"],
        Kind::Names => &["empty", "meets", "apart_from"],
        Kind::Moment => &["within", "later_than", "after", "days_of"],
    });
    operators
}

fn one_or_all(mut parts: Vec<Condition>) -> Condition {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (Some(last), false) => {
            parts.push(last);
            Condition::All(parts)
        }
        (None, _) => Condition::ALWAYS,
    }
}
