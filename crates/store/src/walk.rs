//! Walking along the chain of a stored ledger: the one way in which events are read, to decide on them or to audit them.

use crate::chain::{Finding, Head, Tampering};
use crate::error::Error;
use crate::hash::Sealed;
use crate::tx::{Row, Tx};
use crate::values;

/// How far a ledger holds together.
pub(crate) struct Walked {
    /// The last event that does.
    pub(crate) head: Head,
    /// What is wrong behind it.
    pub(crate) broken: Option<Tampering>,
}

impl Walked {
    /// What is wrong with the ledger, where something is.
    pub(crate) fn finding(&self, order: &str) -> Option<Finding> {
        let what = self.broken?;
        let seq = match what {
            Tampering::HeadChanged => self.head.seq,
            _ => self.head.seq.saturating_add(1),
        };
        Some(Finding { order: order.to_owned(), seq, what })
    }
}

// Each is one statement, so that the order's head, its events and its document are of one moment.
const ALONE: &str = "
    select o.head_seq, o.head_hash, e.seq, e.at_us, e.kind, e.body, e.hash
    from ledger_order o left join ledger_event e on e.order_id = o.order_id
    where o.order_id = $1 order by e.seq";
/// With the newest version of the order's document, which the first row alone has.
const WITH_DOCUMENT: &str = "
    select o.head_seq, o.head_hash, e.seq, e.at_us, e.kind, e.body, e.hash, o.order_version, v.body
    from ledger_order o left join ledger_event e on e.order_id = o.order_id
    left join order_version v
      on v.order_id = o.order_id and v.version = o.order_version and coalesce(e.seq, 1) = 1
    where o.order_id = $1 order by e.seq";

/// Shows each event up to the first that does not hold; nothing where there is no such order.
pub(crate) fn walk(
    tx: &mut dyn Tx,
    order: &str,
    show: &mut dyn FnMut(&Sealed<'_>),
) -> Result<Option<Walked>, Error> {
    walk_rows(tx, ALONE, order, &mut |_| Ok(()), show)
}

/// The same, and hands over the version and the text of the order's newest document before the first event.
pub(crate) fn walk_with_document(
    tx: &mut dyn Tx,
    order: &str,
    document: &mut dyn FnMut(i64, &str),
    show: &mut dyn FnMut(&Sealed<'_>),
) -> Result<Option<Walked>, Error> {
    let mut first = |row: &dyn Row| {
        // It is missing where the first event is, which the walk finds.
        if !row.is_null(8)? {
            document(row.int(7)?, row.text(8)?);
        }
        Ok(())
    };
    walk_rows(tx, WITH_DOCUMENT, order, &mut first, show)
}

fn walk_rows(
    tx: &mut dyn Tx,
    sql: &'static str,
    order: &str,
    first: &mut dyn FnMut(&dyn Row) -> Result<(), Error>,
    show: &mut dyn FnMut(&Sealed<'_>),
) -> Result<Option<Walked>, Error> {
    let mut walked: Option<(Walked, i64, String)> = None;
    tx.each(sql, values![order], &mut |row| {
        let (so_far, end, _) = match &mut walked {
            Some(walked) => walked,
            none => {
                first(row)?;
                let start = Walked { head: Head::EMPTY, broken: None };
                none.insert((start, row.int(0)?, row.text(1)?.to_owned()))
            }
        };
        let is_without_events = row.is_null(2)?;
        if so_far.broken.is_some() || is_without_events {
            return Ok(());
        }
        let event = sealed(order, row, 2)?;
        let followed = if so_far.head.seq == *end {
            Err(Tampering::BeyondHead)
        } else {
            so_far.head.follow(&event, row.text(6)?)
        };
        match followed {
            Ok(()) => show(&event),
            Err(what) => so_far.broken = Some(what),
        }
        Ok(())
    })?;
    Ok(walked.map(|(mut walked, end, hash)| {
        walked.broken = walked.broken.or(walked.head.end(end, &hash).err());
        walked
    }))
}

/// Reads place, time, kind and body from that column on.
pub(crate) fn sealed<'a>(
    order: &'a str,
    row: &'a dyn Row,
    from: usize,
) -> Result<Sealed<'a>, Error> {
    let column = |next: usize| from.saturating_add(next);
    Ok(Sealed {
        order,
        seq: row.int(column(0))?,
        at_us: row.int(column(1))?,
        kind: row.text(column(2))?,
        body: row.text(column(3))?,
    })
}
