//! A desk in a folder of its own, with a zoo that pays, and the processes that serve it.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use backhaul_zoo::running::binary_beside_test;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{Acknowledged, Client, agent, now, payment, wall};

/// The provider of these tests: it knows a key for 24 hours, and its refunds can be looked up.
pub(crate) const PERSONALITY: &str = "stripe_v1";
/// How far the clocks go ahead at a time: over a lease, and over the pause after a call without an answer.
const STEP_SECONDS: i64 = 320;
/// How far after so many steps: a provider that answers a key with its own failure again does so for a day.
const LONG_STEP_SECONDS: i64 = 2 * 3_600;
const SHORT_STEPS: usize = 6;
/// How long all of it may take by the machine's own clock before what is still open would be open for ever. The number of steps says
/// nothing: on a busy machine a worker may not have begun while the clocks went ahead a hundred times. Beside other tests the slowest
/// took 18 s in 50 steps: those to which the provider answers with its own failure for a day.
const SETTLES_WITHIN: Duration = Duration::from_mins(1);
/// How long a job may take before it is taken for one that failed and comes back.
const WORKS_WITHIN: Duration = Duration::from_secs(5);
/// How long the number of open refunds stays the same before the clocks go ahead.
const CALM: Duration = Duration::from_millis(150);
const PAUSE: Duration = Duration::from_millis(10);

pub(crate) struct Desk {
    folder: TempDir,
    zoo: backhaul_zoo::Running,
    /// Nothing on SQLite.
    database: Option<String>,
    pub(crate) key: String,
    doors: Mutex<Vec<String>>,
    told: Mutex<Vec<Acknowledged>>,
    ahead: Mutex<i64>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// A desk on SQLite, or in that database of PostgreSQL.
    pub(crate) fn new(database: Option<String>) -> Self {
        Self::with_data("data", database)
    }

    /// The same with its data in that folder.
    pub(crate) fn with_data(data: &str, database: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let binary = binary_beside_test().expect("the zoo");
        let ledger = folder.path().join("zoo.jsonl");
        let zoo = backhaul_zoo::Running::start(&binary, &ledger, &["--personality", PERSONALITY]);
        let zoo = zoo.expect("the zoo starts");
        let settings = format!(
            "data = \"{data}\"\ndefault_provider = \"stripe\"\n[log]\nlevel = \"warn\"\n[providers.stripe]\nkind = \"stripe\"\n\
             key = \"sk_test\"\nwebhook_secret = \"whsec_zoo_{PERSONALITY}\"\nbase_url = \"http://{}/{PERSONALITY}\"\n",
            zoo.address
        );
        fs::write(folder.path().join("backhaul.toml"), settings).expect("written");
        fs::create_dir(folder.path().join("crash")).expect("made");
        let mut desk = Self {
            folder,
            zoo,
            database,
            key: String::new(),
            doors: Mutex::default(),
            told: Mutex::default(),
            ahead: Mutex::default(),
        };
        let made = desk.run(&["api-key", "add", "crash", "--role", "owner"]);
        assert!(made.status.success(), "{made:?}");
        let is_heard = desk.path().join("crash/heard").exists();
        assert!(is_heard, "the program was built again, without the feature `crash-points`");
        String::from_utf8_lossy(&made.stdout).trim().clone_into(&mut desk.key);
        desk
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A command of the program on this desk, with nothing of the environment that could be a setting.
    pub(crate) fn program(&self, arguments: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_backhaul"));
        program.args(arguments).current_dir(self.path());
        if let Some(url) = &self.database {
            program.args(["--database", url]);
        }
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("BACKHAUL_") {
                program.env_remove(name);
            }
        }
        program.env("CRASH_POINTS", self.path().join("crash"));
        program
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.program(arguments).output().expect("the program runs")
    }

