//! The facts that a decision rests on, in words; and which of them a person put there after the claim was made.

use backhaul_core::facts::{Facts, OwnFact};
use backhaul_core::ledger::{Event, Occasion, UnitId};
use backhaul_core::policy::Policy;
use backhaul_language::{format, terms, words as w};
use backhaul_store::ledger::Recorded;
use jiff::Timestamp;

use crate::pages::Visit;
use crate::portal::said;

/// A fact as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FactShown {
    /// Which it is, the same in every language.
    name: String,
    pub(super) label: String,
    pub(super) value: String,
    /// That a person changed it, when, and what it was before.
    pub(super) mark: Option<String>,
}

/// Every fact of a claim, marked where it is not as it was claimed.
pub(super) fn of(
    visit: &Visit,
    policy: &Policy,
    facts: &Facts,
    history: &[Recorded],
    unit: &UnitId,
) -> Vec<FactShown> {
    let mut shown = listed(visit, policy, facts);
    let decided = history.iter().filter_map(|recorded| match &recorded.event {
        Event::ClaimDecided { unit: of, occasion, judged, .. } if of == unit => {
            Some((recorded.at, *occasion, listed(visit, policy, &judged.facts)))
        }
        _ => None,
    });
    let mut before: Option<Vec<FactShown>> = None;
    for (at, occasion, now) in decided {
        if let Some(before) = &before
            && matches!(occasion, Occasion::Amended | Occasion::Confirmed)
        {
            for (old, new) in before.iter().zip(&now).filter(|(old, new)| old.value != new.value) {
                let found = shown.iter_mut().find(|fact| fact.name == new.name);
                if let Some(fact) = found {
                    fact.mark = Some(mark(visit, occasion, at, &old.value));
                }
            }
        }
        before = Some(now);
    }
    shown
}

fn mark(visit: &Visit, occasion: Occasion, at: Timestamp, was: &str) -> String {
    let at = format::moment(visit, at, &visit.zone);
    if occasion == Occasion::Confirmed {
        w::case_fact_confirmed(visit, at, was).into_owned()
    } else {
        w::case_fact_amended(visit, at, was).into_owned()
    }
}

/// The facts in their order, the same ones for every claim of a policy, so that two claims can be laid beside each other.
fn listed(visit: &Visit, policy: &Policy, facts: &Facts) -> Vec<FactShown> {
    let unknown = || w::list_unknown(visit).into_owned();
    let moment = |at: Timestamp| format::moment(visit, at, &visit.zone);
    let (claim, order, line) = (&facts.claim, &facts.order, &facts.line);
    let slots = |ids: &[String]| {
        let names: Vec<_> = ids.iter().map(|id| said::slot(policy, id, visit.language)).collect();
        if names.is_empty() { w::case_fact_none(visit).into_owned() } else { names.join(", ") }
    };
    let yes_no = |is: bool| if is { w::list_yes(visit) } else { w::list_no(visit) }.into_owned();
    let text = |value: &Option<String>| value.clone().unwrap_or_else(unknown);
    let inspection = facts.inspection.as_ref();
    let found = inspection.map(|found| {
        let condition = found.condition.map(|word| terms::condition(visit, word).into_owned());
        let fault = found.fault_found.map(|is| {
            if is { w::case_fault_found(visit) } else { w::case_no_fault_found(visit) }.into_owned()
        });
        let findings = found.findings.iter().map(|word| terms::finding(visit, *word).into_owned());
        let all: Vec<_> = condition.into_iter().chain(fault).chain(findings).collect();
        if all.is_empty() { w::case_fact_none(visit).into_owned() } else { all.join(", ") }
    });
    let built_in = [
        ("cause", w::case_fact_cause(visit), terms::cause(visit, claim.cause).into_owned()),
        ("remedy", w::case_fact_remedy(visit), terms::remedy(visit, claim.remedy).into_owned()),
        (
            "condition",
            w::case_fact_condition(visit),
            terms::condition(visit, claim.condition).into_owned(),
        ),
        ("platform", w::case_fact_platform(visit), text(&claim.platform)),
        ("sold_for", w::case_fact_sold_for(visit), text(&line.sold_for)),
        ("reported_at", w::case_fact_reported(visit), moment(claim.reported_at)),
        ("placed_at", w::case_fact_placed(visit), moment(order.placed_at)),
        ("signed_at", w::case_fact_signed(visit), order.signed_at.map_or_else(unknown, moment)),
        ("voucher", w::case_fact_voucher(visit), terms::voucher(visit, order.voucher).into_owned()),
        ("country", w::case_fact_country(visit), order.country.to_string()),
        ("category", w::case_fact_category(visit), line.category.clone()),
        ("declared", w::case_fact_declared(visit), yes_no(line.declared_non_returnable)),
        ("evidence", w::case_fact_evidence(visit), slots(&claim.evidence)),
        ("waived", w::case_fact_waived(visit), slots(&claim.waived)),
        (
            "received_at",
            w::case_fact_received(visit),
            facts.received_at.map_or_else(unknown, moment),
        ),
        ("inspection", w::case_fact_inspection(visit), found.unwrap_or_else(unknown)),
    ];
    let fact = |name: &str, label: String, value: String| FactShown {
        name: name.to_owned(),
        label,
        value,
        mark: None,
    };
    let place = said::policy_language(policy, visit.language);
    let own = policy.vocabulary.own.iter().map(|own| {
        let label = own.label.get(place).cloned().unwrap_or_else(|| own.name.clone());
        let value = facts.facts.get(&own.name).map_or_else(unknown, |value| match value {
            OwnFact::Bool(is) => yes_no(*is),
            OwnFact::Integer(number) => number.to_string(),
            OwnFact::Text(text) => text.replace('_', " "),
            OwnFact::Words(words) => words.join(", ").replace('_', " "),
        });
        fact(&own.name, label, value)
    });
    let built_in =
        built_in.into_iter().map(|(name, label, value)| fact(name, label.into_owned(), value));
    built_in.chain(own).collect()
}

pub(super) fn sample(label: String, value: String, mark: Option<String>) -> FactShown {
    FactShown { name: String::new(), label, value, mark }
}
