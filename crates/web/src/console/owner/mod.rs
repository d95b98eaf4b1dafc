//! The owner: the policy and what it would have cost, the reports, and what the desk is set up with.
//!
//! - `policies`: versions, checking, comparing, publishing. `reports`: what came back, in charts and tables.
//! - `settings`: what the desk runs with. `keys`, `webhooks`: machines that ask, and those that are told.
//! - `trail`: what happened across all orders, and whether anybody tampered with it.

mod keys;
mod policies;
mod reports;
mod settings;
mod trail;
mod webhooks;

use crate::pages::gallery::Sample;
use crate::pages::{Layout, Page};

pub(super) fn pages() -> Vec<Page> {
    let all = [
        policies::pages(),
        reports::pages(),
        settings::pages(),
        keys::pages(),
        webhooks::pages(),
        trail::pages(),
    ];
    all.into_iter().flatten().collect()
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let all = [
        policies::samples(layout),
        reports::samples(layout),
        settings::samples(layout),
        keys::samples(layout),
        webhooks::samples(layout),
        trail::samples(layout),
    ];
    all.into_iter().flatten().collect()
}
