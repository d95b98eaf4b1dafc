//! The merchant's own sign-in: there, and back.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use backhaul_app::sign_in::{SignInError, SingleSignOnError};

use super::{From, HOME, STEP_SECONDS, VISIT_COOKIE, prove_first, query, said, signed_in};
use crate::Service;
use crate::console::appearance::own_address;
use crate::pages::form::{Faults, Fields};
use crate::pages::visit::{cookie, set_cookie};
use crate::pages::{Answer, Page, PageFault, Reader, Visit};

/// What parts the state of a visit from where to go on, in its cookie.
const PART: char = '|';

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::post("/desk/sign-in/single", Reader::Anyone, go),
        Page::post("/desk/account/link", Reader::Staff, link),
        Page::get("/desk/sign-in/single/back", Reader::Anyone, back),
    ]
}

async fn go(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let next = own_address(fields.text("next"), HOME).to_owned();
    begin(&service, &visit, false, &next).await
}

async fn link(State(service): State<Service>, visit: Visit) -> Answer {
    begin(&service, &visit, true, super::account::ACCOUNT).await
}

async fn begin(service: &Service, visit: &Visit, links: bool, next: &str) -> Answer {
    let port = service.app.single_sign_on().ok_or(PageFault::NotFound)?;
    // It blocks: it may ask the other side what it is.
    let begun = tokio::task::spawn_blocking(move || port.begin()).await;
    let begun = begun.map_err(|error| PageFault::mistake(&error))?;
    let session = visit.session.as_ref().filter(|_| links);
    let begun = match begun {
        Ok(begun) => service.app.begin_visit(&begun, session).await.map(|()| begun),
        Err(error) => Err(SignInError::SingleSignOn(error)),
    };
    match begun {
        Ok(begun) => {
            // The browser that comes back is the one that left: its cookie says so.
            let value = format!("{}{PART}{next}", begun.state);
            let cookie = set_cookie(&visit.merchant, VISIT_COOKIE, &value, Some(STEP_SECONDS));
            let cookies = AppendHeaders([(header::SET_COOKIE, cookie)]);
            Ok((cookies, Redirect::to(&begun.address)).into_response())
        }
        Err(SignInError::ProofNeeded) => Ok(prove_first(next)),
        Err(error) => failed(service, visit, error).await,
    }
}

async fn back(
    State(service): State<Service>,
    visit: Visit,
    From(caller): From,
    headers: HeaderMap,
) -> Answer {
    let kept = cookie(&headers, VISIT_COOKIE).and_then(|kept| kept.split_once(PART));
    let (state, code) = (query(&visit, "state"), query(&visit, "code"));
    let Some((known, next)) = kept.filter(|(known, _)| *known == state && !state.is_empty()) else {
        return failed(&service, &visit, SignInError::Over).await;
    };
    let done = arrive(&service, known, &code, &caller).await;
    match done {
        Ok(token) => {
            let next = own_address(next, HOME).to_owned();
            signed_in(&service, &visit, &headers, &token, &next).await
        }
        Err(error) => failed(&service, &visit, error).await,
    }
}

async fn arrive(
    service: &Service,
    state: &str,
    code: &str,
    caller: &backhaul_app::sign_in::Caller,
) -> Result<String, SignInError> {
    let (kept, links) = service.app.end_visit(state).await?;
    let port = service.app.single_sign_on().ok_or(SingleSignOnError::NotSetUp)?;
    let code = code.to_owned();
    let finished = tokio::task::spawn_blocking(move || port.finish(&kept, &code)).await;
    let visitor = finished.map_err(|error| SignInError::Secret(error.to_string()))??;
    service.app.sign_in_visitor(visitor, links, caller).await
}

async fn failed(service: &Service, visit: &Visit, error: SignInError) -> Answer {
    let mut faults = Faults::default();
    faults.add("single", said(visit, error)?);
    super::password::page(service, visit, faults, "", HOME.to_owned()).await
}
