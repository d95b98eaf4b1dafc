//! Deciding against the engine: in a person's name, on a clause, with a reason. What the engine decided stays on record.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use backhaul_app::Right;
use backhaul_core::decision::{ClauseId, Freight};
use backhaul_core::ledger::command::Overrule;
use backhaul_core::ledger::{Claim, Command, Standing, UnitId};
use backhaul_core::words::{Payer, Verdict, Word as _};
use backhaul_language::{terms, words as w};

use super::Found;
use super::claims::{self, Choice};
use super::form::{OwnPage, WORDS_CHARS_MAX, Wanted, Wrong, act, text_of, units_in, words_in};
use crate::Service;
use crate::pages::form::{Faults, Fields, new_once};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};
use crate::portal::units;

const OTHERWISE: &str = "/desk/cases/{case}/otherwise";

pub(super) fn pages() -> Vec<Page> {
    let guides = Reader::With(Right::WriteAnswers);
    vec![Page::get(OTHERWISE, guides, show), Page::post(OTHERWISE, guides, act::<Otherwise>)]
}

#[derive(askama::Template)]
#[template(path = "console/cases/otherwise.html")]
struct OtherwisePage {
    layout: Layout,
    faults: Faults,
    once: String,
    version: i64,
    href: String,
    case: String,
    /// Units that can be accepted, and such that can be declined: each with what the engine decided.
    units: Vec<Choice>,
    ways: Vec<Choice>,
    clauses: Vec<Choice>,
    returns: Vec<Choice>,
    replacements: Vec<Choice>,
    reason: String,
}

/// What a person can decide of a claim: to accept it, or to decline it.
pub(super) fn ways(found: &Found) -> Result<Vec<(&UnitId, bool)>, PageFault> {
    let ledger = &found.view.ledger;
    let way = |claim: &Claim| match claim.standing {
        Standing::Declined => Some(true),
        Standing::Open if ledger.is_live(claim) => {
            if !claim.is_accepted() {
                Some(true)
            } else if claim.received.is_some() && claim.remedy.is_none() {
                Some(false)
            } else {
                None
            }
        }
        _ => None,
    };
    let claims = found.case()?.claims.iter();
    Ok(claims.filter_map(|(unit, claim)| Some((unit, way(claim)?))).collect())
}

async fn show(State(service): State<Service>, visit: Visit, Path(case): Path<String>) -> Answer {
    let found = Found::find(&service, &case).await?;
    if ways(&found)?.is_empty() {
        return Ok(Redirect::to(&found.href()).into_response());
    }
    Otherwise::draw(&service, &visit, &found, Faults::default(), &Fields::default()).await
}

fn page(
    visit: &Visit,
    found: &Found,
    faults: Faults,
    typed: &Fields,
) -> Result<OtherwisePage, PageFault> {
    let ways = ways(found)?;
    let is_untouched = !typed.has("version");
    let first = ways.first().is_none_or(|(_, accept)| *accept);
    let unit = |(unit, _): &(&UnitId, bool)| {
        let value = units::value(unit);
        let claim = found.view.ledger.claim(&found.id, unit);
        let verdict =
            claim.map(|claim| terms::verdict(visit, claim.judged.decision.verdict).into_owned());
        let name = found.name(visit.language, unit);
        Choice {
            is_chosen: is_untouched || typed.all("unit").any(|typed| typed == value),
            label: w::otherwise_unit(visit, name, verdict.unwrap_or_default()).into_owned(),
            value,
        }
    };
    let way = |accept: bool| Choice {
        value: if accept { "accept" } else { "decline" }.to_owned(),
        label: if accept { w::otherwise_accept(visit) } else { w::otherwise_decline(visit) }
            .into_owned(),
        is_chosen: match typed.text("way") {
            "accept" => accept,
            "decline" => !accept,
            _ => accept == first,
        },
    };
    let clause = typed.get("clause").map(ClauseId::from);
    let decided = ways.iter().filter_map(|(unit, _)| found.view.ledger.claim(&found.id, unit));
    // The ground of a refusal is what a person decides about; of anything else none is likelier than another.
    let decided = decided
        .filter(|claim| claim.judged.decision.verdict == Verdict::Declined)
        .find_map(|claim| claim.judged.decision.clauses.first().cloned());
    Ok(OtherwisePage {
        layout: Layout::of(visit, &w::otherwise_title(visit, found.id.as_str())),
        faults,
        once: new_once()?,
        version: found.view.version,
        href: found.href(),
        case: found.id.to_string(),
        units: ways.iter().map(unit).collect(),
        ways: [true, false]
            .into_iter()
            .filter(|accept| ways.iter().any(|(_, known)| known == accept))
            .map(way)
            .collect(),
        clauses: claims::clauses(found, visit.language, clause.or(decided).as_ref()),
        returns: payers(visit, typed.text("return")),
        replacements: payers(visit, typed.text("replacement")),
        reason: typed.text("reason").to_owned(),
    })
}

