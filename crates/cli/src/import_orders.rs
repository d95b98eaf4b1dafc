//! `backhaul import orders`: orders from a file, as many in flight as one commit takes.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufReader, IsTerminal, stderr};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use backhaul_adapters::order_file::{CsvOrders, Found, JsonLines, Refused};
use backhaul_app::{App, Imported, Importing};
use indicatif::{ProgressBar, ProgressStyle};

use crate::database::Database;

/// How many orders wait for their commit at once.
const IN_FLIGHT_MAX: usize = 256;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file: CSV if its name ends in `.csv`, and JSON lines otherwise.
    file: PathBuf,
    #[command(flatten)]
    database: Database,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let about = || format!("cannot read `{}`", args.file.display());
    let file = File::open(&args.file).with_context(about)?;
    let progress = bar(file.metadata().with_context(about)?.len())?;
    let input = BufReader::with_capacity(1 << 16, progress.wrap_read(file));
    let desk = args.database.desk()?;
    let mut import = Import {
        desk,
        file: args.file.clone(),
        progress,
        waiting: VecDeque::new(),
        told: Told::default(),
    };
    if args.file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
        match CsvOrders::new(input) {
            Ok(orders) => import.all(orders)?,
            Err(refused) => bail!("{}:{refused}", args.file.display()),
        }
    } else {
        import.all(JsonLines::new(input))?;
    }
    import.progress.finish_and_clear();
    let Told { new, changed, same, refused } = import.told;
    println!("orders: {new} new, {changed} changed, {same} as they were, {refused} refused");
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A bar on a terminal, and nothing in a log.
fn bar(bytes: u64) -> Result<ProgressBar> {
    if !stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let style = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {eta}")?;
    Ok(ProgressBar::new(bytes).with_style(style))
}

#[derive(Default)]
struct Told {
    new: u64,
    changed: u64,
    same: u64,
    refused: u64,
}

struct Import {
    desk: App,
    file: PathBuf,
    progress: ProgressBar,
    waiting: VecDeque<(u64, Importing)>,
    told: Told,
}

impl Import {
    fn all(&mut self, orders: impl Iterator<Item = Result<Found, Refused>>) -> Result<()> {
        for found in orders {
            match found {
                Ok(Found { line, order }) => self.begin(line, order)?,
                Err(refused) => self.refuse(&refused.to_string()),
            }
        }
        while !self.waiting.is_empty() {
            self.end_one()?;
        }
        Ok(())
    }

    fn begin(&mut self, line: u64, order: backhaul_core::ledger::OrderDraft) -> Result<()> {
        // Two versions of one order in flight would race: the second waits for the first.
        let is_in_flight = self.waiting.iter().any(|(_, import)| import.number() == order.number);
        while self.waiting.len() >= IN_FLIGHT_MAX || is_in_flight && !self.waiting.is_empty() {
            self.end_one()?;
        }
        match self.desk.begin_import(order) {
            Ok(import) => self.waiting.push_back((line, import)),
            Err(error) => self.refuse(&format!("{line}:1: {error}")),
        }
        Ok(())
    }

    fn end_one(&mut self) -> Result<()> {
        let Some((line, import)) = self.waiting.pop_front() else { return Ok(()) };
        let count = match import.wait() {
            Ok(Imported::New) => &mut self.told.new,
            Ok(Imported::Changed(_)) => &mut self.told.changed,
            Ok(Imported::Same) => &mut self.told.same,
            Err(error) if error.is_of_the_order() => {
                self.refuse(&format!("{line}:1: {error}"));
                return Ok(());
            }
            Err(error) => {
                return Err(error).with_context(|| {
                    format!("the order on line {line} was not imported, nor any after it")
                });
            }
        };
        *count = count.saturating_add(1);
        Ok(())
    }

    fn refuse(&mut self, message: &str) {
        self.told.refused = self.told.refused.saturating_add(1);
        let line = format!("{}:{message}", self.file.display());
        self.progress.suspend(|| eprintln!("{line}"));
    }
}
