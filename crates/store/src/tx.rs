//! A transaction, seen from inside: all that a closure of [`crate::Store::write`] gets.
//!
//! There is nothing to await with and no way out to the network (invariant `no-call-in-tx`).
//!
//! One SQL text runs on both engines:
//! - placeholders are `$1` to `$n`; arithmetic is done with columns and not with placeholders (`version + 1 = $1`), since
//!   PostgreSQL takes a placeholder beside a small number for a small one;
//! - integers, booleans and moments are `bigint` and [`Value::Int`]; ids and JSON are `text` and [`Value::Text`]; a sum is
//!   cast back to `bigint`;
//! - what may exist already is inserted with `on conflict`, and changes are counted: an error ends the transaction;
//! - sorting is by columns that are never null, and ends with a key; JSON is never looked into.

use crate::error::Error;

/// Which database it is. For the one or two statements that cannot have one text; never for rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// One file, one process.
    Sqlite,
    /// A server, and any number of processes.
    Postgres,
}

/// An open transaction.
///
/// After a statement has failed nothing else runs, and nothing is kept, even if the closure looks past the failure:
/// PostgreSQL is like that, and SQLite is made so.
pub trait Tx {
    /// Runs a statement that returns no rows; says how many rows it changed.
    ///
    /// # Errors
    /// [`Error`].
    fn exec(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, Error>;

    /// Runs a statement of which only the success matters. PostgreSQL is not waited for: a failure may be that of a later statement of
    /// the transaction or of its commit, and nothing is kept then. So what is inserted by it must be free, or be met with `on conflict`.
    ///
    /// # Errors
    /// [`Error`].
    fn send(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<(), Error>;

    /// Runs a statement and shows each row that it returns.
    ///
    /// # Errors
    /// [`Error`], from the statement or from the closure; the rows that follow are not shown then.
    fn each(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        show: &mut dyn FnMut(&dyn Row) -> Result<(), Error>,
    ) -> Result<(), Error>;

    /// The engine below.
    fn engine(&self) -> Engine;
}

impl dyn Tx + '_ {
    /// Reads the first row, where there is one.
    ///
    /// # Errors
    /// [`Error`].
    pub fn first<T>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        read: impl Fn(&dyn Row) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut found = None;
        self.each(sql, values, &mut |row| {
            if found.is_none() {
                found = Some(read(row)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Reads every row; the statement says how many there can be.
    ///
    /// # Errors
    /// [`Error`].
    pub fn all<T>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        read: impl Fn(&dyn Row) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut found = Vec::new();
        self.each(sql, values, &mut |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }
}

/// A value on its way in or out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// An integer; a boolean as 0 or 1; a moment as microseconds since 1970 in UTC.
    Int(i64),
    /// A text.
    Text(&'a str),
}

impl From<i64> for Value<'_> {
    fn from(int: i64) -> Self {
        Self::Int(int)
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Int(i64::from(flag))
    }
}

impl From<jiff::Timestamp> for Value<'_> {
    fn from(moment: jiff::Timestamp) -> Self {
        Self::Int(moment.as_microsecond())
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Values for the placeholders of a statement: `values![order, seq, body]`.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::Value::from($value)),*] };
}

/// One row of an answer.
pub trait Row {
    /// The value of a column, from 0.
    ///
    /// # Errors
    /// [`Error::Unreadable`].
    fn value(&self, column: usize) -> Result<Value<'_>, Error>;
}

impl dyn Row + '_ {
    /// The integer in a column.
    ///
    /// # Errors
    /// [`Error::Unreadable`].
    pub fn int(&self, column: usize) -> Result<i64, Error> {
        match self.value(column)? {
            Value::Int(int) => Ok(int),
            _ => Err(Error::Unreadable { column, wanted: "an integer" }),
        }
    }

    /// The text in a column.
    ///
    /// # Errors
    /// [`Error::Unreadable`].
    pub fn text(&self, column: usize) -> Result<&str, Error> {
        match self.value(column)? {
            Value::Text(text) => Ok(text),
            _ => Err(Error::Unreadable { column, wanted: "a text" }),
        }
    }

    /// The moment in a column.
    ///
    /// # Errors
    /// [`Error::Unreadable`].
    pub fn moment(&self, column: usize) -> Result<jiff::Timestamp, Error> {
        let unreadable = |_| Error::Unreadable { column, wanted: "a moment" };
        jiff::Timestamp::from_microsecond(self.int(column)?).map_err(unreadable)
    }

    /// Whether there is nothing in a column.
    ///
    /// # Errors
    /// [`Error::Unreadable`].
    pub fn is_null(&self, column: usize) -> Result<bool, Error> {
        Ok(self.value(column)? == Value::Null)
    }
}
