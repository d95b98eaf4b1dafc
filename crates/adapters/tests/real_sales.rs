//! A shop's real sales report and the list of what came back: every order is imported, and every return is driven to its end through
//! the door. At the end the ledgers, the provider's book and the orders' stored amounts say the same, to the cent.
//!
//! The files stand beside the repository, or in the folder that `BACKHAUL_MATERIAL` named when this was built; where they are
//! absent the story says so and returns.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    reason = "whatever goes wrong in a test fails it"
)]

#[path = "real_sales/desk.rs"]
mod desk;
#[path = "real_sales/provider.rs"]
mod provider;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use backhaul_adapters::order_file::{Columns, CsvOrders, Found};
use backhaul_core::ledger::CaseState;
use backhaul_core::words::Cause;
use backhaul_store::{DatabaseUrl, audit};
use backhaul_testkit::Database;

use crate::desk::{Desk, Outcome};

backhaul_testkit::on_both_engines! {
    every_return_of_a_real_shop_comes_to_its_end_and_the_money_meets
}

/// On a server only every so many of the returns come back: each step is some round trips, and the engine's own ways are told by
/// the stories of the store.
const ON_A_SERVER_EVERY: usize = 4;

/// The orders and the returns of the sales report, or `None`, said aloud, where they are not there.
fn material() -> Option<(PathBuf, PathBuf)> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/material");
    let folder = option_env!("BACKHAUL_MATERIAL").map_or(beside, PathBuf::from).join("orders");
    let files = (folder.join("superstore_orders.csv"), folder.join("superstore_returns.csv"));
    if !files.0.is_file() || !files.1.is_file() {
        println!("skipped: there are no sales in {}", folder.display());
        return None;
    }
    Some(files)
}

/// Which order came back, and why.
fn returns(file: &Path) -> Vec<(String, Cause)> {
    let text = std::fs::read_to_string(file).unwrap();
    let rows = text.lines().skip(1).map(|row| row.split_once(',').expect("two columns"));
    let cause = |reason: &str| match reason.trim() {
        "Wrong Items" => Cause::Mismatch,
        "Bad Quality" => Cause::Quality,
        "Others" => Cause::OwnReasons,
        other => panic!("a reason that is not known: {other}"),
    };
    rows.map(|(number, reason)| (number.to_owned(), cause(reason))).collect()
}

fn orders(file: &Path) -> impl Iterator<Item = Found> + use<> {
    let mapping = include_str!("../../../examples/imports/sales-report.toml");
    let input = BufReader::new(File::open(file).unwrap());
    let orders = CsvOrders::mapped(input, Columns::parse(mapping).unwrap()).unwrap();
    orders.map(|found| found.expect("every order of the report is one"))
}

fn every_return_of_a_real_shop_comes_to_its_end_and_the_money_meets(database: &Database) {
    let Some((sales, came_back)) = material() else { return };
    let desk = Desk::over(database);
    let imported = desk.import(orders(&sales));
    let every = match database.url {
        DatabaseUrl::Sqlite(_) => 1,
        DatabaseUrl::Postgres(_) => ON_A_SERVER_EVERY,
    };
    let returns: Vec<_> = returns(&came_back).into_iter().step_by(every).collect();

    let mut outcomes: Vec<Outcome> = Vec::new();
    for (place, (number, cause)) in returns.iter().enumerate() {
        outcomes.push(desk.comes_back(place, number, *cause));
    }
    let mut declined_on: BTreeMap<String, usize> = BTreeMap::new();
    for (clause, units) in outcomes.iter().flat_map(|outcome| &outcome.declined) {
        *declined_on.entry(clause.clone()).or_default() += units;
    }
    let sum = |amount: fn(&Outcome) -> i64| outcomes.iter().map(amount).sum::<i64>();
    let due = sum(|outcome| outcome.due_minor);
    let refunded = sum(|outcome| outcome.refunded_minor);
    let paid = desk.provider.paid_minor();
    println!(
        "{imported} orders, {} returns: {} units refunded, declined on {declined_on:?}; due {due}, \
         in the ledgers {refunded}, in the provider's book {paid} cents in {} refunds after {} calls",
        returns.len(),
        outcomes.iter().map(|outcome| outcome.accepted).sum::<usize>(),
        desk.provider.refunds(),
        desk.provider.calls(),
    );

    assert_eq!((imported, returns.len()), (5_009, 296 / every));
    assert!(outcomes.iter().all(|outcome| outcome.ended == CaseState::Closed));
    assert!(due > 0 && declined_on.values().all(|units| *units > 0));
    assert_eq!((refunded, paid), (due, due), "the stored amounts, the ledgers and the book");
    assert!(desk.provider.paid_each_once(), "nothing was paid twice");
    assert_eq!(desk.next_job(), None, "no job is left");
    let report = audit::verify(desk.app.store()).unwrap();
    assert!(report.findings.is_empty(), "the ledgers verify: {:?}", report.findings);
}
