//! Something that was begun and has a second half. Whoever has the token ends it, once.

use jiff::Timestamp;

use crate::error::Error;
use crate::tx::{Row, Tx};
use crate::values;

/// A step that waits for its second half.
#[derive(Clone, PartialEq, Eq)]
pub struct StepRow {
    /// SHA-256 of its token, as hex.
    pub token_hash: String,
    /// What was begun.
    pub kind: String,
    /// The member of staff; empty where it is not known yet.
    pub staff: String,
    /// What the second half needs to know.
    pub state: String,
    /// After which it is good no more.
    pub expires_at: Timestamp,
}

/// Begins a step.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, row: &StepRow) -> Result<(), Error> {
    tx.exec(
        "insert into sign_in_step (token_hash, kind, staff_id, state, expires_at_us)
         values ($1, $2, $3, $4, $5)",
        values![&row.token_hash, &row.kind, &row.staff, &row.state, row.expires_at],
    )?;
    Ok(())
}

/// The step of that token and kind, if it is good at that moment.
///
/// # Errors
/// [`Error`].
pub fn get(
    tx: &mut dyn Tx,
    kind: &str,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<StepRow>, Error> {
    tx.first(
        "select token_hash, kind, staff_id, state, expires_at_us from sign_in_step
         where token_hash = $1 and kind = $2 and expires_at_us > $3",
        values![token_hash, kind, now],
        read,
    )
}

/// Ends a step; says whether it was there. Of two that end it at the same moment one is told so.
///
/// # Errors
/// [`Error`].
pub fn end(tx: &mut dyn Tx, token_hash: &str) -> Result<bool, Error> {
    Ok(tx.exec("delete from sign_in_step where token_hash = $1", values![token_hash])? == 1)
}

/// Ends every step of that kind of a member of staff.
///
/// # Errors
/// [`Error`].
pub fn end_of(tx: &mut dyn Tx, kind: &str, staff: &str) -> Result<(), Error> {
    tx.exec("delete from sign_in_step where staff_id = $1 and kind = $2", values![staff, kind])?;
    Ok(())
}

/// Ends every step of a member of staff.
///
/// # Errors
/// [`Error`].
pub fn end_all(tx: &mut dyn Tx, staff: &str) -> Result<(), Error> {
    tx.exec("delete from sign_in_step where staff_id = $1", values![staff])?;
    Ok(())
}

/// How many steps there are of that kind for nobody known yet.
///
/// # Errors
/// [`Error`].
pub fn count_unnamed(tx: &mut dyn Tx, kind: &str) -> Result<i64, Error> {
    let count = tx.first(
        "select count(*) from sign_in_step where staff_id = '' and kind = $1",
        values![kind],
        |row| row.int(0),
    );
    Ok(count?.unwrap_or(0))
}

/// Forgets what is good no more.
///
/// # Errors
/// [`Error`].
pub fn forget(tx: &mut dyn Tx, before: Timestamp) -> Result<u64, Error> {
    tx.exec("delete from sign_in_step where expires_at_us <= $1", values![before])
}

fn read(row: &dyn Row) -> Result<StepRow, Error> {
    Ok(StepRow {
        token_hash: row.text(0)?.to_owned(),
        kind: row.text(1)?.to_owned(),
        staff: row.text(2)?.to_owned(),
        state: row.text(3)?.to_owned(),
        expires_at: row.moment(4)?,
    })
}
