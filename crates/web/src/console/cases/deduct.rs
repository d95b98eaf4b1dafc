//! Telling the buyer that a part of the refund would be kept back: on a clause, with an amount, before finance may do so.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use backhaul_app::Right;
use backhaul_core::decision::ClauseId;
use backhaul_core::ledger::command::TellDeduction;
use backhaul_core::ledger::{Claim, Command, UnitId};
use backhaul_core::money::Money;
use backhaul_language::words as w;

use super::Found;
use super::claims::{self, Choice};
use super::form::{OwnPage, WORDS_CHARS_MAX, Wanted, Wrong, act, text_of, units_in, words_in};
use crate::Service;
use crate::pages::form::{Faults, Fields, new_once, read_amount};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};
use crate::portal::units;

const DEDUCT: &str = "/desk/cases/{case}/deduct";

pub(super) fn pages() -> Vec<Page> {
    let guides = Reader::With(Right::WriteAnswers);
    vec![Page::get(DEDUCT, guides, show), Page::post(DEDUCT, guides, act::<Deduct>)]
}

#[derive(askama::Template)]
#[template(path = "console/cases/deduct.html")]
struct DeductPage {
    layout: Layout,
    faults: Faults,
    once: String,
    version: i64,
    href: String,
    case: String,
    units: Vec<Choice>,
    /// Those on which a decision rests.
    clauses: Vec<Choice>,
    currency: String,
    amount: String,
    /// What the buyer is told.
    words: String,
    /// The language in which the buyer is written to.
    language: String,
}

/// The claims of which a part may be kept back: accepted, and nothing paid or sent yet.
pub(super) fn deductible(found: &Found) -> Result<Vec<(&UnitId, &Claim)>, PageFault> {
    let ledger = &found.view.ledger;
    let open = found.case()?.claims.iter().filter(|(_, claim)| {
        ledger.is_live(claim) && claim.is_accepted() && claim.remedy.is_none()
    });
    Ok(open.collect())
}

async fn show(State(service): State<Service>, visit: Visit, Path(case): Path<String>) -> Answer {
    let found = Found::find(&service, &case).await?;
    if deductible(&found)?.is_empty() {
        return Ok(Redirect::to(&found.href()).into_response());
    }
    Deduct::draw(&service, &visit, &found, Faults::default(), &Fields::default()).await
}

async fn page(
    service: &Service,
    visit: &Visit,
    found: &Found,
    faults: Faults,
    typed: &Fields,
) -> Result<DeductPage, PageFault> {
    let claims = deductible(found)?;
    let is_only = claims.len() == 1;
    let unit = |(unit, _): &(&UnitId, &Claim)| {
        let value = units::value(unit);
        Choice {
            is_chosen: is_only || typed.all("unit").any(|typed| typed == value),
            label: found.name(visit.language, unit),
            value,
        }
    };
    let chosen = typed.get("clause").map(ClauseId::from);
    let is_ground =
        |choice: &Choice| claims.iter().any(|(_, claim)| rests_on(claim, &choice.value));
    let mut clauses = claims::clauses(found, visit.language, chosen.as_ref());
    clauses.retain(is_ground);
    Ok(DeductPage {
        layout: Layout::of(visit, &w::deduct_title(visit, found.id.as_str())),
        faults,
        once: new_once()?,
        version: found.view.version,
        href: found.href(),
        case: found.id.to_string(),
        units: claims.iter().map(unit).collect(),
        clauses,
        currency: found.view.order.currency.to_string(),
        amount: typed.text("amount").to_owned(),
        words: typed.text("words").to_owned(),
        language: w::language_name(found.buyer_language(service).await?).into_owned(),
    })
}

/// Whether the decision on a claim, or one of its terms, rests on that clause: the ledger asks for it.
fn rests_on(claim: &Claim, clause: &str) -> bool {
    let decision = &claim.judged.decision;
    let mut terms = decision.terms.iter().map(|term| &term.clause);
    decision.clauses.iter().any(|known| known.as_str() == clause)
        || terms.any(|known| known.as_str() == clause)
}

/// What the page asks for.
struct Deduct;

impl OwnPage for Deduct {
    const BLAMED: &'static str = "words";
    const DONE: Notice = Notice::DeductionTold;

    fn read(visit: &Visit, found: &Found, fields: &Fields) -> Result<Wanted, Wrong> {
        let units = units_in(visit, found, fields, "units")?;
        let missing = || Wrong::At("clause", w::deduct_clause_missing(visit).into_owned());
        let clause = fields.get("clause").map(ClauseId::from).ok_or_else(missing)?;
        let currency = found.view.order.currency;
        let amount = read_amount(visit, fields.text("amount"), currency, Money::is_positive);
        let amount = amount.map_err(|said| Wrong::At("amount", said))?;
        let words = words_in(visit, fields, "words")?;
        let text = text_of("deduct", fields)?;
        let command = |unit| {
            let (case, clause, text) = (found.id.clone(), clause.clone(), text.clone());
            Command::from(TellDeduction { case, unit, clause, amount, text })
        };
        let commands = units.into_iter().map(command).collect();
        Ok(Wanted { commands, texts: vec![(text.clone(), words.to_owned())] })
    }

    async fn draw(
        service: &Service,
        visit: &Visit,
        found: &Found,
        faults: Faults,
        typed: &Fields,
    ) -> Answer {
        draw(&page(service, visit, found, faults, typed).await?)
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let page = |faults: Faults, amount: &str| DeductPage {
        layout: layout(&w::deduct_title(layout(""), "SO-1001-R1")),
        faults,
        once: "0".to_owned(),
        version: 3,
        href: "/desk/cases/SO-1001-R1".to_owned(),
        case: "SO-1001-R1".to_owned(),
        units: super::samples::units(),
        clauses: super::samples::clauses(),
        currency: "EUR".to_owned(),
        amount: amount.to_owned(),
        words: String::new(),
        language: "Deutsch".to_owned(),
    };
    let mut faults = Faults::default();
    faults.add("amount", w::finance_amount_wrong(layout(""), "a lot", "EUR", "12.34"));
    faults.add("words", w::case_words_wrong(layout(""), WORDS_CHARS_MAX));
    vec![
        sample("console-deduct", &page(Faults::default(), "")),
        sample("console-deduct-wrong", &page(faults, "a lot")),
    ]
}
