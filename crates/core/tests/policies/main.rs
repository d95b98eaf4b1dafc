//! Policies as data: the shipped default, its cases, and what `check` finds in policies that are wrong.
#![expect(clippy::expect_used, reason = "tests fail by panicking")]

mod check;
mod compare;
mod default;
mod explain;
mod language;
mod law;
mod read;
mod support;
