//! `cargo xtask ci`: the steps of a check, in order, up to the first that fails.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::{browser, schemathesis, testing, tidy};

/// A step that is a call of cargo: its name, its arguments, and a variable of its environment.
struct Step {
    name: &'static str,
    arguments: &'static [&'static str],
    variable: Option<(&'static str, &'static str)>,
}

const FORMAT: Step =
    Step { name: "format", arguments: &["fmt", "--all", "--check"], variable: None };
const LINTS: Step = Step {
    name: "lints",
    arguments: &[
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--locked",
        "--",
        "--deny=warnings",
    ],
    variable: None,
};
const DOCUMENTATION: Step = Step {
    name: "documentation",
    arguments: &["doc", "--workspace", "--all-features", "--no-deps", "--locked"],
    variable: Some(("RUSTDOCFLAGS", "--deny=warnings")),
};
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    for step in [FORMAT, LINTS, DOCUMENTATION] {
        timed(step.name, || cargo(root, &step))?;
    }
    timed("tidy", || tidy::run(root))?;
    // The corpora of the fuzz targets are replayed by an ordinary test among these; the crash tests are among them because their
    // feature is among all.
    timed("tests", || testing::run(root))?;
    timed("front", || browser::front(root))?;
    timed("pages", || browser::check(root))?;
    timed("API", || schemathesis::run(root, &schemathesis::Arguments::of_a_check()))?;
    println!("== ci: every step passed");
    Ok(())
}

fn timed(name: &str, step: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    println!("== {name}");
    let (done, taken) = stopwatch(step);
    let seconds = taken.as_millis().div_euclid(1000);
    done.with_context(|| format!("ci stopped: the step `{name}` failed after {seconds} s"))?;
    println!("== {name}: passed in {seconds} s");
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "how long a step takes is read off the clock")]
fn stopwatch<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}

fn cargo(root: &Path, step: &Step) -> anyhow::Result<()> {
    println!("   cargo {}", step.arguments.join(" "));
    let status = Command::new("cargo")
        .args(step.arguments)
        .envs(step.variable)
        .current_dir(root)
        .status()
        .context("cargo cannot be started")?;
    ensure!(status.success(), "`cargo {}` failed", step.arguments.join(" "));
    Ok(())
}
