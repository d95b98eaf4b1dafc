//! A reader: each transaction sees the database as it was when it began, while others write.

use crossbeam_channel::Receiver;
use rusqlite::Connection;

use super::tx::SqliteTx;
use super::writer::step;
use crate::work::Task;

/// Works until nobody can send any more.
pub(super) fn run(connection: &Connection, reads: &Receiver<Task>) {
    while let Ok(Task { mut work, .. }) = reads.recv() {
        let begun = step(connection, "begin");
        let done = begun.and_then(|()| {
            work.run(&mut SqliteTx(connection));
            step(connection, "rollback")
        });
        work.answer(done);
    }
}
