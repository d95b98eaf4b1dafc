//! Make a case of its own out of some units of a case. Units that share a parcel, a freight or a remedy stay together.

use super::desk::{Desk, refuse, too_many};
use crate::ledger::command::SplitCase;
use crate::ledger::event::Event;
use crate::ledger::freight::FreightCharge;
use crate::ledger::id::{FreightId, ParcelId, UnitId};
use crate::ledger::limits::CASES_MAX;
use crate::ledger::refund::RefundBill;
use crate::ledger::refusal::{Refusal, RefusalCode};

pub(super) fn split_case(desk: &mut Desk<'_>, command: &SplitCase) -> Result<(), Refusal> {
    let by = desk.staff()?;
    let SplitCase { case: id, units, new_case } = command;
    Desk::some_units(units)?;
    if desk.ledger().cases.contains_key(new_case) {
        let message = format!("there is a case {new_case:?} already");
        return Err(refuse(RefusalCode::CaseExists, message));
    }
    if desk.ledger().cases.len() >= CASES_MAX {
        return Err(too_many("cases of one order", CASES_MAX));
    }
    let case = desk.open_case(id)?;
    for unit in units {
        desk.claim(id, unit)?;
    }
    if case.claims.len() == units.len() {
        let message = "leave at least one unit in the case";
        return Err(refuse(RefusalCode::NothingLeft, message));
    }
    require_no_shared_parcel(desk, command)?;
    require_no_remedy(desk, command)?;
    require_no_shared_freight(desk, command)?;
    desk.record(Event::CaseSplit {
        case: id.clone(),
        new_case: new_case.clone(),
        units: units.clone(),
        by,
    });
    Ok(())
}

/// A parcel on its way belongs to one case, whose number is on it.
fn require_no_shared_parcel(desk: &Desk<'_>, command: &SplitCase) -> Result<(), Refusal> {
    let awaited = |unit: &UnitId| -> Option<&ParcelId> {
        let parcel = desk.ledger().claim(&command.case, unit)?.announced_in.as_ref()?;
        let is_received = desk.ledger().parcels.get(parcel).is_some_and(|known| known.is_received);
        (!is_received).then_some(parcel)
    };
    let case = desk.case(&command.case)?;
    for parcel in command.units.iter().filter_map(awaited) {
        let mut staying = case.claims.keys().filter(|unit| !command.units.contains(unit));
        if let Some(unit) = staying.find(|unit| awaited(unit) == Some(parcel)) {
            let message = format!("{unit} is in parcel {parcel:?} too: it comes for one case");
            return Err(refuse(RefusalCode::ParcelShared, message));
        }
    }
    Ok(())
}

/// Refunds and replacements name the case in which they were granted.
fn require_no_remedy(desk: &Desk<'_>, command: &SplitCase) -> Result<(), Refusal> {
    let ledger = desk.ledger();
    let moves = |unit: &UnitId| command.units.contains(unit);
    let approved = ledger.refunds.iter().map(|(id, refund)| (id, &refund.case, &refund.bill));
    let proposed = ledger.proposals.iter().map(|(id, asked)| (id, &asked.case, &asked.bill));
    let refunds = approved.chain(proposed).filter(|(_, case, _)| **case == command.case);
    for (id, _, bill) in refunds {
        if let Some(part) = bill.units.iter().find(|part| moves(&part.unit)) {
            let message = format!("refund {id:?} names {} in this case", part.unit);
            return Err(refuse(RefusalCode::CaseNamed, message));
        }
    }
    let mut sent = ledger.replacements.values().filter(|sent| sent.case == command.case);
    if let Some(sent) = sent.find(|sent| moves(&sent.replaces)) {
        let message = format!("a replacement names {} in this case", sent.replaces);
        return Err(refuse(RefusalCode::CaseNamed, message));
    }
    Ok(())
}

/// Freight moves with its units, as a whole, as long as no refund has settled any of it.
fn require_no_shared_freight(desk: &Desk<'_>, command: &SplitCase) -> Result<(), Refusal> {
    let ledger = desk.ledger();
    let freights = ledger.freights.iter().filter(|(_, charge)| charge.case == command.case);
    for (id, charge) in freights {
        if !charge.units.iter().any(|unit| command.units.contains(unit)) {
            continue;
        }
        let approved = ledger.refunds.values().map(|refund| &refund.bill);
        let mut bills = approved.chain(ledger.proposals.values().map(|asked| &asked.bill));
        let is_in_refund = bills.any(|bill| names_freight(bill, id));
        if !is_only_of(charge, &command.units) || is_in_refund {
            let message = format!("freight {id:?} is of more than these units, or in a refund");
            return Err(refuse(RefusalCode::FreightShared, message));
        }
    }
    Ok(())
}

fn is_only_of(charge: &FreightCharge, units: &[UnitId]) -> bool {
    charge.units.iter().all(|unit| units.contains(unit))
}

fn names_freight(bill: &RefundBill, id: &FreightId) -> bool {
    let deductions = bill.units.iter().flat_map(|part| &part.deductions);
    let kept = deductions.filter_map(|deduction| deduction.freight.as_ref());
    kept.chain(bill.freight.iter().map(|part| &part.freight)).any(|freight| freight == id)
}
