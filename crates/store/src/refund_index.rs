//! A read table: every piece of a refund and where it stands, for finance. It follows from the ledgers (invariant
//! `rebuildable`) and is written in the transaction that appends to one.

use backhaul_core::ledger::{CaseId, InstructionId, PaymentId, RefundId};
use backhaul_core::money::{Currency, Money};
use jiff::Timestamp;

use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::{Row, Tx};
use crate::values;

/// What lists show of a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRow {
    /// The order in whose ledger it is.
    pub order: OrderId,
    /// The refund and the number of the piece.
    pub instruction: InstructionId,
    /// The case.
    pub case: CaseId,
    /// The payment whose room it takes.
    pub payment: PaymentId,
    /// The way it goes, as `Path` writes it.
    pub path: String,
    /// Where it stands, as `InstructionState` writes it, or `cancelled`.
    pub state: String,
    /// How much.
    pub amount: Money,
    /// The end of the day by which it is owed, where the policy says so.
    pub due_at: Option<Timestamp>,
    /// When its ledger last changed it.
    pub updated_at: Timestamp,
    /// Whether finance pays it by bank transfer.
    pub by_bank: bool,
}

/// Sorts behind every moment there is.
const NEVER_DUE_US: i64 = i64::MAX;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select order_id, refund_id, piece, case_id, payment, path, state, amount_minor,
               currency, due_at_us, updated_at_us, by_bank from refund_index ",
            $rest
        )
    };
}

/// Writes a piece's row, new or over the old one.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, row: &RefundRow) -> Result<(), Error> {
    let due_at_us = row.due_at.map_or(NEVER_DUE_US, Timestamp::as_microsecond);
    tx.send(
        "insert into refund_index
           (order_id, refund_id, piece, case_id, payment, path, state, amount_minor, currency,
            due_at_us, updated_at_us, by_bank)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (order_id, refund_id, piece) do update set
           state = excluded.state, updated_at_us = excluded.updated_at_us,
           by_bank = excluded.by_bank",
        values![
            row.order.as_str(),
            row.instruction.refund.as_str(),
            i64::from(row.instruction.number),
            row.case.as_str(),
            row.payment.as_str(),
            &row.path,
            &row.state,
            row.amount.minor,
            row.amount.currency.code(),
            due_at_us,
            row.updated_at,
            row.by_bank,
        ],
    )?;
    Ok(())
}

/// Removes the rows of an order's refunds, so that they can be written again from its ledger.
///
/// # Errors
/// [`Error`].
pub fn clear(tx: &mut dyn Tx, order: &OrderId) -> Result<(), Error> {
    tx.send("delete from refund_index where order_id = $1", values![order.as_str()])?;
    Ok(())
}

/// The pieces of an order's refunds.
///
/// # Errors
/// [`Error`].
pub fn of_order(tx: &mut dyn Tx, order: &OrderId) -> Result<Vec<RefundRow>, Error> {
    tx.all(select!("where order_id = $1 order by refund_id, piece"), values![order.as_str()], read)
}

/// Where a page of [`in_state`] begins: behind this row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// Its due time in microseconds, or the largest number there is.
    pub due_at_us: i64,
    /// Its order.
    pub order: String,
    /// Its refund.
    pub refund: String,
    /// Its piece.
    pub piece: i64,
}

impl After {
    /// Before every row.
    #[must_use]
    pub const fn start() -> Self {
        Self { due_at_us: i64::MIN, order: String::new(), refund: String::new(), piece: 0 }
    }

    /// Behind that row.
    #[must_use]
    pub fn row(row: &RefundRow) -> Self {
        Self {
            due_at_us: row.due_at.map_or(NEVER_DUE_US, Timestamp::as_microsecond),
            order: row.order.as_str().to_owned(),
            refund: row.instruction.refund.as_str().to_owned(),
            piece: i64::from(row.instruction.number),
        }
    }
}

/// The pieces in a state, the most urgent first, behind that row.
///
/// # Errors
/// [`Error`].
pub fn in_state(
    tx: &mut dyn Tx,
    state: &str,
    after: &After,
    limit: u32,
) -> Result<Vec<RefundRow>, Error> {
    tx.all(
        select!(
            "where state = $1 and (due_at_us, order_id, refund_id, piece) > ($2, $3, $4, $5)
             order by due_at_us, order_id, refund_id, piece limit $6"
        ),
        values![state, after.due_at_us, &after.order, &after.refund, after.piece, i64::from(limit)],
        read,
    )
}

/// Up to how many pieces are counted; there may be more where so many are.
pub const COUNTED_MAX: u32 = 100;

/// How many pieces are in a state, counted up to [`COUNTED_MAX`]: it costs the same however many there are.
///
/// # Errors
/// [`Error`].
pub fn count(tx: &mut dyn Tx, state: &str) -> Result<i64, Error> {
    // In the order of the index, as a page of them is read.
    let counted = tx.first(
        "select cast(count(*) as bigint) from (select 1 from refund_index where state = $1
           order by due_at_us, order_id, refund_id, piece limit $2) as pieces",
        values![state, i64::from(COUNTED_MAX)],
        |row| row.int(0),
    )?;
    Ok(counted.unwrap_or(0))
}

/// One line of [`sums`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// The state.
    pub state: String,
    /// The way.
    pub path: String,
    /// How many pieces.
    pub pieces: i64,
    /// What they come to.
    pub amount: Money,
}

/// What the pieces come to, by currency, state and way.
///
/// # Errors
/// [`Error`].
pub fn sums(tx: &mut dyn Tx) -> Result<Vec<Sum>, Error> {
    tx.all(
        "select currency, state, path, cast(count(*) as bigint), cast(sum(amount_minor) as bigint)
         from refund_index group by currency, state, path order by currency, state, path",
        &[],
        |row| {
            let currency = Currency::parse(row.text(0)?)
                .map_err(|_| Error::Unreadable { column: 0, wanted: "a currency" })?;
            Ok(Sum {
                state: row.text(1)?.to_owned(),
                path: row.text(2)?.to_owned(),
                pieces: row.int(3)?,
                amount: Money::new(row.int(4)?, currency),
            })
        },
    )
}

/// Reads the columns that every list of pieces begins with.
pub(crate) fn read(row: &dyn Row) -> Result<RefundRow, Error> {
    let unreadable = |column, wanted| Error::Unreadable { column, wanted };
    let refund = RefundId::new(row.text(1)?).map_err(|_| unreadable(1, "a refund's id"))?;
    let number = u16::try_from(row.int(2)?).map_err(|_| unreadable(2, "a piece's number"))?;
    let currency = Currency::parse(row.text(8)?).map_err(|_| unreadable(8, "a currency"))?;
    let due_at = if row.int(9)? == NEVER_DUE_US { None } else { Some(row.moment(9)?) };
    Ok(RefundRow {
        order: OrderId::new(row.text(0)?).ok_or_else(|| unreadable(0, "an order's id"))?,
        instruction: InstructionId { refund, number },
        case: CaseId::new(row.text(3)?).map_err(|_| unreadable(3, "a case's id"))?,
        payment: PaymentId::new(row.text(4)?).map_err(|_| unreadable(4, "a payment's id"))?,
        path: row.text(5)?.to_owned(),
        state: row.text(6)?.to_owned(),
        amount: Money::new(row.int(7)?, currency),
        due_at,
        updated_at: row.moment(10)?,
        by_bank: row.int(11)? == 1,
    })
}
