//! Replacements: to be set aside by a representative, sent by the dock, and delivered.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::{Request, Right, WaitingView};
use backhaul_core::ledger::command::{AllocateReplacement, DeliverReplacement, ShipReplacement};
use backhaul_core::ledger::{
    CaseId, Command, MalformedId, Reference, RemedyTaken, ReplacementStep, Serial, UnitId,
    WaitingKind,
};
use backhaul_language::{terms, words as w};
use jiff::Timestamp;

use super::waiting_page;
use crate::Service;
use crate::pages::form::{Fields, new_once};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

const REPLACEMENTS: &str = "/desk/replacements";

pub(super) fn pages() -> Vec<Page> {
    // Whether somebody may take a step is asked at the door, by the command.
    let read = Reader::With(Right::Read);
    vec![Page::get(REPLACEMENTS, read, show), Page::post(REPLACEMENTS, read, step)]
}

/// One replacement.
struct Row {
    case: String,
    id: String,
    unit: String,
    sku: String,
    state: String,
    new_serial: Option<String>,
    since: Timestamp,
    /// The next step, if it is the reader's to take.
    step: Option<&'static str>,
}

#[derive(askama::Template)]
#[template(path = "console/replacements.html")]
struct ReplacementsPage {
    layout: Layout,
    once: String,
    rows: Vec<Row>,
    next: Option<String>,
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let (waiting, next) = waiting_page::of(&service, &visit, WaitingKind::Replacement).await?;
    let rows = waiting.into_iter().filter_map(|waiting| row(&visit, waiting)).collect();
    let layout = Layout::of(&visit, &w::replacements_title(&visit));
    draw(&ReplacementsPage { layout, once: new_once()?, rows, next })
}

fn row(visit: &Visit, WaitingView { row, view }: WaitingView) -> Option<Row> {
    let case = row.waiting.case?;
    let claims = &view.ledger.cases.get(&case)?.claims;
    let (unit, claim) = claims.iter().find(|(unit, _)| unit.to_string() == row.waiting.subject)?;
    let sent = match &claim.remedy {
        Some(RemedyTaken::Replacement(sent)) => view.ledger.replacements.get(sent),
        _ => None,
    };
    let step = match sent.map(|sent| sent.step) {
        None => "allocate",
        Some(ReplacementStep::Allocated) => "ship",
        Some(_) => "deliver",
    };
    let command = command(step, case.clone(), unit.clone(), None, None);
    let is_theirs = visit.who().is_ok_and(|who| who.roles.may(&command));
    let state = match sent {
        None => w::replacements_to_allocate(visit),
        Some(sent) => terms::replacement_step(visit, sent.step),
    };
    let serial = view.ledger.serial(&view.order, unit);
    Some(Row {
        case: case.to_string(),
        id: unit.to_string(),
        unit: serial.map_or_else(|| unit.to_string(), Serial::to_string),
        sku: view.order.line(&unit.line).map_or_else(String::new, |line| line.sku.clone()),
        state: state.into_owned(),
        new_serial: sent.and_then(|sent| sent.serial.as_ref()).map(Serial::to_string),
        since: row.since,
        step: is_theirs.then_some(step),
    })
}

fn command(
    step: &str,
    case: CaseId,
    unit: UnitId,
    serial: Option<Serial>,
    tracking: Option<Reference>,
) -> Command {
    match step {
        "allocate" => AllocateReplacement { case, unit, serial }.into(),
        "ship" => ShipReplacement { case, unit, tracking }.into(),
        _ => DeliverReplacement { case, unit }.into(),
    }
}

async fn step(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let once = fields.once(&visit)?;
    let malformed = |_: MalformedId| PageFault::Malformed;
    let case = CaseId::new(fields.text("case")).map_err(malformed)?;
    let view = service.app.order_of_case(&case).await?.ok_or(PageFault::NotFound)?;
    let claims = view.ledger.cases.get(&case).map(|case| &case.claims);
    let wanted = fields.text("unit");
    let unit = claims.and_then(|claims| claims.keys().find(|unit| unit.to_string() == wanted));
    let unit = unit.ok_or(PageFault::NotFound)?.clone();
    let serial = fields.get("serial").map(Serial::new).transpose().map_err(malformed)?;
    let tracking = fields.get("tracking").map(Reference::new).transpose().map_err(malformed)?;
    let step = ["allocate", "ship", "deliver"].into_iter().find(|step| *step == fields.text("do"));
    let command = command(step.ok_or(PageFault::Malformed)?, case, unit, serial, tracking);
    let number = &view.order.number;
    let request = Request { once: Some(once), ..Request::new(visit.who()?, number, command) };
    service.app.ask(request).await?;
    Ok(Redirect::to(&Notice::Saved.at(REPLACEMENTS)).into_response())
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let row =
        |unit: &str, step: Option<&'static str>, state: String, new_serial: Option<&str>| Row {
            case: "SO-1001-R1".to_owned(),
            id: "L1#1".to_owned(),
            unit: unit.to_owned(),
            sku: "QSFP28-100G-SR4".to_owned(),
            state,
            new_serial: new_serial.map(str::to_owned),
            since: Timestamp::UNIX_EPOCH,
            step,
        };
    let named = |step| terms::replacement_step(layout(""), step).into_owned();
    let rows = vec![
        row("S1", Some("allocate"), w::replacements_to_allocate(layout("")).into_owned(), None),
        row("S2", Some("ship"), named(ReplacementStep::Allocated), Some("S9")),
        row("S3", Some("deliver"), named(ReplacementStep::Shipped), Some("S10")),
        row("S4", None, named(ReplacementStep::Shipped), Some("S11")),
    ];
    let page = |rows, next| ReplacementsPage {
        layout: Layout { here: REPLACEMENTS.to_owned(), ..layout("Replacements") },
        once: "0".to_owned(),
        rows,
        next,
    };
    vec![
        sample("console-replacements", &page(rows, Some("00".to_owned()))),
        sample("console-replacements-empty", &page(Vec::new(), None)),
    ]
}
