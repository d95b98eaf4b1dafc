//! What the desk remembers of itself: a few words under a name.

use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// What is remembered under that name.
///
/// # Errors
/// [`Error`].
pub fn get(tx: &mut dyn Tx, name: &str) -> Result<Option<String>, Error> {
    tx.first("select value from setting where name = $1", values![name], |row| {
        Ok(row.text(0)?.to_owned())
    })
}

/// Remembers a value in the place of what was there.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, name: &str, value: &str) -> Result<(), Error> {
    tx.exec(
        "insert into setting (name, value) values ($1, $2)
         on conflict (name) do update set value = excluded.value",
        values![name, value],
    )?;
    Ok(())
}

/// Forgets what is remembered under that name; says whether there was something.
///
/// # Errors
/// [`Error`].
pub fn remove(tx: &mut dyn Tx, name: &str) -> Result<bool, Error> {
    Ok(tx.exec("delete from setting where name = $1", values![name])? == 1)
}
