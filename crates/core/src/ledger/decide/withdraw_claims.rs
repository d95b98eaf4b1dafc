//! Take claims back, or end them where nothing arrived in time; only while nothing was received or paid.

use super::desk::{Desk, refuse};
use crate::ledger::case::Claim;
use crate::ledger::command::{CancelClaims, ExpireCase};
use crate::ledger::event::Event;
use crate::ledger::goods::Goods;
use crate::ledger::id::UnitId;
use crate::ledger::refusal::{Refusal, RefusalCode};

pub(super) fn cancel(desk: &mut Desk<'_>, command: &CancelClaims) -> Result<(), Refusal> {
    Desk::some_units(&command.units)?;
    for unit in &command.units {
        let claim = desk.live_claim(&command.case, unit)?;
        if claim.received.is_some() {
            let message = format!("{unit} has been received: decline it, and send it back");
            return Err(refuse(RefusalCode::AlreadyReceived, message));
        }
        if claim.remedy.is_some() {
            let message = format!("the remedy of {unit} is under way: cancel that first");
            return Err(refuse(RefusalCode::RemedyTaken, message));
        }
        desk.record(Event::ClaimCancelled {
            case: command.case.clone(),
            unit: unit.clone(),
            reason: command.reason.clone(),
            by: desk.actor(),
        });
    }
    Ok(())
}

pub(super) fn expire(desk: &mut Desk<'_>, command: &ExpireCase) -> Result<(), Refusal> {
    let case = desk.open_case(&command.case)?;
    let expired = case.claims.iter().filter(|(unit, claim)| is_past(desk, unit, claim));
    let expired: Vec<UnitId> = expired.map(|(unit, _)| unit.clone()).collect();
    if expired.is_empty() {
        let message = "no claim of the case awaits goods past its last day";
        return Err(refuse(RefusalCode::TooEarly, message));
    }
    for unit in expired {
        desk.record(Event::ClaimExpired { case: command.case.clone(), unit });
    }
    Ok(())
}

/// Goods on their way left in time, as far as anybody knows; a parcel that was lost is cancelled by a person.
fn is_past(desk: &Desk<'_>, unit: &UnitId, claim: &Claim) -> bool {
    let is_waiting = desk.ledger().is_live(claim)
        && claim.received.is_none()
        && claim.remedy.is_none()
        && !claim.is_missing()
        && desk.ledger().goods(unit) != Goods::OnItsWay;
    let today = desk.context.today();
    is_waiting && claim.authorised.as_ref().is_some_and(|given| given.expires_on < today)
}
