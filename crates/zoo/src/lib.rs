//! Fake payment providers for tests: a process of its own that behaves as real providers do, on good days and bad ones.
//!
//! What really happened stands in its [`ledger`], a file of JSON lines, written and synced before any answer leaves.
//! Tests ask it how often a buyer was paid. It shares no code with Backhaul's clients, because a misunderstanding that
//! both sides share would hide itself. Not for anything but tests: it moves no money and asks nobody who they are.
//! How to drive it is in the crate's `README.md`.

mod clock;
mod control;
mod desk;
pub mod fault;
pub mod ledger;
mod lookup;
pub mod personality;
mod provider;
pub mod running;
pub mod server;
mod shape;
pub mod state;
pub mod totals;
mod webhook;

pub use fault::{Fault, FaultRule, Place, WebhookWay, When};
pub use ledger::{Entry, Event};
pub use personality::Personality;
pub use running::Running;
pub use state::Status;
