//! `cargo xtask bench import`: orders from a file into an empty database, and again, where nothing has changed.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::build;

/// How often each is measured; the median is printed.
const RUNS: usize = 3;

/// What is measured.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many orders the file has.
    #[arg(long, default_value_t = 1_000_000)]
    orders: u64,
}

pub(crate) fn only(root: &Path, args: &Args) -> Result<()> {
    let program = build::released(root, "backhaul")?;
    println!("machine: {}", super::machine());
    println!("load before: {}", super::load());
    run(root, &program, args.orders)?;
    println!("load after: {}", super::load());
    Ok(())
}

/// One row: so many orders of one line each, first new and then as they were.
pub(super) fn run(root: &Path, program: &Path, count: u64) -> Result<()> {
    println!("\n== backhaul import orders, into an empty SQLite database, and again");
    println!(
        "| orders | new: seconds | orders a second | peak memory | as they were: seconds | orders a second |"
    );
    println!("|---|---|---|---|---|---|");
    let folder = root.join("target/bench");
    fs::create_dir_all(&folder)?;
    let (file, data) = (folder.join("orders.csv"), folder.join("data"));
    write_orders(&file, count)?;
    let (mut new, mut same, mut peak) = (Vec::new(), Vec::new(), 0);
    for _ in 0..RUNS {
        if data.exists() {
            fs::remove_dir_all(&data)?;
        }
        let (taken, memory) = once(program, &file, &data)?;
        new.push(taken);
        peak = peak.max(memory);
        same.push(once(program, &file, &data)?.0);
    }
    fs::remove_dir_all(&data)?;
    fs::remove_file(&file)?;
    let row = |taken: &mut Vec<Duration>| -> Result<(String, u64)> {
        taken.sort();
        let median = taken.get(RUNS.div_euclid(2)).copied().unwrap_or_default();
        let millis = u64::try_from(median.as_millis())?.max(1);
        let seconds = format!("{}.{:03}", millis.div_euclid(1000), millis.rem_euclid(1000));
        Ok((seconds, count.saturating_mul(1000).div_euclid(millis)))
    };
    let ((new, new_rate), (same, same_rate)) = (row(&mut new)?, row(&mut same)?);
    println!("| {count} | {new} | {new_rate} | {peak} KiB | {same} | {same_rate} |");
    Ok(())
}

/// How long one import takes, and its peak memory in KiB.
#[expect(clippy::disallowed_methods, reason = "how long a run takes is read off the clock")]
fn once(program: &Path, file: &Path, data: &Path) -> Result<(Duration, u64)> {
    let start = Instant::now();
    let mut program = Command::new(program)
        .args(["import", "orders"])
        .arg(file)
        .arg("--data")
        .arg(data)
        .stdout(Stdio::null())
        .spawn()
        .context("`backhaul` cannot be started")?;
    let mut peak = 0;
    let status = loop {
        peak = peak.max(super::high_water_kib(program.id()).unwrap_or(0));
        if let Some(status) = program.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    ensure!(status.success(), "`backhaul import orders` failed");
    Ok((start.elapsed(), peak))
}

/// Orders as CSV, one row each.
fn write_orders(file: &Path, count: u64) -> Result<()> {
    let mut rows = BufWriter::new(File::create(file)?);
    writeln!(
        rows,
        "order,placed_at,time_zone,country,currency,line,sku,category,quantity,price,serials,payment,captured,captured_at"
    )?;
    for n in 0..count {
        writeln!(
            rows,
            "SO-{n},2026-02-20T09:00:00Z,Europe/Berlin,DE,EUR,L1,QSFP28-100G,transceiver,2,100.00,A{n} B{n},P1,100.00,2026-02-20T09:01:00Z"
        )?;
    }
    Ok(rows.flush()?)
}
