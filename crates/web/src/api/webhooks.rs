//! Who is told of events over HTTP: endpoints, their secrets, and what came of each message.

use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use backhaul_app::webhooks::{
    Delivery, DeliveryState, EndpointView, URL_CHARS_MAX, Wanted, kind_of_type,
};
use backhaul_app::{App, Right};
use backhaul_core::ledger::EventKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Service;
use crate::blocking::blocking;
use crate::operation::{self, Access, Operation};
use crate::page::{Asked, Page};
use crate::problem::{Problem, ProblemCode};
use crate::request::{Body, InPath, InQuery};

/// The most characters of the ids of endpoints and deliveries.
const ID_CHARS_MAX: usize = 200;
const ENDPOINT: &str = "The endpoint's id.";

pub(crate) fn operations() -> Vec<Operation> {
    let mut all = endpoints();
    all.extend(deliveries());
    all
}

fn endpoints() -> Vec<Operation> {
    let access = Access::Right(Right::ManageWebhooks);
    let of_one = |method, path, id, summary| match id {
        "remove_webhook" => Operation::new(method, path, id, summary, access, remove),
        "switch_webhook_on" => Operation::new(method, path, id, summary, access, switch::<true>),
        _ => Operation::new(method, path, id, summary, access, switch::<false>),
    };
    let named = |operation: Operation| {
        operation
            .path("endpoint", ID_CHARS_MAX, operation::NAME, ENDPOINT)
            .answers_nothing(204, "Done.")
    };
    vec![
        Operation::new(
            Method::GET,
            "/webhooks",
            "list_webhooks",
            "The endpoints that are told of events.",
            access,
            list,
        )
        .answers::<WebhookEndpoints>(200, "The endpoints, without their secrets."),
        Operation::new(
            Method::POST,
            "/webhooks",
            "add_webhook",
            "Add an endpoint, which is told of events from now on.",
            access,
            add,
        )
        .takes::<NewWebhook>()
        .answers::<WebhookAdded>(201, "The endpoint. Its secret is shown this once."),
        named(of_one(
            Method::DELETE,
            "/webhooks/{endpoint}",
            "remove_webhook",
            "Remove an endpoint, with what is kept of its messages.",
        )),
        named(of_one(
            Method::POST,
            "/webhooks/{endpoint}/switch_on",
            "switch_webhook_on",
            "Switch an endpoint on; it is told of all that it missed, each order's events in their order.",
        )),
        named(of_one(
            Method::POST,
            "/webhooks/{endpoint}/switch_off",
            "switch_webhook_off",
            "Switch an endpoint off. Nothing is lost.",
        )),
        Operation::new(
            Method::POST,
            "/webhooks/{endpoint}/rotate_secret",
            "rotate_webhook_secret",
            "Give an endpoint a new secret. For 24 hours messages carry a signature of the old one as well.",
            access,
            rotate,
        )
        .path("endpoint", ID_CHARS_MAX, operation::NAME, ENDPOINT)
        .answers::<WebhookSecret>(200, "The new secret. It is shown this once."),
    ]
}

fn deliveries() -> Vec<Operation> {
    let access = Access::Right(Right::ManageWebhooks);
    vec![
        Operation::new(
            Method::GET,
            "/webhook_deliveries",
            "list_webhook_deliveries",
            "What came of messages, the newest first.",
            access,
            list_deliveries,
        )
        .query("endpoint", ID_CHARS_MAX, "Only those to that endpoint.")
        .query_word(
            "state",
            DeliveryState::ALL.iter().map(|state| state.as_str()),
            "Only those that stand so.",
        )
        .pages()
        .answers_of::<Page<WebhookDelivery>, WebhookDelivery>(200, "A page of deliveries."),
        Operation::new(
            Method::POST,
            "/webhook_deliveries/{delivery}/resend",
            "resend_webhook",
            "Send a message again at once, under the same id.",
            access,
            resend,
        )
        .path("delivery", ID_CHARS_MAX, operation::NAME, "The delivery's id.")
        .answers_nothing(202, "It will be sent."),
    ]
}

/// The endpoints.
#[derive(Serialize, ToSchema)]
struct WebhookEndpoints {
    /// By id; there are at most 20.
    endpoints: Vec<WebhookEndpoint>,
}

/// An endpoint.
#[derive(Serialize, ToSchema)]
struct WebhookEndpoint {
    /// Its id.
    endpoint: String,
    /// Where it is.
    url: String,
    /// The types of messages that it gets; empty for all.
    types: Vec<String>,
    /// `active`, `off_by_hand`, `off_gone` or `off_failing`.
    standing: &'static str,
    /// When it was added.
    created_at: Timestamp,
    /// Since when nothing arrived, where the last try failed.
    failing_since: Option<Timestamp>,
    /// When it will be switched off, should nothing arrive by then.
    off_at: Option<Timestamp>,
    /// Until when the old secret signs, where there is one.
    old_secret_until: Option<Timestamp>,
}

/// An endpoint to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWebhook {
    /// Where it is: an `https` address of the public internet.
    #[schema(min_length = 1, max_length = 2000)]
    url: String,
    /// The types of messages that it gets, such as `case.opened`; all where they are left out.
    #[serde(default)]
    types: Vec<String>,
}

/// The most characters that the document states are those that are taken.
const _: () = assert!(URL_CHARS_MAX == 2000);

/// An endpoint that was added.
#[derive(Serialize, ToSchema)]
struct WebhookAdded {
    /// Its id.
    endpoint: String,
    /// What its messages are signed with: `whsec_` and base64. It cannot be shown again.
    secret: String,
}

