//! What the returns desk keeps, in one SQLite file or in PostgreSQL: one SQL text and one body of Rust for both.
//!
//! - [`Store`]: open a database; [`Store::write`] and [`Store::read`] run a closure in a transaction.
//! - [`Tx`], [`Value`], [`Row`]: all that such a closure gets.
//! - [`Error`], [`OpenError`]: how it fails.
//! - [`orders`], [`ledger`]: an order's documents, and what happened to it. [`audit`]: whether anyone tampered with it.
//! - [`trail`]: what happened across all orders.
//! - [`case_index`], [`refund_index`], [`waiting`], [`payment_index`], [`outbox`], [`jobs`], [`webhooks`]: what follows from it.
//! - [`case_queue`]: the cases that wait, for whom, and how many. [`case_serials`]: in which cases a serial was.
//! - [`answer_templates`]: answers that staff have ready.
//! - [`bank_account`], [`bank_batch`]: refunds that finance pays by bank transfer, where they go and in which file they are.
//! - [`people`], [`texts`], [`request_keys`], [`settings`]: who asks, what they typed, what they asked before, and what the desk
//!   remembers of itself.
//! - [`policy_versions`]: the policies that were published. [`report_unit`]: the claimed units, for reports.
//! - [`sessions`]: who is signed in to the pages. [`sign_in_codes`]: how a buyer gets there. [`rate_slots`]: so many in so long.
//! - [`evidence_files`]: what buyers send as evidence, by where it lies.
//! - [`size`]: how large all of it is. [`dump`]: a copy of everything, and the way back. [`export`]: the same for others to read.
//! - [`letters`]: mail to buyers, as it waits and as it went.
//! - [`Marks`]: what a long file has had, while it is read.
//! - [`buyers`]: who bought it, erasable. [`serials`]: which order a serial was shipped with.
//!
//! Not for rules, which are the core's, and not for rights, mails or payments, which are the application's.

mod address;
pub mod answer_templates;
pub mod audit;
pub mod bank_account;
pub mod bank_batch;
pub mod buyers;
pub mod case_index;
pub mod case_queue;
pub mod case_serials;
mod chain;
pub mod dump;
mod error;
pub mod evidence_files;
pub mod export;
mod hash;
pub mod jobs;
pub mod ledger;
pub mod letters;
mod marks;
mod migrations;
pub mod orders;
pub mod outbox;
pub mod payment_index;
pub mod people;
pub mod policy_versions;
mod postgresql;
pub mod rate_slots;
pub mod refund_index;
pub mod refund_proposals;
pub mod report_unit;
pub mod request_keys;
pub mod serials;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod sign_in_codes;
pub mod size;
mod sqlite;
mod store;
pub mod texts;
mod threads;
pub mod trail;
mod tx;
pub mod waiting;
mod walk;
pub mod webhooks;
mod work;

pub use self::address::DatabaseUrl;
pub use self::chain::{Finding, Head, Tampering};
pub use self::error::{Error, OpenError, Rule};
pub use self::hash::{Hash, MalformedHash};
pub use self::marks::{Mark, Marks};
pub use self::migrations::Schema;
pub use self::orders::{NameOfOrder, OrderId};
pub use self::postgresql::PostgresServer;
pub use self::store::{Store, Waiting};
pub use self::tx::{Engine, Row, Tx, Value};
pub use self::work::{Pending, TRIES_MAX, WAITING_MAX};
