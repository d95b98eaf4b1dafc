//! Replacements: set aside, sent, arrived. Only after the receipt (`goods_first`), and only the faulty part
//! (`replace.part`).

use super::contest_finding::require_uncontested;
use super::desk::{Desk, refuse, too_many};
use crate::ledger::case::{Claim, RemedyTaken};
use crate::ledger::command::{
    AllocateReplacement, CancelReplacement, DeliverReplacement, ShipReplacement,
};
use crate::ledger::event::Event;
use crate::ledger::goods::{Replacement, ReplacementStep};
use crate::ledger::guard::Guard;
use crate::ledger::id::{CaseId, UnitId};
use crate::ledger::limits::GENERATIONS_MAX;
use crate::ledger::refusal::{Refusal, RefusalCode};
use crate::policy::Matter;
use crate::words::Remedy;

pub(super) fn allocate(desk: &mut Desk<'_>, command: &AllocateReplacement) -> Result<(), Refusal> {
    desk.staff_or_rule()?;
    let AllocateReplacement { case, unit, serial } = command;
    let claim = desk.live_claim(case, unit)?;
    require_due(desk, case, unit, claim)?;
    require_faulty(desk, unit, claim)?;
    require_serial(desk, command)?;
    if unit.generation >= GENERATIONS_MAX {
        return Err(too_many("replacements of one unit", GENERATIONS_MAX));
    }
    let old_serial = desk.ledger().serial(desk.context.order, unit).cloned();
    desk.record(Event::ReplacementAllocated {
        case: case.clone(),
        replaces: unit.clone(),
        replacement: unit.of_generation(unit.generation.saturating_add(1)),
        old_serial,
        serial: serial.clone(),
    });
    Ok(())
}

fn require_due(
    desk: &Desk<'_>,
    case: &CaseId,
    unit: &UnitId,
    claim: &Claim,
) -> Result<(), Refusal> {
    require_uncontested(unit, claim)?;
    desk.require_accepted(unit, claim)?;
    desk.require_goods(Guard::GoodsFirstReplacement, unit, claim)?;
    if !claim.is_due(Remedy::Replacement) {
        let message = format!("the claim of {unit} is not for a replacement: amend it first");
        return Err(refuse(RefusalCode::OtherRemedy, message));
    }
    desk.require(Guard::UnitUnspent, claim.remedy.is_none(), || {
        refuse(RefusalCode::RemedyTaken, format!("the remedy of {unit} is under way"))
    })?;
    desk.require_unspent(unit, Some((case, unit)))
}

/// A unit without components is replaced as a whole. Of one with components only those are that the decision names; a
/// person who overrules it can still not replace what inspection found sound.
fn require_faulty(desk: &Desk<'_>, unit: &UnitId, claim: &Claim) -> Result<(), Refusal> {
    let facts = &claim.judged.facts;
    let mut components = match &unit.component {
        Some(name) => vec![name.as_str().to_owned()],
        None => facts.line.components.clone(),
    }
    .into_iter();
    let named = &claim.judged.decision.replace_components;
    let found = facts.inspection.as_ref().and_then(|found| found.faulty_components.as_ref());
    let is_overruled = claim.overruled.as_ref().is_some_and(|overruled| overruled.accept);
    let sound = components.find(|component| {
        let is_maybe_faulty = found.is_none_or(|faulty| faulty.contains(component));
        !(named.contains(component) || is_overruled && is_maybe_faulty)
    });
    desk.require(Guard::SoundComponent, sound.is_none(), || {
        let sound = sound.unwrap_or_default();
        let message = format!("component `{sound}` is not to be replaced: only the faulty part is");
        refuse(RefusalCode::SoundComponent, message).citing(desk.clause_on(Matter::Components))
    })
}

fn require_serial(desk: &Desk<'_>, command: &AllocateReplacement) -> Result<(), Refusal> {
    let AllocateReplacement { unit, serial, .. } = command;
    let order = desk.context.order;
    let Some(serial) = serial else {
        let line = order.line(&unit.line);
        if line.is_some_and(|line| line.has_serials(unit.component.as_ref())) {
            let message = format!("{unit} has a serial: give that of the replacement");
            return Err(refuse(RefusalCode::SerialNeeded, message));
        }
        return Ok(());
    };
    if let Some(known) = desk.ledger().unit_with(order, serial) {
        let message = format!("the serial {serial:?} is that of {known} already");
        return Err(refuse(RefusalCode::SerialTaken, message));
    }
    Ok(())
}

pub(super) fn ship(desk: &mut Desk<'_>, command: &ShipReplacement) -> Result<(), Refusal> {
    desk.not_buyer()?;
    let unit = at_step(desk, &command.case, &command.unit, &[ReplacementStep::Allocated])?;
    // An inspection may have decided otherwise since it was set aside.
    let claim = desk.claim(&command.case, &command.unit)?;
    desk.require_accepted(&command.unit, claim)?;
    require_faulty(desk, &command.unit, claim)?;
    let tracking = command.tracking.clone();
    desk.record(Event::ReplacementShipped { replacement: unit, tracking });
    Ok(())
}

pub(super) fn deliver(desk: &mut Desk<'_>, command: &DeliverReplacement) -> Result<(), Refusal> {
    let unit = at_step(desk, &command.case, &command.unit, &[ReplacementStep::Shipped])?;
    let at = desk.context.now;
    desk.record(Event::ReplacementDelivered { replacement: unit, at });
    Ok(())
}

pub(super) fn cancel(desk: &mut Desk<'_>, command: &CancelReplacement) -> Result<(), Refusal> {
    let by = desk.staff()?;
    let steps = [ReplacementStep::Allocated, ReplacementStep::Shipped];
    let replacement = at_step(desk, &command.case, &command.unit, &steps)?;
    desk.record(Event::ReplacementCancelled {
        case: command.case.clone(),
        replaces: command.unit.clone(),
        replacement,
        reason: command.reason.clone(),
        by,
    });
    Ok(())
}

/// The unit that is to take the place of that one, if its replacement is at one of these steps.
fn at_step(
    desk: &Desk<'_>,
    case: &CaseId,
    unit: &UnitId,
    steps: &[ReplacementStep],
) -> Result<UnitId, Refusal> {
    let none = || {
        let message = format!("no replacement of {unit} is under way");
        refuse(RefusalCode::NoReplacement, message)
    };
    let Some(RemedyTaken::Replacement(replacement)) = &desk.claim(case, unit)?.remedy else {
        return Err(none());
    };
    let Replacement { step, .. } = desk.ledger().replacements.get(replacement).ok_or_else(none)?;
    if !steps.contains(step) {
        let message = format!("the replacement of {unit} is {step}");
        return Err(refuse(RefusalCode::ReplacementStep, message));
    }
    Ok(replacement.clone())
}
