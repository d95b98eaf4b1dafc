//! A payment provider with a book of its own: what is in the book was paid, whatever anybody was told.

use std::collections::BTreeMap;
use std::sync::Mutex;

use backhaul_app::{
    ByReference, Capabilities, LookUp, RefundProvider, RefundRequest, SubmitAnswer,
};
use backhaul_core::ledger::Reference;
use jiff::SignedDuration;

/// Every so often the reply is lost after it paid, so that it has to be looked up.
const REPLY_LOST_EVERY: usize = 7;

#[derive(Default)]
pub(crate) struct Provider(Mutex<Book>);

#[derive(Default)]
struct Book {
    calls: usize,
    /// Each refund by our reference: its key, its amount and how often it was paid.
    refunds: BTreeMap<String, (String, i64, usize)>,
}

impl Provider {
    pub(crate) fn paid_minor(&self) -> i64 {
        let book = self.0.lock().unwrap();
        book.refunds.values().map(|(_, minor, times)| minor * i64::try_from(*times).unwrap()).sum()
    }

    pub(crate) fn refunds(&self) -> usize {
        self.0.lock().unwrap().refunds.len()
    }

    pub(crate) fn calls(&self) -> usize {
        self.0.lock().unwrap().calls
    }

    pub(crate) fn paid_each_once(&self) -> bool {
        self.0.lock().unwrap().refunds.values().all(|(_, _, times)| *times == 1)
    }
}

fn settled() -> SubmitAnswer {
    SubmitAnswer::Settled { reference: Reference::new("re_1").unwrap() }
}

impl RefundProvider for Provider {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            key_lifetime: SignedDuration::from_hours(24),
            replays_errors: true,
            lookup: ByReference::Authoritative,
            caps_sum: false,
            timeout: SignedDuration::from_secs(30),
        }
    }

    fn submit(&self, request: &RefundRequest) -> SubmitAnswer {
        let mut book = self.0.lock().unwrap();
        book.calls += 1;
        let is_lost = book.calls.is_multiple_of(REPLY_LOST_EVERY);
        let key = request.key.as_str().to_owned();
        let entry = book.refunds.entry(request.reference.clone());
        let paid = entry.or_insert((key.clone(), request.amount.minor, 0));
        // The same key is the same refund, and another key another one, as providers have it.
        if paid.2 == 0 || paid.0 != key {
            paid.2 += 1;
        }
        if is_lost { SubmitAnswer::Unclear } else { settled() }
    }

    fn look_up(&self, request: &RefundRequest) -> LookUp {
        let book = self.0.lock().unwrap();
        let found = book.refunds.get(&request.reference);
        found.map_or(LookUp::NotThere, |_| LookUp::Found(settled()))
    }
}
