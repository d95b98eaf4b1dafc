//! Who is told of events over HTTP: endpoints with their secrets, and what came of each message.

mod deliveries;
mod endpoints;

use backhaul_app::App;
use backhaul_app::webhooks::{UrlFault, WebhookError};
use backhaul_language::words as w;

use crate::Service;
use crate::blocking::blocking;
use crate::pages::gallery::Sample;
use crate::pages::{Layout, Page, PageFault, Visit};
use crate::problem::Problem;

const WEBHOOKS: &str = "/desk/webhooks";
const DELIVERIES: &str = "/desk/webhooks/deliveries";

pub(super) fn pages() -> Vec<Page> {
    let all = [endpoints::pages(), deliveries::pages()];
    all.into_iter().flatten().collect()
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let all = [endpoints::samples(layout), deliveries::samples(layout)];
    all.into_iter().flatten().collect()
}

/// Asks the desk, beside the threads that answer; what it refuses comes back as a value, for the reader's words.
async fn ask<T: Send + 'static>(
    service: &Service,
    work: impl FnOnce(&App) -> Result<T, WebhookError> + Send + 'static,
) -> Result<Result<T, WebhookError>, PageFault> {
    Ok(blocking(&service.app, move |app| Ok::<_, Problem>(work(app))).await?)
}

/// Why it was not done, in the reader's words; or a page of its own.
fn said(visit: &Visit, error: WebhookError) -> Result<String, PageFault> {
    let text = match error {
        WebhookError::Url(fault) => match fault {
            UrlFault::Malformed => w::webhook_url_malformed(visit),
            UrlFault::TooLong => w::webhook_url_long(visit, backhaul_app::webhooks::URL_CHARS_MAX),
            UrlFault::NotHttps => w::webhook_url_https(visit),
            UrlFault::Credentials => w::webhook_url_credentials(visit),
            UrlFault::NotPublic => w::webhook_url_public(visit),
        },
        WebhookError::TooMany => w::webhook_too_many(visit, backhaul_app::webhooks::ENDPOINTS_MAX),
        WebhookError::UnknownEndpoint { .. } | WebhookError::UnknownDelivery { .. } => {
            return Err(PageFault::NotFound);
        }
        error @ WebhookError::Random(_) => return Err(PageFault::mistake(&error)),
        WebhookError::Database(error) => return Err(error.into()),
    };
    Ok(text.into_owned())
}
