//! `backhaul export`: everything as lines of JSON, for other programs.

use std::io::{self, BufWriter, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use backhaul_store::{Store, export};

use crate::clock::now;
use crate::database::Database;
use crate::new_file::NewFile;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file to make, in the place of standard output; it must not be there yet.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Export what people typed and who they are too.
    #[arg(long)]
    with_personal_data: bool,
    #[command(flatten)]
    database: Database,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    if let Some(server) = args.database.server()? {
        let path = format!("/export?with_personal_data={}", args.with_personal_data);
        match &args.out {
            Some(place) => {
                let bytes = server.download(&path, NewFile::at(place)?)?;
                println!("{bytes} bytes");
            }
            None => {
                server.copy_to(&path, &mut stdout().lock())?;
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    let store = args.database.open()?;
    match &args.out {
        Some(place) => to_file(&store, args.with_personal_data, place)?,
        None => to_standard_output(&store, args.with_personal_data)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn to_file(store: &Store, personal: bool, place: &Path) -> Result<()> {
    let file = NewFile::at(place)?;
    let mut open = file.opener();
    let exported = export::export(store, now(), personal, move || Ok(BufWriter::new(open()?)))
        .map_err(anyhow::Error::from)
        .and_then(|(out, lines)| Ok((out.into_inner()?, lines)));
    match exported {
        Ok((out, lines)) => {
            file.finish(&out)?;
            println!("{lines} lines");
            Ok(())
        }
        Err(error) => {
            file.abandon();
            Err(error).with_context(|| format!("cannot write `{}`", place.display()))
        }
    }
}

fn to_standard_output(store: &Store, personal: bool) -> Result<()> {
    let mut is_open = false;
    let open = move || {
        // What is written there cannot be taken back.
        if std::mem::replace(&mut is_open, true) {
            return Err(io::Error::other("the database was lost in the middle: try again"));
        }
        Ok(BufWriter::new(stdout()))
    };
    let (mut out, _) = export::export(store, now(), personal, open)?;
    Ok(out.flush()?)
}
