//! One-time codes by which a buyer signs in. Of a code only a salted hash is kept, and it is good once, a few minutes long.

use jiff::Timestamp;

use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// One attempt to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRow {
    /// SHA-256 of the token that the browser keeps, as hex.
    pub attempt_hash: String,
    /// The number of the order as it was typed.
    pub number: String,
    /// Whether a code was sent; where it was not, none is right.
    pub is_real: bool,
    /// The salt.
    pub salt: String,
    /// SHA-256 of the salt and the code, as hex.
    pub code_hash: String,
    /// After which it is good no more.
    pub expires_at: Timestamp,
}

/// Keeps an attempt.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, row: &CodeRow) -> Result<(), Error> {
    tx.exec(
        "insert into sign_in_code (attempt_hash, number, is_real, salt, code_hash, tries, expires_at_us)
         values ($1, $2, $3, $4, $5, 0, $6)",
        values![
            &row.attempt_hash,
            &row.number,
            row.is_real,
            &row.salt,
            &row.code_hash,
            row.expires_at,
        ],
    )?;
    Ok(())
}

/// Takes one of the tries of an attempt, of which there are so many; gives the attempt where one was left.
///
/// # Errors
/// [`Error`].
pub fn try_one(
    tx: &mut dyn Tx,
    attempt_hash: &str,
    tries_max: u32,
    now: Timestamp,
) -> Result<Option<CodeRow>, Error> {
    let taken = tx.exec(
        "update sign_in_code set tries = tries + 1
         where attempt_hash = $1 and tries < $2 and expires_at_us > $3",
        values![attempt_hash, i64::from(tries_max), now],
    )?;
    if taken == 0 {
        return Ok(None);
    }
    tx.first(
        "select attempt_hash, number, is_real, salt, code_hash, expires_at_us
         from sign_in_code where attempt_hash = $1",
        values![attempt_hash],
        |row| {
            Ok(CodeRow {
                attempt_hash: row.text(0)?.to_owned(),
                number: row.text(1)?.to_owned(),
                is_real: row.int(2)? == 1,
                salt: row.text(3)?.to_owned(),
                code_hash: row.text(4)?.to_owned(),
                expires_at: row.moment(5)?,
            })
        },
    )
}

/// Ends an attempt whose code was typed; says whether it was there, which it is once.
///
/// # Errors
/// [`Error`].
pub fn end(tx: &mut dyn Tx, attempt_hash: &str) -> Result<bool, Error> {
    let sql = "delete from sign_in_code where attempt_hash = $1";
    Ok(tx.exec(sql, values![attempt_hash])? == 1)
}

/// Forgets what is good no more.
///
/// # Errors
/// [`Error`].
pub fn forget(tx: &mut dyn Tx, before: Timestamp) -> Result<u64, Error> {
    tx.exec("delete from sign_in_code where expires_at_us < $1", values![before])
}
