//! Evidence and confirmed facts: what comes in, what is waived, what staff know. The claims are decided again.

use super::desk::{Desk, refuse, too_many};
use crate::ledger::command::{AddEvidence, ConfirmFact, ConfirmedFact, WaiveEvidence};
use crate::ledger::event::{Event, Occasion};
use crate::ledger::id::{Slot, UnitId};
use crate::ledger::limits::EVIDENCE_PER_CLAIM_MAX;
use crate::ledger::refusal::{Refusal, RefusalCode};

pub(super) fn add(desk: &mut Desk<'_>, command: &AddEvidence) -> Result<(), Refusal> {
    Desk::some_units(&command.units)?;
    let slot = &command.evidence.slot;
    for unit in &command.units {
        let claim = desk.live_claim(&command.case, unit)?;
        if claim.evidence_files >= EVIDENCE_PER_CLAIM_MAX {
            return Err(too_many("files of evidence for one claim", EVIDENCE_PER_CLAIM_MAX));
        }
    }
    desk.record(Event::EvidenceAdded {
        case: command.case.clone(),
        units: command.units.clone(),
        slot: slot.clone(),
        file: command.evidence.file.clone(),
    });
    for unit in &command.units {
        // A second picture in the same slot changes no fact.
        if !list(&desk.claim(&command.case, unit)?.judged.facts.claim.evidence, slot) {
            desk.judge(&command.case, unit, Occasion::Evidence, |facts| {
                insert(&mut facts.claim.evidence, slot);
            })?;
        }
    }
    Ok(())
}

pub(super) fn waive(desk: &mut Desk<'_>, command: &WaiveEvidence) -> Result<(), Refusal> {
    Desk::some_units(&command.units)?;
    let by = desk.staff()?;
    for unit in &command.units {
        desk.live_claim(&command.case, unit)?;
    }
    desk.record(Event::EvidenceWaived {
        case: command.case.clone(),
        units: command.units.clone(),
        slot: command.slot.clone(),
        reason: command.reason.clone(),
        by,
    });
    for unit in &command.units {
        desk.judge(&command.case, unit, Occasion::Evidence, |facts| {
            insert(&mut facts.claim.waived, &command.slot);
        })?;
    }
    Ok(())
}

pub(super) fn confirm(desk: &mut Desk<'_>, command: &ConfirmFact) -> Result<(), Refusal> {
    desk.staff()?;
    if let ConfirmedFact::SignedAt { at } = &command.fact
        && (*at > desk.context.now || *at < desk.context.order.placed_at)
    {
        let message = "the delivery was signed for between the order and now";
        return Err(refuse(RefusalCode::SignedAt, message));
    }
    let case = desk.open_case(&command.case)?;
    let live = case.claims.iter().filter(|(_, claim)| desk.ledger().is_live(claim));
    let units: Vec<UnitId> = live.map(|(unit, _)| unit.clone()).collect();
    if units.is_empty() {
        let message = "no claim of the case is live: reopen it first";
        return Err(refuse(RefusalCode::ClaimNotLive, message));
    }
    for unit in &units {
        desk.judge(&command.case, unit, Occasion::Confirmed, |facts| match &command.fact {
            ConfirmedFact::SignedAt { at } => facts.order.signed_at = Some(*at),
            ConfirmedFact::Voucher { voucher } => facts.order.voucher = *voucher,
        })?;
    }
    Ok(())
}

fn list(slots: &[String], slot: &Slot) -> bool {
    slots.iter().any(|known| known == slot.as_str())
}

fn insert(slots: &mut Vec<String>, slot: &Slot) {
    if !list(slots, slot) {
        slots.push(slot.as_str().to_owned());
    }
}
