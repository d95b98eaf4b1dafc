//! Restock, scrap, mend or pass on what came back; once for each unit, and never rejected goods into stock.

use super::contest_finding::require_uncontested;
use super::desk::{Desk, refuse};
use crate::ledger::case::Claim;
use crate::ledger::command::DisposeUnit;
use crate::ledger::event::Event;
use crate::ledger::goods::{Disposal, Goods};
use crate::ledger::guard::Guard;
use crate::ledger::refusal::{Refusal, RefusalCode};
use crate::words::Remedy;

pub(super) fn dispose_unit(desk: &mut Desk<'_>, command: &DisposeUnit) -> Result<(), Refusal> {
    let by = desk.staff()?;
    let DisposeUnit { case, unit, disposal, reason } = command;
    let claim = desk.claim(case, unit)?;
    if claim.received.is_none() {
        return Err(refuse(RefusalCode::NotReceived, format!("{unit} has not been received")));
    }
    require_uncontested(unit, claim)?;
    let place = desk.ledger().goods(unit);
    desk.require(Guard::DisposedOnce, place.is_at_hand(), || {
        let message = format!("{unit} is {place}: it was dealt with already");
        refuse(RefusalCode::AlreadyDisposed, message)
    })?;
    match disposal {
        Disposal::Restock => require_stock(desk, command, claim)?,
        Disposal::Repair if claim.is_due(Remedy::Repair) => desk.require_accepted(unit, claim)?,
        // Mended for the merchant's own stock: the buyer must have another remedy already.
        Disposal::Repair if claim.remedy.is_none() => {
            let message = format!("the claim of {unit} is not for a repair");
            return Err(refuse(RefusalCode::OtherRemedy, message));
        }
        Disposal::Repair | Disposal::Supplier | Disposal::Scrap => {
            require_ownership(command, claim)?;
        }
    }
    desk.record(Event::UnitDisposed {
        case: case.clone(),
        unit: unit.clone(),
        disposal: *disposal,
        by,
        reason: reason.clone(),
    });
    Ok(())
}

fn require_stock(desk: &Desk<'_>, command: &DisposeUnit, claim: &Claim) -> Result<(), Refusal> {
    let unit = &command.unit;
    desk.require(Guard::RejectedNeverStock, claim.is_accepted(), || {
        let message = format!("{unit} was rejected: it never becomes stock");
        refuse(RefusalCode::RejectedGoods, message).citing_all(&claim.judged.decision.clauses)
    })?;
    let is_inspected = matches!(desk.ledger().goods(unit), Goods::Inspected);
    desk.require(Guard::DisposedOnce, is_inspected, || {
        refuse(RefusalCode::NotInspected, format!("{unit} must be inspected before it is stock"))
    })
}

/// Rejected goods are the buyer's, unless a remedy was given; they are scrapped only if the buyer leaves them.
fn require_ownership(command: &DisposeUnit, claim: &Claim) -> Result<(), Refusal> {
    let is_given_up = command.disposal == Disposal::Scrap && command.reason.is_some();
    if claim.is_accepted() || claim.remedy.is_some() || is_given_up {
        return Ok(());
    }
    let message =
        format!("{} was not accepted: send it back, or scrap it with a reason", command.unit);
    Err(refuse(RefusalCode::RejectedGoods, message))
}
