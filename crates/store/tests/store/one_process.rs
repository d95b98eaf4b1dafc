//! A SQLite file belongs to one process. The other process is this program again, told to hold the file.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use backhaul_store::{DatabaseUrl, OpenError, Store};

/// What the other process is told: which file to hold.
const HOLD: &str = "BACKHAUL_TEST_HOLDS";
const HOLDING: &str = "holding the file";

#[test]
fn a_second_process_is_refused_and_told_which_one_has_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.db");
    let mut holder = other_process(&file);
    let refused = Store::open(&DatabaseUrl::Sqlite(file.clone())).unwrap_err();
    let OpenError::Held { holder: named, .. } = &refused else { panic!("{refused}") };
    assert!(named.starts_with(&format!("process {} (", holder.id())), "{named}");
    assert!(refused.to_string().contains("is in use by process"));

    // However it ends, the file is free.
    holder.kill().unwrap();
    holder.wait().unwrap();
    Store::open(&DatabaseUrl::Sqlite(file)).unwrap();
}

#[test]
fn a_second_store_of_the_same_process_is_refused_too() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("desk.db"));
    let store = Store::open(&url).unwrap();
    assert!(matches!(Store::open(&url), Err(OpenError::Held { .. })));
    drop(store);
    Store::open(&url).unwrap();
}

fn other_process(file: &std::path::Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "one_process::holds_a_file_when_told_to", "--nocapture"])
        .env(HOLD, file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains(HOLDING)), "it holds the file");
    child
}

/// Passes at once unless it is the other process.
#[test]
fn holds_a_file_when_told_to() {
    if let Some(file) = std::env::var_os(HOLD) {
        let _store = Store::open(&DatabaseUrl::Sqlite(PathBuf::from(file))).unwrap();
        println!("{HOLDING}");
        // Until it is killed, or whoever started it is gone.
        let _ = std::io::stdin().lines().count();
    }
}
