//! What came of each message: whether it arrived, what was answered, when it is tried again; and sending one once more.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::webhooks::{Delivery, DeliveryState, SendFault, TRIES_MAX, Wanted, type_of_kind};
use backhaul_app::{App, Right};
use backhaul_language::{Speaks, words as w};
use jiff::Timestamp;

use super::{DELIVERIES, WEBHOOKS, ask, said};
use crate::Service;
use crate::console::appearance::own_address;
use crate::pages::address::{after, asked, next, part};
use crate::pages::form::Fields;
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

/// How many deliveries stand on a page.
const ROWS: u32 = 50;
/// The most characters of an endpoint's id.
const ID_CHARS_MAX: usize = 200;

pub(super) fn pages() -> Vec<Page> {
    let owner = Reader::With(Right::ManageWebhooks);
    vec![Page::get(DELIVERIES, owner, show), Page::post("/desk/webhooks/resend", owner, resend)]
}

/// One delivery.
struct Row {
    id: String,
    kind: String,
    order: String,
    url: String,
    state: String,
    sign: &'static str,
    attempts: u32,
    /// What the other side answered, or why it did not.
    answer: String,
    created_at: Timestamp,
    next_try_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
}

/// A filter, as a link.
struct Filter {
    href: String,
    name: String,
    is_here: bool,
}

#[derive(askama::Template)]
#[template(path = "console/owner/webhooks/deliveries.html")]
struct DeliveriesPage {
    layout: Layout,
    states: Vec<Filter>,
    endpoints: Vec<Filter>,
    rows: Vec<Row>,
    next: Option<String>,
    tries_max: u32,
    /// Where a form leads back to.
    back: String,
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let state = match asked(&visit, "state") {
        Some(word) => Some(DeliveryState::parse(&word).ok_or(PageFault::NotFound)?),
        None => None,
    };
    let endpoint = asked(&visit, "endpoint").filter(|id| id.len() <= ID_CHARS_MAX);
    let before: Option<(Timestamp, String)> = after(&visit)?;
    let wanted = Wanted { endpoint: endpoint.clone(), state, before };
    let asked = ask(&service, move |app: &App| {
        Ok((app.webhook_deliveries(&wanted, ROWS)?, app.webhooks()?))
    });
    let (found, known) = match asked.await? {
        Ok(found) => found,
        Err(error) => return Err(PageFault::Said(said(&visit, error)?)),
    };
    let url = |id: &str| {
        let found = known.iter().find(|endpoint| endpoint.id == id);
        found.map_or_else(|| id.to_owned(), |endpoint| endpoint.url.clone())
    };
    let (found, next) = next(found, ROWS, |row: &Delivery| (row.created_at, row.id.clone()));
    let endpoints = known.iter().map(|known| (known.id.clone(), known.url.clone())).collect();
    let rows = found.into_iter().map(|found| {
        let url = url(&found.endpoint);
        row(&visit, found, url)
    });
    draw(&DeliveriesPage {
        rows: rows.collect(),
        next,
        ..page(
            Layout::of(&visit, &w::deliveries_title(&visit)),
            state,
            endpoint.as_deref(),
            endpoints,
        )
    })
}

/// The page with its filters, without its rows.
fn page(
    layout: Layout,
    state: Option<DeliveryState>,
    chosen: Option<&str>,
    known: Vec<(String, String)>,
) -> DeliveriesPage {
    let href = |state: Option<DeliveryState>, endpoint: Option<&str>| {
        let state = state.map(|state| format!("state={}", state.as_str()));
        let endpoint = endpoint.map(|id| format!("endpoint={}", part(id)));
        let query: Vec<_> = state.into_iter().chain(endpoint).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{DELIVERIES}{mark}{}", query.join("&"))
    };
    let of_state = |one: Option<DeliveryState>| Filter {
        href: href(one, chosen),
        name: one.map_or_else(
            || w::deliveries_all(&layout).into_owned(),
            |one| state_name(&layout, one),
        ),
        is_here: one == state,
    };
    let states = std::iter::once(None).chain(DeliveryState::ALL.iter().copied().map(Some));
    let of_endpoint = |id: Option<&str>, url: String| Filter {
        href: href(state, id),
        name: url,
        is_here: id == chosen,
    };
    let every = of_endpoint(None, w::deliveries_every_endpoint(&layout).into_owned());
    let each = known.into_iter().map(|(id, url)| of_endpoint(Some(&id), url));
    DeliveriesPage {
        states: states.map(of_state).collect(),
        endpoints: std::iter::once(every).chain(each).collect(),
        rows: Vec::new(),
        next: None,
        tries_max: TRIES_MAX,
        back: format!("{}?{}", layout.path(), layout.query_without("done")),
        layout,
    }
}

