//! Each crate knows only the layers below it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;

use super::Complaint;

/// The layers from the ground up: the folders under `crates/`. Crates of one layer do not know each other.
const LAYERS: [&[&str]; 6] = [
    &["core"],
    &["language"],
    &["mail", "paper", "store"],
    &["app"],
    &["adapters", "web"],
    &["cli"],
];

/// What stands beside the layers.
const TOOLS: [&str; 3] = ["testkit", "xtask", "zoo"];
/// Those of them that the layers' tests may know.
const FOR_TESTS: [&str; 2] = ["testkit", "zoo"];

/// A crate of the workspace.
pub(super) struct Crate {
    /// The name of its package.
    pub(super) name: String,
    /// The name of its folder, which says what it is.
    folder: String,
    /// The other crates of the workspace that it asks for: their folders.
    knows: Vec<Edge>,
}

struct Edge {
    folder: String,
    only_for_tests: bool,
}

/// The crates of the workspace, as cargo sees them.
pub(super) fn workspace(root: &Path) -> anyhow::Result<Vec<Crate>> {
    let metadata = Command::new("cargo")
        .args(["metadata", "--no-deps", "--format-version=1", "--locked"])
        .current_dir(root)
        .output()
        .context("cargo cannot be started")?;
    let said = String::from_utf8_lossy(&metadata.stderr);
    ensure!(metadata.status.success(), "`cargo metadata` failed: {said}");
    let metadata: Value = serde_json::from_slice(&metadata.stdout)?;
    read(&metadata).context("`cargo metadata` says something unexpected")
}

fn read(metadata: &Value) -> Option<Vec<Crate>> {
    metadata.get("packages")?.as_array()?.iter().map(read_crate).collect()
}

fn read_crate(package: &Value) -> Option<Crate> {
    let manifest = Path::new(package.get("manifest_path")?.as_str()?);
    let mut knows = Vec::new();
    for dependency in package.get("dependencies")?.as_array()? {
        if let Some(path) = dependency.get("path").and_then(Value::as_str) {
            knows.push(Edge {
                folder: last_name(Path::new(path))?,
                only_for_tests: dependency.get("kind").and_then(Value::as_str) == Some("dev"),
            });
        }
    }
    Some(Crate {
        name: package.get("name")?.as_str()?.to_owned(),
        folder: last_name(manifest.parent()?)?,
        knows,
    })
}

fn last_name(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_str()?.to_owned())
}

pub(super) fn check(workspace: &[Crate]) -> Vec<Complaint> {
    workspace.iter().flat_map(check_crate).collect()
}

fn check_crate(from: &Crate) -> Vec<Complaint> {
    let complaint = |message| Complaint {
        path: format!("crates/{}/Cargo.toml", from.folder),
        line: 1,
        message,
    };
    let own_layer = layer(&from.folder);
    if own_layer.is_none() && !TOOLS.contains(&from.folder.as_str()) {
        return vec![complaint(format!("`{}` has no layer: give it one in tidy", from.folder))];
    }
    let is_allowed = |edge: &Edge| match from.folder.as_str() {
        // It plays the others' counterpart: what it shared with them, it could not find wrong.
        "zoo" => false,
        // The pages' tests use real places for files, mails and sign-ins, which adapters are.
        "web" if edge.folder == "adapters" => edge.only_for_tests,
        // What checks or drives the others may know all of them.
        "testkit" | "xtask" => true,
        _ if FOR_TESTS.contains(&edge.folder.as_str()) => edge.only_for_tests,
        _ => layer(&edge.folder).is_some_and(|layer| Some(layer) < own_layer),
    };
    let wrong = from.knows.iter().filter(|edge| !is_allowed(edge));
    wrong
        .map(|edge| complaint(format!("`{}` may not know `{}`", from.folder, edge.folder)))
        .collect()
}

/// How high a crate stands, by its folder.
fn layer(folder: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&folder))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{check, read};

    /// What is said of one crate in that folder which asks for another one.
    fn said(folder: &str, knows: &str, kind: Option<&str>) -> Vec<String> {
        let metadata = json!({"packages": [{
            "name": "any",
            "manifest_path": format!("/somewhere/crates/{folder}/Cargo.toml"),
            "dependencies": [
                {"name": "serde", "kind": null},
                {"name": "other", "kind": kind, "path": format!("/somewhere/crates/{knows}")},
            ],
        }]});
        check(&read(&metadata).unwrap()).into_iter().map(|complaint| complaint.message).collect()
    }

    #[test]
    fn a_crate_may_know_every_layer_below_it() {
        for (folder, knows) in
            [("cli", "core"), ("cli", "web"), ("app", "store"), ("mail", "core"), ("web", "app")]
        {
            assert!(said(folder, knows, None).is_empty(), "{folder} → {knows}");
        }
    }

    #[test]
    fn a_crate_may_not_know_its_own_layer_or_one_above() {
        for (folder, knows) in
            [("core", "mail"), ("mail", "store"), ("adapters", "web"), ("store", "app")]
        {
            assert_eq!(said(folder, knows, None), [format!("`{folder}` may not know `{knows}`")]);
            assert!(!said(folder, knows, Some("dev")).is_empty(), "nor in tests");
        }
    }

    #[test]
    fn the_pages_know_adapters_in_their_tests_alone() {
        assert!(said("web", "adapters", Some("dev")).is_empty());
        assert_eq!(said("web", "adapters", None), ["`web` may not know `adapters`"]);
    }

    #[test]
    fn the_test_kit_is_for_tests_alone() {
        assert!(said("app", "testkit", Some("dev")).is_empty());
        assert!(said("testkit", "web", None).is_empty());
        assert_eq!(said("app", "testkit", None), ["`app` may not know `testkit`"]);
        assert_eq!(said("cli", "xtask", Some("dev")), ["`cli` may not know `xtask`"]);
    }

    #[test]
    fn the_zoo_knows_nobody_and_only_tests_know_it() {
        assert!(said("adapters", "zoo", Some("dev")).is_empty());
        assert!(said("testkit", "zoo", None).is_empty());
        assert_eq!(said("adapters", "zoo", None), ["`adapters` may not know `zoo`"]);
        for knows in ["core", "adapters", "testkit"] {
            assert_eq!(said("zoo", knows, Some("dev")), [format!("`zoo` may not know `{knows}`")]);
        }
    }

    #[test]
    fn a_crate_without_a_layer_is_refused() {
        assert_eq!(said("sundry", "core", None), ["`sundry` has no layer: give it one in tidy"]);
    }
}
