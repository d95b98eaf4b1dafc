//! `cargo xtask tidy`: what no compiler checks. Each rule is one file here.

mod commands;
mod layers;
mod length;
mod machine_paths;
mod markdown;
mod named_things;
mod pains;
mod unfinished;

use std::fmt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

/// A text file of the repository.
struct File {
    /// Its path from the root, with `/`.
    path: String,
    text: String,
}

/// One thing that is not as it should be.
#[derive(Debug, PartialEq, Eq)]
struct Complaint {
    path: String,
    /// From 1.
    line: usize,
    message: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

impl File {
    fn is_rust(&self) -> bool {
        self.has_extension("rs")
    }

    fn is_markdown(&self) -> bool {
        self.has_extension("md")
    }

    fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|own| own == extension)
    }

    /// The lines, with their numbers from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }

    fn complaint(&self, line: usize, message: impl Into<String>) -> Complaint {
        Complaint { path: self.path.clone(), line, message: message.into() }
    }
}

pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let files = files(root)?;
    let workspace = layers::workspace(root)?;
    let mut complaints = layers::check(&workspace);
    complaints.extend(files.iter().flat_map(unfinished::check));
    complaints.extend(files.iter().filter_map(length::check));
    complaints.extend(files.iter().flat_map(machine_paths::check));
    complaints.extend(pains::check(&files));
    complaints.extend(named_things::check(&files, &workspace, |path| root.join(path).exists()));
    complaints.extend(commands::check(&files, &commands::Programs::new(root)?)?);
    for complaint in &complaints {
        println!("{complaint}");
    }
    ensure!(complaints.is_empty(), "tidy found {} things to mend", complaints.len());
    println!("tidy: {} files, nothing to mend", files.len());
    Ok(())
}

/// The text files that are in the repository, or would be after `git add`.
fn files(root: &Path) -> anyhow::Result<Vec<File>> {
    let listed = Command::new("git")
        // A checkout may belong to another user than the one who checks it.
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--deduplicate"])
        .args(["--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("git cannot be started")?;
    ensure!(listed.status.success(), "git cannot list the files of {}", root.display());
    let mut files = Vec::new();
    for path in String::from_utf8(listed.stdout)?.split_terminator('\0') {
        // Neither what is deleted but still listed, nor what is no text.
        if let Ok(text) = std::fs::read_to_string(root.join(path)) {
            files.push(File { path: path.to_owned(), text });
        }
    }
    Ok(files)
}

#[cfg(test)]
fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}
