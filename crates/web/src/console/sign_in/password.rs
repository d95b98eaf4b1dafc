//! Staff sign in with name and password, and out.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use backhaul_language::words as w;

use super::{From, HOME, after, forgotten, next_of, said};
use crate::Service;
use crate::console::appearance::own_address;
use crate::pages::form::{Faults, Fields};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::visit::{SIGN_IN, STAFF_COOKIE, cookie};
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get(SIGN_IN, Reader::Anyone, show),
        Page::post(SIGN_IN, Reader::Anyone, sign_in),
        Page::post("/desk/sign-out", Reader::Staff, sign_out),
    ]
}

#[derive(askama::Template)]
#[template(path = "console/sign_in/password.html")]
struct SignInPage {
    layout: Layout,
    faults: Faults,
    name: String,
    next: String,
    /// What else there is to sign in by.
    has_passkeys: bool,
    has_single: bool,
    /// Whether there is nobody yet who could sign in.
    is_first_start: bool,
}

/// The page, with what went wrong before.
pub(super) async fn page(
    service: &Service,
    visit: &Visit,
    faults: Faults,
    name: &str,
    next: String,
) -> Answer {
    let is_first_start = service.app.staff().await?.is_empty();
    draw(&SignInPage {
        layout: Layout::of(visit, &w::sign_in_title(visit)),
        faults,
        name: name.to_owned(),
        next,
        has_passkeys: service.app.relying_party().is_some(),
        has_single: service.app.single_sign_on().is_some(),
        is_first_start,
    })
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let next = next_of(&visit);
    page(&service, &visit, Faults::default(), "", next).await
}

async fn sign_in(
    State(service): State<Service>,
    visit: Visit,
    From(caller): From,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    let (name, next) = (fields.text("name"), own_address(fields.text("next"), HOME));
    let password = fields.exact("password");
    match service.app.sign_in_with_password(name, password, &caller).await {
        Ok(step) => after(&service, &visit, &headers, step, next).await,
        Err(error) => {
            let mut faults = Faults::default();
            faults.add("name", said(&visit, error)?);
            page(&service, &visit, faults, name, next.to_owned()).await
        }
    }
}

async fn sign_out(State(service): State<Service>, visit: Visit, headers: HeaderMap) -> Answer {
    if let Some(token) = cookie(&headers, STAFF_COOKIE) {
        service.app.end_session(token).await?;
    }
    let next = Redirect::to(&Notice::SignedOut.at(SIGN_IN));
    let cookie = forgotten(&visit, STAFF_COOKIE);
    // What the browser still keeps of the pages goes, too.
    let headers = [
        (header::SET_COOKIE, cookie),
        (
            header::HeaderName::from_static("clear-site-data"),
            axum::http::HeaderValue::from_static("\"cache\""),
        ),
    ];
    Ok::<_, PageFault>((AppendHeaders(headers), next).into_response())
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let page = |faults, is_first_start| SignInPage {
        layout: layout("Sign in"),
        faults,
        name: "ada".to_owned(),
        next: HOME.to_owned(),
        has_passkeys: true,
        has_single: true,
        is_first_start,
    };
    let mut wrong = Faults::default();
    wrong.add("name", w::sign_in_wrong(layout("")));
    vec![
        sample("console-sign-in", &page(Faults::default(), false)),
        sample("console-sign-in-wrong", &page(wrong, false)),
        sample("console-sign-in-first-start", &page(Faults::default(), true)),
    ]
}
