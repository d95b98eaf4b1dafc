//! Announce a parcel of authorised goods.

use super::desk::{Desk, refuse, too_many};
use crate::ledger::case::Claim;
use crate::ledger::command::AnnounceParcel;
use crate::ledger::event::Event;
use crate::ledger::guard::Guard;
use crate::ledger::id::UnitId;
use crate::ledger::limits::PARCELS_MAX;
use crate::ledger::refusal::{Refusal, RefusalCode};
use crate::policy::Matter;

pub(super) fn announce_parcel(
    desk: &mut Desk<'_>,
    command: &AnnounceParcel,
) -> Result<(), Refusal> {
    Desk::some_units(&command.units)?;
    let known = desk.ledger().parcels.get(&command.parcel);
    if known.is_some_and(|parcel| {
        parcel.is_received || parcel.announced_for.as_ref() != Some(&command.case)
    }) {
        let message = format!("there is a parcel {:?} already", command.parcel);
        return Err(refuse(RefusalCode::ParcelExists, message));
    }
    if known.is_none() && desk.ledger().parcels.len() >= PARCELS_MAX {
        return Err(too_many("parcels of one order", PARCELS_MAX));
    }
    for unit in &command.units {
        let claim = desk.live_claim(&command.case, unit)?;
        require_awaited(desk, unit, claim)?;
    }
    desk.record(Event::ParcelAnnounced {
        case: command.case.clone(),
        parcel: command.parcel.clone(),
        units: command.units.clone(),
        tracking: command.tracking.clone(),
    });
    Ok(())
}

/// Refuses a unit that no authorised claim awaits.
pub(super) fn require_awaited(
    desk: &Desk<'_>,
    unit: &UnitId,
    claim: &Claim,
) -> Result<(), Refusal> {
    let is_authorised = claim.authorised.is_some() && claim.is_accepted();
    desk.require(Guard::AuthorisedFirst, is_authorised, || {
        let message = format!("the claim of {unit} is not authorised");
        refuse(RefusalCode::NotAuthorised, message).citing(desk.clause_on(Matter::Approval))
    })?;
    if claim.is_missing() {
        let message = format!("{unit} never reached the buyer: nothing comes back");
        return Err(refuse(RefusalCode::NothingComesBack, message));
    }
    let is_away = claim.received.is_none() && desk.ledger().goods(unit).is_away();
    desk.require(Guard::ReceivedOnce, is_away, || {
        refuse(RefusalCode::AlreadyReceived, format!("{unit} has been received already"))
    })
}
