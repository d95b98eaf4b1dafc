//! `backhaul policy test`: facts and expected decisions as data.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use backhaul_core::policy::cases;

use crate::{policies, show};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The policy file.
    policy: PathBuf,
    /// A file with cases, or a folder of them.
    cases: PathBuf,
    /// A law to lay over the policy: it can only widen what the buyer gets.
    #[arg(long, value_name = "FILE")]
    law: Vec<PathBuf>,
    /// Print each case with its decision for people.
    #[arg(long)]
    show: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let catalogue = policies::catalogue(Some(&args.policy), &[], &args.law)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut passed, mut failed) = (0_u64, 0_u64);
    for file in policies::files(&args.cases, "jsonl")? {
        let text = policies::read_text(&file)?;
        let cases = match cases::read(&text) {
            Ok(cases) => cases,
            Err((line, wrong)) => bail!("{}:{line}: {wrong}", file.display()),
        };
        if args.show {
            writeln!(out, "\n{}\n", file.display())?;
        }
        for case in &cases {
            let outcome = cases::run(case, &catalogue);
            if args.show {
                writeln!(out, "• {}", case.name)?;
                write!(out, "{}", show::answer(&outcome.answer, None))?;
            }
            if outcome.differences.is_empty() {
                passed = passed.saturating_add(1);
                continue;
            }
            failed = failed.saturating_add(1);
            writeln!(out, "{}:{}: {}", file.display(), case.line, case.name)?;
            for difference in &outcome.differences {
                writeln!(out, "    {difference}")?;
            }
        }
    }
    writeln!(out, "{passed} passed, {failed} failed")?;
    out.flush()?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
