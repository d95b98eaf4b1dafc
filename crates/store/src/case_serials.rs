//! In which cases a serial was: as a claimed unit, as what came in its stead, or as its replacement. A read table (invariant
//! `rebuildable`).

use backhaul_core::ledger::{CaseId, Serial};

use crate::case_index::{self, CaseRow};
use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::Tx;
use crate::values;

/// Remembers that the serial was in that case.
///
/// # Errors
/// [`Error`].
pub fn add(tx: &mut dyn Tx, order: &OrderId, case: &CaseId, serial: &Serial) -> Result<(), Error> {
    tx.send(
        "insert into case_serial (serial, case_id, order_id) values ($1, $2, $3)
         on conflict do nothing",
        values![serial.as_str(), case.as_str(), order.as_str()],
    )?;
    Ok(())
}

/// Forgets that the serial was in that case: its claim went on in another.
///
/// # Errors
/// [`Error`].
pub fn remove(tx: &mut dyn Tx, case: &CaseId, serial: &Serial) -> Result<(), Error> {
    tx.send(
        "delete from case_serial where serial = $1 and case_id = $2",
        values![serial.as_str(), case.as_str()],
    )?;
    Ok(())
}

/// Removes the rows of an order's cases, so that they can be written again.
///
/// # Errors
/// [`Error`].
pub fn clear(tx: &mut dyn Tx, order: &OrderId) -> Result<(), Error> {
    tx.send("delete from case_serial where order_id = $1", values![order.as_str()])?;
    Ok(())
}

/// The cases in which a serial was, the newest first. Serials are compared exactly.
///
/// # Errors
/// [`Error`].
pub fn cases_of(tx: &mut dyn Tx, serial: &Serial, limit: u32) -> Result<Vec<CaseRow>, Error> {
    tx.all(
        "select c.case_id, c.order_id, c.state, c.policy_pin, c.opened_at_us, c.due_at_us,
           c.updated_at_us, c.is_over, c.assignee, c.next_step, c.causes, c.units, c.merged_into
         from case_serial s join case_index c on c.case_id = s.case_id
         where s.serial = $1 order by c.opened_at_us desc, c.case_id desc limit $2",
        values![serial.as_str(), i64::from(limit)],
        case_index::read,
    )
}
