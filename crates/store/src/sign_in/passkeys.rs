//! Passkeys, and what authenticators know a member of staff by.

use jiff::Timestamp;

use crate::error::Error;
use crate::tx::{Row, Tx};
use crate::values;

/// A passkey. The texts in base64url are for whoever verifies it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyRow {
    /// Chosen by the authenticator; in base64url.
    pub id: String,
    /// Whose it is.
    pub staff: String,
    /// What the person calls it.
    pub name: String,
    /// How it is reached.
    pub transports: String,
    /// Its public key, and what else never changes.
    pub fixed: String,
    /// What changes with its use.
    pub changing: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used, where it was.
    pub used_at: Option<Timestamp>,
}

const NOT_USED_US: i64 = 0;

/// Adds a passkey; says whether its id was new.
///
/// # Errors
/// [`Error`].
pub fn add(tx: &mut dyn Tx, row: &PasskeyRow) -> Result<bool, Error> {
    let added = tx.exec(
        "insert into passkey
           (credential_id, staff_id, name, transports, fixed, changing, created_at_us, used_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        values![
            &row.id,
            &row.staff,
            &row.name,
            &row.transports,
            &row.fixed,
            &row.changing,
            row.created_at,
            NOT_USED_US,
        ],
    )?;
    Ok(added == 1)
}

/// The passkey of that id.
///
/// # Errors
/// [`Error`].
pub fn get(tx: &mut dyn Tx, id: &str) -> Result<Option<PasskeyRow>, Error> {
    tx.first(
        "select credential_id, staff_id, name, transports, fixed, changing, created_at_us, used_at_us
         from passkey where credential_id = $1",
        values![id],
        read,
    )
}

/// The passkeys of a member of staff, the oldest first.
///
/// # Errors
/// [`Error`].
pub fn of_staff(tx: &mut dyn Tx, staff: &str) -> Result<Vec<PasskeyRow>, Error> {
    tx.all(
        "select credential_id, staff_id, name, transports, fixed, changing, created_at_us, used_at_us
         from passkey where staff_id = $1 order by created_at_us, credential_id",
        values![staff],
        read,
    )
}

/// Notes that it was used, and what changed by that.
///
/// # Errors
/// [`Error`].
pub fn used(tx: &mut dyn Tx, id: &str, changing: &str, at: Timestamp) -> Result<(), Error> {
    tx.exec(
        "update passkey set changing = $1, used_at_us = $2 where credential_id = $3",
        values![changing, at, id],
    )?;
    Ok(())
}

/// Takes a passkey of that member of staff away; says whether there was one.
///
/// # Errors
/// [`Error`].
pub fn remove(tx: &mut dyn Tx, staff: &str, id: &str) -> Result<bool, Error> {
    let removed = tx.exec(
        "delete from passkey where staff_id = $1 and credential_id = $2",
        values![staff, id],
    )?;
    Ok(removed == 1)
}

/// Takes every passkey of that member of staff away; says how many there were.
///
/// # Errors
/// [`Error`].
pub fn remove_all(tx: &mut dyn Tx, staff: &str) -> Result<u64, Error> {
    tx.exec("delete from passkey where staff_id = $1", values![staff])
}

/// What authenticators know a member of staff by: what was chosen first.
///
/// # Errors
/// [`Error`].
pub fn handle(tx: &mut dyn Tx, staff: &str, new: &str) -> Result<String, Error> {
    tx.exec(
        "insert into passkey_user (staff_id, handle) values ($1, $2)
         on conflict (staff_id) do nothing",
        values![staff, new],
    )?;
    let kept =
        tx.first("select handle from passkey_user where staff_id = $1", values![staff], |row| {
            Ok(row.text(0)?.to_owned())
        });
    Ok(kept?.unwrap_or_else(|| new.to_owned()))
}

/// What authenticators know a member of staff by, where there is such a thing.
///
/// # Errors
/// [`Error`].
pub fn known_handle(tx: &mut dyn Tx, staff: &str) -> Result<Option<String>, Error> {
    tx.first("select handle from passkey_user where staff_id = $1", values![staff], |row| {
        Ok(row.text(0)?.to_owned())
    })
}

fn read(row: &dyn Row) -> Result<PasskeyRow, Error> {
    Ok(PasskeyRow {
        id: row.text(0)?.to_owned(),
        staff: row.text(1)?.to_owned(),
        name: row.text(2)?.to_owned(),
        transports: row.text(3)?.to_owned(),
        fixed: row.text(4)?.to_owned(),
        changing: row.text(5)?.to_owned(),
        created_at: row.moment(6)?,
        used_at: if row.int(7)? == NOT_USED_US { None } else { Some(row.moment(7)?) },
    })
}
