//! The transaction over the `postgres` crate.

use postgres::fallible_iterator::FallibleIterator;
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};

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
        let statement = self.session.statement(sql).map_err(|error| self.note(error))?;
        let parameters: Vec<&(dyn ToSql + Sync)> =
            values.iter().map(|value| -> &(dyn ToSql + Sync) { value }).collect();
        let done = self.session.client.execute(&statement, &parameters);
        done.map_err(|failed| self.note(error(failed)))
    }

    fn each(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        show: &mut dyn FnMut(&dyn Row) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let statement = self.session.statement(sql).map_err(|error| self.note(error))?;
        let rows = self.session.client.query_raw(&statement, values).map_err(error);
        let shown = rows.and_then(|rows| rows.map_err(error).for_each(|row| show(&row)));
        shown.map_err(|error| self.note(error))
    }

    fn engine(&self) -> Engine {
        Engine::Postgres
    }
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

impl Row for postgres::Row {
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
