//! What is wrong with a policy that reads well: contradictions, rules that can never apply, situations that nothing covers; each
//! with facts that show it.
//!
//! The questions are put to a search over facts that prunes with the engine's own three-valued evaluation. What it
//! finds is a real set of facts, so nothing is reported on suspicion.

mod candidates;
mod example;
mod search;
mod situations;

use self::search::{Found, Goal, Search};
pub use self::situations::{SITUATIONS_MAX, Situation, situations};
use super::condition::Condition;
use super::diagnostic::{Diagnostic, Severity};
use super::rule::{DueWhat, Effect, Leg, Policy, Rule, Silence, Stage};
use super::vocabulary::{Attribute, Kind};
use crate::words::{Cause, Remedy, Word};

/// Checks a policy. Errors mean that it should not be used as it is.
#[must_use]
pub fn check(policy: &Policy) -> Vec<Diagnostic> {
    let search = Search::new(policy);
    let mut checker = Checker { policy, search, found: Vec::new() };
    checker.contradictions();
    checker.never_applying();
    checker.uncovered();
    checker.unused();
    checker.found.sort_by_key(|diagnostic| diagnostic.line);
    checker.found
}

struct Checker<'p> {
    policy: &'p Policy,
    search: Search<'p>,
    found: Vec<Diagnostic>,
}

