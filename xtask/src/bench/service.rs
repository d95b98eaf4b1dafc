//! `cargo xtask bench service`: whole returns, reads and lists over HTTP, with the real server, the real database and a payment
//! provider of its own process, all on this machine.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::http::Client;

/// How many clients ask at once.
const CLIENTS: u64 = 16;
/// How many reads a run makes.
const READS: u64 = 40_000;
/// How many pages of the queue a run reads.
const PAGES: u64 = 8_000;
/// How often each is measured; the median is printed.
const RUNS: usize = 3;

/// What is measured.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A PostgreSQL database, empty; SQLite in a folder of its own where it is left out.
    #[arg(long)]
    database: Option<String>,
    /// How many cases are in the database before.
    #[arg(long, default_value_t = 0)]
    cases: u64,
    /// How many returns a run makes.
    #[arg(long, default_value_t = 4_000)]
    returns: u64,
}

pub(crate) fn run(root: &Path, args: &Args) -> Result<()> {
    super::cargo(root, &["build", "--quiet", "--release", "-p", "backhaul", "-p", "backhaul-zoo"])?;
    println!("machine: {}", super::machine());
    println!("load before: {}", super::load());
    let folder = root.join("target/bench/service");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let bench = Bench::start(root, &folder, args)?;
    println!(
        "| what | {} | p50 | p99 |\n|---|---|---|---|",
        if args.database.is_some() { "PostgreSQL" } else { "SQLite" }
    );
    let mut rows = [Vec::new(), Vec::new(), Vec::new()];
    for run in 0..RUNS {
        let [returns, reads, pages] = &mut rows;
        let before = (bench.server.cpu_millis(), bench.zoo.cpu_millis());
        returns.push(bench.returns(u64::try_from(run)?)?);
        let each = |before: u64, after: u64| {
            after.saturating_sub(before).saturating_mul(1000).div_euclid(args.returns.max(1))
        };
        // What a busy neighbour does not change: the processor's time that one return costs, its order's import included.
        println!(
            "a return costs {} µs of the server and {} µs of the provider",
            each(before.0, bench.server.cpu_millis()),
            each(before.1, bench.zoo.cpu_millis()),
        );
        reads.push(bench.reads()?);
        pages.push(bench.pages()?);
    }
    for (what, mut runs) in
        ["whole returns", "reads of one case", "queue pages of 50"].into_iter().zip(rows)
    {
        runs.sort_by_key(|run| run.rate);
        if let Some(Measured { rate, p50, p99 }) = runs.get(RUNS.div_euclid(2)) {
            println!("| {what} | {rate} a second | {} | {} |", millis(*p50), millis(*p99));
        }
    }
    println!(
        "memory of the server afterwards: {} KiB",
        super::resident_kib(bench.server.process.id()).unwrap_or(0)
    );
    println!("load after: {}", super::load());
    Ok(())
}

fn millis(time: Duration) -> String {
    let micros = time.as_micros();
    format!("{}.{:02} ms", micros.div_euclid(1000), micros.rem_euclid(1000).div_euclid(10))
}

struct Measured {
    rate: u64,
    p50: Duration,
    p99: Duration,
}

/// A process that ends with its handle.
struct Running {
    process: Child,
    address: SocketAddr,
}

impl Running {
    /// How much of the processor's time it has used, in milliseconds.
    fn cpu_millis(&self) -> u64 {
        let stat =
            fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap_or_default();
        let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        // Fields 14 and 15, in hundredths of a second, counted behind the name in field 2.
        let ticks = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok());
        ticks.sum::<u64>().saturating_mul(10)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Bench {
    zoo: Running,
    server: Running,
    token: String,
    returns: u64,
}

impl Bench {
    fn start(root: &Path, folder: &Path, args: &Args) -> Result<Self> {
        let mut zoo = Command::new(root.join("target/release/backhaul-zoo"));
        zoo.arg("--ledger")
            .arg(folder.join("zoo.jsonl"))
            .arg("--end-with-stdin")
            .stdin(Stdio::piped());
        let zoo = start(zoo, |line| {
            serde_json::from_str::<Value>(line).ok()?.get("listening")?.as_str()?.parse().ok()
        })?;
        let settings = folder.join("backhaul.toml");
        let mut text = format!(
            "listen = \"127.0.0.1:0\"\ndefault_provider = \"zoo\"\ndata = \"{}\"\n",
            folder.join("data").display()
        );
        if let Some(database) = &args.database {
            writeln!(text, "database = {database:?}")?;
        }
        writeln!(
            text,
            "[worker]\nthreads = 8\n[log]\nlevel = \"warn\"\n[providers.zoo]\nkind = \"stripe\"\nkey = \"sk_test_bench\"\nwebhook_secret = \"whsec_bench\"\nbase_url = \"http://{}/stripe_v1\"",
            zoo.address
        )?;
        fs::write(&settings, text)?;
        let backhaul = |arguments: &[&str]| -> Result<String> {
            let done = Command::new(root.join("target/release/backhaul"))
                .args(arguments)
                .arg("--config")
                .arg(&settings)
                .stderr(Stdio::inherit())
                .output()?;
            ensure!(done.status.success(), "`backhaul {}` failed", arguments.join(" "));
            Ok(String::from_utf8(done.stdout)?)
        };
        let made = backhaul(&["api-key", "add", "bench", "--role", "owner"])?;
        let token = made.split_whitespace().find(|word| word.starts_with("bh_"));
        let token = token.context("`backhaul api-key add` shows no key")?.to_owned();
        if args.cases > 0 {
            let database = args
                .database
                .clone()
                .unwrap_or_else(|| format!("sqlite:{}", folder.join("data/backhaul.db").display()));
            super::cargo(
                root,
                &[
                    "bench",
                    "--quiet",
                    "-p",
                    "backhaul-app",
                    "--bench",
                    "many_cases",
                    "--",
                    &database,
                    &args.cases.to_string(),
                ],
            )?;
        }
        let server = start_server(root, &settings)?;
        Ok(Self { zoo, server, token, returns: args.returns })
    }

