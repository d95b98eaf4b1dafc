//! What the portal and the console share: a page is a route, a right, a struct and a template.
//!
//! - `Page`: one route with who may see it; there is no other way to mount one, so none can go without.
//! - `Visit`: who looks, in which language and zone. `Layout`: what stands around every page.
//! - `form`: what people typed. `upload`: what they send along. `client`: from where. `fault`: what they are told when it cannot be done. `assets`: styles and scripts.
//! - `address`: what an address says. `gallery`: every page with samples.
//!
//! Not for rules or rights: pages ask the desk as the API does.

pub(crate) mod address;
pub(crate) mod assets;
pub(crate) mod client;
pub(crate) mod fault;
pub(crate) mod form;
pub mod gallery;
pub(crate) mod layout;
pub(crate) mod notice;
pub(crate) mod page;
pub(crate) mod upload;
pub(crate) mod visit;

use axum::response::{Html, IntoResponse, Response};
use axum::{Router, http::header, middleware::from_fn};
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

pub(crate) use self::fault::PageFault;
pub(crate) use self::layout::Layout;
pub(crate) use self::page::{Page, Reader};
pub(crate) use self::visit::Visit;
use crate::{Service, always, console, portal};

/// What every handler of a page answers.
pub(crate) type Answer = Result<Response, PageFault>;

/// What a page may load and where its forms may go: nothing of anybody else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
                      font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

/// Every page, of the portal and of the console.
pub(crate) fn all() -> Vec<Page> {
    [portal::pages(), console::pages()].into_iter().flatten().collect()
}

/// The routes of the pages, with what protects all of them.
pub(crate) fn router(service: &Service) -> Router<Service> {
    let router = all().into_iter().fold(Router::new(), |router, page| page.mount(router, service));
    router
        .layer(CsrfLayer::new().with_rejection_response(fault::foreign_form))
        .layer(from_fn(fault::in_time))
        .layer(CompressionLayer::new().gzip(true))
        .layer(always(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(always(header::REFERRER_POLICY, "same-origin"))
        .merge(assets::router())
}

/// A page, drawn.
///
/// # Errors
/// A template that cannot be drawn is a mistake of ours.
pub(crate) fn draw(template: &impl askama::Template) -> Answer {
    match template.render() {
        Ok(text) => Ok(Html(text).into_response()),
        Err(error) => Err(PageFault::mistake(&error)),
    }
}
