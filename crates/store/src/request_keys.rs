//! What was asked under an idempotency key, and which events answered it.
//!
//! The row is written in the transaction of those events: either both are there or neither is.

use jiff::Timestamp;

use crate::error::Error;
use crate::orders::{self, OrderId, Place};
use crate::tx::{Row, Tx};
use crate::values;

/// A request that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// SHA-256 of what was asked, as hex.
    pub request_hash: String,
    /// The order in whose ledger the events are.
    pub order: OrderId,
    /// The number of the last event before them.
    pub after: i64,
    /// The number of the last of them; that of `after` where the request told nothing new.
    pub last: i64,
}

/// What the caller asked under that key, if anything.
///
/// # Errors
/// [`Error`].
pub fn get(tx: &mut dyn Tx, caller: &str, key: &str) -> Result<Option<Answered>, Error> {
    tx.first(
        "select request_hash, order_id, after_seq, last_seq from request_key
         where caller = $1 and idempotency_key = $2",
        values![caller, key],
        |row| read(row, 0),
    )
}

/// Where the order with that number stands, and what was asked under that key of a caller: both of one moment.
///
/// # Errors
/// [`Error`].
pub fn place(
    tx: &mut dyn Tx,
    number: &str,
    key: Option<(&str, &str)>,
) -> Result<Option<(Place, Option<Answered>)>, Error> {
    let Some((caller, key)) = key else {
        return Ok(orders::place(tx, number)?.map(|place| (place, None)));
    };
    tx.first(
        "select o.order_id, o.number, o.order_version, o.head_seq, o.head_hash,
           k.request_hash, k.order_id, k.after_seq, k.last_seq
         from ledger_order o
         left join request_key k on k.caller = $2 and k.idempotency_key = $3
         where o.number = $1",
        values![number, caller, key],
        |row| {
            let answered = if row.is_null(5)? { None } else { Some(read(row, 5)?) };
            Ok((orders::read_place(row)?, answered))
        },
    )
}

/// Reads an answer from that column on.
fn read(row: &dyn Row, from: usize) -> Result<Answered, Error> {
    let column = |next: usize| from.saturating_add(next);
    let unreadable = Error::Unreadable { column: column(1), wanted: "an order's id" };
    Ok(Answered {
        request_hash: row.text(column(0))?.to_owned(),
        order: OrderId::new(row.text(column(1))?).ok_or(unreadable)?,
        after: row.int(column(2))?,
        last: row.int(column(3))?,
    })
}

/// Remembers an answer; says whether the key was free.
///
/// # Errors
/// [`Error`].
pub fn put(
    tx: &mut dyn Tx,
    caller: &str,
    key: &str,
    answered: &Answered,
    at: Timestamp,
) -> Result<bool, Error> {
    let Answered { request_hash, order, after, last } = answered;
    let inserted = tx.exec(
        "insert into request_key
           (caller, idempotency_key, request_hash, order_id, after_seq, last_seq, at_us)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        values![caller, key, request_hash, order.as_str(), *after, *last, at],
    )?;
    Ok(inserted == 1)
}

/// Forgets the keys of before that moment; says how many there were.
///
/// # Errors
/// [`Error`].
pub fn forget(tx: &mut dyn Tx, before: Timestamp) -> Result<u64, Error> {
    tx.exec("delete from request_key where at_us < $1", values![before])
}
