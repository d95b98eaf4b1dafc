//! Load: many clients at once, how long all of it took, and how long each request did.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::desk::Desk;
use super::processor::Used;
use crate::bench::http::Client;

/// How many clients ask at once.
pub(super) const CLIENTS: u64 = 16;

/// What one run came to.
#[derive(Clone, Copy)]
pub(super) struct Measured {
    pub(super) rate: u64,
    pub(super) p50: Duration,
    pub(super) p99: Duration,
    /// What each one cost the processor.
    pub(super) each: Used,
}

/// Has every client take the next number until there are no more, then does what must follow before the clock is stopped.
#[expect(clippy::disallowed_methods, reason = "how long a run takes is read off the clock")]
pub(super) fn all_at_once(
    desk: &Desk,
    count: u64,
    ask: impl Fn(&mut Client, u64, &mut Vec<Duration>) -> Result<()> + Sync,
    then: impl FnOnce() -> Result<()>,
) -> Result<Measured> {
    let (next, ask) = (AtomicU64::new(0), &ask);
    let used = desk.used();
    let start = Instant::now();
    let mut times = Vec::new();
    std::thread::scope(|scope| -> Result<()> {
        let next = &next;
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(move || -> Result<Vec<Duration>> {
                    let (mut client, mut times) = (desk.client()?, Vec::new());
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= count {
                            return Ok(times);
                        }
                        ask(&mut client, number, &mut times)?;
                    }
                })
            })
            .collect();
        for client in clients {
            times.extend(client.join().map_err(|_| anyhow::anyhow!("a client panicked"))??);
        }
        Ok(())
    })?;
    then()?;
    let taken = start.elapsed();
    Ok(measured(count, taken, times, desk.used().each_since(used, count)))
}

/// Does one request, and notes how long it took.
#[expect(clippy::disallowed_methods, reason = "how long a request takes is read off the clock")]
pub(super) fn timed<T>(times: &mut Vec<Duration>, ask: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let done = ask()?;
    times.push(start.elapsed());
    Ok(done)
}

fn measured(count: u64, taken: Duration, mut times: Vec<Duration>, each: Used) -> Measured {
    times.sort();
    let at = |percent: usize| {
        let place = times.len().saturating_mul(percent).div_euclid(100);
        times.get(place).copied().unwrap_or_default()
    };
    let millis = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX).max(1);
    Measured { rate: count.saturating_mul(1000).div_euclid(millis), p50: at(50), p99: at(99), each }
}

/// The run with the middle rate.
pub(super) fn median(mut runs: Vec<Measured>) -> Option<Measured> {
    runs.sort_by_key(|run| run.rate);
    runs.get(runs.len().div_euclid(2)).copied()
}
