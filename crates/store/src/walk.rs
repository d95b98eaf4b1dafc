//! Walking along the chain of a stored ledger: the one way in which events are read, to decide on them or to audit them.

use crate::chain::{Finding, Head, Tampering};
use crate::error::Error;
use crate::hash::Sealed;
use crate::orders::NameOfOrder;
use crate::tx::{Row, Tx};
use crate::values;

/// How far a ledger holds together.
pub(crate) struct Walked {
    /// The id of its order.
    pub(crate) order: String,
    /// The last event that does.
    pub(crate) head: Head,
    /// What is wrong behind it.
    pub(crate) broken: Option<Tampering>,
}

impl Walked {
    /// What is wrong with the ledger, where something is.
    pub(crate) fn finding(&self) -> Option<Finding> {
        let what = self.broken?;
        let seq = match what {
            Tampering::HeadChanged => self.head.seq,
            _ => self.head.seq.saturating_add(1),
        };
        Some(Finding { order: self.order.clone(), seq, what })
    }
}

// Each is one statement, so that the order's head, its events and its document are of one moment. The order is named by a value or
// by a subquery that is asked once, so that both engines read its events in the order of their key and sort nothing.
const ALONE: &str = "
    select o.head_seq, o.head_hash, o.order_id, e.seq, e.at_us, e.kind, e.body, e.hash
    from ledger_order o left join ledger_event e on e.order_id = o.order_id
    where o.order_id = $1 order by e.seq";
/// With the newest version of the order's document, which is looked up for the first row alone.
macro_rules! with_document {
    ($order:literal) => {
        concat!(
            "select o.head_seq, o.head_hash, o.order_id, e.seq, e.at_us, e.kind, e.body, e.hash,
                 o.order_version,
                 case when coalesce(e.seq, 1) = 1 then (
                     select v.body from order_version v
                     where v.order_id = o.order_id and v.version = o.order_version
                 ) end
             from ledger_order o left join ledger_event e on e.order_id = o.order_id
             where o.order_id = ",
            $order,
            " order by e.seq"
        )
    };
}

/// Shows each event up to the first that does not hold; nothing where there is no such order.
pub(crate) fn walk(
    tx: &mut dyn Tx,
    order: &str,
    show: &mut dyn FnMut(&Sealed<'_>),
) -> Result<Option<Walked>, Error> {
    walk_rows(tx, ALONE, order, &mut |_| Ok(()), show)
}

/// The same by any name of the order, and hands over its id and the version and the text of its newest document before the first
/// event.
pub(crate) fn walk_with_document(
    tx: &mut dyn Tx,
    order: &NameOfOrder,
    document: &mut dyn FnMut(&str, i64, &str),
    show: &mut dyn FnMut(&Sealed<'_>),
) -> Result<Option<Walked>, Error> {
    let mut first = |row: &dyn Row| {
        // It is missing where the first event is, which the walk finds.
        if !row.is_null(9)? {
            document(row.text(2)?, row.int(8)?, row.text(9)?);
        }
        Ok(())
    };
    let (sql, name) = match order {
        NameOfOrder::Id(id) => (with_document!("$1"), id.as_str()),
        NameOfOrder::Number(number) => (
            with_document!("(select n.order_id from ledger_order n where n.number = $1)"),
            number.as_str(),
        ),
        NameOfOrder::Case(case) => (
            with_document!("(select c.order_id from case_index c where c.case_id = $1)"),
            case.as_str(),
        ),
    };
    walk_rows(tx, sql, name, &mut first, show)
}

fn walk_rows(
    tx: &mut dyn Tx,
    sql: &'static str,
    name: &str,
    first: &mut dyn FnMut(&dyn Row) -> Result<(), Error>,
    show: &mut dyn FnMut(&Sealed<'_>),
) -> Result<Option<Walked>, Error> {
    let mut walked: Option<(Walked, i64, String)> = None;
    tx.each(sql, values![name], &mut |row| {
        let (so_far, end, _) = match &mut walked {
            Some(walked) => walked,
            none => {
                first(row)?;
                let order = row.text(2)?.to_owned();
                let start = Walked { order, head: Head::EMPTY, broken: None };
                none.insert((start, row.int(0)?, row.text(1)?.to_owned()))
            }
        };
        let is_without_events = row.is_null(3)?;
        if so_far.broken.is_some() || is_without_events {
            return Ok(());
        }
        let event = sealed(row.text(2)?, row, 3)?;
        let followed = if so_far.head.seq == *end {
            Err(Tampering::BeyondHead)
        } else {
            so_far.head.follow(&event, row.text(7)?)
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
