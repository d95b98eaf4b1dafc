//! PostgreSQL: a few connections, each on a thread of its own, that take what waits.
//!
//! Nothing leans on SERIALIZABLE: keys and the ledger's version hold the truth at READ COMMITTED.

mod server;
mod session;
mod tx;
mod worker;

pub use self::server::PostgresServer;
use self::session::{Session, Use};
use self::worker::Worker;
use crate::error::OpenError;
use crate::threads::Threads;
use crate::work::{Queues, WAITING_MAX};

/// How many connections of one process write. Most of a commit is waiting for the disk, and those that wait share a flush.
const WRITERS: usize = 16;
/// How many only read. They wait for nothing but a processor: more of them would only be in each other's way, and in that of
/// the writers.
const READERS: usize = 6;

/// Connects, and starts the threads.
pub(crate) fn open(server: &PostgresServer, threads: &mut Threads) -> Result<Queues, OpenError> {
    let (writes, waiting_writes) = crossbeam_channel::bounded(WAITING_MAX);
    let (reads, waiting_reads) = crossbeam_channel::bounded(WAITING_MAX);
    // A wrong address is told at once rather than by the first transaction.
    drop(Session::connect(server, Use::Reading)?);
    let kinds = [
        (WRITERS, "postgres-writer", Use::Writing, waiting_writes),
        (READERS, "postgres-reader", Use::Reading, waiting_reads),
    ];
    for (count, name, purpose, waiting) in kinds {
        for _ in 0..count {
            let mut worker = Worker::new(server.clone(), purpose);
            let waiting = waiting.clone();
            threads.start(name, move || worker.run(&waiting))?;
        }
    }
    Ok(Queues { writes, reads })
}
