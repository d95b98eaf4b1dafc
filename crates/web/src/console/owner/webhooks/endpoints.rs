//! The endpoints: adding one, its secret once, switching it, and removing it.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::webhooks::{
    EndpointView, OLD_SECRET_LASTS, Standing, kind_of_type, type_of_kind,
};
use backhaul_app::{App, Right};
use backhaul_core::ledger::EventKind;
use backhaul_language::{Speaks, terms, words as w};
use jiff::Timestamp;

use super::{DELIVERIES, WEBHOOKS, ask, said};
use crate::Service;
use crate::pages::address::part;
use crate::pages::form::{Faults, Fields};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

pub(super) fn pages() -> Vec<Page> {
    let owner = Reader::With(Right::ManageWebhooks);
    vec![
        Page::get(WEBHOOKS, owner, show),
        Page::post("/desk/webhooks/add", owner, add),
        Page::post("/desk/webhooks/switch", owner, switch),
        Page::post("/desk/webhooks/rotate", owner, rotate),
        Page::post("/desk/webhooks/remove", owner, remove),
    ]
}

/// One endpoint.
struct Row {
    id: String,
    url: String,
    /// The types that it gets; empty for all.
    types: String,
    standing: String,
    is_on: bool,
    created_at: Timestamp,
    /// Since when nothing arrived, and when it will be switched off for that.
    failing: Option<(Timestamp, Timestamp)>,
    old_secret_until: Option<Timestamp>,
    deliveries: String,
}

/// One type of event that can be chosen.
struct Kind {
    name: String,
    words: String,
    is_chosen: bool,
}

#[derive(askama::Template)]
#[template(path = "console/owner/webhooks/endpoints.html")]
struct EndpointsPage {
    layout: Layout,
    faults: Faults,
    rows: Vec<Row>,
    /// What was typed for a new one.
    url: String,
    kinds: Vec<Kind>,
    some_chosen: bool,
}

#[derive(askama::Template)]
#[template(path = "console/owner/webhooks/secret.html")]
struct SecretPage {
    layout: Layout,
    /// Whether there was one before, which goes on signing for a while.
    hours_of_old: Option<i64>,
    secret: String,
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    page(&service, &visit, Faults::default(), "", &[]).await
}

async fn page(
    service: &Service,
    visit: &Visit,
    faults: Faults,
    url: &str,
    chosen: &[&str],
) -> Answer {
    let found = ask(service, App::webhooks).await?;
    let found = match found {
        Ok(found) => found,
        Err(error) => return Err(PageFault::Said(said(visit, error)?)),
    };
    draw(&EndpointsPage {
        layout: Layout::of(visit, &w::webhooks_title(visit)),
        faults,
        rows: found.into_iter().map(|found| row(visit, found)).collect(),
        url: url.to_owned(),
        kinds: kinds(visit, chosen),
        some_chosen: !chosen.is_empty(),
    })
}

fn row(language: impl Speaks, found: EndpointView) -> Row {
    let standing = match found.standing {
        Standing::Active => w::webhook_active(&language),
        Standing::ByHand => w::webhook_by_hand(&language),
        Standing::Gone => w::webhook_gone(&language),
        Standing::Failing => w::webhook_failing(&language),
    };
    Row {
        deliveries: format!("{DELIVERIES}?endpoint={}", part(&found.id)),
        types: found.types.join(&w::format_list_mark(&language)),
        standing: standing.into_owned(),
        is_on: found.standing == Standing::Active,
        id: found.id,
        url: found.url,
        created_at: found.created_at,
        failing: found.failing_since.zip(found.off_at),
        old_secret_until: found.old_secret_until,
    }
}

fn kinds(language: impl Speaks + Copy, chosen: &[&str]) -> Vec<Kind> {
    let kind = |kind: &EventKind| {
        let name = type_of_kind(kind.as_str());
        let is_chosen = chosen.contains(&name.as_str());
        Kind { name, words: terms::event(language, *kind).into_owned(), is_chosen }
    };
    EventKind::ALL.iter().map(kind).collect()
}

