//! What machines ask of a running server: does it live, does it work, what has it measured.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use backhaul_store::Store;
use serde_json::json;

use crate::meters::Meters;

/// What the answers are made of.
#[derive(Clone)]
pub(super) struct Health {
    /// The database.
    pub(super) store: Store,
    /// What was measured.
    pub(super) meters: Meters,
    /// Whether the server is told to end.
    pub(super) is_ending: Arc<AtomicBool>,
    /// How long the database may take.
    pub(super) limit: Duration,
}

/// `/healthz`: the process lives. `/readyz`: it may be sent requests. `/metrics`: what Prometheus reads.
pub(super) fn router(health: Health) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(measured))
        .with_state(health)
}

async fn ready(State(health): State<Health>) -> Response {
    match why_not(&health).await {
        None => Json(json!({"ready": true})).into_response(),
        Some(why) => {
            let told = Json(json!({"ready": false, "why": why}));
            (StatusCode::SERVICE_UNAVAILABLE, told).into_response()
        }
    }
}

/// Why the server should not be sent requests. The database's own words are for the log.
async fn why_not(health: &Health) -> Option<&'static str> {
    if health.is_ending.load(Ordering::SeqCst) {
        return Some("the server is ending");
    }
    match tokio::time::timeout(health.limit, health.store.schema()).await {
        Err(_) => Some("the database does not answer in time"),
        Ok(Err(error)) => {
            tracing::warn!("not ready: {error}");
            Some("the database does not answer")
        }
        Ok(Ok(schema)) if schema.ran < schema.newest => Some("the database is not migrated"),
        Ok(Ok(_)) => None,
    }
}

async fn measured(State(Health { store, meters, .. }): State<Health>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, meters.page(&store)).into_response()
}
