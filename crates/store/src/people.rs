//! Staff, and the keys of machines. Of a secret only its hash is kept.

use jiff::Timestamp;

use crate::error::Error;
use crate::tx::{Row, Tx};
use crate::values;

/// A member of staff.
#[derive(Clone, PartialEq, Eq)]
pub struct StaffRow {
    /// The name that events remember.
    pub id: String,
    /// The roles, as words parted by blanks.
    pub roles: String,
    /// An Argon2id hash in PHC's form; empty where no password is set.
    pub password_hash: String,
    /// When the person was added.
    pub created_at: Timestamp,
    /// Whether the person may sign in.
    pub is_active: bool,
}

/// A machine's key.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// The part of the key that names it.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// The roles, as words parted by blanks.
    pub roles: String,
    /// SHA-256 of the secret part, as hex.
    pub secret_hash: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stopped being good, where it did.
    pub revoked_at: Option<Timestamp>,
    /// When it was used last, give or take an hour, where that is known.
    pub last_used_at: Option<Timestamp>,
}

/// Sorts behind every moment there is.
const NEVER_US: i64 = i64::MAX;

/// Adds a member of staff or changes what is known of one.
///
/// # Errors
/// [`Error`].
pub fn put_staff(tx: &mut dyn Tx, row: &StaffRow) -> Result<(), Error> {
    let StaffRow { id, roles, password_hash, created_at, is_active } = row;
    tx.exec(
        "insert into staff (staff_id, roles, password_hash, created_at_us, is_active)
         values ($1, $2, $3, $4, $5)
         on conflict (staff_id) do update set roles = excluded.roles,
           password_hash = excluded.password_hash, is_active = excluded.is_active",
        values![id, roles, password_hash, *created_at, *is_active],
    )?;
    Ok(())
}

/// Sets a member of staff's password hash; an empty one is none.
///
/// # Errors
/// [`Error`].
pub fn set_password(tx: &mut dyn Tx, id: &str, hash: &str) -> Result<(), Error> {
    tx.exec("update staff set password_hash = $1 where staff_id = $2", values![hash, id])?;
    Ok(())
}

/// Puts another hash of the same password in the place of that one, unless the password was changed meanwhile.
///
/// # Errors
/// [`Error`].
pub fn renew_password(tx: &mut dyn Tx, id: &str, old: &str, new: &str) -> Result<(), Error> {
    tx.exec(
        "update staff set password_hash = $1 where staff_id = $2 and password_hash = $3",
        values![new, id, old],
    )?;
    Ok(())
}

/// All staff, whom nobody else changes until the transaction is over.
///
/// # Errors
/// [`Error`].
pub fn hold_all_staff(tx: &mut dyn Tx) -> Result<Vec<StaffRow>, Error> {
    // Reading through the rows in their order first, so that two who hold them wait and do not block each other.
    for row in all_staff(tx)? {
        tx.exec("update staff set is_active = is_active where staff_id = $1", values![&row.id])?;
    }
    all_staff(tx)
}

/// A member of staff.
///
/// # Errors
/// [`Error`].
pub fn staff(tx: &mut dyn Tx, id: &str) -> Result<Option<StaffRow>, Error> {
    tx.first(
        "select staff_id, roles, password_hash, created_at_us, is_active from staff
         where staff_id = $1",
        values![id],
        read_staff,
    )
}

/// All staff, by name.
///
/// # Errors
/// [`Error`].
pub fn all_staff(tx: &mut dyn Tx) -> Result<Vec<StaffRow>, Error> {
    tx.all(
        "select staff_id, roles, password_hash, created_at_us, is_active from staff
         order by staff_id",
        &[],
        read_staff,
    )
}

fn read_staff(row: &dyn Row) -> Result<StaffRow, Error> {
    Ok(StaffRow {
        id: row.text(0)?.to_owned(),
        roles: row.text(1)?.to_owned(),
        password_hash: row.text(2)?.to_owned(),
        created_at: row.moment(3)?,
        is_active: row.int(4)? == 1,
    })
}

/// Adds a key.
///
/// # Errors
/// [`Error`].
pub fn add_key(tx: &mut dyn Tx, row: &KeyRow) -> Result<(), Error> {
    tx.exec(
        "insert into api_key (key_id, name, roles, secret_hash, created_at_us, revoked_at_us)
         values ($1, $2, $3, $4, $5, $6)",
        values![&row.id, &row.name, &row.roles, &row.secret_hash, row.created_at, NEVER_US],
    )?;
    Ok(())
}

/// A key.
///
/// # Errors
/// [`Error`].
pub fn key(tx: &mut dyn Tx, id: &str) -> Result<Option<KeyRow>, Error> {
    tx.first(
        "select key_id, name, roles, secret_hash, created_at_us, revoked_at_us, last_used_at_us from api_key
         where key_id = $1",
        values![id],
        read_key,
    )
}

/// Every key, the newest last.
///
/// # Errors
/// [`Error`].
pub fn all_keys(tx: &mut dyn Tx) -> Result<Vec<KeyRow>, Error> {
    tx.all(
        "select key_id, name, roles, secret_hash, created_at_us, revoked_at_us, last_used_at_us from api_key
         order by created_at_us, key_id",
        &[],
        read_key,
    )
}

/// Ends a key; says whether it was good until now.
///
/// # Errors
/// [`Error`].
pub fn revoke_key(tx: &mut dyn Tx, id: &str, at: Timestamp) -> Result<bool, Error> {
    let changed = tx.exec(
        "update api_key set revoked_at_us = $1 where key_id = $2 and revoked_at_us > $1",
        values![at, id],
    )?;
    Ok(changed == 1)
}

/// Notes that a key was used.
///
/// # Errors
/// [`Error`].
pub fn use_key(tx: &mut dyn Tx, id: &str, at: Timestamp) -> Result<(), Error> {
    tx.exec(
        "update api_key set last_used_at_us = $1 where key_id = $2 and last_used_at_us < $1",
        values![at, id],
    )?;
    Ok(())
}

fn read_key(row: &dyn Row) -> Result<KeyRow, Error> {
    let revoked_at = if row.int(5)? == NEVER_US { None } else { Some(row.moment(5)?) };
    Ok(KeyRow {
        id: row.text(0)?.to_owned(),
        name: row.text(1)?.to_owned(),
        roles: row.text(2)?.to_owned(),
        secret_hash: row.text(3)?.to_owned(),
        created_at: row.moment(4)?,
        revoked_at,
        last_used_at: if row.int(6)? == 0 { None } else { Some(row.moment(6)?) },
    })
}
