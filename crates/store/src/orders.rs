//! The orders that ledgers are about: each with its number, and every version of its document.

use std::fmt;

use backhaul_core::ledger::{CaseId, Order};
use jiff::Timestamp;

use crate::chain::Head;
use crate::error::Error;
use crate::hash::Hash;
use crate::serials;
use crate::tx::{Engine, Tx};
use crate::values;

/// The most characters of an order's id.
pub const ORDER_ID_CHARS_MAX: usize = 64;

/// How an order is called in every table; chosen by the caller when the order first comes in, and never changed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(String);

impl OrderId {
    /// Takes 1 to [`ORDER_ID_CHARS_MAX`] ASCII letters, digits, `-` and `_`.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "-_".contains(sign);
        let is_id = (1..=ORDER_ID_CHARS_MAX).contains(&text.len()) && text.chars().all(is_plain);
        is_id.then(|| Self(text.to_owned()))
    }

    /// The id as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.0)
    }
}

/// What an order is asked for by. Whoever knows only its number or one of its cases need not ask for its id first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameOfOrder {
    /// Its id.
    Id(OrderId),
    /// The shop's number.
    Number(String),
    /// One of its cases.
    Case(CaseId),
}

/// Why an order cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum OrderStoreError {
    /// The number is another order's, or the version is not the next one.
    #[error("the order `{number}` was imported by someone else in the meantime: try again")]
    Conflict {
        /// The order's number.
        number: String,
    },
    /// The document is not one that this program reads.
    #[error("version {version} of the order {order} cannot be read: {message}")]
    Unreadable {
        /// The order.
        order: String,
        /// The version.
        version: u32,
        /// What is wrong with it.
        message: String,
    },
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Keeps an order's document, and where its serials are looked up. The first version makes the order, with an empty ledger; each
/// further one must follow the newest.
///
/// # Errors
/// [`OrderStoreError`].
pub fn import(
    tx: &mut dyn Tx,
    id: &OrderId,
    order: &Order,
    at: Timestamp,
) -> Result<(), OrderStoreError> {
    let version = i64::from(order.version);
    let number = &order.number;
    let conflict = || OrderStoreError::Conflict { number: number.clone() };
    let changed = if version == 1 {
        // Told from other failures by its count, so that PostgreSQL need not log an error.
        tx.exec(
            "insert into ledger_order (order_id, number, order_version, head_seq, head_hash)
             values ($1, $2, 1, 0, $3) on conflict do nothing",
            values![id.as_str(), number, &Hash::NONE.to_string()],
        )?
    } else {
        tx.exec(
            "update ledger_order set order_version = $1
             where order_id = $2 and number = $3 and order_version + 1 = $1",
            values![version, id.as_str(), number],
        )?
    };
    if changed != 1 {
        return Err(conflict());
    }
    let body =
        serde_json::to_string(order).map_err(|error| unreadable(id, order.version, &error))?;
    tx.send(
        "insert into order_version (order_id, version, imported_at_us, body) values ($1, $2, $3, $4)",
        values![id.as_str(), version, at, &body],
    )?;
    serials::add(tx, id, order)?;
    Ok(())
}

/// The id of the order with that number.
///
/// # Errors
/// [`Error`].
pub fn find(tx: &mut dyn Tx, number: &str) -> Result<Option<OrderId>, Error> {
    tx.first("select order_id from ledger_order where number = $1", values![number], |row| {
        Ok(OrderId(row.text(0)?.to_owned()))
    })
}

/// Lets nobody else change the order's ledger until this transaction ends: what is read after it is true until then.
///
/// # Errors
/// [`Error`].
pub fn lock(tx: &mut dyn Tx, id: &OrderId) -> Result<(), Error> {
    // On SQLite there is no other writer anyway; on PostgreSQL this takes the row that every append takes.
    tx.send(
        "update ledger_order set head_seq = head_seq where order_id = $1",
        values![id.as_str()],
    )?;
    Ok(())
}

/// Where an order stands: enough to know whether what was loaded before is still all there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The order.
    pub id: OrderId,
    /// Its number.
    pub number: String,
    /// The version of its newest document.
    pub newest: u32,
    /// The end of its ledger.
    pub head: Head,
}

/// Where the order with that number stands.
///
/// # Errors
/// [`Error`].
pub fn place(tx: &mut dyn Tx, number: &str) -> Result<Option<Place>, Error> {
    tx.first(
        "select order_id, number, order_version, head_seq, head_hash from ledger_order
         where number = $1",
        values![number],
        read_place,
    )
}

/// Where the order with that number stands, and nobody else changes its ledger until this transaction ends: waits for whoever does.
///
/// # Errors
/// [`Error`].
pub fn place_locked(tx: &mut dyn Tx, number: &str) -> Result<Option<Place>, Error> {
    macro_rules! place {
        ($locking:literal) => {
            concat!(
                "select order_id, number, order_version, head_seq, head_hash from ledger_order
                 where number = $1",
                $locking
            )
        };
    }
    let sql = match tx.engine() {
        // Its one writer is alone anyway.
        Engine::Sqlite => place!(""),
        // As strong as an append's own lock. `for update` would also make whoever writes a row that refers to the order wait, such as
        // a worker that notes a delivery while it holds the job for which this transaction will wait.
        Engine::Postgres => place!(" for no key update"),
    };
    tx.first(sql, values![number], read_place)
}

