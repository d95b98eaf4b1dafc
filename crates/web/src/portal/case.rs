//! The page that is a case: where it stands, what is next and by when, what the buyer must do, what was said, the papers, the
//! money. Links in mails lead here.

use axum::extract::{Path, State};
use backhaul_app::conversation::{Said, SaidAs};
use backhaul_app::evidence::FILES_AT_ONCE_MAX;
use backhaul_core::ledger::CaseId;
use backhaul_core::ledger::command::Speaker;
use backhaul_language::words as w;
use jiff::Timestamp;

use super::case_view::{CaseOf, ClaimShown, RefundShown, Step};
use super::picture::{PicturePart, PictureShown};
use super::{order_of, said, units};
use crate::Service;
use crate::pages::form::{Faults, new_once};
use crate::pages::layout::encoded;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

/// The most characters of a message.
pub(super) const MESSAGE_CHARS_MAX: usize = 5_000;

pub(super) fn pages() -> Vec<Page> {
    vec![Page::get("/case/{case}", Reader::Buyer, show)]
}

/// Where a case is.
pub(super) fn path(case: &CaseId) -> String {
    format!("/case/{}", encoded(case.as_str()))
}

/// Something that was said.
pub(super) struct SaidShown {
    pub(super) is_mine: bool,
    pub(super) who: String,
    pub(super) at: Timestamp,
    pub(super) words: String,
}

/// A slot that wants a picture.
pub(super) struct Missing {
    pub(super) slot: String,
    pub(super) label: String,
}

#[derive(askama::Template)]
#[template(path = "portal/case.html")]
#[expect(clippy::struct_excessive_bools, reason = "each says whether a part of the page is shown")]
pub(super) struct CasePage {
    pub(super) layout: Layout,
    pub(super) faults: Faults,
    pub(super) once: String,
    pub(super) case: String,
    pub(super) path: String,
    pub(super) steps: Vec<Step>,
    pub(super) next: String,
    pub(super) due: Option<String>,
    pub(super) claims: Vec<ClaimShown>,
    pub(super) missing: Vec<Missing>,
    pub(super) may_send: bool,
    pub(super) may_cancel: bool,
    pub(super) has_papers: bool,
    pub(super) has_receipt: bool,
    pub(super) pictures: Vec<PicturePart>,
    pub(super) refunds: Vec<RefundShown>,
    pub(super) said: Vec<SaidShown>,
    pub(super) message: String,
}

async fn show(State(service): State<Service>, visit: Visit, Path(case): Path<String>) -> Answer {
    draw(&page(&service, &visit, &case, Faults::default(), "").await?)
}

/// The page of a case, with what is wrong with a form on it.
///
/// # Errors
/// The case is none of the buyer's order's.
pub(super) async fn page(
    service: &Service,
    visit: &Visit,
    case: &str,
    faults: Faults,
    message: &str,
) -> Result<CasePage, PageFault> {
    let (view, policy) = order_of(service, visit).await?;
    let id = CaseId::new(case).map_err(|_| PageFault::NotFound)?;
    let case = view.ledger.cases.get(&id).ok_or(PageFault::NotFound)?;
    if let Some(into) = &case.merged_into {
        // The number of the first leads to the other.
        return Box::pin(page(service, visit, into.as_str(), faults, message)).await;
    }
    let number = &view.order.number;
    let of = CaseOf { language: visit.language, view: &view, policy: &policy, id: &id, case };
    let said = service.app.conversation(number, &id).await?;
    let files = service.app.files(number).await?;
    let own = files.iter().filter(|file| file.case == id.as_str());
    let to_send = of.to_send();
    let is_announced = |unit: &backhaul_core::ledger::UnitId| {
        case.claims.get(unit).is_some_and(|claim| claim.announced_in.is_some())
    };
    Ok(CasePage {
        layout: Layout::of(visit, &w::case_title(visit, id.as_str())),
        faults,
        once: new_once()?,
        case: id.to_string(),
        path: path(&id),
        steps: of.steps(),
        next: of.next_said(),
        due: of.due(),
        claims: of.claims(),
        missing: of
            .missing()
            .into_iter()
            .map(|(slot, _)| Missing { label: said::slot(&policy, &slot, visit.language), slot })
            .collect(),
        may_send: to_send.iter().any(|unit| !is_announced(unit)),
        may_cancel: !of.cancellable().is_empty(),
        has_papers: !to_send.is_empty(),
        has_receipt: super::withdraw::is_withdrawal(&view, &id),
        pictures: own
            .take(FILES_AT_ONCE_MAX * 10)
            .map(|row| PicturePart {
                layout: Layout::of(visit, ""),
                slot: said::slot(&policy, &row.slot, visit.language),
                picture: Some(PictureShown::of(row)),
                look: super::picture::LOOK,
                said: None,
            })
            .collect(),
        refunds: of.refunds(),
        said: said.iter().map(|said| shown(visit, said)).collect(),
        message: message.to_owned(),
    })
}

fn shown(visit: &Visit, said: &Said) -> SaidShown {
    let who = match (said.from, said.said_as) {
        (_, SaidAs::Report) => w::said_report(visit),
        (_, SaidAs::Instructions) => w::said_instructions(visit),
        (_, SaidAs::Decline) => w::said_decline(visit),
        (_, SaidAs::Deduction) => w::said_deduction(visit),
        (_, SaidAs::Contest) => w::said_contest(visit),
        (_, SaidAs::ContestAnswer { .. }) => w::said_contest_answer(visit),
        (Speaker::Buyer, SaidAs::Message | SaidAs::Note) => w::said_you(visit),
        // A note is not in what a buyer reads; it would be said by staff.
        (Speaker::Staff, SaidAs::Message | SaidAs::Note) => {
            w::said_staff(visit, &visit.merchant.name)
        }
    };
    SaidShown {
        is_mine: said.from == Speaker::Buyer,
        who: who.into_owned(),
        at: said.at,
        words: said.words.clone().unwrap_or_else(|| w::said_erased(visit).into_owned()),
    }
}

/// Units as a page lists them.
pub(super) fn named(
    visit: &Visit,
    view: &backhaul_app::OrderView,
    listed: &[backhaul_core::ledger::UnitId],
) -> Vec<String> {
    listed.iter().map(|unit| units::name(visit, &view.order, &view.ledger, unit)).collect()
}
