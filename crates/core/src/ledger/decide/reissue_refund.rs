//! What happens to a refund beside its instructions: cancelled before anything left, issued again, or written off.

use super::desk::{Desk, number_pieces, refuse, too_many};
use crate::ledger::command::{CancelRefund, ReissueRefund, WriteOffRest};
use crate::ledger::event::Event;
use crate::ledger::guard::Guard;
use crate::ledger::limits::INSTRUCTIONS_PER_REFUND_MAX;
use crate::ledger::refund::{Instruction, InstructionState, Path, Refund};
use crate::ledger::refund_plan::plan;
use crate::ledger::refusal::{Refusal, RefusalCode};
use crate::money::Money;
use crate::policy::Matter;

pub(super) fn cancel(desk: &mut Desk<'_>, command: &CancelRefund) -> Result<(), Refusal> {
    if desk.ledger().proposals.contains_key(&command.refund) {
        let by = desk.finance()?;
        let (refund, reason) = (command.refund.clone(), command.reason.clone());
        desk.record(Event::RefundCancelled { refund, reason, by });
        return Ok(());
    }
    let by = desk.staff()?;
    let refund = desk.refund(&command.refund)?;
    let is_unsent = refund
        .pieces
        .values()
        .all(|piece| piece.state == InstructionState::Reserved || has_failed(piece));
    desk.require(Guard::UnsentOnly, is_unsent, || {
        let message = format!("money of refund {:?} may have left", command.refund);
        refuse(RefusalCode::AlreadySent, message)
    })?;
    let (refund, reason) = (command.refund.clone(), command.reason.clone());
    desk.record(Event::RefundCancelled { refund, reason, by });
    Ok(())
}

pub(super) fn reissue(desk: &mut Desk<'_>, command: &ReissueRefund) -> Result<(), Refusal> {
    let by = match command.path {
        Path::Original => desk.staff_or_rule()?,
        Path::Bank => desk.finance()?,
    };
    if command.path == Path::Bank && command.reason.is_none() {
        let message = "another path than the original needs a reason";
        return Err(
            refuse(RefusalCode::FinanceOnly, message).citing(desk.clause_on(Matter::RefundPath))
        );
    }
    let refund = desk.refund(&command.refund)?;
    let amount = match command.piece {
        Some(number) => failed_amount(desk, refund, command, number)?,
        None => refund.uncovered,
    };
    if !amount.is_positive() {
        return Err(refuse(RefusalCode::NothingToRefund, "there is no uncovered rest"));
    }
    let split = plan(amount, desk.rooms()?, desk.context.policy.refund_order)?;
    if split.pieces.is_empty() {
        return Err(refuse(RefusalCode::NoRoom, "no payment has room for it"));
    }
    if refund.pieces.len().saturating_add(split.pieces.len()) > INSTRUCTIONS_PER_REFUND_MAX {
        return Err(too_many("pieces of one refund", INSTRUCTIONS_PER_REFUND_MAX));
    }
    let uncovered = match command.piece {
        Some(_) => refund.uncovered.plus(split.uncovered)?,
        None => split.uncovered,
    };
    let last = refund.pieces.keys().next_back().copied().unwrap_or(0);
    desk.record(Event::RefundReissued {
        refund: command.refund.clone(),
        piece: command.piece,
        pieces: number_pieces(split, command.path, last),
        uncovered,
        reason: command.reason.clone(),
        by,
    });
    Ok(())
}

/// INVARIANT: only what failed is issued again, and once. What is unclear may have been paid.
fn failed_amount(
    desk: &Desk<'_>,
    refund: &Refund,
    command: &ReissueRefund,
    number: u16,
) -> Result<Money, Refusal> {
    let unknown = || {
        let message = format!("refund {:?} has no piece {number}", command.refund);
        refuse(RefusalCode::InstructionUnknown, message)
    };
    let piece = refund.pieces.get(&number).ok_or_else(unknown)?;
    desk.require(Guard::UnclearBlocksReissue, has_failed(piece), || {
        let message = format!("piece {number} is {}: it has not failed", piece.state.as_str());
        let code = match piece.state {
            InstructionState::Reserved => RefusalCode::NotSubmitted,
            InstructionState::Settled => RefusalCode::OutcomeKnown,
            _ => RefusalCode::OutcomeUnclear,
        };
        refuse(code, message)
    })?;
    let is_replaced = piece.state == InstructionState::Failed { replaced: true };
    desk.require(Guard::ReissuedOnce, !is_replaced, || {
        let message = format!("piece {number} was issued again, or written off");
        refuse(RefusalCode::AlreadyReissued, message)
    })?;
    Ok(piece.planned.amount)
}

/// Whether it is certain that the piece was not paid: the provider never contradicted its failure.
const fn has_failed(piece: &Instruction) -> bool {
    matches!(piece.state, InstructionState::Failed { .. }) && !piece.contradicted
}

pub(super) fn write_off(desk: &mut Desk<'_>, command: &WriteOffRest) -> Result<(), Refusal> {
    let by = desk.finance()?;
    let amount = desk.refund(&command.refund)?.unissued()?;
    if !amount.is_positive() {
        return Err(refuse(RefusalCode::NothingToRefund, "nothing of it is left to be issued"));
    }
    let (refund, reason) = (command.refund.clone(), command.reason.clone());
    desk.record(Event::RestWrittenOff { refund, amount, reason, by });
    Ok(())
}
