//! `backhaul import orders`: orders from a file, as many in flight as one commit takes.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufReader, IsTerminal, Read, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use backhaul_adapters::order_file::{Columns, CsvOrders, Found, JsonLines, MAPPING_BYTES_MAX};
use backhaul_adapters::shop::{self, ANSWER_BYTES_MAX, Settings, Shop};
use backhaul_app::{App, ImportError, Imported, Importing, NewOrder};
use backhaul_core::facts::Zone;
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use crate::database::Database;
use crate::server::{Refused, Server};

/// How many orders wait for their commit at once.
const IN_FLIGHT_MAX: usize = 256;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file.
    file: PathBuf,
    /// Who wrote it; by default CSV where its name ends in `.csv`, and JSON lines otherwise.
    #[arg(long, value_enum)]
    from: Option<From>,
    /// How the columns of a CSV file are read as ours: a mapping in TOML.
    #[arg(long, value_name = "MAPPING")]
    columns: Option<PathBuf>,
    /// The time zone of a shop's deliveries to where there are several, such as `America/Chicago`.
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    time_zone: Option<Zone>,
    /// Under which name of a line's properties or meta data a shop keeps serials; may be given several times.
    #[arg(long, value_name = "NAME")]
    serials: Vec<String>,
    /// The category of a shop's lines.
    #[arg(long, value_name = "CATEGORY")]
    category: Option<String>,
    #[command(flatten)]
    database: Database,
}

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum From {
    /// Our columns, or others with a mapping.
    Csv,
    /// One order a line.
    Jsonl,
    /// An answer of Shopify's REST Admin API.
    Shopify,
    /// An answer of the REST API of `WooCommerce`, version 3.
    Woocommerce,
}

