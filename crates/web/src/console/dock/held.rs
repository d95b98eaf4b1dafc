//! What arrived without belonging anywhere: matched to a claim that awaits it, or sent back.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::{OrderView, Request, Right, WaitingView};
use backhaul_core::ledger::command::{MatchArrival, SendBackArrival};
use backhaul_core::ledger::{
    Arrival, ArrivalId, ArrivedItem, CaseId, Command, UnitId, WaitingKind,
};
use backhaul_language::{terms, words as w};
use jiff::Timestamp;

use super::scan::item_name;
use crate::Service;
use crate::console::waiting_page;
use crate::pages::form::{Fields, new_once};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

const HELD: &str = "/desk/dock/held";
/// How many claims are offered for one arrival.
const OFFERED_MAX: usize = 50;

pub(super) fn pages() -> Vec<Page> {
    let dock = Reader::With(Right::WorkAtDock);
    vec![Page::get(HELD, dock, show), Page::post(HELD, dock, settle)]
}

/// One arrival.
struct Row {
    order: String,
    arrival: String,
    what: String,
    description: Option<String>,
    why: String,
    since: Timestamp,
    /// The claims that it may be: what the form sends, and what it shows.
    claims: Vec<(String, String)>,
}

#[derive(askama::Template)]
#[template(path = "console/dock/held.html")]
struct HeldPage {
    layout: Layout,
    once: String,
    rows: Vec<Row>,
    next: Option<String>,
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let (waiting, next) = waiting_page::of(&service, &visit, WaitingKind::Arrival).await?;
    let mut rows = Vec::new();
    for WaitingView { row, view } in waiting {
        let Some((id, held)) = arrival(&view, &row.waiting.subject) else { continue };
        let description = match &held.item {
            ArrivedItem::Unidentified { text } => {
                service.app.text(&view.order.number, text).await?
            }
            _ => None,
        };
        rows.push(Row {
            order: view.order.number.clone(),
            arrival: id.to_string(),
            what: item_name(&visit, &held.item),
            description,
            why: terms::held_reason(&visit, held.why).into_owned(),
            since: row.since,
            claims: claims(&service, &visit, &view, id)?,
        });
    }
    let layout = Layout::of(&visit, &w::held_title(&visit));
    draw(&HeldPage { layout, once: new_once()?, rows, next })
}

fn arrival<'v>(view: &'v OrderView, subject: &str) -> Option<(&'v ArrivalId, &'v Arrival)> {
    view.ledger.arrivals.iter().find(|(id, _)| id.to_string() == subject)
}

/// The claims of the order that the core would match the arrival to.
fn claims(
    service: &Service,
    visit: &Visit,
    view: &OrderView,
    arrival: &ArrivalId,
) -> Result<Vec<(String, String)>, PageFault> {
    let who = visit.who()?;
    let awaited =
        view.ledger.claims().filter(|(_, unit, claim)| view.ledger.is_awaited(unit, claim));
    let mut offered = Vec::new();
    for (case, unit, _) in awaited.take(OFFERED_MAX) {
        let (arrival, case, unit) = (arrival.clone(), case.clone(), unit.clone());
        let shown = match view.ledger.serial(&view.order, &unit) {
            Some(serial) => format!("{case} · {unit} · {serial}"),
            None => format!("{case} · {unit}"),
        };
        let value = claim_value(&case, &unit);
        let command = MatchArrival { arrival, case, unit }.into();
        if service.app.preview(&who, view, &command).is_ok() {
            offered.push((value, shown));
        }
    }
    Ok(offered)
}

/// A claim as a form sends it.
fn claim_value(case: &CaseId, unit: &UnitId) -> String {
    format!("{case}|{unit}")
}

async fn settle(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let once = fields.once(&visit)?;
    let order = fields.text("order");
    let view = service.app.order(order).await?.ok_or(PageFault::NotFound)?;
    let (arrival, _) = arrival(&view, fields.text("arrival")).ok_or(PageFault::NotFound)?;
    let arrival = arrival.clone();
    let command: Command = if fields.has("send-back") {
        SendBackArrival { arrival }.into()
    } else {
        let wanted = fields.text("claim");
        let mut claims = view.ledger.claims();
        let found = claims.find(|(case, unit, _)| claim_value(case, unit) == wanted);
        let (case, unit, _) =
            found.ok_or_else(|| PageFault::Said(w::held_choose_claim(&visit).into_owned()))?;
        MatchArrival { arrival, case: case.clone(), unit: unit.clone() }.into()
    };
    let request = Request { once: Some(once), ..Request::new(visit.who()?, order, command) };
    service.app.ask(request).await?;
    Ok(Redirect::to(&Notice::Saved.at(HELD)).into_response())
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let reason = |word| terms::held_reason(layout(""), word).into_owned();
    let rows = || {
        vec![
            Row {
                order: "SO-1001".to_owned(),
                arrival: "D-1/1".to_owned(),
                what: "S8".to_owned(),
                description: None,
                why: reason(backhaul_core::ledger::HeldReason::NotAuthorised),
                since: Timestamp::UNIX_EPOCH,
                claims: vec![("SO-1001-R1|L1#8".to_owned(), "SO-1001-R1 · L1#8 · S8".to_owned())],
            },
            Row {
                order: "SO-2002".to_owned(),
                arrival: "D-2/1".to_owned(),
                what: w::dock_unnamed_goods(layout("")).into_owned(),
                description: Some("A grey box without a label, about 2 kg".to_owned()),
                why: reason(backhaul_core::ledger::HeldReason::Unidentified),
                since: Timestamp::UNIX_EPOCH,
                claims: Vec::new(),
            },
        ]
    };
    let page = |rows, next| HeldPage {
        layout: Layout { here: HELD.to_owned(), ..layout("Held") },
        once: "0".to_owned(),
        rows,
        next,
    };
    vec![
        sample("console-held", &page(rows(), Some("00".to_owned()))),
        sample("console-held-empty", &page(Vec::new(), None)),
    ]
}
