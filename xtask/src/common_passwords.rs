//! Makes the list of passwords that are known from breaches: the first bytes of hashes, sorted, and nothing readable.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use sha2::{Digest, Sha256};

/// Where the list is kept.
const KEPT: &str = "crates/app/data/common_passwords.bin";
/// Shorter ones cannot be set anyway.
const CHARS_MIN: usize = 12;
/// How many bytes of a hash are kept.
const PREFIX_BYTES: usize = 5;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A list of passwords, one a line.
    list: PathBuf,
}

pub(crate) fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let list = std::fs::read_to_string(&arguments.list);
    let list = list.with_context(|| format!("cannot read `{}`", arguments.list.display()))?;
    let long = list.lines().filter(|password| password.chars().count() >= CHARS_MIN);
    let prefixes: BTreeSet<Vec<u8>> = long
        .map(|password| Sha256::digest(password.to_lowercase()))
        .map(|hash| hash.iter().copied().take(PREFIX_BYTES).collect())
        .collect();
    ensure!(!prefixes.is_empty(), "no password of it has {CHARS_MIN} characters");
    let bytes: Vec<u8> = prefixes.iter().flatten().copied().collect();
    std::fs::write(root.join(KEPT), bytes)?;
    println!("{KEPT}: {} passwords", prefixes.len());
    Ok(())
}
