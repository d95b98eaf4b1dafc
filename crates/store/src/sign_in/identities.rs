//! Who members of staff are to the merchant's own sign-in.

use jiff::Timestamp;

use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// The member of staff who is that subject to that issuer.
///
/// # Errors
/// [`Error`].
pub fn staff(tx: &mut dyn Tx, issuer: &str, subject: &str) -> Result<Option<String>, Error> {
    tx.first(
        "select staff_id from staff_identity where issuer = $1 and subject = $2",
        values![issuer, subject],
        |row| Ok(row.text(0)?.to_owned()),
    )
}

/// Links a member of staff to a subject; says whether the subject was free.
///
/// # Errors
/// [`Error`].
pub fn link(
    tx: &mut dyn Tx,
    issuer: &str,
    subject: &str,
    staff: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let linked = tx.exec(
        "insert into staff_identity (issuer, subject, staff_id, linked_at_us)
         values ($1, $2, $3, $4) on conflict do nothing",
        values![issuer, subject, staff, now],
    )?;
    Ok(linked == 1)
}

/// Whether a member of staff is linked to any subject.
///
/// # Errors
/// [`Error`].
pub fn is_linked(tx: &mut dyn Tx, staff: &str) -> Result<bool, Error> {
    let found = tx.first(
        "select 1 from staff_identity where staff_id = $1 limit 1",
        values![staff],
        |_| Ok(()),
    );
    Ok(found?.is_some())
}

/// Unlinks a member of staff; says how many links there were.
///
/// # Errors
/// [`Error`].
pub fn unlink(tx: &mut dyn Tx, staff: &str) -> Result<u64, Error> {
    tx.exec("delete from staff_identity where staff_id = $1", values![staff])
}
