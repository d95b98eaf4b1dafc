//! Who is told of events over HTTP, and how far. The ledger is the outbox: here is only a position in it, for each endpoint and
//! order, and a job that is there while there is something to tell.
//!
//! - [`enqueue`]: what the door calls after it appended.
//! - [`Endpoint`]: who is told. [`Delivery`]: one message and what came of it.
//! - [`next`], [`advance`]: the way of a worker along an order's ledger.
//!
//! Not for signatures, times to wait or HTTP: those are the application's and its adapter's.

mod delivery;
mod endpoint;

use backhaul_core::ledger::Event;
use jiff::Timestamp;

pub use self::delivery::{
    Delivery, DeliveryState, PAGE_MAX, Wanted, deliveries, delivery, forget, put,
};
pub use self::endpoint::{
    ENDPOINTS_MAX, Endpoint, OldSecret, Standing, add, arrives, endpoint, endpoints, fails,
    hold_off, remove, rotate, set_standing,
};
use crate::error::Error;
use crate::jobs::{self, NewJob};
use crate::ledger::{self, Stored};
use crate::orders::OrderId;
use crate::tx::Tx;
use crate::values;

/// The kind of the jobs that send.
pub const KIND: &str = "send_webhook";
/// How many events are looked at together.
const SCAN: u32 = 64;
/// Behind every moment there is.
const NEVER_US: i64 = i64::MAX;

/// Sees to it that each endpoint which wants one of the events is told of them: they were appended behind that place, in this
/// transaction. Where there is no endpoint it costs one look into an empty table.
///
/// An endpoint that is switched off is not left out: its worker puts the job aside until it is switched on again.
///
/// # Errors
/// [`Error`].
pub fn enqueue(
    tx: &mut dyn Tx,
    order: &OrderId,
    after: i64,
    events: &[Event],
    now: Timestamp,
) -> Result<(), Error> {
    let endpoints = tx.all(
        "select endpoint_id, kinds from webhook_endpoint order by endpoint_id",
        &[],
        |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())),
    )?;
    for (endpoint, kinds) in endpoints {
        if events.iter().any(|event| is_wanted(&kinds, event.kind().as_str())) {
            // What happened to the order before it was told of it for the first time is history.
            tx.send(
                "insert into webhook_position (endpoint_id, order_id, seq) values ($1, $2, $3)
                 on conflict do nothing",
                values![&endpoint, order.as_str(), after],
            )?;
            jobs::meet(tx, &job(&endpoint, order, now))?;
        }
    }
    Ok(())
}

/// The job that tells an endpoint what happened to an order.
fn job(endpoint: &str, order: &OrderId, due_at: Timestamp) -> NewJob {
    NewJob {
        id: job_id(endpoint, order),
        kind: KIND.to_owned(),
        body: serde_json::json!([endpoint, order.as_str(), null]).to_string(),
        due_at,
    }
}

/// The id of that job. [`wake`] and [`remove`] put it together in SQL.
#[must_use]
pub fn job_id(endpoint: &str, order: &OrderId) -> String {
    format!("webhook:{endpoint}:{order}")
}

/// The job that sends one message again, beside the order's other messages.
#[must_use]
pub fn resend_job(delivery: &Delivery, due_at: Timestamp) -> NewJob {
    let Delivery { id, endpoint, order, seq, .. } = delivery;
    NewJob {
        id: format!("webhook_resend:{id}"),
        kind: KIND.to_owned(),
        body: serde_json::json!([endpoint, order.as_str(), seq]).to_string(),
        due_at,
    }
}

/// The next event that an endpoint wants to be told of, behind its position; nothing where it was told of all, or has none.
///
/// # Errors
/// [`Error`].
pub fn next(
    tx: &mut dyn Tx,
    endpoint: &Endpoint,
    order: &OrderId,
) -> Result<Option<Stored>, Error> {
    let position = tx.first(
        "select seq from webhook_position where endpoint_id = $1 and order_id = $2",
        values![&endpoint.id, order.as_str()],
        |row| row.int(0),
    )?;
    let Some(mut seq) = position else { return Ok(None) };
    loop {
        let mut events = ledger::after(tx, order, seq, SCAN)?;
        let Some(last) = events.last().map(|event| event.seq) else { return Ok(None) };
        if let Some(place) = events.iter().position(|event| endpoint.wants(&event.kind)) {
            return Ok(Some(events.swap_remove(place)));
        }
        seq = last;
    }
}

/// Moves the position of an endpoint on to that event.
///
/// # Errors
/// [`Error`].
pub fn advance(tx: &mut dyn Tx, endpoint: &str, order: &OrderId, seq: i64) -> Result<(), Error> {
    tx.exec(
        "update webhook_position set seq = $1
         where endpoint_id = $2 and order_id = $3 and seq < $1",
        values![seq, endpoint, order.as_str()],
    )?;
    Ok(())
}

/// Makes everything due that waits for an endpoint, and that no worker holds.
///
/// Call it after the endpoint was switched on, in the same transaction. A worker that puts a job aside meets this one at the
/// endpoint's row or at the job's; should each wait for the other, PostgreSQL lets one of them start again.
///
/// # Errors
/// [`Error`].
pub fn wake(tx: &mut dyn Tx, endpoint: &str, now: Timestamp) -> Result<(), Error> {
    // A condition instead of the `case` would be tested before the wait, on PostgreSQL, and pass over the job.
    tx.exec(
        "update job set due_at_us = case when holder = '' then $1 else due_at_us end
         where id in (select 'webhook:' || endpoint_id || ':' || order_id
                      from webhook_position where endpoint_id = $2)",
        values![now, endpoint],
    )?;
    Ok(())
}

/// Whether a kind is among those of a filter.
fn is_wanted(kinds: &str, kind: &str) -> bool {
    kinds.is_empty() || kinds.split(' ').any(|wanted| wanted == kind)
}

/// A closed list of words that are kept in a column.
macro_rules! column_words {
    ($(#[$meta:meta])* $name:ident { $($(#[$item_meta:meta])* $item:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$item_meta])* $item,)+ }

        impl $name {
            /// Every word.
            pub const ALL: &'static [Self] = &[$(Self::$item,)+];

            /// The word as it is written everywhere.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$item => $text,)+ }
            }

            /// The word that is written so.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text)
            }
        }
    };
}
pub(crate) use column_words;
