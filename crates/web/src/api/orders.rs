//! Orders: in, out, and all that happened to them.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use backhaul_app::{Imported, NewOrder, Right};
use backhaul_core::ledger::{Event, TextId};
use backhaul_store::orders::{ORDER_ID_CHARS_MAX, Place};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::buyers::NewOrderShown;
use super::shown::{self, OrderShown};
use crate::Service;
use crate::operation::{self, Access, Operation};
use crate::page::{self, Asked, Page};
use crate::problem::{Problem, ProblemCode};
use crate::request::{Body, InPath, InQuery, tagged};

/// The most characters of an order's number.
pub(crate) const NUMBER_CHARS_MAX: usize = ORDER_ID_CHARS_MAX;
const NUMBER: &str = "The order's number.";

pub(crate) fn operations() -> Vec<Operation> {
    let read = Access::Right(Right::Read);
    vec![
        Operation::new(Method::GET, "/orders", "list_orders", "Orders, by number.", read, list)
            .pages()
            .answers_of::<Page<OrderLine>, OrderLine>(200, "A page of orders."),
        Operation::new(
            Method::PUT,
            "/orders/{number}",
            "put_order",
            "Bring an order in. An order that is as it was is left alone, and a changed one becomes a further version; open cases keep \
             the version they were opened on.",
            Access::Right(Right::ImportOrders),
            put,
        )
        .path("number", NUMBER_CHARS_MAX, operation::NUMBER, NUMBER)
        .takes::<NewOrderShown>()
        .answers::<OrderTaken>(200, "The order was known.")
        .answers::<OrderTaken>(201, "The order is new."),
        Operation::new(
            Method::GET,
            "/orders/{number}",
            "read_order",
            "An order, and where everything of it stands.",
            read,
            show,
        )
        .path("number", NUMBER_CHARS_MAX, operation::NUMBER, NUMBER)
        .answers_tagged::<OrderShown>(200, "The order.")
        .answers_nothing(304, "It is as you have seen it."),
        Operation::new(
            Method::GET,
            "/orders/{number}/events",
            "list_events",
            "What happened to an order, in its order.",
            read,
            events,
        )
        .path("number", NUMBER_CHARS_MAX, operation::NUMBER, NUMBER)
        .pages()
        .answers_of::<Page<EventShown>, EventShown>(200, "A page of events."),
        Operation::new(
            Method::GET,
            "/orders/{number}/texts/{text}",
            "read_text",
            "What somebody wrote, by the id that an event names.",
            read,
            text,
        )
        .path("number", NUMBER_CHARS_MAX, operation::NUMBER, NUMBER)
        .path("text", 200, operation::NAME, "The text's id.")
        .answers::<TextShown>(200, "The text."),
        Operation::new(
            Method::GET,
            "/orders/{number}/audit",
            "audit_order",
            "Verify the chain of hashes of an order's ledger.",
            Access::Right(Right::Audit),
            audit,
        )
        .path("number", NUMBER_CHARS_MAX, operation::NUMBER, NUMBER)
        .answers::<Audited>(200, "What was found."),
        Operation::new(
            Method::GET,
            "/audit",
            "audit_orders",
            "Verify the chains of hashes of all orders, a page of them at a time.",
            Access::Right(Right::Audit),
            audit_page,
        )
        .pages()
        .answers::<AuditedPage>(200, "What was found in some of them."),
    ]
}

/// An order in a list.
#[derive(Serialize, ToSchema)]
struct OrderLine {
    /// Its number.
    order: String,
    /// How often it was imported with a change.
    order_version: u32,
    /// How many events its ledger has.
    version: i64,
}

/// What came of an import.
#[derive(Serialize, ToSchema)]
struct OrderTaken {
    /// Its number.
    order: String,
    /// `new`, `changed` or `same`.
    outcome: &'static str,
}

/// One event.
#[derive(Serialize, ToSchema)]
struct EventShown {
    /// Its number in the order's ledger.
    seq: i64,
    /// When it was recorded.
    at: Timestamp,
    /// What happened.
    event: Event,
}

/// A text.
#[derive(Serialize, ToSchema)]
struct TextShown {
    /// Its id.
    text: TextId,
    /// What it says.
    words: String,
}

