//! PostgreSQL: a few connections, each on a thread of its own, that take what waits.
//!
//! Nothing leans on SERIALIZABLE: keys and the ledger's version hold the truth at READ COMMITTED.

mod session;
mod tx;
mod worker;

use self::session::Session;
use self::worker::Worker;
use crate::error::OpenError;
use crate::threads::Threads;
use crate::work::{Queues, WAITING_MAX};

/// How many connections one process keeps. Most of a commit is waiting for the disk, and those that wait share a flush.
const CONNECTIONS: usize = 24;

/// Connects, and starts the threads.
pub(crate) fn open(config: &postgres::Config, threads: &mut Threads) -> Result<Queues, OpenError> {
    let (tasks, waiting) = crossbeam_channel::bounded(WAITING_MAX);
    // A wrong address is told at once rather than by the first transaction.
    let mut first = Some(Session::connect(config)?);
    for _ in 0..CONNECTIONS {
        let mut worker = Worker::new(config.clone(), first.take());
        let waiting = waiting.clone();
        threads.start("postgres", move || worker.run(&waiting))?;
    }
    Ok(Queues { writes: tasks.clone(), reads: tasks })
}
