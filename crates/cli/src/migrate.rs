//! `backhaul migrate`: the database made or brought to this version.

use std::process::ExitCode;

use anyhow::Result;

use crate::database::Database;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    database: Database,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    args.database.open()?;
    println!("the database is ready");
    Ok(ExitCode::SUCCESS)
}
