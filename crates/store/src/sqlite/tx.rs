//! The transaction over rusqlite.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, Statement, ffi};

use crate::error::{Error, Rule};
use crate::tx::{Engine, Row, Tx, Value};

pub(super) struct SqliteTx<'a>(pub(super) &'a Connection);

impl Tx for SqliteTx<'_> {
    fn exec(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, Error> {
        let mut statement = self.0.prepare_cached(sql).map_err(error)?;
        bind(&mut statement, values)?;
        let changed = statement.raw_execute().map_err(error)?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    fn send(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<(), Error> {
        self.exec(sql, values).map(drop)
    }

    fn each(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        show: &mut dyn FnMut(&dyn Row) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut statement = self.0.prepare_cached(sql).map_err(error)?;
        bind(&mut statement, values)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(error)? {
            show(row)?;
        }
        Ok(())
    }

    fn engine(&self) -> Engine {
        Engine::Sqlite
    }
}

/// Gives each placeholder its value. To SQLite `$2` is a name and not a place, so the number is read off the name.
fn bind(statement: &mut Statement<'_>, values: &[Value<'_>]) -> Result<(), Error> {
    for place in 1..=statement.parameter_count() {
        let name = statement.parameter_name(place).and_then(|name| name.strip_prefix('$'));
        let number = name.and_then(|number| number.parse::<usize>().ok()?.checked_sub(1));
        let value = number.and_then(|number| values.get(number));
        let value = value.ok_or_else(|| Error::Failed {
            message: format!("the statement's placeholder {place} has no value"),
        })?;
        statement.raw_bind_parameter(place, value).map_err(error)?;
    }
    Ok(())
}

impl rusqlite::types::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(int) => ValueRef::Integer(*int),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl Row for rusqlite::Row<'_> {
    fn value(&self, column: usize) -> Result<Value<'_>, Error> {
        let unreadable = |wanted| Error::Unreadable { column, wanted };
        match self.get_ref(column).map_err(error)? {
            ValueRef::Null => Ok(Value::Null),
            ValueRef::Integer(int) => Ok(Value::Int(int)),
            ValueRef::Text(text) => {
                str::from_utf8(text).map(Value::Text).map_err(|_| unreadable("text in UTF-8"))
            }
            ValueRef::Real(_) | ValueRef::Blob(_) => Err(unreadable("an integer or a text")),
        }
    }
}

/// The engine's error in our words.
#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
pub(crate) fn error(error: rusqlite::Error) -> Error {
    let message = error.to_string();
    let rusqlite::Error::SqliteFailure(failure, _) = &error else {
        return Error::Failed { message };
    };
    let rule = match failure.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => Rule::Unique,
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Rule::Reference,
        ffi::SQLITE_CONSTRAINT_NOTNULL => Rule::NotNull,
        ffi::SQLITE_CONSTRAINT_CHECK => Rule::Check,
        _ if failure.code == ErrorCode::CannotOpen => return Error::Unreachable { message },
        _ => return Error::Failed { message },
    };
    Error::Violated { rule, message }
}
