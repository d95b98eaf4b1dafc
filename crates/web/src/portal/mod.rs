//! The portal: what a buyer sees. One file a page.
//!
//! - `start`: signing in for one order. `order`: its units, and what the policy allows today. `claim`: what comes back and why,
//!   with an answer before it is sent. `case`: where a return stands. `withdraw`: the right of withdrawal.
//! - `policy`: the policy to read. `picture`: files of evidence.
//! - `units`: units in forms and in words. `said`: a decision in the reader's words.

mod case;
mod case_actions;
pub(crate) mod case_view;
pub(crate) mod claim;
pub(crate) mod claim_form;
pub(crate) mod claim_page;
mod json_ld;
pub(crate) mod order;
mod papers;
pub(crate) mod picture;
pub(crate) mod policy;
pub(crate) mod said;
pub(crate) mod samples;
mod start;
pub(crate) mod units;
mod withdraw;

use std::sync::Arc;

use backhaul_app::OrderView;
use backhaul_core::policy::Policy;

use crate::Service;
use crate::pages::gallery::Sample;
use crate::pages::{Layout, Page, PageFault, Visit};

/// Every page of the portal.
pub(crate) fn pages() -> Vec<Page> {
    let all = [
        start::pages(),
        order::pages(),
        claim::pages(),
        case::pages(),
        case_actions::pages(),
        papers::pages(),
        picture::pages(),
        policy::pages(),
        withdraw::pages(),
    ];
    all.into_iter().flatten().collect()
}

/// Every page of the portal with samples.
pub(crate) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    [start::samples(layout), samples::all(layout)].into_iter().flatten().collect()
}

/// The buyer's order with all that happened to it, and the policy that judges it.
async fn order_of(service: &Service, visit: &Visit) -> Result<(OrderView, Arc<Policy>), PageFault> {
    // The order is the session's and nobody's choice: what belongs to another order is simply not there.
    let view = service.app.order(visit.buyer_order()?).await?.ok_or(PageFault::NotFound)?;
    let policy = service.app.policy_of(&view)?;
    Ok((view, policy))
}

/// A value in the query of the address.
fn query(visit: &Visit, wanted: &str) -> Option<String> {
    let (_, query) = visit.here.split_once('?')?;
    form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value.into_owned())
}
