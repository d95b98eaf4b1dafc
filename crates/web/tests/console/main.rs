//! The console's pages as a browser without scripts sees them: forms that are read, filled and sent.
//!
//! - `browser`: a member of staff with a session. `dock`: boxes that arrive. `finance`: money that leaves.
//! - `cases`: the queue and a case. `handling`: cases that are merged, split, opened, found; answers that are ready.
//! - `owner`: the policy, the reports, and what the desk is set up with.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "whatever goes wrong in a test fails it"
)]

mod browser;
mod cases;
#[path = "../api/desk.rs"]
#[expect(dead_code, reason = "the stories over the API need all of it, those of the pages do not")]
mod desk;
mod dock;
mod finance;
mod handling;
mod owner;
#[path = "../api/server.rs"]
#[expect(dead_code, reason = "the stories over the API need all of it, those of the pages do not")]
mod server;
