//! A thread with a connection: begins, runs the closure, commits, and starts again where that is safe.

use std::thread;
use std::time::Duration;

use crossbeam_channel::Receiver;

use super::server::PostgresServer;
use super::session::{Session, Use};
use super::tx::PostgresTx;
use crate::error::Error;
use crate::work::{Access, TRIES_MAX, Task, Verdict};

/// Doubled at each further try: all tries together take about five seconds.
const FIRST_PAUSE: Duration = Duration::from_millis(5);

pub(super) struct Worker {
    server: PostgresServer,
    purpose: Use,
    session: Option<Session>,
}

impl Worker {
    pub(super) const fn new(server: PostgresServer, purpose: Use) -> Self {
        Self { server, purpose, session: None }
    }

    /// Works until nobody can send any more.
    pub(super) fn run(&mut self, tasks: &Receiver<Task>) {
        while let Ok(mut task) = tasks.recv() {
            let done = self.carry_out(&mut task);
            task.work.answer(done);
        }
    }

    /// The one place where a transaction is tried again.
    fn carry_out(&mut self, task: &mut Task) -> Result<(), Error> {
        let mut pause = FIRST_PAUSE;
        for _ in 1..TRIES_MAX {
            match self.attempt(task) {
                // Nothing was kept, and nothing was said to anyone.
                Err(Error::Contended { .. } | Error::Unreachable { .. }) => thread::sleep(pause),
                done => return done,
            }
            pause = pause.saturating_mul(2);
        }
        self.attempt(task)
    }

    fn attempt(&mut self, task: &mut Task) -> Result<(), Error> {
        // Taken out, and put back only while it is known to work.
        let mut session = match self.session.take() {
            Some(session) => session,
            None => Session::connect(&self.server, self.purpose)?,
        };
        let done = transaction(&mut session, task);
        if !matches!(done, Err(Error::Unreachable { .. } | Error::Unclear { .. })) {
            self.session = Some(session);
        }
        done
    }
}

fn transaction(session: &mut Session, task: &mut Task) -> Result<(), Error> {
    match task.access {
        // One statement is a transaction by itself.
        Access::Glance => {
            let mut tx = PostgresTx { session, again: None };
            task.work.run(&mut tx);
            return tx.again.map_or(Ok(()), Err);
        }
        // One state of the database for all statements, as on SQLite.
        Access::Read => session.send_step("begin isolation level repeatable read")?,
        Access::Write => session.send_step("begin")?,
    }
    let mut tx = PostgresTx { session, again: None };
    let verdict = task.work.run(&mut tx);
    if let Some(error) = tx.again {
        // A lost connection has rolled back by itself.
        let _ = session.roll_back();
        return Err(error);
    }
    if verdict == Verdict::Undo || task.access == Access::Read {
        return session.roll_back();
    }
    session.commit().map_err(|error| match error {
        // The server may have heard it. Running the closure again could do everything twice.
        Error::Unreachable { message } => Error::Unclear { message },
        error => error,
    })
}
