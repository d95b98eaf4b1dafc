//! The ledger of one order, from outside: given these events, when that is asked, then this happened or was refused.
//!
//! - `goods`, `money`, `cases`, `parts`: the whole life, in sentences; the pains of other systems carry their number.
//! - `every_state`: every state of a case against every command.
//! - `interleavings`, `totality`: any commands in any order keep the invariants, which `book` checks from the events alone.
//! - `model` (feature `model`): a model checker drives the same functions against a provider with a book of its own.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "whatever goes wrong in a test fails it"
)]
#![expect(clippy::similar_names, reason = "a case has a cause")]

mod book;
mod cases;
mod every_state;
mod goods;
mod handling;
mod interleavings;
#[cfg(feature = "model")]
mod model;
mod money;
mod parts;
mod totality;
mod world;
