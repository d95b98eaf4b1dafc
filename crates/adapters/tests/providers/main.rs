//! The providers' adapters against the zoo, a process of its own whose ledger says what was really paid.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "whatever goes wrong in a test fails it"
)]

mod answers;
mod calls;
mod desk;
mod faults;
mod reconciling;
mod test_book;
mod webhooks;
mod zoo;
