//! Freight: recorded, refunded as far as the payments have room, settled.

use super::approve_refund::require_new;
use super::desk::{Desk, number_pieces, refuse, require_positive, too_many};
use super::four_eyes::{self, Eyes};
use crate::ledger::command::{RecordFreight, RefundFreight, SettleFreight};
use crate::ledger::event::Event;
use crate::ledger::freight::{FreightDebt, FreightSettlement, freight_debt};
use crate::ledger::guard::Guard;
use crate::ledger::id::FreightId;
use crate::ledger::limits::{FREIGHT_SETTLEMENTS_MAX, FREIGHTS_MAX};
use crate::ledger::refund::{FreightPart, Path, Proposal, RefundBill};
use crate::ledger::refund_plan::plan;
use crate::ledger::refusal::{Refusal, RefusalCode};
use crate::money::Money;
use crate::words::{Payer, Remedy};

pub(super) fn record(desk: &mut Desk<'_>, command: &RecordFreight) -> Result<(), Refusal> {
    desk.not_buyer()?;
    Desk::some_units(&command.units)?;
    require_positive(command.amount, desk)?;
    if desk.ledger().freights.contains_key(&command.freight) {
        let message = format!("there is freight {:?} already", command.freight);
        return Err(refuse(RefusalCode::FreightExists, message));
    }
    if desk.ledger().freights.len() >= FREIGHTS_MAX {
        return Err(too_many("freight charges of one order", FREIGHTS_MAX));
    }
    if command.paid_by == Payer::Shared {
        let message = "freight is laid out by the merchant or by the buyer: record each part";
        return Err(refuse(RefusalCode::NotOwed, message));
    }
    for unit in &command.units {
        desk.claim(&command.case, unit)?;
    }
    desk.record(Event::FreightRecorded {
        freight: command.freight.clone(),
        case: command.case.clone(),
        leg: command.leg,
        units: command.units.clone(),
        paid_by: command.paid_by,
        amount: command.amount,
    });
    Ok(())
}

pub(super) fn refund(desk: &mut Desk<'_>, command: &RefundFreight) -> Result<(), Refusal> {
    let by = desk.staff_or_rule()?;
    require_new(desk, &command.refund)?;
    let debt = debt(desk, &command.freight)?;
    if debt.debtor != Payer::Merchant || !debt.outstanding.is_positive() {
        let message = format!("the merchant owes nothing for freight {:?}", command.freight);
        return Err(refuse(RefusalCode::NotOwed, message));
    }
    require_goods(desk, command)?;
    let split = plan(debt.outstanding, desk.rooms()?, desk.context.policy.refund_order)?;
    let amount = Money::sum(debt.outstanding.currency, split.pieces.iter().map(|(_, part)| *part))?;
    if !amount.is_positive() {
        let message = "no payment has room for it: pay it by bank transfer";
        return Err(refuse(RefusalCode::NoRoom, message));
    }
    // What has no room stays owed as freight; it is no rest of this refund.
    let part = FreightPart { freight: command.freight.clone(), amount };
    let bill = RefundBill { units: Vec::new(), shipping: None, freight: Some(part), total: amount };
    let case = desk.ledger().freights.get(&command.freight).map(|charge| charge.case.clone());
    let case = case.ok_or_else(|| unknown(&command.freight))?;
    let (of, bill_asked, early) = (case.clone(), bill.clone(), None);
    let asked = Proposal { case: of, bill: bill_asked, early, by: by.clone() };
    let Eyes::Enough { proposed_by } = four_eyes::look(desk, &command.refund, asked)? else {
        return Ok(());
    };
    desk.record(Event::RefundApproved {
        refund: command.refund.clone(),
        case,
        bill,
        pieces: number_pieces(split, Path::Original, 0),
        uncovered: Money::zero(amount.currency),
        early: None,
        by,
        proposed_by,
    });
    Ok(())
}

/// The goods come before the money, and the refund of goods before that of freight: freight must not take the room that
/// a live claim of the order still needs.
fn require_goods(desk: &Desk<'_>, command: &RefundFreight) -> Result<(), Refusal> {
    let ledger = desk.ledger();
    let charge = ledger.freights.get(&command.freight).ok_or_else(|| unknown(&command.freight))?;
    for unit in &charge.units {
        let claim = desk.claim(&charge.case, unit)?;
        desk.require_goods(Guard::GoodsFirstRefund, unit, claim)?;
    }
    let awaits_refund = ledger.claims().find(|(_, _, claim)| {
        ledger.is_live(claim) && claim.is_due(Remedy::Refund) && claim.remedy.is_none()
    });
    if let Some((case, unit, _)) = awaits_refund {
        let message = format!("{unit} in case {case:?} awaits its refund: that comes first");
        return Err(refuse(RefusalCode::GoodsRefundFirst, message));
    }
    Ok(())
}

pub(super) fn settle(desk: &mut Desk<'_>, command: &SettleFreight) -> Result<(), Refusal> {
    let debt = debt(desk, &command.freight)?;
    let is_payout = matches!(command.settlement, FreightSettlement::Paid { .. })
        && debt.debtor == Payer::Merchant;
    let by = if is_payout { desk.finance()? } else { desk.staff()? };
    require_positive(command.amount, desk)?;
    if command.amount.minor > debt.outstanding.minor {
        let message = format!("{} is owed for freight {:?}", debt.outstanding, command.freight);
        return Err(refuse(RefusalCode::NotOwed, message));
    }
    let charge = desk.ledger().freights.get(&command.freight);
    if charge.is_some_and(|charge| charge.settled.len() >= FREIGHT_SETTLEMENTS_MAX) {
        return Err(too_many("settlements of one freight charge", FREIGHT_SETTLEMENTS_MAX));
    }
    desk.record(Event::FreightSettled {
        freight: command.freight.clone(),
        amount: command.amount,
        settlement: command.settlement.clone(),
        by,
    });
    Ok(())
}

fn debt(desk: &Desk<'_>, freight: &FreightId) -> Result<FreightDebt, Refusal> {
    freight_debt(desk.ledger(), freight)?.ok_or_else(|| unknown(freight))
}

fn unknown(freight: &FreightId) -> Refusal {
    refuse(RefusalCode::FreightUnknown, format!("there is no freight {freight:?}"))
}
