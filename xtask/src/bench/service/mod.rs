//! `cargo xtask bench service`: whole returns, reads and lists over HTTP, with the real server, the real database and a payment
//! provider of its own process, all on this machine.

mod desk;
mod load;
mod pages;
mod postgres;
mod processor;
mod returns;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use self::desk::{Database, Desk, Programs};
use self::load::{CLIENTS, Measured, all_at_once, median, timed};
use self::postgres::Postgres;
use self::returns::{order, whole_return};
use super::http::Client;
use crate::build;

/// How many reads a run makes.
const READS: u64 = 40_000;
/// How many pages of the queue a run reads.
const PAGES: u64 = 8_000;
/// Among how many cases the reads of those that are being worked on are spread.
const WORKED_ON: u64 = 1_000;
/// How often the start and the idle memory are measured.
const STARTS: usize = 5;

/// What is measured.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// On a PostgreSQL server that is started for it; on SQLite otherwise.
    #[arg(long)]
    postgres: bool,
    /// How many cases are in the database before.
    #[arg(long, default_value_t = 0)]
    cases: u64,
    /// How many returns a round makes.
    #[arg(long, default_value_t = 4_000)]
    returns: u64,
    /// How often each is measured; the median is printed.
    #[arg(long, default_value_t = 5)]
    rounds: u64,
    /// How long the server takes for each page, and nothing else.
    #[arg(long, requires = "cases")]
    pages: bool,
    /// Where the database and everything else is kept meanwhile.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// On the database that an earlier run with `--cases` left in the folder.
    #[arg(long, conflicts_with = "postgres")]
    again: bool,
}

