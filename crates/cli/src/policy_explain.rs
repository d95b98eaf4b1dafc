//! `backhaul policy explain`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use backhaul_core::policy::explain;

use crate::policies;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The policy file.
    file: PathBuf,
    /// One of the policy's languages; its first where none is named.
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// A law to lay over the policy: it can only widen what the buyer gets.
    #[arg(long, value_name = "FILE")]
    law: Vec<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let policy = policies::with_laws(policies::load(&args.file)?, &args.law)?;
    let language = match &args.language {
        None => 0,
        Some(tag) => match policy.languages.iter().position(|known| known == tag) {
            Some(place) => place,
            None => bail!(
                "`{}` has no text in `{tag}`; it has {}",
                policy.pin,
                policy.languages.join(", ")
            ),
        },
    };
    print!("{}", explain::page(&policy, language));
    Ok(ExitCode::SUCCESS)
}
