//! How often guessing failed lately. It is kept in the database, so that a restart or a second instance forgets nothing.

use jiff::Timestamp;

use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// What is known of one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guessed {
    /// How often it failed lately.
    pub failures: i64,
    /// Until when nothing is tried.
    pub free_at: Timestamp,
    /// When it was last tried.
    pub last_at: Timestamp,
}

/// What is known of a bucket. Nobody else reads or writes it until the transaction is over.
///
/// # Errors
/// [`Error`].
pub fn hold(tx: &mut dyn Tx, bucket: &str, now: Timestamp) -> Result<Guessed, Error> {
    // On SQLite there is no other writer anyway; on PostgreSQL both ways of this statement take the row.
    tx.exec(
        "insert into sign_in_throttle (bucket, failures, free_at_us, last_at_us)
         values ($1, 0, $2, $2)
         on conflict (bucket) do update set failures = sign_in_throttle.failures",
        values![bucket, now],
    )?;
    let found = tx.first(
        "select failures, free_at_us, last_at_us from sign_in_throttle where bucket = $1",
        values![bucket],
        |row| {
            let (failures, free_at, last_at) = (row.int(0)?, row.moment(1)?, row.moment(2)?);
            Ok(Guessed { failures, free_at, last_at })
        },
    );
    Ok(found?.unwrap_or(Guessed { failures: 0, free_at: now, last_at: now }))
}

/// Notes what is known of a bucket from now on.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, bucket: &str, guessed: Guessed) -> Result<(), Error> {
    let Guessed { failures, free_at, last_at } = guessed;
    tx.exec(
        "update sign_in_throttle set failures = $1, free_at_us = $2, last_at_us = $3
         where bucket = $4",
        values![failures, free_at, last_at, bucket],
    )?;
    Ok(())
}

/// Forgets one bucket.
///
/// # Errors
/// [`Error`].
pub fn clear(tx: &mut dyn Tx, bucket: &str) -> Result<(), Error> {
    tx.exec("delete from sign_in_throttle where bucket = $1", values![bucket])?;
    Ok(())
}

/// Forgets what was last tried before that moment.
///
/// # Errors
/// [`Error`].
pub fn forget(tx: &mut dyn Tx, before: Timestamp) -> Result<u64, Error> {
    tx.exec("delete from sign_in_throttle where last_at_us < $1", values![before])
}