pub(crate) fn run(root: &Path, args: &Args) -> Result<()> {
    let programs = Programs {
        server: build::released(root, "backhaul")?,
        zoo: build::released(root, "backhaul-zoo")?,
    };
    let folder = args.folder.clone().unwrap_or_else(|| root.join("target/bench/service"));
    if folder.exists() && !args.again {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(folder.join("data"))?;
    let postgres = if args.postgres { Some(own_postgres()?) } else { None };
    let database = match &postgres {
        Some((postgres, _)) => Database { url: postgres.url(), process: Some(postgres.process()?) },
        None => Database {
            url: format!("sqlite:{}", folder.join("data/backhaul.db").display()),
            process: None,
        },
    };
    let mut buyers = Vec::new();
    let fill = || {
        if !args.again {
            fill(root, &database.url, args)?;
            postgres.as_ref().map_or(Ok(()), |(postgres, _)| postgres.tidy())?;
        }
        if args.pages {
            buyers = let_in(root, &database.url)?;
        }
        Ok(())
    };
    let mut bench = Bench {
        desk: Desk::start(programs, &folder, &database, fill)?,
        returns: args.returns,
        cases: args.cases,
        first: std::process::id(),
    };
    println!("machine: {}", super::machine());
    println!(
        "engine: {}, {} cases before",
        if args.postgres { "PostgreSQL" } else { "SQLite" },
        args.cases
    );
    println!("load before: {}", super::load());
    if args.pages {
        pages::measure(&bench.desk, &buyers)?;
    } else {
        println!("{CLIENTS} clients, medians of {} rounds", args.rounds);
        bench.starts()?;
        bench.rounds(args.rounds)?;
    }
    println!("load after: {}", super::load());
    drop(bench);
    Ok(())
}

/// A server, and the folder that it is in: dropped in this order, since one that is told to end looks there.
fn own_postgres() -> Result<(Postgres, Folder)> {
    let folder =
        Folder(std::env::temp_dir().join(format!("backhaul-bench-{}", std::process::id())));
    fs::create_dir(&folder.0)?;
    let postgres = Postgres::start(&folder.0)?;
    Ok((postgres, folder))
}

/// A folder that goes with its handle.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Fills the database, before anyone else has it.
fn fill(root: &Path, database: &str, args: &Args) -> Result<()> {
    if args.cases == 0 {
        return Ok(());
    }
    let cases = args.cases.to_string();
    let mut words =
        vec!["bench", "--quiet", "-p", "backhaul-app", "--bench", "many_cases", "--", database];
    words.push(&cases);
    words.extend(args.pages.then_some("whole"));
    super::cargo(root, &words)
}

/// The sessions of buyers, before anyone else has the database.
fn let_in(root: &Path, database: &str) -> Result<Vec<String>> {
    let example =
        ["run", "--release", "--quiet", "-p", "backhaul-app", "--example", "buyers", "--"];
    let mut words = Command::new("cargo");
    words.args(example).arg(database).args(pages::orders()).current_dir(root);
    let begun = words.output()?;
    ensure!(begun.status.success(), "{}", String::from_utf8_lossy(&begun.stderr));
    Ok(String::from_utf8(begun.stdout)?.lines().map(str::to_owned).collect())
}

struct Bench {
    desk: Desk,
    returns: u64,
    /// How many cases were there before.
    cases: u64,
    /// Where this run's rounds are counted from, so that no order is one of an earlier run.
    first: u32,
}

impl Bench {
    /// From the start of the program until it says that it is ready, and its memory then.
    fn starts(&mut self) -> Result<()> {
        let mut starts = Vec::new();
        let mut memory = 0;
        for _ in 0..STARTS {
            starts.push(self.desk.restart()?);
            memory = memory.max(self.resident_kib());
        }
        starts.sort();
        let start = starts.get(STARTS.div_euclid(2)).copied().unwrap_or_default();
        println!("start to ready: {}; memory of the idle server: {memory} KiB", millis(start));
        Ok(())
    }

    fn rounds(&self, rounds: u64) -> Result<()> {
        let kinds = [
            "whole returns",
            "reads of a case, of those worked on",
            "reads of any case",
            "queue pages of 50",
        ];
        let mut rows: [Vec<Measured>; 4] = std::array::from_fn(|_| Vec::new());
        for round in 0..rounds {
            let [returns, worked_on, any, pages] = &mut rows;
            returns.push(self.returns(round)?);
            worked_on.push(self.reads(WORKED_ON.min(self.returns), |number| {
                format!("B-{}-R1", self.name(round, number))
            })?);
            any.push(self.any_reads(round)?);
            pages.push(self.pages()?);
        }
        println!(
            "| what | a second | lowest to highest | p50 | p99 | server, each | database, each |\n|---|---|---|---|---|---|---|"
        );
        for (what, runs) in kinds.into_iter().zip(rows) {
            let rates = runs.iter().map(|run| run.rate);
            let (low, high) = (rates.clone().min().unwrap_or(0), rates.max().unwrap_or(0));
            if let Some(Measured { rate, p50, p99, each }) = median(runs) {
                println!(
                    "| {what} | {rate} | {low} to {high} | {} | {} | {} | {} |",
                    millis(p50),
                    millis(p99),
                    micros(each.server),
                    micros(each.database),
                );
            }
        }
        println!("memory of the server after it all: {} KiB", self.resident_kib());
        Ok(())
    }

    /// What the names of an order, its case, its serial and its payment are made of.
    fn name(&self, round: u64, number: u64) -> String {
        format!("{}-{round}-{number}", self.first)
    }

    fn resident_kib(&self) -> u64 {
        super::resident_kib(self.desk.server.process.id()).unwrap_or(0)
    }

    /// Whole returns, from the case to the money that has arrived.
    fn returns(&self, round: u64) -> Result<Measured> {
        self.prepare(round)?;
        let measured = all_at_once(
            &self.desk,
            self.returns,
            |client, number, times| whole_return(client, &self.name(round, number), times),
            || self.wait_for_refunds(),
        )?;
        eprintln!(
            "round {round}: {} returns a second, each {} of the server, {} of the database and {} of the provider",
            measured.rate,
            micros(measured.each.server),
            micros(measured.each.database),
            micros(measured.each.provider),
        );
        Ok(measured)
    }

    /// Orders that nobody has returned yet, and what was paid for them.
    fn prepare(&self, round: u64) -> Result<()> {
        let ask = |client: &mut Client, number: u64, _: &mut Vec<Duration>| {
            let name = self.name(round, number);
            client.expect("PUT", &format!("/orders/B-{name}"), None, &order(&name)).map(drop)
        };
        all_at_once(&self.desk, self.returns, ask, || Ok(()))?;
        let mut zoo = Client::new(self.desk.zoo.address, "/control/stripe_v1", "none")?;
        for number in 0..self.returns {
            let payment = format!(
                r#"{{"payment":"pi_{}","captured_minor":10000,"currency":"EUR"}}"#,
                self.name(round, number)
            );
            zoo.expect("POST", "/payments", None, &payment)?;
        }
        Ok(())
    }

    /// The last refunds may still be on their way when the last command is answered.
    fn wait_for_refunds(&self) -> Result<()> {
        let mut client = self.desk.client()?;
        for state in ["reserved", "submitted"] {
            let path = format!("/refunds?state={state}&limit=1");
            loop {
                let page: Value = serde_json::from_slice(&client.expect("GET", &path, None, "")?)?;
                let items = page.get("items").and_then(Value::as_array).context("no items")?;
                if items.is_empty() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        Ok(())
    }

    /// Any case of the database: of those that were there before, or of those that this bench has ended.
    fn any_reads(&self, round: u64) -> Result<Measured> {
        match self.cases {
            0 => {
                let ended = self.returns.saturating_mul(round.saturating_add(1));
                let returns = self.returns;
                self.reads(ended, |number| {
                    let (round, number) = (number.div_euclid(returns), number.rem_euclid(returns));
                    format!("B-{}-R1", self.name(round, number))
                })
            }
            cases => self.reads(cases, |number| format!("M-{number}-R1")),
        }
    }

    fn reads(&self, among: u64, name: impl Fn(u64) -> String + Sync) -> Result<Measured> {
        let ask = |client: &mut Client, number: u64, times: &mut Vec<Duration>| {
            // Far apart from each other: a prime number of steps.
            let case = name(number.wrapping_mul(611_953).rem_euclid(among));
            timed(times, || client.expect("GET", &format!("/cases/{case}"), None, "")).map(drop)
        };
        all_at_once(&self.desk, READS, ask, || Ok(()))
    }

    fn pages(&self) -> Result<Measured> {
        let ask = |client: &mut Client, _: u64, times: &mut Vec<Duration>| {
            timed(times, || client.expect("GET", "/cases?state=resolved&limit=50", None, ""))
                .map(drop)
        };
        all_at_once(&self.desk, PAGES, ask, || Ok(()))
    }
}

fn millis(time: Duration) -> String {
    let micros = time.as_micros();
    format!("{}.{:02} ms", micros.div_euclid(1000), micros.rem_euclid(1000).div_euclid(10))
}

fn micros(time: Duration) -> String {
    format!("{} µs", time.as_micros())
}
