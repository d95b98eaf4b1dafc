//! Record what was found. The engine decides again on that; what was claimed stays on record.

use super::desk::{Desk, refuse};
use crate::facts::InspectionFacts;
use crate::ledger::command::InspectUnit;
use crate::ledger::event::{Event, Occasion};
use crate::ledger::goods::Goods;
use crate::ledger::limits::PICTURES_PER_INSPECTION_MAX;
use crate::ledger::refusal::{Refusal, RefusalCode};

pub(super) fn inspect_unit(desk: &mut Desk<'_>, command: &InspectUnit) -> Result<(), Refusal> {
    let by = desk.staff()?;
    let InspectUnit { case, unit, .. } = command;
    let claim = desk.claim(case, unit)?;
    if claim.received.is_none() {
        let message = format!("{unit} has not been received");
        return Err(refuse(RefusalCode::NotReceived, message));
    }
    match desk.ledger().goods(unit) {
        Goods::Received => {}
        Goods::Inspected => {
            let message = format!("{unit} was inspected: to decide otherwise, overrule");
            return Err(refuse(RefusalCode::AlreadyInspected, message));
        }
        place => {
            let message = format!("{unit} is {place}: there is nothing to inspect");
            return Err(refuse(RefusalCode::NotReceived, message));
        }
    }
    check_components(desk, command)?;
    if command.pictures.len() > PICTURES_PER_INSPECTION_MAX {
        let message = format!("an inspection has at most {PICTURES_PER_INSPECTION_MAX} pictures");
        return Err(refuse(RefusalCode::LimitReached, message));
    }
    desk.record(Event::UnitInspected {
        case: case.clone(),
        unit: unit.clone(),
        by,
        report: command.report.clone(),
        pictures: command.pictures.clone(),
    });
    let faulty = command.faulty_components.as_ref();
    let faulty =
        faulty.map(|names| names.iter().map(|name| name.as_str().to_owned()).collect::<Vec<_>>());
    let inspection = InspectionFacts {
        condition: command.condition,
        fault_found: command.fault_found,
        findings: command.findings.clone(),
        faulty_components: faulty,
    };
    desk.judge(case, unit, Occasion::Inspected, |facts| facts.inspection = Some(inspection))
}

fn check_components(desk: &Desk<'_>, command: &InspectUnit) -> Result<(), Refusal> {
    for name in command.faulty_components.iter().flatten() {
        if !desk.context.order.has_place(&command.unit.part(name)) {
            let message = format!("{} has no component {name:?}", command.unit);
            return Err(refuse(RefusalCode::ComponentUnknown, message));
        }
    }
    Ok(())
}
