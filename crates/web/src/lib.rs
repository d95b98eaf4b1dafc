//! The desk over HTTP.
//!
//! [`router`] is all of it: the JSON API under `/api/v1`, its OpenAPI document, and what machines ask about the server's health.

use axum::Router;
use backhaul_app::App;

/// Everything that the pages and the API are made of.
#[derive(Clone)]
pub struct Service {
    /// The desk.
    pub app: App,
}

/// Every route of the server.
pub fn router(service: Service) -> Router {
    Router::new().with_state(service)
}
