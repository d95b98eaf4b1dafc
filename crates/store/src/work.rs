//! A unit of work on its way: from the caller to a database thread, and its answer back.
//!
//! The closure may run more than once: a transaction that lost against another one starts again. Its answer leaves only
//! when the commit has.

use std::any::Any;
use std::cell::Cell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use crossbeam_channel::Sender;
use tokio::sync::oneshot;

use crate::error::Error;
use crate::tx::{Engine, Row, Tx, Value};

/// The most transactions that wait for a thread; see [`Error::Overloaded`].
pub const WAITING_MAX: usize = 4096;
/// How often a transaction is tried that loses against others.
pub const TRIES_MAX: u32 = 10;

thread_local! {
    static IS_IN_TRANSACTION: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is in the middle of a closure.
pub(crate) fn is_in_transaction() -> bool {
    IS_IN_TRANSACTION.get()
}

/// A closure and what it is allowed to do.
pub(crate) struct Task {
    pub(crate) access: Access,
    pub(crate) work: Box<dyn Work>,
}

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// One statement, which is one state of the database by itself.
    Glance,
    Read,
    Write,
}

/// Where a store's threads take their tasks from.
#[derive(Debug)]
pub(crate) struct Queues {
    pub(crate) writes: Sender<Task>,
    pub(crate) reads: Sender<Task>,
}

/// What is to become of what a closure did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    Undo,
}

/// A closure with the way back to its caller, of whatever types.
pub(crate) trait Work: Send {
    /// Runs the closure. A panic in it is caught and becomes its answer.
    fn run(&mut self, tx: &mut dyn Tx) -> Verdict;

    /// Gives the caller the closure's own answer, or the error that befell the transaction around it.
    fn answer(self: Box<Self>, transaction: Result<(), Error>);
}

/// Pairs a closure with what its caller waits for.
pub(crate) fn unit<T, E, F>(access: Access, closure: F) -> (Box<dyn Work>, Pending<T, E>)
where
    F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Unit { access, closure, said: None, reply }), Pending(answer))
}

struct Unit<F, T, E> {
    access: Access,
    closure: F,
    said: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Work for Unit<F, T, E>
where
    F: FnMut(&mut dyn Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, tx: &mut dyn Tx) -> Verdict {
        let mut strict = Strict { tx, access: self.access, has_asked: false, has_failed: false };
        // Whatever the closure has captured and left half-done is dropped with it, or overwritten by its next run.
        IS_IN_TRANSACTION.set(true);
        let run = catch_unwind(AssertUnwindSafe(|| (self.closure)(&mut strict)));
        IS_IN_TRANSACTION.set(false);
        let said = match run {
            Ok(Ok(_)) if strict.has_failed => Err(E::from(Error::AfterFailure)),
            Ok(said) => said,
            Err(panic) => Err(E::from(Error::Panicked { message: words_of(&*panic) })),
        };
        let verdict = if said.is_ok() { Verdict::Keep } else { Verdict::Undo };
        self.said = Some(said);
        verdict
    }

    fn answer(self: Box<Self>, transaction: Result<(), Error>) {
        let said = match transaction {
            Ok(()) => self.said.unwrap_or_else(|| Err(E::from(Error::Closed))),
            Err(error) => Err(E::from(error)),
        };
        // A caller that no longer waits does not need to be told.
        let _ = self.reply.send(said);
    }
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it did not say why").to_owned()
}

/// A transaction that takes no statement after one has failed, and no second one in a glance.
struct Strict<'a> {
    tx: &'a mut dyn Tx,
    access: Access,
    has_asked: bool,
    has_failed: bool,
}

impl Strict<'_> {
    fn guard<T>(
        &mut self,
        statement: impl FnOnce(&mut dyn Tx) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.has_failed {
            return Err(Error::AfterFailure);
        }
        let is_second = std::mem::replace(&mut self.has_asked, true);
        let done = if is_second && self.access == Access::Glance {
            Err(Error::SecondGlance)
        } else {
            statement(self.tx)
        };
        self.has_failed = done.is_err();
        done
    }
}

impl Tx for Strict<'_> {
    fn exec(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, Error> {
        self.guard(|tx| tx.exec(sql, values))
    }

    fn send(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<(), Error> {
        match self.access {
            // Nothing follows that would tell of a failure.
            Access::Glance => self.exec(sql, values).map(drop),
            Access::Read | Access::Write => self.guard(|tx| tx.send(sql, values)),
        }
    }

    fn each(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        show: &mut dyn FnMut(&dyn Row) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.guard(|tx| tx.each(sql, values, show))
    }

    fn engine(&self) -> Engine {
        self.tx.engine()
    }
}

/// An answer on its way: wait for it on a thread, or await it.
#[derive(Debug)]
#[must_use = "only the answer says whether the transaction was committed"]
pub struct Pending<T, E>(oneshot::Receiver<Result<T, E>>);

impl<T, E: From<Error>> Pending<T, E> {
    /// Waits for the answer.
    ///
    /// # Errors
    /// What the closure returned, or what befell its transaction.
    ///
    /// # Panics
    /// On a thread that runs asynchronous tasks: await it there.
    pub fn wait(self) -> Result<T, E> {
        self.0.blocking_recv().unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// An answer that is known at once.
    pub(crate) fn refused(error: Error) -> Self {
        let (reply, answer) = oneshot::channel();
        let _ = reply.send(Err(error.into()));
        Self(answer)
    }
}

impl<T, E: From<Error>> Future for Pending<T, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0)
            .poll(context)
            .map(|answer| answer.unwrap_or_else(|_| Err(Error::Closed.into())))
    }
}
