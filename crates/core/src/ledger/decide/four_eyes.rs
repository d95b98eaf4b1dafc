//! Four eyes: what one person alone may not let go of an order is proposed by one person of finance and approved by another.
//!
//! What counts is the sum that one person alone approved of the order so far, together with what is asked for now: a refund that
//! is cut into small ones is judged as if it were one.

use super::desk::{Desk, refuse};
use crate::ledger::context::Actor;
use crate::ledger::event::Event;
use crate::ledger::guard::Guard;
use crate::ledger::id::RefundId;
use crate::ledger::refund::Proposal;
use crate::ledger::refusal::{Refusal, RefusalCode};
use crate::money::{Money, MoneyError};

/// Whether a refund may be approved now.
pub(super) enum Eyes {
    /// It may: within what one person may do alone, or after that other person proposed the same.
    Enough { proposed_by: Option<Actor> },
    /// It was recorded as a proposal, which waits for another person.
    Proposed,
}

/// Asks for as many people as the amount needs.
pub(super) fn look(
    desk: &mut Desk<'_>,
    refund: &RefundId,
    asked: Proposal,
) -> Result<Eyes, Refusal> {
    if !needs_two(desk, asked.bill.total)? {
        return Ok(Eyes::Enough { proposed_by: None });
    }
    let by = desk.finance()?;
    match desk.ledger().proposals.get(refund) {
        Some(proposed) if proposed.case == asked.case && proposed.bill == asked.bill => {
            let proposed_by = proposed.by.clone();
            // INVARIANT: the second person is another one.
            desk.require(Guard::FourEyes, !is_same(&proposed_by, &by), || {
                let message = "you proposed this refund: another person of finance approves it";
                refuse(RefusalCode::SecondPersonNeeded, message)
            })?;
            Ok(Eyes::Enough { proposed_by: Some(proposed_by) })
        }
        // What differs from the proposal is another proposal, by whoever asks now.
        _ => {
            let Proposal { case, bill, early, .. } = asked;
            let refund = refund.clone();
            desk.record(Event::RefundProposed { refund, case, bill, early, by });
            Ok(Eyes::Proposed)
        }
    }
}

fn needs_two(desk: &Desk<'_>, total: Money) -> Result<bool, MoneyError> {
    let Some(limit) = desk.context.alone_up_to else { return Ok(false) };
    let refunds = desk.ledger().refunds.values();
    let alone = refunds.filter(|refund| !refund.cancelled && !refund.by_two);
    let alone = Money::sum(total.currency, alone.map(|refund| refund.bill.total))?;
    Ok(alone.plus(total)?.minor > limit.minor)
}

/// Whether both are one person, in whatever role.
fn is_same(one: &Actor, other: &Actor) -> bool {
    match (one, other) {
        (Actor::Staff { id: one, .. }, Actor::Staff { id: other, .. }) => one == other,
        _ => one == other,
    }
}
