//! Who asks: found out once a request, before anything else is looked at.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, header, request::Parts};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use backhaul_app::Identity;

use crate::Service;
use crate::operation::Access;
use crate::problem::{Problem, ProblemCode};

/// Lets a request through to its operation, if whoever asks may ask for it.
pub(crate) async fn check(
    State((service, access)): State<(Service, Access)>,
    mut request: Request,
    next: Next,
) -> Response {
    match identify(&service, request.headers()).await {
        Err(problem) => problem.into_response(),
        Ok(identity) if !access.is_open_to(&identity.who.roles) => {
            Problem::plain(ProblemCode::Forbidden).into_response()
        }
        Ok(identity) => {
            request.extensions_mut().insert(Caller(identity));
            next.run(request).await
        }
    }
}

async fn identify(service: &Service, headers: &HeaderMap) -> Result<Identity, Problem> {
    let unknown = || Problem::plain(ProblemCode::NotAuthenticated);
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let given = all.next().filter(|_| all.next().is_none()).ok_or_else(unknown)?;
    let given = given.to_str().map_err(|_| unknown())?;
    let (scheme, token) = given.split_once(' ').ok_or_else(unknown)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unknown());
    }
    service.app.identify(token.trim()).await?.ok_or_else(unknown)
}

/// Whoever asks, for an operation that needs to know.
#[derive(Clone)]
pub(crate) struct Caller(pub(crate) Identity);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| Problem::plain(ProblemCode::NotAuthenticated))
    }
}
