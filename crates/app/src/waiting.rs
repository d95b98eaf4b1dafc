//! What waits for somebody's hands, at the dock or at finance, each with the order that it is of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use backhaul_core::ledger::{Ledger, Waiting, WaitingKind, waiting as waiting_in};
use backhaul_store::jobs::{self, NewJob};
use backhaul_store::orders::{self, Place};
use backhaul_store::waiting::{self, After, WaitingRow};
use backhaul_store::{Error, Tx};
use jiff::{SignedDuration, Timestamp};

use crate::project::Follows;
use crate::{App, DoorError, OrderView};

/// Fills the table once, where the ledgers are older than it.
const FILL_JOB: &str = "fill_waiting";
/// How many orders are looked at in one transaction.
const FILL_PAGE: u32 = 100;
/// How long it may take before another worker takes it over.
const LEASE: SignedDuration = SignedDuration::from_mins(30);

/// One thing that waits, and its order.
#[derive(Clone, Debug)]
pub struct WaitingView {
    /// What waits, and by when.
    pub row: WaitingRow,
    /// The order, as it is in the same moment.
    pub view: OrderView,
}

impl App {
    /// What waits of that kind behind that row, the most urgent first, at most so many.
    ///
    /// # Errors
    /// [`DoorError`].
    pub async fn waiting(
        &self,
        kind: WaitingKind,
        after: After,
        limit: u32,
    ) -> Result<Vec<WaitingView>, DoorError> {
        let loaded = Arc::clone(&self.loaded);
        let read = self.store.read(move |tx| -> Result<_, DoorError> {
            let mut views = Vec::new();
            for row in waiting::page(tx, kind, &after, limit)? {
                let Some(place) = orders::place_of(tx, &row.order)? else { continue };
                let view = loaded.load(tx, &place)?.into();
                views.push(WaitingView { row, view });
            }
            Ok(views)
        });
        read.await
    }

    /// How much waits, by kind.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn waiting_counts(&self) -> Result<BTreeMap<WaitingKind, i64>, Error> {
        Ok(self.store.read(waiting::counts).await?.into_iter().collect())
    }

    /// Writes what waits of orders whose ledgers are older than the table, once for a database; says whether it did.
    ///
    /// # Errors
    /// [`DoorError`].
    pub(crate) fn fill_waiting(&self, now: Timestamp) -> Result<bool, DoorError> {
        // A key that is never due again says that it was done.
        let claim = self.store.write(move |tx| -> Result<_, Error> {
            let (id, kind, body) = (FILL_JOB.to_owned(), FILL_JOB.to_owned(), "{}".to_owned());
            jobs::enqueue(tx, &NewJob { id, kind, body, due_at: now })?;
            jobs::claim(tx, FILL_JOB, FILL_JOB, now, LEASE)
        });
        let Some(claim) = claim.wait()? else { return Ok(false) };
        let mut after = String::new();
        loop {
            let from = after.clone();
            let page = self.store.read(move |tx| orders::page(tx, &from, FILL_PAGE)).wait()?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.number);
            for place in page {
                self.fill_waiting_of(&place)?;
            }
        }
        self.store.write(move |tx| jobs::put_back(tx, &claim, Timestamp::MAX)).wait()?;
        Ok(true)
    }

    fn fill_waiting_of(&self, place: &Place) -> Result<(), DoorError> {
        let (loaded, catalogue) = (Arc::clone(&self.loaded), self.catalogue());
        let (bank, number, now) = (Arc::clone(&self.bank), place.number.clone(), self.clock.now());
        let filled = self.store.write(move |tx| -> Result<(), DoorError> {
            let Some(place) = orders::place(tx, &number)? else { return Ok(()) };
            let found = loaded.load(tx, &place)?;
            let policy = crate::door::policy(&catalogue, &found.ledger, &found.order)?;
            let (id, order) = (&place.id, found.order.as_ref());
            let follows = Follows { id, order, policy: &policy, bank: &bank, now };
            follows.project_waiting(tx, &Ledger::default(), &found.ledger)
        });
        filled.wait()
    }
}

impl Follows<'_> {
    /// Writes what waits now and did not before, and removes what waits no more.
    pub(crate) fn project_waiting(
        &self,
        tx: &mut dyn Tx,
        before: &Ledger,
        after: &Ledger,
    ) -> Result<(), DoorError> {
        let (old, new) = (waiting_in(before), waiting_in(after));
        let gone: BTreeSet<&Waiting> = old.keys().filter(|old| !new.contains_key(*old)).collect();
        for waiting in gone {
            waiting::remove(tx, self.id, waiting)?;
        }
        for (waiting, day) in new.iter().filter(|(key, day)| old.get(*key) != Some(*day)) {
            let due_at = day.and_then(|day| self.policy.zone.end(day));
            let (order, waiting) = (self.id.clone(), waiting.clone());
            waiting::put(tx, &WaitingRow { order, waiting, due_at, since: self.now })?;
        }
        Ok(())
    }
}
