//! One piece of a refund on its way: the key before the call, the same key ever after, and an outcome that only the
//! provider or a named person can give (invariant `never-twice`).

use super::desk::{Desk, refuse, too_many};
use crate::ledger::command::{
    Answer, RecordAnswer, ResendInstruction, ResolveInstruction, SubmitInstruction,
    WithdrawInstruction,
};
use crate::ledger::event::Event;
use crate::ledger::guard::{Guard, holds};
use crate::ledger::id::{IdempotencyKey, InstructionId};
use crate::ledger::limits::RESENDS_MAX;
use crate::ledger::refund::{Instruction, InstructionState, Path, Submission};
use crate::ledger::refusal::{Refusal, RefusalCode};
use crate::money::Money;

pub(super) fn submit(desk: &mut Desk<'_>, command: &SubmitInstruction) -> Result<(), Refusal> {
    desk.not_buyer()?;
    let id = &command.instruction;
    let refund = desk.refund(&id.refund)?;
    let instruction = instruction(desk, id)?;
    let is_new = instruction.state == InstructionState::Reserved;
    desk.require(Guard::SubmitOnce, is_new, || {
        let message = format!("instruction `{id}` is {}", instruction.state.as_str());
        refuse(RefusalCode::AlreadySubmitted, message)
    })?;
    // An inspection may have decided otherwise since the refund was approved.
    for part in &refund.bill.units {
        desk.require_accepted(&part.unit, desk.claim(&refund.case, &part.unit)?)?;
    }
    desk.require_not_charged_back(&instruction.planned.payment)?;
    desk.require(Guard::KeyUnique, !is_used(desk, &command.key), || {
        refuse(RefusalCode::KeyTaken, "the key belongs to another instruction")
    })?;
    let submission =
        Submission { key: command.key.clone(), request_hash: command.request_hash.clone() };
    desk.record(Event::InstructionSubmitted { instruction: id.clone(), submission });
    Ok(())
}

fn is_used(desk: &Desk<'_>, key: &IdempotencyKey) -> bool {
    let pieces = desk.ledger().refunds.values().flat_map(|refund| refund.pieces.values());
    let mut submissions = pieces.filter_map(|piece| piece.submission.as_ref());
    submissions.any(|submission| submission.key == *key)
}

pub(super) fn resend(desk: &mut Desk<'_>, command: &ResendInstruction) -> Result<(), Refusal> {
    desk.not_buyer()?;
    let id = &command.instruction;
    let instruction = instruction(desk, id)?;
    let Some(submission) = &instruction.submission else { return Err(not_submitted(id)) };
    if !matches!(instruction.state, InstructionState::Submitted | InstructionState::Unclear) {
        return Err(outcome(id, instruction.state));
    }
    let is_same = submission.key == command.key && submission.request_hash == command.request_hash;
    desk.require(Guard::KeyNeverChanges, is_same, || {
        let message = format!("instruction `{id}` was first sent with another key or request");
        refuse(RefusalCode::KeyChanged, message)
    })?;
    // The first call may have been lost: the same call again could be the one that pays.
    desk.require_not_charged_back(&instruction.planned.payment)?;
    if instruction.resends >= RESENDS_MAX {
        return Err(too_many("times that one instruction is sent again", RESENDS_MAX));
    }
    desk.record(Event::InstructionResent { instruction: id.clone() });
    Ok(())
}

