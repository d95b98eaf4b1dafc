//! The programs under load, each in a process of its own: the desk with its database, and the zoo that pays.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::processor::{self, Used};
use crate::bench::http::Client;

/// Who looks at pages.
const NAME: &str = "bench";
const PASSWORD: &str = "quarry-lantern-42-ferry";

/// A process that ends with its handle.
pub(super) struct Running {
    pub(super) process: Child,
    pub(super) address: SocketAddr,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A desk whose server runs, and who may ask it.
pub(super) struct Desk {
    pub(super) zoo: Running,
    pub(super) server: Running,
    program: PathBuf,
    settings: PathBuf,
    token: String,
    zoo_ledger: PathBuf,
    /// The process of the database, where it is one of its own.
    database: Option<u32>,
}

/// Where the desk keeps what it knows.
pub(super) struct Database {
    /// Its address.
    pub(super) url: String,
    /// Its process, where it is one of its own.
    pub(super) process: Option<u32>,
}

/// The programs that are measured.
pub(super) struct Programs {
    pub(super) server: PathBuf,
    pub(super) zoo: PathBuf,
}

impl Drop for Desk {
    fn drop(&mut self) {
        // The zoo may hold it until its own handle goes; its name can go before.
        let _ = fs::remove_file(&self.zoo_ledger);
    }
}

impl Desk {
    /// Starts the zoo and the server on that database; `fill` comes in between, while nobody holds the database.
    pub(super) fn start(
        programs: Programs,
        folder: &Path,
        database: &Database,
        fill: impl FnOnce() -> Result<()>,
    ) -> Result<Self> {
        let mut zoo = Command::new(programs.zoo);
        let zoo_ledger = zoo_ledger(folder);
        zoo.arg("--ledger").arg(&zoo_ledger).arg("--end-with-stdin").stdin(Stdio::piped());
        let zoo = start(zoo, |line| {
            serde_json::from_str::<Value>(line).ok()?.get("listening")?.as_str()?.parse().ok()
        })?;
        let settings = folder.join("backhaul.toml");
        fs::write(&settings, settings_text(folder, &database.url, zoo.address)?)?;
        let program = programs.server;
        let made = Command::new(&program)
            .args(["api-key", "add", "bench", "--role", "owner", "--config"])
            .arg(&settings)
            .stderr(Stdio::null())
            .output()?;
        ensure!(made.status.success(), "`backhaul api-key add` failed");
        let mut add = Command::new(&program);
        add.args(["user", "add", NAME, "--role", "owner", "--role", "representative"]);
        add.args(["--role", "dock", "--role", "finance", "--password", "--config"]).arg(&settings);
        let mut adding = add.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        adding.stdin.take().context("no input")?.write_all(PASSWORD.as_bytes())?;
        ensure!(adding.wait()?.success(), "`backhaul user add` failed");
        let made = String::from_utf8(made.stdout)?;
        let token = made.split_whitespace().find(|word| word.starts_with("bh_"));
        let token = token.context("`backhaul api-key add` shows no key")?.to_owned();
        fill()?;
        let server = start_server(&program, &settings)?;
        let database = database.process;
        Ok(Self { zoo, server, program, settings, token, zoo_ledger, database })
    }

    /// What the programs have cost the processor so far.
    pub(super) fn used(&self) -> Used {
        Used {
            server: processor::of(self.server.process.id()),
            database: self.database.map_or(Duration::ZERO, processor::of_family),
            provider: processor::of(self.zoo.process.id()),
        }
    }

    /// A connection to the server.
    pub(super) fn client(&self) -> Result<Client> {
        Client::new(self.server.address, "/api/v1", &self.token)
    }

    /// A connection of somebody of the staff who may see every page.
    pub(super) fn browser(&self) -> Result<Client> {
        let address = self.server.address;
        let form = format!("name={NAME}&password={PASSWORD}");
        let answer = Client::browser(address, "")?.ask("POST", "/desk/sign-in", None, &form)?;
        let cookie = answer.cookie.filter(|_| answer.status == 303).context("nobody is let in")?;
        Client::browser(address, &cookie)
    }

    /// A connection of a buyer with that session.
    pub(super) fn buyer(&self, token: &str) -> Result<Client> {
        Client::browser(self.server.address, &format!("bh_buyer={token}"))
    }

    /// Ends the server as a service manager would, starts it again, and says how long it takes until it says that it is ready.
    #[expect(clippy::disallowed_methods, reason = "how long a start takes is read off the clock")]
    pub(super) fn restart(&mut self) -> Result<Duration> {
        let process = self.server.process.id().to_string();
        let told = Command::new("kill").args(["-TERM", &process]).status()?;
        ensure!(told.success(), "the server could not be told to end");
        self.server.process.wait()?;
        let start = Instant::now();
        self.server = start_server(&self.program, &self.settings)?;
        let mut client = Client::new(self.server.address, "", &self.token)?;
        client.expect("GET", "/readyz", None, "")?;
        Ok(start.elapsed())
    }
}

/// The zoo flushes its ledger for each request, one after the other. A provider's disk is not this machine's, so that ledger is
/// kept in memory where there is such a place.
fn zoo_ledger(folder: &Path) -> PathBuf {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { memory } else { folder };
    folder.join(format!("backhaul-bench-zoo-{}.jsonl", std::process::id()))
}

fn settings_text(folder: &Path, database: &str, zoo: SocketAddr) -> Result<String> {
    let mut text = format!(
        "listen = \"127.0.0.1:0\"\ndefault_provider = \"zoo\"\ndata = \"{}\"\ndatabase = {database:?}\n",
        folder.join("data").display()
    );
    writeln!(text, "[worker]\nthreads = 16\n[log]\nlevel = \"warn\"")?;
    writeln!(
        text,
        "[providers.zoo]\nkind = \"stripe\"\nkey = \"sk_test_bench\"\nwebhook_secret = \"whsec_bench\"\nbase_url = \"http://{zoo}/stripe_v1\""
    )?;
    Ok(text)
}

fn start_server(program: &Path, settings: &Path) -> Result<Running> {
    let mut server = Command::new(program);
    server.arg("serve").arg("--config").arg(settings);
    start(server, |line| line.rsplit("http://").next()?.trim().parse().ok())
}

/// Starts a program and waits until it says where it listens.
fn start(mut program: Command, address: impl Fn(&str) -> Option<SocketAddr>) -> Result<Running> {
    let mut process =
        program.stdout(Stdio::piped()).spawn().context("a program cannot be started")?;
    let output = process.stdout.take().context("no output")?;
    let mut lines = BufReader::new(output).lines();
    let found = lines.find_map(|line| address(&line.ok()?));
    // What else it says must go somewhere.
    std::thread::spawn(move || lines.for_each(drop));
    let Some(address) = found else {
        let _ = process.kill();
        anyhow::bail!("a program ended without saying where it listens");
    };
    Ok(Running { process, address })
}
