//! A member of staff proves once more who it is, before what a stolen session must not do.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use backhaul_app::sign_in::{SignInError, Ways};
use backhaul_language::words as w;

use super::{From, HOME, PROVE, next_of, said};
use crate::Service;
use crate::console::appearance::own_address;
use crate::pages::address::asked;
use crate::pages::form::{Faults, Fields};
use crate::pages::gallery::{Sample, sample};
use crate::pages::visit::{STAFF_COOKIE, set_cookie};
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get(PROVE, Reader::Staff, show),
        Page::post(PROVE, Reader::Staff, prove),
        Page::post("/desk/prove/passkey", Reader::Staff, prove_with_passkey),
    ]
}

#[derive(askama::Template)]
#[template(path = "console/sign_in/prove.html")]
struct ProvePage {
    layout: Layout,
    faults: Faults,
    next: String,
    ways: Ways,
    has_passkeys: bool,
    has_single: bool,
    /// An amount needs more than a password, and there is nothing more yet.
    needs_more: bool,
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let next = next_of(&visit);
    page(&service, &visit, Faults::default(), next).await
}

async fn page(service: &Service, visit: &Visit, faults: Faults, next: String) -> Answer {
    let staff = visit.staff_id().ok_or(PageFault::SignInFirst)?;
    let ways = service.app.ways_of(staff).await?;
    let has_single = ways.is_none() && service.app.single_sign_on().is_some();
    let is_for_amount = asked(visit, "for").as_deref() == Some("amount");
    draw(&ProvePage {
        layout: Layout::of(visit, &w::prove_title(visit)),
        faults,
        next,
        ways,
        has_passkeys: ways.passkey && service.app.relying_party().is_some(),
        has_single,
        needs_more: ways.is_none() && !has_single && is_for_amount,
    })
}

async fn prove(
    State(service): State<Service>,
    visit: Visit,
    From(caller): From,
    _: HeaderMap,
    fields: Fields,
) -> Answer {
    let session = visit.session.as_ref().ok_or(PageFault::SignInFirst)?;
    let (password, code) = (fields.exact("password"), fields.text("code"));
    let done = service.app.prove_with_password(session, password, code, &caller).await;
    proved(&service, &visit, &fields, done).await
}

async fn prove_with_passkey(
    State(service): State<Service>,
    visit: Visit,
    fields: Fields,
) -> Answer {
    let session = visit.session.as_ref().ok_or(PageFault::SignInFirst)?;
    let (ceremony, answer) = (fields.text("ceremony"), fields.text("answer"));
    let done = service.app.prove_with_passkey(session, ceremony, answer).await;
    proved(&service, &visit, &fields, done).await
}

async fn proved(
    service: &Service,
    visit: &Visit,
    fields: &Fields,
    done: Result<String, SignInError>,
) -> Answer {
    let next = own_address(fields.text("next"), HOME);
    match done {
        Ok(token) => {
            let cookie = set_cookie(&visit.merchant, STAFF_COOKIE, &token, None);
            let cookies = AppendHeaders([(header::SET_COOKIE, cookie)]);
            Ok((cookies, Redirect::to(next)).into_response())
        }
        Err(error) => {
            let mut faults = Faults::default();
            let text = match error {
                SignInError::Wrong => w::prove_wrong(visit).into_owned(),
                error => said(visit, error)?,
            };
            faults.add("password", text);
            page(service, visit, faults, next.to_owned()).await
        }
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let page = |ways: Ways| ProvePage {
        layout: layout("Prove who you are"),
        faults: Faults::default(),
        next: HOME.to_owned(),
        ways,
        has_passkeys: ways.passkey,
        has_single: ways.is_none(),
        needs_more: false,
    };
    let more = ProvePage { needs_more: true, ..page(Ways::default()) };
    vec![
        sample("console-prove-more", &more),
        sample("console-prove", &page(Ways { totp: true, passkey: true, recovery: true })),
        sample("console-prove-password", &page(Ways::default())),
    ]
}
