//! Somebody who was invited sets the first password.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use backhaul_language::words as w;

use super::{From, HOME, after, said};
use crate::Service;
use crate::pages::form::{Faults, Fields};
use crate::pages::gallery::{Sample, sample};
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

pub(super) const INVITATION: &str = "/desk/invitation/";

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get("/desk/invitation/{token}", Reader::Anyone, show),
        Page::post("/desk/invitation/{token}", Reader::Anyone, accept),
    ]
}

#[derive(askama::Template)]
#[template(path = "console/sign_in/invitation.html")]
struct InvitationPage {
    layout: Layout,
    faults: Faults,
    /// Who is invited; nobody where the link is good no more.
    name: Option<String>,
}

async fn show(State(service): State<Service>, visit: Visit, Path(token): Path<String>) -> Answer {
    page(&service, &visit, &token, Faults::default()).await
}

async fn page(service: &Service, visit: &Visit, token: &str, faults: Faults) -> Answer {
    let invited = service.app.invitation(token).await;
    let name = match invited {
        Ok(name) => name,
        Err(error) => return Err(PageFault::Said(said(visit, error)?)),
    };
    let layout = Layout::of(visit, &w::invitation_title(visit));
    draw(&InvitationPage { layout, faults, name })
}

async fn accept(
    State(service): State<Service>,
    visit: Visit,
    Path(token): Path<String>,
    From(caller): From,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    match service.app.use_invitation(&token, fields.exact("password"), &caller).await {
        Ok(step) => after(&service, &visit, &headers, step, HOME).await,
        Err(error) => {
            let mut faults = Faults::default();
            faults.add("password", said(&visit, error)?);
            page(&service, &visit, &token, faults).await
        }
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let page = |name: Option<&str>| InvitationPage {
        layout: layout("Invitation"),
        faults: Faults::default(),
        name: name.map(str::to_owned),
    };
    vec![
        sample("console-invitation", &page(Some("grace"))),
        sample("console-invitation-over", &page(None)),
    ]
}
