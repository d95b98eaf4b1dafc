//! Mails to a real mail server: Postfix of Debian's packages, with names and passwords by Dovecot, in a folder of the test's own.
//!
//! Postfix starts as root alone. Where it is missing, or this is not root, these tests are skipped and say so; under CI they fail.
#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    reason = "whatever goes wrong in a test fails it"
)]

mod postfix;
mod refusals;
mod sending;