/// The whole table of what an answer means. The same answer twice is no news, and records nothing.
pub(super) fn record_answer(desk: &mut Desk<'_>, command: &RecordAnswer) -> Result<(), Refusal> {
    use InstructionState::{Failed, Manual, Reserved, Settled, Submitted, Unclear};
    let by = desk.not_buyer()?;
    let id = command.instruction.clone();
    let reference = command.reference.clone();
    let found = instruction(desk, &id)?;
    // Switched off only by a model checker: a second failure would free the amount a second time.
    let fails_again = holds(desk.context, Guard::FailsOnce, false);
    let event = match (found.state, command.answer) {
        _ if found.submission.is_none() => return Err(not_submitted(&id)),
        (Reserved, _) => return Err(not_submitted(&id)),
        (Submitted | Unclear | Manual, Answer::Settled) => {
            Event::InstructionSettled { instruction: id, reference, by }
        }
        // A failure after the settlement is late, and as true.
        (Submitted | Unclear | Manual | Settled, Answer::Failed) => {
            Event::InstructionFailed { instruction: id, reference, by }
        }
        (Submitted, Answer::NoAnswer) => Event::InstructionUnclear { instruction: id },
        (Submitted | Unclear, Answer::CannotTell) => Event::InstructionManual { instruction: id },
        // It was paid after all. Unless its amount or its room went elsewhere, that is the truth now.
        (Failed { replaced: false }, Answer::Settled) if can_settle(desk, &id, found)? => {
            Event::InstructionSettled { instruction: id, reference, by }
        }
        (Failed { .. }, Answer::Settled) if !found.contradicted => {
            Event::InstructionContradicted { instruction: id, reference }
        }
        (Failed { .. }, Answer::Failed) if fails_again => {
            Event::InstructionFailed { instruction: id, reference, by }
        }
        (Unclear | Manual, Answer::NoAnswer)
        | (Manual, Answer::CannotTell)
        | (Settled, Answer::Settled | Answer::NoAnswer | Answer::CannotTell)
        | (Failed { .. }, _) => return Ok(()),
    };
    desk.record(event);
    Ok(())
}

fn can_settle(desk: &Desk<'_>, id: &InstructionId, failed: &Instruction) -> Result<bool, Refusal> {
    let planned = &failed.planned;
    let is_cancelled = desk.ledger().refunds.get(&id.refund).is_none_or(|refund| refund.cancelled);
    let payment = desk.context.order.payment(&planned.payment);
    let captured = payment.map_or(Money::zero(planned.amount.currency), |known| known.captured);
    let taken = desk.ledger().taken(&planned.payment, planned.amount.currency)?;
    Ok(!is_cancelled && planned.amount.plus(taken)?.minor <= captured.minor)
}

pub(super) fn resolve(desk: &mut Desk<'_>, command: &ResolveInstruction) -> Result<(), Refusal> {
    let by = desk.finance()?;
    let id = &command.instruction;
    let found = instruction(desk, id)?;
    let is_transfer = found.planned.path == Path::Bank;
    match found.state {
        InstructionState::Unclear | InstructionState::Manual => {}
        // A bank transfer that a person makes is answered by that person.
        InstructionState::Submitted if is_transfer => {}
        InstructionState::Reserved => return Err(not_submitted(id)),
        InstructionState::Submitted => {
            let message = format!("instruction `{id}` awaits the provider's answer");
            return Err(refuse(RefusalCode::OutcomeUnclear, message));
        }
        state => return Err(outcome(id, state)),
    }
    let (instruction, reference) = (id.clone(), Some(command.reference.clone()));
    desk.record(if command.settled {
        Event::InstructionSettled { instruction, reference, by }
    } else {
        Event::InstructionFailed { instruction, reference, by }
    });
    Ok(())
}

pub(super) fn withdraw(desk: &mut Desk<'_>, command: &WithdrawInstruction) -> Result<(), Refusal> {
    let by = desk.staff()?;
    let id = &command.instruction;
    desk.refund(&id.refund)?;
    let state = instruction(desk, id)?.state;
    desk.require(Guard::UnsentOnly, state == InstructionState::Reserved, || {
        let message = format!("instruction `{id}` is {}: it may have left", state.as_str());
        refuse(RefusalCode::AlreadySent, message)
    })?;
    desk.record(Event::InstructionFailed { instruction: id.clone(), reference: None, by });
    Ok(())
}

fn instruction<'d>(desk: &'d Desk<'_>, id: &InstructionId) -> Result<&'d Instruction, Refusal> {
    let unknown =
        || refuse(RefusalCode::InstructionUnknown, format!("there is no instruction `{id}`"));
    let refund = desk.ledger().refunds.get(&id.refund);
    refund.and_then(|refund| refund.pieces.get(&id.number)).ok_or_else(unknown)
}

fn not_submitted(id: &InstructionId) -> Refusal {
    refuse(RefusalCode::NotSubmitted, format!("instruction `{id}` was never submitted"))
}

fn outcome(id: &InstructionId, state: InstructionState) -> Refusal {
    let message = format!("instruction `{id}` is {}", state.as_str());
    let code =
        if state.is_open() { RefusalCode::OutcomeUnclear } else { RefusalCode::OutcomeKnown };
    refuse(code, message)
}
