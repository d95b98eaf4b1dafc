//! `backhaul audit verify`: whether every ledger is what was written.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use backhaul_store::audit;
use serde::Deserialize;

use crate::database::Database;
use crate::server::Server;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    database: Database,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let found = if let Some(server) = args.database.server()? {
        by_server(&server)?
    } else {
        let audit::Report { orders, events, findings } = audit::verify(&args.database.open()?)?;
        let findings = findings.iter().map(ToString::to_string).collect();
        Found { orders, events, findings, next: None }
    };
    for finding in &found.findings {
        println!("{finding}");
    }
    let tampered = found.findings.len();
    println!("{} orders, {} events: {tampered} tampered with", found.orders, found.events);
    Ok(if tampered == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What was found, by the server in a part of the ledgers, or in all.
#[derive(Default, Deserialize)]
struct Found {
    orders: u64,
    events: u64,
    findings: Vec<String>,
    next: Option<String>,
}

/// Has a server look at its ledgers, a page at a time.
fn by_server(server: &Server) -> Result<Found> {
    let mut all = Found::default();
    let mut path = "/audit?limit=200".to_owned();
    loop {
        let page: Found = serde_json::from_value(server.get(&path)?)
            .context("the server does not say what it found: it is of another version")?;
        all.orders = all.orders.saturating_add(page.orders);
        all.events = all.events.saturating_add(page.events);
        all.findings.extend(page.findings);
        all.findings.truncate(audit::FINDINGS_MAX);
        let Some(next) = page.next else { return Ok(all) };
        path = format!("/audit?limit=200&cursor={next}");
    }
}
