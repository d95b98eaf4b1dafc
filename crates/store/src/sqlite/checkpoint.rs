//! Moves what the write-ahead log holds into the database file, beside the writer and never in its way.

use std::convert::Infallible;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use rusqlite::Connection;

const PAUSE: Duration = Duration::from_millis(200);

/// Works until the writer ends. Under saturation the writer's own bound on the log takes over.
pub(super) fn run(connection: &Connection, writer_ends: &Receiver<Infallible>) {
    let mut seen = None;
    while let Err(RecvTimeoutError::Timeout) = writer_ends.recv_timeout(PAUSE) {
        let version = data_version(connection);
        if version.is_none() || version != seen {
            // What a reader still needs stays in the log, and the next round tries again.
            seen = if checkpoint(connection) { version } else { None };
        }
    }
}

/// Whether everything that is in the log is in the database file now.
fn checkpoint(connection: &Connection) -> bool {
    let done = connection.query_row("pragma wal_checkpoint(passive)", [], |row| {
        Ok(row.get::<_, i64>(1)? == row.get::<_, i64>(2)?)
    });
    done.unwrap_or(false)
}

/// Changes when another connection has committed: an idle desk leaves the disk alone.
fn data_version(connection: &Connection) -> Option<i64> {
    connection.query_row("pragma data_version", [], |row| row.get(0)).ok()
}