fn state_name(language: impl Speaks, state: DeliveryState) -> String {
    let name = match state {
        DeliveryState::Waiting => w::delivery_waiting(language),
        DeliveryState::Delivered => w::delivery_delivered(language),
        DeliveryState::Failed => w::delivery_failed(language),
    };
    name.into_owned()
}

fn row(language: impl Speaks + Copy, found: Delivery, url: String) -> Row {
    let answer = match (found.last_status, &found.last_fault) {
        (Some(status), _) => w::delivery_status(language, status).into_owned(),
        (None, Some(fault)) => fault_name(language, fault),
        (None, None) => w::delivery_no_answer(language).into_owned(),
    };
    let sign = match found.state {
        DeliveryState::Waiting => "…",
        DeliveryState::Delivered => "✓",
        DeliveryState::Failed => "✕",
    };
    Row {
        kind: type_of_kind(&found.kind),
        order: found.order.as_str().to_owned(),
        state: state_name(language, found.state),
        id: found.id,
        url,
        sign,
        attempts: found.attempts,
        answer,
        created_at: found.created_at,
        next_try_at: found.next_try_at,
        delivered_at: found.delivered_at,
    }
}

/// Why no answer came.
fn fault_name(language: impl Speaks, fault: &str) -> String {
    let known = [
        SendFault::UrlNotAllowed,
        SendFault::NameNotFound,
        SendFault::TimedOut,
        SendFault::ConnectionFailed,
        SendFault::TlsFailed,
        SendFault::BadAnswer,
    ];
    let Some(known) = known.into_iter().find(|known| known.as_str() == fault) else {
        return fault.to_owned();
    };
    let name = match known {
        SendFault::UrlNotAllowed => w::delivery_not_allowed(language),
        SendFault::NameNotFound => w::delivery_name_unknown(language),
        SendFault::TimedOut => w::delivery_timed_out(language),
        SendFault::ConnectionFailed => w::delivery_unreachable(language),
        SendFault::TlsFailed => w::delivery_tls(language),
        SendFault::BadAnswer => w::delivery_bad_answer(language),
    };
    name.into_owned()
}

async fn resend(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let id = fields.text("delivery").to_owned();
    match ask(&service, move |app| app.resend_webhook(&id)).await? {
        Ok(()) => {
            // Back to the same filters, wherever the list was.
            let back = own_address(fields.text("back"), DELIVERIES);
            let back = if back.starts_with(WEBHOOKS) { back } else { DELIVERIES };
            Ok(Redirect::to(&Notice::WebhookResent.at(back)).into_response())
        }
        Err(error) => Err(PageFault::Said(said(&visit, error)?)),
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let around = || {
        let around = layout("");
        let title = w::deliveries_title(&around).into_owned();
        Layout { title, here: DELIVERIES.to_owned(), ..around }
    };
    let moment = Timestamp::UNIX_EPOCH;
    let shown = |state, answer: String| Row {
        id: "m-1".to_owned(),
        kind: "refund.approved".to_owned(),
        order: "SO-1001".to_owned(),
        url: format!("https://shop.example/{}", "hooks/".repeat(20)),
        state: state_name(around(), state),
        sign: "✓",
        attempts: 3,
        answer,
        created_at: moment,
        next_try_at: (state == DeliveryState::Waiting).then_some(moment),
        delivered_at: (state == DeliveryState::Delivered).then_some(moment),
    };
    let known = vec![("we_1".to_owned(), "https://erp.example/backhaul".to_owned())];
    let rows = vec![
        shown(DeliveryState::Waiting, fault_name(around(), SendFault::TimedOut.as_str())),
        shown(DeliveryState::Delivered, w::delivery_status(around(), 204).into_owned()),
        shown(DeliveryState::Failed, w::delivery_status(around(), 500).into_owned()),
    ];
    let full = DeliveriesPage {
        rows,
        next: Some("00".to_owned()),
        ..page(around(), None, None, known.clone())
    };
    let empty = page(around(), Some(DeliveryState::Failed), Some("we_1"), known);
    vec![sample("console-deliveries", &full), sample("console-deliveries-empty", &empty)]
}
