//! For who tries the desk: a provider that moves no money, pays at once, and keeps a book that survives a restart.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use backhaul_app::{
    ByReference, Capabilities, KnownRefund, LookUp, RefundProvider, RefundRequest, SubmitAnswer,
};
use backhaul_core::ledger::{PaymentId, Reference};
use backhaul_core::money::Money;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// The file within the folder.
const FILE: &str = "test-refunds.jsonl";
/// The most bytes of a book: tens of thousands of refunds.
const BOOK_BYTES_MAX: u64 = 16 << 20;

/// A book of refunds that nobody pays.
#[derive(Debug)]
pub struct TestBook {
    file: PathBuf,
}

/// One refund. Its number is that of its line.
#[derive(Serialize, Deserialize)]
struct Entry {
    reference: String,
    payment: PaymentId,
    amount: Money,
}

impl TestBook {
    /// The book in that folder, empty where there is none.
    ///
    /// # Errors
    /// Where it cannot be made or read.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let book = Self { file: folder.join(FILE) };
        book.with_entries(|_, _| Ok(()))?;
        // So that the file itself is there after a power cut.
        File::open(folder)?.sync_all()?;
        Ok(book)
    }

    /// Shows the entries while no other thread or process has the book.
    fn with_entries<T>(
        &self,
        then: impl FnOnce(&mut File, Vec<Entry>) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut options = OpenOptions::new();
        let mut file =
            options.read(true).write(true).create(true).truncate(false).open(&self.file)?;
        file.lock()?;
        if file.metadata()?.len() > BOOK_BYTES_MAX {
            return Err(io::Error::other("the book is full: begin a new one"));
        }
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        // A last line without its end was being written as the process died, and nobody was told of it.
        let whole = text.rfind('\n').map_or(0, |end| end.saturating_add(1));
        let lines = text.get(..whole).unwrap_or_default().lines();
        let entries = lines.map(serde_json::from_str).collect::<Result<_, _>>()?;
        let end = u64::try_from(whole).map_err(io::Error::other)?;
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        then(&mut file, entries)
    }

    fn pay(&self, request: &RefundRequest) -> io::Result<SubmitAnswer> {
        self.with_entries(|file, entries| {
            if let Some(known) = find(&entries, request) {
                return Ok(known);
            }
            let entry = Entry {
                reference: request.reference.clone(),
                payment: request.payment.clone(),
                amount: request.amount,
            };
            let line = serde_json::to_string(&entry)?;
            file.write_all(format!("{line}\n").as_bytes())?;
            file.sync_all()?;
            Ok(settled(entries.len()))
        })
    }
}

fn find(entries: &[Entry], request: &RefundRequest) -> Option<SubmitAnswer> {
    let place = entries.iter().position(|entry| entry.reference == request.reference)?;
    let is_same = entries
        .get(place)
        .is_some_and(|entry| entry.payment == request.payment && entry.amount == request.amount);
    Some(if is_same { settled(place) } else { SubmitAnswer::Unclear })
}

fn settled(place: usize) -> SubmitAnswer {
    let name = format!("test_{}", place.saturating_add(1));
    match Reference::new(&name) {
        Ok(reference) => SubmitAnswer::Settled { reference },
        Err(_) => SubmitAnswer::Unclear,
    }
}

impl RefundProvider for TestBook {
    /// The book is read under a lock and synced before it answers, and one reference has one line: so what it does not find is
    /// not there, and it never pays twice. Of sums it knows nothing, and a disk may be slow.
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            key_lifetime: SignedDuration::MAX,
            replays_errors: true,
            lookup: ByReference::Authoritative,
            caps_sum: false,
            timeout: SignedDuration::from_secs(30),
        }
    }

    fn submit(&self, request: &RefundRequest) -> SubmitAnswer {
        self.pay(request).unwrap_or(SubmitAnswer::Unclear)
    }

    fn look_up(&self, request: &RefundRequest) -> LookUp {
        match self.with_entries(|_, entries| Ok(find(&entries, request))) {
            Ok(Some(SubmitAnswer::Unclear)) => LookUp::Differs,
            Ok(Some(answer)) => LookUp::Found(answer),
            Ok(None) => LookUp::NotThere,
            Err(_) => LookUp::Unknown,
        }
    }

    fn refunds_of(&self, payment: &PaymentId) -> Option<Vec<KnownRefund>> {
        let entries = self.with_entries(|_, entries| Ok(entries)).ok()?;
        let of_payment = entries.into_iter().filter(|entry| entry.payment == *payment);
        let known = of_payment.map(|entry| KnownRefund {
            reference: Some(entry.reference),
            amount_minor: entry.amount.minor,
        });
        Some(known.collect())
    }
}
