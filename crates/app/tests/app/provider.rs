//! A payment provider with a book of its own: what is in the book was paid, whatever anybody was told.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use backhaul_app::{
    ByReference, Capabilities, LookUp, Providers, RefundProvider, RefundRequest, SubmitAnswer,
};
use jiff::{SignedDuration, Timestamp};

use crate::desk::{Hand, id};

/// What happens to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing: it pays and says so.
    None,
    /// The request is lost.
    LoseRequest,
    /// It pays, and the reply is lost.
    LoseReply,
    /// It pays, fails then, and keeps the key only if it keeps those of errors.
    ErrorAfterPaying,
    /// The worker dies before the request is out.
    DieBefore,
    /// It pays, and the worker dies before it hears of it.
    DieAfter,
    /// It says that it will not pay.
    Refuse,
    /// It takes the refund on, and pays in so many hours.
    PayIn(i64),
    /// It takes the refund on, and refuses in so many hours.
    RefuseIn(i64),
}

/// One refund in the book.
#[derive(Clone, Debug)]
struct Entry {
    reference: String,
    at: Timestamp,
    outcome_at: Timestamp,
    pays: bool,
}

#[derive(Default)]
struct Book {
    entries: Vec<Entry>,
    keys: BTreeMap<String, (Timestamp, SubmitAnswer)>,
    faults: VecDeque<Fault>,
    before_paying: Option<Box<dyn FnOnce() + Send>>,
    before_replying: Option<Box<dyn FnOnce() + Send>>,
    calls: usize,
}

pub(crate) struct Fake {
    capabilities: Capabilities,
    /// Whether it knows a key again.
    keeps_keys: bool,
    /// How long a refund cannot be looked up.
    lag: SignedDuration,
    lookup_is_down_until: Mutex<Timestamp>,
    clock: Arc<Hand>,
    book: Mutex<Book>,
}

pub(crate) const PERSONALITIES: [&str; 5] =
    ["replays", "replays_and_exact", "forgets_but_exact", "forgets_and_stale", "nothing"];

impl Fake {
    pub(crate) fn new(personality: &str, clock: &Arc<Hand>) -> Arc<Self> {
        let day = SignedDuration::from_hours(24);
        let timeout = SignedDuration::from_secs(30);
        let (replays_errors, keeps_keys, lookup) = match personality {
            "replays" => (true, true, ByReference::None),
            "replays_and_exact" => (true, true, ByReference::Authoritative),
            "forgets_but_exact" => (false, true, ByReference::Authoritative),
            "forgets_and_stale" => (false, true, ByReference::Stale),
            "nothing" => (false, false, ByReference::None),
            other => panic!("no such personality: {other}"),
        };
        let key_lifetime = if keeps_keys { day } else { SignedDuration::ZERO };
        let capabilities =
            Capabilities { key_lifetime, replays_errors, lookup, caps_sum: false, timeout };
        let lag = match lookup {
            ByReference::Stale => SignedDuration::from_mins(30),
            _ => SignedDuration::ZERO,
        };
        Arc::new(Self {
            capabilities,
            keeps_keys,
            lag,
            lookup_is_down_until: Mutex::new(Timestamp::MIN),
            clock: Arc::clone(clock),
            book: Mutex::default(),
        })
    }

    /// With calls that may take longer.
    pub(crate) fn slow(personality: &str, clock: &Arc<Hand>, timeout: SignedDuration) -> Arc<Self> {
        let mut slow = Arc::into_inner(Self::new(personality, clock)).expect("nobody else has it");
        slow.capabilities.timeout = timeout;
        Arc::new(slow)
    }

    /// As the merchant's one provider.
    pub(crate) fn alone(self: &Arc<Self>) -> Providers {
        Providers::new().with(id("fake"), Arc::<Self>::clone(self)).with_default(id("fake"))
    }

    pub(crate) fn with_faults(self: Arc<Self>, faults: &[Fault]) -> Arc<Self> {
        self.book.lock().unwrap().faults.extend(faults);
        self
    }

    pub(crate) fn look_up_is_down_for(&self, duration: SignedDuration) {
        let until = self.clock.shown().checked_add(duration).unwrap();
        *self.lookup_is_down_until.lock().unwrap() = until;
    }

