//! What was done about signing in, for the owner to read.

use jiff::Timestamp;

use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInEvent {
    /// Chance, so that no two are one.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// What, of a closed list.
    pub kind: String,
    /// To whom.
    pub staff: String,
    /// Who did it, where it was somebody else; empty otherwise.
    pub by: String,
}

/// Notes something.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, event: &SignInEvent) -> Result<(), Error> {
    tx.exec(
        "insert into sign_in_event (event_id, at_us, kind, staff_id, done_by)
         values ($1, $2, $3, $4, $5)",
        values![&event.id, event.at, &event.kind, &event.staff, &event.by],
    )?;
    Ok(())
}

/// What was done last, the newest first, at most so many.
///
/// # Errors
/// [`Error`].
pub fn newest(tx: &mut dyn Tx, limit: u32) -> Result<Vec<SignInEvent>, Error> {
    tx.all(
        "select event_id, at_us, kind, staff_id, done_by from sign_in_event
         order by at_us desc, event_id desc limit $1",
        values![i64::from(limit)],
        |row| {
            Ok(SignInEvent {
                id: row.text(0)?.to_owned(),
                at: row.moment(1)?,
                kind: row.text(2)?.to_owned(),
                staff: row.text(3)?.to_owned(),
                by: row.text(4)?.to_owned(),
            })
        },
    )
}

/// Forgets what was done before that moment.
///
/// # Errors
/// [`Error`].
pub fn forget(tx: &mut dyn Tx, before: Timestamp) -> Result<u64, Error> {
    tx.exec("delete from sign_in_event where at_us < $1", values![before])
}
