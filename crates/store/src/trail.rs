//! What happened across all orders, the newest first: events as they are stored, with who asked for them. The chains are not checked
//! here: see [`crate::audit`].

use crate::error::Error;
use crate::ledger::Stored;
use crate::orders::OrderId;
use crate::tx::{Row, Tx};
use crate::values;

/// The most events of one page.
pub const PAGE_MAX: u32 = 200;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailRow {
    /// Its order.
    pub order: OrderId,
    /// The order's number.
    pub number: String,
    /// The event.
    pub stored: Stored,
    /// Who asked for it; empty where that was not kept.
    pub asked_by: String,
}

/// Behind which event a page begins: its moment, its order and its place there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    /// Its moment, in microseconds.
    pub at_us: i64,
    /// Its order's id.
    pub order: String,
    /// Its place in the ledger.
    pub seq: i64,
}

impl Behind {
    /// Behind nothing: the newest comes first.
    #[must_use]
    pub const fn newest() -> Self {
        Self { at_us: i64::MAX, order: String::new(), seq: 0 }
    }

    /// Behind that event.
    #[must_use]
    pub fn row(row: &TrailRow) -> Self {
        let at_us = row.stored.at.as_microsecond();
        Self { at_us, order: row.order.as_str().to_owned(), seq: row.stored.seq }
    }
}

/// Which events are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Of that order alone.
    pub order: Option<OrderId>,
    /// That one asked for alone.
    pub asked_by: Option<String>,
    /// Those behind this one.
    pub behind: Behind,
}

/// A page of events, the newest first: at most so many, and at most [`PAGE_MAX`].
///
/// # Errors
/// [`Error`].
pub fn page(tx: &mut dyn Tx, wanted: &Wanted, limit: u32) -> Result<Vec<TrailRow>, Error> {
    macro_rules! page {
        ($condition:literal) => {
            concat!(
                "select e.order_id, o.number, e.seq, e.at_us, e.kind, e.body, e.asked_by
                 from ledger_event e join ledger_order o on o.order_id = e.order_id
                 where ",
                $condition,
                "(e.at_us, e.order_id, e.seq) < ($1, $2, $3)
                 order by e.at_us desc, e.order_id desc, e.seq desc limit $4"
            )
        };
    }
    let Wanted { order, asked_by, behind: Behind { at_us, order: after, seq } } = wanted;
    let order = order.as_ref().map_or("", OrderId::as_str);
    let asked = asked_by.as_deref().unwrap_or("");
    let (at_us, limit) = (*at_us, i64::from(limit.min(PAGE_MAX)));
    match (order.is_empty(), asked.is_empty()) {
        (true, true) => tx.all(page!(""), values![at_us, after, *seq, limit], read),
        (false, true) => {
            tx.all(page!("e.order_id = $5 and "), values![at_us, after, *seq, limit, order], read)
        }
        (true, false) => {
            tx.all(page!("e.asked_by = $5 and "), values![at_us, after, *seq, limit, asked], read)
        }
        (false, false) => tx.all(
            page!("e.order_id = $5 and e.asked_by = $6 and "),
            values![at_us, after, *seq, limit, order, asked],
            read,
        ),
    }
}

/// How many orders there are, for saying how far a walk over all of them has come.
///
/// # Errors
/// [`Error`].
pub fn orders(tx: &mut dyn Tx) -> Result<i64, Error> {
    let count = tx.first("select count(*) from ledger_order", &[], |row| row.int(0))?;
    Ok(count.unwrap_or(0))
}

fn read(row: &dyn Row) -> Result<TrailRow, Error> {
    let order = OrderId::new(row.text(0)?);
    Ok(TrailRow {
        order: order.ok_or(Error::Unreadable { column: 0, wanted: "an order's id" })?,
        number: row.text(1)?.to_owned(),
        stored: Stored {
            seq: row.int(2)?,
            at: row.moment(3)?,
            kind: row.text(4)?.to_owned(),
            body: row.text(5)?.to_owned(),
        },
        asked_by: row.text(6)?.to_owned(),
    })
}
