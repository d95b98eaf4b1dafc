//! The reconciliation that a server runs beside its requests: one at a time, and how far it is.
//!
//! What it found out is in the ledgers; its progress is this process's alone, and gone when that ends.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use backhaul_app::Reconciled;
use jiff::Timestamp;

use crate::Service;

/// Where a reconciliation stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Standing {
    /// There was none since the server was started.
    #[default]
    None,
    /// It asks the providers.
    Running,
    /// It has asked about everything.
    Done,
    /// The database failed, or we made a mistake; what it recorded by then stays.
    Failed,
}

impl Standing {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// How far it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    pub(crate) state: Standing,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    /// The counts so far; the findings once it is done.
    pub(crate) done: Reconciled,
}

/// The newest reconciliation of a server. A clone is of the same one.
#[derive(Clone, Default)]
pub(crate) struct Reconciling(Arc<Mutex<Progress>>);

impl Reconciling {
    /// The newest one.
    pub(crate) fn newest(&self) -> Progress {
        self.lock().clone()
    }

    /// Begins one on a thread of its own; nothing where one runs already.
    pub(crate) fn begin(&self, service: &Service) -> Option<Progress> {
        let mut progress = self.lock();
        if progress.state == Standing::Running {
            return None;
        }
        let started_at = Some(service.app.now());
        *progress = Progress { state: Standing::Running, started_at, ..Progress::default() };
        let begun = progress.clone();
        drop(progress);
        let run = Run { reconciling: self.clone(), service: service.clone(), outcome: None };
        // Whoever ends the server does not wait for it: it can be asked again.
        drop(tokio::task::spawn_blocking(move || run.carry_out()));
        Some(begun)
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that runs. However it ends, dropping it says so.
struct Run {
    reconciling: Reconciling,
    service: Service,
    outcome: Option<Reconciled>,
}

impl Run {
    fn carry_out(mut self) {
        let mut watch = |done: &Reconciled| {
            let Reconciled { orders, instructions, recorded, findings_count, .. } = *done;
            let so_far = Reconciled {
                orders,
                instructions,
                recorded,
                findings_count,
                ..Reconciled::default()
            };
            self.reconciling.lock().done = so_far;
        };
        match self.service.app.reconcile_watched(&self.service.providers, &mut watch) {
            Ok(done) => self.outcome = Some(done),
            Err(error) => tracing::error!(error = %error, "a reconciliation failed"),
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let ended_at = Some(self.service.app.now());
        let mut progress = self.reconciling.lock();
        progress.ended_at = ended_at;
        match self.outcome.take() {
            Some(done) => (progress.state, progress.done) = (Standing::Done, done),
            None => progress.state = Standing::Failed,
        }
    }
}
