//! So many of a thing in so long, exactly: each use takes a slot until its time is over, whoever else asks at the same moment.

use jiff::{SignedDuration, Timestamp};

use crate::error::Error;
use crate::hash::Hash;
use crate::tx::Tx;
use crate::values;

/// How much of a thing there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// What is counted, such as `code_mail`.
    pub name: &'static str,
    /// How many.
    pub uses_max: u16,
    /// In how long.
    pub each: SignedDuration,
}

/// Uses one of what that rate allows for a subject, such as an address; says whether one was left. The subject itself is not kept.
///
/// # Errors
/// [`Error`].
pub fn take(tx: &mut dyn Tx, rate: Rate, subject: &str, now: Timestamp) -> Result<bool, Error> {
    let bucket = Hash::of_text(&format!("{}\n{subject}", rate.name)).to_string();
    let free_at = now.checked_add(rate.each).unwrap_or(Timestamp::MAX);
    for slot in 0..rate.uses_max {
        let taken = tx.exec(
            "insert into rate_slot (bucket, slot, free_at_us) values ($1, $2, $3)
             on conflict (bucket, slot) do update set free_at_us = excluded.free_at_us
             where rate_slot.free_at_us <= $4",
            values![&bucket, i64::from(slot), free_at, now],
        )?;
        if taken == 1 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Forgets slots that are free again.
///
/// # Errors
/// [`Error`].
pub fn forget(tx: &mut dyn Tx, now: Timestamp) -> Result<u64, Error> {
    tx.exec("delete from rate_slot where free_at_us <= $1", values![now])
}
