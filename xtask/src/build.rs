//! Programs of the workspace, built as the tests build them, so that nothing is compiled a second time with other features.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Builds a program, and says where Cargo has put it: `kind` is `--bin` or `--example`.
pub(crate) fn program(root: &Path, kind: &str, name: &str) -> Result<PathBuf> {
    let built = Command::new("cargo")
        .args(["build", "--quiet", "--locked", "--workspace", "--all-features"])
        .args([kind, name, "--message-format=json-render-diagnostics"])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .context("cargo cannot be started")?;
    ensure!(built.status.success(), "`{name}` cannot be built");
    let told = String::from_utf8_lossy(&built.stdout);
    let found = told.lines().rev().find_map(|line| executable(line, name));
    found.with_context(|| format!("cargo does not say where it has put `{name}`"))
}

/// Where the program of that name is, if this message of Cargo's tells it.
fn executable(message: &str, name: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    if message.pointer("/target/name")?.as_str()? != name {
        return None;
    }
    message.get("executable")?.as_str().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::executable;

    #[test]
    fn the_message_of_a_program_says_where_it_is() {
        let message = r#"{"target":{"name":"serve"},"executable":"/t/serve"}"#;
        assert_eq!(executable(message, "serve").unwrap().to_str(), Some("/t/serve"));
        assert_eq!(executable(message, "other"), None);
        assert_eq!(executable(r#"{"target":{"name":"serve"},"executable":null}"#, "serve"), None);
        assert_eq!(executable("no message", "serve"), None);
    }
}
