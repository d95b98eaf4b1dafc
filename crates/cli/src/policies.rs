//! Policy files from disk.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use backhaul_core::policy::{Catalogue, Diagnostic, POLICY_BYTES_MAX, Policy};

/// Reads a policy file.
///
/// # Errors
/// The file cannot be read, or every mistake in it, a line each, with its place.
pub(crate) fn load(path: &Path) -> Result<Policy> {
    Policy::parse(&read_text(path)?).map_err(|found| unusable(path, &found))
}

fn unusable(path: &Path, found: &[Diagnostic]) -> anyhow::Error {
    anyhow::anyhow!("`{}` cannot be used\n{}", path.display(), listed(path, found))
}

/// Lays laws over a policy, one after the other.
///
/// # Errors
/// A law's file cannot be read, is wrong, or does not fit the policy.
pub(crate) fn with_laws(policy: Policy, laws: &[PathBuf]) -> Result<Policy> {
    laws.iter().try_fold(policy, |policy, law| {
        policy.with_law(&read_text(law)?).map_err(|found| unusable(law, &found))
    })
}

/// The text of a file that is not larger than a policy may be.
///
/// # Errors
/// The file cannot be read, is too large, or is no UTF-8.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    let about = || format!("cannot read `{}`", path.display());
    let bytes = fs::metadata(path).with_context(about)?.len();
    if bytes > u64::try_from(POLICY_BYTES_MAX)? {
        bail!("`{}` has {bytes} bytes; a policy has at most {POLICY_BYTES_MAX}", path.display());
    }
    fs::read_to_string(path).with_context(about)
}

/// Diagnostics, a line each, as editors read them, with their examples below.
pub(crate) fn listed(path: &Path, diagnostics: &[Diagnostic]) -> String {
    let mut lines = Vec::new();
    for diagnostic in diagnostics {
        lines.push(format!("{}:{diagnostic}", path.display()));
        lines
            .extend(diagnostic.example.iter().map(|example| format!("    for example: {example}")));
    }
    lines.join("\n")
}

/// The built-in policy, with those of a file or folder that facts may ask for, and the one that judges by default.
///
/// # Errors
/// A file cannot be read or used.
pub(crate) fn catalogue(
    default: Option<&Path>,
    more: &[PathBuf],
    laws: &[PathBuf],
) -> Result<Catalogue> {
    let mut catalogue = Catalogue::built_in()
        .map_err(|found| unusable(Path::new("policies/default.toml"), &found))?;
    for path in more {
        for file in files(path, "toml")? {
            catalogue.add(load(&file)?)?;
        }
    }
    if let Some(path) = default {
        catalogue.add_default(load(path)?)?;
    }
    for law in laws {
        catalogue.lay_over(&read_text(law)?).map_err(|found| unusable(law, &found))?;
    }
    Ok(catalogue)
}

/// A file, or the files of a folder with that ending, in the order of their names.
///
/// # Errors
/// The folder cannot be read, or holds no such file.
pub(crate) fn files(path: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let about = || format!("cannot read the folder `{}`", path.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(path).with_context(about)? {
        let file = entry.with_context(about)?.path();
        if file.extension().is_some_and(|extension| extension == ending) {
            files.push(file);
        }
    }
    if files.is_empty() {
        bail!("there is no `.{ending}` file in `{}`", path.display());
    }
    files.sort();
    Ok(files)
}
