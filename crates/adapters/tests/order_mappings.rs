//! Files with columns of their own, read by a mapping.
#![expect(clippy::expect_used, reason = "tests fail by panicking")]

use std::fs::File;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use backhaul_adapters::order_file::{Columns, CsvOrders, Found, MAPPING_BYTES_MAX, Refused};
use backhaul_app::{Buyer, Email};
use backhaul_core::ledger::Order;

const MAPPING: &str = r#"
payment = "sum"
[columns]
order = "Order No"
placed_at = { column = "Day", format = "%d.%m.%Y" }
time_zone = { constant = "Europe/Berlin" }
country = { column = "Land", map = { Deutschland = "DE" } }
currency = { constant = "EUR" }
line = "Row"
sku = "Article"
category = { column = "Kind", map = { SFP = "transceiver" }, otherwise = "other" }
quantity = "Pieces"
price = { column = "Amount", round = "half_even" }
buyer_email = "Mail"
"#;
const HEADER: &str = "Order No,Day,Land,Row,Article,Kind,Pieces,Amount,Mail,Ignored";
const ONE: &str = "SO-1,29.03.2026,Deutschland,1,A,SFP,2,99.995,one@shop.example,x";
const MORE: &str = "SO-1,29.03.2026,Deutschland,2,B,Cable,1,0.125,one@shop.example,x";
const OTHER: &str = "SO-2,30.03.2026,Deutschland,3,A,SFP,1,5,,x";

fn columns(mapping: &str) -> Columns {
    Columns::parse(mapping).expect("a good mapping")
}

fn read(mapping: &str, rows: &[&str]) -> Vec<Result<Found, Refused>> {
    let text = [&[HEADER], rows].concat().join("\n");
    CsvOrders::mapped(Cursor::new(text), columns(mapping)).expect("a good header").collect()
}

fn scattered() -> String {
    format!("grouped = false\n{MAPPING}")
}

#[test]
fn a_file_s_own_words_dates_and_amounts_become_ours() {
    let answers = read(MAPPING, &[ONE, MORE, OTHER]);
    let [Ok(one), Ok(other)] = answers.as_slice() else { panic!("{answers:?}") };
    let order = &one.new.order;
    let line = |place: usize| order.lines.get(place).expect("two lines");
    assert_eq!(order.placed_at.to_string(), "2026-03-28T23:00:00Z", "midnight in Berlin");
    assert_eq!((line(0).share.price.minor, line(1).share.price.minor), (10_000, 12));
    assert_eq!((line(0).category.as_str(), line(1).category.as_str()), ("transceiver", "other"));
    let payment = order.payments.first().expect("the sum");
    assert_eq!((payment.captured.minor, payment.captured_at), (10_012, order.placed_at));
    let email = one.new.buyer.as_ref().and_then(Buyer::email).map(Email::as_str);
    assert_eq!((email, other.new.buyer.is_none()), (Some("one@shop.example"), true));
    Order::new(order.clone()).expect("it adds up");
}

#[test]
fn scattered_rows_are_gathered_in_the_order_of_the_first_ones() {
    let answers = read(&scattered(), &[ONE, OTHER, MORE]);
    let [Ok(one), Ok(other)] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!((one.line, one.new.order.lines.len()), (2, 2));
    assert_eq!((other.line, other.new.order.lines.len()), (3, 1));
    let answers = read(MAPPING, &[ONE, OTHER, MORE]);
    let [Ok(_), Ok(_), Err(again)] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!((again.line, again.column.as_str()), (4, "Order No"), "where they must not be");
}

#[test]
fn a_bad_cell_is_told_by_the_file_s_own_column_and_refuses_its_order_alone() {
    for (good, bad, column, told) in [
        ("29.03.2026", "2026-03-29", "Day", "%d.%m.%Y"),
        ("29.03.2026", "31.02.2026", "Day", "`31.02.2026`"),
        ("Deutschland", "Frankreich", "Land", "`otherwise`"),
        ("99.995", "\"99,995 EUR\"", "Amount", "12.34"),
        (",2,99", ",two,99", "Pieces", "whole number"),
        ("one@shop.example", "one", "Mail", "one `@`"),
        (",x", "", "Order No", "9 cells"),
    ] {
        let bad = ONE.replacen(good, bad, 1);
        for mapping in [MAPPING, &scattered()] {
            let answers = read(mapping, &[&bad, MORE, OTHER]);
            let [Err(refused), Ok(_)] = answers.as_slice() else { panic!("{bad}: {answers:?}") };
            assert_eq!((refused.line, refused.column.as_str()), (2, column), "{refused}");
            assert!(refused.message.contains(told), "{refused}");
        }
    }
}

