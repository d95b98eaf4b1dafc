//! Approve a refund: what the units are worth by the order's stored amounts, less what the buyer was told of, after the
//! goods came (`goods_first`), by the way the money came (`refund.path`).

use std::collections::BTreeMap;

use super::contest_finding::require_uncontested;
use super::desk::{Desk, number_pieces, refuse, require_positive, too_many};
use super::four_eyes::{self, Eyes};
use crate::ledger::case::{Claim, Told};
use crate::ledger::command::{ApproveRefund, RefundUnit, TellDeduction};
use crate::ledger::event::Event;
use crate::ledger::freight::freight_debt;
use crate::ledger::guard::Guard;
use crate::ledger::id::{CaseId, FreightId, RefundId, UnitId};
use crate::ledger::limits::{DEDUCTIONS_PER_UNIT_MAX, REFUNDS_MAX};
use crate::ledger::refund::{Deduction, Path, Proposal, RefundBill, RefundedUnit};
use crate::ledger::refund_plan::plan;
use crate::ledger::refusal::{Refusal, RefusalCode};
use crate::ledger::share::share_of;
use crate::money::Money;
use crate::policy::Matter;
use crate::words::{Payer, Remedy};

pub(super) fn approve(desk: &mut Desk<'_>, command: &ApproveRefund) -> Result<(), Refusal> {
    let by = desk.staff_or_rule()?;
    let names = command.units.iter().map(|refunded| refunded.unit.clone());
    let names: Vec<UnitId> = names.collect();
    Desk::some_units(&names)?;
    require_new(desk, &command.refund)?;

    for unit in &names {
        require_due(desk, command, unit)?;
    }
    let bill = bill(desk, command)?;
    let (case, early) = (command.case.clone(), command.early.clone());
    let asked = Proposal { case, bill: bill.clone(), early, by: by.clone() };
    let Eyes::Enough { proposed_by } = four_eyes::look(desk, &command.refund, asked)? else {
        return Ok(());
    };
    let split = plan(bill.total, desk.rooms()?, desk.context.policy.refund_order)?;
    let uncovered = split.uncovered;
    desk.record(Event::RefundApproved {
        refund: command.refund.clone(),
        case: command.case.clone(),
        bill,
        pieces: number_pieces(split, Path::Original, 0),
        uncovered,
        early: command.early.clone(),
        by,
        proposed_by,
    });
    Ok(())
}

pub(super) fn require_new(desk: &Desk<'_>, refund: &RefundId) -> Result<(), Refusal> {
    if desk.ledger().refunds.contains_key(refund) {
        let message = format!("there is a refund {refund:?} already");
        return Err(refuse(RefusalCode::RefundExists, message));
    }
    let proposals = desk.ledger().proposals.keys().filter(|proposed| *proposed != refund).count();
    if desk.ledger().refunds.len().saturating_add(proposals) >= REFUNDS_MAX {
        return Err(too_many("refunds of one order", REFUNDS_MAX));
    }
    Ok(())
}

fn require_due(desk: &Desk<'_>, command: &ApproveRefund, unit: &UnitId) -> Result<(), Refusal> {
    let case = &command.case;
    let claim = desk.live_claim(case, unit)?;
    // INVARIANT: goods first. It comes before every other reason, because nothing else could cure it.
    desk.require_goods(Guard::GoodsFirstRefund, unit, claim)?;
    require_uncontested(unit, claim)?;
    desk.require_accepted(unit, claim)?;
    desk.require(Guard::UnitUnspent, claim.remedy.is_none(), || {
        refuse(RefusalCode::RemedyTaken, format!("the remedy of {unit} is under way"))
    })?;
    desk.require_unspent(unit, Some((case, unit)))?;
    if !claim.is_due(Remedy::Refund) {
        let message = format!("the claim of {unit} is not for a refund: amend it first");
        return Err(refuse(RefusalCode::OtherRemedy, message));
    }
    let first_day = claim.judged.decision.dates.refund_from;
    if let Some(day) = first_day.filter(|day| *day > desk.context.today()) {
        if command.early.is_none() {
            let message =
                format!("the refund of {unit} leaves on {day}: to release it early, say why");
            return Err(
                refuse(RefusalCode::TooEarly, message).citing(desk.clause_on(Matter::RefundFrom))
            );
        }
        desk.staff()?;
    }
    Ok(())
}

