//! Book a parcel in. What an authorised claim awaits is received for it, each unit once; everything else is held, apart
//! from all stock.

use std::collections::BTreeSet;

use super::announce_parcel::require_awaited;
use super::desk::{Desk, refuse, too_many};
use crate::ledger::command::{Item, ReceiveParcel};
use crate::ledger::event::{Event, Occasion};
use crate::ledger::goods::{ArrivedItem, HeldReason};
use crate::ledger::id::{ArrivalId, CaseId, Component, LineId, ParcelId, Serial, UnitId};
use crate::ledger::limits::{ARRIVALS_MAX, PARCEL_ITEMS_MAX, PARCELS_MAX};
use crate::ledger::refusal::{Refusal, RefusalCode};
use crate::words::Cause;

pub(super) fn receive_parcel(desk: &mut Desk<'_>, command: &ReceiveParcel) -> Result<(), Refusal> {
    desk.not_buyer()?;
    let parcel = desk.ledger().parcels.get(&command.parcel);
    if parcel.is_some_and(|parcel| parcel.is_received) {
        let message = format!("parcel {:?} was booked in already", command.parcel);
        return Err(refuse(RefusalCode::AlreadyReceived, message));
    }
    if parcel.is_none() && desk.ledger().parcels.len() >= PARCELS_MAX {
        return Err(too_many("parcels of one order", PARCELS_MAX));
    }
    let case = command.case.clone().or_else(|| parcel?.announced_for.clone());
    // A slip may have the number of a case that was merged since.
    let known = case.as_ref().and_then(|case| desk.ledger().current_case(case));
    let known = known.map(|(current, _)| current.clone());
    let case = known.or(case);
    if let Some(case) = &case {
        desk.case(case)?;
    }
    check_items(&command.items)?;

    let (parcel, at) = (command.parcel.clone(), desk.context.now);
    desk.record(Event::ParcelReceived { parcel: parcel.clone(), at });
    let mut dock = Dock { desk, parcel, case, held: 0 };
    for item in &command.items {
        match item {
            Item::Serial { serial } => dock.take_serial(serial)?,
            Item::Counted { line, component, count } => {
                for _ in 0..*count {
                    dock.take_counted(line, component.as_ref())?;
                }
            }
            Item::Unidentified { text } => {
                let item = ArrivedItem::Unidentified { text: text.clone() };
                dock.hold(item, HeldReason::Unidentified)?;
            }
        }
    }
    Ok(())
}

fn check_items(items: &[Item]) -> Result<(), Refusal> {
    let mut total = 0_u32;
    let mut serials = BTreeSet::new();
    for item in items {
        let count = match item {
            Item::Counted { count, .. } => *count,
            Item::Serial { .. } | Item::Unidentified { .. } => 1,
        };
        total = total.saturating_add(count);
        if count == 0 {
            return Err(refuse(RefusalCode::ParcelEmpty, "a count is at least 1"));
        }
        if let Item::Serial { serial } = item
            && !serials.insert(serial)
        {
            let message = format!("the serial {serial:?} was scanned twice");
            return Err(refuse(RefusalCode::SerialTwice, message));
        }
    }
    if total == 0 {
        return Err(refuse(RefusalCode::ParcelEmpty, "nothing is booked in"));
    }
    if total > PARCEL_ITEMS_MAX {
        return Err(too_many("items in one parcel", PARCEL_ITEMS_MAX));
    }
    Ok(())
}

/// One parcel that is being unpacked.
struct Dock<'d, 'a> {
    desk: &'d mut Desk<'a>,
    parcel: ParcelId,
    /// The case whose number is on the parcel.
    case: Option<CaseId>,
    held: u16,
}

impl Dock<'_, '_> {
    fn take_serial(&mut self, serial: &Serial) -> Result<(), Refusal> {
        let item = ArrivedItem::Serial { serial: serial.clone() };
        let Some(unit) = self.desk.ledger().unit_with(self.desk.context.order, serial) else {
            return match self.awaited_foreigner() {
                Some((case, unit)) => self.receive(&case, &unit, Some(serial)),
                None => self.hold(item, HeldReason::UnknownSerial),
            };
        };
        let is_that_unit = |claimed: &UnitId| *claimed == unit;
        match self.awaited(is_that_unit, None) {
            Some((case, unit)) => self.receive(&case, &unit, Some(serial)),
            None if self.desk.ledger().goods(&unit).is_away() => {
                self.hold(item, HeldReason::NotAuthorised)
            }
            None => self.hold(item, HeldReason::AlreadyReturned),
        }
    }

