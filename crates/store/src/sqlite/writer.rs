//! The one writer: takes what waits, runs it inside one commit, and answers when the commit is on the disk.

use crossbeam_channel::Receiver;
use rusqlite::{Connection, ErrorCode};

use super::tx::{SqliteTx, error};
use crate::error::Error;
use crate::work::{Task, Verdict, Work};

/// The most transactions that share a commit: as many as keep the last of them waiting a few milliseconds.
const GROUP_MAX: usize = 128;

/// Works until nobody can send any more.
pub(super) fn run(connection: &Connection, writes: &Receiver<Task>) {
    while let Ok(first) = writes.recv() {
        let more = writes.try_iter().take(GROUP_MAX.saturating_sub(1));
        let group = std::iter::once(first).chain(more).map(|task| task.work);
        let mut group: Vec<_> = group.collect();
        let committed = commit(connection, &mut group);
        for work in group {
            work.answer(committed.clone());
        }
    }
}

/// Runs the group and commits it. An error is everybody's: whoever was refused may have been refused because of what
/// another one of the group did, and that is not kept now.
fn commit(connection: &Connection, group: &mut [Box<dyn Work>]) -> Result<(), Error> {
    // Not plain `begin`: a transaction that reads first and writes later would fail when another one wrote in between.
    step(connection, "begin immediate")?;
    let done = group
        .iter_mut()
        .try_for_each(|work| run_in_savepoint(connection, work.as_mut()))
        .and_then(|()| commit_step(connection));
    if done.is_err() && !connection.is_autocommit() {
        // Should this fail as well, the next `begin` says so.
        let _ = step(connection, "rollback");
    }
    done
}

fn run_in_savepoint(connection: &Connection, work: &mut dyn Work) -> Result<(), Error> {
    step(connection, "savepoint work")?;
    if work.run(&mut SqliteTx(connection)) == Verdict::Undo {
        step(connection, "rollback to work")?;
    }
    // Some failures, such as a full disk, make SQLite give up the whole transaction; then there is no savepoint.
    step(connection, "release work")
}

/// What a failing disk was given without a flush may be there all the same once the file is read again.
fn commit_step(connection: &Connection) -> Result<(), Error> {
    let done = connection.prepare_cached("commit").and_then(|mut commit| commit.raw_execute());
    done.map(drop).map_err(|failed| match failed.sqlite_error_code() {
        Some(ErrorCode::SystemIoFailure) => Error::Unclear { message: failed.to_string() },
        _ => error(failed),
    })
}

pub(super) fn step(connection: &Connection, sql: &str) -> Result<(), Error> {
    let done = connection.prepare_cached(sql).and_then(|mut statement| statement.raw_execute());
    done.map(|_| ()).map_err(error)
}
