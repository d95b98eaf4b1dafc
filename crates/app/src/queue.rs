//! What waits, for whom and since when: the lists of a representative's day. And what else there was: the other cases of a buyer,
//! and every case in which a serial was.

use backhaul_core::ledger::{Attention, Serial, StaffId};
use backhaul_store::case_index::{Behind, CaseRow};
use backhaul_store::case_queue::{self, QueueRow, Waiting, Whose};
use backhaul_store::{Error, buyers, case_serials, orders};

use crate::{App, Buyer, BuyerError};

/// The most cases of a history.
pub const HISTORY_CASES_MAX: u32 = 50;

/// How many cases wait, for the links that filter the queue. Nothing is counted beyond [`crate::COUNTED_MAX`] for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueCounts {
    /// Of all, for whom they wait.
    pub all: Vec<Waiting>,
    /// Of those that nobody looks after.
    pub unassigned: Vec<Waiting>,
    /// Of those of whoever asks; none where nobody is named.
    pub mine: Vec<Waiting>,
}

/// The other cases of a buyer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuyerHistory {
    /// The newest of them.
    pub cases: Vec<CaseRow>,
    /// Whether there are more.
    pub is_cut: bool,
}

/// A case of a list with what people call its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCase {
    /// The case.
    pub row: CaseRow,
    /// The number of its order.
    pub order: String,
    /// The version of the order's ledger.
    pub version: i64,
    /// Who bought it, where that was asked for and is known.
    pub buyer: Option<Buyer>,
}

impl App {
    /// The cases of a list, each with the number of its order; with their buyers only where `with_buyers` says so. Two looks by a
    /// key for each: meant for a page of them.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn named_cases(
        &self,
        rows: Vec<CaseRow>,
        with_buyers: bool,
    ) -> Result<Vec<NamedCase>, Error> {
        let read = self.store.read(move |tx| -> Result<Vec<NamedCase>, Error> {
            let mut named = Vec::new();
            for row in rows.clone() {
                let Some(place) = orders::place_of(tx, &row.order)? else { continue };
                let buyer = if with_buyers { buyers::get(tx, &row.order)? } else { None };
                let version = place.head.version();
                named.push(NamedCase { row, order: place.number, version, buyer });
            }
            Ok(named)
        });
        read.await
    }

    /// Cases that wait, the overdue first and then by when they are due, behind that row; at most so many.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn queue(
        &self,
        whose: Whose,
        attention: Option<Attention>,
        behind: Behind,
        limit: u32,
    ) -> Result<Vec<QueueRow>, Error> {
        let read =
            self.store.glance(move |tx| case_queue::page(tx, &whose, attention, &behind, limit));
        read.await
    }

    /// How many cases wait for whom, of all, of those of nobody, and of that person's.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn queue_counts(&self, me: Option<StaffId>) -> Result<QueueCounts, Error> {
        let now = self.clock.now();
        let read = self.store.read(move |tx| -> Result<QueueCounts, Error> {
            let mine = match &me {
                Some(me) => case_queue::counts(tx, &Whose::Of(me.clone()), now)?,
                None => Vec::new(),
            };
            Ok(QueueCounts {
                all: case_queue::counts(tx, &Whose::All, now)?,
                unassigned: case_queue::counts(tx, &Whose::Unassigned, now)?,
                mine,
            })
        });
        read.await
    }

    /// The cases of everything that the buyer of that order bought with the same e-mail address, the order's own among them;
    /// none where no address is known.
    ///
    /// # Errors
    /// [`BuyerError::UnknownOrder`] and [`BuyerError::Database`].
    pub async fn cases_of_buyer(&self, number: &str) -> Result<BuyerHistory, BuyerError> {
        let number = number.to_owned();
        let read = self.store.read(move |tx| -> Result<BuyerHistory, BuyerError> {
            let unknown = || BuyerError::UnknownOrder { number: number.clone() };
            let order = orders::find(tx, &number)?.ok_or_else(unknown)?;
            let buyer = buyers::get(tx, &order)?;
            let Some(email) = buyer.as_ref().and_then(|buyer| buyer.email()) else {
                return Ok(BuyerHistory::default());
            };
            let mut cases = case_queue::of_buyer(tx, email, HISTORY_CASES_MAX.saturating_add(1))?;
            let most = usize::try_from(HISTORY_CASES_MAX).unwrap_or(usize::MAX);
            let is_cut = cases.len() > most;
            cases.truncate(most);
            Ok(BuyerHistory { cases, is_cut })
        });
        read.await
    }

    /// The newest cases in which a serial was, at most [`HISTORY_CASES_MAX`].
    ///
    /// # Errors
    /// [`Error`].
    pub async fn cases_of_serial(&self, serial: &Serial) -> Result<Vec<CaseRow>, Error> {
        let serial = serial.clone();
        let read =
            self.store.read(move |tx| case_serials::cases_of(tx, &serial, HISTORY_CASES_MAX));
        read.await
    }
}
