//! What screens and machines look at. Each answer is of one state of the desk.

use std::sync::Arc;

use backhaul_core::ledger::{CaseId, CaseState, Ledger, Order, TextId};
use backhaul_store::case_index::{self, CaseRow};
use backhaul_store::ledger::Recorded;
use backhaul_store::orders::{self, NameOfOrder, Place};
use backhaul_store::refund_index::{self, RefundRow, Sum};
use backhaul_store::refund_proposals::{self, ProposalRow};
use backhaul_store::size::{self, Size};
use backhaul_store::{Error, audit, ledger, texts};
use jiff::Timestamp;

use crate::loaded::Loaded;
use crate::{App, DoorError};

/// An order with all that happened to it.
#[derive(Clone, Debug)]
pub struct OrderView {
    /// The newest version of the order.
    pub order: Arc<Order>,
    /// Everything that happened, folded.
    pub ledger: Arc<Ledger>,
    /// The number of the ledger's last event.
    pub version: i64,
}

impl From<Loaded> for OrderView {
    fn from(loaded: Loaded) -> Self {
        let Loaded { head, order, ledger } = loaded;
        Self { order, ledger, version: head.version() }
    }
}

/// Which cases a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Every case, the newest first.
    Newest,
    /// The cases in a state, the most urgent first.
    InState(CaseState),
}

impl App {
    /// Now, as the desk knows it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The order with that number.
    ///
    /// # Errors
    /// [`DoorError`].
    pub async fn order(&self, number: &str) -> Result<Option<OrderView>, DoorError> {
        self.view(NameOfOrder::Number(number.to_owned())).await
    }

    /// The order of that case.
    ///
    /// # Errors
    /// [`DoorError`].
    pub async fn order_of_case(&self, case: &CaseId) -> Result<Option<OrderView>, DoorError> {
        self.view(NameOfOrder::Case(case.clone())).await
    }

    async fn view(&self, order: NameOfOrder) -> Result<Option<OrderView>, DoorError> {
        let loaded = Arc::clone(&self.loaded);
        if !loaded.has(&order) {
            let read = self.store.glance(move |tx| loaded.read(tx, &order)).await?;
            return Ok(read.map(OrderView::from));
        }
        let place = self.store.glance(move |tx| orders::place_by_name(tx, &order)).await?;
        let Some(place) = place else { return Ok(None) };
        if let Some(kept) = loaded.kept(&place) {
            return Ok(Some(kept.into()));
        }
        // It may have gone on meanwhile: what is loaded is of one moment by itself.
        let read = self.store.glance(move |tx| loaded.load(tx, &place)).await?;
        Ok(Some(read.into()))
    }

    /// The events of an order's ledger behind that number, at most so many.
    ///
    /// # Errors
    /// [`DoorError`].
    pub async fn history(
        &self,
        number: &str,
        after: i64,
        limit: usize,
    ) -> Result<Option<Vec<Recorded>>, DoorError> {
        let number = number.to_owned();
        let read = self.store.read(move |tx| -> Result<_, DoorError> {
            let Some(id) = orders::find(tx, &number)? else { return Ok(None) };
            let Some(history) = ledger::load(tx, &id)? else { return Ok(None) };
            let events = history.events.into_iter().filter(|recorded| recorded.seq > after);
            Ok(Some(events.take(limit).collect()))
        });
        read.await
    }

    /// Cases behind that row, at most so many.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn cases(
        &self,
        queue: Queue,
        behind: case_index::Behind,
        limit: u32,
    ) -> Result<Vec<CaseRow>, Error> {
        let read = self.store.glance(move |tx| match queue {
            Queue::Newest => case_index::page_newest(tx, &behind, limit),
            Queue::InState(state) => case_index::page_in_state(tx, state, &behind, limit),
        });
        read.await
    }

    /// How many cases are in each state.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn case_counts(&self) -> Result<Vec<(String, i64)>, Error> {
        self.store.glance(case_index::counts).await
    }

    /// Pieces of refunds in that state behind that row, the most urgent first, at most so many.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn refunds(
        &self,
        state: &'static str,
        after: refund_index::After,
        limit: u32,
    ) -> Result<Vec<RefundRow>, Error> {
        self.store.glance(move |tx| refund_index::in_state(tx, state, &after, limit)).await
    }

    /// The refunds that one person of finance proposed and another must approve, those that wait longest first, at most so many.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn refund_proposals(&self, limit: u32) -> Result<Vec<ProposalRow>, Error> {
        self.store.glance(move |tx| refund_proposals::oldest(tx, limit)).await
    }

    /// How many pieces of refunds are in each of these states, none counted beyond [`refund_index::COUNTED_MAX`].
    ///
    /// # Errors
    /// [`Error`].
    pub async fn refund_counts(
        &self,
        states: &'static [&'static str],
    ) -> Result<Vec<(&'static str, i64)>, Error> {
        let read = self.store.read(move |tx| {
            states.iter().map(|state| Ok((*state, refund_index::count(tx, state)?))).collect()
        });
        read.await
    }

    /// What the refunds come to, by currency, state and way.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn refund_sums(&self) -> Result<Vec<Sum>, Error> {
        self.store.glance(refund_index::sums).await
    }

    /// The orders behind that number, at most so many.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn order_page(&self, after: &str, limit: u32) -> Result<Vec<Place>, Error> {
        let after = after.to_owned();
        self.store.glance(move |tx| orders::page(tx, &after, limit)).await
    }

    /// A text of an order; nothing where there is none, or no more.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn text(&self, number: &str, id: &TextId) -> Result<Option<String>, Error> {
        let (number, id) = (number.to_owned(), id.clone());
        let read = self.store.read(move |tx| -> Result<Option<String>, Error> {
            let Some(order) = orders::find(tx, &number)? else { return Ok(None) };
            texts::get(tx, &order, &id)
        });
        read.await
    }

    /// How large the database is, and which engine keeps it.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn size(&self) -> Result<Size, Error> {
        self.store.read(size::size).await
    }

    /// Verifies the ledgers of the orders behind that id, at most so many.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn verify_page(&self, after: &str, limit: u32) -> Result<audit::Page, Error> {
        let after = after.to_owned();
        self.store.read(move |tx| audit::verify_page(tx, &after, limit)).await
    }

    /// Verifies the chain of one order's ledger; nothing where there is no such order.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn verify_order(
        &self,
        number: &str,
    ) -> Result<Option<Option<backhaul_store::Finding>>, Error> {
        let number = number.to_owned();
        let read = self.store.read(move |tx| -> Result<_, Error> {
            let Some(id) = orders::find(tx, &number)? else { return Ok(None) };
            audit::verify_order(tx, id.as_str()).map(Some)
        });
        read.await
    }
}
