//! Ledgers as they were folded before, kept as long as nobody appended: what was read and checked once need not be read again.
//!
//! Nothing is believed because it is here: each use compares the head, a hash over all that came before, with the database's
//! in the same transaction. An order of which nothing is here is read whole by one statement, without a look at its head before.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use backhaul_core::ledger::{CaseId, Event, Ledger, Order};
use backhaul_store::orders::Place;
use backhaul_store::{Head, NameOfOrder, OrderId, Tx, ledger};
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
pub(crate) struct LoadedLedgers(Mutex<Kept>);

struct Kept {
    ledgers: LruCache<OrderId, Loaded>,
    /// Orders that were read and not kept. Most are read once, such as by whoever reads them all; keeping one of those costs
    /// another its place, and taking apart what nobody has touched for long costs more than reading it anew.
    glanced_at: LruCache<OrderId, ()>,
    /// What the orders among them are asked for by.
    numbers: HashSet<String>,
    cases: HashSet<CaseId>,
}

impl Default for LoadedLedgers {
    fn default() -> Self {
        Self(Mutex::new(Kept::at_most(LOADED_MAX)))
    }
}

impl Kept {
    fn at_most(max: NonZeroUsize) -> Self {
        Self {
            ledgers: LruCache::new(max),
            glanced_at: LruCache::new(max),
            numbers: HashSet::new(),
            cases: HashSet::new(),
        }
    }

    /// Whether something is kept of the order with that name.
    fn has(&self, order: &NameOfOrder) -> bool {
        match order {
            NameOfOrder::Id(id) => self.ledgers.contains(id),
            NameOfOrder::Number(number) => self.numbers.contains(number),
            NameOfOrder::Case(case) => self.cases.contains(case),
        }
    }

    /// Whether that order is worth being kept: it was read before, not long ago.
    fn is_wanted(&mut self, id: &OrderId) -> bool {
        self.ledgers.contains(id) || self.glanced_at.put(id.clone(), ()).is_some()
    }

    /// Keeps a ledger; gives back what had to go for it.
    fn keep(&mut self, id: &OrderId, loaded: Loaded) -> Option<Loaded> {
        if !self.numbers.contains(&loaded.order.number) {
            self.numbers.insert(loaded.order.number.clone());
        }
        for case in loaded.ledger.cases.keys() {
            if !self.cases.contains(case) {
                self.cases.insert(case.clone());
            }
        }
        let (gone, old) = self.ledgers.push(id.clone(), loaded)?;
        if gone != *id {
            self.numbers.remove(&old.order.number);
            for case in old.ledger.cases.keys() {
                self.cases.remove(case);
            }
        }
        Some(old)
    }
}

impl LoadedLedgers {
    /// Whether something is kept of the order with that name; that it still stands there is not said.
    pub(crate) fn has(&self, order: &NameOfOrder) -> bool {
        self.lock().has(order)
    }

    /// The order, if what is kept of it still stands there.
    pub(crate) fn kept(&self, place: &Place) -> Option<Loaded> {
        let kept = self.lock().ledgers.get(&place.id).cloned();
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
        self.read(tx, &NameOfOrder::Id(place.id.clone()))?.ok_or_else(unknown)
    }

    /// The order with that name, by one statement, whatever is kept of it; nothing where there is none.
    ///
    /// # Errors
    /// [`DoorError`].
    pub(crate) fn read(
        &self,
        tx: &mut dyn Tx,
        order: &NameOfOrder,
    ) -> Result<Option<Loaded>, DoorError> {
        let Some((document, history)) = ledger::load_with_order(tx, order)? else {
            return Ok(None);
        };
        let order = Arc::new(document.read()?);
        let ledger = Arc::new(folded(&history));
        let loaded = Loaded { head: history.head, order, ledger };
        if self.lock().is_wanted(&document.order) {
            self.keep(&document.order, loaded.clone());
        }
        Ok(Some(loaded))
    }

    /// Keeps what was committed.
    pub(crate) fn keep(&self, id: &OrderId, loaded: Loaded) {
        let old = self.lock().keep(id, loaded);
        // A ledger is many pieces, so it is taken apart where nobody waits for it.
        drop(old);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        // Whoever panicked while holding it left whole entries behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::Arc;

    use backhaul_core::ledger::{CaseId, Event, Ledger, Order};
    use backhaul_store::{Head, NameOfOrder, OrderId};
    use jiff::Timestamp;

    use super::{Kept, Loaded};

    fn id(number: &str) -> OrderId {
        OrderId::new(number).unwrap()
    }

    fn names(number: &str) -> [NameOfOrder; 3] {
        [
            NameOfOrder::Id(id(number)),
            NameOfOrder::Number(number.to_owned()),
            NameOfOrder::Case(case(number)),
        ]
    }

    fn case(number: &str) -> CaseId {
        CaseId::new(&format!("{number}-R1")).unwrap()
    }

    /// An order with a case.
    fn loaded(number: &str) -> Loaded {
        let eur = |minor: i64| serde_json::json!({"minor": minor, "currency": "EUR"});
        let order = serde_json::json!({
            "number": number, "version": 1, "placed_at": "2026-02-20T09:00:00Z",
            "time_zone": "Europe/Berlin", "country": "DE", "voucher": "on_file", "currency": "EUR",
            "lines": [{
                "id": "L1", "sku": "QSFP28-100G-SR4", "category": "transceiver", "quantity": 2,
                "share": {"price": eur(9_990), "discount": eur(0), "tax": eur(0)},
            }],
            "shipping": eur(0),
            "payments": [{"id": "P1", "captured": eur(9_990), "captured_at": "2026-02-20T09:00:01Z"}],
        });
        let order: Order = serde_json::from_value(order).unwrap();
        let empty = Loaded {
            head: Head::EMPTY,
            order: Arc::new(order),
            ledger: Arc::new(Ledger::default()),
        };
        let opened = Event::CaseOpened {
            case: case(number),
            at: Timestamp::UNIX_EPOCH,
            order_version: 1,
            text: None,
        };
        empty.followed_by(&[opened], Head::EMPTY)
    }

    #[test]
    fn an_order_is_known_by_all_its_names_as_long_as_it_is_kept() {
        let mut kept = Kept::at_most(NonZeroUsize::new(2).unwrap());
        kept.keep(&id("O-1"), loaded("O-1"));
        kept.keep(&id("O-2"), loaded("O-2"));
        // The first is used once more, so that the second has to go.
        kept.keep(&id("O-1"), loaded("O-1"));
        kept.keep(&id("O-3"), loaded("O-3"));
        for (number, is_kept) in [("O-1", true), ("O-2", false), ("O-3", true), ("O-4", false)] {
            for name in names(number) {
                assert_eq!(kept.has(&name), is_kept, "{name:?}");
            }
        }
        assert_eq!((kept.numbers.len(), kept.cases.len()), (2, 2));
    }

    #[test]
    fn what_is_read_once_takes_nobody_s_place() {
        let mut kept = Kept::at_most(NonZeroUsize::new(2).unwrap());
        kept.keep(&id("O-1"), loaded("O-1"));
        assert!(kept.is_wanted(&id("O-1")), "it is kept, and newer now");
        assert!(!kept.is_wanted(&id("O-2")));
        assert!(kept.is_wanted(&id("O-2")), "the second time");
        for other in ["O-3", "O-4"] {
            assert!(!kept.is_wanted(&id(other)));
        }
        assert!(!kept.is_wanted(&id("O-2")), "that was long ago");
    }
}
