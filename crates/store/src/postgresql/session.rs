//! One connection, with the statements that it has prepared.

use std::collections::HashMap;
use std::error::Error as _;
use std::io;
use std::time::Duration;

use postgres::error::SqlState;
use postgres::{Client, Statement};

use super::server::PostgresServer;
use crate::error::{Error, Rule};

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

pub(super) struct Session {
    pub(super) client: Client,
    /// By their text; the texts are constants of the program, so there are only so many.
    statements: HashMap<&'static str, Statement>,
}

impl Session {
    pub(super) fn connect(server: &PostgresServer, purpose: Use) -> Result<Self, Error> {
        let unreachable = |error| match self::error(error) {
            Error::Failed { message } => Error::Unreachable { message },
            error => error,
        };
        let connected = server.connect(|config| {
            if config.get_connect_timeout().is_none() {
                config.connect_timeout(CONNECT_WAIT);
            }
        });
        let mut client = connected.map_err(unreachable)?;
        client.batch_execute(SETTINGS).map_err(unreachable)?;
        if purpose == Use::Reading {
            client.batch_execute("set default_transaction_read_only = on").map_err(unreachable)?;
        }
        Ok(Self { client, statements: HashMap::new() })
    }

    pub(super) fn statement(&mut self, sql: &'static str) -> Result<Statement, Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(error)?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }

    pub(super) fn step(&mut self, sql: &str) -> Result<(), Error> {
        self.client.batch_execute(sql).map_err(error)
    }
}

/// The engine's error in our words. Its details may quote values, which are no one's business in a log.
#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
pub(super) fn error(error: postgres::Error) -> Error {
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
