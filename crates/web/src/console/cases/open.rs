//! A case for a buyer who phoned, wrote or came by: the order is found, and the claim is the buyer's own form, filled in by a
//! member of staff. A note in the case says who opened it, and by which way it was reported.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use backhaul_app::{DoorError, Once, OrderView, Request, Right, SEARCH_CHARS_MAX};
use backhaul_core::ledger::command::{Speaker, WriteMessage};
use backhaul_core::ledger::{CaseId, TextId};
use backhaul_core::policy::Policy;
use backhaul_language::words as w;
use std::sync::Arc;

use super::case_href;
use super::search::{OrderFound, order_found};
use crate::Service;
use crate::pages::address::asked;
use crate::pages::form::{Faults, Fields, new_once};
use crate::pages::gallery::{Sample, sample};
use crate::pages::layout::encoded;
use crate::pages::notice::Notice;
use crate::pages::upload::{UPLOAD_BYTES_MAX, Upload};
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};
use crate::portal::claim::{ClaimPart, Drawing, Places, Sent};
use crate::portal::claim_form::{ClaimForm, UNITS_MAX};
use crate::portal::order::{self, LineShown};
use crate::portal::{claim_page, picture, samples as portal_samples};

const OPEN: &str = "/desk/open";

pub(super) fn pages() -> Vec<Page> {
    let guides = Reader::With(Right::WriteAnswers);
    vec![
        Page::get(OPEN, guides, find),
        Page::get("/desk/open/{order}", guides, choose),
        Page::get("/desk/open/{order}/claim", guides, show),
        Page::post("/desk/open/{order}/claim", guides, send).with_body(UPLOAD_BYTES_MAX),
        Page::post("/desk/open/{order}/answer", guides, answer),
        Page::post("/desk/open/{order}/picture", guides, keep)
            .with_body(picture::ONE_FILE_BYTES_MAX),
    ]
}

/// Where an order's case is opened.
fn open_href(order: &str) -> String {
    format!("{OPEN}/{}", encoded(order))
}

#[derive(askama::Template)]
#[template(path = "console/cases/open_find.html")]
struct FindPage {
    layout: Layout,
    text: String,
    orders: Vec<OrderFound>,
    is_cut: bool,
}

#[derive(askama::Template)]
#[template(path = "console/cases/open_order.html")]
struct OrderPage {
    layout: Layout,
    lines: Vec<LineShown>,
    has_choice: bool,
    claim_path: String,
    case_path: &'static str,
}

#[derive(askama::Template)]
#[template(path = "console/cases/open_claim.html")]
struct OpenPage {
    layout: Layout,
    order: String,
    back: String,
    form: ClaimPart,
}

async fn find(State(service): State<Service>, visit: Visit) -> Answer {
    let text = asked(&visit, "q").unwrap_or_default();
    let has_buyers = visit.has(Right::ManageBuyers);
    let text: String = text.chars().take(SEARCH_CHARS_MAX).collect();
    let found = service.app.search(&text, has_buyers).await?;
    if let [only] = found.orders.as_slice()
        && !found.is_cut
    {
        return Ok(Redirect::to(&open_href(&only.number)).into_response());
    }
    let mut orders = Vec::new();
    for place in &found.orders {
        let href = open_href(&place.number);
        orders.push(order_found(&service, &place.number, href, has_buyers).await?);
    }
    let layout = Layout::of(&visit, &w::open_title(&visit));
    draw(&FindPage { layout, text, orders, is_cut: found.is_cut })
}

/// The order and the policy that judges it.
async fn order_of(service: &Service, order: &str) -> Result<(OrderView, Arc<Policy>), PageFault> {
    let view = service.app.order(order).await?.ok_or(PageFault::NotFound)?;
    let policy = service.app.policy_of(&view)?;
    Ok((view, policy))
}

async fn choose(State(service): State<Service>, visit: Visit, Path(order): Path<String>) -> Answer {
    let (view, policy) = order_of(&service, &order).await?;
    let lines = order::lines(&service, &visit, &view, &policy)?;
    draw(&OrderPage {
        layout: Layout::of(&visit, &w::open_for(&visit, &view.order.number)),
        has_choice: order::has_choice(&lines),
        lines,
        claim_path: format!("{}/claim", open_href(&view.order.number)),
        case_path: "/desk/cases/",
    })
}

fn drawing<'a>(
    service: &'a Service,
    visit: &'a Visit,
    view: &'a OrderView,
    policy: &'a Policy,
) -> Drawing<'a> {
    let href = open_href(&view.order.number);
    let places = Places {
        claim: format!("{href}/claim"),
        answer: format!("{href}/answer"),
        picture: format!("{href}/picture"),
        look: picture::LOOK_OF_STAFF,
        is_of_staff: true,
    };
    Drawing { service, visit, view, policy, places }
}

