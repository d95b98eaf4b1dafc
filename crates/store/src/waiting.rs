//! A read table: what waits for somebody's hands, at the dock or at finance. It follows from the ledgers (invariant `rebuildable`) and
//! is written in the transaction that appends to one.

use backhaul_core::ledger::{CaseId, Waiting, WaitingKind};
use jiff::Timestamp;

use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::{Row, Tx};
use crate::values;

/// One thing that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingRow {
    /// The order in whose ledger it is.
    pub order: OrderId,
    /// What waits.
    pub waiting: Waiting,
    /// The end of the last day for it, where there is one.
    pub due_at: Option<Timestamp>,
    /// Since when it waits.
    pub since: Timestamp,
}

/// Sorts behind every moment there is.
const NEVER_DUE_US: i64 = i64::MAX;

fn case(waiting: &Waiting) -> &str {
    waiting.case.as_ref().map_or("", CaseId::as_str)
}

/// Writes a row; what waited before has waited since then.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, row: &WaitingRow) -> Result<(), Error> {
    let due_at_us = row.due_at.map_or(NEVER_DUE_US, Timestamp::as_microsecond);
    tx.send(
        "insert into waiting (order_id, kind, case_id, subject, due_at_us, since_us)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (order_id, kind, case_id, subject) do update set due_at_us = excluded.due_at_us",
        values![
            row.order.as_str(),
            row.waiting.kind.as_str(),
            case(&row.waiting),
            &row.waiting.subject,
            due_at_us,
            row.since,
        ],
    )?;
    Ok(())
}

/// Removes what waits no more.
///
/// # Errors
/// [`Error`].
pub fn remove(tx: &mut dyn Tx, order: &OrderId, waiting: &Waiting) -> Result<(), Error> {
    let (kind, subject) = (waiting.kind.as_str(), &waiting.subject);
    tx.send(
        "delete from waiting where order_id = $1 and kind = $2 and case_id = $3 and subject = $4",
        values![order.as_str(), kind, case(waiting), subject],
    )?;
    Ok(())
}

/// Removes the rows of an order, so that they can be written again from its ledger.
///
/// # Errors
/// [`Error`].
pub fn clear(tx: &mut dyn Tx, order: &OrderId) -> Result<(), Error> {
    tx.send("delete from waiting where order_id = $1", values![order.as_str()])?;
    Ok(())
}

/// Where a page begins: behind this row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// Its due time in microseconds, or the largest number there is.
    pub due_at_us: i64,
    /// Since when it waits, in microseconds.
    pub since_us: i64,
    /// Its order.
    pub order: String,
    /// Its case.
    pub case: String,
    /// Its subject.
    pub subject: String,
}

impl After {
    /// Before every row.
    #[must_use]
    pub const fn start() -> Self {
        Self {
            due_at_us: i64::MIN,
            since_us: i64::MIN,
            order: String::new(),
            case: String::new(),
            subject: String::new(),
        }
    }

    /// Behind that row.
    #[must_use]
    pub fn row(row: &WaitingRow) -> Self {
        Self {
            due_at_us: row.due_at.map_or(NEVER_DUE_US, Timestamp::as_microsecond),
            since_us: row.since.as_microsecond(),
            order: row.order.as_str().to_owned(),
            case: case(&row.waiting).to_owned(),
            subject: row.waiting.subject.clone(),
        }
    }
}

/// What waits of that kind, the most urgent first and then what waits longest, behind that row.
///
/// # Errors
/// [`Error`].
pub fn page(
    tx: &mut dyn Tx,
    kind: WaitingKind,
    after: &After,
    limit: u32,
) -> Result<Vec<WaitingRow>, Error> {
    let After { due_at_us, since_us, order, case, subject } = after;
    tx.all(
        "select order_id, kind, case_id, subject, due_at_us, since_us from waiting
         where kind = $1 and (due_at_us, since_us, order_id, case_id, subject) > ($2, $3, $4, $5, $6)
         order by due_at_us, since_us, order_id, case_id, subject limit $7",
        values![kind.as_str(), *due_at_us, *since_us, order, case, subject, i64::from(limit)],
        read,
    )
}

/// How much waits, by kind.
///
/// # Errors
/// [`Error`].
pub fn counts(tx: &mut dyn Tx) -> Result<Vec<(WaitingKind, i64)>, Error> {
    tx.all(
        "select kind, cast(count(*) as bigint) from waiting group by kind order by kind",
        &[],
        |row| Ok((kind(row, 0)?, row.int(1)?)),
    )
}

fn kind(row: &dyn Row, column: usize) -> Result<WaitingKind, Error> {
    let text = row.text(column)?;
    let found = WaitingKind::ALL.iter().find(|kind| kind.as_str() == text);
    found.copied().ok_or(Error::Unreadable { column, wanted: "a kind of what waits" })
}

fn read(row: &dyn Row) -> Result<WaitingRow, Error> {
    let unreadable = |column, wanted| Error::Unreadable { column, wanted };
    let case = match row.text(2)? {
        "" => None,
        case => Some(CaseId::new(case).map_err(|_| unreadable(2, "a case's id"))?),
    };
    let waiting = Waiting { kind: kind(row, 1)?, case, subject: row.text(3)?.to_owned() };
    Ok(WaitingRow {
        order: OrderId::new(row.text(0)?).ok_or_else(|| unreadable(0, "an order's id"))?,
        waiting,
        due_at: if row.int(4)? == NEVER_DUE_US { None } else { Some(row.moment(4)?) },
        since: row.moment(5)?,
    })
}
