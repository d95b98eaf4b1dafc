//! Send declined or mended goods back to the buyer.

use super::contest_finding::require_uncontested;
use super::desk::{Desk, refuse};
use crate::ledger::case::RemedyTaken;
use crate::ledger::command::SendBackUnit;
use crate::ledger::event::Event;
use crate::ledger::goods::Goods;
use crate::ledger::guard::Guard;
use crate::ledger::refusal::{Refusal, RefusalCode};

pub(super) fn send_back_unit(desk: &mut Desk<'_>, command: &SendBackUnit) -> Result<(), Refusal> {
    let by = desk.staff()?;
    let SendBackUnit { case, unit, tracking } = command;
    let claim = desk.claim(case, unit)?;
    if claim.received.is_none() {
        return Err(refuse(RefusalCode::NotReceived, format!("{unit} has not been received")));
    }
    require_uncontested(unit, claim)?;
    let place = desk.ledger().goods(unit);
    let is_mended = claim.remedy == Some(RemedyTaken::Repair) && place == Goods::Repaired;
    desk.require(Guard::DisposedOnce, place.is_at_hand() || is_mended, || {
        let message = format!("{unit} is {place}: it was dealt with already");
        refuse(RefusalCode::AlreadyDisposed, message)
    })?;
    let is_declined = claim.remedy.is_none() && !claim.is_accepted();
    if !is_declined && !is_mended {
        let message = format!("the claim of {unit} is accepted: its remedy is due, not its return");
        return Err(refuse(RefusalCode::NotToSendBack, message));
    }
    desk.record(Event::UnitSentBack {
        case: case.clone(),
        unit: unit.clone(),
        by,
        tracking: tracking.clone(),
    });
    Ok(())
}