fn payers(visit: &Visit, chosen: &str) -> Vec<Choice> {
    let choice = |payer: &Payer| Choice {
        value: payer.as_str().to_owned(),
        label: terms::payer(visit, *payer).into_owned(),
        is_chosen: payer.as_str() == chosen,
    };
    Payer::ALL.iter().map(choice).collect()
}

/// What the page asks for.
struct Otherwise;

impl OwnPage for Otherwise {
    const BLAMED: &'static str = "reason";
    const DONE: Notice = Notice::CaseDecided;

    fn read(visit: &Visit, found: &Found, fields: &Fields) -> Result<Wanted, Wrong> {
        let units = units_in(visit, found, fields, "units")?;
        let accept = match fields.text("way") {
            "accept" => true,
            "decline" => false,
            _ => return Err(Wrong::At("way", w::otherwise_choose(visit).into_owned())),
        };
        let missing = || Wrong::At("clause", w::otherwise_clause_missing(visit).into_owned());
        let clause = fields.get("clause").map(ClauseId::from).ok_or_else(missing)?;
        let words = words_in(visit, fields, "reason")?;
        let reason = text_of("reason", fields)?;
        let (returns, replacement) = (fields.get("return"), fields.get("replacement"));
        let mut commands: Vec<Command> = Vec::new();
        for unit in units {
            let claim = found.case()?.claims.get(&unit).ok_or(PageFault::NotFound)?;
            // What is left open stays as it is.
            let freight = (returns.is_some() || replacement.is_some()).then(|| {
                let now = claim.freight();
                Freight {
                    r#return: returns.and_then(Payer::parse).or(now.r#return),
                    replacement: replacement.and_then(Payer::parse).or(now.replacement),
                }
            });
            let (case, clause, reason) = (found.id.clone(), clause.clone(), reason.clone());
            commands.push(Overrule { case, unit, accept, clause, reason, freight }.into());
        }
        Ok(Wanted { commands, texts: vec![(reason, words.to_owned())] })
    }

    async fn draw(
        _: &Service,
        visit: &Visit,
        found: &Found,
        faults: Faults,
        typed: &Fields,
    ) -> Answer {
        draw(&page(visit, found, faults, typed)?)
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let around = || layout(&w::otherwise_title(layout(""), "SO-1001-R1"));
    let choice = |value: &str, label: String| Choice {
        value: value.to_owned(),
        label,
        is_chosen: value == "accept",
    };
    let payer = |payer: &Payer| choice(payer.as_str(), terms::payer(around(), *payer).into_owned());
    let page = |faults: Faults| OtherwisePage {
        layout: around(),
        faults,
        once: "0".to_owned(),
        version: 3,
        href: "/desk/cases/SO-1001-R1".to_owned(),
        case: "SO-1001-R1".to_owned(),
        units: super::samples::units(),
        ways: vec![choice("accept", w::otherwise_accept(around()).into_owned())],
        clauses: super::samples::clauses(),
        returns: Payer::ALL.iter().map(payer).collect(),
        replacements: Payer::ALL.iter().map(payer).collect(),
        reason: String::new(),
    };
    let mut faults = Faults::default();
    faults.add("reason", w::case_words_wrong(around(), WORDS_CHARS_MAX));
    vec![
        sample("console-otherwise", &page(Faults::default())),
        sample("console-otherwise-wrong", &page(faults)),
    ]
}
