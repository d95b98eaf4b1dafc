//! The representative's pages: the queue, a case with everything of it, and what is done there.
//!
//! - `queue`: what waits. `case`: the one screen of a case. `claims`, `facts`, `timeline`, `around`: the parts of it.
//! - `act`: what its forms ask for. `form`: how that is carried out, or shown once more. `decline`, `otherwise`: the two decisions that want a reason. `deduct`: what the buyer is told that
//!   would be kept back. `sure`: what a changed fact brings.
//! - `open`: a case for a buyer who phoned. `search`: whatever somebody has at hand. `templates`: answers that are ready.

mod act;
mod around;
mod case;
mod claims;
mod decline;
mod deduct;
mod facts;
mod form;
mod open;
mod otherwise;
mod papers;
mod queue;
mod samples;
mod search;
mod sure;
mod templates;
mod timeline;

use std::sync::Arc;

use backhaul_app::{OrderView, Right};
use backhaul_core::ledger::{Case, CaseId, UnitId};
use backhaul_core::policy::Policy;
use backhaul_language::Language;

use crate::Service;
use crate::pages::form::Fields;
use crate::pages::gallery::Sample;
use crate::pages::layout::encoded;
use crate::pages::{Layout, Page, PageFault, Visit};
use crate::portal::case_view::CaseOf;
use crate::portal::units;

/// Where the queue is.
pub(super) const CASES: &str = "/desk/cases";

pub(super) fn pages() -> Vec<Page> {
    let all = [
        queue::pages(),
        case::pages(),
        act::pages(),
        decline::pages(),
        deduct::pages(),
        otherwise::pages(),
        papers::pages(),
        open::pages(),
        search::pages(),
        templates::pages(),
    ];
    all.into_iter().flatten().collect()
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let all = [
        queue::samples(layout),
        samples::of_case(layout),
        decline::samples(layout),
        deduct::samples(layout),
        otherwise::samples(layout),
        sure::samples(layout),
        open::samples(layout),
        search::samples(layout),
        templates::samples(layout),
    ];
    all.into_iter().flatten().collect()
}

/// Where a case is.
fn case_href(case: &CaseId) -> String {
    format!("{CASES}/{}", encoded(case.as_str()))
}

/// Whether the reader guides returns: decides, writes to buyers, says who looks after what. The door asks again, by the command.
fn guides(visit: &Visit) -> bool {
    visit.has(Right::WriteAnswers)
}

/// A case, its order, and the policy that judges it.
struct Found {
    view: OrderView,
    policy: Arc<Policy>,
    id: CaseId,
}

impl Found {
    /// # Errors
    /// There is no such case.
    async fn find(service: &Service, case: &str) -> Result<Self, PageFault> {
        let id = CaseId::new(case).map_err(|_| PageFault::NotFound)?;
        let view = service.app.order_of_case(&id).await?.ok_or(PageFault::NotFound)?;
        let policy = service.app.policy_of(&view)?;
        Ok(Self { view, policy, id })
    }

    fn case(&self) -> Result<&Case, PageFault> {
        self.view.ledger.cases.get(&self.id).ok_or(PageFault::NotFound)
    }

    fn of(&self, language: Language) -> Result<CaseOf<'_>, PageFault> {
        let (view, policy) = (&self.view, self.policy.as_ref());
        Ok(CaseOf { language, view, policy, id: &self.id, case: self.case()? })
    }

    fn href(&self) -> String {
        case_href(&self.id)
    }

    /// What a unit is called alone.
    fn name(&self, language: Language, unit: &UnitId) -> String {
        units::name(language, &self.view.order, &self.view.ledger, unit)
    }

    /// The claimed units that the form names; each once.
    fn units_of(&self, fields: &Fields) -> Result<Vec<UnitId>, PageFault> {
        let claims = &self.case()?.claims;
        let is_named = |unit: &UnitId| fields.all("unit").any(|value| value == units::value(unit));
        let named: Vec<UnitId> = claims.keys().filter(|unit| is_named(unit)).cloned().collect();
        let strange =
            fields.all("unit").any(|value| !claims.keys().any(|unit| units::value(unit) == value));
        // A unit that left the case meanwhile is in the version that the form has not seen.
        if strange { Err(PageFault::Changed) } else { Ok(named) }
    }

    /// The language in which the buyer is written to.
    async fn buyer_language(&self, service: &Service) -> Result<Language, PageFault> {
        let buyer = service.app.buyer(&self.view.order.number).await;
        let buyer = buyer.map_err(|error| PageFault::mistake(&error))?;
        let tag = buyer.as_ref().and_then(|buyer| buyer.language());
        Ok(tag.and_then(Language::of_tag).unwrap_or(Language::ENGLISH))
    }
}
