//! The money that is on its way.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use backhaul_app::Right;
use backhaul_core::money::Money;
use backhaul_store::refund_index::{After, RefundRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shown::{self, RefundLine};
use crate::Service;
use crate::operation::{Access, Operation};
use crate::page::{Asked, Page};
use crate::problem::{Problem, ProblemCode};
use crate::request::InQuery;

/// Where a piece can stand.
const STATES: [&str; 7] =
    ["reserved", "submitted", "unclear", "manual", "settled", "failed", "cancelled"];

pub(crate) fn operations() -> Vec<Operation> {
    let access = Access::Right(Right::ReadRefunds);
    vec![
        Operation::new(
            Method::GET,
            "/refunds",
            "list_refunds",
            "Pieces of refunds that stand so, the most urgent first.",
            access,
            list,
        )
        .query_word("state", STATES, "Where they stand; `reserved` where it is left out.")
        .pages()
        .answers_of::<Page<RefundLine>, RefundLine>(200, "A page of pieces."),
        Operation::new(
            Method::GET,
            "/refund_sums",
            "sum_refunds",
            "What the refunds come to, by currency, state and way.",
            access,
            sums,
        )
        .answers::<Sums>(200, "The sums."),
    ]
}

/// What refunds come to.
#[derive(Serialize, ToSchema)]
struct Sums {
    /// One entry for each currency, state and way.
    sums: Vec<SumShown>,
}

/// What the pieces of one currency, state and way come to.
#[derive(Serialize, ToSchema)]
struct SumShown {
    /// The state.
    state: String,
    /// The way.
    path: String,
    /// How many pieces.
    pieces: i64,
    /// What they come to.
    amount: Money,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    state: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

async fn list(
    State(service): State<Service>,
    InQuery(Filter { state, cursor, limit }): InQuery<Filter>,
) -> Result<Json<Page<RefundLine>>, Problem> {
    let asked = Asked::new(cursor, limit);
    let limit = asked.limit()?;
    let state = state.as_deref().unwrap_or("reserved");
    let state = STATES.into_iter().find(|known| *known == state).ok_or_else(|| {
        Problem::new(ProblemCode::MalformedQuery, format!("`state` is one of {STATES:?}"))
    })?;
    let after: Option<(i64, String, String, i64)> = asked.after()?;
    let after = after.map_or(After::start(), |(due_at_us, order, refund, piece)| After {
        due_at_us,
        order,
        refund,
        piece,
    });
    let rows = service.app.refunds(state, after, limit).await?;
    let cursor = |row: &RefundRow| {
        let After { due_at_us, order, refund, piece } = After::row(row);
        (due_at_us, order, refund, piece)
    };
    Ok(Json(Page::of(rows, limit, cursor, shown::refund_line)))
}

async fn sums(State(service): State<Service>) -> Result<Json<Sums>, Problem> {
    let sums = service.app.refund_sums().await?;
    let shown = sums.into_iter().map(|sum| SumShown {
        state: sum.state,
        path: sum.path,
        pieces: sum.pieces,
        amount: sum.amount,
    });
    Ok(Json(Sums { sums: shown.collect() }))
}
