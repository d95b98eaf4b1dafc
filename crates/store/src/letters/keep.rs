//! What does not stay: addresses that are erased, letters that nobody could send in time, and letters of long ago.

use jiff::Timestamp;

use super::NEVER_US;
use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::Tx;
use crate::values;

/// Erases where an order's letters went and what they were made of, for good, and sends none of those that wait; says how many
/// there were. A letter that is on its way to the mail server in this moment arrives.
///
/// # Errors
/// [`Error`].
pub fn erase(tx: &mut dyn Tx, order: &OrderId) -> Result<u64, Error> {
    tx.exec(
        "delete from job where id in (
           select 'letter:' || letter_id from letter where order_id = $1 and state = 'waiting')",
        values![order.as_str()],
    )?;
    tx.exec(
        "update letter set to_address = '', language = '', body = '', state = 'erased',
           next_try_at_us = $1
         where order_id = $2 and state <> 'erased'",
        values![NEVER_US, order.as_str()],
    )
}

/// Gives up letters that wait although their time is over, and wipes what is secret in letters that were kept until then; at most
/// so many of each. Says how many.
///
/// # Errors
/// [`Error`].
pub fn give_up_old(tx: &mut dyn Tx, now: Timestamp, fault: &str, limit: u32) -> Result<u64, Error> {
    let limit = i64::from(limit);
    let wiped = tx.exec(
        "update letter set body = '' where letter_id in (
           select letter_id from letter
           where state = 'kept' and expires_at_us < $1 and is_secret = 1 and body <> ''
           order by expires_at_us, letter_id limit $2)",
        values![now, limit],
    )?;
    let old = tx.all(
        "select letter_id from letter where state = 'waiting' and expires_at_us < $1
         order by expires_at_us, letter_id limit $2",
        values![now, limit],
        |row| Ok(row.text(0)?.to_owned()),
    )?;
    let mut given_up = 0_u64;
    for id in old {
        // Not where a worker holds it: that one notes itself what came of it.
        let removed =
            tx.exec("delete from job where id = 'letter:' || $1 and holder = ''", values![&id])?;
        let is_held = removed == 0
            && tx
                .first("select 1 from job where id = 'letter:' || $1", values![&id], |_| Ok(()))?
                .is_some();
        if !is_held {
            given_up = given_up.saturating_add(tx.exec(
                "update letter set state = 'failed', last_fault = $1, ended_at_us = $2,
                   next_try_at_us = $3, body = case when is_secret = 1 then '' else body end
                 where letter_id = $4 and state = 'waiting'",
                values![fault, now, NEVER_US, &id],
            )?);
        }
    }
    Ok(given_up.saturating_add(wiped))
}

/// Removes letters that nothing more will come of and that are older, at most so many; says how many.
///
/// # Errors
/// [`Error`].
pub fn forget(tx: &mut dyn Tx, older_than: Timestamp, limit: u32) -> Result<u64, Error> {
    tx.exec(
        "delete from letter where letter_id in (
           select letter_id from letter
           where created_at_us < $1 and state <> 'waiting'
           order by created_at_us, letter_id limit $2)",
        values![older_than, i64::from(limit)],
    )
}
