//! A document names only crates, files and folders that are there.

use super::layers::Crate;
use super::{Complaint, File, markdown};

/// Folders of the repository: a piece of code that starts with one of them is a path from the root.
const FOLDERS: [&str; 7] =
    ["crates/", "xtask/", "fuzz/", "policies/", "calendars/", "docs/", ".ci/"];

pub(super) fn check(
    files: &[File],
    workspace: &[Crate],
    exists: impl Fn(&str) -> bool,
) -> Vec<Complaint> {
    let is_crate = |name: &str| workspace.iter().any(|each| each.name == name.replace('_', "-"));
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| file.is_markdown()) {
        for piece in markdown::code(&file.text) {
            for path in piece.text.split_whitespace().filter(|word| is_path(word)) {
                if !exists(path) {
                    complaints.push(file.complaint(piece.line, format!("there is no `{path}`")));
                }
            }
            for name in crate_names(piece.text).filter(|name| !is_crate(name)) {
                complaints.push(file.complaint(piece.line, format!("there is no crate `{name}`")));
            }
        }
        for link in markdown::links(&file.text) {
            let target = link.text.split('#').next().unwrap_or("");
            let is_elsewhere = target.is_empty() || target.contains(':');
            if !is_elsewhere && !exists(&format!("{}{target}", folder_of(&file.path))) {
                complaints.push(file.complaint(link.line, format!("there is no `{target}`")));
            }
        }
    }
    complaints
}

/// A path from the root without a placeholder in it.
fn is_path(word: &str) -> bool {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "./_-".contains(sign);
    FOLDERS.iter().any(|folder| word.starts_with(folder)) && word.chars().all(is_plain)
}

/// The words that are names of our crates, such as `backhaul-core` or the start of `backhaul_core::facts`.
fn crate_names(code: &str) -> impl Iterator<Item = &str> {
    let words = code.split(|sign: char| !sign.is_ascii_alphanumeric() && !"-_".contains(sign));
    words.filter(|word| {
        let rest = word.strip_prefix("backhaul").and_then(|rest| rest.strip_prefix(['-', '_']));
        rest.is_some_and(|rest| !rest.is_empty())
    })
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| path.get(..=folder.len()).unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::file;

    fn said(path: &str, text: &str) -> Vec<String> {
        let exists = |path: &str| ["crates/core", "docs/glossary.md"].contains(&path);
        let complaints = check(&[file(path, text)], &[], exists);
        complaints.into_iter().map(|complaint| complaint.message).collect()
    }

    #[test]
    fn a_path_that_is_not_there_is_found() {
        assert_eq!(said("a.md", "See `crates/mail`."), ["there is no `crates/mail`"]);
        assert!(said("a.md", "See `crates/core`, crates in general and `crates/*`.").is_empty());
    }

    #[test]
    fn a_link_is_read_from_its_own_folder() {
        assert!(said("README.md", "[words](docs/glossary.md#unit)").is_empty());
        assert!(said("docs/x.md", "[words](glossary.md) and [web](https://a.example/)").is_empty());
        assert_eq!(said("docs/x.md", "[y](y.md)"), ["there is no `y.md`"]);
    }

    #[test]
    fn a_crate_that_is_not_there_is_found() {
        let expected = ["there is no crate `backhaul-mail`"];
        assert_eq!(said("a.md", "`cargo test -p backhaul-mail`, not `backhaul`"), expected);
        let expected = ["there is no crate `backhaul_web`"];
        assert_eq!(said("a.md", "`backhaul_web::pages`"), expected);
    }
}
