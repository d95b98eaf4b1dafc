//! Stories of the store, each told on both engines.
//!
//! SQLite is a file in a folder of its own. PostgreSQL is a server that these tests start from the machine's own
//! packages, with a new database for each test; without those packages its half is skipped with a line that says so, and
//! under CI that is a failure.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "whatever goes wrong in a test fails it"
)]

mod audit;
mod buyers;
mod copies;
mod encrypted;
mod jobs;
mod ledgers;
mod letters;
mod migrations;
mod on_postgres;
mod on_sqlite;
mod one_process;
mod queue;
mod read_tables;
mod transactions;
mod webhooks;
mod world;
