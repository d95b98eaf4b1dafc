//! The claims of a case: what the engine decided of each, on which clauses and facts, and what a person may change. Claims that
//! are alike stand together.

use std::collections::BTreeMap;
use std::sync::Arc;

use backhaul_app::Right;
use backhaul_core::decision::{ClauseId, Decision, Freight};
use backhaul_core::facts::Facts;
use backhaul_core::ledger::{Claim, Contest, Overruled, Serial, TextId, UnitId};
use backhaul_core::policy::Policy;
use backhaul_core::words::{Cause, Condition, Payer, Remedy, Verdict, Voucher};
use backhaul_language::{Language, format, terms, words as w};
use backhaul_store::ledger::Recorded;

use super::Found;
use super::facts::{self, FactShown};
use crate::Service;
use crate::pages::{PageFault, Visit};
use crate::portal::policy::version_href;
use crate::portal::said::{self, ClauseSaid};
use crate::portal::units;

/// One of several to choose from.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

/// What a decision says, in words for staff.
#[derive(Clone, Debug)]
pub(super) struct Decided {
    /// The version of the policy that it rests on.
    pub(super) policy: String,
    pub(super) verdict: Verdict,
    pub(super) headline: String,
    /// Who pays, what is offered, by when what is due.
    pub(super) lines: Vec<String>,
    pub(super) clauses: Vec<ClauseSaid>,
    pub(super) needs: Vec<String>,
    pub(super) otherwise: Vec<String>,
}

impl Decided {
    /// The colour of it, which never says anything alone.
    pub(super) const fn colour(&self) -> &'static str {
        match self.verdict {
            Verdict::Accepted => "success",
            Verdict::Declined => "danger",
            Verdict::Needs => "warning",
            Verdict::Review => "info",
        }
    }

    /// Where that version is read.
    pub(super) fn policy_href(&self) -> String {
        version_href(&self.policy)
    }

    /// The decision on these facts, for whoever reads that language.
    pub(super) fn of(
        policy: &Policy,
        facts: &Facts,
        decision: &Decision,
        freight: Freight,
        language: Language,
    ) -> Self {
        let worded = said::decision(policy, facts, decision, language, String::new());
        Self {
            policy: policy.pin.clone(),
            verdict: decision.verdict,
            headline: terms::verdict(language, decision.verdict).into_owned(),
            lines: lines(decision, freight, language),
            clauses: worded.clauses,
            needs: worded.needs,
            otherwise: worded.otherwise,
        }
    }
}

fn lines(decision: &Decision, freight: Freight, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    let payer = |payer: Payer| terms::payer(language, payer);
    if let Some(pays) = freight.r#return {
        lines.push(w::case_return_paid_by(language, payer(pays)).into_owned());
    }
    if let Some(pays) = freight.replacement {
        lines.push(w::case_replacement_paid_by(language, payer(pays)).into_owned());
    }
    if !decision.remedies.is_empty() {
        let remedies: Vec<_> =
            decision.remedies.iter().map(|remedy| terms::remedy(language, *remedy)).collect();
        lines.push(w::case_remedies(language, remedies.join(", ")).into_owned());
    }
    let day = |day| format::date(language, day);
    if let Some(by) = decision.dates.report_by {
        lines.push(w::case_report_by(language, day(by)).into_owned());
    }
    match (decision.dates.refund_from, decision.dates.refund_by) {
        (Some(from), Some(by)) => {
            lines.push(w::case_refund_between(language, day(by), day(from)).into_owned());
        }
        (None, Some(by)) => lines.push(w::case_refund_by(language, day(by)).into_owned()),
        _ => {}
    }
    lines
}

/// What a person decided against the engine.
pub(super) struct OverruledShown {
    pub(super) said: String,
    pub(super) clause: String,
    pub(super) reason: String,
}

/// What of the claims may still be changed, and what it is now.
pub(super) struct Edit {
    pub(super) causes: Vec<Choice>,
    pub(super) conditions: Vec<Choice>,
    pub(super) platform: Option<String>,
    pub(super) remedies: Vec<Choice>,
}

