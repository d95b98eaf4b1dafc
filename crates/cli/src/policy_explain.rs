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
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let policy = policies::load(&args.file)?;
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
