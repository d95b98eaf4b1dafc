//! What payment providers tell of their own accord: `POST /hooks/NAME`. Whoever speaks proves it by a signature over the bytes,
//! which the provider's adapter checks; what is told only ever updates what the ledger knows already.

use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use backhaul_app::{WebhookError, WebhookRefused};
use backhaul_core::ledger::ProviderName;
use tokio::sync::Semaphore;

use crate::Service;
use crate::problem::{Problem, ProblemCode};
use crate::request::InPath;

/// The most bytes of what a provider says.
const BYTES_MAX: usize = 256 << 10;
/// How many are listened to at once: checking a signature may ask the provider itself.
const AT_ONCE: usize = 8;

static LISTENING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(AT_ONCE));

pub(crate) fn router() -> Router<Service> {
    Router::new().route("/hooks/{provider}", post(hear).layer(DefaultBodyLimit::max(BYTES_MAX)))
}

async fn hear(
    State(service): State<Service>,
    InPath(provider): InPath<ProviderName>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(_place) = LISTENING.try_acquire() else {
        return Problem::plain(ProblemCode::Overloaded).into_response();
    };
    let heard = tokio::task::spawn_blocking(move || {
        let header = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
        service.app.take_webhook(&service.providers, &provider, &header, &body)
    });
    match heard.await {
        Ok(Ok(_)) => StatusCode::NO_CONTENT.into_response(),
        Ok(Err(error)) => refused(error).into_response(),
        Err(_) => Problem::plain(ProblemCode::Internal).into_response(),
    }
}

fn refused(error: WebhookError) -> Problem {
    match error {
        WebhookError::UnknownProvider { .. } | WebhookError::Refused(WebhookRefused::NotTaken) => {
            Problem::plain(ProblemCode::NotFound)
        }
        WebhookError::Refused(WebhookRefused::NotNow) => {
            Problem::plain(ProblemCode::StorageUnavailable)
        }
        WebhookError::Refused(WebhookRefused::NotSigned) => {
            Problem::plain(ProblemCode::NotAuthenticated)
        }
        WebhookError::Refused(WebhookRefused::Unreadable) => {
            Problem::plain(ProblemCode::MalformedJson)
        }
        // Whatever the ledger's reason is, the provider sends it again later.
        WebhookError::Door(error) => {
            tracing::warn!(error = %error, "what a provider told could not be recorded");
            Problem::plain(ProblemCode::StorageUnavailable)
        }
    }
}
