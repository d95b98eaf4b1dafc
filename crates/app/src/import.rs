//! Orders in. An import is repeatable: the same order twice is one version. A changed order is a further version, and never judges
//! open cases again: a case keeps the version it was opened on.

use backhaul_core::ledger::{Order, OrderDraft, OrderError};
use backhaul_store::orders::{self, ORDER_ID_CHARS_MAX, OrderStoreError};
use backhaul_store::{Error, OrderId, Pending};

use crate::App;

/// What an import came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// The order is new.
    New,
    /// The order was known, and is changed: this is its newest version.
    Changed(u32),
    /// The order was known, just so.
    Same,
}

/// Why an order was not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// No id can be made of the number.
    #[error(
        "`{number}` is no order number: it has 1 to {ORDER_ID_CHARS_MAX} letters, digits, `-` and `_`"
    )]
    Number {
        /// The number.
        number: String,
    },
    /// The order does not add up.
    #[error("the order does not add up: {0}")]
    Invalid(#[from] OrderError),
    /// The order cannot be kept.
    #[error(transparent)]
    Order(#[from] OrderStoreError),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

impl ImportError {
    /// Whether it is about this order, so that another one may go well.
    #[must_use]
    pub fn is_of_the_order(&self) -> bool {
        !matches!(self, Self::Database(_) | Self::Order(OrderStoreError::Database(_)))
    }
}

/// An order on its way in.
#[derive(Debug)]
pub struct Importing {
    number: String,
    pending: Pending<Imported, ImportError>,
}

impl Importing {
    /// The order's number.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// Waits for the commit.
    ///
    /// # Errors
    /// [`ImportError`].
    pub fn wait(self) -> Result<Imported, ImportError> {
        self.pending.wait()
    }
}

impl App {
    /// Takes an order in; its `version` is set here.
    ///
    /// # Errors
    /// [`ImportError`].
    pub fn import_order(&self, draft: OrderDraft) -> Result<Imported, ImportError> {
        self.begin_import(draft)?.wait()
    }

    /// Takes an order in, awaited.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn take_order(&self, draft: OrderDraft) -> Result<Imported, ImportError> {
        self.begin_import(draft)?.pending.await
    }

    /// Begins to take an order in, so that others can share its commit.
    ///
    /// # Errors
    /// [`ImportError::Number`]; everything else is told by [`Importing::wait`].
    pub fn begin_import(&self, draft: OrderDraft) -> Result<Importing, ImportError> {
        let number = draft.number.clone();
        let new_id = OrderId::new(&draft.number);
        let new_id = new_id.ok_or_else(|| ImportError::Number { number: draft.number.clone() })?;
        let now = self.clock.now();
        let import = self.store().write(move |tx| -> Result<Imported, ImportError> {
            let of_version = |version| Order::new(OrderDraft { version, ..draft.clone() });
            let Some(id) = orders::find(tx, &draft.number)? else {
                orders::import(tx, &new_id, &of_version(1)?, now)?;
                return Ok(Imported::New);
            };
            let known = orders::get(tx, &id, None)?;
            let newest = known.as_ref().map_or(0, |known| known.version);
            if known == Some(of_version(newest)?) {
                return Ok(Imported::Same);
            }
            let next = newest.saturating_add(1);
            orders::import(tx, &id, &of_version(next)?, now)?;
            Ok(Imported::Changed(next))
        });
        Ok(Importing { number, pending: import })
    }
}
