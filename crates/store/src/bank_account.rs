//! Where a buyer's money goes by bank transfer: personal data, kept apart so that it can be erased (invariant `erasable`). Who
//! entered it, and when, stays.

use std::fmt;

use jiff::Timestamp;

use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::Tx;
use crate::values;

/// The account of a buyer; what is not there is empty.
#[derive(Clone, PartialEq, Eq)]
pub struct BankAccount {
    /// Whose it is.
    pub holder: String,
    /// Its IBAN.
    pub iban: String,
    /// Its number, where it has no IBAN.
    pub number: String,
    /// The bank's BIC.
    pub bic: String,
    /// The bank's country, as two capitals.
    pub country: String,
}

impl fmt::Debug for BankAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bank account")
    }
}

/// An account with its last entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// The account.
    pub account: BankAccount,
    /// How often it was entered.
    pub version: i64,
    /// Who entered it last.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// The account of an order's buyer.
///
/// # Errors
/// [`Error`].
pub fn get(tx: &mut dyn Tx, order: &OrderId) -> Result<Option<Entered>, Error> {
    tx.first(
        "select holder, iban, account_number, bic, country, version, entered_by, entered_at_us
         from bank_account where order_id = $1",
        values![order.as_str()],
        |row| {
            let account = BankAccount {
                holder: row.text(0)?.to_owned(),
                iban: row.text(1)?.to_owned(),
                number: row.text(2)?.to_owned(),
                bic: row.text(3)?.to_owned(),
                country: row.text(4)?.to_owned(),
            };
            let (version, by, at) = (row.int(5)?, row.text(6)?.to_owned(), row.moment(7)?);
            Ok(Entered { account, version, by, at })
        },
    )
}

/// Keeps an account, new or over the old one, and remembers that it was entered; says its version. Whoever calls holds the
/// order with [`crate::orders::lock`].
///
/// # Errors
/// [`Error`].
pub fn put(
    tx: &mut dyn Tx,
    order: &OrderId,
    account: &BankAccount,
    by: &str,
    at: Timestamp,
) -> Result<i64, Error> {
    let newest = tx.first(
        "select coalesce(max(version), 0) from bank_account_entry where order_id = $1",
        values![order.as_str()],
        |row| row.int(0),
    )?;
    let version = newest.unwrap_or(0).saturating_add(1);
    tx.exec(
        "insert into bank_account_entry (order_id, version, entered_by, entered_at_us)
         values ($1, $2, $3, $4)",
        values![order.as_str(), version, by, at],
    )?;
    let BankAccount { holder, iban, number, bic, country } = account;
    tx.exec(
        "insert into bank_account
           (order_id, holder, iban, account_number, bic, country, version, entered_by, entered_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (order_id) do update set holder = excluded.holder, iban = excluded.iban,
           account_number = excluded.account_number, bic = excluded.bic,
           country = excluded.country, version = excluded.version,
           entered_by = excluded.entered_by, entered_at_us = excluded.entered_at_us",
        values![order.as_str(), holder, iban, number, bic, country, version, by, at],
    )?;
    Ok(version)
}

/// Who entered the account of an order's buyer, and when, by version; also after it was erased.
///
/// # Errors
/// [`Error`].
pub fn entries(tx: &mut dyn Tx, order: &OrderId) -> Result<Vec<(i64, String, Timestamp)>, Error> {
    tx.all(
        "select version, entered_by, entered_at_us from bank_account_entry
         where order_id = $1 order by version",
        values![order.as_str()],
        |row| Ok((row.int(0)?, row.text(1)?.to_owned(), row.moment(2)?)),
    )
}

/// Erases the account of an order's buyer, here and in the files that were made. Such a file cannot be made again.
///
/// # Errors
/// [`Error`].
pub fn erase(tx: &mut dyn Tx, order: &OrderId) -> Result<(), Error> {
    tx.exec("delete from bank_account where order_id = $1", values![order.as_str()])?;
    tx.exec(
        "update bank_transfer set holder = '', iban = '', account_number = '', bic = '', country = ''
         where order_id = $1",
        values![order.as_str()],
    )?;
    Ok(())
}
