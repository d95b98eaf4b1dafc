//! The pages as a browser without scripts sees them: a server over a database of a test's own, and a small client with cookies.
//!
//! - `browser`: the server and the client. `portal`: what a buyer does, from the start to a case number.
//! - `codes`: signing in by a code. `evidence`: files that come in. `strangers`: what belongs to others.
//! - `access`: every page for everybody. `hostile`: what people type who mean no good.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "whatever goes wrong in a test fails it"
)]

mod access;
mod browser;
mod codes;
mod evidence;
mod hostile;
mod portal;
mod strangers;
