//! What the project does to itself.

mod bench;
mod browser;
mod build;
mod ci;
mod common_passwords;
mod fuzz;
mod gallery;
mod schemathesis;
mod testing;
mod tidy;

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "What the project does to itself"
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Everything that must hold before a change is merged: format, lints, tests, documents, tidiness
    Ci,
    /// What no compiler checks: layers, documents that name what is not there, long files, …
    Tidy,
    /// Measure the figures of docs/benchmarks.md, with the machine and its load
    Bench {
        #[command(subcommand)]
        of: Option<BenchOf>,
    },
    /// Make the list of passwords that are known from breaches
    CommonPasswords(common_passwords::Arguments),
    /// Build a fuzz target on the stable toolchain and run it
    Fuzz(fuzz::Arguments),
    /// Look at the desk with a real browser: journeys, accessibility, weight
    Browser {
        /// One file of tests, without its ending; all where it is left out
        file: Option<String>,
    },
    /// Check that the styles and scripts that are kept are what their sources make
    Front,
    /// Draw every page with samples into `target/gallery`
    Gallery,
    /// Take the pictures that the README shows
    Screenshots,
    /// Ask the API whatever its `OpenAPI` document allows and forbids
    Schemathesis(schemathesis::Arguments),
}

#[derive(Subcommand)]
enum BenchOf {
    /// Whole returns, reads and lists over HTTP
    Service(bench::service::Args),
    /// Orders from a file into an empty database
    Import(bench::import::Args),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Ci => ci::run(root()),
        Task::Tidy => tidy::run(root()),
        Task::Bench { of: None } => bench::run(root()),
        Task::Bench { of: Some(BenchOf::Service(args)) } => bench::service::run(root(), &args),
        Task::CommonPasswords(arguments) => common_passwords::run(root(), &arguments),
        Task::Bench { of: Some(BenchOf::Import(args)) } => bench::import::only(root(), &args),
        Task::Fuzz(arguments) => fuzz::run(root(), &arguments),
        Task::Browser { file } => browser::run(root(), file.as_deref()),
        Task::Front => browser::front(root()),
        Task::Gallery => gallery::run(root()),
        Task::Screenshots => browser::screenshots(root()),
        Task::Schemathesis(arguments) => schemathesis::run(root(), &arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace.
fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}
