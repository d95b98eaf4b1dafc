//! `audit verify`: walks along every chain of hashes and names the first event of each ledger that is not as it was
//! written (invariant `tamper-evident`; [`crate::Head`] says what no chain can find out).

use crate::chain::{Finding, Head, Tampering};
use crate::error::Error;
use crate::hash::Hash;
use crate::store::Store;
use crate::tx::Tx;
use crate::values;
use crate::walk::{sealed, walk};

/// How many orders are looked at in one transaction, so that none stays open for long.
const ORDERS_A_PAGE: u32 = 64;
/// The most findings of one report; a database with more was not changed by hand in a few places.
pub const FINDINGS_MAX: usize = 1_000;

/// What an audit of all ledgers came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many orders were looked at.
    pub orders: u64,
    /// How many of their events are as they were written.
    pub events: u64,
    /// The first thing wrong in each ledger where something is, up to [`FINDINGS_MAX`] of them.
    pub findings: Vec<Finding>,
}

/// Verifies every ledger, a page at a time; others may go on working meanwhile.
///
/// # Errors
/// [`Error`].
pub fn verify(store: &Store) -> Result<Report, Error> {
    let mut report = Report::default();
    let mut after = String::new();
    loop {
        let from = after.clone();
        let page = store.read(move |tx| verify_page(tx, &from, ORDERS_A_PAGE)).wait()?;
        report.orders = report.orders.saturating_add(page.orders);
        report.events = report.events.saturating_add(page.events);
        report.findings.extend(page.findings);
        report.findings.truncate(FINDINGS_MAX);
        match page.last {
            Some(last) => after = last,
            None => return Ok(report),
        }
    }
}

/// Verifies one ledger.
///
/// # Errors
/// [`Error`].
pub fn verify_order(tx: &mut dyn Tx, order: &str) -> Result<Option<Finding>, Error> {
    let mut page = Page::default();
    page.look_at(tx, order)?;
    Ok(page.findings.pop())
}

/// What an audit of some ledgers came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// How many orders were looked at.
    pub orders: u64,
    /// How many of their events are as they were written.
    pub events: u64,
    /// The first thing wrong in each ledger where something is.
    pub findings: Vec<Finding>,
    /// The id of the last order; nothing where there was none, and the audit is over.
    pub last: Option<String>,
}

/// Verifies the ledgers of the orders behind that id, at most so many; the first page, behind the empty text, also names ledgers
/// whose order is gone.
///
/// # Errors
/// [`Error`].
pub fn verify_page(tx: &mut dyn Tx, after: &str, limit: u32) -> Result<Page, Error> {
    let orders = tx.all(
        "select order_id from ledger_order where order_id > $1 order by order_id limit $2",
        values![after, i64::from(limit)],
        |row| Ok(row.text(0)?.to_owned()),
    )?;
    let mut page = Page::default();
    if after.is_empty() {
        page.findings = without_order(tx)?;
    }
    for order in orders {
        page.look_at(tx, &order)?;
        page.last = Some(order);
    }
    Ok(page)
}

impl Page {
    fn look_at(&mut self, tx: &mut dyn Tx, order: &str) -> Result<(), Error> {
        let Some(walked) = walk(tx, order, &mut |_| {})? else { return Ok(()) };
        self.orders = self.orders.saturating_add(1);
        let holding = u64::try_from(walked.head.seq).unwrap_or(0);
        self.events = self.events.saturating_add(holding);
        if let Some(mut finding) = walked.finding() {
            if matches!(finding.what, Tampering::Changed | Tampering::Removed) {
                finding.what = elsewhere(tx, order, walked.head)?.unwrap_or(finding.what);
            }
            self.findings.push(finding);
        }
        Ok(())
    }
}

/// Looks for the event that belongs behind the head at all other places of the ledger.
fn elsewhere(tx: &mut dyn Tx, order: &str, head: Head) -> Result<Option<Tampering>, Error> {
    let seq = head.seq.saturating_add(1);
    let mut found = None;
    tx.each(
        "select seq, at_us, kind, body, hash from ledger_event where order_id = $1 order by seq",
        values![order],
        &mut |row| {
            let mut event = sealed(order, row, 0)?;
            let stands_at = event.seq;
            event.seq = seq;
            if stands_at != seq && row.text(4)?.parse() == Ok(Hash::of_event(&head.hash, &event)) {
                found = Some(Tampering::Reordered { stands_at });
            }
            Ok(())
        },
    )?;
    Ok(found)
}

/// Ledgers whose order is gone, which the tables refuse unless someone switched their rules off.
fn without_order(tx: &mut dyn Tx) -> Result<Vec<Finding>, Error> {
    tx.all(
        "select order_id, min(seq) from ledger_event e
         where not exists (select 1 from ledger_order o where o.order_id = e.order_id)
         group by order_id order by order_id limit $1",
        values![i64::try_from(FINDINGS_MAX).unwrap_or(i64::MAX)],
        |row| {
            let (order, seq) = (row.text(0)?.to_owned(), row.int(1)?);
            Ok(Finding { order, seq, what: Tampering::HeadRemoved })
        },
    )
}
