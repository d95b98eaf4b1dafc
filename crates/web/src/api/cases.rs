//! Cases: opened, listed, looked at.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use backhaul_app::{DoorError, Queue, Request, Right};
use backhaul_core::ledger::command::{ClaimRequest, OpenCase};
use backhaul_core::ledger::{CaseId, CaseState, Event, RefusalCode, TextId};
use backhaul_store::case_index::{Behind, CaseRow};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::commands::Texts;
use super::orders::NUMBER_CHARS_MAX;
use super::shown::{self, CaseLine, CaseShown};
use crate::Service;
use crate::caller::Caller;
use crate::operation::{self, Access, Operation};
use crate::page::{Asked, Page};
use crate::problem::{Problem, ProblemCode};
use crate::request::{Body, InPath, InQuery, Key, Seen, carried_out, tagged};

/// How often a free number is looked for when others open cases of the same order.
const NUMBERS_TRIED_MAX: usize = 10;

pub(crate) fn operations() -> Vec<Operation> {
    let read = Access::Right(Right::Read);
    vec![
        Operation::new(
            Method::POST,
            "/orders/{number}/cases",
            "create_case",
            "Open a case under the next free number of the order, reported now unless you say when.",
            Access::Command,
            create,
        )
        .path("number", NUMBER_CHARS_MAX, operation::NUMBER, "The order's number.")
        .keyed()
        .conditional()
        .takes::<NewCase>()
        .answers_tagged::<CaseOpened>(201, "The case is open; look at it for the decision."),
        Operation::new(
            Method::GET,
            "/cases",
            "list_cases",
            "Cases: those in a state, the most urgent first; or all, the newest first.",
            read,
            list,
        )
        .query_word("state", CaseState::ALL.iter().map(|state| state.as_str()), "Only cases that stand so.")
        .pages()
        .answers_of::<Page<CaseLine>, CaseLine>(200, "A page of cases."),
        Operation::new(
            Method::GET,
            "/case_counts",
            "count_cases",
            "How many cases stand where.",
            read,
            counts,
        )
        .answers::<Counts>(200, "The counts, by state."),
        Operation::new(
            Method::GET,
            "/cases/{case}",
            "read_case",
            "A case, with the decision on each of its units and the clauses it rests on.",
            read,
            show,
        )
        .path("case", 200, operation::NAME, "The case's number.")
        .answers_tagged::<CaseShown>(200, "The case.")
        .answers_nothing(304, "It is as you have seen it."),
    ]
}

/// A case to be opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCase {
    /// When the buyer first reported it, by any channel; now where it is left out.
    #[serde(default)]
    reported_at: Option<Timestamp>,
    /// What the buyer wrote: an id of `texts`.
    #[serde(default)]
    text: Option<TextId>,
    /// What is claimed; every unit once.
    claims: Vec<ClaimRequest>,
    /// The texts that the case names, by id.
    #[serde(default)]
    #[schema(schema_with = super::commands::texts_schema)]
    texts: Texts,
}

/// A case that was opened.
#[derive(Serialize, ToSchema)]
struct CaseOpened {
    /// Its number.
    case: CaseId,
    /// The order.
    order: String,
    /// The version of the order's ledger after it.
    version: i64,
}

/// How many cases stand where.
#[derive(Serialize, ToSchema)]
struct Counts {
    /// One entry for each state that a case is in.
    counts: Vec<Count>,
}

/// How many cases are in one state.
#[derive(Serialize, ToSchema)]
struct Count {
    /// The state.
    state: String,
    /// How many.
    cases: i64,
}

async fn create(
    State(service): State<Service>,
    caller: Caller,
    InPath(number): InPath<String>,
    key: Key,
    Seen(expected): Seen,
    body: Body<NewCase>,
) -> Result<Response, Problem> {
    let once = Some(key.once(&caller, body.hash));
    let NewCase { reported_at, text, claims, texts } = body.read;
    let reported_at = reported_at.unwrap_or_else(|| service.app.now());
    let view = service.app.order(&number).await?;
    let mut taken = view.map_or(0, |view| view.ledger.cases.len());
    for _ in 0..NUMBERS_TRIED_MAX {
        taken = taken.saturating_add(1);
        // The order's own number in it makes it unlike any other order's case.
        let case = CaseId::new(&format!("{number}-R{taken}"))
            .map_err(|error| Problem::new(ProblemCode::MalformedPath, error.to_string()))?;
        let open = OpenCase { case, reported_at, text: text.clone(), claims: claims.clone() };
        let request = Request {
            texts: texts.clone().into_iter().collect(),
            expected,
            once: once.clone(),
            ..Request::new(caller.0.who.clone(), &number, open.into())
        };
        match service.app.ask(request).await {
            Err(DoorError::Refused(refusal)) if refusal.code == RefusalCode::CaseExists => {}
            Err(error) => return Err(error.into()),
            Ok(done) => {
                let opened = done.events.iter().find_map(|event| match event {
                    Event::CaseOpened { case, .. } => Some(case.clone()),
                    _ => None,
                });
                let case = opened.ok_or_else(|| Problem::plain(ProblemCode::Internal))?;
                let address = format!("{}/cases/{case}", crate::operation::BASE);
                let mut headers = carried_out(&done);
                headers.extend(address.parse().ok().map(|address| (header::LOCATION, address)));
                let opened = CaseOpened { case, order: number, version: done.version };
                return Ok((StatusCode::CREATED, headers, Json(opened)).into_response());
            }
        }
    }
    Err(Problem::plain(ProblemCode::Overloaded))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    state: Option<CaseState>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Of a row of a list of cases: when it is due, when it was opened, and its number.
pub(crate) type Cursor = (i64, i64, String);

/// The cursor of the page behind that row.
pub(crate) fn cursor_of(row: &CaseRow) -> Cursor {
    let Behind { due_at_us, opened_at_us, case } = row.behind();
    (due_at_us, opened_at_us, case)
}

/// Where the page of that cursor begins.
pub(crate) fn behind((due_at_us, opened_at_us, case): Cursor) -> Behind {
    Behind { due_at_us, opened_at_us, case }
}

async fn list(
    State(service): State<Service>,
    InQuery(Filter { state, cursor, limit }): InQuery<Filter>,
) -> Result<Json<Page<CaseLine>>, Problem> {
    let asked = Asked::new(cursor, limit);
    let limit = asked.limit()?;
    let after: Option<Cursor> = asked.after()?;
    let (queue, start) = match state {
        Some(state) => (Queue::InState(state), Behind::first()),
        None => (Queue::Newest, Behind::newest()),
    };
    let behind = after.map_or(start, behind);
    let rows = service.app.cases(queue, behind, limit).await?;
    Ok(Json(Page::of(rows, limit, cursor_of, shown::case_line)))
}

async fn counts(State(service): State<Service>) -> Result<Json<Counts>, Problem> {
    let counts = service.app.case_counts().await?;
    let counts = counts.into_iter().map(|(state, cases)| Count { state, cases }).collect();
    Ok(Json(Counts { counts }))
}

async fn show(
    State(service): State<Service>,
    InPath(id): InPath<CaseId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let unknown = || Problem::new(ProblemCode::CaseUnknown, format!("there is no case `{id}`"));
    let view = service.app.order_of_case(&id).await?.ok_or_else(unknown)?;
    let case = view.ledger.cases.get(&id).ok_or_else(unknown)?;
    Ok(tagged(&headers, view.version, &shown::case(&view, &id, case)))
}
