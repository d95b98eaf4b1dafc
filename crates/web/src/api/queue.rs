//! The queue: what waits, for whom, the overdue first; and what else there was of a buyer or a serial.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use backhaul_app::{BuyerHistory, COUNTED_MAX, QueueRow, Right, Waiting, Whose};
use backhaul_core::ledger::{Actor, Attention, Serial, StaffId};
use backhaul_store::case_index::Behind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cases::{Cursor, behind, cursor_of};
use super::orders::NUMBER_CHARS_MAX;
use super::shown::{self, CaseLine};
use crate::Service;
use crate::caller::Caller;
use crate::operation::{self, Access, Operation};
use crate::page::{Asked, Page};
use crate::problem::Problem;
use crate::request::{InPath, InQuery};

pub(crate) fn operations() -> Vec<Operation> {
    let read = Access::Right(Right::Read);
    vec![
        Operation::new(
            Method::GET,
            "/queue",
            "list_queue",
            "Cases that are not over, the overdue first and then by when they are due.",
            read,
            list,
        )
        .query_word("whose", WhoseAsked::WORDS, "Whose cases: yours, those of nobody, or all, which is where it is left out.")
        .query_word("attention", Attention::ALL.iter().map(|who| who.as_str()), "Only cases that wait for them.")
        .pages()
        .answers_of::<Page<QueueLine>, QueueLine>(200, "A page of cases."),
        Operation::new(
            Method::GET,
            "/queue_counts",
            "count_queue",
            "How many cases wait for whom, counted up to 100: of all, of those of nobody, and of yours.",
            read,
            counts,
        )
        .answers::<QueueCounts>(200, "The counts."),
        Operation::new(
            Method::GET,
            "/serials/{serial}/cases",
            "list_cases_of_serial",
            "The newest cases in which a serial was: claimed, received in the stead of another, or sent as a replacement.",
            read,
            of_serial,
        )
        .path("serial", 200, operation::NAME, "The serial, exactly.")
        .answers::<CasesOfSerial>(200, "The cases; none where it was in none. At most 50."),
        Operation::new(
            Method::GET,
            "/orders/{number}/buyer/cases",
            "list_cases_of_buyer",
            "The newest cases of everything that was bought with the e-mail address of the order's buyer.",
            Access::Right(Right::ManageBuyers),
            of_buyer,
        )
        .path("number", NUMBER_CHARS_MAX, operation::NUMBER, "The order's number.")
        .answers::<CasesOfBuyer>(200, "The cases, those of this order among them; none where no address is known. At most 50."),
    ]
}

/// Whose cases are asked for.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WhoseAsked {
    Mine,
    Unassigned,
    #[default]
    All,
}

impl WhoseAsked {
    const WORDS: [&'static str; 3] = ["mine", "unassigned", "all"];
}

/// A case in the queue.
#[derive(Serialize, ToSchema)]
struct QueueLine {
    #[serde(flatten)]
    case: CaseLine,
    /// The language in which the buyer is written to, where it is known.
    language: Option<String>,
}

/// How many cases wait.
#[derive(Serialize, ToSchema)]
struct QueueCounts {
    /// Of all.
    all: Vec<WaitingShown>,
    /// Of those that nobody looks after.
    unassigned: Vec<WaitingShown>,
    /// Of yours.
    mine: Vec<WaitingShown>,
}

/// How many cases wait for somebody.
#[derive(Serialize, ToSchema)]
struct WaitingShown {
    /// Whom they wait for.
    attention: Attention,
    /// How many, counted up to 100.
    cases: u32,
    /// How many of them are overdue, counted up to 100.
    overdue: u32,
    /// Whether there may be more than were counted.
    is_cut: bool,
}

/// The cases of a serial.
#[derive(Serialize, ToSchema)]
struct CasesOfSerial {
    /// The serial.
    serial: Serial,
    /// The cases, the newest first.
    cases: Vec<CaseLine>,
}

/// The cases of a buyer.
#[derive(Serialize, ToSchema)]
struct CasesOfBuyer {
    /// The cases, the newest first.
    cases: Vec<CaseLine>,
    /// Whether there are more.
    is_cut: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    #[serde(default)]
    whose: WhoseAsked,
    attention: Option<Attention>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Whoever asks, as a member of staff.
fn me(caller: &Caller) -> Option<StaffId> {
    match &caller.0.who.actor {
        Actor::Staff { id, .. } => Some(id.clone()),
        _ => None,
    }
}

async fn list(
    State(service): State<Service>,
    caller: Caller,
    InQuery(filter): InQuery<Filter>,
) -> Result<Json<Page<QueueLine>>, Problem> {
    let asked = Asked::new(filter.cursor, filter.limit);
    let limit = asked.limit()?;
    let after: Option<Cursor> = asked.after()?;
    let whose = match (filter.whose, me(&caller)) {
        (WhoseAsked::Mine, Some(me)) => Whose::Of(me),
        (WhoseAsked::Mine, None) => {
            return Ok(Json(Page { items: Vec::new(), next: None }));
        }
        (WhoseAsked::Unassigned, _) => Whose::Unassigned,
        (WhoseAsked::All, _) => Whose::All,
    };
    let start = after.map_or_else(Behind::first, behind);
    let rows = service.app.queue(whose, filter.attention, start, limit).await?;
    let line =
        |row: QueueRow| QueueLine { case: shown::case_line(row.case), language: row.language };
    Ok(Json(Page::of(rows, limit, |row| cursor_of(&row.case), line)))
}

async fn counts(
    State(service): State<Service>,
    caller: Caller,
) -> Result<Json<QueueCounts>, Problem> {
    let counts = service.app.queue_counts(me(&caller)).await?;
    let waiting = |Waiting { attention, cases, overdue }| WaitingShown {
        attention,
        cases,
        overdue,
        is_cut: cases >= COUNTED_MAX,
    };
    let shown = |counts: Vec<Waiting>| counts.into_iter().map(waiting).collect();
    let (all, unassigned, mine) = (shown(counts.all), shown(counts.unassigned), shown(counts.mine));
    Ok(Json(QueueCounts { all, unassigned, mine }))
}

async fn of_serial(
    State(service): State<Service>,
    InPath(serial): InPath<Serial>,
) -> Result<Json<CasesOfSerial>, Problem> {
    let cases = service.app.cases_of_serial(&serial).await?;
    let cases = cases.into_iter().map(shown::case_line).collect();
    Ok(Json(CasesOfSerial { serial, cases }))
}

async fn of_buyer(
    State(service): State<Service>,
    InPath(number): InPath<String>,
) -> Result<Json<CasesOfBuyer>, Problem> {
    let BuyerHistory { cases, is_cut } = service.app.cases_of_buyer(&number).await?;
    let cases = cases.into_iter().map(shown::case_line).collect();
    Ok(Json(CasesOfBuyer { cases, is_cut }))
}
