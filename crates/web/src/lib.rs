//! The desk over HTTP: the portal, the console, the JSON API under `/api/v1`, and the `OpenAPI` document that describes it.
//!
//! - [`router`]: all of it, over a [`Service`].
//! - `portal`: what a buyer sees. `console`: what staff see. [`pages`]: what both share.
//! - `operation`: one route with its right and its description; every route is made of one, so none can go without.
//! - `caller`: who asks, found out at one place. `request`: a body, a key, a version. `json`: a document, strictly. `page`: lists with cursors.
//! - `blocking`: work that may block. `reconciling`, `verifying`: what runs beside requests.
//! - `outgoing`: an answer that is written while it goes out. `unread`: one that goes out before its request was read.
//! - `hooks`: what payment providers tell of their own accord. [`setup`]: what the desk runs with, as the owner sees it.
//! - [`Problem`]: every refusal, with its code (RFC 9457).
//! - `api`: the operations themselves. `openapi`: their document.
//!
//! Not for rules, which are the core's, nor for rights, whose table is in `backhaul_app::right`.

mod api;
mod blocking;
mod caller;
mod console;
mod hooks;
mod json;
mod openapi;
mod operation;
mod outgoing;
mod page;
pub mod pages;
mod portal;
mod problem;
mod reconciling;
mod request;
pub mod setup;
mod unread;
mod verifying;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::from_fn;
use axum::{Extension, Router};
use backhaul_app::webhooks::Reach;
use backhaul_app::{App, Providers};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use self::api::copies::Copying;
use self::operation::Operation;
pub use self::problem::{Problem, ProblemCode};
use self::reconciling::Reconciling;
pub use self::request::BODY_TIMEOUT;
use self::setup::Setup;
use self::verifying::Verifying;

/// The most bytes of a request's body.
pub const BODY_BYTES_MAX: usize = 4 << 20;
/// After how long a request is given up; what it asked for may still be carried out.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// After how long a request with files is given up: they may come from a phone on a bad line.
pub const UPLOAD_TIMEOUT: Duration = Duration::from_mins(5);

/// How long a request may take.
fn time_for(request: &Request) -> Duration {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        UPLOAD_TIMEOUT
    } else {
        REQUEST_TIMEOUT
    }
}

/// Everything that the routes work on.
#[derive(Clone)]
pub struct Service {
    /// The desk.
    pub app: App,
    /// Who pays refunds, and tells us of them.
    pub providers: Arc<Providers>,
    /// How far webhooks may go.
    pub reach: Reach,
    /// What the desk runs with, for the owner to see.
    pub setup: Arc<Setup>,
}

/// Every route of the server.
pub fn router(service: Service) -> Router {
    let operations = api::operations();
    let document: Arc<str> = openapi::document(&operations).into();
    let router = operations
        .into_iter()
        .fold(Router::new(), |router, operation| operation.mount(router, &service))
        .route("/api/openapi.json", axum::routing::get(async move || openapi::serve(&document)))
        .merge(hooks::router())
        .merge(pages::router(&service))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed);
    router
        .layer(Extension(Reconciling::default()))
        .layer(Extension(Copying::default()))
        .layer(Extension(Verifying::default()))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn(problem::in_time))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(always(header::CACHE_CONTROL, "no-store"))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ))
        .layer(from_fn(unread::ends_connection))
        .with_state(service)
}

pub(crate) fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Every route of the pages: its method, its path, and who may see it.
#[must_use]
pub fn page_routes() -> Vec<(String, String, String)> {
    let described = |page: &pages::Page| {
        (page.method.to_string(), page.path.to_owned(), format!("{:?}", page.reader))
    };
    pages::all().iter().map(described).collect()
}

/// The names of every operation, with its method, its path and who may ask for it.
#[must_use]
pub fn routes() -> Vec<(String, String, String)> {
    let described = |operation: &Operation| {
        (operation.method.to_string(), operation.path.to_owned(), operation.access.to_string())
    };
    api::operations().iter().map(described).collect()
}
