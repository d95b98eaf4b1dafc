//! `backhaul policy check`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use backhaul_core::policy::{Policy, Severity, check};

use crate::policies;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The policy file.
    file: PathBuf,
    /// A law to lay over the policy: it can only widen what the buyer gets.
    #[arg(long, value_name = "FILE")]
    law: Vec<PathBuf>,
    /// Fail on warnings too.
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let source = policies::read_text(&args.file)?;
    let (summary, diagnostics) = match Policy::parse(&source) {
        Ok(policy) => {
            let policy = policies::with_laws(policy, &args.law)?;
            let by_hand = policy.clauses.iter().filter(|clause| clause.by_hand).count();
            let summary = format!(
                "{}: {} clauses ({by_hand} applied by a person), {} rules",
                policy.pin,
                policy.clauses.len(),
                policy.rules.len(),
            );
            (summary, check::check(&policy))
        }
        Err(diagnostics) => (format!("{} cannot be used", args.file.display()), diagnostics),
    };
    if !diagnostics.is_empty() {
        println!("{}", policies::listed(&args.file, &diagnostics));
    }
    let errors = diagnostics.iter().filter(|found| found.severity == Severity::Error).count();
    let warnings = diagnostics.len().saturating_sub(errors);
    println!("{summary}; errors: {errors}, warnings: {warnings}");
    let failed = errors > 0 || args.strict && warnings > 0;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
