//! What a request brings along: a body that is read strictly, a key, and the version that its caller has seen.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, RawPathParams, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use backhaul_app::{Done, Once};
use backhaul_store::Hash;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::caller::Caller;
use crate::json;
use crate::problem::{Problem, ProblemCode};

/// The most characters of an idempotency key.
pub(crate) const KEY_CHARS_MAX: usize = 255;
/// The most characters of a part of the address.
const PATH_CHARS_MAX: usize = 200;
/// How long a body may take to arrive.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// A JSON body, read strictly: an unknown field or a field given twice is refused, with its path.
pub(crate) struct Body<T> {
    pub(crate) read: T,
    /// SHA-256 of the method, the address and the bytes.
    pub(crate) hash: String,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Raw { method, path, bytes } = Raw::from_request(request, state).await?;
        let read = json::read(&bytes)?;
        let hash = hash(&method, &path, &bytes)?;
        Ok(Self { read, hash })
    }
}

/// The bytes of a JSON body, with where they were sent.
pub(crate) struct Raw {
    method: Method,
    path: String,
    pub(crate) bytes: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::plain(ProblemCode::UnsupportedMediaType));
        }
        if request.headers().contains_key(header::CONTENT_ENCODING) {
            let detail = "send the body as it is, without `Content-Encoding`";
            return Err(Problem::new(ProblemCode::UnsupportedMediaType, detail));
        }
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let arrived = tokio::time::timeout(BODY_TIMEOUT, Bytes::from_request(request, state)).await;
        let arrived = arrived.map_err(|_| Problem::plain(ProblemCode::BodyTimeout))?;
        let bytes = arrived.map_err(|rejection| match rejection {
            BytesRejection::FailedToBufferBody(failed)
                if failed.status() == StatusCode::PAYLOAD_TOO_LARGE =>
            {
                Problem::plain(ProblemCode::TooLarge)
            }
            _ => Problem::new(ProblemCode::MalformedJson, "the body could not be read"),
        })?;
        Ok(Self { method, path, bytes })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.map(|kind| kind.split(';').next().unwrap_or_default().trim());
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"))
}

fn hash(method: &Method, path: &str, bytes: &[u8]) -> Result<String, Problem> {
    let body = std::str::from_utf8(bytes)
        .map_err(|_| Problem::new(ProblemCode::MalformedJson, "the body is not UTF-8"))?;
    Ok(Hash::of_text(&format!("{method} {path}\n{body}")).to_string())
}

/// The header `Idempotency-Key`.
pub(crate) struct Key(String);

impl Key {
    /// The key of that caller for that request.
    pub(crate) fn once(self, caller: &Caller, request_hash: String) -> Once {
        Once { caller: caller.0.caller.clone(), key: self.0, request_hash }
    }
}

impl<S: Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut given = parts.headers.get_all("idempotency-key").iter();
        let key = given.next();
        let key = key.ok_or_else(|| Problem::plain(ProblemCode::IdempotencyKeyMissing))?;
        let is_visible = |key: &&str| {
            (1..=KEY_CHARS_MAX).contains(&key.len())
                && key.bytes().all(|byte| byte.is_ascii_graphic())
        };
        let key = key.to_str().ok().filter(is_visible).filter(|_| given.next().is_none());
        let malformed = || Problem::plain(ProblemCode::IdempotencyKeyMalformed);
        Ok(Self(key.ok_or_else(malformed)?.to_owned()))
    }
}

/// The header `If-Match`: the version that the caller has seen, where it says so.
pub(crate) struct Seen(pub(crate) Option<i64>);

impl<S: Sync> FromRequestParts<S> for Seen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut given = parts.headers.get_all(header::IF_MATCH).iter();
        let Some(tag) = given.next() else { return Ok(Self(None)) };
        let malformed = || Problem::plain(ProblemCode::PreconditionMalformed);
        let tag = tag.to_str().ok().filter(|_| given.next().is_none()).ok_or_else(malformed)?;
        if tag == "*" {
            return Ok(Self(None));
        }
        let version = tag.strip_prefix("\"v").and_then(|rest| rest.strip_suffix('"'));
        let is_number = |version: &&str| version.bytes().all(|digit| digit.is_ascii_digit());
        let version = version.filter(is_number).and_then(|version| version.parse().ok());
        Ok(Self(Some(version.ok_or_else(malformed)?)))
    }
}

/// The header of an answer that was given before, under the same key. Its body is the same.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The tag of the version after a command, and whether its answer was given before.
pub(crate) fn carried_out(done: &Done) -> HeaderMap {
    let mut headers = HeaderMap::from_iter([(header::ETAG, tag(done.version))]);
    if done.is_replay {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    headers
}

/// The entity tag of a version of an order's ledger.
pub(crate) fn tag(version: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"v{version}\"")).unwrap_or(HeaderValue::from_static("\"v0\""))
}

/// A JSON answer with the tag of what it shows; nothing but that where the caller has it already.
pub(crate) fn tagged(headers: &HeaderMap, version: i64, body: &impl Serialize) -> Response {
    let tag = tag(version);
    if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    ([(header::ETAG, tag)], axum::Json(body)).into_response()
}

/// A part of the address, of its type.
pub(crate) struct InPath<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for InPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let raw = RawPathParams::from_request_parts(parts, state).await;
        let raw = raw.map_err(|_| Problem::plain(ProblemCode::MalformedPath))?;
        let is_odd = |part: &str| {
            part.chars().any(char::is_control) || part.chars().count() > PATH_CHARS_MAX
        };
        if raw.iter().any(|(_, part)| is_odd(part)) {
            let detail = format!(
                "a part of the address has at most {PATH_CHARS_MAX} characters, none of them a control character"
            );
            return Err(Problem::new(ProblemCode::MalformedPath, detail));
        }
        let read = Path::<T>::from_request_parts(parts, state).await;
        let malformed = |rejection: axum::extract::rejection::PathRejection| {
            Problem::new(ProblemCode::MalformedPath, rejection.body_text())
        };
        Ok(Self(read.map_err(malformed)?.0))
    }
}

/// The query parameters, of their types.
pub(crate) struct InQuery<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for InQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let texts = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let texts = texts.map(|Query(texts)| texts).unwrap_or_default();
        let is_odd =
            |text: &str| text.is_empty() || text.chars().any(|sign| sign.is_ascii_control());
        if texts.iter().any(|(_, text)| is_odd(text)) {
            let detail =
                "a query parameter that is given is not empty, and has no control characters";
            return Err(Problem::new(ProblemCode::MalformedQuery, detail));
        }
        let read = Query::<T>::from_request_parts(parts, state).await;
        let malformed = |rejection: axum::extract::rejection::QueryRejection| {
            Problem::new(ProblemCode::MalformedQuery, rejection.body_text())
        };
        Ok(Self(read.map_err(malformed)?.0))
    }
}
