//! What the tests of several crates share: a database of a test's own, on both engines.
//!
//! SQLite is a file in a folder of its own. PostgreSQL is a server that the tests start from the machine's own packages,
//! with a new database for each test; without those packages its half is skipped with a line that says so, and under CI
//! that is a failure.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "whatever goes wrong here fails the test that asked for it"
)]

mod engines;
pub mod postgres_server;

pub use self::engines::Database;
