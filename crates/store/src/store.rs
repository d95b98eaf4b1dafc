//! The store: the way into a database, the same for both engines.

use std::sync::Arc;

use crossbeam_channel::{Sender, TrySendError};

use crate::address::DatabaseUrl;
use crate::error::{Error, OpenError};
use crate::migrations::{self, Schema};
use crate::postgresql;
use crate::sqlite;
use crate::threads::Threads;
use crate::tx::Tx;
use crate::work::{Access, Pending, Queues, Task, is_in_transaction, unit};

/// An open database. A clone is another handle of the same one; it is closed when the last is dropped.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

/// How many transactions wait for a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Those that may change something.
    pub writes: usize,
    /// Those that only look.
    pub reads: usize,
}

/// Dropped in this order: without queues the threads end, and after them the file is free.
#[derive(Debug)]
struct Inner {
    queues: Queues,
    _threads: Threads,
    _kept: Option<sqlite::Kept>,
}

impl Store {
    /// Opens a database, makes it where it is a file that is not there, and migrates it.
    ///
    /// It blocks, so a program with asynchronous tasks calls it before they start.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(url: &DatabaseUrl) -> Result<Self, OpenError> {
        let store = Self::open_as_it_is(url)?;
        migrations::run(&store)?;
        Ok(store)
    }

    /// Opens a database without migrating it, to look at it. Ask [`Store::schema`] before anything else.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open_as_it_is(url: &DatabaseUrl) -> Result<Self, OpenError> {
        let mut threads = Threads::default();
        let (queues, kept) = match url {
            DatabaseUrl::Sqlite(file) => {
                let (queues, kept) = sqlite::open(file, &mut threads)?;
                (queues, Some(kept))
            }
            DatabaseUrl::Postgres(server) => (postgresql::open(server, &mut threads)?, None),
        };
        Ok(Self(Arc::new(Inner { queues, _threads: threads, _kept: kept })))
    }

    /// How far the tables have come.
    pub fn schema(&self) -> Pending<Schema, Error> {
        self.read(migrations::schema)
    }

    /// How many transactions wait for a thread at this moment.
    #[must_use]
    pub fn waiting(&self) -> Waiting {
        Waiting { writes: self.0.queues.writes.len(), reads: self.0.queues.reads.len() }
    }

    /// Runs a closure in a transaction and keeps all that it did, or, where it returns an error or panics, nothing.
    ///
    /// The answer comes after the commit is on the disk. The closure may run more than once: let it change nothing
    /// outside of the transaction.
    pub fn write<T, E>(
        &self,
        closure: impl FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    ) -> Pending<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        submit(&self.0.queues.writes, Access::Write, closure)
    }

    /// Runs a closure that sees one state of the database, with every commit that was acknowledged before, and can
    /// change nothing. Let it end soon: what it sees cannot be tidied away meanwhile.
    pub fn read<T, E>(
        &self,
        closure: impl FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    ) -> Pending<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        submit(&self.0.queues.reads, Access::Read, closure)
    }

    /// Runs a closure that asks at most once, and changes nothing. One statement is one state of the database by itself, so
    /// PostgreSQL is spared a transaction around it: two of three ways to the server.
    ///
    /// A second statement fails with [`Error::SecondGlance`].
    pub fn glance<T, E>(
        &self,
        closure: impl FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    ) -> Pending<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        submit(&self.0.queues.reads, Access::Glance, closure)
    }
}

fn submit<T, E>(
    queue: &Sender<Task>,
    access: Access,
    closure: impl FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
) -> Pending<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    if is_in_transaction() {
        return Pending::refused(Error::Nested);
    }
    let (work, pending) = unit(access, closure);
    match queue.try_send(Task { access, work }) {
        Ok(()) => pending,
        Err(TrySendError::Full(_)) => Pending::refused(Error::Overloaded),
        Err(TrySendError::Disconnected(_)) => Pending::refused(Error::Closed),
    }
}
