//! `backhaul demo`, as somebody who sees Backhaul for the first time uses it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use crate::support::{backhaul, printed, program, told};

/// What only the last line that a demo prints has in it.
const LAST: &str = " demo --data ";

/// A demo that serves, and what it has printed.
struct Demo {
    child: Child,
    /// Kept open: a program that nobody listens to any more ends.
    _out: BufReader<ChildStdout>,
    text: String,
}

impl Demo {
    fn start(folder: &Path) -> Self {
        let mut program = program(folder, &["demo", "--listen", "127.0.0.1:0"]);
        let mut child =
            program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        let mut text = String::new();
        while !text.contains(LAST) {
            let read = out.read_line(&mut text).expect("text");
            assert!(read != 0, "{text}{}", told(&child.wait_with_output().expect("it ended")));
        }
        Self { child, _out: out, text }
    }

    /// The commands that it says to try, as they are printed.
    fn commands(&self) -> Vec<&str> {
        let lines = self.text.lines().map(str::trim_start);
        lines.filter(|line| line.starts_with("curl ")).collect()
    }

    /// Runs a printed command in a shell.
    fn run(command: &str) -> String {
        let output = Command::new("sh").args(["-c", command]).output().expect("a shell");
        assert!(output.status.success(), "{command}: {}", told(&output));
        printed(&output)
    }

    fn ask(&self, path: &str) -> serde_json::Value {
        let owner = self.commands().into_iter().last().expect("commands");
        let (before, rest) = owner.split_once("/api/").expect("an address");
        let (_, after) = rest.split_once('\'').expect("its end");
        let said = Self::run(&format!("{before}/api/{path}'{after}"));
        serde_json::from_str(&said).expect("JSON")
    }

    /// Where each case stands, with the version of its order's ledger.
    fn cases(&self) -> BTreeMap<String, (String, i64)> {
        let list = self.ask("v1/cases?limit=100");
        let items = list.get("items").and_then(|items| items.as_array()).expect("cases").clone();
        let word = |item: &serde_json::Value, name: &str| {
            item.get(name).and_then(|word| word.as_str()).expect("a word").to_owned()
        };
        let found = items.iter().map(|item| {
            let case = self.ask(&format!("v1/cases/{}", word(item, "case")));
            let version = case.get("version").and_then(serde_json::Value::as_i64).expect("one");
            (word(item, "case"), (word(item, "state"), version))
        });
        found.collect()
    }

    fn end(mut self) -> Output {
        let signal = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(signal.expect("`kill` runs").success());
        let err = self.child.stderr.take().expect("piped");
        let stderr = std::io::read_to_string(err).expect("text").into_bytes();
        let status = self.child.wait().expect("it ends");
        Output { status, stdout: Vec::new(), stderr }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn has_curl() -> bool {
    let has = Command::new("curl").arg("--version").output().is_ok();
    if !has {
        println!("skipped: there is no `curl` here");
    }
    has
}

#[test]
fn a_demo_shows_every_stage_its_commands_work_as_printed_and_a_second_start_goes_on() {
    if !has_curl() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(folder.path());
    assert!(demo.text.starts_with("A demo of 36 orders and 21 returns is ready"), "{}", demo.text);
    let said: Vec<_> = demo.commands().into_iter().map(Demo::run).collect();
    let parts =
        ["\"SO-1003-R1\"", "\"clauses\":[\"freight.merchant\"", "SO-1015-refund", "\"openapi\""];
    assert_eq!(said.len(), parts.len());
    for (said, part) in said.iter().zip(parts) {
        assert!(said.contains(part), "{part} in {said}");
    }
    let first = demo.cases();
    for state in [
        "awaiting_evidence",
        "under_review",
        "requested",
        "authorised",
        "in_transit",
        "received",
        "inspected",
        "resolved",
        "declined",
        "expired",
        "cancelled",
        "closed",
    ] {
        assert!(first.values().any(|(found, _)| found == state), "{state} in {first:?}");
    }
    let held = demo.ask("v1/orders/SO-1005");
    assert!(held.to_string().contains("FOREIGN-0042"), "{held}");
    let two = demo.ask("v1/cases/SO-1010-R1").to_string();
    assert_eq!(two.matches("\"state\":\"settled\"").count(), 2, "{two}");
    let keys = |text: &str| text.matches("bh_").count();
    assert_eq!(keys(&demo.text), 8, "four keys, and four commands with one");
    let text = demo.text.clone();
    let ended = demo.end();
    assert_eq!((ended.status.code(), told(&ended).as_str()), (Some(0), ""));
    let audit = backhaul(folder.path(), &["audit", "verify", "--data", "backhaul-demo"]);
    assert!(printed(&audit).ends_with(" events: 0 tampered with\n"), "{}", printed(&audit));

    let again = Demo::start(folder.path());
    assert!(again.text.contains("nothing was imported or played again"), "{}", again.text);
    assert_eq!(again.cases(), first);
    let key = |text: &str| text.lines().find(|line| line.contains("bh_")).map(str::to_owned);
    assert_eq!(key(&again.text), key(&text), "the keys stay");
}

#[test]
fn a_demo_that_was_killed_as_it_began_ends_where_another_one_does() {
    if !has_curl() {
        return;
    }
    let whole = tempfile::tempdir().expect("a folder");
    let expected = Demo::start(whole.path()).cases();
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("backhaul-demo");
    let mut child = program(folder.path(), &["demo", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    // It has begun to write, and has no keys yet.
    while !data.join("backhaul.db-wal").exists() && !data.join("backhaul.db").exists() {
        std::thread::yield_now();
    }
    child.kill().expect("killed");
    child.wait().expect("it ended");
    let demo = Demo::start(folder.path());
    assert_eq!(demo.cases(), expected);
}

#[test]
fn what_a_demo_cannot_do_is_told_and_nothing_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let refused = backhaul(folder.path(), &["demo", "--listen", &address]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        told(&refused).contains("choose another address with `--listen`"),
        "{}",
        told(&refused)
    );
    assert!(!folder.path().join("backhaul-demo").exists());
    std::fs::write(folder.path().join("mine.txt"), "mine").expect("written");
    let full = backhaul(folder.path(), &["demo", "--data", ".", "--listen", "127.0.0.1:0"]);
    assert_eq!(full.status.code(), Some(2));
    assert!(told(&full).contains("`.` is not empty and no demo"), "{}", told(&full));
    let running = Demo::start(folder.path());
    let second = backhaul(folder.path(), &["demo", "--listen", "127.0.0.1:0"]);
    assert!(told(&second).contains("a demo runs in `backhaul-demo` already"), "{}", told(&second));
    drop(running);
}