    /// Something happens while the next request is on its way.
    pub(crate) fn before_paying(&self, happens: impl FnOnce() + Send + 'static) {
        self.book.lock().unwrap().before_paying = Some(Box::new(happens));
    }

    /// Something happens while the next reply is on its way.
    pub(crate) fn before_replying(&self, happens: impl FnOnce() + Send + 'static) {
        self.book.lock().unwrap().before_replying = Some(Box::new(happens));
    }

    /// How often each reference was paid by now.
    pub(crate) fn paid(&self) -> BTreeMap<String, usize> {
        let now = self.clock.shown();
        let mut paid = BTreeMap::new();
        for entry in &self.book.lock().unwrap().entries {
            if entry.pays && entry.outcome_at <= now {
                *paid.entry(entry.reference.clone()).or_default() += 1;
            }
        }
        paid
    }

    pub(crate) fn calls(&self) -> usize {
        self.book.lock().unwrap().calls
    }

    fn standing(&self, entry: &Entry) -> SubmitAnswer {
        let reference = id("re_1");
        match (entry.outcome_at <= self.clock.shown(), entry.pays) {
            (false, _) => SubmitAnswer::Pending { reference },
            (true, true) => SubmitAnswer::Settled { reference },
            (true, false) => SubmitAnswer::Failed { reason_code: "closed".to_owned() },
        }
    }

    fn carry_out(&self, request: &RefundRequest, fault: Fault) -> SubmitAnswer {
        let mut book = self.book.lock().unwrap();
        let now = self.clock.shown();
        let key = request.key.as_str().to_owned();
        let known = book.keys.get(&key).filter(|(at, _)| {
            self.keeps_keys && now < at.checked_add(self.capabilities.key_lifetime).unwrap()
        });
        if let Some((_, answer)) = known {
            return answer.clone();
        }
        let (hours, pays) = match fault {
            Fault::Refuse => (0, false),
            Fault::PayIn(hours) => (hours, true),
            Fault::RefuseIn(hours) => (hours, false),
            _ => (0, true),
        };
        let outcome_at = now.checked_add(SignedDuration::from_hours(hours)).unwrap();
        let entry = Entry { reference: request.reference.clone(), at: now, outcome_at, pays };
        let answer = match fault {
            Fault::ErrorAfterPaying => SubmitAnswer::Unclear,
            _ => self.standing(&entry),
        };
        let is_error = matches!(answer, SubmitAnswer::Unclear | SubmitAnswer::Failed { .. });
        if self.capabilities.replays_errors || !is_error {
            book.keys.insert(key, (now, answer.clone()));
        }
        // What is refused at once is no refund that could be looked up.
        if fault != Fault::Refuse {
            book.entries.push(entry);
        }
        answer
    }
}

impl RefundProvider for Fake {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn submit(&self, request: &RefundRequest) -> SubmitAnswer {
        let (fault, pause) = {
            let mut book = self.book.lock().unwrap();
            book.calls += 1;
            (book.faults.pop_front().unwrap_or(Fault::None), book.before_paying.take())
        };
        if let Some(happens) = pause {
            happens();
        }
        match fault {
            Fault::LoseRequest => return SubmitAnswer::Unclear,
            Fault::DieBefore => panic!("the worker dies before the call"),
            _ => {}
        }
        let answer = self.carry_out(request, fault);
        let pause = self.book.lock().unwrap().before_replying.take();
        if let Some(happens) = pause {
            happens();
        }
        match fault {
            Fault::LoseReply => SubmitAnswer::Unclear,
            Fault::DieAfter => panic!("the worker dies after the call"),
            _ => answer,
        }
    }

    fn look_up(&self, request: &RefundRequest) -> LookUp {
        let now = self.clock.shown();
        if self.capabilities.lookup == ByReference::None
            || now < *self.lookup_is_down_until.lock().unwrap()
        {
            return LookUp::Unknown;
        }
        let book = self.book.lock().unwrap();
        let is_visible = |entry: &&Entry| {
            entry.reference == request.reference && entry.at.checked_add(self.lag).unwrap() <= now
        };
        // One that was paid is told of before one that was not.
        let found = book.entries.iter().filter(is_visible).max_by_key(|entry| entry.pays);
        found.map_or(LookUp::NotThere, |entry| LookUp::Found(self.standing(entry)))
    }
}
