//! The owner: the policy and what it would have cost, the reports, and what the desk is set up with.
//!
//! - `policies`: versions, checking, comparing, publishing. `reports`: what came back, in charts and tables.

mod policies;
mod reports;

use crate::pages::gallery::Sample;
use crate::pages::{Layout, Page};

pub(super) fn pages() -> Vec<Page> {
    let all = [policies::pages(), reports::pages()];
    all.into_iter().flatten().collect()
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let all = [policies::samples(layout), reports::samples(layout)];
    all.into_iter().flatten().collect()
}
