//! Threads that work on jobs: each kind is looked at once a second while there is nothing to do, at once while there is,
//! and less and less often while it fails.
//!
//! What a kind of job does, and that nothing is done twice, is the application's; here is only when it is asked.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};

use crate::clock::ticks;

/// How long a kind without work is left alone.
const IDLE: Duration = Duration::from_secs(1);
/// How soon a kind may be looked at again because something has happened.
const WAKE: Duration = Duration::from_millis(50);
/// The longest pause of a kind that fails and fails.
const BACK_OFF_MAX: Duration = Duration::from_mins(1);

/// One kind of work.
pub(crate) struct Work {
    /// Its name in logs and metrics.
    pub(crate) kind: &'static str,
    /// Does a piece of it, under a worker's name; says whether there was one.
    pub(crate) run: Run,
}

/// One look at a kind of work.
pub(crate) type Run = Box<dyn Fn(&str) -> Result<bool> + Send + Sync>;

/// When a kind is to be looked at.
struct Slot {
    due: Instant,
    looked_at: Instant,
    /// The last look found something, so that several threads may look at once.
    is_busy: bool,
    failures: u32,
}

struct Board {
    slots: Vec<Slot>,
    is_ending: bool,
}

struct Shared {
    list: Vec<Work>,
    board: Mutex<Board>,
    changed: Condvar,
}

/// The running threads.
pub(crate) struct Workers {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// Tells the threads that there may be work. A clone tells the same ones.
#[derive(Clone)]
pub(crate) struct Waker(Option<Arc<Shared>>);

impl Waker {
    /// One that tells nobody.
    pub(crate) const fn nobody() -> Self {
        Self(None)
    }

    /// Lets every kind be looked at soon; as often as it is called, no kind is looked at more than twenty times a second
    /// for it.
    pub(crate) fn wake(&self) {
        let Some(shared) = &self.0 else { return };
        let mut board = shared.board();
        for slot in board.slots.iter_mut().filter(|slot| slot.failures == 0) {
            slot.due = slot.due.min(later(slot.looked_at, WAKE));
        }
        drop(board);
        shared.changed.notify_one();
    }
}

impl Workers {
    /// Starts the threads, each with a name of its own that begins with `name`.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub(crate) fn start(list: Vec<Work>, threads: u64, name: &str) -> Result<Self> {
        let now = ticks();
        let slot = |_: &Work| Slot { due: now, looked_at: now, is_busy: false, failures: 0 };
        let slots = list.iter().map(slot).collect();
        let board = Mutex::new(Board { slots, is_ending: false });
        let shared = Arc::new(Shared { list, board, changed: Condvar::new() });
        let mut workers = Self { shared, threads: Vec::new() };
        // Without work there is nothing to wait for.
        let threads = if workers.shared.list.is_empty() { 0 } else { threads };
        for number in 1..=threads {
            let (shared, name) = (workers.shared.clone(), format!("{name}-{number}"));
            let thread = thread::Builder::new().name(format!("worker-{number}"));
            let thread = thread.spawn(move || shared.work(&name));
            workers.threads.push(thread.context("the system gives no more threads")?);
        }
        Ok(workers)
    }

    /// What wakes them.
    pub(crate) fn waker(&self) -> Waker {
        Waker(Some(self.shared.clone()))
    }

    /// Lets every thread end what it is doing, up to a limit; says whether all did.
    pub(crate) fn stop(self, limit: Duration) -> bool {
        let until = later(ticks(), limit);
        self.shared.board().is_ending = true;
        self.shared.changed.notify_all();
        let (ended, all_ended) = std::sync::mpsc::channel::<()>();
        let threads = self.threads;
        let joiner = thread::Builder::new().spawn(move || {
            for thread in threads {
                let _ = thread.join();
            }
            drop(ended);
        });
        let left = until.saturating_duration_since(ticks());
        // Nothing is ever sent: that nobody can send any more is the message.
        joiner.is_ok()
            && all_ended.recv_timeout(left) == Err(std::sync::mpsc::RecvTimeoutError::Disconnected)
    }
}

