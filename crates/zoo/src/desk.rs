//! The zoo's one desk: ledger, clock, and what each personality knows. Whoever holds the lock acts alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::ledger::{Event, LedgerFile};
use crate::personality::Personality;
use crate::shape::{self, Change};
use crate::state::{Refund, State, Status};

/// A webhook that is to be delivered.
#[derive(Debug, Clone)]
pub(crate) struct ToTell {
    pub(crate) personality: Personality,
    pub(crate) webhook: String,
}

#[derive(Debug)]
pub(crate) struct Desk {
    file: LedgerFile,
    pub(crate) clock: Clock,
    states: BTreeMap<Personality, State>,
    /// Keys whose first request still runs.
    pub(crate) in_use: BTreeSet<(Personality, String)>,
    /// Webhooks that wait until the next one of their personality was delivered.
    pub(crate) reordered: Vec<ToTell>,
    /// Requests and webhooks under way, and how many of them a test holds.
    pub(crate) running: usize,
    pub(crate) held: usize,
}

/// Everything that requests share.
#[derive(Debug)]
pub(crate) struct Zoo {
    desk: Mutex<Desk>,
    /// Wakes what a test holds.
    pub(crate) released: Notify,
    /// Wakes who waits for `running` or `held` to change.
    pub(crate) changed: Notify,
}

impl Zoo {
    pub(crate) fn open(
        ledger: &Path,
        fixed: Option<i64>,
        played: &[Personality],
    ) -> anyhow::Result<Arc<Self>> {
        let (file, entries) = LedgerFile::open(ledger)?;
        let mut desk = Desk {
            file,
            clock: Clock { fixed, ahead_seconds: 0 },
            states: played.iter().map(|each| (*each, State::new(*each))).collect(),
            in_use: BTreeSet::new(),
            reordered: Vec::new(),
            running: 0,
            held: 0,
        };
        for entry in entries {
            if let (Event::RequestReceived { .. }, Some(personality)) =
                (&entry.event, entry.personality)
            {
                // So that chance goes on where it was.
                desk.states.get_mut(&personality).map(|state| state.faults.draw());
            }
            desk.apply(entry.at, entry.personality, &entry.event);
        }
        let (released, changed) = (Notify::new(), Notify::new());
        Ok(Arc::new(Self { desk: Mutex::new(desk), released, changed }))
    }

    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        // Whoever panicked had not yet written what it wanted to.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts something as under way until it is dropped.
    pub(crate) fn start(self: &Arc<Self>) -> Underway {
        let mut desk = self.desk();
        desk.running = desk.running.saturating_add(1);
        Underway(Arc::clone(self))
    }

    /// Waits until a test releases what it holds.
    pub(crate) async fn hold(&self) {
        // Taken before the hold is seen, so that no release can be missed.
        let released = self.released.notified();
        self.count_held(1);
        released.await;
        self.count_held(-1);
    }

    fn count_held(&self, more: isize) {
        {
            let mut desk = self.desk();
            desk.held = desk.held.saturating_add_signed(more);
        }
        self.changed.notify_waiters();
    }
}

/// Something under way.
#[derive(Debug)]
pub(crate) struct Underway(Arc<Zoo>);

impl Drop for Underway {
    fn drop(&mut self) {
        {
            let mut desk = self.0.desk();
            desk.running = desk.running.saturating_sub(1);
        }
        self.0.changed.notify_waiters();
    }
}

impl Desk {
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    pub(crate) fn state(&self, personality: Personality) -> Option<&State> {
        self.states.get(&personality)
    }

    pub(crate) fn state_mut(&mut self, personality: Personality) -> Option<&mut State> {
        self.states.get_mut(&personality)
    }

    /// Writes down what happened, and then lets it be so.
    pub(crate) fn record(&mut self, personality: Option<Personality>, event: Event) {
        let entry = self.file.append(self.now(), personality, event);
        self.apply(entry.at, personality, &entry.event);
    }

    fn apply(&mut self, at: i64, personality: Option<Personality>, event: &Event) {
        if let Event::ClockAdvanced { seconds } = event {
            self.clock.ahead_seconds = self.clock.ahead_seconds.saturating_add(*seconds);
        }
        if let Some(state) = personality.and_then(|personality| self.states.get_mut(&personality)) {
            state.apply(at, event);
        }
    }

    /// Lets everything happen that the clock has reached; what there is to tell of it is returned.
    pub(crate) fn catch_up(&mut self) -> Vec<ToTell> {
        let mut to_tell = Vec::new();
        while let Some((personality, refund, status)) = self.next_due() {
            to_tell.extend(self.change_refund(personality, &refund, status));
        }
        to_tell
    }

    /// The change that was due first.
    fn next_due(&self) -> Option<(Personality, String, Status)> {
        let now = self.now();
        let coming = self.states.iter().flat_map(|(personality, state)| {
            let awaited = state.awaited.iter().filter_map(|place| state.refunds.get(*place));
            awaited.filter_map(|refund| {
                let (due, status) = *refund.coming.first()?;
                (due <= now).then(|| (due, *personality, refund.id.clone(), status))
            })
        });
        let first = coming.min_by_key(|(due, ..)| *due);
        first.map(|(_, personality, refund, status)| (personality, refund, status))
    }

    pub(crate) fn change_refund(
        &mut self,
        personality: Personality,
        refund: &str,
        status: Status,
    ) -> Option<ToTell> {
        let event = Event::RefundChanged { refund: refund.to_owned(), status };
        self.record(Some(personality), event);
        let refund = self.state(personality)?.refund(refund)?.clone();
        let change = if status == Status::Failed { Change::Failed } else { Change::Settled };
        self.make_webhook(personality, &refund, change)
    }

    /// Writes a webhook down, where the personality tells of such a change and somebody listens.
    pub(crate) fn make_webhook(
        &mut self,
        personality: Personality,
        refund: &Refund,
        change: Change,
    ) -> Option<ToTell> {
        let now = self.now();
        let state = self.state(personality)?;
        state.webhook_url.as_ref()?;
        let id = format!("evt_{:06}", state.webhooks.len().saturating_add(1));
        let body = shape::of(personality).webhook(&id, now, refund, change)?.to_string();
        self.record(Some(personality), Event::WebhookMade { webhook: id.clone(), body });
        Some(ToTell { personality, webhook: id })
    }
}