fn bill(desk: &Desk<'_>, command: &ApproveRefund) -> Result<RefundBill, Refusal> {
    let order = desk.context.order;
    let mut total = Money::zero(order.currency);
    let mut units = Vec::new();
    for refunded in &command.units {
        let unknown =
            || refuse(RefusalCode::UnitUnknown, format!("the order has no unit {}", refunded.unit));
        let share = share_of(order, &refunded.unit)?.ok_or_else(unknown)?;
        let kept = deducted(desk, &command.case, refunded)?;
        let due = share.total()?.minus(kept)?;
        if due.is_negative() {
            let message = format!("{kept} is more than {} is worth", refunded.unit);
            return Err(refuse(RefusalCode::AmountTooLarge, message));
        }
        total = total.plus(due)?;
        let (unit, deductions) = (refunded.unit.clone(), refunded.deductions.clone());
        units.push(RefundedUnit { unit, share, deductions });
    }
    check_freight(desk, command)?;
    if let Some(shipping) = command.shipping {
        require_shipping(desk, shipping)?;
        total = total.plus(shipping)?;
    }
    Ok(RefundBill { units, shipping: command.shipping, freight: None, total })
}

/// What is kept back of a unit: each clause once, and no more than the buyer was told.
fn deducted(desk: &Desk<'_>, case: &CaseId, refunded: &RefundUnit) -> Result<Money, Refusal> {
    let claim = desk.claim(case, &refunded.unit)?;
    let mut kept = Money::zero(desk.context.order.currency);
    for (index, deduction) in refunded.deductions.iter().enumerate() {
        require_positive(deduction.amount, desk)?;
        let mut earlier = refunded.deductions.iter().take(index);
        let is_first = !earlier.any(|earlier| earlier.clause == deduction.clause);
        if !is_first || !was_told(claim, deduction) {
            let message = format!(
                "the buyer was not told that {} would be kept back by {}",
                deduction.amount, deduction.clause
            );
            return Err(refuse(RefusalCode::DeductionNotTold, message)
                .citing(Some(deduction.clause.clone())));
        }
        kept = kept.plus(deduction.amount)?;
    }
    Ok(kept)
}

fn was_told(claim: &Claim, deduction: &Deduction) -> bool {
    claim
        .told
        .iter()
        .any(|told| told.clause == deduction.clause && told.amount.minor >= deduction.amount.minor)
}

/// Freight is kept back only as far as the buyer owes it.
fn check_freight(desk: &Desk<'_>, command: &ApproveRefund) -> Result<(), Refusal> {
    let deductions = command.units.iter().flat_map(|refunded| &refunded.deductions);
    let mut kept: BTreeMap<&FreightId, Money> = BTreeMap::new();
    for deduction in deductions {
        if let Some(freight) = &deduction.freight {
            let sum = kept.entry(freight).or_insert(Money::zero(deduction.amount.currency));
            *sum = sum.plus(deduction.amount)?;
        }
    }
    for (freight, amount) in kept {
        let debt = freight_debt(desk.ledger(), freight)?;
        let debt = debt.filter(|debt| debt.debtor == Payer::Buyer);
        if debt.is_none_or(|debt| debt.outstanding.minor < amount.minor) {
            let message = format!("the buyer does not owe {amount} for freight {freight:?}");
            return Err(refuse(RefusalCode::NotOwed, message));
        }
    }
    Ok(())
}

/// The shipping is a bucket of its own: nothing left in it is no obstacle to the units.
fn require_shipping(desk: &Desk<'_>, shipping: Money) -> Result<(), Refusal> {
    require_positive(shipping, desk)?;
    let order = desk.context.order;
    let left = order.shipping.minus(desk.ledger().shipping_refunded(order.currency)?)?;
    desk.require(Guard::ShippingRoom, shipping.minor <= left.minor, || {
        let message = format!("{left} of the shipping is left to refund");
        refuse(RefusalCode::AmountTooLarge, message)
    })
}

pub(super) fn tell_deduction(desk: &mut Desk<'_>, command: &TellDeduction) -> Result<(), Refusal> {
    desk.staff_or_rule()?;
    let TellDeduction { case, unit, clause, amount, text } = command;
    require_positive(*amount, desk)?;
    let claim = desk.live_claim(case, unit)?;
    if claim.remedy.is_some() {
        let message = format!("the remedy of {unit} is under way");
        return Err(refuse(RefusalCode::RemedyTaken, message));
    }
    if claim.told.len() >= DEDUCTIONS_PER_UNIT_MAX {
        return Err(too_many("deductions of one unit", DEDUCTIONS_PER_UNIT_MAX));
    }
    let decision = &claim.judged.decision;
    let is_a_ground = decision.clauses.contains(clause)
        || decision.terms.iter().any(|term| term.clause == *clause);
    if !is_a_ground {
        let message = format!("the decision on {unit} does not rest on {clause}");
        return Err(refuse(RefusalCode::ClauseNotInDecision, message));
    }
    let told = Told { clause: clause.clone(), amount: *amount, text: text.clone() };
    desk.record(Event::DeductionTold { case: case.clone(), unit: unit.clone(), told });
    Ok(())
}
