//! `backhaul backup`: one consistent copy of everything in one file.

use std::io::BufWriter;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use backhaul_app::evidence::CopiedFiles;
use backhaul_store::dump::{self, Copied};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::clock::now;
use crate::database::{Database, blobs};
use crate::new_file::NewFile;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file to make; it must not be there yet.
    file: PathBuf,
    #[command(flatten)]
    database: Database,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    if let Some(server) = args.database.server()? {
        let file = NewFile::at(&args.file)?;
        let bytes = server.download("/backup", file)?;
        println!("{bytes} bytes");
        return Ok(ExitCode::SUCCESS);
    }
    let store = args.database.open()?;
    let file = NewFile::at(&args.file)?;
    let mut open = file.opener();
    // Mostly JSON, which the quickest level already makes much smaller.
    let packed = move || Ok(GzEncoder::new(BufWriter::new(open()?), Compression::fast()));
    let files = Arc::new(CopiedFiles::of(blobs(&args.database.settings()?)?));
    let copied = dump::copy(&store, env!("CARGO_PKG_VERSION"), now(), files, packed)
        .map_err(anyhow::Error::from)
        .and_then(|(out, copied)| Ok((out.finish()?.into_inner()?, copied)));
    let (out, Copied { rows, files, missing }) = match copied {
        Ok(copied) => copied,
        Err(error) => {
            file.abandon();
            return Err(error).with_context(|| format!("cannot write `{}`", args.file.display()));
        }
    };
    file.finish(&out)?;
    let bytes = out.metadata()?.len();
    let all: u64 = rows.values().sum();
    println!("{all} rows of {} tables, {files} files, {bytes} bytes", rows.len());
    if missing > 0 {
        println!("{missing} files are not in it: they are not in the folder of files any more");
    }
    Ok(ExitCode::SUCCESS)
}
