//! Where a buyer begins.

use backhaul_language::words as w;

use crate::pages::gallery::{Sample, sample};
use crate::pages::{Answer, Layout, Page, Reader, Visit, draw};

pub(super) fn pages() -> Vec<Page> {
    vec![Page::get("/", Reader::Anyone, show)]
}

#[derive(askama::Template)]
#[template(path = "portal/start.html")]
struct StartPage {
    layout: Layout,
}

async fn show(visit: Visit) -> Answer {
    draw(&StartPage { layout: Layout::of(&visit, &w::start_title(&visit)) })
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    vec![sample("portal-start", &StartPage { layout: layout("Returns") })]
}
