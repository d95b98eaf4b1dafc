//! The shell around the core: everything that changes a ledger goes through one function here.
//!
//! - [`App`]: the desk over one database.
//! - `door`: the one function that appends to a ledger (invariant `one-door`).
//! - [`right`]: who may ask for what, in one table.
//! - `bank`: refunds that finance pays by bank transfer.
//! - `import`: orders in, version by version.
//! - `keys`: who is asking. `read`: what they look at.
//! - `loaded`: ledgers that were folded before.
//! - `project`: what follows from a ledger's change, in the same transaction.
//! - `refund_job`: an approved refund leaves exactly once. `refund_step`: what to do next, as one pure function.
//! - [`RefundProvider`]: the port to those who pay.
//! - [`Clock`]: the time, injected.
//!
//! Not for rules, which are the core's, nor for HTTP, mail or payment providers, which are adapters.

mod bank;
mod clock;
mod door;
mod import;
mod keys;
mod loaded;
mod project;
mod read;
mod refund_job;
mod refund_provider;
mod refund_step;
pub mod right;

use std::sync::Arc;

use backhaul_core::policy::Catalogue;
use backhaul_store::Store;

use self::keys::Believed;
use self::loaded::LoadedLedgers;

pub use self::bank::{
    AccountDraft, AccountFault, AccountView, BATCH_TRANSFERS_MAX, BankError, BankFormat,
    BankSettings, BankWord, BatchFile, BatchView, Booked, Chosen, Debtor, HOLDER_CHARS_MAX,
    LeftOut, NUMBER_CHARS_MAX, NewBatch, PieceName, SETTLE_LINES_MAX, TransferState, WordLine,
    is_in_sepa, read_bank_words, read_iban,
};
pub use self::clock::Clock;
pub use self::door::{Done, DoorError, Once, Request, TEXT_CHARS_MAX, TEXTS_MAX, TRIES_MAX, Who};
pub use self::import::{ImportError, Imported, Importing};
pub use self::keys::{
    Identity, KEY_BELIEVED_FOR, KEY_NAME_CHARS_MAX, NewKey, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN,
    PeopleError,
};
pub use self::read::{OrderView, Queue};
pub use self::refund_job::RefundJobError;
pub use self::refund_provider::{
    ByReference, Capabilities, LookUp, RefundProvider, RefundRequest, SubmitAnswer,
};
pub use self::right::{Right, Role, Roles};

/// The returns desk over one database. A clone is another handle of the same desk.
#[derive(Clone)]
pub struct App {
    store: Store,
    catalogue: Arc<Catalogue>,
    clock: Arc<dyn Clock>,
    loaded: Arc<LoadedLedgers>,
    believed: Believed,
    bank: Arc<BankSettings>,
}

impl App {
    /// The desk over an open database, with the policies that judge and the clock that it goes by.
    #[must_use]
    pub fn new(store: Store, catalogue: Catalogue, clock: Arc<dyn Clock>) -> Self {
        let (catalogue, loaded, bank) = (Arc::new(catalogue), Arc::default(), Arc::default());
        Self { store, catalogue, clock, loaded, believed: Believed::default(), bank }
    }

    /// The same desk, with what the merchant's settings say of bank transfers.
    #[must_use]
    pub fn with_bank(self, bank: BankSettings) -> Self {
        Self { bank: Arc::new(bank), ..self }
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }
}
