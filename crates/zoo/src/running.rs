//! Starts a zoo for a test, and ends it with the test.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, ensure};
use serde::Deserialize;

/// A zoo in a process of its own, killed when this is dropped.
#[derive(Debug)]
pub struct Running {
    process: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

#[derive(Deserialize)]
struct Announcement {
    listening: SocketAddr,
}

impl Running {
    /// Starts the given binary on a ledger, with further arguments, and waits until it listens.
    ///
    /// # Errors
    ///
    /// If it cannot be started, or ends before it listens.
    pub fn start(binary: &Path, ledger: &Path, arguments: &[&str]) -> anyhow::Result<Self> {
        let process = Command::new(binary)
            .arg("--ledger")
            .arg(ledger)
            .arg("--end-with-stdin")
            .args(arguments)
            // Closed by the system when the test's process ends, however it does.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be started", binary.display()))?;
        // Made before it is listened to, so that a zoo which says something else is ended too.
        let mut zoo = Self { process, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        let stdout = zoo.process.stdout.take().context("the zoo has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let announced: Announcement =
            serde_json::from_str(&line).context("the zoo ended before it listened")?;
        zoo.address = announced.listening;
        Ok(zoo)
    }

    /// Ends it at once, as a crash would.
    ///
    /// # Errors
    ///
    /// If it cannot be ended.
    pub fn kill(mut self) -> std::io::Result<()> {
        self.process.kill()?;
        self.process.wait().map(drop)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The zoo's binary beside the running test, where cargo builds it along with the whole workspace.
///
/// # Errors
///
/// If it is not built yet.
pub fn binary_beside_test() -> anyhow::Result<PathBuf> {
    let test = std::env::current_exe()?;
    let folder = test.ancestors().nth(2).context("a test lies in a folder of cargo's")?;
    let binary = folder.join(format!("backhaul-zoo{}", std::env::consts::EXE_SUFFIX));
    ensure!(binary.exists(), "there is no zoo yet: run `cargo build -p backhaul-zoo`");
    Ok(binary)
}
