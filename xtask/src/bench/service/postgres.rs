//! A PostgreSQL server of the bench's own, as its package installs it: with every commit flushed to the disk.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Makes the database and starts its server, says so, and ends it once nobody holds the other end of its input any more.
const SCRIPT: &str = r#"
set -e
trap '"$1/pg_ctl" -D "$2/data" -m fast stop >/dev/null 2>&1' EXIT
"$1/initdb" -D "$2/data" -A trust -U desk -E UTF8 --locale=C.UTF-8 >"$2/log" 2>&1
"$1/pg_ctl" -D "$2/data" -l "$2/log" -w -o "-k $2 -c listen_addresses='' -c shared_buffers=256MB -c max_wal_size=4GB" start >/dev/null
echo ready
read -r _ || true
"#;

/// A running server; it ends with its handle.
pub(super) struct Postgres {
    shell: Child,
    programs: PathBuf,
    folder: PathBuf,
}

impl Postgres {
    /// Starts a new and empty server in that folder.
    pub(super) fn start(folder: &Path) -> Result<Self> {
        let programs = std::fs::read_dir("/usr/lib/postgresql").context("no PostgreSQL here")?;
        let programs = programs.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).max();
        let programs = programs.context("no PostgreSQL below /usr/lib/postgresql")?;
        // It refuses to run as root; its package makes a user for it, who must reach the folder.
        let is_root = Command::new("id").arg("-u").output()?.stdout.trim_ascii() == b"0";
        let mut command = if is_root {
            let given = Command::new("chown").arg("postgres").arg(folder).status()?;
            ensure!(given.success(), "there is no user `postgres`");
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", "sh"]);
            command
        } else {
            Command::new("sh")
        };
        command.args(["-c", SCRIPT, "sh"]).args([&programs, folder]).current_dir("/");
        let mut shell = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = shell.stdout.take().context("no output")?;
        let mut said = String::new();
        BufReader::new(output).read_line(&mut said)?;
        ensure!(said.trim() == "ready", "PostgreSQL did not start: see {}/log", folder.display());
        Ok(Self { shell, programs, folder: folder.to_owned() })
    }

    /// Does at once what the server would do by and by after so many new rows, and would be measured with.
    pub(super) fn tidy(&self) -> Result<()> {
        let psql = Command::new(self.programs.join("psql"))
            .args(["-q", "-U", "desk", "-c", "vacuum analyze", "-c", "checkpoint", "-h"])
            .arg(&self.folder)
            .arg("postgres")
            .status()?;
        ensure!(psql.success(), "PostgreSQL could not be tidied");
        Ok(())
    }

    /// Its first process, whose children serve the connections.
    pub(super) fn process(&self) -> Result<u32> {
        let noted = std::fs::read_to_string(self.folder.join("data/postmaster.pid"))?;
        noted.lines().next().context("no process")?.trim().parse().context("no process")
    }

    /// The address of its database.
    pub(super) fn url(&self) -> String {
        format!("postgres:///postgres?host={}&user=desk", self.folder.display())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}
