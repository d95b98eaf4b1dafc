//! The API through its front door: a real server on a real socket, over both engines.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "whatever goes wrong in a test fails it"
)]

mod buyers;
mod copies;
mod finance;
mod returns;
mod server;
mod webhooks;