    fn take_counted(
        &mut self,
        line_id: &LineId,
        component: Option<&Component>,
    ) -> Result<(), Refusal> {
        let unknown =
            || refuse(RefusalCode::UnitUnknown, format!("the order has no line {line_id:?}"));
        let line = self.desk.context.order.line(line_id).ok_or_else(unknown)?;
        if component.is_some_and(|name| line.part(name).is_none()) {
            let message = format!("line {line_id:?} has no such component");
            return Err(refuse(RefusalCode::ComponentUnknown, message));
        }
        if line.has_serials(component) {
            let message = format!("goods of line {line_id:?} have serials: scan them");
            return Err(refuse(RefusalCode::SerialNeeded, message));
        }
        let is_such_a_unit =
            |claimed: &UnitId| claimed.line == *line_id && claimed.component.as_ref() == component;
        let case = self.case.clone();
        if let Some((case, unit)) = self.awaited(is_such_a_unit, case.as_ref()) {
            return self.receive(&case, &unit, None);
        }
        let (line, component) = (line_id.clone(), component.cloned());
        let is_claimed = case.is_some_and(|case| self.claims_any(&case, is_such_a_unit));
        let why = if is_claimed { HeldReason::OverDelivery } else { HeldReason::NotAuthorised };
        self.hold(ArrivedItem::Counted { line, component }, why)
    }

    /// The claim that awaits such a unit, in that case if one is given; first what was announced in this parcel.
    fn awaited(
        &self,
        is_such: impl Fn(&UnitId) -> bool,
        only_in: Option<&CaseId>,
    ) -> Option<(CaseId, UnitId)> {
        let ledger = self.desk.ledger();
        let claims = ledger.claims().filter(|(case, unit, claim)| {
            is_such(unit)
                && only_in.is_none_or(|only| only == *case)
                && ledger.is_live(claim)
                && require_awaited(self.desk, unit, claim).is_ok()
        });
        let first =
            claims.min_by_key(|(_, _, claim)| claim.announced_in.as_ref() != Some(&self.parcel));
        first.map(|(case, unit, _)| (case.clone(), unit.clone()))
    }

    /// A claim of this case that awaits goods which were never ordered.
    fn awaited_foreigner(&self) -> Option<(CaseId, UnitId)> {
        let case = self.case.as_ref()?;
        let is_mismatch = |unit: &UnitId| {
            let claim = self.desk.ledger().claim(case, unit);
            claim.is_some_and(|claim| claim.judged.decision.cause == Cause::Mismatch)
        };
        self.awaited(is_mismatch, Some(case))
    }

    fn claims_any(&self, case: &CaseId, is_such: impl Fn(&UnitId) -> bool) -> bool {
        let case = self.desk.ledger().cases.get(case);
        case.is_some_and(|case| case.claims.keys().any(is_such))
    }

    fn receive(
        &mut self,
        case: &CaseId,
        unit: &UnitId,
        serial: Option<&Serial>,
    ) -> Result<(), Refusal> {
        receive_unit(self.desk, case, unit, &self.parcel, serial)
    }

    fn hold(&mut self, item: ArrivedItem, why: HeldReason) -> Result<(), Refusal> {
        if self.desk.ledger().arrivals.len() >= ARRIVALS_MAX {
            return Err(too_many("held arrivals of one order", ARRIVALS_MAX));
        }
        self.held = self.held.saturating_add(1);
        let arrival = ArrivalId { parcel: self.parcel.clone(), number: self.held };
        self.desk.record(Event::ArrivalHeld { arrival, item, why });
        Ok(())
    }
}

/// Records the receipt, from which the clock runs, and decides the claim again.
pub(super) fn receive_unit(
    desk: &mut Desk<'_>,
    case: &CaseId,
    unit: &UnitId,
    parcel: &ParcelId,
    serial: Option<&Serial>,
) -> Result<(), Refusal> {
    let at = desk.context.now;
    desk.record(Event::UnitReceived {
        case: case.clone(),
        unit: unit.clone(),
        parcel: parcel.clone(),
        at,
        serial: serial.cloned(),
    });
    desk.judge(case, unit, Occasion::Received, |facts| facts.received_at = Some(at))
}
