//! The program killed, stopped and starved against payment providers with a book of their own: nobody is paid twice, and nothing
//! that was acknowledged is lost. What is killed where is in `docs/crash-tests.md`.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "whatever goes wrong in a test fails it"
)]

mod client;
mod desk;
mod disk;
mod kills;
mod load;
mod points;
mod postgres_lost;
mod sleeper;
mod storm;
mod verdict;
