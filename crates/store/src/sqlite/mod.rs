//! SQLite: one file, one process, one writer thread, and readers that never wait for it.
//!
//! The writer takes whatever waits and runs it inside one commit, so that many transactions share one flush to the disk;
//! `synchronous=FULL` is affordable because of that. Checkpoints run on a thread of their own: with them in the writer,
//! every slow one is somebody's slow request.

mod checkpoint;
mod lock;
mod reader;
mod tx;
mod writer;

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use self::lock::FileLock;
use crate::error::{Error, OpenError};
use crate::threads::Threads;
use crate::work::{Queues, WAITING_MAX};

pub(crate) use self::tx::error;

/// How many transactions read at once.
const READERS: usize = 4;
/// How long a connection waits for another one of this process, such as a checkpoint that ends.
const BUSY_WAIT: Duration = Duration::from_secs(10);
/// How many statements a connection keeps prepared.
const STATEMENTS_MAX: usize = 256;
/// How large the write-ahead log may grow before the writer itself checkpoints: 64 MiB of 4 KiB pages.
const LOG_PAGES_MAX: i64 = 16_000;

/// What a store keeps until its threads have ended; let go in this order.
#[derive(Debug)]
pub(crate) struct Kept {
    /// Closed alone and last, and so the one that brings the log back into the file: of two connections that close at once,
    /// each would leave it to the other.
    _last_out: Mutex<Connection>,
    _lock: FileLock,
}

/// Starts the threads. What is kept must outlive them.
pub(crate) fn open(file: &Path, threads: &mut Threads) -> Result<(Queues, Kept), OpenError> {
    let lock = FileLock::take(file)?;
    let own = connect(file)?;
    // The first connection makes the file what the others expect.
    set(&own, "journal_mode", "wal")?;
    set(&own, "wal_autocheckpoint", LOG_PAGES_MAX)?;
    set(&own, "cache_size", -65_536)?;
    let last_out = connect(file)?;
    let (reads, waiting_reads) = crossbeam_channel::bounded(WAITING_MAX);
    for _ in 0..READERS {
        let reader = connect(file)?;
        set(&reader, "query_only", true)?;
        set(&reader, "cache_size", -8_192)?;
        let waiting_reads = waiting_reads.clone();
        threads.start("sqlite-reader", move || reader::run(&reader, &waiting_reads))?;
    }
    let checkpointer = connect(file)?;
    // Disconnected when the writer ends, which is how the checkpointer knows.
    let (alive, writer_ends) = crossbeam_channel::bounded(0);
    let (writes, waiting_writes) = crossbeam_channel::bounded(WAITING_MAX);
    threads.start("sqlite-writer", move || {
        let _alive = alive;
        writer::run(&own, &waiting_writes);
    })?;
    threads.start("sqlite-checkpoint", move || checkpoint::run(&checkpointer, &writer_ends))?;
    Ok((Queues { writes, reads }, Kept { _last_out: Mutex::new(last_out), _lock: lock }))
}

fn connect(file: &Path) -> Result<Connection, Error> {
    let connection = Connection::open(file).map_err(tx::error)?;
    connection.busy_timeout(BUSY_WAIT).map_err(tx::error)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // An acknowledged commit survives the loss of power.
    set(&connection, "synchronous", "full")?;
    set(&connection, "foreign_keys", true)?;
    // A plan rests on the statement alone. Else one with a limit is planned anew for each value of the limit's placeholder.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(tx::error)?;
    // Nothing in the file can make a statement do more than it says.
    set(&connection, "trusted_schema", false)?;
    set(&connection, "temp_store", "memory")?;
    // A log that has grown gives its space back once it is reset.
    set(&connection, "journal_size_limit", LOG_PAGES_MAX.saturating_mul(4096))?;
    Ok(connection)
}

pub(crate) fn set(
    connection: &Connection,
    setting: &str,
    value: impl rusqlite::types::ToSql,
) -> Result<(), Error> {
    // Some settings answer with their new value, others do not.
    connection.pragma_update_and_check(None, setting, value, |_| Ok(())).or_else(
        |error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(()),
            error => Err(tx::error(error)),
        },
    )
}
