//! Mail to buyers, as it waits and as it went: written in the transaction of what it tells, with a job that sends it.
//!
//! A row names what its letter is made of, not the words: those are made when it is sent, and again when somebody looks.
//! What is personal in a row is its address, and a secret in its body; both can be emptied while the row stays.
//!
//! - [`enqueue`]: a letter in, once. [`Letter`]: a letter as it is kept.
//! - [`settle`]: what came of a try. [`withdraw`]: one that is not needed any more. [`list`]: the letters that there are.
//! - [`erase`], [`give_up_old`], [`forget`]: what does not stay.
//!
//! Not for words or SMTP: those are the application's and its adapter's.

mod keep;
mod list;

use jiff::Timestamp;

pub use self::keep::{erase, forget, give_up_old};
pub use self::list::{PAGE_MAX, Wanted, letter, list};
use crate::buyers::Email;
use crate::error::Error;
use crate::jobs::{self, NewJob};
use crate::orders::OrderId;
use crate::tx::Tx;
use crate::values;
use crate::webhooks::column_words;

/// The kind of the jobs that send.
pub const KIND: &str = "send_letter";
/// The most bytes of a letter's body.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// The most bytes of a letter's id.
pub const LETTER_ID_BYTES_MAX: usize = 200;
/// Behind every moment there is.
const NEVER_US: i64 = i64::MAX;

column_words! {
    /// Where a letter stands.
    LetterState {
        /// It is to be sent.
        Waiting = "waiting",
        /// The mail server took it.
        Sent = "sent",
        /// It was made and shown, and went nowhere: the desk is one to try.
        Kept = "kept",
        /// It was given up.
        Failed = "failed",
        /// It was withdrawn, because a later one tells more.
        Withdrawn = "withdrawn",
        /// Its buyer was erased, and with it where it went and what it said.
        Erased = "erased",
    }
}

/// A letter that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLetter {
    /// The same letter has the same id, and is written once; at most [`LETTER_ID_BYTES_MAX`] bytes.
    pub id: String,
    /// The order that it is about, where it is about one.
    pub order: Option<OrderId>,
    /// Where it goes.
    pub to: Email,
    /// The language to write in, where one is known, as a tag.
    pub language: Option<String>,
    /// What it tells; a word of the caller's closed list.
    pub kind: String,
    /// What it is made of, as JSON; at most [`BODY_BYTES_MAX`] bytes.
    pub body: String,
    /// Whether the body is wiped once the letter is gone.
    pub is_secret: bool,
    /// Now.
    pub created_at: Timestamp,
    /// Not to be sent before.
    pub due_at: Timestamp,
    /// It is not sent after that.
    pub expires_at: Timestamp,
}

/// A letter as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its id.
    pub id: String,
    /// The order that it is about, where it is about one.
    pub order: Option<OrderId>,
    /// Where it goes; nothing once that is erased.
    pub to: Option<Email>,
    /// The language to write in, where one is known.
    pub language: Option<String>,
    /// What it tells.
    pub kind: String,
    /// What it is made of; empty once it is wiped.
    pub body: String,
    /// Whether the body is wiped once the letter is gone.
    pub is_secret: bool,
    /// Where it stands.
    pub state: LetterState,
    /// When it was written.
    pub created_at: Timestamp,
    /// It is not sent after that.
    pub expires_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last try failed, where it did; a word of the caller's closed list, or a status code.
    pub last_fault: Option<String>,
    /// When it is tried next, where it is.
    pub next_try_at: Option<Timestamp>,
    /// When it was sent, kept or given up.
    pub ended_at: Option<Timestamp>,
}

/// Writes a letter and the job that sends it, in this transaction; says whether it was not there yet.
///
/// # Errors
/// [`Error`].
pub fn enqueue(tx: &mut dyn Tx, letter: &NewLetter) -> Result<bool, Error> {
    let NewLetter { id, order, to, language, kind, body, .. } = letter;
    let inserted = tx.exec(
        "insert into letter (letter_id, order_id, to_address, language, kind, body, is_secret,
           state, created_at_us, expires_at_us, next_try_at_us, ended_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, $10, $11)
         on conflict do nothing",
        values![
            id,
            order.as_ref().map_or("", OrderId::as_str),
            to.as_str(),
            language.as_deref().unwrap_or(""),
            kind,
            body,
            letter.is_secret,
            letter.created_at,
            letter.expires_at,
            letter.due_at,
            NEVER_US,
        ],
    )?;
    if inserted == 1 {
        jobs::enqueue(tx, &job(id, letter.due_at))?;
    }
    Ok(inserted == 1)
}

/// Takes back a letter that waits and that nobody is sending, because a later one tells more; says whether it did.
///
/// # Errors
/// [`Error`].
pub fn withdraw(tx: &mut dyn Tx, id: &str, now: Timestamp) -> Result<bool, Error> {
    let removed = tx.exec("delete from job where id = $1 and holder = ''", values![&job_id(id)])?;
    if removed == 0 {
        return Ok(false);
    }
    let changed = tx.exec(
        "update letter set state = 'withdrawn', ended_at_us = $1, next_try_at_us = $2
         where letter_id = $3 and state = 'waiting'",
        values![now, NEVER_US, id],
    )?;
    Ok(changed == 1)
}

/// The job that sends a letter. Its body is the letter's id.
fn job(letter: &str, due_at: Timestamp) -> NewJob {
    NewJob { id: job_id(letter), kind: KIND.to_owned(), body: letter.to_owned(), due_at }
}

/// The id of that job. [`erase`] and [`give_up_old`] put it together in SQL.
fn job_id(letter: &str) -> String {
    format!("letter:{letter}")
}

/// Notes what came of a try: the state, the number of tries, the last fault, and when it is tried again. Where the letter is gone
/// and secret, its body is wiped.
///
/// # Errors
/// [`Error`].
pub fn settle(tx: &mut dyn Tx, letter: &Letter) -> Result<(), Error> {
    let moment = |at: Option<Timestamp>| at.map_or(NEVER_US, Timestamp::as_microsecond);
    let is_gone = !matches!(letter.state, LetterState::Waiting | LetterState::Kept);
    let body = if letter.is_secret && is_gone { "" } else { letter.body.as_str() };
    tx.exec(
        "update letter set state = $1, attempts = $2, last_fault = $3, next_try_at_us = $4,
           ended_at_us = $5, body = $6
         where letter_id = $7 and state = 'waiting'",
        values![
            letter.state.as_str(),
            i64::from(letter.attempts),
            letter.last_fault.as_deref().unwrap_or(""),
            moment(letter.next_try_at),
            moment(letter.ended_at),
            body,
            &letter.id,
        ],
    )?;
    Ok(())
}
