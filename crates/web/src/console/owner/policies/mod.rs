//! Policy versions: which judges today, what each says, what is wrong with a file, what two do differently, and publishing one.
//!
//! - `list`: the versions. `version`: one of them. `check`: a file, and what is wrong with it.
//! - `compare`: two versions over what happened. `publish`: a file is looked at once more, and then judges.
//! - `draft`: a file as a form brings it. `compared`: what two versions do differently, in words.

mod check;
mod compare;
mod compared;
mod draft;
mod list;
mod publish;
mod version;

use std::sync::Arc;

use backhaul_app::PolicyError;
use backhaul_core::policy::{Catalogue, Policy};
use backhaul_language::words as w;

use crate::pages::address::part;
use crate::pages::gallery::Sample;
use crate::pages::{Layout, Page, PageFault, Visit};

const POLICIES: &str = "/desk/policies";

pub(super) fn pages() -> Vec<Page> {
    let all = [list::pages(), version::pages(), check::pages(), compare::pages(), publish::pages()];
    all.into_iter().flatten().collect()
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let all = [
        list::samples(layout),
        version::samples(layout),
        check::samples(layout),
        compare::samples(layout),
        publish::samples(layout),
    ];
    all.into_iter().flatten().collect()
}

/// The page of a version.
fn href(policy: &Policy) -> String {
    format!("{POLICIES}/version/{}/{}", part(&policy.id), part(&policy.version))
}

/// The version with that pin.
fn pinned(catalogue: &Catalogue, pin: &str) -> Option<Arc<Policy>> {
    pin.contains('@').then(|| catalogue.choose(Some(pin), None).cloned()).flatten()
}

/// Why a policy is not published or withdrawn, in the reader's words; or a page of its own.
///
/// # Errors
/// It is nothing that the owner can mend.
fn said(visit: &Visit, error: PolicyError) -> Result<String, PageFault> {
    let date = |day| Layout::of(visit, "").date(&day);
    let text = match error {
        PolicyError::Forbidden { .. } => return Err(PageFault::Forbidden),
        PolicyError::Database(error) => return Err(error.into()),
        error @ PolicyError::Ledger(_) => return Err(PageFault::mistake(&error)),
        PolicyError::Unusable(_) => w::policy_unusable(visit),
        PolicyError::Warned(_) => w::policy_accept_first(visit),
        PolicyError::Exists { pin } => w::policy_exists(visit, pin),
        PolicyError::TooSoon { effective, earliest } => {
            w::policy_too_soon(visit, date(earliest), earliest, date(effective))
        }
        PolicyError::Full(_) => {
            w::policy_full(visit, backhaul_core::policy::catalogue::POLICIES_MAX)
        }
        PolicyError::Unknown { .. } => return Err(PageFault::NotFound),
        PolicyError::Withdrawn { pin } => w::policy_withdrawn_already(visit, pin),
        PolicyError::InForce { pin } => w::policy_in_force_already(visit, pin),
    };
    Ok(text.into_owned())
}
