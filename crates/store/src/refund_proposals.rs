//! A read table: the refunds that wait for a second person.

use backhaul_core::ledger::{CaseId, RefundId};
use backhaul_core::money::{Currency, Money};
use jiff::Timestamp;

use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::{Row, Tx};
use crate::values;

/// A refund that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalRow {
    /// The order.
    pub order: OrderId,
    /// The refund.
    pub refund: RefundId,
    /// Its case.
    pub case: CaseId,
    /// What it comes to.
    pub amount: Money,
    /// Who proposed it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Writes what is true of a proposal now.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, row: &ProposalRow) -> Result<(), Error> {
    tx.send(
        "insert into refund_proposal
           (order_id, refund_id, case_id, amount_minor, currency, proposed_by, proposed_at_us)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (order_id, refund_id) do update set case_id = excluded.case_id,
           amount_minor = excluded.amount_minor, currency = excluded.currency,
           proposed_by = excluded.proposed_by, proposed_at_us = excluded.proposed_at_us",
        values![
            row.order.as_str(),
            row.refund.as_str(),
            row.case.as_str(),
            row.amount.minor,
            row.amount.currency.code(),
            &row.by,
            row.at,
        ],
    )?;
    Ok(())
}

/// Takes a proposal away that is none any more.
///
/// # Errors
/// [`Error`].
pub fn remove(tx: &mut dyn Tx, order: &OrderId, refund: &RefundId) -> Result<(), Error> {
    tx.send(
        "delete from refund_proposal where order_id = $1 and refund_id = $2",
        values![order.as_str(), refund.as_str()],
    )?;
    Ok(())
}

/// Takes every proposal of an order away, to write them again.
///
/// # Errors
/// [`Error`].
pub fn clear(tx: &mut dyn Tx, order: &OrderId) -> Result<(), Error> {
    tx.send("delete from refund_proposal where order_id = $1", values![order.as_str()])?;
    Ok(())
}

/// The proposals that wait longest, at most so many.
///
/// # Errors
/// [`Error`].
pub fn oldest(tx: &mut dyn Tx, limit: u32) -> Result<Vec<ProposalRow>, Error> {
    tx.all(
        "select order_id, refund_id, case_id, amount_minor, currency, proposed_by, proposed_at_us
         from refund_proposal order by proposed_at_us, order_id, refund_id limit $1",
        values![i64::from(limit)],
        read,
    )
}

/// The proposals of an order.
///
/// # Errors
/// [`Error`].
pub fn of_order(tx: &mut dyn Tx, order: &OrderId) -> Result<Vec<ProposalRow>, Error> {
    tx.all(
        "select order_id, refund_id, case_id, amount_minor, currency, proposed_by, proposed_at_us
         from refund_proposal where order_id = $1 order by refund_id",
        values![order.as_str()],
        read,
    )
}

fn read(row: &dyn Row) -> Result<ProposalRow, Error> {
    let unreadable = |column, wanted| Error::Unreadable { column, wanted };
    let currency = Currency::parse(row.text(4)?).map_err(|_| unreadable(4, "a currency"))?;
    Ok(ProposalRow {
        order: OrderId::new(row.text(0)?).ok_or(unreadable(0, "an order's id"))?,
        refund: RefundId::new(row.text(1)?).map_err(|_| unreadable(1, "a refund"))?,
        case: CaseId::new(row.text(2)?).map_err(|_| unreadable(2, "a case"))?,
        amount: Money { minor: row.int(3)?, currency },
        by: row.text(5)?.to_owned(),
        at: row.moment(6)?,
    })
}
