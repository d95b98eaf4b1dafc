//! Work to be done once it is due, claimed by one worker at a time for as long as a lease.
//!
//! A worker that dies leaves its jobs to come back by themselves. One that is only slow finds, when it finishes, that the
//! job is no longer its own; whatever must not happen twice checks that before it acts.

use jiff::{SignedDuration, Timestamp};

use crate::error::Error;
use crate::tx::{Engine, Tx};
use crate::values;

/// A job to be enqueued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// The same work has the same id, and is enqueued once.
    pub id: String,
    /// Which code does it, such as `submit_refund`.
    pub kind: String,
    /// What that code needs, as JSON.
    pub body: String,
    /// Not before.
    pub due_at: Timestamp,
}

/// A job that a worker holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The job.
    pub id: String,
    /// What its code needs.
    pub body: String,
    /// How often it was claimed, this time included.
    pub attempts: i64,
    holder: String,
}

/// Enqueues a job, unless it is there.
///
/// # Errors
/// [`Error`].
pub fn enqueue(tx: &mut dyn Tx, job: &NewJob) -> Result<(), Error> {
    let NewJob { id, kind, body, due_at } = job;
    tx.send(
        "insert into job (id, kind, body, due_at_us) values ($1, $2, $3, $4)
         on conflict do nothing",
        values![id, kind, body, *due_at],
    )?;
    Ok(())
}

/// Enqueues a job, or meets the one that is there and leaves its due time.
///
/// Whoever is just finishing that one is waited for, and then the job is new; whoever comes to finish it later waits for this
/// transaction. So a worker that prolongs its lease, looks whether there is more to do, and finishes in that transaction, misses
/// nothing that was written before this call.
///
/// # Errors
/// [`Error`].
pub fn meet(tx: &mut dyn Tx, job: &NewJob) -> Result<(), Error> {
    let NewJob { id, kind, body, due_at } = job;
    // Not `do nothing`: on PostgreSQL that would leave the row free, and a worker could look and finish before this commits.
    tx.send(
        "insert into job (id, kind, body, due_at_us) values ($1, $2, $3, $4)
         on conflict (id) do update set due_at_us = job.due_at_us",
        values![id, kind, body, *due_at],
    )?;
    Ok(())
}

/// Makes a job due at once that waits and that nobody holds; says whether it did.
///
/// # Errors
/// [`Error`].
pub fn hasten(tx: &mut dyn Tx, id: &str, now: Timestamp) -> Result<bool, Error> {
    let changed = tx.exec(
        "update job set due_at_us = $1 where id = $2 and holder = '' and due_at_us > $1",
        values![now, id],
    )?;
    Ok(changed == 1)
}

/// Claims the job of that kind that has been due longest, until the lease ends.
///
/// # Errors
/// [`Error`].
pub fn claim(
    tx: &mut dyn Tx,
    kind: &str,
    holder: &str,
    now: Timestamp,
    lease: SignedDuration,
) -> Result<Option<Claim>, Error> {
    // No setting is called so.
    claim_unless(tx, "", kind, holder, now, lease)
}

/// As [`claim`], but nothing as long as there is that setting: both are one question, since it is asked again and again.
///
/// # Errors
/// [`Error`].
pub fn claim_unless(
    tx: &mut dyn Tx,
    setting: &str,
    kind: &str,
    holder: &str,
    now: Timestamp,
    lease: SignedDuration,
) -> Result<Option<Claim>, Error> {
    // The one statement with two texts: PostgreSQL's workers step over rows that others are claiming, and on SQLite
    // there is one writer.
    macro_rules! claim {
        ($locking:literal) => {
            concat!(
                "update job set due_at_us = $1, holder = $2, attempts = attempts + 1
                 where id = (select id from job where kind = $3 and due_at_us <= $4
                               and not exists (select 1 from setting where name = $5)
                             order by due_at_us, id limit 1",
                $locking,
                ") returning id, body, attempts"
            )
        };
    }
    let sql = match tx.engine() {
        Engine::Sqlite => claim!(""),
        Engine::Postgres => claim!(" for update skip locked"),
    };
    // A lease beyond the end of time is as good as one up to it.
    let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
    tx.first(sql, values![until, holder, kind, now, setting], |row| {
        Ok(Claim {
            id: row.text(0)?.to_owned(),
            body: row.text(1)?.to_owned(),
            attempts: row.int(2)?,
            holder: holder.to_owned(),
        })
    })
}

/// When the first job of that kind is due, be it held or not; nothing where there is none.
///
/// # Errors
/// [`Error`].
pub fn next_due(tx: &mut dyn Tx, kind: &str) -> Result<Option<Timestamp>, Error> {
    tx.first(
        "select due_at_us from job where kind = $1 order by due_at_us, id limit 1",
        values![kind],
        |row| row.moment(0),
    )
}

/// Prolongs a lease; says whether the job is still the claimer's.
///
/// # Errors
/// [`Error`].
pub fn renew(tx: &mut dyn Tx, claim: &Claim, until: Timestamp) -> Result<bool, Error> {
    let changed = tx.exec(
        "update job set due_at_us = $1 where id = $2 and holder = $3 and attempts = $4",
        values![until, &claim.id, &claim.holder, claim.attempts],
    )?;
    Ok(changed == 1)
}

/// Whether the job is still the claimer's, and will be until that moment. It only looks: see [`renew`].
///
/// # Errors
/// [`Error`].
pub fn is_held(tx: &mut dyn Tx, claim: &Claim, until: Timestamp) -> Result<bool, Error> {
    let held = tx.first(
        "select 1 from job
         where id = $1 and holder = $2 and attempts = $3 and due_at_us >= $4",
        values![&claim.id, &claim.holder, claim.attempts, until],
        |_| Ok(()),
    )?;
    Ok(held.is_some())
}

/// Removes a job that is done; says whether it was still the claimer's.
///
/// # Errors
/// [`Error`].
pub fn finish(tx: &mut dyn Tx, claim: &Claim) -> Result<bool, Error> {
    let removed = tx.exec(
        "delete from job where id = $1 and holder = $2 and attempts = $3",
        values![&claim.id, &claim.holder, claim.attempts],
    )?;
    Ok(removed == 1)
}

/// Puts a job back, to be done later; says whether it was still the claimer's.
///
/// # Errors
/// [`Error`].
pub fn put_back(tx: &mut dyn Tx, claim: &Claim, due_at: Timestamp) -> Result<bool, Error> {
    let changed = tx.exec(
        "update job set due_at_us = $1, holder = '' where id = $2 and holder = $3 and attempts = $4",
        values![due_at, &claim.id, &claim.holder, claim.attempts],
    )?;
    Ok(changed == 1)
}
