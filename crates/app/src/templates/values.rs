//! What is known of a case for the placeholders of a template, in the words of a language.

use std::collections::BTreeMap;

use backhaul_core::decision::ClauseId;
use backhaul_core::ledger::{Case, CaseId, Claim, UnitId};
use backhaul_core::policy::Policy;
use backhaul_language::{Language, format, terms};
use backhaul_store::buyers::Buyer;

use super::Placeholder;
use crate::OrderView;

/// The most units, missing things and clauses that are named one by one.
const NAMED_MAX: usize = 20;

/// What the values are taken from.
pub(super) struct Known<'a> {
    pub(super) view: &'a OrderView,
    pub(super) policy: &'a Policy,
    pub(super) buyer: Option<&'a Buyer>,
}

/// What is known of the case; nothing where there is no such case.
pub(super) fn of_case(
    known: &Known<'_>,
    case: &CaseId,
    language: Language,
) -> Option<BTreeMap<Placeholder, String>> {
    let (id, case) = known.view.ledger.current_case(case)?;
    let claims = || case.claims.values();
    let mut values = BTreeMap::new();
    let mut put = |placeholder, value: Option<String>| {
        values.extend(value.map(|value| (placeholder, value)));
    };
    put(Placeholder::Case, Some(id.to_string()));
    put(Placeholder::Order, Some(known.view.order.number.clone()));
    put(Placeholder::Name, known.buyer.and_then(Buyer::name).map(str::to_owned));
    let state = known.view.ledger.case_state(case);
    put(Placeholder::State, Some(terms::state(language, state).into_owned()));
    put(Placeholder::Units, Some(units(known, case)));
    let needs = claims().flat_map(|claim| claim.judged.decision.needs.iter());
    put(
        Placeholder::Missing,
        Some(lines(needs.map(|need| need_label(known.policy, need, language)))),
    );
    let clauses = claims().flat_map(grounds);
    put(
        Placeholder::Clause,
        Some(lines(clauses.filter_map(|id| clause(known.policy, id, language)))),
    );
    let day = |day| format::date(language, day);
    let send_by =
        claims().filter_map(|claim| claim.authorised.as_ref().map(|given| given.expires_on));
    put(Placeholder::SendBy, send_by.min().map(day));
    let dates = || claims().map(|claim| claim.judged.decision.dates);
    put(Placeholder::RefundFrom, dates().filter_map(|dates| dates.refund_from).min().map(day));
    put(Placeholder::RefundBy, dates().filter_map(|dates| dates.refund_by).min().map(day));
    let mut payers: Vec<_> = claims().filter_map(|claim| claim.freight().r#return).collect();
    payers.dedup();
    // Where it differs from unit to unit, one word would be wrong for some of them.
    let payer = payers.first().filter(|_| payers.len() == 1);
    put(Placeholder::FreightPayer, payer.map(|payer| terms::payer(language, *payer).into_owned()));
    Some(values)
}

/// What the outcome rests on: the clause of a person who decided, or those of the engine.
fn grounds(claim: &Claim) -> Vec<&ClauseId> {
    match &claim.overruled {
        Some(overruled) => vec![&overruled.clause],
        None => claim.judged.decision.clauses.iter().collect(),
    }
}

fn units(known: &Known<'_>, case: &Case) -> String {
    let OrderView { order, ledger, .. } = known.view;
    let named = case.claims.keys().map(|unit: &UnitId| {
        let sku =
            order.line(&unit.line).map_or_else(|| unit.line.to_string(), |line| line.sku.clone());
        let part = unit.component.as_ref().map(|part| format!(" / {part}")).unwrap_or_default();
        let serial = ledger.serial(order, unit).map(|serial| format!(" ({serial})"));
        format!("{sku}{part}{}", serial.unwrap_or_default())
    });
    lines(named)
}

/// One a line, each once.
fn lines(items: impl Iterator<Item = String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for item in items {
        if !seen.contains(&item) && seen.len() < NAMED_MAX {
            seen.push(item);
        }
    }
    let lines: Vec<_> = seen.iter().map(|item| format!("- {item}")).collect();
    lines.join("\n")
}

/// A clause's words, in the policy's language that is nearest.
pub(super) fn clause(policy: &Policy, id: &ClauseId, language: Language) -> Option<String> {
    let clause = policy.clauses.iter().find(|clause| clause.id == *id)?;
    clause.text.get(place(policy, language)).cloned()
}

/// A slot as people call it; anything else by the name that the decision has for it.
fn need_label(policy: &Policy, need: &str, language: Language) -> String {
    let slot = need.strip_prefix("evidence.");
    let slot = slot.and_then(|id| policy.vocabulary.slots.iter().find(|slot| slot.id == id));
    let label = slot.and_then(|slot| slot.label.get(place(policy, language)));
    label.cloned().unwrap_or_else(|| need.to_owned())
}

/// Which of the policy's languages is nearest; its first where none is.
fn place(policy: &Policy, language: Language) -> usize {
    let near = |tag: &String| Language::of_tag(tag) == Some(language);
    policy.languages.iter().position(near).unwrap_or(0)
}
