//! The second half of signing in: a code, or a passkey.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::sign_in::{SignInError, Ways};
use backhaul_language::words as w;

use super::{From, HALF_COOKIE, HOME, next_of, said, signed_in, with_next};
use crate::Service;
use crate::console::appearance::own_address;
use crate::pages::form::{Faults, Fields};
use crate::pages::gallery::{Sample, sample};
use crate::pages::visit::{SIGN_IN, cookie};
use crate::pages::{Answer, Layout, Page, Reader, Visit, draw};

pub(super) const SECOND: &str = "/desk/sign-in/second";

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get(SECOND, Reader::Anyone, show),
        Page::post(SECOND, Reader::Anyone, finish),
        Page::post("/desk/sign-in/second/passkey", Reader::Anyone, finish_with_passkey),
    ]
}

#[derive(askama::Template)]
#[template(path = "console/sign_in/second.html")]
struct SecondPage {
    layout: Layout,
    faults: Faults,
    next: String,
    ways: Ways,
    has_passkeys: bool,
}

async fn show(State(service): State<Service>, visit: Visit, headers: HeaderMap) -> Answer {
    let next = next_of(&visit);
    page(&service, &visit, &headers, Faults::default(), next).await
}

async fn page(
    service: &Service,
    visit: &Visit,
    headers: &HeaderMap,
    faults: Faults,
    next: String,
) -> Answer {
    let half = cookie(headers, HALF_COOKIE).unwrap_or_default();
    let Some(ways) = service.app.second_half(half).await? else {
        return Ok(Redirect::to(&with_next(SIGN_IN, &next)).into_response());
    };
    let layout = Layout::of(visit, &w::second_title(visit));
    let has_passkeys = ways.passkey && service.app.relying_party().is_some();
    draw(&SecondPage { layout, faults, next, ways, has_passkeys })
}

async fn finish(
    State(service): State<Service>,
    visit: Visit,
    From(caller): From,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    let half = cookie(&headers, HALF_COOKIE).unwrap_or_default();
    let done = service.app.finish_with_code(half, fields.text("code"), &caller).await;
    ended(&service, &visit, &headers, &fields, done).await
}

async fn finish_with_passkey(
    State(service): State<Service>,
    visit: Visit,
    From(caller): From,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    let half = cookie(&headers, HALF_COOKIE).unwrap_or_default();
    let (ceremony, answer) = (fields.text("ceremony"), fields.text("answer"));
    let done = service.app.finish_with_passkey(half, ceremony, answer, &caller).await;
    ended(&service, &visit, &headers, &fields, done).await
}

async fn ended(
    service: &Service,
    visit: &Visit,
    headers: &HeaderMap,
    fields: &Fields,
    done: Result<String, SignInError>,
) -> Answer {
    let next = own_address(fields.text("next"), HOME);
    match done {
        Ok(token) => signed_in(service, visit, headers, &token, next).await,
        Err(error) => {
            let mut faults = Faults::default();
            let text = match error {
                SignInError::Wrong => w::second_wrong(visit).into_owned(),
                error => said(visit, error)?,
            };
            faults.add("code", text);
            page(service, visit, headers, faults, next.to_owned()).await
        }
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let page = |faults, totp| SecondPage {
        layout: layout("Second step"),
        faults,
        next: HOME.to_owned(),
        ways: Ways { totp, passkey: true, recovery: true },
        has_passkeys: true,
    };
    let mut wrong = Faults::default();
    wrong.add("code", w::second_wrong(layout("")));
    vec![
        sample("console-second", &page(Faults::default(), true)),
        sample("console-second-wrong", &page(wrong, true)),
        sample("console-second-passkey", &page(Faults::default(), false)),
    ]
}
