//! Orders in. An import is repeatable: the same order twice is one version. A changed order is a further version, and never judges
//! open cases again: a case keeps the version it was opened on. The buyer is kept beside the order: another buyer is no new version.

use backhaul_core::ledger::{Order, OrderDraft, OrderError};
use backhaul_store::ledger::{self, LedgerError};
use backhaul_store::orders::{self, ORDER_ID_CHARS_MAX, OrderStoreError};
use backhaul_store::{Error, OrderId, Pending, Tx, buyers, payment_index};
use jiff::Timestamp;

use crate::door::folded;
use crate::{App, NewOrder, project};

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
    /// Its ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

impl ImportError {
    /// Whether it is about this order, so that another one may go well.
    #[must_use]
    pub fn is_of_the_order(&self) -> bool {
        !matches!(
            self,
            Self::Database(_)
                | Self::Order(OrderStoreError::Database(_))
                | Self::Ledger(LedgerError::Database(_))
        )
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
    pub fn import_order(&self, new: impl Into<NewOrder>) -> Result<Imported, ImportError> {
        self.begin_import(new)?.wait()
    }

    /// Takes an order in, awaited.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn take_order(&self, new: impl Into<NewOrder>) -> Result<Imported, ImportError> {
        self.begin_import(new)?.pending.await
    }

    /// Begins to take an order in, so that others can share its commit.
    ///
    /// # Errors
    /// [`ImportError::Number`]; everything else is told by [`Importing::wait`].
    pub fn begin_import(&self, new: impl Into<NewOrder>) -> Result<Importing, ImportError> {
        let new = new.into();
        let number = new.order.number.clone();
        let new_id = OrderId::new(&number);
        let new_id = new_id.ok_or_else(|| ImportError::Number { number: number.clone() })?;
        let now = self.clock.now();
        let pending = self.store().write(move |tx| import(tx, &new_id, &new, now));
        Ok(Importing { number, pending })
    }
}

fn import(
    tx: &mut dyn Tx,
    new_id: &OrderId,
    new: &NewOrder,
    now: Timestamp,
) -> Result<Imported, ImportError> {
    let found = orders::find(tx, &new.order.number)?;
    let id = found.as_ref().unwrap_or(new_id);
    let imported = import_document(tx, id, found.is_some(), &new.order, now)?;
    if let Some(buyer) = &new.buyer {
        buyers::put(tx, id, buyer)?;
    }
    Ok(imported)
}

fn import_document(
    tx: &mut dyn Tx,
    id: &OrderId,
    is_known: bool,
    draft: &OrderDraft,
    now: Timestamp,
) -> Result<Imported, ImportError> {
    let of_version = |version| Order::new(OrderDraft { version, ..draft.clone() });
    if !is_known {
        orders::import(tx, id, &of_version(1)?, now)?;
        index_payments(tx, id, draft)?;
        return Ok(Imported::New);
    }
    let known = orders::get(tx, id, None)?;
    let newest = known.as_ref().map_or(0, |known| known.version);
    if known == Some(of_version(newest)?) {
        return Ok(Imported::Same);
    }
    let next = newest.saturating_add(1);
    let changed = of_version(next)?;
    orders::import(tx, id, &changed, now)?;
    index_payments(tx, id, draft)?;
    if !known.is_some_and(|known| known.serials().eq(changed.serials())) {
        renew_case_serials(tx, id, &changed)?;
    }
    Ok(Imported::Changed(next))
}

/// What is claimed by its unit may have another serial now.
fn renew_case_serials(tx: &mut dyn Tx, id: &OrderId, order: &Order) -> Result<(), ImportError> {
    if let Some(history) = ledger::load(tx, id)?.filter(|history| !history.events.is_empty()) {
        project::renew_serials(tx, id, order, &folded(&history))?;
    }
    Ok(())
}

/// A chargeback is told by payment: so that it finds its orders.
fn index_payments(tx: &mut dyn Tx, id: &OrderId, draft: &OrderDraft) -> Result<(), Error> {
    draft.payments.iter().try_for_each(|payment| payment_index::put(tx, &payment.id, id))
}
