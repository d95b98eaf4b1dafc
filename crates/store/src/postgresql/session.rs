//! One connection, with the statements that it has prepared and the answers that it still waits for.

use std::collections::HashMap;
use std::error::Error as _;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};

use super::server::PostgresServer;
use crate::error::{Error, Rule};
use crate::tx::Value;

const CONNECT_WAIT: Duration = Duration::from_secs(5);

/// What holds for every transaction: none may wait, or be left open, without end.
const SETTINGS: &str = "
    set statement_timeout = '30s';
    set lock_timeout = '10s';
    set idle_in_transaction_session_timeout = '60s';
    set default_transaction_isolation = 'read committed';
    set application_name = 'backhaul'";

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// The server itself refuses every change.
    Reading,
    Writing,
}

impl Use {
    const fn settings(self) -> &'static str {
        match self {
            Self::Reading => "set default_transaction_read_only = on",
            // A change is found by a key. A plan is kept as long as nothing is known of a table's growth, and one that was made while
            // a table had a page would go on to read all of it.
            Self::Writing => "set enable_seqscan = off",
        }
    }
}

/// An answer that is on its way and that nobody waits for yet.
type Sent = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send>>;

pub(super) struct Session {
    /// Moves the bytes of this one connection, on the thread that waits for them.
    runtime: Runtime,
    client: Arc<Client>,
    /// By their text; the texts are constants of the program, so there are only so many.
    statements: HashMap<&'static str, Statement>,
    /// What was sent and not yet heard of, in the order in which the server answers.
    sent: Vec<Sent>,
}

impl Session {
    pub(super) fn connect(server: &PostgresServer, purpose: Use) -> Result<Self, Error> {
        let unreachable = |error| match self::error(error) {
            Error::Failed { message } => Error::Unreachable { message },
            error => error,
        };
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Error::Failed { message: error.to_string() })?;
        let client = runtime.block_on(async {
            let client = server.connect(|config| {
                if config.get_connect_timeout().is_none() {
                    config.connect_timeout(CONNECT_WAIT);
                }
            });
            let client = client.await?;
            client.batch_execute(SETTINGS).await?;
            client.batch_execute(purpose.settings()).await?;
            Ok(client)
        });
        let client = Arc::new(client.map_err(unreachable)?);
        Ok(Self { runtime, client, statements: HashMap::new(), sent: Vec::new() })
    }

    /// The statement with that text, prepared at its first use.
    pub(super) fn statement(&mut self, sql: &'static str) -> Result<Statement, Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let client = Arc::clone(&self.client);
        let statement = self.wait(client.prepare(sql))?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }

    /// Sends a step of a transaction, such as its begin, without waiting for the answer.
    pub(super) fn send_step(&mut self, sql: &'static str) -> Result<(), Error> {
        let client = Arc::clone(&self.client);
        self.send(async move { client.batch_execute(sql).await })
    }

    /// Sends a statement without waiting for the answer.
    pub(super) fn send_statement<P>(
        &mut self,
        sql: &'static str,
        values: Vec<P>,
    ) -> Result<(), Error>
    where
        P: ToSql + Send + Sync + 'static,
    {
        let (statement, client) = (self.statement(sql)?, Arc::clone(&self.client));
        self.send(async move { client.execute_raw(&statement, values).await.map(drop) })
    }

    fn send<F>(&mut self, asked: F) -> Result<(), Error>
    where
        F: Future<Output = Result<(), tokio_postgres::Error>> + Send + 'static,
    {
        let mut asked: Sent = Box::pin(asked);
        // The first poll writes the message; whoever waits next polls it again.
        match asked.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => done.map_err(error),
            Poll::Pending => {
                self.sent.push(asked);
                Ok(())
            }
        }
    }

    /// Runs a statement; says how many rows it changed.
    pub(super) fn execute(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<u64, Error> {
        let (statement, client) = (self.statement(sql)?, Arc::clone(&self.client));
        self.wait(client.execute_raw(&statement, values))
    }

    /// Runs a statement and shows each row; an error of `show` ends it.
    pub(super) fn query(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        show: &mut dyn FnMut(&Row) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (statement, client) = (self.statement(sql)?, Arc::clone(&self.client));
        let shown = self.wait(async {
            let mut rows = pin!(client.query_raw(&statement, values).await?);
            while let Some(row) = rows.try_next().await? {
                if let Err(error) = show(&row) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        });
        shown?
    }

    /// Ends the transaction: keeps what it did, unless something failed that was sent before.
    pub(super) fn commit(&mut self) -> Result<(), Error> {
        // To a transaction in which something has failed the server answers that it is rolled back, and this is no error; but what
        // failed is then among the answers that come first.
        let client = Arc::clone(&self.client);
        self.wait(client.batch_execute("commit"))
    }

    /// Ends the transaction and keeps nothing; whatever else failed makes no difference.
    pub(super) fn roll_back(&mut self) -> Result<(), Error> {
        self.sent.clear();
        let client = Arc::clone(&self.client);
        self.wait(client.batch_execute("rollback"))
    }

    /// Asks, and waits for what was sent before and then for the answer. The first that failed is the cause of what follows.
    fn wait<T>(
        &mut self,
        asked: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Error> {
        let sent = std::mem::take(&mut self.sent);
        let before = async {
            for answer in sent {
                answer.await?;
            }
            Ok(())
        };
        // Both at once, so that the question goes out with what was sent.
        let (before, answer) = self.runtime.block_on(async { tokio::join!(before, asked) });
        before.and(answer).map_err(error)
    }
}

/// The engine's error in our words. Its details may quote values, which are no one's business in a log.
#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
pub(super) fn error(error: tokio_postgres::Error) -> Error {
    let Some(said) = error.as_db_error() else {
        let source = error.source().map(ToString::to_string);
        let message = source.unwrap_or_else(|| error.to_string());
        let is_broken_pipe = error.source().is_some_and(<dyn std::error::Error>::is::<io::Error>);
        let is_lost = error.is_closed() || is_broken_pipe;
        return if is_lost { Error::Unreachable { message } } else { Error::Failed { message } };
    };
    let message = said.message().to_owned();
    let code = said.code();
    let rule = match code {
        _ if *code == SqlState::UNIQUE_VIOLATION => Rule::Unique,
        _ if *code == SqlState::FOREIGN_KEY_VIOLATION => Rule::Reference,
        _ if *code == SqlState::NOT_NULL_VIOLATION => Rule::NotNull,
        _ if *code == SqlState::CHECK_VIOLATION => Rule::Check,
        _ if is_lost_race(code) => return Error::Contended { message },
        _ if is_going_away(code) => return Error::Unreachable { message },
        _ => return Error::Failed { message },
    };
    Error::Violated { rule, message }
}

/// The transaction lost against another one and may be tried again.
fn is_lost_race(code: &SqlState) -> bool {
    *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED
}

/// The server shuts down, starts, or ended this connection.
fn is_going_away(code: &SqlState) -> bool {
    code.code().starts_with("57P") || code.code().starts_with("08")
}
