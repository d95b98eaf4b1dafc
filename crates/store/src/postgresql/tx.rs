//! The transaction over a session.

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::session::{Session, error};
use crate::error::Error;
use crate::tx::{Engine, Row, Tx, Value};

pub(super) struct PostgresTx<'a> {
    pub(super) session: &'a mut Session,
    /// Why the transaction must be run again, whatever its closure made of the failure.
    pub(super) again: Option<Error>,
}

impl PostgresTx<'_> {
    fn note(&mut self, error: Error) -> Error {
        if matches!(error, Error::Contended { .. } | Error::Unreachable { .. }) {
            self.again = Some(error.clone());
        }
        error
    }
}

impl Tx for PostgresTx<'_> {
    fn exec(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, Error> {
        self.session.execute(sql, values).map_err(|error| self.note(error))
    }

    fn send(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<(), Error> {
        let values = values.iter().map(Owned::from).collect();
        self.session.send_statement(sql, values).map_err(|error| self.note(error))
    }

    fn each(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        show: &mut dyn FnMut(&dyn Row) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let shown = self.session.query(sql, values, &mut |row| show(row));
        shown.map_err(|error| self.note(error))
    }

    fn engine(&self) -> Engine {
        Engine::Postgres
    }
}

/// A value that outlives the statement it was given to.
#[derive(Debug)]
enum Owned {
    Null,
    Int(i64),
    Text(Box<str>),
}

impl From<&Value<'_>> for Owned {
    fn from(value: &Value<'_>) -> Self {
        match *value {
            Value::Null => Self::Null,
            Value::Int(int) => Self::Int(int),
            Value::Text(text) => Self::Text(text.into()),
        }
    }
}

impl ToSql for Owned {
    fn to_sql(
        &self,
        wanted: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let value = match self {
            Self::Null => Value::Null,
            Self::Int(int) => Value::Int(*int),
            Self::Text(text) => Value::Text(text),
        };
        value.to_sql(wanted, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        wanted: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(int) if *wanted == Type::INT8 => int.to_sql(wanted, out),
            Value::Text(text) if *wanted == Type::TEXT => text.to_sql(wanted, out),
            _ => Err(format!("the statement wants a value of type {wanted} here").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl Row for tokio_postgres::Row {
    fn value(&self, column: usize) -> Result<Value<'_>, Error> {
        let unreadable = || Error::Unreadable { column, wanted: "an integer or a text" };
        let kind = self.columns().get(column).ok_or_else(unreadable)?.type_();
        let value = match *kind {
            Type::INT8 => self.try_get::<_, Option<i64>>(column).map(Value::from),
            Type::INT4 => {
                self.try_get::<_, Option<i32>>(column).map(|int| int.map(i64::from).into())
            }
            Type::BOOL => self.try_get::<_, Option<bool>>(column).map(Value::from),
            Type::TEXT => self.try_get::<_, Option<&str>>(column).map(Value::from),
            _ => return Err(unreadable()),
        };
        value.map_err(error)
    }
}
