//! What would have changed a refusal: for each ground, the fact of the buyer's that, being different, would have cured it.

use super::condition::{Condition, Op, Test, Truth};
use super::rule::{Cure, Effect, Policy, Rule};
use super::view::{Seen, View};
use super::vocabulary::{Attribute, Kind};
use crate::decision::{Dates, Otherwise};
use crate::facts::Facts;

/// One entry for each ground that a different fact of the buyer's could have cured, in the order of the grounds.
pub(super) fn of(
    policy: &Policy,
    facts: &Facts,
    dates: &Dates,
    fired: &[&Rule],
    view: &View<'_>,
    language: usize,
) -> Vec<Otherwise> {
    let mut entries = Vec::new();
    if fired.is_empty() {
        return entries;
    }
    for (place, clause) in policy.clauses.iter().enumerate() {
        let cured = fired
            .iter()
            .filter(|rule| rule.clause == place)
            .find_map(|rule| cure(policy, rule, dates, view, language));
        entries.extend(cured.map(|(attribute, change)| Otherwise {
            clause: clause.id.clone(),
            pointer: policy.vocabulary.pointer(attribute, facts),
            change,
        }));
    }
    entries
}

fn cure(
    policy: &Policy,
    rule: &Rule,
    dates: &Dates,
    view: &View<'_>,
    language: usize,
) -> Option<(Attribute, String)> {
    rule.effects.iter().find_map(|effect| match effect {
        Effect::Decline(Cure::Said(attribute, texts)) => {
            let text = texts.get(language).or_else(|| texts.first())?;
            Some((*attribute, filled(text, dates)))
        }
        Effect::Decline(Cure::Read) => read(policy, &rule.when, view),
        _ => None,
    })
}

/// Puts the decision's dates into a sentence.
fn filled(text: &str, dates: &Dates) -> String {
    let day =
        |date: Option<jiff::civil::Date>| date.map_or_else(String::new, |date| date.to_string());
    text.replace("{report_by}", &day(dates.report_by))
        .replace("{refund_from}", &day(dates.refund_from))
        .replace("{refund_by}", &day(dates.refund_by))
}

/// The first test that holds, rests on a fact of the buyer's, and could have come out otherwise.
fn read(policy: &Policy, condition: &Condition, view: &View<'_>) -> Option<(Attribute, String)> {
    let mut found = None;
    condition.for_each_test(&mut |test| {
        let holds = || Condition::Test(test.clone()).eval(view) == Truth::Yes;
        if found.is_none() && policy.vocabulary.is_curable(test.attribute) && holds() {
            found = Some((test.attribute, sentence(policy, test, view)));
        }
    });
    found
}

fn sentence(policy: &Policy, test: &Test, view: &View<'_>) -> String {
    let name = policy.vocabulary.name(test.attribute);
    let not = if test.negated { "" } else { "not " };
    match &test.op {
        Op::Within(window) => {
            let due = match view.get(window.from) {
                Seen::Moment(from) => window.length.due(from, window.place, view),
                _ => None,
            };
            let (when, from) = (
                if test.negated { "within" } else { "after" },
                policy.vocabulary.name(window.from),
            );
            let day = due.map_or_else(String::new, |due| {
                format!(", {} {}", if test.negated { "by" } else { "after" }, due.date)
            });
            format!("`{name}` {when} {} of `{from}`{day}", window.length)
        }
        Op::IsYes => format!("`{name}` {}", if test.negated { "true" } else { "false" }),
        Op::Given => format!("`{name}` {}", if test.negated { "given" } else { "left out" }),
        Op::OneOf(mask) | Op::HasAny(mask) | Op::HasAll(mask) => {
            format!("`{name}` {not}{}", words(&policy.vocabulary.kind(test.attribute), *mask))
        }
        Op::Between(low, high) => format!("`{name}` {not}between {low} and {high}"),
        _ => format!("another `{name}`"),
    }
}

/// The words of a mask, as a person reads them.
pub(super) fn words(kind: &Kind, mask: u64) -> String {
    let all: Vec<String> = match kind {
        Kind::Word(words) | Kind::Words(words) => {
            words.iter().map(|word| (*word).to_owned()).collect()
        }
        Kind::OwnWord(words) | Kind::OwnWords(words) => words.clone(),
        _ => Vec::new(),
    };
    let named = all.iter().zip(0_u8..).filter(|(_, place)| mask & super::view::bit(*place) != 0);
    named.map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(" or ")
}
