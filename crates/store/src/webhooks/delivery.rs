//! Deliveries: one row for each message that was tried, with what came of the last try.

use jiff::Timestamp;

use super::{NEVER_US, column_words};
use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::{Row, Tx};
use crate::values;

/// The most deliveries of one page.
pub const PAGE_MAX: u32 = 200;

column_words! {
    /// Where a message stands.
    DeliveryState {
        /// It will be tried again.
        Waiting = "waiting",
        /// It arrived.
        Delivered = "delivered",
        /// It was tried for the last time. A person can send it again.
        Failed = "failed",
    }
}

/// One message on its way to one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Chosen by the caller.
    pub id: String,
    /// To whom.
    pub endpoint: String,
    /// Of which order.
    pub order: OrderId,
    /// Of which event.
    pub seq: i64,
    /// The event's type.
    pub kind: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was sent.
    pub attempts: u32,
    /// The status code of the last answer, where one came.
    pub last_status: Option<u16>,
    /// Why none came; a word of the caller's closed list.
    pub last_fault: Option<String>,
    /// When it was sent first.
    pub created_at: Timestamp,
    /// When it is tried again, where it is.
    pub next_try_at: Option<Timestamp>,
    /// When it arrived, for the first time.
    pub delivered_at: Option<Timestamp>,
}

/// Which deliveries are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Those to that endpoint alone.
    pub endpoint: Option<String>,
    /// Those in that state alone.
    pub state: Option<DeliveryState>,
    /// Those behind this one: the time and the id of the last one that was seen.
    pub before: Option<(Timestamp, String)>,
}

/// Writes a delivery, new or over the old one.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, delivery: &Delivery) -> Result<(), Error> {
    let moment = |at: Option<Timestamp>| at.map_or(NEVER_US, Timestamp::as_microsecond);
    tx.exec(
        "insert into webhook_delivery (delivery_id, endpoint_id, order_id, seq, kind, state,
           attempts, last_status, last_fault, created_at_us, next_try_at_us, delivered_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (delivery_id) do update set state = excluded.state,
           attempts = excluded.attempts, last_status = excluded.last_status,
           last_fault = excluded.last_fault, next_try_at_us = excluded.next_try_at_us,
           delivered_at_us = excluded.delivered_at_us",
        values![
            &delivery.id,
            &delivery.endpoint,
            delivery.order.as_str(),
            delivery.seq,
            &delivery.kind,
            delivery.state.as_str(),
            i64::from(delivery.attempts),
            delivery.last_status.map_or(0, i64::from),
            delivery.last_fault.as_deref().unwrap_or(""),
            delivery.created_at,
            moment(delivery.next_try_at),
            moment(delivery.delivered_at),
        ],
    )?;
    Ok(())
}

/// The columns in the order in which [`read`] takes them.
macro_rules! select {
    ($($rest:literal),+) => {
        concat!(
            "select delivery_id, endpoint_id, order_id, seq, kind, state, attempts, last_status,
               last_fault, created_at_us, next_try_at_us, delivered_at_us
             from webhook_delivery where ",
            $($rest),+
        )
    };
}

/// One delivery.
///
/// # Errors
/// [`Error`].
pub fn delivery(tx: &mut dyn Tx, id: &str) -> Result<Option<Delivery>, Error> {
    tx.first(select!("delivery_id = $1"), values![id], read)
}

/// A page of deliveries, the newest first: at most so many, and at most [`PAGE_MAX`].
///
/// # Errors
/// [`Error`].
pub fn deliveries(tx: &mut dyn Tx, wanted: &Wanted, limit: u32) -> Result<Vec<Delivery>, Error> {
    macro_rules! page {
        ($condition:literal) => {
            select!(
                $condition,
                "(created_at_us, delivery_id) < ($1, $2)
                 order by created_at_us desc, delivery_id desc limit $3"
            )
        };
    }
    let endpoint = wanted.endpoint.as_deref().unwrap_or("");
    let state = wanted.state.map_or("", DeliveryState::as_str);
    let (before_us, before) =
        wanted.before.as_ref().map_or((NEVER_US, ""), |(at, id)| (at.as_microsecond(), id));
    let limit = i64::from(limit.min(PAGE_MAX));
    match (wanted.endpoint.is_some(), wanted.state.is_some()) {
        (false, false) => tx.all(page!(""), values![before_us, before, limit], read),
        (true, false) => tx.all(
            page!("endpoint_id = $4 and "),
            values![before_us, before, limit, endpoint],
            read,
        ),
        (false, true) => {
            tx.all(page!("state = $4 and "), values![before_us, before, limit, state], read)
        }
        (true, true) => tx.all(
            page!("endpoint_id = $4 and state = $5 and "),
            values![before_us, before, limit, endpoint, state],
            read,
        ),
    }
}

/// Removes deliveries that nothing more will come of and that are older, at most so many; says how many.
///
/// # Errors
/// [`Error`].
pub fn forget(tx: &mut dyn Tx, older_than: Timestamp, limit: u32) -> Result<u64, Error> {
    tx.exec(
        "delete from webhook_delivery where delivery_id in (
           select delivery_id from webhook_delivery
           where created_at_us < $1 and state <> 'waiting'
           order by created_at_us, delivery_id limit $2)",
        values![older_than, i64::from(limit)],
    )
}

fn read(row: &dyn Row) -> Result<Delivery, Error> {
    let unreadable = |column, wanted| Error::Unreadable { column, wanted };
    let moment = |column| -> Result<Option<Timestamp>, Error> {
        if row.int(column)? == NEVER_US { Ok(None) } else { row.moment(column).map(Some) }
    };
    let status = u16::try_from(row.int(7)?).map_err(|_| unreadable(7, "a status code"))?;
    let fault = row.text(8)?;
    Ok(Delivery {
        id: row.text(0)?.to_owned(),
        endpoint: row.text(1)?.to_owned(),
        order: OrderId::new(row.text(2)?).ok_or_else(|| unreadable(2, "an order's id"))?,
        seq: row.int(3)?,
        kind: row.text(4)?.to_owned(),
        state: DeliveryState::parse(row.text(5)?).ok_or_else(|| unreadable(5, "a state"))?,
        attempts: u32::try_from(row.int(6)?).map_err(|_| unreadable(6, "a number of tries"))?,
        last_status: (status != 0).then_some(status),
        last_fault: (!fault.is_empty()).then(|| fault.to_owned()),
        created_at: row.moment(9)?,
        next_try_at: moment(10)?,
        delivered_at: moment(11)?,
    })
}
