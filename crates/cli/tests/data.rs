//! Commands that work on a database, as their users run them.
#![expect(clippy::expect_used, reason = "tests fail by panicking")]

use std::path::Path;
use std::process::{Command, Output};

const CSV: &str = "order,placed_at,time_zone,country,currency,line,sku,category,quantity,price,payment,captured,captured_at
SO-1,2026-02-20T09:00:00Z,Europe/Berlin,DE,EUR,L1,QSFP28,transceiver,2,100.00,P1,126.05,2026-02-20T09:01:00Z
SO-1,,,,,L2,DAC,cable/dac,1,26.05,,,
SO-2,2026-02-21T09:00:00Z,Asia/Tokyo,JP,JPY,L1,SFP,transceiver,1,5000,P9,5000,2026-02-21T09:01:00Z
";

fn backhaul(folder: &Path, arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_backhaul"));
    program.args(arguments).current_dir(folder).output().expect("the program runs")
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

#[test]
fn an_import_can_be_repeated_and_the_audit_finds_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("orders.csv"), CSV).expect("written");
    let first = backhaul(folder.path(), &["import", "orders", "orders.csv", "--data", "desk"]);
    assert_eq!(
        printed(&first),
        "orders: 2 new, 0 changed, 0 as they were, 0 refused\n",
        "{}",
        told(&first)
    );
    let again = backhaul(folder.path(), &["import", "orders", "orders.csv", "--data", "desk"]);
    assert_eq!(printed(&again), "orders: 0 new, 0 changed, 2 as they were, 0 refused\n");
    std::fs::write(folder.path().join("orders.csv"), CSV.replace("26.05,,", "26.06,,"))
        .expect("written");
    let changed = backhaul(folder.path(), &["import", "orders", "orders.csv", "--data", "desk"]);
    assert_eq!(printed(&changed), "orders: 0 new, 1 changed, 1 as they were, 0 refused\n");
    let audit = backhaul(folder.path(), &["audit", "verify", "--data", "desk"]);
    assert_eq!(
        (audit.status.code(), printed(&audit).as_str()),
        (Some(0), "2 orders, 0 events: 0 tampered with\n")
    );
}

#[test]
fn a_bad_order_is_told_with_its_place_and_the_others_are_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("orders.csv"), CSV.replace("26.05,,", "26.050,,"))
        .expect("written");
    let output = backhaul(folder.path(), &["import", "orders", "orders.csv"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(printed(&output), "orders: 1 new, 0 changed, 0 as they were, 1 refused\n");
    assert!(
        told(&output).starts_with("orders.csv:3:price: `26.050` is not an amount"),
        "{}",
        told(&output)
    );
    assert!(folder.path().join("backhaul-data/backhaul.db").is_file());
}

#[test]
fn rows_of_one_order_in_two_places_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let later = CSV.lines().nth(3).expect("a row").replace("5000,P9", "4000,P9");
    let first = CSV.lines().skip(1).take(2).collect::<Vec<_>>().join("\n");
    std::fs::write(folder.path().join("orders.csv"), format!("{CSV}{first}\n{later}\n"))
        .expect("written");
    let output = backhaul(folder.path(), &["import", "orders", "orders.csv"]);
    assert_eq!(
        printed(&output),
        "orders: 2 new, 0 changed, 0 as they were, 2 refused\n",
        "{}",
        told(&output)
    );
}

#[test]
fn a_file_that_is_not_there_and_a_bad_address_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = backhaul(folder.path(), &["import", "orders", "absent.csv"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(told(&missing).contains("absent.csv"), "{}", told(&missing));
    let address = backhaul(folder.path(), &["migrate", "--database", "mysql://x"]);
    assert_eq!(address.status.code(), Some(2));
    assert!(told(&address).contains("mysql"), "{}", told(&address));
}
