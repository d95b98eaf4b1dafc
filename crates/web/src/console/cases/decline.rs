//! Declining before anything arrived: on a clause, in the buyer's language.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use backhaul_app::Right;
use backhaul_core::decision::ClauseId;
use backhaul_core::ledger::UnitId;
use backhaul_core::ledger::command::Decline;
use backhaul_language::words as w;

use super::claims::{self, Choice};
use super::form::{OwnPage, WORDS_CHARS_MAX, Wanted, Wrong, act, text_of, units_in, words_in};
use super::{Found, case};
use crate::Service;
use crate::pages::address::asked;
use crate::pages::form::{Faults, Fields, new_once};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};
use crate::portal::units;

const DECLINE: &str = "/desk/cases/{case}/decline";
/// The template of which the words are made.
const TEMPLATE: &str = "declined";

pub(super) fn pages() -> Vec<Page> {
    let guides = Reader::With(Right::WriteAnswers);
    vec![Page::get(DECLINE, guides, show), Page::post(DECLINE, guides, act::<Declining>)]
}

#[derive(askama::Template)]
#[template(path = "console/cases/decline.html")]
struct DeclinePage {
    layout: Layout,
    faults: Faults,
    once: String,
    version: i64,
    href: String,
    case: String,
    units: Vec<Choice>,
    clauses: Vec<Choice>,
    /// Whether one is chosen; the words are made of it.
    has_clause: bool,
    /// What the buyer is told.
    words: String,
    /// The language in which the buyer is written to.
    language: String,
}

/// The claims that may be declined now.
fn declinable(found: &Found) -> Result<Vec<&UnitId>, PageFault> {
    let ledger = &found.view.ledger;
    let open = found.case()?.claims.iter().filter(|(_, claim)| {
        ledger.is_live(claim) && claim.received.is_none() && claim.remedy.is_none()
    });
    Ok(open.map(|(unit, _)| unit).collect())
}

async fn show(State(service): State<Service>, visit: Visit, Path(case): Path<String>) -> Answer {
    let found = Found::find(&service, &case).await?;
    if declinable(&found)?.is_empty() {
        return Ok(Redirect::to(&found.href()).into_response());
    }
    let mut faults = Faults::default();
    let mut words = String::new();
    let clause = clause(&found, asked(&visit, "clause").as_deref());
    if let Some(clause) = &clause {
        match service.app.draft_on_clause(&found.id, TEMPLATE, None, Some(clause)).await {
            Ok(drafted) => words = drafted.words,
            Err(fault) => faults.add("words", case::not_drafted(&visit, fault)?),
        }
    }
    let typed = Fields::default();
    draw(&page(&service, &visit, &found, faults, clause.as_ref(), words, &typed).await?)
}

/// The clause that is chosen. None is chosen beforehand: what the engine rests on speaks for the claim.
fn clause(found: &Found, chosen: Option<&str>) -> Option<ClauseId> {
    let chosen = chosen.map(ClauseId::from)?;
    found.policy.clauses.iter().any(|clause| clause.id == chosen).then_some(chosen)
}

async fn page(
    service: &Service,
    visit: &Visit,
    found: &Found,
    faults: Faults,
    clause: Option<&ClauseId>,
    words: String,
    typed: &Fields,
) -> Result<DeclinePage, PageFault> {
    let language = found.buyer_language(service).await?;
    let is_untouched = !typed.has("version");
    let choice = |unit: &UnitId| {
        let value = units::value(unit);
        Choice {
            is_chosen: is_untouched || typed.all("unit").any(|typed| typed == value),
            label: found.name(visit.language, unit),
            value,
        }
    };
    Ok(DeclinePage {
        layout: Layout::of(visit, &w::decline_title(visit, found.id.as_str())),
        faults,
        once: new_once()?,
        version: found.view.version,
        href: found.href(),
        case: found.id.to_string(),
        units: declinable(found)?.into_iter().map(choice).collect(),
        clauses: claims::clauses(found, visit.language, clause),
        has_clause: clause.is_some(),
        words,
        language: w::language_name(language).into_owned(),
    })
}

/// What the page asks for.
struct Declining;

impl OwnPage for Declining {
    const BLAMED: &'static str = "words";
    const DONE: Notice = Notice::CaseDeclined;

    fn read(visit: &Visit, found: &Found, fields: &Fields) -> Result<Wanted, Wrong> {
        let units = units_in(visit, found, fields, "units")?;
        let clause = fields.get("clause").map(ClauseId::from).ok_or(PageFault::Malformed)?;
        let words = words_in(visit, fields, "words")?;
        let text = text_of("decline", fields)?;
        let command = Decline { case: found.id.clone(), units, clause, text: text.clone() };
        Ok(Wanted::saying(command, text, words))
    }

    async fn draw(
        service: &Service,
        visit: &Visit,
        found: &Found,
        faults: Faults,
        typed: &Fields,
    ) -> Answer {
        let clause = clause(found, typed.get("clause"));
        let words = typed.text("words").to_owned();
        draw(&page(service, visit, found, faults, clause.as_ref(), words, typed).await?)
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let page = |faults: Faults, words: &str| DeclinePage {
        layout: layout(&w::decline_title(layout(""), "SO-1001-R1")),
        faults,
        once: "0".to_owned(),
        version: 3,
        href: "/desk/cases/SO-1001-R1".to_owned(),
        case: "SO-1001-R1".to_owned(),
        units: super::samples::units(),
        clauses: super::samples::clauses(),
        has_clause: true,
        words: words.to_owned(),
        language: "Deutsch".to_owned(),
    };
    let mut first = page(Faults::default(), "");
    first.has_clause = false;
    let mut faults = Faults::default();
    faults.add("words", w::case_words_wrong(layout(""), WORDS_CHARS_MAX));
    vec![
        sample("console-decline", &page(Faults::default(), "Wir haben den Vorgang geprüft.")),
        sample("console-decline-wrong", &page(faults, "")),
        sample("console-decline-first", &first),
    ]
}
