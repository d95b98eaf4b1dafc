//! `backhaul decide`: facts as JSON in, one decision an object out, in order.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use backhaul_core::answer::{Answer, answer, too_large};
use backhaul_core::facts::json::DOCUMENT_BYTES_MAX;
use backhaul_core::policy::Catalogue;

use crate::{policies, show};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Files with facts; standard input where none is named, and for `-`.
    files: Vec<PathBuf>,
    /// Read one object a line; empty lines are skipped.
    #[arg(long)]
    lines: bool,
    /// The policy that judges where the facts ask for none, in place of the built-in one.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// A file or folder with further policies that facts may ask for.
    #[arg(long, value_name = "PATH")]
    policies: Vec<PathBuf>,
    /// A law to lay over every policy: it can only widen what the buyer gets.
    #[arg(long, value_name = "FILE")]
    law: Vec<PathBuf>,
    /// Print decisions for people instead of JSON.
    #[arg(long)]
    show: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let catalogue = policies::catalogue(args.policy.as_deref(), &args.policies, &args.law)?;
    let mut decider =
        Decider { catalogue, show: args.show, out: BufWriter::new(io::stdout().lock()), faults: 0 };
    if args.files.is_empty() {
        decider.input(&mut io::stdin().lock(), args.lines)?;
    }
    for path in &args.files {
        if path.as_os_str() == "-" {
            decider.input(&mut io::stdin().lock(), args.lines)?;
        } else {
            let about = || format!("cannot read `{}`", path.display());
            let file = File::open(path).with_context(about)?;
            decider
                .input(&mut BufReader::with_capacity(1 << 16, file), args.lines)
                .with_context(about)?;
        }
    }
    decider.out.flush()?;
    Ok(if decider.faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Decider<W: Write> {
    catalogue: Catalogue,
    show: bool,
    out: BufWriter<W>,
    faults: u64,
}

/// One more than a document may have, so that a longer one is noticed without being read whole.
fn limit() -> u64 {
    u64::try_from(DOCUMENT_BYTES_MAX).map_or(u64::MAX, |max| max.saturating_add(1))
}

impl<W: Write> Decider<W> {
    fn input(&mut self, input: &mut impl BufRead, lines: bool) -> Result<()> {
        if lines { self.each_line(input) } else { self.whole(input) }
    }

    fn whole(&mut self, input: &mut impl BufRead) -> Result<()> {
        let mut document = Vec::new();
        input.take(limit()).read_to_end(&mut document)?;
        self.decide(&document)
    }

    /// Memory stays that of one line, however long the input, and however long a bad line.
    fn each_line(&mut self, input: &mut impl BufRead) -> Result<()> {
        let mut line = Vec::new();
        loop {
            line.clear();
            if input.by_ref().take(limit()).read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            if line.len() > DOCUMENT_BYTES_MAX && line.last() != Some(&b'\n') {
                skip_line(input)?;
                self.print(&too_large(), &line)?;
            } else if !line.trim_ascii().is_empty() {
                self.decide(line.trim_ascii())?;
            }
        }
    }

    fn decide(&mut self, document: &[u8]) -> Result<()> {
        let answer = answer(&self.catalogue, document);
        self.print(&answer, document)
    }

    fn print(&mut self, answer: &Answer, document: &[u8]) -> Result<()> {
        if answer.is_fault() {
            self.faults = self.faults.saturating_add(1);
        }
        if self.show {
            let policy = show::policy_of(&self.catalogue, document);
            write!(self.out, "{}", show::answer(answer, policy))?;
        } else {
            writeln!(self.out, "{}", answer.to_json())?;
        }
        Ok(())
    }
}

/// Reads on to the end of a line that is too long to keep.
fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let (used, done) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at.saturating_add(1), true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(used);
        if done {
            return Ok(());
        }
    }
}