fn page(visit: &Visit, order: &str, form: ClaimPart) -> OpenPage {
    let layout = Layout::of(visit, &w::open_for(visit, order));
    OpenPage { layout, order: order.to_owned(), back: open_href(order), form }
}

async fn show(State(service): State<Service>, visit: Visit, Path(order): Path<String>) -> Answer {
    let (view, policy) = order_of(&service, &order).await?;
    let query = visit.here.split_once('?').map_or("", |(_, query)| query);
    let fields = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let form = ClaimForm::read(&Fields::of(fields), &view, &policy);
    if form.units.is_empty() || form.units.len() > UNITS_MAX {
        return Ok(Redirect::to(&open_href(&order)).into_response());
    }
    let drawn = drawing(&service, &visit, &view, &policy);
    let part = drawn.part(&form, Faults::default(), new_once()?, Vec::new(), false).await?;
    draw(&page(&visit, &order, part))
}

async fn answer(
    State(service): State<Service>,
    visit: Visit,
    Path(order): Path<String>,
    fields: Fields,
) -> Answer {
    let (view, policy) = order_of(&service, &order).await?;
    let form = ClaimForm::read(&fields, &view, &policy);
    draw(&drawing(&service, &visit, &view, &policy).answer(&form)?)
}

async fn keep(
    State(service): State<Service>,
    visit: Visit,
    Path(order): Path<String>,
    upload: Upload,
) -> Answer {
    let (view, policy) = order_of(&service, &order).await?;
    let number = &view.order.number;
    let look = picture::LOOK_OF_STAFF;
    draw(&picture::kept(&service, &visit, number, &policy, upload, look).await?)
}

async fn send(
    State(service): State<Service>,
    visit: Visit,
    Path(order): Path<String>,
    upload: Upload,
) -> Answer {
    let (view, policy) = order_of(&service, &order).await?;
    let drawn = drawing(&service, &visit, &view, &policy);
    match drawn.send(&upload).await? {
        Sent::Opened(case) => {
            note(&service, &visit, &view, &case, &upload.fields).await?;
            let next = Notice::OpenedForBuyer.at(&case_href(&case));
            Ok(Redirect::to(&next).into_response())
        }
        Sent::NotYet(form) => draw(&page(&visit, &order, *form)),
    }
}

/// Says in the case who opened it, and how it was reported: the event of opening knows no person. Sent again, the form adds
/// what was not written yet.
async fn note(
    service: &Service,
    visit: &Visit,
    view: &OrderView,
    case: &CaseId,
    fields: &Fields,
) -> Result<(), PageFault> {
    let once = fields.once(visit)?;
    let channel = claim_page::channel(visit, fields.text("channel"));
    let words = w::open_note(visit, channel, visit.staff_id().unwrap_or_default()).into_owned();
    let text = TextId::new(&format!("opened-{}", once.key)).map_err(|_| PageFault::Malformed)?;
    let command = WriteMessage {
        case: case.clone(),
        from: Speaker::Staff,
        text: text.clone(),
        internal: true,
    };
    let request = Request {
        texts: vec![(text, words)],
        once: Some(Once { key: format!("{}-note", once.key), ..once }),
        ..Request::new(visit.who()?, &view.order.number, command.into())
    };
    match service.app.ask(request).await {
        // The case is open whatever becomes of the note; a second one would say nothing new.
        Ok(_) | Err(DoorError::KeyReused | DoorError::Refused(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let find = |text: &str, orders: Vec<OrderFound>| FindPage {
        layout: layout(&w::open_title(layout(""))),
        text: text.to_owned(),
        is_cut: orders.len() > 1,
        orders,
    };
    let claim = |verdict| {
        let places = Places {
            claim: "/desk/open/SO-1001/claim".to_owned(),
            answer: "/desk/open/SO-1001/answer".to_owned(),
            picture: "/desk/open/SO-1001/picture".to_owned(),
            look: picture::LOOK_OF_STAFF,
            is_of_staff: true,
        };
        OpenPage {
            layout: layout(&w::open_for(layout(""), "SO-1001")),
            order: "SO-1001".to_owned(),
            back: "/desk/open/SO-1001".to_owned(),
            form: portal_samples::claim_part(layout, verdict, places),
        }
    };
    let found = || super::search::sample_order(layout);
    vec![
        sample("console-open-find", &find("", Vec::new())),
        sample("console-open-find-many", &find("SO-1", vec![found(), found()])),
        sample("console-open-find-none", &find("SO-9", Vec::new())),
        sample("console-open-claim-wrong", &claim(None)),
        sample("console-open-claim", &claim(Some(backhaul_core::words::Verdict::Accepted))),
    ]
}
