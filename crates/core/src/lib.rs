//! The rules of the returns desk, and nothing else: no clock, no chance, no environment, no disk, no network
//! (invariant `pure`).
//!
//! - [`answer`]: from the bytes of one facts object to the answer as JSON.
//! - [`money`]: minor units, currencies, splits that meet the whole.
//! - [`calendar`]: working days.
//! - [`facts`]: what is known of one claim on one order line; read strictly from JSON.
//! - [`policy`]: a merchant's terms as data: read, check, decide, explain.
//! - [`decision`]: what a policy answers, with the clauses it rests on.
//! - [`ledger`]: everything that happens to one order's units and money after the sale.

pub mod answer;
pub mod calendar;
pub mod decision;
pub mod facts;
pub mod ledger;
pub mod money;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod policy;
pub mod words;
