//! What the project does to itself.

mod bench;
mod ci;
mod fuzz;
mod schemathesis;
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
    /// Build a fuzz target on the stable toolchain and run it
    Fuzz(fuzz::Arguments),
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
        Task::Bench { of: Some(BenchOf::Import(args)) } => bench::import::only(root(), &args),
        Task::Fuzz(arguments) => fuzz::run(root(), &arguments),
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
