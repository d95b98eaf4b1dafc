//! `backhaul restore`: a copy put back into an empty database, of either engine.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use backhaul_app::evidence::CopiedFiles;
use backhaul_store::audit;
use backhaul_store::dump::{self, Copied};
use flate2::bufread::GzDecoder;

use crate::clock::now;
use crate::database::{Database, blobs};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// A file that `backhaul backup` has made.
    file: PathBuf,
    #[command(flatten)]
    database: Database,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let about = || format!("`{}` was not put back", args.file.display());
    // Looked for first: nothing is made for the sake of a file that is not there.
    File::open(&args.file).with_context(about)?;
    let store = args.database.open()?;
    let path = args.file.clone();
    let unpacked = move || {
        let packed = GzDecoder::new(BufReader::new(File::open(&path)?));
        Ok(BufReader::with_capacity(1 << 16, packed))
    };
    let files = Arc::new(CopiedFiles::of(blobs(&args.database.settings()?)?));
    let (header, Copied { rows, files, .. }) =
        dump::restore(&store, now(), files, unpacked).with_context(about)?;
    let all: u64 = rows.values().sum();
    println!("{all} rows of {} tables and {files} files, as of {}", rows.len(), header.at);
    println!("refunds are paused: what was paid since then is not in it");
    let report = audit::verify(&store)?;
    for finding in &report.findings {
        println!("{finding}");
    }
    let found = report.findings.len();
    println!("{} orders, {} events: {found} tampered with", report.orders, report.events);
    Ok(if found == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
