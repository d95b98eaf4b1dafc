//! The ledger of one order as it is stored: append at an expected head, and load.
//!
//! Loading checks the chain of hashes: nothing is decided on a ledger that was tampered with. Only the application's one
//! door may append.

use backhaul_core::ledger::Event;
use jiff::Timestamp;

use crate::chain::{Finding, Head};
use crate::error::Error;
use crate::hash::Sealed;
use crate::orders::{Document, NameOfOrder, OrderId};
use crate::tx::Tx;
use crate::values;
use crate::walk::{Walked, walk, walk_with_document};

/// One event with its place and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place, from 1.
    pub seq: i64,
    /// When it was appended, in whole microseconds.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// A ledger as it was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Its end: what [`append`] expects.
    pub head: Head,
    /// Everything that happened, in order.
    pub events: Vec<Recorded>,
}

/// Why a ledger cannot be appended to or loaded.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Someone else appended in the meantime: load, decide and append again.
    #[error("the ledger of order `{order}` is no longer at version {expected}")]
    VersionConflict {
        /// The order.
        order: String,
        /// The version that was expected.
        expected: i64,
    },
    /// The ledger is not what was written.
    #[error("the ledger was tampered with: {0}")]
    Tampered(Finding),
    /// A later version of this program wrote it.
    #[error("event {seq} of order `{order}` cannot be read: {message}")]
    Unreadable {
        /// The order.
        order: String,
        /// The event.
        seq: i64,
        /// What is wrong with it.
        message: String,
    },
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

/// One event as it is stored, for handing it on without a look into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its place, from 1.
    pub seq: i64,
    /// When it was appended.
    pub at: Timestamp,
    /// Its type; one that is no [`backhaul_core::ledger::EventKind`] was written by a later version of this program.
    pub kind: String,
    /// The event, as JSON.
    pub body: String,
}

/// The events behind that place, in order, at most so many. The chain is not checked: see [`load`] for what decisions rest on.
///
/// # Errors
/// [`Error`].
pub fn after(tx: &mut dyn Tx, order: &OrderId, seq: i64, limit: u32) -> Result<Vec<Stored>, Error> {
    tx.all(
        "select seq, at_us, kind, body from ledger_event
         where order_id = $1 and seq > $2 order by seq limit $3",
        values![order.as_str(), seq, i64::from(limit)],
        |row| {
            Ok(Stored {
                seq: row.int(0)?,
                at: row.moment(1)?,
                kind: row.text(2)?.to_owned(),
                body: row.text(3)?.to_owned(),
            })
        },
    )
}

/// What came of [`append`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The new end of the ledger.
    pub head: Head,
    /// Whether there is an endpoint of webhooks, which may want to be told; asked on the way, since there mostly is none.
    pub has_endpoints: bool,
}

/// Appends events behind the head that the caller has seen, with who asked for them.
///
/// # Errors
/// [`LedgerError::VersionConflict`] where that is no longer the head, and [`LedgerError::Database`].
pub fn append(
    tx: &mut dyn Tx,
    order: &OrderId,
    expected: Head,
    at: Timestamp,
    asked_by: &str,
    events: &[Event],
) -> Result<Appended, LedgerError> {
    let conflict =
        || LedgerError::VersionConflict { order: order.to_string(), expected: expected.seq };
    let mut head = expected;
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        let seq = head.seq.saturating_add(1);
        let kind = event.kind().as_str();
        let body = serde_json::to_string(event)
            .map_err(|error| unreadable(order.as_str(), seq, &error))?;
        let (order, at_us) = (order.as_str(), at.as_microsecond());
        head = head.followed_by(&Sealed { order, seq, at_us, kind, body: &body });
        rows.push((head, kind, body));
    }
    // First, because on PostgreSQL this waits for whoever else is appending, and then sees what came of it.
    let moved = tx.first(
        "update ledger_order set head_seq = $1, head_hash = $2
         where order_id = $3 and head_seq = $4 and head_hash = $5
         returning (select cast(count(*) as bigint) from webhook_endpoint)",
        values![
            head.seq,
            &head.hash.to_string(),
            order.as_str(),
            expected.seq,
            &expected.hash.to_string()
        ],
        |row| row.int(0),
    )?;
    let endpoints = moved.ok_or_else(conflict)?;
    for (Head { seq, hash }, kind, body) in &rows {
        tx.send(
            "insert into ledger_event (order_id, seq, at_us, kind, body, hash, asked_by)
             values ($1, $2, $3, $4, $5, $6, $7)",
            values![order.as_str(), *seq, at, *kind, body, &hash.to_string(), asked_by],
        )?;
    }
    Ok(Appended { head, has_endpoints: endpoints > 0 })
}

/// Loads the ledger of an order, or nothing where there is no such order.
///
/// # Errors
/// [`LedgerError::Tampered`], [`LedgerError::Unreadable`] and [`LedgerError::Database`].
pub fn load(tx: &mut dyn Tx, order: &OrderId) -> Result<Option<History>, LedgerError> {
    let mut events = Events::default();
    let walked = walk(tx, order.as_str(), &mut |event| events.read(event))?;
    walked.map(|walked| events.history(&walked)).transpose()
}

/// Loads the ledger of an order and the newest version of the order by one statement, or nothing where there is no such order.
///
/// # Errors
/// As [`load`].
pub fn load_with_order(
    tx: &mut dyn Tx,
    order: &NameOfOrder,
) -> Result<Option<(Document, History)>, LedgerError> {
    let mut events = Events::default();
    let mut document = None;
    let walked = walk_with_document(
        tx,
        order,
        &mut |id, version, body| document = Some(Document::new(id, version, body)),
        &mut |event| events.read(event),
    )?;
    let Some(walked) = walked else { return Ok(None) };
    let history = events.history(&walked)?;
    Ok(document.map(|document| (document, history)))
}

/// Events as they are walked along.
#[derive(Default)]
struct Events {
    read: Vec<Recorded>,
    failed: Option<LedgerError>,
}

impl Events {
    fn read(&mut self, event: &Sealed<'_>) {
        if self.failed.is_some() {
            return;
        }
        match serde_json::from_str(event.body) {
            Ok(read) => {
                // The chain holds, so this was written from a moment.
                let at = Timestamp::from_microsecond(event.at_us).unwrap_or_default();
                self.read.push(Recorded { seq: event.seq, at, event: read });
            }
            Err(error) => self.failed = Some(unreadable(event.order, event.seq, &error)),
        }
    }

    fn history(self, walked: &Walked) -> Result<History, LedgerError> {
        // A body that cannot be read because someone changed it is tampering first.
        if let Some(finding) = walked.finding() {
            return Err(LedgerError::Tampered(finding));
        }
        self.failed.map_or(Ok(History { head: walked.head, events: self.read }), Err)
    }
}

fn unreadable(order: &str, seq: i64, error: &serde_json::Error) -> LedgerError {
    LedgerError::Unreadable { order: order.to_owned(), seq, message: error.to_string() }
}