/// Claims that are alike.
pub(super) struct ClaimsShown {
    /// The units, as forms name them and as they are called.
    pub(super) units: Vec<(String, String)>,
    pub(super) state: String,
    pub(super) goods: String,
    pub(super) cause: String,
    pub(super) remedy: String,
    pub(super) decided: Decided,
    pub(super) overruled: Option<OverruledShown>,
    pub(super) facts: Vec<FactShown>,
    pub(super) edit: Option<Edit>,
    /// The buyer contests what was found, and nobody has answered.
    pub(super) is_contested: bool,
    pub(super) contest: Option<String>,
    /// Where what was found is told, for whoever works there.
    pub(super) inspection_href: Option<String>,
    /// The serials, for their histories.
    pub(super) serials: Vec<Serial>,
}

/// The claims of the case, those that are alike together.
pub(super) async fn of(
    service: &Service,
    visit: &Visit,
    found: &Found,
    history: &[Recorded],
) -> Result<Vec<ClaimsShown>, PageFault> {
    let mut together: Vec<(Alike, ClaimsShown)> = Vec::new();
    let reasons = reasons(service, found).await?;
    for (unit, claim) in &found.case()?.claims {
        let alike = Alike::of(found, unit, claim);
        let named = (units::value(unit), found.name(visit.language, unit));
        let serial = found.view.ledger.serial(&found.view.order, unit).cloned();
        if let Some((_, known)) = together.iter_mut().find(|(known, _)| *known == alike) {
            known.units.push(named);
            known.serials.extend(serial);
            continue;
        }
        let mut shown = one(visit, found, history, unit, claim, &reasons);
        shown.units.push(named);
        shown.serials.extend(serial);
        together.push((alike, shown));
    }
    Ok(together.into_iter().map(|(_, shown)| shown).collect())
}

/// What makes claims alike: everything that is shown of them but their units.
#[derive(PartialEq)]
struct Alike {
    line: String,
    facts: Facts,
    decision: Decision,
    claim: Claim,
    goods: backhaul_core::ledger::Goods,
}

impl Alike {
    fn of(found: &Found, unit: &UnitId, claim: &Claim) -> Self {
        let nameless = |decision: &Decision| Decision { id: String::new(), ..decision.clone() };
        let facts = Facts { id: String::new(), ..Facts::clone(&claim.judged.facts) };
        let decision = nameless(&claim.judged.decision);
        let mut claim = claim.clone();
        claim.judged.facts = Arc::new(facts.clone());
        claim.judged.decision = Arc::new(decision.clone());
        // Which serial came back is no difference that the page shows.
        if let Some(received) = &mut claim.received {
            received.serial = None;
        }
        let goods = found.view.ledger.goods(unit);
        Self { line: unit.line.to_string(), facts, decision, claim, goods }
    }
}

/// The reasons of those who decided against the engine.
async fn reasons(
    service: &Service,
    found: &Found,
) -> Result<BTreeMap<TextId, Option<String>>, PageFault> {
    let mut reasons = BTreeMap::new();
    for overruled in found.case()?.claims.values().filter_map(|claim| claim.overruled.as_ref()) {
        if !reasons.contains_key(&overruled.reason) {
            let words = service.app.text(&found.view.order.number, &overruled.reason).await?;
            reasons.insert(overruled.reason.clone(), words);
        }
    }
    Ok(reasons)
}

