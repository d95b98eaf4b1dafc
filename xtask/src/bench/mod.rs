//! `cargo xtask bench`: the figures of `docs/benchmarks.md`, measured on the real programs, with the machine and its load.

mod http;
pub(crate) mod import;
pub(crate) mod service;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::build;

/// How often each throughput is measured; the median is printed.
const RUNS: usize = 5;

pub(crate) fn run(root: &Path) -> Result<()> {
    println!("machine: {}", machine());
    println!("load before: {}", load());
    println!("\n== cargo bench --package backhaul-core");
    cargo(root, &["bench", "--quiet", "--package", "backhaul-core", "--bench", "*"])?;
    let program = build::released(root, "backhaul")?;
    println!("\n== backhaul decide --lines");
    println!("| facts | seconds | facts a second | peak memory |\n|---|---|---|---|");
    for count in [1_000, 100_000, 1_000_000] {
        println!("{}", throughput(root, &program, count)?);
    }
    println!("\n== cargo bench --package backhaul-store");
    cargo(root, &["bench", "--quiet", "--package", "backhaul-store", "--bench", "commits"])?;
    import::run(root, &program, 200_000)?;
    println!("\nload after: {}", load());
    Ok(())
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<()> {
    let status = Command::new("cargo").args(arguments).current_dir(root).status()?;
    ensure!(status.success(), "`cargo {}` failed", arguments.join(" "));
    Ok(())
}

/// One row: so many facts through the program, on one thread.
fn throughput(root: &Path, program: &Path, count: u64) -> Result<String> {
    let folder = root.join("target/bench");
    fs::create_dir_all(&folder)?;
    let file = folder.join(format!("facts-{count}.jsonl"));
    fs::write(&file, facts(count))?;
    let mut taken = Vec::new();
    let mut peak = 0;
    for _ in 0..RUNS {
        let (time, memory) = decide(program, &file)?;
        taken.push(time);
        peak = peak.max(memory);
    }
    taken.sort();
    let median = taken.get(RUNS.div_euclid(2)).copied().unwrap_or_default();
    let millis = u64::try_from(median.as_millis())?.max(1);
    let rate = count.saturating_mul(1000).div_euclid(millis);
    Ok(format!(
        "| {count} | {}.{:03} | {rate} | {peak} KiB |",
        millis.div_euclid(1000),
        millis.rem_euclid(1000)
    ))
}

/// How long the program takes for a file, and its peak memory in KiB.
#[expect(clippy::disallowed_methods, reason = "how long a run takes is read off the clock")]
fn decide(program: &Path, file: &Path) -> Result<(Duration, u64)> {
    let start = Instant::now();
    let mut program = Command::new(program)
        .args(["decide", "--lines"])
        .arg(file)
        .stdout(Stdio::null())
        .spawn()
        .context("`backhaul` cannot be started")?;
    let mut peak = 0;
    let status = loop {
        // The high-water mark only grows, so the last look before the end is the one that counts.
        peak = peak.max(high_water_kib(program.id()).unwrap_or(0));
        if let Some(status) = program.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    ensure!(status.success(), "`backhaul decide --lines` failed");
    Ok((start.elapsed(), peak))
}

fn high_water_kib(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Facts, a line each, over all causes, remedies and conditions, some received and inspected.
fn facts(count: u64) -> String {
    const CAUSES: [&str; 6] =
        ["quality", "compatibility", "damaged", "mismatch", "missing", "own_reasons"];
    const ZONES: [&str; 4] =
        ["Europe/Berlin", "Asia/Shanghai", "America/New_York", "Australia/Sydney"];
    let pick = |all: &[&'static str], n: u64| {
        let length = u64::try_from(all.len()).unwrap_or(1);
        usize::try_from(n.rem_euclid(length)).ok().and_then(|n| all.get(n).copied()).unwrap_or("")
    };
    let mut lines = String::new();
    for n in 0..count {
        let (cause, zone) = (pick(&CAUSES, n), pick(&ZONES, n.div_euclid(6)));
        let remedy = pick(&["refund", "replacement"], n.div_euclid(24));
        let condition = pick(&["unused", "tried", "used"], n.div_euclid(48));
        let day = n.div_euclid(7).rem_euclid(15).saturating_add(5);
        let _ = write!(
            lines,
            r#"{{"id":"f{n}","order":{{"number":"SO-{n}","placed_at":"2026-02-20T09:00:00Z","signed_at":"2026-03-04T15:20:00+01:00","time_zone":"{zone}","country":"DE","voucher":"on_file"}},"line":{{"sku":"QSFP28-100G-SR4","category":"transceiver","quantity":2,"sold_for":"Cisco Nexus 93180YC","declared_non_returnable":false,"components":["A","B"]}},"claim":{{"cause":"{cause}","remedy":"{remedy}","quantity":1,"components":["A"],"condition":"{condition}","platform":"cisco  nexus 93180yc","reported_at":"2026-03-{day:02}T23:30:00+01:00","evidence":["outer_box","inner_package","product"],"waived":[]}},"received_at":"2026-03-20T09:12:00+08:00""#
        );
        if cause != "missing" && n.rem_euclid(3) != 0 {
            let found = n.rem_euclid(5) != 0;
            let _ = write!(
                lines,
                r#","inspection":{{"condition":"{condition}","fault_found":{found},"findings":[],"faulty_components":["A"]}}"#
            );
        }
        lines.push_str("}\n");
    }
    lines
}

/// What a process has in memory now, in KiB.
fn resident_kib(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or("unknown processor");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{}, {cores} cores", model.trim_start_matches(['\t', ' ', ':']))
}

/// The load of the last 1, 5 and 15 minutes.
fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_else(|_| "unknown".to_owned());
    load.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}