async fn add(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let (url, chosen) = (fields.text("url").to_owned(), fields.all("type").collect::<Vec<_>>());
    let kinds = chosen.iter().map(|name| kind_of_type(name)).collect::<Option<Vec<_>>>();
    let kinds = kinds.ok_or(PageFault::Malformed)?;
    let (asked, reach) = (url.clone(), service.reach);
    match ask(&service, move |app| app.add_webhook(&asked, &kinds, reach)).await? {
        Ok(added) => draw(&SecretPage {
            layout: Layout::of(&visit, &w::webhook_secret_title(&visit)),
            hours_of_old: None,
            secret: added.secret.reveal(),
        }),
        Err(error) => {
            let mut faults = Faults::default();
            faults.add("url", said(&visit, error)?);
            page(&service, &visit, faults, &url, &chosen).await
        }
    }
}

async fn rotate(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let id = fields.text("endpoint").to_owned();
    match ask(&service, move |app| app.rotate_webhook_secret(&id)).await? {
        Ok(secret) => draw(&SecretPage {
            layout: Layout::of(&visit, &w::webhook_secret_title(&visit)),
            hours_of_old: Some(OLD_SECRET_LASTS.as_hours()),
            secret: secret.reveal(),
        }),
        Err(error) => Err(PageFault::Said(said(&visit, error)?)),
    }
}

async fn switch(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let (id, is_on) = (fields.text("endpoint").to_owned(), fields.has("on"));
    let done = ask(&service, move |app| app.switch_webhook(&id, is_on)).await?;
    ended(&visit, done, Notice::Saved)
}

async fn remove(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let id = fields.text("endpoint").to_owned();
    let done = ask(&service, move |app| app.remove_webhook(&id)).await?;
    ended(&visit, done, Notice::WebhookRemoved)
}

fn ended(
    visit: &Visit,
    done: Result<(), backhaul_app::webhooks::WebhookError>,
    notice: Notice,
) -> Answer {
    match done {
        Ok(()) => Ok(Redirect::to(&notice.at(WEBHOOKS)).into_response()),
        Err(error) => Err(PageFault::Said(said(visit, error)?)),
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let around = || {
        let around = layout("");
        let title = w::webhooks_title(&around).into_owned();
        Layout { title, here: WEBHOOKS.to_owned(), ..around }
    };
    let moment = Timestamp::UNIX_EPOCH;
    let view = |url: &str, types: &[&str], standing| EndpointView {
        id: "we_0123456789abcdef".to_owned(),
        url: url.to_owned(),
        types: types.iter().map(|name| (*name).to_owned()).collect(),
        standing,
        created_at: moment,
        failing_since: (standing != Standing::Active).then_some(moment),
        off_at: (standing != Standing::Active).then_some(moment),
        old_secret_until: (standing == Standing::Active).then_some(moment),
    };
    let long = format!("https://shop.example/{}", "hooks/".repeat(30));
    let views = vec![
        view("https://erp.example/backhaul", &["case.opened", "refund.approved"], Standing::Active),
        view(&long, &[], Standing::Failing),
        view("https://old.example/", &[], Standing::Gone),
    ];
    let page = |faults, views: Vec<EndpointView>, url: &str, chosen: &[&str]| EndpointsPage {
        layout: around(),
        faults,
        rows: views.into_iter().map(|view| row(around(), view)).collect(),
        url: url.to_owned(),
        kinds: kinds(&around(), chosen),
        some_chosen: !chosen.is_empty(),
    };
    let mut faults = Faults::default();
    faults.add("url", w::webhook_url_https(around()));
    let secret = |hours_of_old| SecretPage {
        layout: around(),
        hours_of_old,
        secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned(),
    };
    let wrong = page(faults, Vec::new(), "http://shop.example", &["case.opened"]);
    vec![
        sample("console-webhooks", &page(Faults::default(), views, "", &[])),
        sample("console-webhooks-empty", &page(Faults::default(), Vec::new(), "", &[])),
        sample("console-webhooks-wrong", &wrong),
        sample("console-webhook-secret", &secret(None)),
        sample("console-webhook-rotated", &secret(Some(24))),
    ]
}
