//! A document shows only command lines that our programs take.
//!
//! Each command line is given to its program with `--help` at its end: the program reads it, refuses a sub-command or an
//! option that it does not have, and does nothing else.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use clap::CommandFactory;

use super::{Complaint, File, markdown};

/// The programs that documents show.
pub(super) struct Programs {
    backhaul: PathBuf,
}

#[derive(Debug, PartialEq, Eq)]
enum Shown<'a> {
    Xtask(Vec<&'a str>),
    Backhaul(Vec<&'a str>),
}

impl Programs {
    pub(super) fn new(root: &Path) -> anyhow::Result<Self> {
        // As the tests have it: what a check builds for them serves here, too.
        let backhaul = crate::build::program(root, "--bin", "backhaul")?;
        Ok(Self { backhaul })
    }

    /// Whether the program takes these arguments.
    fn take(&self, shown: &Shown<'_>) -> anyhow::Result<bool> {
        match shown {
            Shown::Xtask(arguments) => {
                let line = ["cargo xtask"].iter().chain(arguments).chain(&["--help"]);
                let read = crate::Arguments::command().try_get_matches_from(line);
                Ok(read.is_err_and(|error| error.kind() == clap::error::ErrorKind::DisplayHelp))
            }
            Shown::Backhaul(arguments) => {
                let mut program = Command::new(&self.backhaul);
                let done = program.args(arguments).arg("--help").output();
                Ok(done.context("`backhaul` cannot be started")?.status.success())
            }
        }
    }
}

pub(super) fn check(files: &[File], programs: &Programs) -> anyhow::Result<Vec<Complaint>> {
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| file.is_markdown()) {
        for piece in markdown::code(&file.text) {
            if let Some(shown) = shown(piece.text)
                && !programs.take(&shown)?
            {
                let message = format!("`{}` is no command of ours", piece.text);
                complaints.push(file.complaint(piece.line, message));
            }
        }
    }
    Ok(complaints)
}

/// The call of one of our programs that a piece of code is, if it is one, as far as the shell leaves it alone.
fn shown(code: &str) -> Option<Shown<'_>> {
    let is_for_shell = |word: &&str| word.starts_with(['|', '<', '>', '&', ';', '#', '…', '[']);
    let mut words = code.split_whitespace().skip_while(|word| *word == "$");
    let program = (words.next()?, words.clone().next());
    let rest = words.take_while(|word| !is_for_shell(word));
    match program {
        ("backhaul", Some(_)) => Some(Shown::Backhaul(rest.collect())),
        ("cargo", Some("xtask")) => Some(Shown::Xtask(rest.skip(1).collect())),
        ("cargo", Some("run")) => {
            Some(Shown::Backhaul(rest.skip_while(|word| *word != "--").skip(1).collect()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Programs, Shown, shown};

    #[test]
    fn calls_of_our_programs_are_recognised() {
        let expected = Shown::Backhaul(vec!["decide", "--lines", "-"]);
        assert_eq!(shown("$ backhaul decide --lines - < facts.jsonl"), Some(expected));
        assert_eq!(shown("cargo xtask ci"), Some(Shown::Xtask(vec!["ci"])));
        let expected = Shown::Backhaul(vec!["policy", "test"]);
        assert_eq!(shown("cargo run --release -- policy test # all"), Some(expected));
        assert_eq!(shown("backhaul"), None);
        assert_eq!(shown("cargo test"), None);
    }

    #[test]
    fn a_task_that_is_not_there_is_refused() {
        let programs = Programs { backhaul: "unused".into() };
        assert!(programs.take(&Shown::Xtask(vec!["ci"])).unwrap());
        assert!(programs.take(&Shown::Xtask(vec!["fuzz", "policy", "--seconds", "5"])).unwrap());
        assert!(!programs.take(&Shown::Xtask(vec!["museum"])).unwrap());
        assert!(!programs.take(&Shown::Xtask(vec!["ci", "--fast"])).unwrap());
    }

    #[test]
    fn what_the_program_refuses_is_refused() {
        let yes = Programs { backhaul: "true".into() };
        assert!(yes.take(&Shown::Backhaul(vec!["decide"])).unwrap());
        let no = Programs { backhaul: "false".into() };
        assert!(!no.take(&Shown::Backhaul(vec!["decide"])).unwrap());
    }
}
