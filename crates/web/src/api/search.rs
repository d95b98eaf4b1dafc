//! Looking for an order or a case by whatever somebody has at hand.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use backhaul_app::{Found, Right, SEARCH_CHARS_MAX};
use backhaul_core::ledger::Serial;
use backhaul_store::orders::Place;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shown::{self, CaseLine};
use crate::Service;
use crate::caller::Caller;
use crate::operation::{self, Access, Operation};
use crate::problem::{Problem, ProblemCode};
use crate::request::{InPath, InQuery};

pub(crate) fn operations() -> Vec<Operation> {
    let read = Access::Right(Right::Read);
    vec![
        Operation::new(
            Method::GET,
            "/search",
            "search",
            "Look for a case's number, an order's number or the beginning of it, a serial, or, for those who may see buyers, a buyer's \
             whole e-mail address.",
            read,
            search,
        )
        .query("q", SEARCH_CHARS_MAX, "What to look for.")
        .answers::<SearchFound>(200, "What was found: at most 20 orders and 20 cases."),
        Operation::new(
            Method::GET,
            "/serials/{serial}",
            "read_serial",
            "The orders that a serial was shipped with.",
            read,
            serial,
        )
        .path("serial", 200, operation::NAME, "The serial, exactly.")
        .answers::<SerialShown>(200, "The orders; none where it is not known."),
    ]
}

/// What was found.
#[derive(Serialize, ToSchema)]
struct SearchFound {
    /// Orders.
    orders: Vec<OrderFound>,
    /// The case that is called so, and the cases of the orders.
    cases: Vec<CaseLine>,
    /// Whether there is more than is shown: look for something longer.
    is_cut: bool,
}

/// An order that was found.
#[derive(Serialize, ToSchema)]
struct OrderFound {
    /// Its number.
    order: String,
    /// How many events its ledger has.
    version: i64,
}

/// A serial.
#[derive(Serialize, ToSchema)]
struct SerialShown {
    /// The serial.
    serial: Serial,
    /// The orders that it was shipped with; more than one where the unit was sold again.
    orders: Vec<OrderFound>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default)]
    q: String,
}

fn order(place: Place) -> OrderFound {
    OrderFound { version: place.head.version(), order: place.number }
}

async fn search(
    State(service): State<Service>,
    caller: Caller,
    InQuery(Wanted { q }): InQuery<Wanted>,
) -> Result<Json<SearchFound>, Problem> {
    if q.chars().count() > SEARCH_CHARS_MAX {
        let detail = format!("`q` has at most {SEARCH_CHARS_MAX} characters");
        return Err(Problem::new(ProblemCode::MalformedQuery, detail));
    }
    let with_buyers = caller.0.who.roles.has(Right::ManageBuyers);
    let Found { orders, cases, is_cut } = service.app.search(&q, with_buyers).await?;
    let orders = orders.into_iter().map(order).collect();
    let cases = cases.into_iter().map(shown::case_line).collect();
    Ok(Json(SearchFound { orders, cases, is_cut }))
}

async fn serial(
    State(service): State<Service>,
    InPath(serial): InPath<Serial>,
) -> Result<Json<SerialShown>, Problem> {
    let orders = service.app.orders_of_serial(&serial).await?;
    Ok(Json(SerialShown { serial, orders: orders.into_iter().map(order).collect() }))
}
