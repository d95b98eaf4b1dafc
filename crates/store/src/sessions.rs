//! Who is signed in to the pages. Of a session's token only the hash is kept.

use jiff::Timestamp;

use crate::error::Error;
use crate::tx::{Row, Tx};
use crate::values;

/// Whose session it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// A member of staff's.
    Staff,
    /// The buyer's of one order.
    Buyer,
}

impl SessionKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Buyer => "buyer",
        }
    }
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the token, as hex.
    pub token_hash: String,
    /// Whose it is.
    pub kind: SessionKind,
    /// The member of staff, or the number of the order.
    pub subject: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute or so.
    pub seen_at: Timestamp,
    /// After which it is good no more.
    pub expires_at: Timestamp,
    /// When whoever has it last proved who they are.
    pub strong_at: Timestamp,
    /// Whether that was by more than a password.
    pub is_twice: bool,
    /// What the browser says that it is.
    pub agent: String,
}

/// Begins a session.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, row: &SessionRow) -> Result<(), Error> {
    tx.exec(
        "insert into session (token_hash, kind, subject, created_at_us, seen_at_us, expires_at_us, strong_at_us, agent, is_twice)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            &row.token_hash,
            row.kind.as_str(),
            &row.subject,
            row.created_at,
            row.seen_at,
            row.expires_at,
            row.strong_at,
            &row.agent,
            row.is_twice,
        ],
    )?;
    Ok(())
}

/// The session of that token.
///
/// # Errors
/// [`Error`].
pub fn get(tx: &mut dyn Tx, token_hash: &str) -> Result<Option<SessionRow>, Error> {
    tx.first(
        "select token_hash, kind, subject, created_at_us, seen_at_us, expires_at_us, strong_at_us, agent, is_twice
         from session where token_hash = $1",
        values![token_hash],
        read,
    )
}

/// The sessions of one subject, the newest first, at most so many.
///
/// # Errors
/// [`Error`].
pub fn of_subject(
    tx: &mut dyn Tx,
    kind: SessionKind,
    subject: &str,
    limit: u32,
) -> Result<Vec<SessionRow>, Error> {
    tx.all(
        "select token_hash, kind, subject, created_at_us, seen_at_us, expires_at_us, strong_at_us, agent, is_twice
         from session where kind = $1 and subject = $2 order by created_at_us desc, token_hash limit $3",
        values![kind.as_str(), subject, i64::from(limit)],
        read,
    )
}

/// Notes that it is used.
///
/// # Errors
/// [`Error`].
pub fn seen(tx: &mut dyn Tx, token_hash: &str, at: Timestamp) -> Result<(), Error> {
    tx.exec("update session set seen_at_us = $1 where token_hash = $2", values![at, token_hash])?;
    Ok(())
}

/// Gives a session another token, since whoever has it proved who they are, by more than a password or not; says whether there was one.
///
/// # Errors
/// [`Error`].
pub fn renew(
    tx: &mut dyn Tx,
    token_hash: &str,
    new_hash: &str,
    at: Timestamp,
    is_twice: bool,
) -> Result<bool, Error> {
    let renewed = tx.exec(
        "update session set token_hash = $1, strong_at_us = $2, seen_at_us = $2, is_twice = $3
         where token_hash = $4",
        values![new_hash, at, is_twice, token_hash],
    )?;
    Ok(renewed == 1)
}

/// Ends a session; says whether there was one.
///
/// # Errors
/// [`Error`].
pub fn end(tx: &mut dyn Tx, token_hash: &str) -> Result<bool, Error> {
    Ok(tx.exec("delete from session where token_hash = $1", values![token_hash])? == 1)
}

/// Ends every session of a subject but one; says how many.
///
/// # Errors
/// [`Error`].
pub fn end_others(
    tx: &mut dyn Tx,
    kind: SessionKind,
    subject: &str,
    keep: &str,
) -> Result<u64, Error> {
    tx.exec(
        "delete from session where kind = $1 and subject = $2 and token_hash <> $3",
        values![kind.as_str(), subject, keep],
    )
}

/// Forgets sessions that are good no more.
///
/// # Errors
/// [`Error`].
pub fn forget(tx: &mut dyn Tx, before: Timestamp) -> Result<u64, Error> {
    tx.exec("delete from session where expires_at_us < $1", values![before])
}

fn read(row: &dyn Row) -> Result<SessionRow, Error> {
    let kind = match row.text(1)? {
        "staff" => SessionKind::Staff,
        "buyer" => SessionKind::Buyer,
        _ => return Err(Error::Unreadable { column: 1, wanted: "a kind of sessions" }),
    };
    Ok(SessionRow {
        token_hash: row.text(0)?.to_owned(),
        kind,
        subject: row.text(2)?.to_owned(),
        created_at: row.moment(3)?,
        seen_at: row.moment(4)?,
        expires_at: row.moment(5)?,
        strong_at: row.moment(6)?,
        agent: row.text(7)?.to_owned(),
        is_twice: row.int(8)? == 1,
    })
}
