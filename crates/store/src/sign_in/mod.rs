//! How members of staff prove who they are, as it is kept: second factors, steps that wait for their second half, what was
//! guessed wrong, and what was done. What is kept of a secret is its hash, save where it must be read again.

pub mod events;
pub mod factors;
pub mod identities;
pub mod passkeys;
pub mod steps;
pub mod throttle;

/// Sorts behind every moment there is.
const NEVER_US: i64 = i64::MAX;