fn zone(name: &str) -> Result<Zone> {
    Zone::get(name).with_context(|| format!("`{name}` is no IANA time zone"))
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let from = args.from()?;
    let columns = args.columns.as_deref().map(mapping).transpose()?;
    let about = || format!("cannot read `{}`", args.file.display());
    let file = File::open(&args.file).with_context(about)?;
    let progress = bar(file.metadata().with_context(about)?.len())?;
    let input = BufReader::with_capacity(1 << 16, progress.wrap_read(file));
    let target = match args.database.server()? {
        Some(server) => Target::Server(server),
        None => Target::Desk(Box::new(args.database.desk()?)),
    };
    let mut import = Import {
        target,
        file: args.file.clone(),
        progress,
        waiting: VecDeque::new(),
        told: Told::default(),
    };
    match from {
        From::Csv => {
            let orders = match columns {
                Some(columns) => CsvOrders::mapped(input, columns),
                None => CsvOrders::new(input),
            };
            import.all_found(
                orders.map_err(|refused| anyhow!("{}:{refused}", args.file.display()))?,
            )?;
        }
        From::Jsonl => import.all_found(JsonLines::new(input))?,
        From::Shopify => import.all_of(Shop::Shopify, input, &args.settings())?,
        From::Woocommerce => import.all_of(Shop::WooCommerce, input, &args.settings())?,
    }
    import.progress.finish_and_clear();
    let Told { new, changed, same, refused } = import.told;
    println!("orders: {new} new, {changed} changed, {same} as they were, {refused} refused");
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Args {
    fn from(&self) -> Result<From> {
        let is_csv = self.file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        let by_ending = if is_csv || self.columns.is_some() { From::Csv } else { From::Jsonl };
        let from = self.from.unwrap_or(by_ending);
        if self.columns.is_some() && from != From::Csv {
            bail!("`--columns` is for CSV");
        }
        let is_of_a_shop = matches!(from, From::Shopify | From::Woocommerce);
        let has_settings =
            self.time_zone.is_some() || self.category.is_some() || !self.serials.is_empty();
        if has_settings && !is_of_a_shop {
            bail!(
                "`--time-zone`, `--serials` and `--category` are for shops: name one with `--from`"
            );
        }
        Ok(from)
    }

    fn settings(&self) -> Settings {
        let default = Settings::default();
        let serials = if self.serials.is_empty() { default.serials } else { self.serials.clone() };
        let category = self.category.clone().unwrap_or(default.category);
        Settings { serials, time_zone: self.time_zone.clone(), category }
    }
}

fn mapping(file: &Path) -> Result<Columns> {
    let about = || format!("cannot read `{}`", file.display());
    let bytes =
        at_most(File::open(file).with_context(about)?, MAPPING_BYTES_MAX).with_context(about)?;
    let text = String::from_utf8(bytes).with_context(about)?;
    Columns::parse(&text).map_err(|error| anyhow!("{}: {error}", file.display()))
}

/// All bytes, and one more where there are too many, so that whoever reads them says so.
fn at_most(input: impl Read, bytes_max: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    input.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
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

/// Who takes the orders in.
enum Target {
    Desk(Box<App>),
    Server(Server),
}

struct Import {
    target: Target,
    file: PathBuf,
    progress: ProgressBar,
    /// Each with its place in the file; no two of one number, for a number stands in a file once.
    waiting: VecDeque<(String, Importing)>,
    told: Told,
}

impl Import {
    /// Orders that are told by their lines.
    fn all_found<E: std::fmt::Display>(
        &mut self,
        orders: impl Iterator<Item = Result<Found, E>>,
    ) -> Result<()> {
        self.all(orders.map(|found| match found {
            Ok(Found { line, new }) => Ok((format!("{line}:1"), new)),
            Err(refused) => Err(refused.to_string()),
        }))
    }

    /// The orders of a shop's answer, which are told by their places in it.
    fn all_of(&mut self, shop: Shop, input: impl Read, settings: &Settings) -> Result<()> {
        let bytes = at_most(input, ANSWER_BYTES_MAX).context("the file cannot be read")?;
        let orders = shop::read(shop, &bytes, settings);
        self.all((1..).zip(orders).map(|(place, order): (usize, _)| match order {
            Ok(new) => Ok((format!(" order {place}"), new)),
            Err(refused) => Err(format!(" {refused}")),
        }))
    }

    fn all(
        &mut self,
        orders: impl Iterator<Item = Result<(String, NewOrder), String>>,
    ) -> Result<()> {
        for found in orders {
            match found {
                Ok((place, new)) => self.begin(place, new)?,
                Err(refused) => self.refuse(&refused),
            }
        }
        while !self.waiting.is_empty() {
            self.end_one()?;
        }
        Ok(())
    }

    fn begin(&mut self, place: String, new: NewOrder) -> Result<()> {
        while self.waiting.len() >= IN_FLIGHT_MAX {
            self.end_one()?;
        }
        let desk = match &self.target {
            Target::Desk(desk) => desk,
            Target::Server(server) => {
                let outcome = put(server, &new);
                return self.note(&place, outcome);
            }
        };
        match desk.begin_import(new) {
            Ok(import) => self.waiting.push_back((place, import)),
            Err(error) => self.refuse(&format!("{place}: {error}")),
        }
        Ok(())
    }

    fn end_one(&mut self) -> Result<()> {
        let Some((place, import)) = self.waiting.pop_front() else { return Ok(()) };
        let outcome = match import.wait() {
            Ok(Imported::New) => Ok(Ok("new")),
            Ok(Imported::Changed(_)) => Ok(Ok("changed")),
            Ok(Imported::Same) => Ok(Ok("same")),
            Err(error) if error.is_of_the_order() => Ok(Err(error.to_string())),
            Err(error) => Err(error.into()),
        };
        self.note(&place, outcome)
    }

    fn note(&mut self, place: &str, outcome: Result<Outcome>) -> Result<()> {
        let about = || format!("the order at {} was not imported, nor any after it", place.trim());
        let count = match outcome.with_context(about)? {
            Ok("new") => &mut self.told.new,
            Ok("changed") => &mut self.told.changed,
            Ok(_) => &mut self.told.same,
            Err(refused) => {
                self.refuse(&format!("{place}: {refused}"));
                return Ok(());
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

/// `new`, `changed` or `same`, or why the order is refused.
type Outcome = Result<&'static str, String>;

/// Has a server take an order in.
fn put(server: &Server, new: &NewOrder) -> Result<Outcome> {
    let number = &new.order.number;
    // What is no number of an order is no part of an address either.
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "-_".contains(sign);
    if number.is_empty() || !number.chars().all(is_plain) {
        let number = number.clone();
        return Ok(Err(ImportError::Number { number }.to_string()));
    }
    let taken = server.put(&format!("/orders/{number}"), &serde_json::to_value(new)?)?;
    match taken {
        Ok(taken) => {
            let outcome = taken.get("outcome").and_then(Value::as_str).unwrap_or_default();
            let known = ["new", "changed", "same"].into_iter().find(|known| *known == outcome);
            known
                .map(Ok)
                .context("the server does not say what came of it: it is of another version")
        }
        Err(refused) if is_of_the_order(&refused) => Ok(Err(refused.detail)),
        Err(refused) => Err(refused.into_error()),
    }
}

/// Whether it is about this order, so that another one may go well.
fn is_of_the_order(refused: &Refused) -> bool {
    ["order_invalid", "order_conflict", "malformed_body"].contains(&refused.code.as_str())
}