    fn client(&self) -> Result<Client> {
        Client::new(self.server.address, "/api/v1", &self.token)
    }

    /// Orders that nobody has returned yet, and what was paid for them.
    fn prepare(&self, run: u64) -> Result<()> {
        let mut client = self.client()?;
        let mut zoo = Client::new(self.zoo.address, "/control/stripe_v1", "none")?;
        for number in 0..self.returns {
            let name = format!("{run}-{number}");
            client.expect("PUT", &format!("/orders/B-{name}"), None, &order(&name))?;
            let payment =
                format!(r#"{{"payment":"pi_{name}","captured_minor":10000,"currency":"EUR"}}"#);
            zoo.expect("POST", "/payments", None, &payment)?;
        }
        Ok(())
    }

    /// Whole returns, from the case to the money that has arrived.
    fn returns(&self, run: u64) -> Result<Measured> {
        self.prepare(run)?;
        let settled = self.settled()?;
        let next = AtomicU64::new(0);
        let all = self.all_at_once(
            |client, times| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= self.returns {
                        return Ok(());
                    }
                    whole_return(client, &format!("{run}-{number}"), times)?;
                }
            },
            || {
                // The last refunds may still be on their way.
                while self.settled()? < settled.saturating_add(self.returns) {
                    std::thread::sleep(Duration::from_millis(25));
                }
                Ok(())
            },
        )?;
        Ok(measured(self.returns, all))
    }

    /// How many pieces of refunds have arrived.
    fn settled(&self) -> Result<u64> {
        let mut client = self.client()?;
        let sums: Value =
            serde_json::from_slice(&client.expect("GET", "/refund_sums", None, "")?)?;
        let sums = sums.get("sums").and_then(Value::as_array).context("no sums")?;
        let settled =
            sums.iter().filter(|sum| sum.get("state").and_then(Value::as_str) == Some("settled"));
        Ok(settled.filter_map(|sum| sum.get("pieces")?.as_u64()).sum())
    }

    fn reads(&self) -> Result<Measured> {
        let next = AtomicU64::new(0);
        let all = self.all_at_once(
            |client, times| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= READS {
                        return Ok(());
                    }
                    // Far apart from each other.
                    let case = number.wrapping_mul(7_919).rem_euclid(self.returns);
                    timed(times, || {
                        client.expect("GET", &format!("/cases/B-0-{case}-R1"), None, "")
                    })?;
                }
            },
            || Ok(()),
        )?;
        Ok(measured(READS, all))
    }

    fn pages(&self) -> Result<Measured> {
        let next = AtomicU64::new(0);
        let all = self.all_at_once(
            |client, times| {
                while next.fetch_add(1, Ordering::Relaxed) < PAGES {
                    timed(times, || {
                        client.expect("GET", "/cases?state=resolved&limit=50", None, "")
                    })?;
                }
                Ok(())
            },
            || Ok(()),
        )?;
        Ok(measured(PAGES, all))
    }

    /// Runs every client, then what must follow; how long it all took, and how long each request did.
    #[expect(clippy::disallowed_methods, reason = "how long a run takes is read off the clock")]
    fn all_at_once(
        &self,
        client: impl Fn(&mut Client, &mut Vec<Duration>) -> Result<()> + Sync,
        then: impl FnOnce() -> Result<()>,
    ) -> Result<(Duration, Vec<Duration>)> {
        let start = Instant::now();
        let mut times = Vec::new();
        std::thread::scope(|scope| -> Result<()> {
            let client = &client;
            let clients: Vec<_> = (0..CLIENTS)
                .map(|_| {
                    scope.spawn(move || -> Result<Vec<Duration>> {
                        let mut times = Vec::new();
                        let mut connection = self.client()?;
                        client(&mut connection, &mut times)?;
                        Ok(times)
                    })
                })
                .collect();
            for client in clients {
                times.extend(client.join().map_err(|_| anyhow::anyhow!("a client panicked"))??);
            }
            Ok(())
        })?;
        then()?;
        Ok((start.elapsed(), times))
    }
}

