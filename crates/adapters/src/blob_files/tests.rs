//! What lies in the folder after each call.

use std::fs;

use backhaul_app::evidence::{BlobName, BlobStore as _};
use jiff::Timestamp;

use super::BlobFiles;

#[test]
fn bytes_are_there_until_they_are_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let files = BlobFiles::open(folder.path()).unwrap();
    let name = BlobName::random().unwrap();
    assert_eq!(files.get(&name).unwrap(), None);
    files.put(&name, b"picture").unwrap();
    assert_eq!(files.get(&name).unwrap().as_deref(), Some(b"picture".as_slice()));
    assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 0);
    files.delete(&name).unwrap();
    files.delete(&name).unwrap();
    assert_eq!(files.get(&name).unwrap(), None);
}

#[test]
fn what_lies_there_is_told_and_what_was_never_finished_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let files = BlobFiles::open(folder.path()).unwrap();
    let name = BlobName::random().unwrap();
    files.put(&name, b"picture").unwrap();
    fs::write(folder.path().join("new/torn"), b"pic").unwrap();
    let told = |than: Timestamp| {
        let mut told = Vec::new();
        files.older(than, &mut |name| told.push(name)).unwrap();
        told
    };
    assert_eq!(told(Timestamp::UNIX_EPOCH), Vec::new());
    assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 1);
    assert_eq!(told(Timestamp::MAX), [name]);
    assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 0);
}

#[test]
fn a_name_is_hex_and_never_a_path() {
    for bad in ["", "../../../../etc/passwd", "ABCDEF0123456789abcdef0123456789", &"a".repeat(33)] {
        assert!(BlobName::parse(bad).is_none(), "{bad}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_and_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let files = BlobFiles::open(folder.path()).unwrap();
    fs::remove_dir(folder.path().join("new")).unwrap();
    let name = BlobName::random().unwrap();
    assert!(files.put(&name, b"picture").is_err());
    assert_eq!(files.get(&name).unwrap(), None);
}
