//! Authenticator apps and recovery codes.

use jiff::Timestamp;

use super::NEVER_US;
use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// The authenticator app of a member of staff.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpRow {
    /// The secret, in base 32.
    pub secret: String,
    /// The last step whose code was taken.
    pub last_step: i64,
}

/// The app of a member of staff, where there is one.
///
/// # Errors
/// [`Error`].
pub fn totp(tx: &mut dyn Tx, staff: &str) -> Result<Option<TotpRow>, Error> {
    tx.first("select secret, last_step from totp where staff_id = $1", values![staff], |row| {
        Ok(TotpRow { secret: row.text(0)?.to_owned(), last_step: row.int(1)? })
    })
}

/// Puts an app in the place of what there was.
///
/// # Errors
/// [`Error`].
pub fn put_totp(tx: &mut dyn Tx, staff: &str, row: &TotpRow, now: Timestamp) -> Result<(), Error> {
    tx.exec(
        "insert into totp (staff_id, secret, last_step, created_at_us) values ($1, $2, $3, $4)
         on conflict (staff_id) do update set secret = excluded.secret,
           last_step = excluded.last_step, created_at_us = excluded.created_at_us",
        values![staff, &row.secret, row.last_step, now],
    )?;
    Ok(())
}

/// Takes the code of a step, unless that or a later one was taken; says whether it was.
///
/// # Errors
/// [`Error`].
pub fn take_step(tx: &mut dyn Tx, staff: &str, step: i64) -> Result<bool, Error> {
    let taken = tx.exec(
        "update totp set last_step = $1 where staff_id = $2 and last_step < $1",
        values![step, staff],
    )?;
    Ok(taken == 1)
}

/// Takes the app away; says whether there was one.
///
/// # Errors
/// [`Error`].
pub fn remove_totp(tx: &mut dyn Tx, staff: &str) -> Result<bool, Error> {
    Ok(tx.exec("delete from totp where staff_id = $1", values![staff])? == 1)
}

/// Puts recovery codes in the place of those that there were.
///
/// # Errors
/// [`Error`].
pub fn put_recovery_codes(tx: &mut dyn Tx, staff: &str, hashes: &[String]) -> Result<(), Error> {
    tx.exec("delete from recovery_code where staff_id = $1", values![staff])?;
    for hash in hashes {
        tx.exec(
            "insert into recovery_code (staff_id, code_hash, used_at_us) values ($1, $2, $3)",
            values![staff, hash, NEVER_US],
        )?;
    }
    Ok(())
}

/// Uses a recovery code up; says whether it was good.
///
/// # Errors
/// [`Error`].
pub fn use_recovery_code(
    tx: &mut dyn Tx,
    staff: &str,
    hash: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let used = tx.exec(
        "update recovery_code set used_at_us = $1
         where staff_id = $2 and code_hash = $3 and used_at_us = $4",
        values![now, staff, hash, NEVER_US],
    )?;
    Ok(used == 1)
}

/// How many recovery codes are still good.
///
/// # Errors
/// [`Error`].
pub fn recovery_codes_left(tx: &mut dyn Tx, staff: &str) -> Result<i64, Error> {
    let left = tx.first(
        "select count(*) from recovery_code where staff_id = $1 and used_at_us = $2",
        values![staff, NEVER_US],
        |row| row.int(0),
    );
    Ok(left?.unwrap_or(0))
}
