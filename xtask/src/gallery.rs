//! `cargo xtask gallery`: every page with samples, for people to look at and for tests to check.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Builds the program, and draws the gallery into `target/gallery`.
pub(crate) fn run(root: &Path) -> Result<()> {
    let folder = root.join("target/gallery");
    // What an earlier run drew and this one does not would be looked at as if it were still there.
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    // As the other steps of a check build it, so that it is built once; the program is what browsers look at.
    let built = Command::new("cargo")
        .args(["build", "--quiet", "--locked", "--workspace", "--all-features"])
        .args(["--bin", "backhaul", "--example", "gallery"])
        .current_dir(root)
        .status()
        .context("cargo cannot be started")?;
    ensure!(built.success(), "the gallery could not be built");
    let drawn = Command::new(root.join("target/debug/examples/gallery"))
        .arg(&folder)
        .current_dir(root)
        .status()
        .context("the gallery cannot be started")?;
    ensure!(drawn.success(), "the gallery could not be drawn");
    Ok(())
}
