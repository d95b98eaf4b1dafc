//! Staff sign in with name and password, and out.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use backhaul_language::words as w;
use form_urlencoded::parse;

use super::appearance::own_address;
use crate::Service;
use crate::pages::form::{Faults, Fields};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::visit::{SIGN_IN, STAFF_COOKIE, cookie, set_cookie};
use crate::pages::{Answer, Layout, Page, Reader, Visit, draw};

/// Where whoever signed in goes.
const HOME: &str = "/desk";

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get(SIGN_IN, Reader::Anyone, show),
        Page::post(SIGN_IN, Reader::Anyone, sign_in),
        Page::post("/desk/sign-out", Reader::Staff, sign_out),
    ]
}

#[derive(askama::Template)]
#[template(path = "console/sign_in.html")]
struct SignInPage {
    layout: Layout,
    faults: Faults,
    name: String,
    next: String,
}

async fn show(visit: Visit) -> Answer {
    let query = visit.here.split_once('?').map_or("", |(_, query)| query);
    let next = parse(query.as_bytes()).find(|(name, _)| name == "next");
    let next =
        next.map_or_else(|| HOME.to_owned(), |(_, next)| own_address(&next, HOME).to_owned());
    draw(&page(&visit, Faults::default(), "", next))
}

fn page(visit: &Visit, faults: Faults, name: &str, next: String) -> SignInPage {
    SignInPage {
        layout: Layout::of(visit, &w::sign_in_title(visit)),
        faults,
        name: name.to_owned(),
        next,
    }
}

async fn sign_in(
    State(service): State<Service>,
    visit: Visit,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    let (name, next) = (fields.text("name"), own_address(fields.text("next"), HOME));
    let Some(signed_in) = service.app.sign_in_staff(name, fields.text("password")).await? else {
        let mut faults = Faults::default();
        faults.add("name", w::sign_in_wrong(&visit));
        return draw(&page(&visit, faults, name, next.to_owned()));
    };
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("");
    let token = service.app.begin_session(&signed_in, agent).await?;
    let cookie = set_cookie(&visit.merchant, STAFF_COOKIE, &token, None);
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(next)).into_response())
}

async fn sign_out(State(service): State<Service>, visit: Visit, headers: HeaderMap) -> Answer {
    if let Some(token) = cookie(&headers, STAFF_COOKIE) {
        service.app.end_session(token).await?;
    }
    let cookie = set_cookie(&visit.merchant, STAFF_COOKIE, "", Some(0));
    let next = Redirect::to(&Notice::SignedOut.at(SIGN_IN));
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), next).into_response())
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let page = |faults| SignInPage {
        layout: layout("Sign in"),
        faults,
        name: "ada".to_owned(),
        next: HOME.to_owned(),
    };
    let mut wrong = Faults::default();
    wrong.add("name", w::sign_in_wrong(layout("")));
    vec![
        sample("console-sign-in", &page(Faults::default())),
        sample("console-sign-in-wrong", &page(wrong)),
    ]
}
