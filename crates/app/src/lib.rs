//! The shell around the core: everything that changes a ledger goes through one function here.
//!
//! - [`App`]: the desk over one database.
//! - `door`: the one function that appends to a ledger (invariant `one-door`).
//! - [`right`]: who may ask for what, in one table.
//! - `queue`: what waits for whom, and what else there was of a buyer or a serial.
//! - `templates`: answers that staff have ready.
//! - `bank`: refunds that finance pays by bank transfer.
//! - `import`: orders in, version by version. [`NewOrder`]: an order and its buyer, as the world hands them over.
//! - `keys`: who is asking. `read`: what they look at. `search`: what they look for. `buyers`: who bought it.
//! - [`reports`]: what came back and why, how long it took, what it cost.
//! - [`policies`]: which versions judge, and publishing another one.
//! - [`sessions`]: who is signed in to the pages. [`Merchant`]: who the merchant is, as buyers read it.
//! - [`sign_in`]: how members of staff prove who they are.
//! - `loaded`: ledgers that were folded before.
//! - `project`: what follows from a ledger's change, in the same transaction.
//! - `refund_job`: an approved refund leaves exactly once. `refund_step`: what to do next, as one pure function.
//! - `sign_in_code`: how a buyer signs in for one order. [`evidence`]: files that come in, and where they lie.
//! - `preview`: what would come of a command. `conversation`: what was said in a case.
//! - [`webhooks`]: others are told of events over HTTP, and the port to do it.
//! - [`letters`]: mail to buyers, each step told once.
//! - [`RefundProvider`]: the port to those who pay. [`Providers`]: which of them pays a payment back.
//! - `told`: what a provider says of its own accord. `look_up`: a person has it asked about one refund. `reconcile`: a restored copy asks the providers what it missed.
//! - `preview`: what would come of a command.
//! - [`trail`]: what happened across all orders, and who asked for it.
//! - `waiting`: what waits for somebody's hands.
//! - `deadlines`: what follows from the calendar alone.
//! - [`Clock`]: the time, injected. `crash`: where tests let the process die, with a feature that no release has.
//!
//! Not for rules, which are the core's, nor for HTTP, mail or payment providers, which are adapters.

/// Passes a named point at which a test lets the process die. It is nothing without the feature `crash-points`.
macro_rules! crash_point {
    ($point:ident) => {
        #[cfg(feature = "crash-points")]
        crate::crash::pass(crate::crash::CrashPoint::$point);
    };
}

mod bank;
mod buyers;
mod clock;
pub mod conversation;
#[cfg(feature = "crash-points")]
pub mod crash;
mod csv_table;
mod deadlines;
mod door;
mod door_error;
pub mod evidence;
mod import;
mod keys;
pub mod letters;
mod loaded;
mod look_up;
mod merchant;
mod new_order;
pub mod policies;
mod preview;
mod project;
mod providers;
mod queue;
mod read;
mod reconcile;
mod refund_job;
mod refund_pause;
mod refund_provider;
mod refund_reference;
mod refund_step;
pub mod reports;
pub mod right;
mod search;
pub mod sessions;
pub mod sign_in;
mod sign_in_code;
mod templates;
mod told;
pub mod trail;
mod waiting;
pub mod webhooks;

use std::sync::Arc;

use backhaul_core::policy::Catalogue;
use backhaul_store::Store;
pub use backhaul_store::buyers::{Buyer, Email, MalformedBuyer, MalformedEmail};
pub use backhaul_store::case_queue::{COUNTED_MAX, QueueRow, Waiting, Whose};
use jiff::tz::TimeZone;

use self::evidence::BlobStore;
use self::keys::Believed;
use self::loaded::LoadedLedgers;
use self::policies::Policies;
use self::sign_in::{Hashing, SignInSettings, SingleSignOn};

