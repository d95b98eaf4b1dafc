//! The walk along all chains that a server makes beside its requests: one at a time, and how far it is.
//!
//! It changes nothing, and what it found is this process's alone: whoever wants to know anew lets it walk again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use backhaul_store::audit::FINDINGS_MAX;
use backhaul_store::{Error, Finding};
use jiff::Timestamp;

use crate::Service;

/// How many orders are looked at in one transaction.
const ORDERS_A_PAGE: u32 = 64;

/// Where a walk stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Standing {
    /// There was none since the server was started.
    #[default]
    None,
    /// It is under way.
    Running,
    /// It has looked at every ledger.
    Done,
    /// The database failed.
    Failed,
}

/// How far it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    pub(crate) state: Standing,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    /// How many orders there were when it began.
    pub(crate) orders_there: i64,
    /// How many it has looked at.
    pub(crate) orders: u64,
    /// How many events are as they were written.
    pub(crate) events: u64,
    /// The first thing wrong in each ledger where something is.
    pub(crate) findings: Vec<Finding>,
}

/// The newest walk of a server. A clone is of the same one.
#[derive(Clone, Default)]
pub(crate) struct Verifying(Arc<Mutex<Progress>>);

impl Verifying {
    /// The newest one.
    pub(crate) fn newest(&self) -> Progress {
        self.lock().clone()
    }

    /// Begins one beside the requests; one that is under way goes on instead.
    pub(crate) fn begin(&self, service: &Service) {
        let mut progress = self.lock();
        if progress.state == Standing::Running {
            return;
        }
        let started_at = Some(service.app.now());
        *progress = Progress { state: Standing::Running, started_at, ..Progress::default() };
        drop(progress);
        let run = Run { verifying: self.clone(), service: service.clone(), is_done: false };
        // Whoever ends the server does not wait for it.
        drop(tokio::spawn(run.carry_out()));
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that is under way. However it ends, dropping it says so.
struct Run {
    verifying: Verifying,
    service: Service,
    is_done: bool,
}

impl Run {
    async fn carry_out(mut self) {
        match self.walk().await {
            Ok(()) => self.is_done = true,
            Err(error) => tracing::error!(error = %error, "the chains could not be verified"),
        }
    }

    async fn walk(&self) -> Result<(), Error> {
        let orders_there = self.service.app.order_count().await?;
        self.verifying.lock().orders_there = orders_there;
        let mut after = String::new();
        loop {
            let page = self.service.app.verify_page(&after, ORDERS_A_PAGE).await?;
            let mut progress = self.verifying.lock();
            progress.orders = progress.orders.saturating_add(page.orders);
            progress.events = progress.events.saturating_add(page.events);
            progress.findings.extend(page.findings);
            progress.findings.truncate(FINDINGS_MAX);
            drop(progress);
            match page.last {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let ended_at = Some(self.service.app.now());
        let mut progress = self.verifying.lock();
        progress.ended_at = ended_at;
        progress.state = if self.is_done { Standing::Done } else { Standing::Failed };
    }
}
