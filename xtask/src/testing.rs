//! The tests of the workspace, as many programs side by side as there are processors: much of what they do is to wait, for disks,
//! for servers that start, and for workers that were killed.

use std::collections::VecDeque;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};

use crate::build::{self, EVERYTHING, Program};

/// What takes longest, which begins first so that nothing is left over at the end.
const LONGEST: [&str; 4] = ["crash", "app", "api", "providers"];

/// Builds all tests, and runs them up to the first program that fails; then those of the documentation.
pub(crate) fn run(root: &Path) -> Result<()> {
    let programs = Mutex::new(built(root)?);
    let lanes = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(|| lane(&programs))).collect();
        lanes.into_iter().try_for_each(|lane| match lane.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    println!("   the tests of the documentation");
    let mut documentation = Command::new("cargo");
    let status = documentation.args(["test", "--doc"]).args(EVERYTHING).current_dir(root).status();
    ensure!(
        status.context("cargo cannot be started")?.success(),
        "a test of the documentation failed"
    );
    Ok(())
}

/// Runs one program after the other, until there is none left.
fn lane(programs: &Mutex<VecDeque<Program>>) -> Result<()> {
    let locked = || programs.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let Some(program) = locked().pop_front() else { return Ok(()) };
        println!("   {} begins", program.name);
        let ran = Command::new(&program.path)
            .current_dir(&program.folder)
            .env("CARGO_MANIFEST_DIR", &program.folder)
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("{} cannot be started", program.path.display()))?;
        let (out, errors) =
            (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        println!("   {}:\n{out}{errors}", program.name);
        if !ran.status.success() {
            locked().clear();
            anyhow::bail!("the tests `{}` failed", program.name);
        }
    }
}

/// The programs of tests, the longest first.
fn built(root: &Path) -> Result<VecDeque<Program>> {
    let mut programs = build::programs(root, ["test", "--no-run"].into_iter().chain(EVERYTHING))?;
    programs.retain(|program| program.is_test);
    ensure!(!programs.is_empty(), "cargo names no program of tests");
    let place = |program: &Program| LONGEST.iter().position(|name| *name == program.name);
    programs.sort_by_key(|program| place(program).unwrap_or(LONGEST.len()));
    Ok(programs.into())
}