#[test]
fn an_amount_finer_than_the_currency_is_refused_unless_a_rule_is_stated() {
    let mapping = MAPPING.replace(", round = \"half_even\"", "");
    let answers = read(&mapping, &[ONE]);
    let [Err(refused)] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!(refused.column, "Amount");
}

#[test]
fn cells_are_decoded_as_the_mapping_says() {
    let mapping = MAPPING.replace("payment =", "encoding = \"windows-1252\"\npayment =");
    let row = ONE.replace(",A,", ",Caf\u{e9},");
    let bytes: Vec<u8> = format!("{HEADER}\n{row}\n")
        .chars()
        .map(|sign| u8::try_from(u32::from(sign)).expect("Latin"))
        .collect();
    let read = |mapping: &str| {
        let input = Cursor::new(bytes.clone());
        let answers = CsvOrders::mapped(input, columns(mapping)).expect("a good header");
        answers.collect::<Vec<_>>()
    };
    let answers = read(&mapping);
    let [Ok(found)] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!(found.new.order.lines.first().map(|line| line.sku.as_str()), Some("Caf\u{e9}"));
    let answers = read(MAPPING);
    let [Err(refused)] = answers.as_slice() else { panic!("{answers:?}") };
    assert!(refused.is_fatal && refused.message.contains("encoding"), "{refused}");
}

#[test]
fn a_mapping_says_what_is_wrong_with_it() {
    for (good, bad, told) in [
        ("line = \"Row\"", "", "`columns.line`: this column is missing"),
        ("line = ", "lines = ", "`columns.lines`: this is none of our columns"),
        ("\"Row\"", "{ column = \"Row\", constant = \"1\" }", "either a `column` or a `constant`"),
        ("\"Row\"", "{ }", "either a `column` or a `constant`"),
        ("\"Row\"", "{ column = \"Row\", colour = 1 }", "unknown field `colour`"),
        ("\"Row\"", "{ column = \"Row\", round = \"down\" }", "`round` is for"),
        ("\"Row\"", "{ column = \"Row\", format = \"%d\" }", "`format` is for"),
        ("half_even", "bankers", "unknown variant `bankers`"),
        ("payment = \"sum\"", "payment = \"all\"", "unknown variant `all`"),
        ("line = ", "captured = \"Amount\"\nline = ", "the payment is the sum already"),
        ("payment = ", "encoding = \"utf-16\"\npayment = ", "`encoding`"),
        ("payment = ", "separator = \"→\"\npayment = ", "`separator`"),
        ("payment = ", "colour = 1\npayment = ", "unknown field `colour`"),
    ] {
        let error = Columns::parse(&MAPPING.replacen(good, bad, 1)).expect_err(bad).to_string();
        assert!(error.contains(told), "{bad}: {error}");
    }
    assert!(Columns::parse(&" ".repeat(MAPPING_BYTES_MAX + 1)).is_err());
    for header in [HEADER.replace("Amount", "Sum"), HEADER.replace("Ignored", "Amount")] {
        let refused = CsvOrders::mapped(Cursor::new(header), columns(MAPPING)).expect_err("bad");
        assert_eq!((refused.line, refused.column.as_str()), (1, "Amount"), "{refused}");
    }
}

/// A file of the folder of sales and returns, or `None`, said aloud, where that is not there.
fn material(name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/material");
    let folder = option_env!("BACKHAUL_MATERIAL").map_or(beside, PathBuf::from);
    let file = folder.join("orders").join(name);
    if !file.is_file() {
        println!("skipped: there is no {} to read", file.display());
        return None;
    }
    Some(file)
}

#[test]
fn the_example_reads_a_whole_sales_report() {
    let mapping = include_str!("../../../examples/imports/sales-report.toml");
    let columns = columns(mapping);
    let Some(file) = material("superstore_orders.csv") else { return };
    let input = std::io::BufReader::new(File::open(file).expect("readable"));
    let (mut orders, mut lines, mut minor) = (0, 0, 0);
    for found in CsvOrders::mapped(input, columns).expect("a good header") {
        let order = Order::new(found.expect("an order").new.order).expect("it adds up");
        orders += 1;
        lines += order.lines.len();
        minor += order.lines.iter().map(|line| line.share.price.minor).sum::<i64>();
    }
    // Counted by another program, with decimals and their rounding half to even.
    assert_eq!((orders, lines, minor), (5_009, 9_994, 229_720_065));
}
