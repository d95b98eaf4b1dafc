//! `cargo xtask gallery`: every page with samples, for people to look at and for tests to check.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::build;

/// Draws the gallery into `target/gallery`.
pub(crate) fn run(root: &Path) -> Result<()> {
    let folder = root.join("target/gallery");
    // What an earlier run drew and this one does not would be looked at as if it were still there.
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    let program = build::program(root, "--example", "gallery")?;
    let status = Command::new(program)
        .arg(&folder)
        .current_dir(root)
        .status()
        .context("the gallery cannot be started")?;
    ensure!(status.success(), "the gallery could not be drawn");
    Ok(())
}
