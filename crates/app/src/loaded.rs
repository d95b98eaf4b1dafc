//! Ledgers as they were folded before, kept as long as nobody appended: what was read and checked once need not be read again.
//!
//! Nothing is believed because it is here: each use compares the head, a hash over all that came before, with the database's
//! in the same transaction.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use backhaul_core::ledger::{Event, Ledger, Order};
use backhaul_store::orders::Place;
use backhaul_store::{Head, OrderId, Tx, ledger};
use lru::LruCache;

use crate::door::{DoorError, folded};

/// How many orders are kept: some thirty KiB each.
const LOADED_MAX: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// An order and its ledger, as of a head and a version of the order.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) head: Head,
    pub(crate) order: Arc<Order>,
    pub(crate) ledger: Arc<Ledger>,
}

impl Loaded {
    /// The same order, once these events have followed.
    pub(crate) fn followed_by(&self, events: &[Event], head: Head) -> Self {
        let mut ledger = Ledger::clone(&self.ledger);
        for event in events {
            ledger.apply(event);
        }
        Self { head, order: Arc::clone(&self.order), ledger: Arc::new(ledger) }
    }
}

/// The ledgers that were used last.
pub(crate) struct LoadedLedgers(Mutex<LruCache<OrderId, Loaded>>);

impl Default for LoadedLedgers {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(LOADED_MAX)))
    }
}

impl LoadedLedgers {
    /// The order, if what is kept of it still stands there.
    pub(crate) fn kept(&self, place: &Place) -> Option<Loaded> {
        let kept = self.lock().get(&place.id).cloned();
        kept.filter(|kept| kept.head == place.head && kept.order.version == place.newest)
    }

    /// The order that stands there, from memory if it still stands so, and else by one statement.
    ///
    /// # Errors
    /// [`DoorError`].
    pub(crate) fn load(&self, tx: &mut dyn Tx, place: &Place) -> Result<Loaded, DoorError> {
        if let Some(kept) = self.kept(place) {
            return Ok(kept);
        }
        let unknown = || DoorError::UnknownOrder { number: place.number.clone() };
        let (document, history) = ledger::load_with_order(tx, &place.id)?.ok_or_else(unknown)?;
        let order = Arc::new(document.read(&place.id)?);
        let ledger = Arc::new(folded(&history));
        let loaded = Loaded { head: history.head, order, ledger };
        self.keep(place.id.clone(), loaded.clone());
        Ok(loaded)
    }

    /// Keeps what was committed.
    pub(crate) fn keep(&self, id: OrderId, loaded: Loaded) {
        self.lock().put(id, loaded);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, LruCache<OrderId, Loaded>> {
        // Whoever panicked while holding it left whole entries behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
