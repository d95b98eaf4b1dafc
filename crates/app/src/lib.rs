//! The shell around the core: everything that changes a ledger goes through one function here.
//!
//! - [`App`]: the desk over one database.
//! - `door`: the one function that appends to a ledger (invariant `one-door`).
//! - [`right`]: who may ask for what, in one table.
//! - `import`: orders in, version by version. [`NewOrder`]: an order and its buyer, as the world hands them over.
//! - `project`: what follows from a ledger's change, in the same transaction.
//! - `refund_job`: an approved refund leaves exactly once. `refund_step`: what to do next, as one pure function.
//! - [`RefundProvider`]: the port to those who pay.
//! - [`Clock`]: the time, injected.
//!
//! Not for rules, which are the core's, nor for HTTP, mail or payment providers, which are adapters.

mod clock;
mod door;
mod import;
mod new_order;
mod project;
mod refund_job;
mod refund_provider;
mod refund_step;
pub mod right;

use std::sync::Arc;

use backhaul_core::policy::Catalogue;
use backhaul_store::Store;
pub use backhaul_store::buyers::{Buyer, Email, MalformedBuyer, MalformedEmail};

pub use self::clock::Clock;
pub use self::door::{Done, DoorError, TRIES_MAX, Who};
pub use self::import::{ImportError, Imported, Importing};
pub use self::new_order::NewOrder;
pub use self::refund_job::RefundJobError;
pub use self::refund_provider::{
    ByReference, Capabilities, LookUp, RefundProvider, RefundRequest, SubmitAnswer,
};
pub use self::right::Role;

/// The returns desk over one database. A clone is another handle of the same desk.
#[derive(Clone)]
pub struct App {
    store: Store,
    catalogue: Arc<Catalogue>,
    clock: Arc<dyn Clock>,
}

impl App {
    /// The desk over an open database, with the policies that judge and the clock that it goes by.
    #[must_use]
    pub fn new(store: Store, catalogue: Catalogue, clock: Arc<dyn Clock>) -> Self {
        Self { store, catalogue: Arc::new(catalogue), clock }
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }
}
