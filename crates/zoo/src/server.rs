//! Listens on this machine, and closes a connection without an answer where a fault wants it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, ensure};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, Request as HttpRequest, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use axum::routing::any;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

use crate::control::{self, Control};
use crate::desk::Zoo;
use crate::personality::Personality;
use crate::provider::{self, Reply};
use crate::shape::Request;

/// What to serve.
#[derive(Debug)]
pub struct Settings {
    /// Where to listen: an address of this machine alone.
    pub listen: SocketAddr,
    /// The file of the ledger.
    pub ledger: PathBuf,
    /// Whom to play.
    pub personalities: Vec<Personality>,
    /// Where the clock stands still until a test advances it; otherwise it is the machine's.
    pub fixed_now: Option<i64>,
}

/// Serves until the process ends; `listening` is told the address.
///
/// # Errors
///
/// If the ledger cannot be opened, or the address cannot be listened on or is not of this machine alone.
pub async fn serve(settings: Settings, listening: impl FnOnce(SocketAddr)) -> anyhow::Result<()> {
    ensure!(settings.listen.ip().is_loopback(), "the zoo listens on a loopback address only");
    let zoo = Zoo::open(&settings.ledger, settings.fixed_now, &settings.personalities)?;
    let listener = TcpListener::bind(settings.listen).await.context("the address is not free")?;
    let router = router(Control { zoo, ledger: settings.ledger });
    listening(listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        let inner = TowerToHyperService::new(router.clone());
        let service = service_fn(move |request: HttpRequest<Incoming>| {
            let answered = inner.call(request);
            async move {
                let answer = match answered.await {
                    Ok(answer) => answer,
                    Err(never) => match never {},
                };
                // An error ends the connection before a byte is written.
                let is_hangup = answer.extensions().get::<Hangup>().is_some();
                if is_hangup { Err(std::io::Error::other("hung up")) } else { Ok(answer) }
            }
        });
        tokio::spawn(async move {
            // Either side may close whenever it likes.
            drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

fn router(control: Control) -> Router {
    Router::new()
        .route("/{personality}/{*path}", any(play))
        .with_state(Arc::clone(&control.zoo))
        .nest("/control", control::routes(control))
}

/// Marks an answer that is not to be given.
#[derive(Debug, Clone, Copy)]
struct Hangup;

async fn play(
    State(zoo): State<Arc<Zoo>>,
    method: Method,
    Path((personality, path)): Path<(Personality, String)>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    if zoo.desk().state(personality).is_none() {
        let mut unplayed = Response::new(Body::empty());
        *unplayed.status_mut() = StatusCode::NOT_FOUND;
        return unplayed;
    }
    let request = Request { method, path, query, headers, body };
    // On its own, so that it goes on when the caller does not wait for the end.
    let played = tokio::spawn(provider::serve(zoo, personality, request)).await;
    let mut response = Response::new(Body::empty());
    match played {
        Ok(Reply::Answer(answer)) => {
            *response.body_mut() = Body::from(answer.body.to_string());
            let status = StatusCode::from_u16(answer.status);
            *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let headers = response.headers_mut();
            headers.insert("content-type", HeaderValue::from_static("application/json"));
            if let Some((name, value)) = answer.header {
                headers.insert(name, HeaderValue::from_static(value));
            }
        }
        Ok(Reply::Hangup) => {
            response.extensions_mut().insert(Hangup);
        }
        Err(_) => *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR,
    }
    response
}
