//! The zoo, held to its promises through HTTP: what a provider answers, and what its ledger says really happened.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod faults;
mod personalities;
mod restart;
mod storm;
mod support;
mod webhooks;
