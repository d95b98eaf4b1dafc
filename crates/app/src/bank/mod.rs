//! Refunds by bank transfer, which finance pays itself: the provider `manual`.
//!
//! - `account`: where the money goes, and what an account must be. `accounts`: entering and reading it.
//! - `export`: a file for the bank, each piece in at most one, ever. `batch_file`: the file, made anew each time, and the same.
//! - `pain001`, `transfer_csv`: how a file is written. `latin`: the letters that banks take.
//! - `settle`: what the bank said. `list`: what is to be paid, is on its way, or was paid.
//!
//! What goes by bank is never taken by the job `submit_refund`. Not for moving money: a person hands the file to the bank.

mod account;
mod accounts;
mod batch_file;
mod export;
mod latin;
mod list;
mod pain001;
mod settle;
mod transfer_csv;

use std::collections::BTreeSet;

use backhaul_core::ledger::{Actor, Order, Path, PlannedPiece, ProviderName};
use backhaul_store::Error;
use backhaul_store::orders::OrderStoreError;

use crate::right::Roles;
use crate::{DoorError, Right, Who};

pub use self::account::{
    AccountDraft, AccountFault, Debtor, HOLDER_CHARS_MAX, NUMBER_CHARS_MAX, is_in_sepa, read_iban,
};
pub use self::accounts::AccountView;
pub use self::batch_file::BatchFile;
pub use self::export::{BATCH_TRANSFERS_MAX, BatchView, Chosen, LeftOut, NewBatch, PieceName};
pub use self::list::TransferState;
pub use self::settle::{BankWord, Booked, SETTLE_LINES_MAX, WordLine, read_bank_words};

/// What the merchant's settings say of bank transfers. After a change of what goes by bank the read tables are to be rebuilt, so that
/// what was approved before is listed by it.
#[derive(Clone, Debug)]
pub struct BankSettings {
    /// The providers whose payments came by bank transfer, and go back so.
    pub providers: BTreeSet<ProviderName>,
    /// Whether a payment came by bank transfer where the order does not say who took it.
    pub is_default: bool,
    /// The account that is paid from; without one, files can only be CSV.
    pub debtor: Option<Debtor>,
    /// Whether whoever entered an account may not be the one who exports its transfer. Only a merchant of one person should
    /// switch it off.
    pub four_eyes: bool,
}

impl Default for BankSettings {
    fn default() -> Self {
        Self { providers: BTreeSet::new(), is_default: false, debtor: None, four_eyes: true }
    }
}

impl BankSettings {
    /// Whether that piece of a refund is paid by bank transfer: it was planned so, or its payment came so.
    #[must_use]
    pub fn pays(&self, order: &Order, piece: &PlannedPiece) -> bool {
        let payment = order.payment(&piece.payment);
        piece.path == Path::Bank
            || match payment.and_then(|payment| payment.provider.as_ref()) {
                Some(provider) => self.providers.contains(provider),
                None => self.is_default,
            }
    }
}

/// In which format a file for the bank is written. A file has one, since the same transfers in two formats could be paid twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BankFormat {
    /// A table for people and for banks that import tables; any currency and any account.
    Csv,
    /// ISO 20022 `pain.001.001.09`: euros, from an IBAN to IBANs of the SEPA area.
    Pain001,
}

impl BankFormat {
    /// Every format.
    pub const ALL: &'static [Self] = &[Self::Csv, Self::Pain001];

    /// The format as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Pain001 => "pain.001",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.as_str() == word)
    }
}

/// Why something about bank transfers was not done. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// The roles do not include the right.
    #[error("{roles} may not do this")]
    Forbidden {
        /// The roles.
        roles: Roles,
    },
    /// Somebody who is not a named member of staff.
    #[error("this needs a named member of staff")]
    Unnamed,
    /// There is no such order.
    #[error("there is no order `{0}`")]
    UnknownOrder(String),
    /// There is no such file.
    #[error("there is no batch `{0}`")]
    UnknownBatch(String),
    /// There is no such transfer.
    #[error("there is no transfer with that end-to-end id")]
    UnknownTransfer,
    /// The amount needs somebody who proved a moment ago, by more than a password, who they are.
    #[error("this amount needs a proof of who you are: prove it, and ask again")]
    ProofNeeded,
    /// The account is none.
    #[error(transparent)]
    Account(#[from] AccountFault),
    /// There are bank details already, and to change them is for finance.
    #[error("there are bank details already: to change them is for finance")]
    AccountChange,
    /// A file with a transfer to the account is at the bank.
    #[error("a transfer to these bank details is on its way: wait for the bank's word")]
    AccountInUse,
    /// The format needs the merchant's own account.
    #[error("the settings name no account to pay from: set it, or ask for `csv`")]
    NoDebtor,
    /// Too many pieces at once, or none.
    #[error("name 1 to {BATCH_TRANSFERS_MAX} pieces")]
    PieceCount,
    /// The day on which the bank is to pay is over.
    #[error("the bank cannot pay on a day that is over")]
    ExecuteOn,
    /// Nothing of what was asked for can be paid now.
    #[error("nothing of this can be paid now")]
    NothingToPay {
        /// What stands in the way of each.
        left_out: Vec<LeftOut>,
    },
    /// Something else was asked under the same key.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// The file was made in another format.
    #[error("this batch is `{is}`: the same transfers in a second format could be paid twice")]
    FormatDiffers {
        /// Its format.
        is: &'static str,
    },
    /// A buyer of the file was erased.
    #[error("bank details of this batch were erased: its file cannot be made any more")]
    Erased,
    /// The bank's word has no reference, or a reference that is none.
    #[error("the bank's reference has 1 to 200 characters")]
    Reference,
    /// The same outcome was recorded with another reference.
    #[error("this was recorded with another reference: look at the statement again")]
    ReferenceDiffers,
    /// The list of the bank's words cannot be read.
    #[error("{0}")]
    Lines(String),
    /// No randomness, or a file that cannot be written.
    #[error("the batch cannot be written: {0}")]
    Machine(String),
    /// The ledger says no, or cannot be changed.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<OrderStoreError> for BankError {
    fn from(error: OrderStoreError) -> Self {
        Self::Door(error.into())
    }
}

/// The name of whoever asks, if the right is there.
fn named(who: &Who, right: Right) -> Result<String, BankError> {
    if !who.roles.has(right) {
        return Err(BankError::Forbidden { roles: who.roles.clone() });
    }
    match &who.actor {
        Actor::Staff { id, .. } => Ok(id.as_str().to_owned()),
        _ => Err(BankError::Unnamed),
    }
}