impl Checker<'_> {
    fn report(
        &mut self,
        severity: Severity,
        code: &'static str,
        line: usize,
        message: String,
        example: Option<String>,
    ) {
        self.found.push(Diagnostic { severity, code, line, column: 1, message, example });
    }

    fn clause(&self, rule: &Rule) -> String {
        self.policy.clause_id(rule.clause).to_string()
    }

    /// Two rules of the same priority that say different things of one matter about the same facts.
    fn contradictions(&mut self) {
        let policy = self.policy;
        for (place, one) in policy.rules.iter().enumerate() {
            for two in policy.rules.iter().skip(place.saturating_add(1)) {
                if one.priority != two.priority || !stages_meet(one.stage, two.stage) {
                    continue;
                }
                let Some(matter) = matter_of_contradiction(one, two) else { continue };
                let mut goals = stage_goals(policy, stage_of_both(one.stage, two.stage));
                goals.extend([Goal::Holds(&one.when), Goal::Holds(&two.when)]);
                if let Found::Example(example) = self.search.find(&goals) {
                    let message = format!(
                        "`{}` (line {}) and `{}` (line {}) say different things of the {matter} about the same claim; part them by conditions, or by `priority`",
                        self.clause(one),
                        one.line,
                        self.clause(two),
                        two.line
                    );
                    let line = one.line.max(two.line);
                    self.report(Severity::Error, "contradiction", line, message, Some(example));
                }
            }
            self.dates_in_order(one);
        }
    }

    /// A refund that may not leave before it must have left.
    fn dates_in_order(&mut self, rule: &Rule) {
        let due = |what: &DueWhat| {
            rule.effects.iter().find_map(|effect| match effect {
                Effect::Due(due) if due.what == *what => Some(due),
                _ => None,
            })
        };
        if let (Some(from), Some(by)) = (due(&DueWhat::RefundFrom), due(&DueWhat::RefundBy))
            && from.from == by.from
            && from.length.unit == by.length.unit
            && from.length.amount > by.length.amount
        {
            let message =
                format!("the refund is due {} before it may leave {}", by.length, from.length);
            self.report(Severity::Error, "contradiction", rule.line, message, None);
        }
    }

    fn never_applying(&mut self) {
        let policy = self.policy;
        for rule in &policy.rules {
            let mut goals = vec![Goal::Holds(&rule.when)];
            if !rule.declines() {
                goals.extend(stage_goals(policy, rule.stage));
            }
            if matches!(self.search.find(&goals), Found::Nothing) {
                let (why, example) = self.why_never(rule);
                let message =
                    format!("this rule of `{}` can never apply: {why}", self.clause(rule));
                let severity = self.severity_of_never(rule);
                self.report(severity, "never_applies", rule.line, message, example);
            }
        }
        for (place, reading) in policy.readings.iter().enumerate() {
            if matches!(self.search.find(&[Goal::Reads(place)]), Found::Nothing) {
                let message = format!(
                    "the cause can never be read as `{}` here: no claim meets the condition",
                    reading.becomes
                );
                self.report(Severity::Error, "never_applies", reading.line, message, None);
            }
        }
    }

    /// Why no claim meets a rule, with the claim that comes nearest.
    fn why_never(&self, rule: &Rule) -> (String, Option<String>) {
        if let Found::Example(example) = self.search.find(&[Goal::Holds(&rule.when)]) {
            return ("every claim that meets its condition is declined".to_owned(), Some(example));
        }
        let parts = match &rule.when {
            Condition::All(parts) => parts.as_slice(),
            _ => &[],
        };
        for (left_out, part) in parts.iter().enumerate() {
            let rest = parts.iter().enumerate().filter(|(place, _)| *place != left_out);
            let goals: Vec<Goal<'_>> = rest.map(|(_, part)| Goal::Holds(part)).collect();
            if let Found::Example(example) = self.search.find(&goals) {
                let mut attributes = Vec::new();
                part.for_each_test(&mut |test| {
                    attributes.push(self.policy.vocabulary.name(test.attribute));
                });
                let why = format!(
                    "its condition denies itself; without what it asks of `{}` it would apply",
                    attributes.join("`, `")
                );
                return (why, Some(example));
            }
        }
        ("no claim meets its condition".to_owned(), None)
    }

    /// Where values are endless the search tries the telling ones only, so that "never" is no proof.
    fn severity_of_never(&self, rule: &Rule) -> Severity {
        let mut severity = Severity::Error;
        rule.when.for_each_test(&mut |test| {
            let kind = self.policy.vocabulary.kind(test.attribute);
            if !matches!(kind, Kind::Word(_) | Kind::OwnWord(_) | Kind::Flag) {
                severity = Severity::Warning;
            }
        });
        severity
    }

    fn uncovered(&mut self) {
        let matters: [(Silence, &str, &str, Option<Remedy>); 3] = [
            (Silence::Remedies, "remedies", "which remedies there are", None),
            (Silence::ReturnFreight, "return_freight", "who pays the way back", None),
            (
                Silence::ReplacementFreight,
                "replacement_freight",
                "who pays the way of a replacement",
                Some(Remedy::Replacement),
            ),
        ];
        for (silence, key, what, remedy) in matters {
            let asks =
                remedy.is_none_or(|remedy| self.policy.vocabulary.remedies.contains(&remedy));
            if self.policy.silent.contains(&silence) || !asks {
                continue;
            }
            let mut causes = Vec::new();
            let mut example = None;
            for cause in Cause::ALL {
                if let Some(found) = self.uncovered_for(silence, *cause, remedy) {
                    causes.push(format!("`{cause}`"));
                    example = example.or(Some(found));
                }
            }
            if let Some(example) = example {
                let message = format!(
                    "nothing says {what} where the cause is {}; add a rule, or name `{key}` under `silent` so that a person decides",
                    causes.join(", ")
                );
                self.report(Severity::Error, "uncovered", 1, message, Some(example));
            }
        }
    }

    fn uncovered_for(
        &self,
        silence: Silence,
        cause: Cause,
        remedy: Option<Remedy>,
    ) -> Option<String> {
        let policy = self.policy;
        let says = |rule: &&Rule| {
            rule.stage != Stage::Declined && rule.effects.iter().any(|e| speaks_of(e, silence))
        };
        let mut goals = stage_goals(policy, Stage::Open);
        goals.push(Goal::Is(Attribute::ClaimCause, cause.index()));
        goals.extend(remedy.map(|remedy| Goal::Is(Attribute::Remedy, remedy.index())));
        goals.extend(policy.rules.iter().filter(says).map(|rule| Goal::Fails(&rule.when)));
        match self.search.find(&goals) {
            Found::Example(example) => Some(example),
            Found::Nothing | Found::GaveUp => None,
        }
    }

    fn unused(&mut self) {
        let policy = self.policy;
        let mut used = policy.rules.iter().fold(0_u128, |used, rule| used | attributes_of(rule));
        for reading in &policy.readings {
            reading.when.for_each_test(&mut |test| used |= attributes_read(test));
        }
        for (place, declaration) in (0_u8..).zip(&policy.vocabulary.own) {
            if used & mask(Attribute::Own(place)) == 0 {
                let message =
                    format!("the fact `{}` is declared, and no rule uses it", declaration.name);
                self.report(Severity::Warning, "unused", 1, message, None);
            }
        }
        let asked =
            policy.rules.iter().flat_map(|rule| &rule.effects).fold(
                0,
                |asked, effect| match effect {
                    Effect::Evidence(slots) => asked | slots,
                    _ => asked,
                },
            );
        for (place, slot) in (0_u8..).zip(&policy.vocabulary.slots) {
            if asked & super::view::bit(place) == 0 {
                let message =
                    format!("the evidence slot `{}` is declared, and no rule asks for it", slot.id);
                self.report(Severity::Warning, "unused", 1, message, None);
            }
        }
        for remedy in &policy.vocabulary.remedies {
            let offered = policy.rules.iter().flat_map(|rule| &rule.effects).any(
                |effect| matches!(effect, Effect::Remedies(remedies) if remedies.contains(remedy)),
            );
            if !offered && !policy.silent.contains(&Silence::Remedies) {
                let message =
                    format!("the remedy `{remedy}` can be asked for, and no rule offers it");
                self.report(Severity::Warning, "unused", 1, message, None);
            }
        }
    }
}

