//! One page: its route, and who may see it.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use backhaul_app::Right;

use super::visit;
use crate::Service;

/// Who may see a page, or send its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Whoever comes by.
    Anyone,
    /// The buyer of an order, signed in for it.
    Buyer,
    /// Whoever of the staff is signed in.
    Staff,
    /// Whoever of the staff has that right.
    With(Right),
}

/// One page.
pub(crate) struct Page {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) reader: Reader,
    route: MethodRouter<Service>,
}

impl Page {
    /// A page to look at.
    pub(crate) fn get<H, T>(path: &'static str, reader: Reader, handler: H) -> Self
    where
        H: Handler<T, Service>,
        T: 'static,
    {
        let route = on(MethodFilter::GET, handler);
        Self { method: Method::GET, path, reader, route }
    }

    /// A form to send.
    pub(crate) fn post<H, T>(path: &'static str, reader: Reader, handler: H) -> Self
    where
        H: Handler<T, Service>,
        T: 'static,
    {
        let route = on(MethodFilter::POST, handler);
        Self { method: Method::POST, path, reader, route }
    }

    /// A form with files: its body may be so long.
    pub(crate) fn with_body(self, bytes_max: usize) -> Self {
        Self { route: self.route.layer(DefaultBodyLimit::max(bytes_max)), ..self }
    }

    /// Puts the route into the router, behind the look at who asks.
    pub(crate) fn mount(self, router: Router<Service>, service: &Service) -> Router<Service> {
        let state = (service.clone(), self.reader);
        let checked = self.route.route_layer(from_fn_with_state(state, visit::enter));
        router.route(self.path, checked)
    }
}
