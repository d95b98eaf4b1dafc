//! What happened, in order: the oracle of the tests.
//!
//! Each line of the file is one entry. It is appended and synced before anything that follows from it is answered, and
//! never changed. A last line without its end was being written as the process died; what it would have said did not
//! happen, and it is cut off when the file is opened again.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fault::{Fault, FaultRule};
use crate::personality::Personality;
use crate::state::Status;

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// From 1, without a gap.
    pub seq: u64,
    /// The zoo's clock, in seconds since 1970.
    pub at: i64,
    /// Whom it concerns; `None` where it concerns all.
    pub personality: Option<Personality>,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What may happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A test said that a buyer had paid.
    PaymentCreated {
        /// The provider's id of the payment.
        payment: String,
        /// A second id of it, where the shape has one.
        charge: Option<String>,
        /// How much was captured.
        captured_minor: i64,
        /// Three letters.
        currency: String,
    },
    /// A request for a refund arrived at the door.
    RequestReceived {
        /// Its number.
        request: u64,
        /// The key it carried.
        key: Option<String>,
        /// What strikes it.
        struck: Vec<Fault>,
    },
    /// The network delivered that request once more.
    RequestReplayed {
        /// Its number.
        request: u64,
    },
    /// Money moved, or will: this is the effect.
    RefundCreated {
        /// The request that asked for it.
        request: u64,
        /// Its id.
        refund: String,
        /// The payment it is taken from.
        payment: String,
        /// How much.
        amount_minor: i64,
        /// Three letters.
        currency: String,
        /// The caller's own reference.
        reference: Option<String>,
        /// The rest of what the caller attached.
        metadata: BTreeMap<String, String>,
        /// Where it starts.
        status: Status,
        /// What becomes of it by the clock alone: the moment, and what it is then.
        coming: Vec<(i64, Status)>,
        /// The key it was asked for under, and the fingerprint of the parameters.
        key: Option<(String, String)>,
    },
    /// A refund became something else.
    RefundChanged {
        /// Its id.
        refund: String,
        /// What it is now.
        status: Status,
    },
    /// A request was answered, or would have been.
    Answered {
        /// Its number.
        request: u64,
        /// The status that was answered.
        status: u16,
        /// Whether the connection was closed instead.
        dropped: bool,
    },
    /// A key keeps an answer.
    KeyKept {
        /// The key.
        key: String,
        /// The fingerprint of the parameters.
        fingerprint: String,
        /// The status that is answered again.
        status: u16,
        /// The body that is answered again.
        body: Value,
    },
    /// A key is forgotten, although a refund may have been made under it.
    KeyForgotten {
        /// The key.
        key: String,
    },
    /// A test said where webhooks go.
    WebhookTargetSet {
        /// An address on this machine.
        url: String,
        /// What signs them.
        secret: String,
    },
    /// There is something to tell.
    WebhookMade {
        /// The event's id.
        webhook: String,
        /// The text that is delivered.
        body: String,
    },
    /// A webhook was sent.
    WebhookSent {
        /// The event's id.
        webhook: String,
        /// Whether it was forged.
        forged: bool,
        /// What the receiver answered; `None` if nothing.
        answered: Option<u16>,
    },
    /// A test asked for a fault.
    FaultSet {
        /// Which.
        rule: FaultRule,
    },
    /// A test took all faults back.
    FaultsCleared,
    /// A test said how looking up goes.
    LookupSet {
        /// How far behind it is.
        stale_seconds: i64,
        /// Whether it is down.
        down: bool,
    },
    /// A test advanced the clock.
    ClockAdvanced {
        /// By how much.
        seconds: i64,
    },
}

/// The entries of a ledger file, as they stand.
///
/// # Errors
///
/// If the file cannot be read, or holds a line that is no entry.
pub fn read(path: &Path) -> anyhow::Result<Vec<Entry>> {
    let text = std::fs::read_to_string(path).context("the ledger cannot be read")?;
    whole_lines(&text).lines().map(parse).collect()
}

fn parse(line: &str) -> anyhow::Result<Entry> {
    serde_json::from_str(line)
        .with_context(|| format!("the ledger holds a line that is no entry: {line}"))
}

/// Everything up to the end of the last whole line.
fn whole_lines(text: &str) -> &str {
    text.rsplit_once('\n').map_or("", |(whole, _)| whole)
}

/// The file, open for appending and for nobody else.
#[derive(Debug)]
pub(crate) struct LedgerFile {
    file: File,
    next_seq: u64,
}

impl LedgerFile {
    pub(crate) fn open(path: &Path) -> anyhow::Result<(Self, Vec<Entry>)> {
        let mut options = OpenOptions::new();
        let options = options.create(true).truncate(false).read(true).write(true);
        let mut file = options.open(path).context("the ledger cannot be opened")?;
        file.try_lock().context("another zoo writes this ledger")?;
        let mut text = String::new();
        file.read_to_string(&mut text).context("the ledger cannot be read")?;
        let entries: Vec<_> = whole_lines(&text).lines().map(parse).collect::<Result<_, _>>()?;
        let whole = if entries.is_empty() { 0 } else { whole_lines(&text).len().saturating_add(1) };
        file.set_len(u64::try_from(whole)?)?;
        file.seek(SeekFrom::End(0))?;
        file.sync_all()?;
        let next_seq = entries.last().map_or(1, |entry| entry.seq.saturating_add(1));
        Ok((Self { file, next_seq }, entries))
    }

    /// Appends and syncs. A zoo that cannot write what happened is worth nothing, and ends.
    pub(crate) fn append(
        &mut self,
        at: i64,
        personality: Option<Personality>,
        event: Event,
    ) -> Entry {
        let entry = Entry { seq: self.next_seq, at, personality, event };
        if let Err(error) = self.write(&entry) {
            eprintln!("the ledger cannot be written: {error}");
            std::process::exit(1);
        }
        self.next_seq = self.next_seq.saturating_add(1);
        entry
    }

    fn write(&mut self, entry: &Entry) -> std::io::Result<()> {
        let mut line = serde_json::to_string(entry)?;
        line.push('\n');
        self.file.write_all(line.as_bytes())?;
        self.file.sync_data()
    }
}
