//! Where a buyer begins: the order's number and its e-mail address, then a code that goes to that address.
//!
//! A pair that fits no order is answered as one that does, with the same page after the same work.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use backhaul_app::sessions::SignedIn;
use backhaul_app::{CODE_LASTS, CodeAsked, CodeTried, CodeWanted, Email, ORDER_NUMBER_CHARS_MAX};
use backhaul_language::words as w;

use crate::Service;
use crate::pages::client::Client;
use crate::pages::form::{Faults, Fields};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::visit::{BUYER_COOKIE, START, cookie, set_cookie};
use crate::pages::{Answer, Layout, Page, Reader, Visit, draw};

/// Where the code is typed.
const CODE: &str = "/code";
/// The cookie that shows which code is meant.
const ATTEMPT_COOKIE: &str = "bh_code";

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get(START, Reader::Anyone, show),
        Page::post(START, Reader::Anyone, ask),
        Page::get(CODE, Reader::Anyone, show_code),
        Page::post(CODE, Reader::Anyone, try_code),
        Page::post("/leave", Reader::Buyer, leave),
    ]
}

#[derive(askama::Template)]
#[template(path = "portal/start.html")]
struct StartPage {
    layout: Layout,
    faults: Faults,
    order: String,
    email: String,
}

#[derive(askama::Template)]
#[template(path = "portal/code.html")]
struct CodePage {
    layout: Layout,
    faults: Faults,
    minutes: i64,
}

async fn show(visit: Visit) -> Answer {
    // Whoever is signed in comes to the order; another one is begun by leaving first.
    if visit.buyer_order().is_ok() && !visit.here.contains('?') {
        return Ok(Redirect::to(super::order::ORDER).into_response());
    }
    let order = super::query(&visit, "order").unwrap_or_default();
    draw(&start_page(&visit, Faults::default(), &order, ""))
}

fn start_page(visit: &Visit, faults: Faults, order: &str, email: &str) -> StartPage {
    StartPage {
        layout: Layout::of(visit, &w::start_title(visit)),
        faults,
        order: order.to_owned(),
        email: email.to_owned(),
    }
}

async fn ask(
    State(service): State<Service>,
    visit: Visit,
    client: Client,
    fields: Fields,
) -> Answer {
    let (order, email) = (fields.text("order"), fields.text("email"));
    let mut faults = Faults::default();
    let is_number = (1..=ORDER_NUMBER_CHARS_MAX).contains(&order.chars().count())
        && !order.chars().any(char::is_control);
    if !is_number {
        faults.add("order", w::start_order_wrong(&visit));
    }
    let address = Email::new(email);
    if address.is_err() {
        faults.add("email", w::start_email_wrong(&visit));
    }
    let (true, Ok(address)) = (faults.is_empty(), address) else {
        return draw(&start_page(&visit, faults, order, email));
    };
    let wanted = CodeWanted {
        number: order.to_owned(),
        email: address,
        language: visit.language.tag().to_owned(),
        client: client.0,
    };
    match service.app.ask_for_code(wanted).await? {
        CodeAsked::Begun { attempt } => {
            let age = CODE_LASTS.as_secs();
            let cookie = set_cookie(&visit.merchant, ATTEMPT_COOKIE, &attempt, Some(age));
            let headers = AppendHeaders([(header::SET_COOKIE, cookie)]);
            Ok((headers, Redirect::to(CODE)).into_response())
        }
        CodeAsked::TooMany => {
            faults.add("order", w::start_too_many(&visit));
            too_many(draw(&start_page(&visit, faults, order, email))?)
        }
    }
}

/// Too many of it: nobody learns from this whether there is such an order, since whatever is asked for is counted alike.
fn too_many(mut page: Response) -> Answer {
    *page.status_mut() = axum::http::StatusCode::TOO_MANY_REQUESTS;
    Ok(page)
}

fn code_page(visit: &Visit, faults: Faults) -> CodePage {
    CodePage {
        layout: Layout::of(visit, &w::code_title(visit)),
        faults,
        minutes: CODE_LASTS.as_mins(),
    }
}

async fn show_code(visit: Visit, headers: HeaderMap) -> Answer {
    if cookie(&headers, ATTEMPT_COOKIE).is_none() {
        return Ok(Redirect::to(START).into_response());
    }
    draw(&code_page(&visit, Faults::default()))
}

async fn try_code(
    State(service): State<Service>,
    visit: Visit,
    client: Client,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    let Some(attempt) = cookie(&headers, ATTEMPT_COOKIE) else {
        return Ok(Redirect::to(START).into_response());
    };
    let tried = service.app.try_code(attempt, fields.text("code"), client.0).await?;
    let fault = match tried {
        CodeTried::Right { order } => return enter(&service, &visit, &headers, order).await,
        CodeTried::Wrong => w::code_wrong(&visit),
        CodeTried::Over => w::code_over(&visit),
        CodeTried::TooMany => w::start_too_many(&visit),
    };
    let mut faults = Faults::default();
    faults.add("code", fault);
    let page = draw(&code_page(&visit, faults))?;
    if tried == CodeTried::TooMany { too_many(page) } else { Ok(page) }
}

async fn enter(service: &Service, visit: &Visit, headers: &HeaderMap, order: String) -> Answer {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("");
    let token = service.app.begin_session(&SignedIn::Buyer { order }, agent).await?;
    let cookies = [
        (header::SET_COOKIE, set_cookie(&visit.merchant, BUYER_COOKIE, &token, None)),
        (header::SET_COOKIE, set_cookie(&visit.merchant, ATTEMPT_COOKIE, "", Some(0))),
    ];
    Ok((AppendHeaders(cookies), Redirect::to(super::order::ORDER)).into_response())
}

async fn leave(State(service): State<Service>, visit: Visit, headers: HeaderMap) -> Answer {
    if let Some(token) = cookie(&headers, BUYER_COOKIE) {
        service.app.end_session(token).await?;
    }
    let cookie = set_cookie(&visit.merchant, BUYER_COOKIE, "", Some(0));
    let next = Redirect::to(&Notice::SignedOut.at(START));
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), next).into_response())
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let start = |faults, order: &str, email: &str| StartPage {
        layout: Layout { signed_in_as: None, ..layout(&w::start_title(layout(""))) },
        faults,
        order: order.to_owned(),
        email: email.to_owned(),
    };
    let code = |faults| CodePage {
        layout: Layout { signed_in_as: None, ..layout(&w::code_title(layout(""))) },
        faults,
        minutes: 10,
    };
    let (mut wrong, mut over) = (Faults::default(), Faults::default());
    wrong.add("order", w::start_order_wrong(layout("")));
    wrong.add("email", w::start_email_wrong(layout("")));
    over.add("code", w::code_wrong(layout("")));
    vec![
        sample("portal-start", &start(Faults::default(), "", "")),
        sample("portal-start-wrong", &start(wrong, "", "nobody")),
        sample("portal-code", &code(Faults::default())),
        sample("portal-code-wrong", &code(over)),
    ]
}
