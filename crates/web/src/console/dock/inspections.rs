//! What waits for an inspection, and what was inspected and is still at the dock.

use axum::extract::State;
use backhaul_app::{Right, WaitingView};
use backhaul_core::ledger::{UnitId, WaitingKind};
use backhaul_language::{terms, words as w};
use jiff::Timestamp;

use crate::Service;
use crate::console::waiting_page;
use crate::pages::address::{asked, part};
use crate::pages::gallery::{Sample, sample};
use crate::pages::{Answer, Layout, Page, Reader, Visit, draw};

const INSPECTIONS: &str = "/desk/dock/inspections";

pub(super) fn pages() -> Vec<Page> {
    vec![Page::get(INSPECTIONS, Reader::With(Right::WorkAtDock), show)]
}

/// One unit.
struct Row {
    href: String,
    unit: String,
    sku: String,
    case: String,
    cause: String,
    since: Timestamp,
    due_at: Option<Timestamp>,
    is_overdue: bool,
}

#[derive(askama::Template)]
#[template(path = "console/dock/inspections.html")]
struct InspectionsPage {
    layout: Layout,
    /// Whether it lists what was inspected and waits to be dealt with.
    is_done: bool,
    rows: Vec<Row>,
    next: Option<String>,
}

/// The page of one unit of a case.
pub(in crate::console) fn unit_href(case: &str, unit: &str) -> String {
    format!("{INSPECTIONS}/{}/{}", part(case), part(unit))
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let is_done = asked(&visit, "list").as_deref() == Some("inspected");
    let kind = if is_done { WaitingKind::Disposal } else { WaitingKind::Inspection };
    let (waiting, next) = waiting_page::of(&service, &visit, kind).await?;
    let rows = waiting.into_iter().filter_map(|waiting| row(&visit, waiting)).collect();
    let layout = Layout::of(&visit, &w::inspections_title(&visit));
    draw(&InspectionsPage { layout, is_done, rows, next })
}

fn row(visit: &Visit, WaitingView { row, view }: WaitingView) -> Option<Row> {
    let case = row.waiting.case?;
    let claims = &view.ledger.cases.get(&case)?.claims;
    let (unit, claim) = claims.iter().find(|(unit, _)| unit.to_string() == row.waiting.subject)?;
    let serial = view.ledger.serial(&view.order, unit);
    Some(Row {
        href: unit_href(case.as_str(), &unit.to_string()),
        unit: serial.map_or_else(|| UnitId::to_string(unit), ToString::to_string),
        sku: view.order.line(&unit.line).map_or_else(String::new, |line| line.sku.clone()),
        case: case.to_string(),
        cause: terms::cause(visit, claim.judged.facts.claim.cause).into_owned(),
        since: row.since,
        due_at: row.due_at,
        is_overdue: row.due_at.is_some_and(|due| due < visit.now),
    })
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let row = |number: u32, is_overdue| Row {
        href: unit_href("SO-1001-R1", &format!("L1#{number}")),
        unit: format!("S{number}"),
        sku: "QSFP28-100G-SR4".to_owned(),
        case: "SO-1001-R1".to_owned(),
        cause: terms::cause(layout(""), backhaul_core::words::Cause::Quality).into_owned(),
        since: Timestamp::UNIX_EPOCH,
        due_at: Some(Timestamp::UNIX_EPOCH),
        is_overdue,
    };
    let page = |is_done, rows, next| InspectionsPage {
        layout: Layout { here: INSPECTIONS.to_owned(), ..layout("Inspections") },
        is_done,
        rows,
        next,
    };
    let rows = vec![row(1, true), row(2, false)];
    vec![
        sample("console-inspections", &page(false, rows, Some("00".to_owned()))),
        sample("console-inspections-empty", &page(false, Vec::new(), None)),
        sample("console-inspections-inspected", &page(true, vec![row(1, false)], None)),
    ]
}
