//! Which order a serial was shipped with, for the dock and for searches. It follows from the orders' documents: a serial of any
//! version of an order finds it, because a case keeps the version that it was opened on.

use backhaul_core::ledger::{Order, Serial};

use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::Tx;
use crate::values;

/// The most orders that a look-up of one serial names.
pub const ORDERS_OF_SERIAL_MAX: u32 = 100;

/// Remembers the serials of an order's document. An order without serials costs no statement.
///
/// # Errors
/// [`Error`].
pub(crate) fn add(tx: &mut dyn Tx, id: &OrderId, order: &Order) -> Result<(), Error> {
    for (serial, _) in order.serials() {
        tx.send(
            "insert into serial_index (serial, order_id) values ($1, $2) on conflict do nothing",
            values![serial.as_str(), id.as_str()],
        )?;
    }
    Ok(())
}

/// The orders that a serial was shipped with, by their ids; more than one where a unit was sold again, and at most
/// [`ORDERS_OF_SERIAL_MAX`]. Serials are compared exactly.
///
/// # Errors
/// [`Error`].
pub fn orders_of(tx: &mut dyn Tx, serial: &Serial) -> Result<Vec<OrderId>, Error> {
    tx.all(
        "select order_id from serial_index where serial = $1 order by order_id limit $2",
        values![serial.as_str(), i64::from(ORDERS_OF_SERIAL_MAX)],
        |row| {
            let unreadable = || Error::Unreadable { column: 0, wanted: "an order's id" };
            OrderId::new(row.text(0)?).ok_or_else(unreadable)
        },
    )
}
