//! A disk that is full, and one that does not keep what it is given.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::client::{Answer, Client, claims, now};
use crate::desk::{Desk, Process, within};
use crate::load::say;
use crate::verdict::settle_and_compare;

/// How long a server may take to go on after there is space again.
const AGAIN_WITHIN: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(50);
/// How often a disk fails that fails at all: at each of these flushes and those after it.
const FAILS_FROM: [u32; 4] = [3, 9, 17, 30];
/// How many requests come after the first that failed.
const LATE: usize = 3;
/// How many returns a client begins before the disk must have failed.
const REQUESTS_MAX: usize = 400;

/// A small file system in memory, mounted for one test.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts it, or says why not.
    fn mount(place: &Path) -> Result<Self, String> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8m", "backhaul-test"]).arg(place);
        succeed(&mut mount)?;
        Ok(Self(place.to_owned()))
    }

    fn fill(&self) {
        let mut file = std::fs::File::create(self.0.join("filler")).expect("made");
        for size in [65_536, 4_096, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("filler")).expect("removed");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(()) } else { Err(said) }
}

/// Does returns until the desk cannot keep one any more; returns the request that failed, and how many went well before it.
fn until_it_fails(desk: &Desk) -> (Failed, usize) {
    let mut client = Client::new(desk, 0);
    for number in 0..REQUESTS_MAX {
        let (path, body) = (format!("/orders/D-{number}"), client.draft(&format!("D-{number}")));
        let taken = client.try_once("PUT", &path, None, &body).expect("an answer");
        if taken.status >= 300 {
            return (Failed { path, key: None, body, answer: taken }, number);
        }
        let (path, body) = (format!("{path}/cases"), claims());
        let key = format!("D-{number}");
        let opened = client.try_once("POST", &path, Some(&key), &body).expect("an answer");
        if opened.status >= 300 {
            return (Failed { path, key: Some(key), body, answer: opened }, number);
        }
    }
    panic!("the disk never fails");
}

/// A request that the desk could not keep.
struct Failed {
    path: String,
    key: Option<String>,
    body: Value,
    answer: Answer,
}

#[test]
fn a_full_disk_loses_nothing_and_the_server_goes_on_once_there_is_space() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = match SmallDisk::mount(folder.path()) {
        Ok(disk) => disk,
        Err(why) => return say(&format!("skipped: no small disk can be mounted: {why}")),
    };
    let shop = Desk::with_data(&folder.path().join("data").to_string_lossy(), None);
    let server = shop.serve();
    let mut client = Client::new(&shop, 0);
    client.inspected("SO-1");
    client.approve("SO-1");
    disk.fill();
    let (failed, kept) = until_it_fails(&shop);
    let Answer { status, .. } = failed.answer;
    assert_eq!((status, failed.answer.code()), (503, "storage_unavailable"), "{}", shop.log());
    assert!(!client.pieces("SO-1").is_empty(), "what is there can be read");
    disk.free();
    let started = now();
    while client
        .try_once("PUT", "/orders/SO-2", None, &client.draft("SO-2"))
        .is_none_or(|answer| answer.status >= 300)
    {
        assert!(started.elapsed() < AGAIN_WITHIN, "it must be started again: {}", shop.log());
        std::thread::sleep(LOOK);
    }
    let again = started.elapsed();
    client.inspected("SO-2");
    client.approve("SO-2");
    let verdict = settle_and_compare(&shop, vec![server]);
    say(&format!("full disk: {kept} returns before it, again after {again:?}, {verdict:?}"));
    assert_eq!(verdict.settled, 2);
}

#[test]
fn nothing_is_acknowledged_after_a_flush_that_failed() {
    let probe = ["-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "true"];
    if let Err(why) = succeed(Command::new("strace").args(probe)) {
        return say(&format!("skipped: nobody makes the disk fail: `strace`: {why}"));
    }
    for from in FAILS_FROM {
        let desk = Desk::new(None);
        let inject = format!("inject=fdatasync,fsync:error=EIO:when={from}+");
        let program = desk.program(&["serve", "--listen", "127.0.0.1:0"]);
        // The tracer stands beside the server and not above it, so that the server is the one to be killed.
        let strace = [
            "strace",
            "-D",
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            "trace=fdatasync,fsync",
            "-e",
            &inject,
        ];
        let Some(server) = Process::start(&desk, within(&strace, &program)) else {
            panic!("{from}: it does not start: {}", desk.log());
        };
        let (first, kept) = until_it_fails(&desk);
        let (mut failed, mut client) = (vec![first], Client::new(&desk, 0));
        for number in 0..LATE {
            let order = format!("late-{number}");
            let (path, body) = (format!("/orders/{order}"), client.draft(&order));
            let answer = client.try_once("PUT", &path, None, &body).expect("an answer");
            assert_eq!(answer.status, 503, "{answer:?}");
            failed.push(Failed { path, key: None, body, answer });
        }
        server.kill();
        let server = desk.serve();
        let mut done = 0;
        for Failed { path, key, body, answer } in &failed {
            let method = if key.is_some() { "POST" } else { "PUT" };
            let again = client.insist(method, path, key.as_deref(), body);
            assert!(again.status < 300, "{again:?}");
            // What was written and not flushed may be there all the same once the file is read again.
            if again.status == 200 {
                assert_eq!(answer.code(), "unclear", "{path} was done");
                done += 1;
            }
        }
        let verdict = settle_and_compare(&desk, vec![server]);
        say(&format!(
            "flushes fail from the {from}th on: {kept} returns begun before, {} requests failed, {done} of them were done, {verdict:?}",
            failed.len()
        ));
    }
}
