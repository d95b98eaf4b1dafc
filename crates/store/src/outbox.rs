//! What others are to be told of: written with the event, sent afterwards, at least once.

use jiff::Timestamp;

use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::Tx;
use crate::values;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Chosen by the caller; whoever receives the message tells a second copy by it.
    pub id: String,
    /// The order that it is about.
    pub order: OrderId,
    /// Who is to be told of what, such as `mail.authorised`.
    pub topic: String,
    /// The rest, as JSON.
    pub body: String,
    /// When it was written.
    pub created_at: Timestamp,
}

/// Puts a message in.
///
/// # Errors
/// [`Error`], among them that the id is taken.
pub fn put(tx: &mut dyn Tx, message: &Message) -> Result<(), Error> {
    let Message { id, order, topic, body, created_at } = message;
    tx.send(
        "insert into outbox (id, order_id, topic, body, created_at_us)
         values ($1, $2, $3, $4, $5)",
        values![id, order.as_str(), topic, body, *created_at],
    )?;
    Ok(())
}

/// The messages that wait, the oldest first.
///
/// # Errors
/// [`Error`].
pub fn waiting(tx: &mut dyn Tx, limit: u32) -> Result<Vec<Message>, Error> {
    tx.all(
        "select id, order_id, topic, body, created_at_us from outbox
         where is_sent = 0 order by created_at_us, id limit $1",
        values![i64::from(limit)],
        |row| {
            let order = OrderId::new(row.text(1)?);
            Ok(Message {
                id: row.text(0)?.to_owned(),
                order: order.ok_or(Error::Unreadable { column: 1, wanted: "an order's id" })?,
                topic: row.text(2)?.to_owned(),
                body: row.text(3)?.to_owned(),
                created_at: row.moment(4)?,
            })
        },
    )
}

/// Notes that a message was sent; says whether it still waited.
///
/// # Errors
/// [`Error`].
pub fn sent(tx: &mut dyn Tx, id: &str, at: Timestamp) -> Result<bool, Error> {
    let changed = tx.exec(
        "update outbox set is_sent = 1, sent_at_us = $1 where id = $2 and is_sent = 0",
        values![at, id],
    )?;
    Ok(changed == 1)
}
