//! `backhaul audit verify`: whether every ledger is what was written.

use std::process::ExitCode;

use anyhow::Result;
use backhaul_store::audit;

use crate::database::Database;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    database: Database,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let report = audit::verify(&args.database.open()?)?;
    for finding in &report.findings {
        println!("{finding}");
    }
    println!(
        "{} orders, {} events: {} tampered with",
        report.orders,
        report.events,
        report.findings.len()
    );
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
