//! The ways out of quarantine: a held arrival is matched to an authorised claim, or sent back.

use super::announce_parcel::require_awaited;
use super::desk::{Desk, refuse};
use super::receive_parcel::receive_unit;
use crate::ledger::command::{MatchArrival, SendBackArrival};
use crate::ledger::event::Event;
use crate::ledger::goods::{Arrival, ArrivalState, ArrivedItem};
use crate::ledger::id::{ArrivalId, Serial, UnitId};
use crate::ledger::refusal::{Refusal, RefusalCode};
use crate::policy::Matter;
use crate::words::Cause;

pub(super) fn match_to_claim(desk: &mut Desk<'_>, command: &MatchArrival) -> Result<(), Refusal> {
    let by = desk.staff()?;
    let MatchArrival { arrival, case, unit } = command;
    let item = held(desk, arrival)?.item.clone();
    let claim = desk.live_claim(case, unit)?;
    require_awaited(desk, unit, claim)?;
    let takes_foreigner = claim.judged.decision.cause == Cause::Mismatch;
    let serial = match &item {
        ArrivedItem::Serial { serial } => {
            require_serial(desk, unit, serial, takes_foreigner)?;
            Some(serial)
        }
        ArrivedItem::Counted { line, component } => {
            if *line != unit.line || *component != unit.component {
                let message = format!("the arrival is not of the kind of {unit}");
                return Err(refuse(RefusalCode::SerialDiffers, message));
            }
            None
        }
        ArrivedItem::Unidentified { .. } => None,
    };
    desk.record(Event::ArrivalMatched {
        arrival: arrival.clone(),
        case: case.clone(),
        unit: unit.clone(),
        by,
    });
    receive_unit(desk, case, unit, &arrival.parcel, serial)
}

/// Goods with a serial are the unit of that serial; only for a mismatch do goods come that the order does not know.
fn require_serial(
    desk: &Desk<'_>,
    unit: &UnitId,
    serial: &Serial,
    takes_foreigner: bool,
) -> Result<(), Refusal> {
    let owner = desk.ledger().unit_with(desk.context.order, serial);
    if owner.as_ref() == Some(unit) || (owner.is_none() && takes_foreigner) {
        return Ok(());
    }
    let message = format!("the serial {serial:?} is not that of {unit}");
    Err(refuse(RefusalCode::SerialDiffers, message).citing(desk.clause_on(Matter::Serials)))
}

pub(super) fn send_back(desk: &mut Desk<'_>, command: &SendBackArrival) -> Result<(), Refusal> {
    let by = desk.staff()?;
    held(desk, &command.arrival)?;
    desk.record(Event::ArrivalSentBack { arrival: command.arrival.clone(), by });
    Ok(())
}

fn held<'d>(desk: &'d Desk<'_>, id: &ArrivalId) -> Result<&'d Arrival, Refusal> {
    let unknown = || refuse(RefusalCode::ArrivalUnknown, format!("there is no arrival `{id}`"));
    let arrival = desk.ledger().arrivals.get(id).ok_or_else(unknown)?;
    if arrival.state != ArrivalState::Held {
        let message = format!("the arrival `{id}` is {}", arrival.state);
        return Err(refuse(RefusalCode::ArrivalDone, message));
    }
    Ok(arrival)
}
