//! Looking for a case, an order, a serial or a buyer by whatever somebody has at hand.

use axum::extract::State;
use backhaul_app::{Email, Right, SEARCH_CHARS_MAX};
use backhaul_language::words as w;

use super::around;
use super::queue::Row;
use crate::Service;
use crate::pages::address::asked;
use crate::pages::form::Faults;
use crate::pages::gallery::{Sample, sample};
use crate::pages::layout::encoded;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

pub(super) fn pages() -> Vec<Page> {
    vec![Page::get("/desk/search", Reader::With(Right::Read), show)]
}

/// An order that was found.
pub(super) struct OrderFound {
    pub(super) order: String,
    /// Who bought it, for those who may see that.
    pub(super) buyer: Option<String>,
    /// Where a case of it is opened; nothing for those who open none.
    pub(super) href: Option<String>,
}

#[derive(askama::Template)]
#[template(path = "console/cases/search.html")]
struct SearchPage {
    layout: Layout,
    faults: Faults,
    text: String,
    cases: Vec<Row>,
    orders: Vec<OrderFound>,
    is_cut: bool,
    has_buyers: bool,
}

/// An order with its buyer, where that may be seen.
pub(super) async fn order_found(
    service: &Service,
    number: &str,
    href: String,
    has_buyers: bool,
) -> Result<OrderFound, PageFault> {
    let buyer = if has_buyers {
        service.app.buyer(number).await.map_err(|error| PageFault::mistake(&error))?
    } else {
        None
    };
    let name = buyer.as_ref().map(|buyer| {
        let parts = [buyer.name(), buyer.email().map(Email::as_str)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    });
    Ok(OrderFound {
        order: number.to_owned(),
        buyer: name.filter(|name| !name.is_empty()),
        href: Some(href),
    })
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let text = asked(&visit, "q").unwrap_or_default();
    let has_buyers = visit.has(Right::ManageBuyers);
    let mut faults = Faults::default();
    if text.chars().count() > SEARCH_CHARS_MAX {
        faults.add("q", w::search_too_long(&visit, SEARCH_CHARS_MAX));
    }
    let found = service.app.search(&text, has_buyers).await?;
    let cases = service.app.named_cases(found.cases, has_buyers).await?;
    let may_open = super::guides(&visit);
    let mut orders = Vec::new();
    for place in &found.orders {
        let href = format!("/desk/open/{}", encoded(&place.number));
        let order = order_found(&service, &place.number, href, has_buyers).await?;
        orders.push(OrderFound { href: order.href.filter(|_| may_open), ..order });
    }
    draw(&SearchPage {
        layout: Layout::of(&visit, &w::search_title(&visit)),
        faults,
        text,
        cases: around::rows(&visit, cases),
        orders,
        is_cut: found.is_cut,
        has_buyers,
    })
}

pub(super) fn sample_order(layout: &dyn Fn(&str) -> Layout) -> OrderFound {
    OrderFound {
        order: "SO-1001".to_owned(),
        buyer: Some(format!("{} · ada@shop.example", layout("Ada van Example").title)),
        href: Some("/desk/open/SO-1001".to_owned()),
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let page = |text: &str, orders: Vec<OrderFound>, faults: Faults| SearchPage {
        layout: layout(&w::search_title(layout(""))),
        faults,
        text: text.to_owned(),
        cases: if orders.is_empty() {
            Vec::new()
        } else {
            vec![super::queue::sample_row(layout("").language, 1, true)]
        },
        is_cut: orders.len() > 1,
        orders,
        has_buyers: true,
    };
    let order = || sample_order(layout);
    let mut faults = Faults::default();
    faults.add("q", w::search_too_long(layout(""), SEARCH_CHARS_MAX));
    vec![
        sample("console-search", &page("SO-10", vec![order(), order()], Faults::default())),
        sample("console-search-first", &page("", Vec::new(), Faults::default())),
        sample("console-search-none", &page(&"nothing".repeat(20), Vec::new(), Faults::default())),
        sample("console-search-wrong", &page("x", Vec::new(), faults)),
    ]
}