/// Where the order of that case stands.
///
/// # Errors
/// [`Error`].
pub fn place_of_case(tx: &mut dyn Tx, case: &CaseId) -> Result<Option<Place>, Error> {
    tx.first(
        "select o.order_id, o.number, o.order_version, o.head_seq, o.head_hash
         from case_index c join ledger_order o on o.order_id = c.order_id where c.case_id = $1",
        values![case.as_str()],
        read_place,
    )
}

/// Where the order with that name stands.
///
/// # Errors
/// [`Error`].
pub fn place_by_name(tx: &mut dyn Tx, order: &NameOfOrder) -> Result<Option<Place>, Error> {
    match order {
        NameOfOrder::Id(id) => place_of(tx, id),
        NameOfOrder::Number(number) => place(tx, number),
        NameOfOrder::Case(case) => place_of_case(tx, case),
    }
}

pub(crate) fn read_place(row: &dyn crate::Row) -> Result<Place, Error> {
    let unreadable = |column, wanted| Error::Unreadable { column, wanted };
    let hash = row.text(4)?.parse().map_err(|_| unreadable(4, "a hash"))?;
    Ok(Place {
        id: OrderId::new(row.text(0)?).ok_or_else(|| unreadable(0, "an order's id"))?,
        number: row.text(1)?.to_owned(),
        newest: u32::try_from(row.int(2)?).map_err(|_| unreadable(2, "a version"))?,
        head: Head { seq: row.int(3)?, hash },
    })
}

/// Orders by number, behind that one.
///
/// # Errors
/// [`Error`].
pub fn page(tx: &mut dyn Tx, after: &str, limit: u32) -> Result<Vec<Place>, Error> {
    tx.all(
        "select order_id, number, order_version, head_seq, head_hash from ledger_order
         where number > $1 order by number limit $2",
        values![after, i64::from(limit)],
        read_place,
    )
}

/// Orders whose numbers begin so, by number.
///
/// # Errors
/// [`Error`].
pub fn beginning(tx: &mut dyn Tx, prefix: &str, limit: u32) -> Result<Vec<Place>, Error> {
    // A range of the index. What stands between them in the order of another language does not begin so, and is left out.
    let found = tx.all(
        "select order_id, number, order_version, head_seq, head_hash from ledger_order
         where number >= $1 order by number limit $2",
        values![prefix, i64::from(limit)],
        read_place,
    )?;
    Ok(found.into_iter().filter(|place| place.number.starts_with(prefix)).collect())
}

/// Where the order with that id stands.
///
/// # Errors
/// [`Error`].
pub fn place_of(tx: &mut dyn Tx, id: &OrderId) -> Result<Option<Place>, Error> {
    tx.first(
        "select order_id, number, order_version, head_seq, head_hash from ledger_order
         where order_id = $1",
        values![id.as_str()],
        read_place,
    )
}

/// The orders to which something happened after the sale, by id, from behind that one: each with its number.
///
/// # Errors
/// [`Error`].
pub fn with_events(
    tx: &mut dyn Tx,
    behind: &str,
    limit: u32,
) -> Result<Vec<(OrderId, String)>, Error> {
    tx.all(
        "select order_id, number from ledger_order
         where order_id > $1 and head_seq > 0 order by order_id limit $2",
        values![behind, i64::from(limit)],
        |row| Ok((OrderId(row.text(0)?.to_owned()), row.text(1)?.to_owned())),
    )
}

/// The number of an order.
///
/// # Errors
/// [`Error`].
pub fn number(tx: &mut dyn Tx, id: &OrderId) -> Result<Option<String>, Error> {
    let sql = "select number from ledger_order where order_id = $1";
    tx.first(sql, values![id.as_str()], |row| Ok(row.text(0)?.to_owned()))
}

/// A version of an order's document, or the newest.
///
/// # Errors
/// [`OrderStoreError::Unreadable`] and [`OrderStoreError::Database`].
pub fn get(
    tx: &mut dyn Tx,
    id: &OrderId,
    version: Option<u32>,
) -> Result<Option<Order>, OrderStoreError> {
    let read = |row: &dyn crate::Row| Ok(Document::new(id.as_str(), row.int(0)?, row.text(1)?));
    let found = match version {
        Some(version) => tx.first(
            "select version, body from order_version where order_id = $1 and version = $2",
            values![id.as_str(), i64::from(version)],
            read,
        )?,
        None => tx.first(
            "select version, body from order_version where order_id = $1 order by version desc limit 1",
            values![id.as_str()],
            read,
        )?,
    };
    found.map(|document| document.read()).transpose()
}

/// A version of an order as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The order's id.
    pub order: OrderId,
    /// Which version it is.
    version: i64,
    /// The order, as JSON.
    body: String,
}

impl Document {
    pub(crate) fn new(order: &str, version: i64, body: &str) -> Self {
        Self { order: OrderId(order.to_owned()), version, body: body.to_owned() }
    }

    /// The order that it is.
    ///
    /// # Errors
    /// [`OrderStoreError::Unreadable`].
    pub fn read(&self) -> Result<Order, OrderStoreError> {
        let version = u32::try_from(self.version).unwrap_or(u32::MAX);
        serde_json::from_str(&self.body).map_err(|error| unreadable(&self.order, version, &error))
    }
}

fn unreadable(id: &OrderId, version: u32, error: &serde_json::Error) -> OrderStoreError {
    let message = error.to_string();
    OrderStoreError::Unreadable { order: id.to_string(), version, message }
}
