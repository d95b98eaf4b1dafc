//! The corpora of the fuzz targets, replayed: whatever the bytes are, reading them ends in an answer, twice the same one.

use std::fs;
use std::path::{Path, PathBuf};

use backhaul_core::answer::answer;
use backhaul_core::calendar::Calendar;
use backhaul_core::policy::{Catalogue, Policy};

/// The inputs of one target: each file's path and bytes.
fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let read = || -> std::io::Result<Vec<(PathBuf, Vec<u8>)>> {
        let mut inputs = Vec::new();
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            inputs.push((path.clone(), fs::read(path)?));
        }
        Ok(inputs)
    };
    match read() {
        Ok(inputs) if !inputs.is_empty() => inputs,
        other => panic!("no inputs in {}: {:?}", folder.display(), other.err()),
    }
}

/// Gives every input of the target to `answer`, twice.
fn replay(target: &str, answer: impl Fn(&[u8]) -> String) {
    for (path, bytes) in corpus(target) {
        assert_eq!(answer(&bytes), answer(&bytes), "{}", path.display());
    }
}

#[test]
fn any_bytes_are_a_calendar_or_a_mistake() {
    replay("calendar", |bytes| match std::str::from_utf8(bytes) {
        Ok(text) => format!("{:?}", Calendar::parse(text)),
        Err(_) => "no text".to_owned(),
    });
}

#[test]
fn any_bytes_are_a_policy_or_its_mistakes() {
    replay("policy", |bytes| match std::str::from_utf8(bytes) {
        Ok(text) => format!("{:?}", Policy::parse(text)),
        Err(_) => "no text".to_owned(),
    });
}

#[test]
fn any_bytes_are_facts_that_are_decided_or_a_fault() {
    let catalogue = Catalogue::built_in().unwrap();
    replay("facts", |bytes| answer(&catalogue, bytes).to_json());
}
