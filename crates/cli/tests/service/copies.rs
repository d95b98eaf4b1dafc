//! Backup, restore and export, as their users run them.

use std::path::Path;

use backhaul_adapters::blob_files::BlobFiles;
use backhaul_app::evidence::{BlobName, BlobStore as _};
use backhaul_store::evidence_files::{self, FileRow};
use backhaul_store::{Store, orders};

use crate::support::{backhaul, desk, printed, told};

const NOT_THERE: &str = "is there already: name a new file";

/// Everything but the moment and the pause that a restore adds.
pub(crate) fn exported(folder: &Path, place: &[&str]) -> Vec<String> {
    let all = [&["export", "--with-personal-data"], place].concat();
    let output = backhaul(folder, &all);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let text = printed(&output);
    let is_data = |line: &&str| {
        ["\"order\"", "\"order_version\"", "\"event\"", "\"text\""]
            .iter()
            .any(|kind| line.starts_with(&format!("{{\"type\":{kind}")))
    };
    text.lines().filter(is_data).map(str::to_owned).collect()
}

#[test]
fn a_desk_goes_to_the_other_engine_and_back() {
    let folder = desk();
    let folder = folder.path();
    let backup = backhaul(folder, &["backup", "first.gz"]);
    assert_eq!(backup.status.code(), Some(0), "{}", told(&backup));
    assert!(printed(&backup).starts_with("6 rows of "), "{}", printed(&backup));
    let before = exported(folder, &[]);
    assert_eq!(before.len(), 4);
    let Some(url) = backhaul_testkit::postgres_server::new_database() else { return };
    let there = backhaul(folder, &["restore", "first.gz", "--database", &url]);
    assert_eq!(there.status.code(), Some(0), "{}", told(&there));
    assert!(printed(&there).contains("refunds are paused"), "{}", printed(&there));
    assert!(printed(&there).ends_with("2 orders, 0 events: 0 tampered with\n"));
    assert_eq!(exported(folder, &["--database", &url]), before);
    assert_eq!(
        backhaul(folder, &["backup", "second.gz", "--database", &url]).status.code(),
        Some(0)
    );
    let back = backhaul(folder, &["restore", "second.gz", "--data", "again"]);
    assert_eq!(back.status.code(), Some(0), "{}", told(&back));
    assert_eq!(exported(folder, &["--data", "again"]), before);
}

#[test]
fn what_buyers_sent_is_in_the_copy() {
    let folder = desk();
    let folder = folder.path();
    let names = ["0", "1", "2"].map(|sign| BlobName::parse(&sign.repeat(32)).unwrap());
    let files = BlobFiles::open(&folder.join("backhaul-data/files")).unwrap();
    for name in &names {
        files.put(name, name.as_str().as_bytes()).unwrap();
    }
    let [original, display, thumbnail] = names.each_ref().map(BlobName::to_string);
    let row = |order| FileRow {
        file: "F1".to_owned(),
        order,
        case: String::new(),
        slot: "product".to_owned(),
        kind: "image/png".to_owned(),
        bytes: 32,
        width: 1,
        height: 1,
        sha256: String::new(),
        original,
        display,
        thumbnail,
        created_at: jiff::Timestamp::UNIX_EPOCH,
    };
    let url = format!("sqlite:{}", folder.join("backhaul-data/backhaul.db").display());
    let store = Store::open(&url.parse().unwrap()).unwrap();
    let order = store.read(|tx| orders::page(tx, "", 1)).wait().unwrap().remove(0).id;
    let row = row(order);
    store.write(move |tx| evidence_files::put(tx, &row)).wait().unwrap();
    drop(store);

    let backup = backhaul(folder, &["backup", "copy.gz"]);
    assert!(printed(&backup).contains(", 3 files, "), "{}", printed(&backup));
    let back = backhaul(folder, &["restore", "copy.gz", "--data", "again"]);
    assert!(printed(&back).contains(" and 3 files, "), "{}", told(&back));
    let again = BlobFiles::open(&folder.join("again/files")).unwrap();
    for name in &names {
        assert_eq!(again.get(name).unwrap().unwrap(), name.as_str().as_bytes());
    }

    files.delete(&names[2]).unwrap();
    let backup = backhaul(folder, &["backup", "second.gz"]);
    assert!(printed(&backup).contains("1 files are not in it"), "{}", printed(&backup));
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let folder = desk();
    let folder = folder.path();
    assert_eq!(backhaul(folder, &["backup", "copy.gz"]).status.code(), Some(0));
    for arguments in [&["backup", "copy.gz"][..], &["export", "--out", "copy.gz"]] {
        let again = backhaul(folder, arguments);
        assert_eq!(again.status.code(), Some(2));
        assert!(told(&again).contains(NOT_THERE), "{}", told(&again));
    }
    let full = backhaul(folder, &["restore", "copy.gz"]);
    assert_eq!(full.status.code(), Some(2));
    assert!(told(&full).contains("the database is not empty"), "{}", told(&full));
    assert!(!folder.join("copy.gz.part").exists());
}

#[test]
fn a_copy_that_is_torn_or_spoilt_or_none_is_refused_and_leaves_an_empty_database() {
    let folder = desk();
    let folder = folder.path();
    assert_eq!(backhaul(folder, &["backup", "whole.gz"]).status.code(), Some(0));
    let whole = std::fs::read(folder.join("whole.gz")).expect("a copy");
    let mut spoilt = whole.clone();
    let middle = spoilt.len().checked_div(2).expect("a middle");
    let byte = spoilt.get_mut(middle).expect("a byte");
    *byte ^= 0x55;
    let half = whole.get(..middle).expect("half of it").to_vec();
    let no_trailer = whole.get(..whole.len().saturating_sub(4)).expect("most of it").to_vec();
    for (copy, message) in [
        (half, "torn"),
        (no_trailer, "torn"),
        (spoilt, ""),
        (Vec::new(), "this is no copy of a desk"),
        (b"hello".to_vec(), "this is no copy of a desk"),
    ] {
        std::fs::write(folder.join("bad.gz"), copy).expect("written");
        let refused = backhaul(folder, &["restore", "bad.gz", "--data", "new"]);
        assert_eq!(refused.status.code(), Some(2), "{message}");
        assert!(told(&refused).contains("`bad.gz` was not put back"), "{}", told(&refused));
        assert!(told(&refused).contains(message), "{message}: {}", told(&refused));
    }
    let absent = backhaul(folder, &["restore", "absent.gz", "--data", "newer"]);
    assert_eq!(absent.status.code(), Some(2));
    assert!(!folder.join("newer").exists());
    let good = backhaul(folder, &["restore", "whole.gz", "--data", "new"]);
    assert_eq!(good.status.code(), Some(0), "{}", told(&good));
}

#[cfg(unix)]
#[test]
fn a_copy_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = desk();
    for arguments in [&["backup", "copy.gz"][..], &["export", "--out", "all.jsonl"]] {
        let made = backhaul(folder.path(), arguments);
        assert_eq!(made.status.code(), Some(0), "{}", told(&made));
    }
    for file in ["copy.gz", "all.jsonl"] {
        let mode = std::fs::metadata(folder.path().join(file)).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}
