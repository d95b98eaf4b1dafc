//! What is noted of each request: a line, a span and two metrics, by the route and never by the address or the body.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::clock::ticks;
use crate::workers::Waker;

/// Names a request in logs, in answers, and across servers.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The most characters of an id that a client brings along.
const ID_CHARS_MAX: usize = 64;

/// Runs a request and notes it; what may have made work wakes the workers.
pub(super) async fn observe(
    State(waker): State<Waker>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = id_of(&request);
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let method = method(request.method());
    let route = request.extensions().get::<MatchedPath>();
    // A path that is no route may hold anything.
    let route = route.map_or("unmatched", MatchedPath::as_str).to_owned();
    let changes = !request.method().is_safe();
    let span = tracing::info_span!(
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        request.id = id.to_str().unwrap_or_default(),
        http.request.method = method,
        http.route = route,
        http.response.status_code = tracing::field::Empty,
    );
    let started = ticks();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = started.elapsed();
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    span.in_scope(|| {
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        if is_asked_all_the_time(&route) {
            tracing::debug!(status = status.as_u16(), milliseconds, "answered");
        } else {
            tracing::info!(status = status.as_u16(), milliseconds, "answered");
        }
    });
    let labels = [("method", method.to_owned()), ("route", route)];
    metrics::histogram!("backhaul_http_request_seconds", &labels).record(took);
    let [by_method, by_route] = labels;
    let labels = [by_method, by_route, ("status", status.as_u16().to_string())];
    metrics::counter!("backhaul_http_requests_total", &labels).increment(1);
    if changes && status.is_success() {
        waker.wake();
    }
    response.headers_mut().entry(REQUEST_ID).or_insert(id);
    response
}

/// Machines that watch ask every few seconds.
fn is_asked_all_the_time(route: &str) -> bool {
    matches!(route, "/healthz" | "/readyz" | "/metrics")
}

/// The id that the request came with, where it is a plain one, or a new one.
fn id_of(request: &Request) -> HeaderValue {
    let is_plain = |id: &&HeaderValue| {
        let is_sign = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
        (1..=ID_CHARS_MAX).contains(&id.len()) && id.as_bytes().iter().all(is_sign)
    };
    if let Some(id) = request.headers().get(REQUEST_ID).filter(is_plain) {
        return id.clone();
    }
    // Without chance, which a system has to be very broken for, requests share a name.
    let id = getrandom::u64().map_or_else(|_| "-".to_owned(), |id| format!("{id:016x}"));
    HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("-"))
}

/// The method, or one word for all that nobody uses: clients may make up any number of them.
fn method(method: &Method) -> &'static str {
    const KNOWN: [Method; 7] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    const NAMES: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let known = KNOWN.iter().zip(NAMES).find(|(known, _)| *known == method);
    known.map_or("other", |(_, name)| name)
}