fn mask(attribute: Attribute) -> u128 {
    u32::try_from(attribute.index()).ok().and_then(|place| 1_u128.checked_shl(place)).unwrap_or(0)
}

fn attributes_read(test: &super::condition::Test) -> u128 {
    let (one, two) = test.reads();
    mask(one) | two.map_or(0, mask)
}

fn attributes_of(rule: &Rule) -> u128 {
    let mut used = 0;
    rule.when.for_each_test(&mut |test| used |= attributes_read(test));
    for effect in &rule.effects {
        used |= match effect {
            Effect::Require(attributes) => {
                attributes.iter().fold(0, |used, attribute| used | mask(*attribute))
            }
            Effect::Due(due) => mask(due.from),
            // A term names its moments.
            Effect::Term(_) => u128::MAX,
            _ => 0,
        };
    }
    used
}

/// What must hold for a rule of that stage to be applied at all.
fn stage_goals(policy: &Policy, stage: Stage) -> Vec<Goal<'_>> {
    let lifted: Vec<usize> = policy
        .rules
        .iter()
        .flat_map(|rule| &rule.effects)
        .filter_map(|effect| match effect {
            Effect::Lift(clauses) => Some(clauses.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    let declines = policy.rules.iter().filter(|rule| rule.declines());
    match stage {
        Stage::Always => Vec::new(),
        Stage::Declined => vec![Goal::AnyHolds(declines.map(|rule| &rule.when).collect())],
        // A ground that may be lifted does not keep a decision from being open.
        Stage::Open => {
            let firm = declines.filter(|rule| !lifted.contains(&rule.clause));
            firm.map(|rule| Goal::Fails(&rule.when)).collect()
        }
    }
}

fn stages_meet(one: Stage, two: Stage) -> bool {
    one == two || one == Stage::Always || two == Stage::Always
}

fn stage_of_both(one: Stage, two: Stage) -> Stage {
    if one == Stage::Always { two } else { one }
}

fn speaks_of(effect: &Effect, silence: Silence) -> bool {
    matches!(
        (effect, silence),
        (Effect::Remedies(_), Silence::Remedies)
            | (Effect::Freight(Leg::Return, _), Silence::ReturnFreight)
            | (Effect::Freight(Leg::Replacement, _), Silence::ReplacementFreight)
    )
}

/// The matter of which the two rules say different things.
fn matter_of_contradiction(one: &Rule, two: &Rule) -> Option<String> {
    let mut pairs = one.effects.iter().flat_map(|a| two.effects.iter().map(move |b| (a, b)));
    pairs.find_map(|pair| match pair {
        (Effect::Freight(a, x), Effect::Freight(b, y)) if a == b && x != y => Some(
            match a {
                Leg::Return => "return freight",
                Leg::Replacement => "replacement freight",
            }
            .to_owned(),
        ),
        (Effect::Due(a), Effect::Due(b)) if a.what == b.what && a != b => {
            Some(format!("date `{}`", due_name(&a.what)))
        }
        (Effect::Replace(a), Effect::Replace(b)) if a != b => {
            Some("components to replace".to_owned())
        }
        (Effect::Term(a), Effect::Term(b))
            if a.matter() == b.matter() && a != b && a.kind != "waive" =>
        {
            Some(format!("term `{}`", a.matter()))
        }
        _ => None,
    })
}

fn due_name(what: &DueWhat) -> &str {
    match what {
        DueWhat::ReportBy => "report_by",
        DueWhat::RefundFrom => "refund_from",
        DueWhat::RefundBy => "refund_by",
        DueWhat::Other(name) => name,
    }
}
