//! How members of staff sign in, prove who they are, and keep their accounts. One file a page.

mod account;
mod invitation;
mod passkeys;
mod password;
mod prove;
mod second;
mod single;
mod staff;

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::{HeaderMap, HeaderValue, header, request::Parts};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use backhaul_app::PeopleError;
use backhaul_app::sign_in::{Caller, FirstStep, SignInError, SingleSignOnError, Weakness};
use backhaul_language::words as w;

pub(super) use self::staff::roles;
use super::appearance::own_address;
use crate::Service;
use crate::pages::gallery::Sample;
use crate::pages::visit::{STAFF_COOKIE, cookie, set_cookie};
use crate::pages::{Answer, Layout, Page, PageFault, Visit};

/// Where whoever signed in goes.
const HOME: &str = "/desk";
/// Where one proves once more who one is.
pub(crate) const PROVE: &str = "/desk/prove";
/// The cookie of a sign-in that waits for its second half.
const HALF_COOKIE: &str = "bh_half";
/// The cookie of a visit to the merchant's own sign-in.
const VISIT_COOKIE: &str = "bh_visit";
/// How long both are kept.
const STEP_SECONDS: i64 = 600;

pub(super) fn pages() -> Vec<Page> {
    let all = [
        password::pages(),
        second::pages(),
        passkeys::pages(),
        single::pages(),
        invitation::pages(),
        prove::pages(),
        account::pages(),
        staff::pages(),
    ];
    all.into_iter().flatten().collect()
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let all = [
        password::samples(layout),
        second::samples(layout),
        invitation::samples(layout),
        prove::samples(layout),
        account::samples(layout),
        staff::samples(layout),
    ];
    all.into_iter().flatten().collect()
}

/// From where a request comes, as guesses are counted.
struct From(Caller);

impl FromRequestParts<Service> for From {
    type Rejection = PageFault;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, PageFault> {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let connected = connected.map(|ConnectInfo(address)| address.ip());
        // Whatever else stands in the header was written by whoever asked; the last is the proxy's own.
        let forwarded = || {
            let last = parts.headers.get_all("x-forwarded-for").into_iter().next_back()?;
            last.to_str().ok()?.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
        };
        let is_behind = service.app.sign_in().is_behind_proxy;
        let address = if is_behind { forwarded().or(connected) } else { connected };
        Ok(Self(Caller::new(address, agent(&parts.headers))))
    }
}

fn agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("")
}

/// Where to go on, from the query or a form: an address of this server alone.
fn next_of(visit: &Visit) -> String {
    own_address(&query(visit, "next"), HOME).to_owned()
}

/// What stands under a name in the query.
fn query(visit: &Visit, name: &str) -> String {
    let query = visit.here.split_once('?').map_or("", |(_, query)| query);
    let found = form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// An address with where to go on from there.
fn with_next(path: &str, next: &str) -> String {
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("{path}?next={next}")
}

/// The browser gets the session's token, and goes on. A session that it had before ends.
async fn signed_in(
    service: &Service,
    visit: &Visit,
    headers: &HeaderMap,
    token: &str,
    next: &str,
) -> Answer {
    if let Some(old) = cookie(headers, STAFF_COOKIE).filter(|old| *old != token) {
        service.app.end_session(old).await?;
    }
    let cookies = [
        (header::SET_COOKIE, set_cookie(&visit.merchant, STAFF_COOKIE, token, None)),
        (header::SET_COOKIE, forgotten(visit, HALF_COOKIE)),
        (header::SET_COOKIE, forgotten(visit, VISIT_COOKIE)),
    ];
    Ok((AppendHeaders(cookies), Redirect::to(next)).into_response())
}

/// After the first half: in, or on to the second.
async fn after(
    service: &Service,
    visit: &Visit,
    headers: &HeaderMap,
    step: FirstStep,
    next: &str,
) -> Answer {
    match step {
        FirstStep::SignedIn(token) => signed_in(service, visit, headers, &token, next).await,
        FirstStep::SecondFactor(second) => {
            let half = set_cookie(&visit.merchant, HALF_COOKIE, &second.token, Some(STEP_SECONDS));
            let to = Redirect::to(&with_next(second::SECOND, next));
            Ok((AppendHeaders([(header::SET_COOKIE, half)]), to).into_response())
        }
    }
}

fn forgotten(visit: &Visit, name: &str) -> HeaderValue {
    set_cookie(&visit.merchant, name, "", Some(0))
}

/// To where one proves who one is, and back.
fn prove_first(next: &str) -> Response {
    Redirect::to(&with_next(PROVE, next)).into_response()
}

/// What went wrong, in the reader's words, for beside a form; or a page of its own.
fn said(visit: &Visit, error: SignInError) -> Result<String, PageFault> {
    let text = match error {
        SignInError::Wrong => w::sign_in_wrong(visit),
        SignInError::Later { at } => {
            let seconds = at.duration_since(visit.now).as_secs().max(1);
            w::sign_in_later(visit, seconds)
        }
        SignInError::Busy => w::sign_in_busy(visit),
        SignInError::Over => w::sign_in_over(visit),
        SignInError::NoPasskeysHere => w::passkeys_not_here(visit),
        SignInError::TooMany => w::passkeys_too_many(visit),
        SignInError::ProofNeeded => return Err(PageFault::ProofNeeded),
        SignInError::People(error) => return people(visit, error),
        SignInError::SingleSignOn(error) => single_sign_on(visit, &error),
        SignInError::Secret(what) => return Err(PageFault::mistake(&what)),
        SignInError::Database(error) => return Err(error.into()),
    };
    Ok(text.into_owned())
}

fn people(visit: &Visit, error: PeopleError) -> Result<String, PageFault> {
    let text = match error {
        PeopleError::Password => w::password_length(
            visit,
            backhaul_app::PASSWORD_CHARS_MIN,
            backhaul_app::PASSWORD_CHARS_MAX,
        ),
        PeopleError::WeakPassword(Weakness::Common) => w::password_common(visit),
        PeopleError::WeakPassword(Weakness::Guessable) => w::password_guessable(visit),
        PeopleError::Name(_) => w::staff_name_wrong(visit, backhaul_app::KEY_NAME_CHARS_MAX),
        PeopleError::Taken(name) => w::staff_taken(visit, name),
        PeopleError::LastOwner => w::staff_last_owner(visit),
        PeopleError::Unknown(_) => return Err(PageFault::NotFound),
        error => return Err(error.into()),
    };
    Ok(text.into_owned())
}

fn single_sign_on(visit: &Visit, error: &SingleSignOnError) -> std::borrow::Cow<'static, str> {
    tracing::warn!(error = %error, "single sign-on failed");
    match error {
        SingleSignOnError::NotSetUp | SingleSignOnError::Unavailable(_) => {
            w::single_unavailable(visit)
        }
        SingleSignOnError::Untrusted(_) => w::single_untrusted(visit),
        SingleSignOnError::NotAllowed => w::single_not_allowed(visit),
        SingleSignOnError::NotLinked => w::single_not_linked(visit),
    }
}
