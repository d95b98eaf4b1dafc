//! `backhaul-zoo`: fake payment providers for tests, in a process of its own.

use std::net::SocketAddr;
use std::path::PathBuf;

use backhaul_zoo::Personality;
use backhaul_zoo::server::{Settings, serve};
use clap::Parser;

/// Fake payment providers for tests; no real money moves.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where to listen; the address is printed as one line of JSON
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The file that keeps what happened; an existing one is gone on with
    #[arg(long)]
    ledger: PathBuf,
    /// Whom to play, each mounted under its name; all, if none is named
    #[arg(long = "personality")]
    personalities: Vec<Personality>,
    /// Let the clock stand still at this second since 1970 until a test advances it
    #[arg(long)]
    fixed_now: Option<i64>,
    /// End when the standard input does, so that nothing outlives the test that started it
    #[arg(long)]
    end_with_stdin: bool,
}

fn main() -> anyhow::Result<()> {
    let Arguments { listen, ledger, mut personalities, fixed_now, end_with_stdin } =
        Arguments::parse();
    if end_with_stdin {
        std::thread::spawn(|| {
            // Whatever is said there is of no matter; an error is an end as well.
            drop(std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
            std::process::exit(0);
        });
    }
    if personalities.is_empty() {
        personalities.extend(Personality::ALL);
    }
    let settings = Settings { listen, ledger, personalities, fixed_now };
    let announce = |address| println!("{{\"listening\":\"{address}\"}}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve(settings, announce))
}
