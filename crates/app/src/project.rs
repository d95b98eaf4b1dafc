//! What follows from a ledger's change, written in the transaction of the change, so that a reader sees both or neither.

use backhaul_core::ledger::{
    Case, CaseId, Event, Instruction, InstructionId, Ledger, Path, Refund, RefundId,
};
use backhaul_core::policy::Policy;
use backhaul_store::case_index::{self, CaseRow};
use backhaul_store::refund_index::{self, RefundRow};
use backhaul_store::{OrderId, Tx, jobs};
use jiff::Timestamp;

use crate::door::DoorError;
use crate::refund_job;

/// Writes the rows of the cases and refunds that changed.
pub(crate) fn project(
    tx: &mut dyn Tx,
    order: &OrderId,
    before: &Ledger,
    after: &Ledger,
    policy: &Policy,
    now: Timestamp,
) -> Result<(), DoorError> {
    for (id, case) in &after.cases {
        let is_same = |old: &Case| old == case && before.case_state(old) == after.case_state(case);
        if !before.cases.get(id).is_some_and(is_same) {
            let row = row(order, id, case, after, policy, now);
            if !case_index::put(tx, &row)? {
                return Err(DoorError::CaseTaken { case: id.clone() });
            }
        }
    }
    for (id, refund) in &after.refunds {
        if before.refunds.get(id) == Some(refund) {
            continue;
        }
        let case = after.cases.get(&refund.case);
        let due_at = case.and_then(|case| owed_by(case, refund, policy));
        for piece in refund.pieces.values() {
            refund_index::put(tx, &piece_row(order, id, refund, piece, due_at, now))?;
        }
    }
    Ok(())
}

/// The end of the earliest day on which one of the refund's units is owed.
fn owed_by(case: &Case, refund: &Refund, policy: &Policy) -> Option<Timestamp> {
    let units = refund.bill.units.iter();
    let claims = units.filter_map(|refunded| case.claims.get(&refunded.unit));
    let day = claims.filter_map(|claim| claim.judged.decision.dates.refund_by).min();
    day.and_then(|day| policy.zone.end(day))
}

fn piece_row(
    order: &OrderId,
    id: &RefundId,
    refund: &Refund,
    piece: &Instruction,
    due_at: Option<Timestamp>,
    now: Timestamp,
) -> RefundRow {
    let planned = &piece.planned;
    RefundRow {
        order: order.clone(),
        instruction: InstructionId { refund: id.clone(), number: planned.number },
        case: refund.case.clone(),
        payment: planned.payment.clone(),
        path: planned.path.as_str().to_owned(),
        state: if refund.cancelled { "cancelled" } else { piece.state.as_str() }.to_owned(),
        amount: planned.amount,
        due_at,
        updated_at: now,
    }
}

/// Enqueues the job of each piece that was planned to go back the way it came.
///
/// It follows from the events of a command, not from a ledger: a rebuild of the read tables starts no work again.
pub(crate) fn enqueue_refunds(
    tx: &mut dyn Tx,
    number: &str,
    events: &[Event],
    now: Timestamp,
) -> Result<(), DoorError> {
    for event in events {
        let (Event::RefundApproved { refund, pieces, .. }
        | Event::RefundReissued { refund, pieces, .. }) = event
        else {
            continue;
        };
        for piece in pieces.iter().filter(|piece| piece.path == Path::Original) {
            let instruction = InstructionId { refund: refund.clone(), number: piece.number };
            jobs::enqueue(tx, &refund_job::new_job(number, &instruction, now))?;
        }
    }
    Ok(())
}

fn row(
    order: &OrderId,
    id: &CaseId,
    case: &Case,
    ledger: &Ledger,
    policy: &Policy,
    now: Timestamp,
) -> CaseRow {
    let pin = case.claims.values().next().map(|claim| claim.judged.pin.to_string());
    CaseRow {
        case: id.clone(),
        order: order.clone(),
        state: ledger.case_state(case),
        policy_pin: pin.unwrap_or_else(|| policy.pin.clone()),
        opened_at: case.opened_at,
        due_at: due(case, ledger, policy),
        updated_at: now,
    }
}

/// The end of the earliest day on which something of the case is due: a refund of what was received, or else the goods that
/// were authorised to come.
fn due(case: &Case, ledger: &Ledger, policy: &Policy) -> Option<Timestamp> {
    let live = case.claims.values().filter(|claim| ledger.is_live(claim));
    let day = live.filter_map(|claim| match (claim.received.is_some(), &claim.authorised) {
        (false, Some(authorised)) => Some(authorised.expires_on),
        _ => claim.judged.decision.dates.refund_by,
    });
    day.min().and_then(|day| policy.zone.end(day))
}
