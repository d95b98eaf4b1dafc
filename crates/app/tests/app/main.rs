//! Stories of the desk, each told on both engines. After each, the read tables equal a rebuild and the ledgers verify.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "whatever goes wrong in a test fails it"
)]

mod bank;
mod desk;
mod imports;
mod letters;
mod policies;
mod provider;
mod races;
mod refunds;
mod reports;
mod returns;
mod rights;
mod sign_in;
mod webhooks;
