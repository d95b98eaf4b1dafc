//! The service as those who run it see it: the program itself, its settings, its signals, its copies.
#![expect(clippy::expect_used, reason = "tests fail by panicking")]

mod asking_a_server;
mod configuration;
mod copies;
mod demo;
mod doctor;
mod server;
mod support;
