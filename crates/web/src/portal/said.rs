//! A decision in the reader's words: what it comes to, who pays which way, by when what is due, on which clauses it rests, and
//! what would have made it different.

use backhaul_core::decision::{ClauseId, Decision};
use backhaul_core::facts::Facts;
use backhaul_core::policy::Policy;
use backhaul_core::words::{Payer, Verdict};
use backhaul_language::{Language, Speaks, format, words as w};

use super::picture::inspection_label;

/// A clause with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClauseSaid {
    pub(crate) id: String,
    pub(crate) words: String,
}

/// A decision in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DecisionSaid {
    /// What it is about; empty where that is clear.
    pub(crate) about: String,
    pub(crate) verdict: Verdict,
    pub(crate) headline: String,
    /// Who pays, and when what is due; a sentence each.
    pub(crate) lines: Vec<String>,
    pub(crate) clauses: Vec<ClauseSaid>,
    /// What would have made a refusal different.
    pub(crate) otherwise: Vec<String>,
    /// What is missing, in words.
    pub(crate) needs: Vec<String>,
}

impl DecisionSaid {
    /// The colour of it, which never says anything alone.
    pub(crate) const fn colour(&self) -> &'static str {
        match self.verdict {
            Verdict::Accepted => "success",
            Verdict::Declined => "danger",
            Verdict::Needs => "warning",
            Verdict::Review => "info",
        }
    }
}

/// The place of the policy's language that the reader reads best; the first where there is none.
pub(crate) fn policy_language(policy: &Policy, language: Language) -> usize {
    let nearest = |tag: &String| Language::of_tag(tag) == Some(language);
    policy.languages.iter().position(nearest).unwrap_or(0)
}

/// A clause's words.
pub(crate) fn clause(policy: &Policy, id: &ClauseId, language: Language) -> ClauseSaid {
    let place = policy_language(policy, language);
    let found = policy.clauses.iter().find(|clause| clause.id == *id);
    let words = found.and_then(|clause| clause.text.get(place)).cloned().unwrap_or_default();
    ClauseSaid { id: id.to_string(), words }
}

/// What a slot of evidence is called.
pub(crate) fn slot(policy: &Policy, id: &str, language: Language) -> String {
    let place = policy_language(policy, language);
    let found = policy.vocabulary.slots.iter().find(|slot| slot.id == id);
    let label = found.and_then(|slot| slot.label.get(place)).cloned();
    label.or_else(|| inspection_label(id, language)).unwrap_or_else(|| id.to_owned())
}

/// What a decision needs, in words.
fn need(policy: &Policy, need: &str, language: Language) -> String {
    if let Some(slot_id) = need.strip_prefix("evidence.") {
        return w::need_picture(language, slot(policy, slot_id, language)).into_owned();
    }
    match need {
        "platform" => w::need_platform(language).into_owned(),
        "components" => w::need_components(language).into_owned(),
        other => {
            let place = policy_language(policy, language);
            let own = policy.vocabulary.own.iter().find(|own| own.name == other);
            let label = own.and_then(|own| own.label.get(place));
            label.cloned().unwrap_or_else(|| other.replace('_', " "))
        }
    }
}

/// The decision on these facts, worded for the reader. The engine is asked again for its words alone; its answer is the same.
pub(crate) fn decision(
    policy: &Policy,
    facts: &Facts,
    decided: &Decision,
    language: Language,
    about: String,
) -> DecisionSaid {
    let worded = policy.decide_in(facts, policy_language(policy, language));
    let otherwise = if worded.verdict == decided.verdict { &worded } else { decided };
    DecisionSaid {
        about,
        verdict: decided.verdict,
        headline: headline(decided.verdict, language),
        lines: lines(decided, language),
        clauses: decided.clauses.iter().map(|id| clause(policy, id, language)).collect(),
        otherwise: otherwise.otherwise.iter().map(|cure| cure.change.clone()).collect(),
        needs: decided.needs.iter().map(|name| need(policy, name, language)).collect(),
    }
}

fn headline(verdict: Verdict, language: Language) -> String {
    let said = match verdict {
        Verdict::Accepted => w::answer_accepted(language),
        Verdict::Declined => w::answer_declined(language),
        Verdict::Needs => w::answer_needs(language),
        Verdict::Review => w::answer_review(language),
    };
    said.into_owned()
}

/// Who pays which way, and by when what is due.
pub(crate) fn lines(decision: &Decision, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    let is_open = decision.verdict != Verdict::Declined;
    if is_open {
        match decision.freight.r#return {
            Some(Payer::Merchant) => lines.push(w::answer_return_merchant(language)),
            Some(Payer::Buyer) => lines.push(w::answer_return_buyer(language)),
            Some(Payer::Shared) => lines.push(w::answer_return_shared(language)),
            None => lines.push(w::answer_return_none(language)),
        }
        match decision.freight.replacement {
            Some(Payer::Merchant) => lines.push(w::answer_replacement_merchant(language)),
            Some(Payer::Buyer) => lines.push(w::answer_replacement_buyer(language)),
            Some(Payer::Shared) => lines.push(w::answer_replacement_shared(language)),
            None => {}
        }
    }
    if let Some(day) = decision.dates.report_by {
        lines.push(w::answer_report_by(language, format::date(language, day)));
    }
    if is_open {
        match (decision.dates.refund_from, decision.dates.refund_by) {
            (Some(from), Some(by)) => {
                let (from, by) = (format::date(language, from), format::date(language, by));
                lines.push(w::answer_refund_between(language, by, from));
            }
            (None, Some(by)) => {
                lines.push(w::answer_refund_by(language, format::date(language, by)));
            }
            _ => {}
        }
    }
    lines.into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// When money is due where no date can be reckoned yet: it runs from the receipt.
pub(crate) fn refund_terms(
    policy: &Policy,
    decision: &Decision,
    language: impl Speaks,
) -> Option<String> {
    use backhaul_core::policy::rule::{DueWhat, Effect};
    use backhaul_core::policy::window::Unit;

    if decision.verdict == Verdict::Declined || decision.dates.refund_by.is_some() {
        return None;
    }
    let cited = policy.rules.iter().filter(|rule| {
        policy.clauses.get(rule.clause).is_some_and(|clause| decision.clauses.contains(&clause.id))
    });
    let due = cited.flat_map(|rule| &rule.effects).find_map(|effect| match effect {
        Effect::Due(due) if due.what == DueWhat::RefundBy => Some(due.length),
        _ => None,
    })?;
    let said = match due.unit {
        Unit::WorkingDays => w::answer_refund_working_days(language, due.amount),
        _ => w::answer_refund_later(language),
    };
    Some(said.into_owned())
}