pub use self::bank::{
    AccountDraft, AccountFault, AccountView, BATCH_TRANSFERS_MAX, BankError, BankFormat,
    BankSettings, BankWord, BatchFile, BatchView, Booked, Chosen, Debtor, HOLDER_CHARS_MAX,
    LeftOut, NUMBER_CHARS_MAX, NewBatch, PieceName, SETTLE_LINES_MAX, TransferState, WordLine,
    is_in_sepa, read_bank_words, read_iban,
};
pub use self::buyers::{BuyerError, Erased};
pub use self::clock::Clock;
pub use self::deadlines::REQUEST_KEYS_KEPT_FOR;
pub use self::door::{Done, DoorError, Once, Request, TEXT_CHARS_MAX, TEXTS_MAX, TRIES_MAX, Who};
pub use self::import::{ImportError, Imported, Importing};
pub use self::keys::{
    Identity, KEY_BELIEVED_FOR, KEY_NAME_CHARS_MAX, NewKey, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN,
    PeopleError, USE_NOTED_EVERY,
};
pub use self::look_up::{LookUpError, LookedUp};
pub use self::merchant::Merchant;
pub use self::new_order::NewOrder;
pub use self::policies::{Checked, PolicyError};
pub use self::providers::Providers;
pub use self::queue::{BuyerHistory, HISTORY_CASES_MAX, NamedCase, QueueCounts};
pub use self::read::{OrderView, Queue};
pub use self::reconcile::{FINDINGS_LISTED_MAX, Reconciled, RefundFinding, Unresolved};
pub use self::refund_job::RefundJobError;
pub use self::refund_pause::{REFUNDS_PAUSED, ResumeError};
pub use self::refund_provider::{
    ByReference, Capabilities, ChargebackState, KnownRefund, LookUp, RefundProvider, RefundRequest,
    SubmitAnswer, Told, ToldChargeback, ToldRefund, WebhookRefused,
};
pub use self::right::{Right, Role, Roles};
pub use self::search::{Found, SEARCH_CHARS_MAX, SEARCH_ROWS_MAX};
pub use self::sign_in_code::{
    CODE_DIGITS, CODE_LASTS, CODE_TRIES_MAX, CodeAsked, CodeTried, CodeWanted,
    ORDER_NUMBER_CHARS_MAX,
};
pub use self::templates::{
    DraftError, Drafted, Placeholder, TITLE_CHARS_MAX, Template, TemplateError, TemplateFault,
    WORDS_CHARS_MAX,
};
pub use self::told::{Heard, WebhookError};
pub use self::waiting::WaitingView;

/// The returns desk over one database. A clone is another handle of the same desk.
#[derive(Clone)]
pub struct App {
    store: Store,
    policies: Arc<Policies>,
    clock: Arc<dyn Clock>,
    loaded: Arc<LoadedLedgers>,
    believed: Believed,
    bank: Arc<BankSettings>,
    merchant: Arc<Merchant>,
    sign_in: Arc<SignInSettings>,
    hashing: Hashing,
    single_sign_on: Option<Arc<dyn SingleSignOn>>,
    blobs: Option<Arc<dyn BlobStore>>,
}

impl App {
    /// The desk over an open database, with the policies of files, beside which judges what was published, and the clock that it
    /// goes by.
    #[must_use]
    pub fn new(store: Store, catalogue: Catalogue, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            policies: Arc::new(Policies::new(catalogue)),
            clock,
            loaded: Arc::default(),
            believed: Believed::default(),
            bank: Arc::default(),
            merchant: Arc::default(),
            sign_in: Arc::default(),
            hashing: Hashing::default(),
            single_sign_on: None,
            blobs: None,
        }
    }

    /// The same desk, with what the merchant's settings say of bank transfers.
    #[must_use]
    pub fn with_bank(self, bank: BankSettings) -> Self {
        Self { bank: Arc::new(bank), ..self }
    }

    /// The same desk, of that merchant.
    #[must_use]
    pub fn with_merchant(self, merchant: Merchant) -> Self {
        Self { merchant: Arc::new(merchant), ..self }
    }

    /// The same desk, with what the merchant's settings say of signing in and of how much one person may let go.
    #[must_use]
    pub fn with_sign_in(self, sign_in: SignInSettings) -> Self {
        Self { sign_in: Arc::new(sign_in), ..self }
    }

    /// The same desk, which members of staff can come into by the merchant's own sign-in.
    #[must_use]
    pub fn with_single_sign_on(self, port: Arc<dyn SingleSignOn>) -> Self {
        Self { single_sign_on: Some(port), ..self }
    }

    /// The merchant's own sign-in, where there is one. Its calls block.
    #[must_use]
    pub fn single_sign_on(&self) -> Option<Arc<dyn SingleSignOn>> {
        self.single_sign_on.clone()
    }

    /// What the merchant's settings say of signing in.
    #[must_use]
    pub fn sign_in(&self) -> &SignInSettings {
        &self.sign_in
    }

    /// The same desk, with a place for files; without one none are taken.
    #[must_use]
    pub fn with_blobs(self, blobs: Arc<dyn BlobStore>) -> Self {
        Self { blobs: Some(blobs), ..self }
    }

    /// The merchant.
    #[must_use]
    pub fn merchant(&self) -> &Merchant {
        &self.merchant
    }

    /// The merchant, to keep.
    #[must_use]
    pub fn merchant_shared(&self) -> Arc<Merchant> {
        Arc::clone(&self.merchant)
    }

    /// The merchant's time zone: that of the policy in force.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        let catalogue = self.catalogue();
        let policy = catalogue.choose(None, Some(self.clock.now()));
        policy.and_then(|policy| TimeZone::get(policy.zone.name()).ok()).unwrap_or(TimeZone::UTC)
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }
}
