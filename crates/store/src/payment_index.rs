//! Which orders a payment was captured for: providers tell of chargebacks by payment.

use backhaul_core::ledger::PaymentId;

use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::Tx;
use crate::values;

/// Notes that the order has the payment; it may be known already.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, payment: &PaymentId, order: &OrderId) -> Result<(), Error> {
    tx.send(
        "insert into payment_index (payment, order_id) values ($1, $2) on conflict do nothing",
        values![payment.as_str(), order.as_str()],
    )?;
    Ok(())
}

/// The orders with that payment: one, save where a shop takes several orders with one payment.
///
/// # Errors
/// [`Error`].
pub fn orders(tx: &mut dyn Tx, payment: &PaymentId) -> Result<Vec<OrderId>, Error> {
    let found = tx.all(
        "select order_id from payment_index where payment = $1 order by order_id",
        values![payment.as_str()],
        |row| Ok(OrderId::new(row.text(0)?)),
    )?;
    Ok(found.into_iter().flatten().collect())
}
