//! The queue of cases.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::{Queue, Right};
use backhaul_language::{terms, words as w};
use backhaul_store::case_index::Behind;
use jiff::Timestamp;

use crate::Service;
use crate::pages::gallery::{Sample, sample};
use crate::pages::{Answer, Layout, Page, Reader, Visit, draw};

/// How many cases stand on a page.
const ROWS: u32 = 50;

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get("/desk", Reader::Staff, home),
        Page::get("/desk/cases", Reader::With(Right::Read), show),
    ]
}

/// One row of the queue.
struct Row {
    case: String,
    state: String,
    opened_at: Timestamp,
    due_at: Option<Timestamp>,
}

#[derive(askama::Template)]
#[template(path = "console/cases.html")]
struct CasesPage {
    layout: Layout,
    rows: Vec<Row>,
}

async fn home() -> Answer {
    Ok(Redirect::to("/desk/cases").into_response())
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let first = Behind::newest();
    let rows = service.app.cases(Queue::Newest, first, ROWS).await?;
    let row = |row: backhaul_store::case_index::CaseRow| Row {
        case: row.case.to_string(),
        state: terms::state(&visit, row.state).into_owned(),
        opened_at: row.opened_at,
        due_at: row.due_at,
    };
    let rows = rows.into_iter().map(row).collect();
    draw(&CasesPage { layout: Layout::of(&visit, &w::cases_title(&visit)), rows })
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let row = Row {
        case: "SO-1001-R1".to_owned(),
        state: "authorised".to_owned(),
        opened_at: Timestamp::UNIX_EPOCH,
        due_at: Some(Timestamp::UNIX_EPOCH),
    };
    let page = |rows| CasesPage { layout: layout("Cases"), rows };
    vec![
        sample("console-cases", &page(vec![row])),
        sample("console-cases-empty", &page(Vec::new())),
    ]
}