impl Shared {
    fn board(&self) -> MutexGuard<'_, Board> {
        // The board is whole at every moment, so a panic elsewhere does not spoil it.
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, name: &str) {
        while let Some(next) = self.next() {
            if let Some(work) = self.list.get(next) {
                let outcome = run(work, name);
                self.note(next, work.kind, &outcome);
            }
        }
    }

    /// Waits for a kind that is due, and takes it; nothing once the threads are to end.
    fn next(&self) -> Option<usize> {
        let mut board = self.board();
        loop {
            if board.is_ending {
                return None;
            }
            let now = ticks();
            let first = board.slots.iter_mut().enumerate().min_by_key(|(_, slot)| slot.due)?;
            if first.1.due <= now {
                let (next, slot) = first;
                slot.looked_at = now;
                // Others take a further piece of it meanwhile only if there was one the last time; and it stands behind the
                // kinds that wait, so that none is kept waiting by a busy one.
                let pause = if slot.is_busy { Duration::from_nanos(1) } else { IDLE };
                slot.due = later(now, pause);
                return Some(next);
            }
            let pause = first.1.due.saturating_duration_since(now);
            let waited = self.changed.wait_timeout(board, pause);
            board = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn note(&self, place: usize, kind: &'static str, outcome: &Result<bool>) {
        let now = ticks();
        let mut board = self.board();
        let Some(slot) = board.slots.get_mut(place) else { return };
        match outcome {
            Ok(true) => {
                slot.failures = 0;
                slot.is_busy = true;
                slot.due = now;
            }
            Ok(false) => {
                slot.failures = 0;
                slot.is_busy = false;
                slot.due = later(now, IDLE);
            }
            Err(error) => {
                slot.failures = slot.failures.saturating_add(1);
                slot.is_busy = false;
                let pause = back_off(slot.failures);
                slot.due = later(now, pause);
                let again_seconds = pause.as_secs();
                tracing::error!(job.kind = kind, again_seconds, "a job failed: {error:#}");
            }
        }
        drop(board);
        self.changed.notify_one();
    }
}

fn run(work: &Work, name: &str) -> Result<bool> {
    let started = ticks();
    let span = tracing::info_span!("job", job.kind = work.kind);
    let outcome = span.in_scope(|| {
        // What a piece of work leaves half-done is in the database, and there nothing is half-done.
        catch_unwind(AssertUnwindSafe(|| (work.run)(name))).unwrap_or_else(|_| {
            Err(anyhow!("it stopped in the middle, which is a mistake of ours"))
        })
    });
    let told = match outcome {
        Ok(true) => "done",
        Ok(false) => return outcome,
        Err(_) => "failed",
    };
    metrics::counter!("backhaul_jobs_total", "kind" => work.kind, "outcome" => told).increment(1);
    metrics::histogram!("backhaul_job_seconds", "kind" => work.kind).record(started.elapsed());
    outcome
}

/// Doubled at each further failure.
fn back_off(failures: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(failures.saturating_sub(1).min(10));
    IDLE.saturating_mul(doubled).min(BACK_OFF_MAX)
}

fn later(from: Instant, pause: Duration) -> Instant {
    from.checked_add(pause).unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Arc, Barrier, mpsc};
    use std::time::Duration;

    use anyhow::{Result, anyhow};

    use super::{BACK_OFF_MAX, Work, Workers, back_off};

    const SOON: Duration = Duration::from_secs(20);

    fn work(run: impl Fn(&str) -> Result<bool> + Send + Sync + 'static) -> Work {
        Work { kind: "test", run: Box::new(run) }
    }

    #[test]
    fn a_list_of_work_is_worked_off_without_pauses() {
        let (left, (done, told)) = (AtomicU32::new(1_000), mpsc::channel());
        let list = vec![work(move |_| {
            let took =
                left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
            if took == Ok(1) {
                done.send(())?;
            }
            Ok(took.is_ok())
        })];
        let workers = Workers::start(list, 2, "w").unwrap();
        // With a pause after each piece it would take a quarter of an hour.
        told.recv_timeout(SOON).unwrap();
        assert!(workers.stop(SOON));
    }

    #[test]
    fn several_threads_work_on_one_busy_kind() {
        let (both, (done, told)) = (Arc::new(Barrier::new(2)), mpsc::channel());
        let calls = AtomicU32::new(0);
        let list = vec![work(move |name| match calls.fetch_add(1, Ordering::SeqCst) {
            0 => Ok(true),
            1 | 2 => {
                // Passed only by two at once.
                both.wait();
                done.send(name.to_owned())?;
                Ok(true)
            }
            _ => Ok(false),
        })];
        let workers = Workers::start(list, 2, "w").unwrap();
        let mut names = [told.recv_timeout(SOON).unwrap(), told.recv_timeout(SOON).unwrap()];
        names.sort();
        assert_eq!(names, ["w-1", "w-2"]);
        assert!(workers.stop(SOON));
    }

    #[test]
    fn one_kind_that_fails_or_panics_does_not_stop_another() {
        let (done, told) = mpsc::channel();
        let list = vec![
            work(|_| Err(anyhow!("always"))),
            work(|_| panic!("a mistake")),
            work(move |_| {
                done.send(())?;
                Ok(false)
            }),
        ];
        let workers = Workers::start(list, 1, "w").unwrap();
        told.recv_timeout(SOON).unwrap();
        told.recv_timeout(SOON).unwrap();
        assert!(workers.stop(SOON));
    }

    #[test]
    fn who_is_woken_looks_before_the_pause_is_over() {
        let (looked, told) = mpsc::channel();
        let list = vec![work(move |_| {
            looked.send(super::ticks())?;
            Ok(false)
        })];
        let workers = Workers::start(list, 1, "w").unwrap();
        let first = told.recv_timeout(SOON).unwrap();
        let second = loop {
            workers.waker().wake();
            if let Ok(second) = told.recv_timeout(Duration::from_millis(5)) {
                break second;
            }
        };
        assert!(second.duration_since(first) < super::IDLE);
        assert!(workers.stop(SOON));
    }

    #[test]
    fn a_thread_that_does_not_end_is_told() {
        let (begun, told) = mpsc::channel();
        let (go_on, blocked) = mpsc::channel::<()>();
        let blocked = std::sync::Mutex::new(blocked);
        let list = vec![work(move |_| {
            begun.send(())?;
            let _ = blocked.lock().unwrap().recv();
            Ok(false)
        })];
        let workers = Workers::start(list, 1, "w").unwrap();
        told.recv_timeout(SOON).unwrap();
        assert!(!workers.stop(Duration::from_millis(1)));
        drop(go_on);
    }

    #[test]
    fn the_pause_after_failures_doubles_up_to_a_minute() {
        let seconds: Vec<_> = (1..=8).map(|failures| back_off(failures).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(back_off(u32::MAX), BACK_OFF_MAX);
    }
}
