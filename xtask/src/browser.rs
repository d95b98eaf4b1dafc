//! `cargo xtask browser`: what a real browser sees of the desk. `cargo xtask front`: whether the styles and scripts that are kept
//! are what their sources make.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{build, gallery};

/// How many files of tests run side by side, each with a desk of its own.
const FILES_AT_ONCE: u32 = 2;
/// Where Debian's package puts the browser.
const CHROMIUM: &str = "/usr/bin/chromium";

/// The tests that measure, and must have the machine for themselves.
const ALONE: &str = "figures";
/// What takes the pictures of the README, which a check does not look at.
const PICTURES: &str = "screenshots";
/// After how long a file of tests is given up.
const TIMEOUT_MS: u32 = 300_000;

/// Draws the gallery, and runs the tests of `browser/`, or those of one file.
pub(crate) fn run(root: &Path, file: Option<&str>) -> Result<()> {
    let browser = Browser::ready(root)?;
    if let Some(file) = file {
        return browser.tests(1, &[path(file)]);
    }
    browser.tests(FILES_AT_ONCE, &browser.files(|name| name != ALONE)?)?;
    browser.tests(1, &[path(ALONE)])
}

/// What a check runs: every journey, and every page of the gallery.
pub(crate) fn check(root: &Path) -> Result<()> {
    let browser = Browser::ready(root)?;
    browser.tests(FILES_AT_ONCE, &browser.files(|name| name != ALONE && name != PICTURES)?)
}

fn path(file: &str) -> String {
    format!("tests/{file}.test.js")
}

/// Takes the pictures that the README shows.
pub(crate) fn screenshots(root: &Path) -> Result<()> {
    let browser = Browser::ready(root)?;
    let mut node = browser.node(1, &[path(PICTURES)]);
    call(node.env("WRITE_SCREENSHOTS", "1"))
}

/// What the tests need.
struct Browser {
    /// The folder of the tests, with their packages.
    folder: PathBuf,
    /// The desk that is looked at.
    program: PathBuf,
}

impl Browser {
    /// Looks whether there is a browser, and builds what is looked at.
    fn ready(root: &Path) -> Result<Self> {
        ensure!(
            Path::new(CHROMIUM).exists(),
            "there is no {CHROMIUM}, which the tests of pages need: apt-get install chromium fonts-noto-cjk"
        );
        gallery::run(root)?;
        let program = build::program(root, "--bin", "backhaul")?;
        Ok(Self { folder: installed(root, "browser")?, program })
    }

    /// The files of tests whose names are wanted.
    fn files(&self, is_wanted: impl Fn(&str) -> bool) -> Result<Vec<String>> {
        let listed =
            std::fs::read_dir(self.folder.join("tests")).context("cannot list the tests")?;
        let names = listed.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let names = names.filter_map(|name| name.strip_suffix(".test.js").map(str::to_owned));
        let mut files: Vec<_> =
            names.filter(|name| is_wanted(name)).map(|name| path(&name)).collect();
        files.sort();
        Ok(files)
    }

    fn tests(&self, at_once: u32, files: &[String]) -> Result<()> {
        call(&mut self.node(at_once, files))
    }

    fn node(&self, at_once: u32, files: &[String]) -> Command {
        let mut node = Command::new("node");
        node.args(["--test", "--test-reporter=spec"])
            .arg(format!("--test-concurrency={at_once}"))
            .arg(format!("--test-timeout={TIMEOUT_MS}"))
            .args(files)
            .env("DESK_PROGRAM", &self.program)
            .current_dir(&self.folder);
        node
    }
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
