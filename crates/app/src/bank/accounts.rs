//! Entering and reading where a buyer's money goes.
//!
//! A representative or finance may enter an account; to change one is for finance, and not while a transfer to it is on its way. Each
//! entry is kept with who made it, and by [`crate::BankSettings::four_eyes`] whoever made it is not the one who pays.

use backhaul_store::bank_account::{self, BankAccount, Entered};
use backhaul_store::{bank_batch, orders};
use jiff::Timestamp;

use super::account::AccountDraft;
use super::{BankError, named};
use crate::{App, Right, Who};

/// An account, as far as whoever asks may see it.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountView {
    /// The account; its IBAN and number show their last four signs alone to who does not pay.
    pub account: BankAccount,
    /// How often it was entered.
    pub version: i64,
    /// Who entered it last.
    pub entered_by: String,
    /// When.
    pub entered_at: Timestamp,
}

impl App {
    /// Enters the account of an order's buyer, or another one in its place; says how often it was entered. The same account again
    /// is no news.
    ///
    /// # Errors
    /// [`BankError`].
    pub async fn put_bank_account(
        &self,
        who: &Who,
        number: &str,
        draft: &AccountDraft,
    ) -> Result<i64, BankError> {
        let by = named(who, Right::EnterBankAccounts)?;
        let account = draft.read()?;
        let may_change = who.roles.has(Right::PayByBank);
        let (number, now) = (number.to_owned(), self.clock.now());
        let put = self.store.write(move |tx| {
            let unknown = || BankError::UnknownOrder(number.clone());
            let order = orders::find(tx, &number)?.ok_or_else(unknown)?;
            // A file that is being made either has what was there before, or what is there after.
            orders::lock(tx, &order)?;
            match bank_account::get(tx, &order)? {
                Some(known) if known.account == account => return Ok(known.version),
                Some(_) if !may_change => return Err(BankError::AccountChange),
                _ if bank_batch::is_on_its_way(tx, &order)? => return Err(BankError::AccountInUse),
                _ => {}
            }
            Ok(bank_account::put(tx, &order, &account, &by, now)?)
        });
        put.await
    }

    /// The account of an order's buyer; nothing where there is none, or no more.
    ///
    /// # Errors
    /// [`BankError`].
    pub async fn bank_account(
        &self,
        who: &Who,
        number: &str,
    ) -> Result<Option<AccountView>, BankError> {
        named(who, Right::EnterBankAccounts)?;
        let number = number.to_owned();
        let read = self.store.read(move |tx| -> Result<_, BankError> {
            let unknown = || BankError::UnknownOrder(number.clone());
            let order = orders::find(tx, &number)?.ok_or_else(unknown)?;
            Ok(bank_account::get(tx, &order)?)
        });
        let found = read.await?;
        let may_see = who.roles.has(Right::PayByBank);
        Ok(found.map(|Entered { mut account, version, by, at }| {
            if !may_see {
                account.iban = last_signs(&account.iban);
                account.number = last_signs(&account.number);
            }
            AccountView { account, version, entered_by: by, entered_at: at }
        }))
    }
}

/// The last four signs, with a dot for each one before them.
fn last_signs(text: &str) -> String {
    let hidden = text.chars().count().saturating_sub(4);
    text.chars().enumerate().map(|(place, sign)| if place < hidden { '•' } else { sign }).collect()
}

#[cfg(test)]
mod tests {
    use super::last_signs;

    #[test]
    fn four_signs_are_enough_to_know_an_account_again() {
        assert_eq!(last_signs("DE89370400"), "••••••0400");
        assert_eq!(last_signs("12"), "12");
        assert_eq!(last_signs(""), "");
    }
}