/// A new secret.
#[derive(Serialize, ToSchema)]
struct WebhookSecret {
    /// `whsec_` and base64. It cannot be shown again.
    secret: String,
}

/// One message on its way to one endpoint.
#[derive(Serialize, ToSchema)]
struct WebhookDelivery {
    /// Its id.
    delivery: String,
    /// To whom.
    endpoint: String,
    /// Of which order.
    order: String,
    /// Of which event of the order's ledger.
    seq: i64,
    /// The kind of the event.
    kind: String,
    /// `waiting`, `delivered` or `failed`.
    state: &'static str,
    /// How often it was sent.
    attempts: u32,
    /// The status code of the last answer, where one came.
    last_status: Option<u16>,
    /// Why none came.
    last_fault: Option<String>,
    /// When it was sent first.
    created_at: Timestamp,
    /// When it is tried again, where it is.
    next_try_at: Option<Timestamp>,
    /// When it arrived, for the first time.
    delivered_at: Option<Timestamp>,
}

async fn list(State(service): State<Service>) -> Result<Json<WebhookEndpoints>, Problem> {
    let found = blocking(&service.app, App::webhooks).await?;
    let show = |found: EndpointView| WebhookEndpoint {
        endpoint: found.id,
        url: found.url,
        types: found.types,
        standing: found.standing.as_str(),
        created_at: found.created_at,
        failing_since: found.failing_since,
        off_at: found.off_at,
        old_secret_until: found.old_secret_until,
    };
    Ok(Json(WebhookEndpoints { endpoints: found.into_iter().map(show).collect() }))
}

async fn add(State(service): State<Service>, body: Body<NewWebhook>) -> Result<Response, Problem> {
    let NewWebhook { url, types } = body.read;
    let kinds = (0..).zip(&types).map(|(place, name)| kind(place, name));
    let kinds = kinds.collect::<Result<Vec<_>, _>>()?;
    let reach = service.reach;
    let added = blocking(&service.app, move |app| app.add_webhook(&url, &kinds, reach)).await?;
    let shown = WebhookAdded { endpoint: added.id, secret: added.secret.reveal() };
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}

fn kind(place: usize, name: &str) -> Result<EventKind, Problem> {
    let unknown = || {
        let detail = format!("there is no type `{}`", name.chars().take(60).collect::<String>());
        Problem::new(ProblemCode::MalformedBody, detail).at(format!("/types/{place}"))
    };
    kind_of_type(name).ok_or_else(unknown)
}

async fn remove(
    State(service): State<Service>,
    InPath(id): InPath<String>,
) -> Result<StatusCode, Problem> {
    let id = plain(id, ProblemCode::WebhookUnknown)?;
    blocking(&service.app, move |app| app.remove_webhook(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn switch<const IS_ON: bool>(
    State(service): State<Service>,
    InPath(id): InPath<String>,
) -> Result<StatusCode, Problem> {
    let id = plain(id, ProblemCode::WebhookUnknown)?;
    blocking(&service.app, move |app| app.switch_webhook(&id, IS_ON)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn rotate(
    State(service): State<Service>,
    InPath(id): InPath<String>,
) -> Result<Json<WebhookSecret>, Problem> {
    let id = plain(id, ProblemCode::WebhookUnknown)?;
    let secret = blocking(&service.app, move |app| app.rotate_webhook_secret(&id)).await?;
    Ok(Json(WebhookSecret { secret: secret.reveal() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    endpoint: Option<String>,
    state: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

async fn list_deliveries(
    State(service): State<Service>,
    InQuery(Filter { endpoint, state, cursor, limit }): InQuery<Filter>,
) -> Result<Json<Page<WebhookDelivery>>, Problem> {
    let asked = Asked::new(cursor, limit);
    let limit = asked.limit()?;
    let unknown = || {
        let detail = "`state` is `waiting`, `delivered` or `failed`";
        Problem::new(ProblemCode::MalformedQuery, detail)
    };
    let state = state.map(|word| DeliveryState::parse(&word).ok_or_else(unknown)).transpose()?;
    let endpoint = endpoint.map(|id| plain(id, ProblemCode::WebhookUnknown)).transpose()?;
    let before: Option<(Timestamp, String)> = asked.after()?;
    let wanted = Wanted { endpoint, state, before };
    let rows = blocking(&service.app, move |app| app.webhook_deliveries(&wanted, limit)).await?;
    let cursor = |row: &Delivery| (row.created_at, row.id.clone());
    Ok(Json(Page::of(rows, limit, cursor, delivery)))
}

fn delivery(row: Delivery) -> WebhookDelivery {
    WebhookDelivery {
        delivery: row.id,
        endpoint: row.endpoint,
        order: row.order.as_str().to_owned(),
        seq: row.seq,
        kind: row.kind,
        state: row.state.as_str(),
        attempts: row.attempts,
        last_status: row.last_status,
        last_fault: row.last_fault,
        created_at: row.created_at,
        next_try_at: row.next_try_at,
        delivered_at: row.delivered_at,
    }
}

async fn resend(
    State(service): State<Service>,
    InPath(id): InPath<String>,
) -> Result<StatusCode, Problem> {
    let id = plain(id, ProblemCode::DeliveryUnknown)?;
    blocking(&service.app, move |app| app.resend_webhook(&id)).await?;
    Ok(StatusCode::ACCEPTED)
}

/// An id as we make them; what is none names nothing, and no database is asked for it.
fn plain(id: String, unknown: ProblemCode) -> Result<String, Problem> {
    let is_plain = id.len() <= ID_CHARS_MAX && id.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain.then_some(id).ok_or_else(|| Problem::plain(unknown))
}
