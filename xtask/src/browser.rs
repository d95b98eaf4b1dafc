//! `cargo xtask browser`: what a real browser sees of the desk. `cargo xtask front`: whether the styles and scripts that are kept
//! are what their sources make.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::gallery;

/// Where Debian's package puts the browser.
const CHROMIUM: &str = "/usr/bin/chromium";

/// Draws the gallery, builds the program, and runs the tests of `browser/`, or those of one file.
pub(crate) fn run(root: &Path, file: Option<&str>) -> Result<()> {
    ensure!(
        Path::new(CHROMIUM).exists(),
        "there is no {CHROMIUM}: apt-get install chromium fonts-noto-cjk"
    );
    gallery::run(root)?;
    call(Command::new("cargo").args(["build", "--quiet", "--bin", "backhaul"]).current_dir(root))?;
    let folder = installed(root, "browser")?;
    let tests =
        file.map_or_else(|| "tests/*.test.js".to_owned(), |file| format!("tests/{file}.test.js"));
    let shell = format!("node --test --test-concurrency=1 --test-reporter=spec {tests}");
    call(Command::new("sh").args(["-c", &shell]).current_dir(folder))
}

/// Makes the styles and scripts again, and compares them with those that are kept.
pub(crate) fn front(root: &Path) -> Result<()> {
    let folder = installed(root, "front")?;
    call(
        Command::new("npm").args(["run", "--silent", "build", "--", "--check"]).current_dir(folder),
    )
}

/// A folder with its packages as its lock file names them; installed anew only where that file has changed.
fn installed(root: &Path, folder: &str) -> Result<PathBuf> {
    let folder = root.join(folder);
    let (lock, seen) =
        (folder.join("package-lock.json"), folder.join("node_modules/.installed-lock"));
    let wanted = std::fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    if std::fs::read(&seen).ok().as_ref() != Some(&wanted) {
        call(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))?;
        std::fs::write(&seen, wanted)?;
    }
    Ok(folder)
}

fn call(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{command:?} cannot be started"))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}