fn one(
    visit: &Visit,
    found: &Found,
    history: &[Recorded],
    unit: &UnitId,
    claim: &Claim,
    reasons: &BTreeMap<TextId, Option<String>>,
) -> ClaimsShown {
    let (ledger, policy, facts) = (&found.view.ledger, &found.policy, &claim.judged.facts);
    let decision = &claim.judged.decision;
    let inspection = crate::console::inspection_href(found.id.as_str(), &unit.to_string());
    let is_here = claim.received.is_some() && visit.has(Right::WorkAtDock);
    ClaimsShown {
        units: Vec::new(),
        state: terms::state(visit, ledger.claim_state(unit, claim)).into_owned(),
        goods: terms::goods(visit, ledger.goods(unit)).into_owned(),
        cause: terms::cause(visit, facts.claim.cause).into_owned(),
        remedy: terms::remedy(visit, facts.claim.remedy).into_owned(),
        decided: Decided::of(policy, facts, decision, claim.freight(), visit.language),
        overruled: claim.overruled.as_ref().map(|overruled| {
            let words = reasons.get(&overruled.reason).cloned().flatten();
            overruled_shown(visit, overruled, words)
        }),
        facts: facts::of(visit, policy, facts, history, unit),
        edit: (super::guides(visit) && ledger.is_live(claim))
            .then(|| edit(visit, found, claim))
            .flatten(),
        is_contested: claim.contest == Some(Contest::Open),
        contest: claim.contest.map(|contest| {
            match contest {
                Contest::Open => w::case_contested(visit),
                Contest::Answered { upheld: true } => w::case_contested_upheld(visit),
                Contest::Answered { upheld: false } => w::case_contested_rejected(visit),
            }
            .into_owned()
        }),
        inspection_href: is_here.then_some(inspection),
        serials: Vec::new(),
    }
}

fn overruled_shown(visit: &Visit, overruled: &Overruled, words: Option<String>) -> OverruledShown {
    let by = super::timeline::name_of(visit, &overruled.by);
    let said = if overruled.accept {
        w::case_decided_accept(visit, by)
    } else {
        w::case_decided_decline(visit, by)
    };
    OverruledShown {
        said: said.into_owned(),
        clause: overruled.clause.to_string(),
        reason: words.unwrap_or_else(|| w::said_erased(visit).into_owned()),
    }
}

/// What may be changed now; nothing once the remedy is under way.
fn edit(visit: &Visit, found: &Found, claim: &Claim) -> Option<Edit> {
    if claim.remedy.is_some() {
        return None;
    }
    let told = &claim.judged.facts.claim;
    let is_away = claim.received.is_none();
    let causes = if is_away && claim.authorised.is_none() { Cause::ALL } else { &[] };
    let conditions = if is_away { Condition::ALL } else { &[] };
    let choice = |value: &str, label: String, is_chosen| Choice {
        value: value.to_owned(),
        label,
        is_chosen,
    };
    let remedies: &[Remedy] = &found.policy.vocabulary.remedies;
    Some(Edit {
        causes: causes
            .iter()
            .map(|word| {
                choice(word.as_str(), terms::cause(visit, *word).into_owned(), *word == told.cause)
            })
            .collect(),
        conditions: conditions
            .iter()
            .map(|word| {
                let label = terms::condition(visit, *word).into_owned();
                choice(word.as_str(), label, *word == told.condition)
            })
            .collect(),
        platform: is_away.then(|| told.platform.clone().unwrap_or_default()),
        remedies: remedies
            .iter()
            .map(|word| {
                let label = terms::remedy(visit, *word).into_owned();
                choice(word.as_str(), label, *word == told.remedy)
            })
            .collect(),
    })
}

/// The proofs of purchase to choose from.
pub(super) fn vouchers(visit: &Visit, now: Option<Voucher>) -> Vec<Choice> {
    let choice = |word: &Voucher| Choice {
        value: word.as_str().to_owned(),
        label: terms::voucher(visit, *word).into_owned(),
        is_chosen: Some(*word) == now,
    };
    Voucher::ALL.iter().map(choice).collect()
}

/// The clauses of the policy to choose from, with their words cut short.
pub(super) fn clauses(found: &Found, language: Language, chosen: Option<&ClauseId>) -> Vec<Choice> {
    const WORDS_SHOWN: usize = 90;
    let choice = |id: &ClauseId| {
        let ClauseSaid { id: name, words } = said::clause(&found.policy, id, language);
        let mut short: String = words.chars().take(WORDS_SHOWN).collect();
        if short.len() < words.len() {
            short.push('…');
        }
        Choice { label: format!("§ {name}: {short}"), value: name, is_chosen: Some(id) == chosen }
    };
    found.policy.clauses.iter().map(|clause| choice(&clause.id)).collect()
}
