//! What people look for: a case, an order by its number or the beginning of it, a serial, or a buyer by the whole address or the
//! beginning of the name or of its last word. Each is one look into an index.

use backhaul_core::ledger::{CaseId, Serial};
use backhaul_store::case_index::{self, CaseRow};
use backhaul_store::orders::{self, Place};
use backhaul_store::{Error, OrderId, Tx, buyers, serials};

use crate::{App, Email};

/// The most orders, and the most cases, that a search finds.
pub const SEARCH_ROWS_MAX: u32 = 20;
/// The most characters that are looked for: those of the longest thing that can be found.
pub const SEARCH_CHARS_MAX: usize = 254;

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Orders, each once; those that are called just so first.
    pub orders: Vec<Place>,
    /// The cases of these orders; the one that is called just so first.
    pub cases: Vec<CaseRow>,
    /// Whether there may be more orders or cases than these.
    pub is_cut: bool,
}

impl App {
    /// Looks for orders and cases, at most [`SEARCH_ROWS_MAX`] of each. Buyers are looked for only where `with_buyers` says so.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn search(&self, text: &str, with_buyers: bool) -> Result<Found, Error> {
        let text = text.trim().to_owned();
        let is_searchable = (1..=SEARCH_CHARS_MAX).contains(&text.chars().count())
            && !text.chars().any(char::is_control);
        if !is_searchable {
            return Ok(Found::default());
        }
        self.store.read(move |tx| find(tx, &text, with_buyers)).await
    }

    /// The orders that a serial was shipped with; more than one where a unit was sold again.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn orders_of_serial(&self, serial: &Serial) -> Result<Vec<Place>, Error> {
        let serial = serial.clone();
        let read = self.store.read(move |tx| {
            let ids = serials::orders_of(tx, &serial)?;
            places(tx, &ids)
        });
        read.await
    }
}

fn find(tx: &mut dyn Tx, text: &str, with_buyers: bool) -> Result<Found, Error> {
    let mut found = Found::default();
    if let Ok(case) = CaseId::new(text)
        && let Some(row) = case_index::get(tx, &case)?
    {
        found.orders.extend(orders::place_of(tx, &row.order)?);
        found.cases.push(row);
    }
    let limit = SEARCH_ROWS_MAX.saturating_add(1);
    let mut more = orders::beginning(tx, text, limit)?;
    if let Ok(serial) = Serial::new(text) {
        let ids = serials::orders_of(tx, &serial)?;
        more.extend(places(tx, &ids)?);
    }
    if with_buyers && let Ok(email) = Email::new(text) {
        let ids = buyers::orders_of(tx, &email, limit)?;
        more.extend(places(tx, &ids)?);
    }
    if with_buyers {
        let ids = buyers::named(tx, text, limit)?;
        more.extend(places(tx, &ids)?);
    }
    for place in more {
        if !found.orders.iter().any(|known| known.id == place.id) {
            found.orders.push(place);
        }
    }
    let rows_max = usize::try_from(SEARCH_ROWS_MAX).unwrap_or(usize::MAX);
    found.is_cut = found.orders.len() > rows_max;
    found.orders.truncate(rows_max);
    for place in &found.orders {
        for row in case_index::of_order(tx, &place.id)? {
            if !found.cases.iter().any(|known| known.case == row.case) {
                found.cases.push(row);
            }
        }
    }
    found.is_cut |= found.cases.len() > rows_max;
    found.cases.truncate(rows_max);
    Ok(found)
}

fn places(tx: &mut dyn Tx, ids: &[OrderId]) -> Result<Vec<Place>, Error> {
    let mut places = Vec::new();
    for id in ids {
        places.extend(orders::place_of(tx, id)?);
    }
    Ok(places)
}
