//! What Cargo builds of the workspace, and where it has put it: only Cargo knows, since its folder can be set elsewhere.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// All of the workspace with all features, so that nothing is compiled a second time with others.
pub(crate) const EVERYTHING: [&str; 3] = ["--workspace", "--all-features", "--locked"];

/// A program that can be run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// The folder of its package, where Cargo would run it.
    pub(crate) folder: PathBuf,
    /// Whether it is one of tests.
    pub(crate) is_test: bool,
}

/// Runs Cargo with these arguments, and says which programs came of it.
pub(crate) fn programs<'a>(
    root: &Path,
    arguments: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<Program>> {
    let built = Command::new("cargo")
        .args(arguments)
        .arg("--message-format=json-render-diagnostics")
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .context("cargo cannot be started")?;
    ensure!(built.status.success(), "it cannot be built");
    Ok(String::from_utf8_lossy(&built.stdout).lines().filter_map(program_of).collect())
}

/// Builds a program as the tests build it: `kind` is `--bin` or `--example`.
pub(crate) fn program(root: &Path, kind: &str, name: &str) -> Result<PathBuf> {
    only(programs(root, ["build", "--quiet", kind, name].into_iter().chain(EVERYTHING))?, name)
}

/// Builds a program as users have it.
pub(crate) fn released(root: &Path, name: &str) -> Result<PathBuf> {
    let arguments = ["build", "--quiet", "--locked", "--release", "--package", name, "--bin", name];
    only(programs(root, arguments)?, name)
}

fn only(programs: Vec<Program>, name: &str) -> Result<PathBuf> {
    let found = programs.into_iter().find(|program| program.name == name);
    Ok(found.with_context(|| format!("cargo does not say where it has put `{name}`"))?.path)
}

/// The program that this message of Cargo's tells of, if it does.
fn program_of(message: &str) -> Option<Program> {
    let message: Value = serde_json::from_str(message).ok()?;
    Some(Program {
        name: message.pointer("/target/name")?.as_str()?.to_owned(),
        path: message.get("executable")?.as_str()?.into(),
        folder: Path::new(message.get("manifest_path")?.as_str()?).parent()?.to_owned(),
        is_test: message.pointer("/profile/test")?.as_bool()?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Program, program_of};

    #[test]
    fn a_message_about_a_program_says_where_it_is_and_of_which_package() {
        let message = r#"{"reason":"compiler-artifact","manifest_path":"/w/crates/app/Cargo.toml",
            "target":{"name":"app"},"profile":{"test":true},"executable":"/t/deps/app-1"}"#;
        let found = Program {
            name: "app".to_owned(),
            path: "/t/deps/app-1".into(),
            folder: "/w/crates/app".into(),
            is_test: true,
        };
        assert_eq!(program_of(message), Some(found));
        let program = program_of(&message.replace("true", "false"));
        assert!(program.is_some_and(|program| !program.is_test));
        assert_eq!(program_of(&message.replace("\"/t/deps/app-1\"", "null")), None, "a library");
        assert_eq!(program_of("no message"), None);
    }
}