/// What an audit found.
#[derive(Serialize, ToSchema)]
struct Audited {
    /// Whether nothing was changed, removed or reordered.
    is_whole: bool,
    /// The first thing that was, as a sentence.
    finding: Option<String>,
}

/// What an audit of some orders found.
#[derive(Serialize, ToSchema)]
struct AuditedPage {
    /// How many orders were looked at.
    orders: u64,
    /// How many of their events are as they were written.
    events: u64,
    /// The first thing wrong with each ledger where something is, as a sentence.
    findings: Vec<String>,
    /// The cursor of the next page; nothing where the audit is over.
    next: Option<String>,
}

fn unknown(number: &str) -> Problem {
    Problem::new(ProblemCode::OrderUnknown, format!("there is no order `{number}`"))
}

async fn list(
    State(service): State<Service>,
    InQuery(asked): InQuery<Asked>,
) -> Result<Json<Page<OrderLine>>, Problem> {
    let limit = asked.limit()?;
    let after: Option<String> = asked.after()?;
    let rows = service.app.order_page(&after.unwrap_or_default(), limit).await?;
    let show = |row: Place| OrderLine {
        order: row.number,
        order_version: row.newest,
        version: row.head.version(),
    };
    Ok(Json(Page::of(rows, limit, |row| row.number.clone(), show)))
}

async fn put(
    State(service): State<Service>,
    InPath(number): InPath<String>,
    body: Body<NewOrder>,
) -> Result<Response, Problem> {
    let new = body.read;
    if new.order.number != number {
        let detail = format!("the body is the order `{}`, and not `{number}`", new.order.number);
        return Err(Problem::new(ProblemCode::OrderInvalid, detail).at("/number"));
    }
    let (status, outcome) = match service.app.take_order(new).await? {
        Imported::New => (StatusCode::CREATED, "new"),
        Imported::Changed(_) => (StatusCode::OK, "changed"),
        Imported::Same => (StatusCode::OK, "same"),
    };
    Ok((status, Json(OrderTaken { order: number, outcome })).into_response())
}

async fn show(
    State(service): State<Service>,
    InPath(number): InPath<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = service.app.order(&number).await?.ok_or_else(|| unknown(&number))?;
    Ok(tagged(&headers, view.version, &shown::order(&view)))
}

async fn events(
    State(service): State<Service>,
    InPath(number): InPath<String>,
    InQuery(asked): InQuery<Asked>,
) -> Result<Json<Page<EventShown>>, Problem> {
    let limit = asked.limit()?;
    let after: Option<i64> = asked.after()?;
    let rows = usize::try_from(limit).unwrap_or(usize::MAX);
    let found = service.app.history(&number, after.unwrap_or(0), rows).await?;
    let found = found.ok_or_else(|| unknown(&number))?;
    let page = Page::of(
        found,
        limit,
        |recorded| recorded.seq,
        |recorded| EventShown { seq: recorded.seq, at: recorded.at, event: recorded.event },
    );
    Ok(Json(page))
}

#[derive(Deserialize)]
struct TextPath {
    number: String,
    text: TextId,
}

async fn text(
    State(service): State<Service>,
    InPath(TextPath { number, text }): InPath<TextPath>,
) -> Result<Json<TextShown>, Problem> {
    let words = service.app.text(&number, &text).await?;
    let words = words.ok_or_else(|| Problem::plain(ProblemCode::TextUnknown))?;
    Ok(Json(TextShown { text, words }))
}

async fn audit(
    State(service): State<Service>,
    InPath(number): InPath<String>,
) -> Result<Json<Audited>, Problem> {
    let found = service.app.verify_order(&number).await?.ok_or_else(|| unknown(&number))?;
    let finding = found.map(|finding| finding.to_string());
    Ok(Json(Audited { is_whole: finding.is_none(), finding }))
}

async fn audit_page(
    State(service): State<Service>,
    InQuery(asked): InQuery<Asked>,
) -> Result<Json<AuditedPage>, Problem> {
    let limit = asked.limit()?;
    let after: Option<String> = asked.after()?;
    let found = service.app.verify_page(&after.unwrap_or_default(), limit).await?;
    Ok(Json(AuditedPage {
        orders: found.orders,
        events: found.events,
        findings: found.findings.iter().map(ToString::to_string).collect(),
        next: found.last.as_ref().and_then(page::cursor),
    }))
}
