//! The API through its front door: real servers on real sockets, over both engines.
//!
//! - `server`: a server over a database of a test's own, and a client that asks it. `desk`: what a test knows of the desk behind it.
//! - `story`: a return told in sentences, and what must hold after it. `asks`: the commands in short. `stories`: the returns.
//! - `pains`: what went wrong in other systems. `storms`: many clients at once.
//! - `bad_inputs`, `raw`: what is refused, and that it changes nothing. `rights`: every route for every role.
//! - `document`: the codes and the `OpenAPI` document.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "whatever goes wrong in a test fails it"
)]
#![expect(clippy::needless_pass_by_value, reason = "what is asked is said where it is asked")]

mod asks;
mod bad_inputs;
mod bank;
mod buyers;
mod console;
mod copies;
mod desk;
mod document;
mod finance;
mod pains;
mod policies;
#[path = "../../../app/tests/app/provider.rs"]
#[expect(
    dead_code,
    reason = "the stories of the desk itself need all of it, those over HTTP do not"
)]
mod provider;
mod raw;
mod rights;
mod server;
mod stories;
mod storms;
mod story;
mod webhooks;
