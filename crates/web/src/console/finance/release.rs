//! The one way by which the pages release money. The door asks for a proof above one limit and for a second person above another;
//! what it needs to know of the person goes along in [`release`], and nowhere else.

use backhaul_app::{Done, Once, OrderView, Request};
use backhaul_core::ledger::command::{ApproveRefund, RefundUnit};
use backhaul_core::ledger::{CaseId, Command, Event, RefundId, TextId, UnitId};
use backhaul_core::money::Money;
use jiff::civil::Date;

use crate::Service;
use crate::pages::{PageFault, Visit};

/// Asks for a refund's release, once, and says what was recorded.
///
/// # Errors
/// [`PageFault`].
pub(super) async fn release(
    service: &Service,
    visit: &Visit,
    number: &str,
    command: ApproveRefund,
    texts: Vec<(TextId, String)>,
    once: Once,
) -> Result<Done, PageFault> {
    let command = Command::from(command);
    let request = Request {
        texts,
        once: Some(once),
        proof: visit.proof(),
        ..Request::new(visit.who()?, number, command)
    };
    Ok(service.app.ask(request).await?)
}

/// The units of the case whose refund waits to be approved.
pub(super) fn ready(view: &OrderView, case: &CaseId) -> Vec<UnitId> {
    let claims = view.ledger.cases.get(case).map(|case| case.claims.iter());
    let ready = claims.into_iter().flatten().filter(|(_, claim)| view.ledger.awaits_refund(claim));
    ready.map(|(unit, _)| unit.clone()).collect()
}

/// The last of the first days on which these may leave.
pub(super) fn first_day(view: &OrderView, case: &CaseId, units: &[UnitId]) -> Option<Date> {
    let claims = units.iter().filter_map(|unit| view.ledger.claim(case, unit));
    claims.filter_map(|claim| claim.judged.decision.dates.refund_from).max()
}

/// Whether the buyer was told of a deduction that nobody has decided on.
pub(super) fn has_deductions(view: &OrderView, case: &CaseId, units: &[UnitId]) -> bool {
    let mut claims = units.iter().filter_map(|unit| view.ledger.claim(case, unit));
    claims.any(|claim| !claim.told.is_empty())
}

/// A free name for a refund of the case.
///
/// # Errors
/// The case's number leaves no room for it.
pub(super) fn new_refund(view: &OrderView, case: &CaseId) -> Result<RefundId, PageFault> {
    for number in 1..=view.ledger.refunds.len().saturating_add(1) {
        let id = RefundId::new(&format!("{case}-F{number}")).map_err(|_| PageFault::Malformed)?;
        if !view.ledger.refunds.contains_key(&id) {
            return Ok(id);
        }
    }
    Err(PageFault::Changed)
}

/// The refund of these units in full.
///
/// # Errors
/// The case's number leaves no room for the refund's.
pub(super) fn in_full(
    view: &OrderView,
    case: &CaseId,
    units: Vec<UnitId>,
) -> Result<ApproveRefund, PageFault> {
    let units = units.into_iter().map(|unit| RefundUnit { unit, deductions: Vec::new() });
    Ok(ApproveRefund {
        refund: new_refund(view, case)?,
        case: case.clone(),
        units: units.collect(),
        shipping: None,
        early: None,
    })
}

/// What came of a release.
pub(super) enum Outcome {
    /// It leaves by itself.
    Approved(RefundId, Money),
    /// Another person of finance must approve it as well.
    Proposed(Money),
}

/// What these events say of the release of a refund.
pub(super) fn released(events: &[Event]) -> Option<Outcome> {
    events.iter().find_map(|event| match event {
        Event::RefundApproved { refund, bill, .. } => {
            Some(Outcome::Approved(refund.clone(), bill.total))
        }
        Event::RefundProposed { bill, .. } => Some(Outcome::Proposed(bill.total)),
        _ => None,
    })
}
