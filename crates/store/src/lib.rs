//! What the returns desk keeps, in one SQLite file or in PostgreSQL: one SQL text and one body of Rust for both.
//!
//! - [`Store`]: open a database; [`Store::write`] and [`Store::read`] run a closure in a transaction.
//! - [`Tx`], [`Value`], [`Row`]: all that such a closure gets.
//! - [`Error`], [`OpenError`]: how it fails.
//! - [`orders`], [`ledger`]: an order's documents, and what happened to it. [`audit`]: whether anyone tampered with it.
//! - [`buyers`]: who bought it, erasable. [`serials`]: which order a serial was shipped with.
//! - [`case_index`], [`outbox`], [`jobs`]: what follows from it.
//!
//! Not for rules, which are the core's, and not for rights, mails or payments, which are the application's.

mod address;
pub mod audit;
pub mod buyers;
pub mod case_index;
mod chain;
mod error;
mod hash;
pub mod jobs;
pub mod ledger;
mod migrations;
pub mod orders;
pub mod outbox;
mod postgresql;
pub mod serials;
pub mod settings;
mod sqlite;
mod store;
mod threads;
mod tx;
mod walk;
mod work;

pub use self::address::DatabaseUrl;
pub use self::chain::{Finding, Head, Tampering};
pub use self::error::{Error, OpenError, Rule};
pub use self::hash::{Hash, MalformedHash};
pub use self::orders::OrderId;
pub use self::store::Store;
pub use self::tx::{Engine, Row, Tx, Value};
pub use self::work::{Pending, TRIES_MAX, WAITING_MAX};
