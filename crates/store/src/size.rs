//! How large the database is, and which engine keeps it.

use crate::error::Error;
use crate::tx::{Engine, Tx};

/// How large the database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Which engine keeps it.
    pub engine: Engine,
    /// Its bytes, with the room in it that is free.
    pub bytes: i64,
}

/// How large the database is now.
///
/// # Errors
/// [`Error`].
pub fn size(tx: &mut dyn Tx) -> Result<Size, Error> {
    let engine = tx.engine();
    // No standard says how to ask for this.
    let sql = match engine {
        Engine::Sqlite => {
            "select page_count * page_size from pragma_page_count(), pragma_page_size()"
        }
        Engine::Postgres => "select pg_database_size(current_database())",
    };
    let bytes = tx.first(sql, &[], |row| row.int(0))?.unwrap_or(0);
    Ok(Size { engine, bytes })
}
