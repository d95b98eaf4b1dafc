//! What can go wrong with a database, in words that are the same on both engines.
//!
//! These are failures of the world, never refusals of the rules. Which constraint was broken is not told, because SQLite
//! does not name them; ask for the kind of rule instead.

use std::path::PathBuf;

use crate::work::{TRIES_MAX, WAITING_MAX};

/// A kind of rule that the tables keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// No two rows have the same key.
    Unique,
    /// What a row refers to is there.
    Reference,
    /// A value is given.
    NotNull,
    /// A value is within its bounds.
    Check,
}

/// Why a transaction did not happen, or a statement in it failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// A rule of the tables would be broken.
    #[error("the database refuses it: {message}")]
    Violated {
        /// The kind of rule.
        rule: Rule,
        /// The engine's own words.
        message: String,
    },
    /// A statement failed earlier in the same closure, so nothing that it does can be kept.
    #[error("an earlier statement of this transaction failed")]
    AfterFailure,
    /// Others changed the same rows, time after time.
    #[error("others kept changing the same rows, {TRIES_MAX} times in a row: {message}")]
    Contended {
        /// The engine's own words.
        message: String,
    },
    /// Too many wait already (invariant `bounded`).
    #[error("more than {WAITING_MAX} transactions are waiting: try again in a moment")]
    Overloaded,
    /// The database cannot be reached; nothing was done.
    #[error("the database cannot be reached: {message}")]
    Unreachable {
        /// The engine's own words.
        message: String,
    },
    /// The connection was lost while the commit was on its way, or the disk failed: what was done may have been kept, or not.
    #[error("the commit was cut off, so it is not known whether it happened: {message}")]
    Unclear {
        /// The engine's own words.
        message: String,
    },
    /// A value is not of the type that was asked for, or is none where there must be one.
    #[error("column {column} does not hold {wanted}")]
    Unreadable {
        /// The column, from 0.
        column: usize,
        /// What was asked for.
        wanted: &'static str,
    },
    /// The closure panicked; this is a mistake of ours.
    #[error("a transaction stopped in the middle: {message}")]
    Panicked {
        /// What the panic said.
        message: String,
    },
    /// The closure of a transaction asked for another transaction, which could wait for the first for ever.
    #[error("a transaction within a transaction: use the one that the closure was given")]
    Nested,
    /// A glance asked a second time: what it would be told could be of another moment.
    #[error("a glance has one statement: read in a transaction instead")]
    SecondGlance,
    /// The store was closed before the transaction ran.
    #[error("the store is closed")]
    Closed,
    /// Anything else: no space left, a statement that the engine does not take, …
    #[error("the database failed: {message}")]
    Failed {
        /// The engine's own words.
        message: String,
    },
}

impl Error {
    /// Whether the key is taken already.
    #[must_use]
    pub const fn is_duplicate(&self) -> bool {
        matches!(self, Self::Violated { rule: Rule::Unique, .. })
    }
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is none that we know.
    #[error("`{given}` is no database: write `sqlite:FILE` or `postgres://USER@HOST/NAME`")]
    Address {
        /// What was given, without a password.
        given: String,
    },
    /// The address is of another machine, and the connection to it would not be encrypted.
    #[error(
        "`{host}` is another machine, and everything would go there in the clear: leave `sslmode=disable` out"
    )]
    NotEncrypted {
        /// The host.
        host: String,
    },
    /// A file of authorities is none.
    #[error("{} holds no certificate of an authority, or one that cannot be read: it has them as PEM", file.display())]
    Authorities {
        /// The file.
        file: PathBuf,
    },
    /// Nothing can be encrypted on this machine.
    #[error("connections cannot be encrypted: {0}")]
    Tls(String),
    /// Another process has the file.
    #[error("{} is in use by {holder}: stop it first, or ask it to do this", file.display())]
    Held {
        /// The database.
        file: PathBuf,
        /// Which process it is.
        holder: String,
    },
    /// A file cannot be made or read.
    #[error("{} cannot be opened: {error}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The system has no thread to give.
    #[error("the system gives no more threads: {0}")]
    Thread(std::io::Error),
    /// A migration that has run is not the one that this program has.
    #[error(
        "migration {number} `{name}` was changed after it ran on this database: run the program that ran it, or restore the database from before"
    )]
    MigrationChanged {
        /// Its number.
        number: i64,
        /// Its name in this program.
        name: String,
    },
    /// The database is of a later version of this program.
    #[error(
        "the database has seen migration {number}, and this program knows {newest} at most: run a newer one"
    )]
    MigrationNewer {
        /// The newest migration of the database.
        number: i64,
        /// The newest of this program.
        newest: i64,
    },
    /// The database itself fails.
    #[error(transparent)]
    Database(#[from] Error),
}