fn measured(count: u64, (taken, mut times): (Duration, Vec<Duration>)) -> Measured {
    times.sort();
    let at = |percent: usize| {
        let place = times.len().saturating_mul(percent).div_euclid(100);
        times.get(place).copied().unwrap_or_default()
    };
    let millis = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX).max(1);
    Measured { rate: count.saturating_mul(1000).div_euclid(millis), p50: at(50), p99: at(99) }
}

#[expect(clippy::disallowed_methods, reason = "how long a request takes is read off the clock")]
fn timed<T>(times: &mut Vec<Duration>, ask: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let done = ask()?;
    times.push(start.elapsed());
    Ok(done)
}

/// Open, authorise, announce, receive, inspect, approve.
fn whole_return(client: &mut Client, name: &str, times: &mut Vec<Duration>) -> Result<()> {
    let (order, case) = (format!("/orders/B-{name}"), format!("B-{name}-R1"));
    let unit = r#"{"line":"L1","number":1}"#;
    let mut post = |step: &str, body: &str| {
        let key = format!("{name}-{step}");
        timed(times, || client.expect("POST", &format!("{order}/{step}"), Some(&key), body))
            .map(drop)
    };
    post(
        "cases",
        &format!(
            r#"{{"claims":[{{"units":[{unit}],"cause":"quality","remedy":"refund","condition":"used"}}]}}"#
        ),
    )?;
    post(
        "authorise",
        &format!(
            r#"{{"command":{{"case":"{case}","units":[{unit}],"instructions":"T1","expires_on":"2099-12-31"}},"texts":{{"T1":"Pack it well."}}}}"#
        ),
    )?;
    post(
        "announce_parcel",
        &format!(r#"{{"command":{{"case":"{case}","parcel":"P1","units":[{unit}]}}}}"#),
    )?;
    post(
        "receive_parcel",
        &format!(
            r#"{{"command":{{"parcel":"P1","case":"{case}","items":[{{"kind":"serial","serial":"S{name}"}}]}}}}"#
        ),
    )?;
    post(
        "inspect_unit",
        &format!(
            r#"{{"command":{{"case":"{case}","unit":{unit},"condition":"used","fault_found":true}}}}"#
        ),
    )?;
    post(
        "approve_refund",
        &format!(
            r#"{{"command":{{"refund":"RF1","case":"{case}","units":[{{"unit":{unit}}}],"early":"T2"}},"texts":{{"T2":"A good customer."}}}}"#
        ),
    )
}

/// An order that was signed for two days ago, so that it can still be returned.
#[expect(clippy::disallowed_methods, reason = "the server goes by the machine's clock")]
fn order(name: &str) -> String {
    let ago = |days: i64| {
        let then = jiff::Timestamp::now()
            .saturating_sub(jiff::SignedDuration::from_hours(days.saturating_mul(24)));
        then.map_or_else(|_| String::new(), |then| then.to_string())
    };
    let (placed_at, signed_at) = (ago(10), ago(2));
    let eur = |minor: u32| format!(r#"{{"minor":{minor},"currency":"EUR"}}"#);
    format!(
        r#"{{"number":"B-{name}","placed_at":"{placed_at}","signed_at":"{signed_at}","time_zone":"Europe/Berlin","country":"DE","voucher":"on_file","currency":"EUR","lines":[{{"id":"L1","sku":"QSFP28-100G-SR4","category":"transceiver","quantity":1,"serials":["S{name}"],"share":{{"price":{},"discount":{},"tax":{}}}}}],"shipping":{},"payments":[{{"id":"pi_{name}","captured":{},"captured_at":"{placed_at}"}}]}}"#,
        eur(10_000),
        eur(0),
        eur(0),
        eur(0),
        eur(10_000)
    )
}

fn start_server(root: &Path, settings: &Path) -> Result<Running> {
    let mut server = Command::new(root.join("target/release/backhaul"));
    server.arg("serve").arg("--config").arg(settings);
    start(server, |line| line.rsplit("http://").next()?.trim().parse().ok())
}

/// Starts a program and waits until it says where it listens.
fn start(mut program: Command, address: impl Fn(&str) -> Option<SocketAddr>) -> Result<Running> {
    let mut process =
        program.stdout(Stdio::piped()).spawn().context("a program cannot be started")?;
    let output = process.stdout.take().context("no output")?;
    let mut lines = BufReader::new(output).lines();
    let found = lines.find_map(|line| address(&line.ok()?));
    // What else it says must go somewhere.
    std::thread::spawn(move || lines.for_each(drop));
    let Some(address) = found else {
        let _ = process.kill();
        anyhow::bail!("a program ended without saying where it listens");
    };
    Ok(Running { process, address })
}
