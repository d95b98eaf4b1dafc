//! What people typed, kept apart from what happened, so that it can be erased (invariant `erasable`). Events name it by its id.

use backhaul_core::ledger::TextId;
use jiff::Timestamp;

use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::Tx;
use crate::values;

/// Keeps a text; says whether the id was free, or named these very words already.
///
/// # Errors
/// [`Error`].
pub fn put(
    tx: &mut dyn Tx,
    order: &OrderId,
    id: &TextId,
    words: &str,
    at: Timestamp,
) -> Result<bool, Error> {
    let inserted = tx.exec(
        "insert into text (order_id, text_id, words, created_at_us) values ($1, $2, $3, $4)
         on conflict do nothing",
        values![order.as_str(), id.as_str(), words, at],
    )?;
    Ok(inserted == 1 || get(tx, order, id)?.as_deref() == Some(words))
}

/// The words of a text; nothing where there is none, or no more.
///
/// # Errors
/// [`Error`].
pub fn get(tx: &mut dyn Tx, order: &OrderId, id: &TextId) -> Result<Option<String>, Error> {
    tx.first(
        "select words from text where order_id = $1 and text_id = $2",
        values![order.as_str(), id.as_str()],
        |row| Ok(row.text(0)?.to_owned()),
    )
}

/// Every text of an order, by id.
///
/// # Errors
/// [`Error`].
pub fn of_order(tx: &mut dyn Tx, order: &OrderId) -> Result<Vec<(String, String)>, Error> {
    tx.all(
        "select text_id, words from text where order_id = $1 order by text_id",
        values![order.as_str()],
        |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())),
    )
}

/// Erases every text of an order; says how many there were.
///
/// # Errors
/// [`Error`].
pub fn erase(tx: &mut dyn Tx, order: &OrderId) -> Result<u64, Error> {
    tx.exec("delete from text where order_id = $1", values![order.as_str()])
}
