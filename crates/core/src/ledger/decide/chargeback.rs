//! Chargebacks: the buyer's bank took a payment back, so nothing is refunded to it.

use super::desk::{Desk, refuse};
use crate::ledger::command::{CloseChargeback, RecordChargeback};
use crate::ledger::event::Event;
use crate::ledger::refusal::{Refusal, RefusalCode};
use crate::ledger::state::Chargeback;

pub(super) fn record(desk: &mut Desk<'_>, command: &RecordChargeback) -> Result<(), Refusal> {
    desk.not_buyer()?;
    if desk.context.order.payment(&command.payment).is_none() {
        let message = format!("the order has no payment {:?}", command.payment);
        return Err(refuse(RefusalCode::PaymentUnknown, message));
    }
    // A provider says so more than once.
    if !desk.ledger().chargebacks.contains_key(&command.payment) {
        let (payment, reference) = (command.payment.clone(), command.reference.clone());
        desk.record(Event::ChargebackOpened { payment, reference });
    }
    Ok(())
}

pub(super) fn close(desk: &mut Desk<'_>, command: &CloseChargeback) -> Result<(), Refusal> {
    desk.not_buyer()?;
    if desk.ledger().chargebacks.get(&command.payment) != Some(&Chargeback::Open) {
        let message = format!("there is no open chargeback of payment {:?}", command.payment);
        return Err(refuse(RefusalCode::NoChargeback, message));
    }
    let (payment, won) = (command.payment.clone(), command.won);
    desk.record(Event::ChargebackClosed { payment, won });
    Ok(())
}
