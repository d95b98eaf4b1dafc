//! A SQLite file belongs to one process, and survives it. The other process is this program again, told what to do.

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use backhaul_store::{DatabaseUrl, OpenError, Store, values};

/// What the other process is told: which file to write to.
const FILE: &str = "BACKHAUL_TEST_FILE";
const ACKNOWLEDGED: &str = "acknowledged ";

#[test]
fn a_second_process_is_refused_and_told_which_one_has_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.db");
    let (mut holder, _said) = other_process(&file);
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
fn what_was_acknowledged_survives_a_process_that_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.db");
    let (mut writer, said) = other_process(&file);
    let acknowledged: Vec<_> = said.take(200).collect();
    writer.kill().unwrap();
    writer.wait().unwrap();
    assert_eq!(acknowledged.len(), 200);

    let store = Store::open(&DatabaseUrl::Sqlite(file)).unwrap();
    for id in acknowledged {
        let sql = "select attempts from job where id = $1";
        let found = store.read({
            let id = id.clone();
            move |tx| tx.first(sql, values![&id], |row| row.int(0))
        });
        assert_eq!(found.wait().unwrap(), Some(0), "{id}");
    }
}

#[test]
fn a_second_store_of_the_same_process_is_refused_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.db");
    let link = folder.path().join("link.db");
    let open = |file: &Path| Store::open(&DatabaseUrl::Sqlite(file.to_owned()));
    let store = open(&file).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    for path in [&file, &link] {
        assert!(matches!(open(path), Err(OpenError::Held { .. })), "{}", path.display());
    }
    drop(store);
    open(&link).unwrap();
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let refused = Store::open(&DatabaseUrl::Sqlite(folder.path().join("none/desk.db")));
    let said = refused.unwrap_err().to_string();
    assert!(said.contains("none/desk.db cannot be opened"), "{said}");
}

/// Another process that writes to the file until it is killed, and each id that it was told is kept.
fn other_process(file: &Path) -> (Child, Acknowledged) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "one_process::writes_to_a_file_when_told_to", "--nocapture"])
        .env(FILE, file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = Acknowledged(BufReader::new(child.stdout.take().unwrap()).lines());
    said.next().expect("it has the file");
    (child, said)
}

struct Acknowledged(Lines<BufReader<ChildStdout>>);

impl Iterator for Acknowledged {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let mut lines = self.0.by_ref().map_while(Result::ok);
        lines.find_map(|line| Some(line.split_once(ACKNOWLEDGED)?.1.to_owned()))
    }
}

/// Passes at once unless it is the other process.
#[test]
fn writes_to_a_file_when_told_to() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let store = Store::open(&DatabaseUrl::Sqlite(file.into())).unwrap();
    std::thread::scope(|scope| {
        for caller in 0..4 {
            let store = &store;
            scope.spawn(move || write_for_ever(store, caller));
        }
        // Whoever started it may be gone without killing it.
        let _ = std::io::stdin().lines().count();
        std::process::exit(0);
    });
}

fn write_for_ever(store: &Store, caller: u32) {
    let sql = "insert into job (id, kind, body, due_at_us) values ($1, 'test', '', 0)";
    for number in 0_u32.. {
        let id = format!("{caller}-{number}");
        let done = store.write({
            let id = id.clone();
            move |tx| tx.exec(sql, values![&id])
        });
        done.wait().unwrap();
        println!("{ACKNOWLEDGED}{id}");
    }
}