    /// Starts a server; nothing where it dies before it listens.
    pub(crate) fn try_serve(&self) -> Option<Process<'_>> {
        Process::start(self, self.program(&["serve", "--listen", "127.0.0.1:0"]))
    }

    /// Starts a server, as often as it takes.
    pub(crate) fn serve(&self) -> Process<'_> {
        let mut tries = 0;
        loop {
            if let Some(process) = self.try_serve() {
                return process;
            }
            tries += 1;
            assert!(tries < 20, "it does not start: {}", self.log());
        }
    }

    pub(crate) fn doors(&self) -> Vec<String> {
        locked(&self.doors).clone()
    }

    /// What the servers have logged last.
    pub(crate) fn log(&self) -> String {
        let text = self.whole_log();
        let lines: Vec<_> = text.lines().rev().take(30).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// All that the servers have logged.
    pub(crate) fn whole_log(&self) -> String {
        fs::read_to_string(self.path().join("log")).unwrap_or_default()
    }

    pub(crate) fn acknowledged(&self, told: Acknowledged) {
        locked(&self.told).push(told);
    }

    pub(crate) fn all_acknowledged(&self) -> Vec<Acknowledged> {
        locked(&self.told).clone()
    }

    /// Now, by the desk's clock.
    pub(crate) fn now(&self) -> Timestamp {
        wall() + SignedDuration::from_secs(*locked(&self.ahead))
    }

    /// Lets the desk's clock and the zoo's go ahead.
    pub(crate) fn advance(&self, seconds: i64) {
        let mut ahead = locked(&self.ahead);
        *ahead += seconds;
        self.write("ahead", &ahead.to_string());
        self.zoo("clock/advance", &json!({"seconds": seconds}));
    }

    /// What is to befall whoever comes to these points, one after the other: `kill POINT`, `stop POINT`.
    pub(crate) fn befall(&self, what: &[String]) {
        self.write("next", &what.join("\n"));
    }

    /// What is still to befall.
    pub(crate) fn to_come(&self) -> String {
        fs::read_to_string(self.path().join("crash/next")).unwrap_or_default()
    }

    /// What has befallen so far.
    pub(crate) fn befallen(&self) -> String {
        fs::read_to_string(self.path().join("crash/done")).unwrap_or_default()
    }

    /// Whole or not at all: others read it at any moment.
    fn write(&self, name: &str, text: &str) {
        let (new, place) = (self.path().join("crash/new"), self.path().join("crash").join(name));
        fs::write(&new, text).expect("written");
        fs::rename(&new, place).expect("renamed");
    }

    /// Says something to the zoo.
    pub(crate) fn zoo(&self, path: &str, body: &Value) {
        let url = format!("http://{}/control/{path}", self.zoo.address);
        let answer = agent().post(&url).send_json(body).expect("the zoo answers");
        assert!(matches!(answer.status().as_u16(), 200 | 409), "{path}: {answer:?}");
    }

    /// The buyer has paid.
    pub(crate) fn pay(&self, order: &str, captured: i64) {
        let payment =
            json!({"payment": payment(order), "captured_minor": captured, "currency": "EUR"});
        self.zoo(&format!("{PERSONALITY}/payments"), &payment);
    }

    /// The next request for a refund goes wrong so.
    pub(crate) fn fault(&self, fault: &Value) {
        self.zoo(&format!("{PERSONALITY}/faults"), &json!({"fault": fault, "next": 1}));
    }

    pub(crate) fn without_faults(&self) {
        let url = format!("http://{}/control/{PERSONALITY}/faults", self.zoo.address);
        agent().delete(&url).call().expect("the zoo answers");
        self.zoo(&format!("{PERSONALITY}/lookup"), &json!({}));
    }

    pub(crate) fn book(&self) -> PathBuf {
        self.path().join("zoo.jsonl")
    }

    /// Whether a worker that lives, and is not stopped, has a job.
    fn is_at_work(&self) -> bool {
        let files = fs::read_dir(self.path().join("crash")).expect("a folder");
        files.filter_map(|file| file.ok()?.file_name().into_string().ok()).any(|name| {
            let process = name.strip_prefix("working.").and_then(|rest| rest.split('.').next());
            let stat = process.and_then(|id| fs::read_to_string(format!("/proc/{id}/stat")).ok());
            let state = stat.as_deref().and_then(|stat| stat.rsplit_once(") "));
            state.is_some_and(|(_, state)| !state.starts_with(['T', 'Z', 'X']))
        })
    }

    /// Lets the clocks go ahead until nothing more is to come of any refund.
    pub(crate) fn settle(&self) {
        let (mut client, began) = (Client::new(self, 0), now());
        for step in 0_usize.. {
            let (mut since, mut changed, mut last) = (now(), now(), None);
            while since.elapsed() < CALM {
                let is_in_time = began.elapsed() < SETTLES_WITHIN;
                assert!(is_in_time, "{last:?} refunds are open for ever: {}", self.log());
                let open = client.open_pieces();
                if open == Some(0) {
                    return;
                }
                if open.is_none() || open != last {
                    (since, last, changed) = (now(), open, now());
                }
                // To a worker in the middle of a job it would look as if it had slept.
                if changed.elapsed() < WORKS_WITHIN && self.is_at_work() {
                    since = now();
                }
                std::thread::sleep(PAUSE);
            }
            self.advance(if step < SHORT_STEPS { STEP_SECONDS } else { LONG_STEP_SECONDS });
        }
    }
}

/// A server or a worker; killed when it is dropped.
pub(crate) struct Process<'a> {
    desk: &'a Desk,
    child: Child,
    door: Option<String>,
}

impl<'a> Process<'a> {
    pub(crate) fn start(desk: &'a Desk, mut program: Command) -> Option<Self> {
        let log = OpenOptions::new().create(true).append(true).open(desk.path().join("log"));
        let log: File = log.expect("a log");
        let mut child =
            program.stdout(Stdio::piped()).stderr(log).spawn().expect("the program starts");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        out.read_line(&mut line).expect("a line");
        if line.is_empty() {
            child.wait().expect("it ended");
            return None;
        }
        let door = line.trim_end().strip_prefix("listening on http://").map(str::to_owned);
        locked(&desk.doors).extend(door.clone());
        Some(Self { desk, child, door })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn door(&self) -> &str {
        self.door.as_deref().expect("a server")
    }

    /// Whether it has died.
    pub(crate) fn is_dead(&mut self) -> bool {
        self.child.try_wait().expect("known").is_some()
    }

    /// As a crash does: at once.
    pub(crate) fn kill(mut self) {
        let _ = self.child.kill();
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.pid().to_string()]).status();
        assert!(sent.expect("`kill` runs").success());
    }

    /// Tells it to end, and waits for it.
    pub(crate) fn end(mut self) {
        self.signal("-TERM");
        let ended = self.child.wait().expect("it ends");
        assert!(ended.success(), "{ended}: {}", self.desk.log());
    }
}

impl Drop for Process<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(door) = &self.door {
            locked(&self.desk.doors).retain(|each| each != door);
        }
    }
}

/// The same program within another one.
pub(crate) fn within(wrapper: &[&str], program: &Command) -> Command {
    let (outer, arguments) = wrapper.split_first().expect("a program");
    let mut command = Command::new(outer);
    command.args(arguments).arg(program.get_program()).args(program.get_args());
    command.current_dir(program.get_current_dir().expect("a folder"));
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}
