//! Orders from files: everything of an order or nothing, each mistake with its line and column.
#![expect(clippy::expect_used, reason = "tests fail by panicking")]

use std::io::Cursor;

use backhaul_adapters::order_file::{
    CsvOrders, Found, JsonLines, ORDER_BYTES_MAX, ROW_BYTES_MAX, Refused,
};
use backhaul_app::Email;
use backhaul_core::ledger::{Order, ProviderName};

const HEADER: &str = "order,placed_at,time_zone,country,currency,line,sku,category,quantity,price,tax,serials,payment,captured,captured_at";
const FIRST: &str = "SO-1,2026-02-20T09:00:00Z,Europe/Berlin,DE,EUR,L1,QSFP28,transceiver,2,100.00,19.00,S1 S2,P1,150.00,2026-02-20T09:01:00Z";
const SECOND: &str = "SO-1,,,,,L2,DAC,cable/dac,1,26.05,4.95,,,,";
const OTHER: &str = "SO-2,2026-02-21T09:00:00Z,Asia/Tokyo,JP,JPY,L1,SFP,transceiver,1,5000,,,P9,5000,2026-02-21T09:01:00Z";

fn csv(rows: &[&str]) -> Vec<Result<Found, Refused>> {
    let text = [&[HEADER], rows].concat().join("\n");
    CsvOrders::new(Cursor::new(text)).expect("a good header").collect()
}

fn header(text: &'static str) -> Refused {
    CsvOrders::new(Cursor::new(text)).expect_err("a bad header")
}

#[test]
fn the_rows_of_an_order_make_one_order_that_adds_up() {
    let found: Vec<Found> =
        csv(&[FIRST, SECOND, OTHER]).into_iter().map(|one| one.expect("an order")).collect();
    let [one, other] = found.as_slice() else { panic!("two orders: {found:?}") };
    assert_eq!((one.line, one.new.order.lines.len(), one.new.order.payments.len()), (2, 2, 1));
    assert_eq!((other.line, other.new.order.number.as_str()), (4, "SO-2"));
    assert_eq!(other.new.order.payments.first().map(|payment| payment.captured.minor), Some(5_000));
    for found in found {
        Order::new(found.new.order).expect("it adds up");
    }
}

#[test]
fn a_bad_cell_refuses_its_whole_order_and_the_rest_goes_on() {
    let bad = SECOND.replace("26.05", "26,05");
    let quoted = format!("\"{}\"", "26,05");
    let bad = bad.replace("26,05", &quoted);
    let answers = csv(&[FIRST, &bad, SECOND, OTHER]);
    let [Err(refused), Ok(other)] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!((refused.line, refused.column.as_str()), (3, "price"));
    assert!(refused.message.contains("`26,05`") && refused.message.contains("12.34"), "{refused}");
    assert_eq!(other.new.order.number, "SO-2");
}

#[test]
fn a_row_of_another_length_refuses_its_order_and_is_told_with_both_lengths() {
    let answers = csv(&["SO-1,2026-02-20T09:00:00Z,Europe/Berlin", SECOND, OTHER]);
    let [Err(refused), Ok(_)] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!(
        (refused.line, refused.message.as_str()),
        (2, "this row has 3 cells, and the header 15")
    );
}

#[test]
fn each_cell_says_what_is_allowed_in_it() {
    for (good, bad, column, allowed) in [
        ("2026-02-20T09:00:00Z,E", "2026-02-20,E", "placed_at", "2026-03-04T15:20:00+01:00"),
        ("Europe/Berlin", "Mars/Phobos", "time_zone", "Europe/Berlin"),
        (",DE,", ",EU,", "country", "`DE`"),
        ("EUR", "EURO", "currency", "`EUR`"),
        (",2,100", ",two,100", "quantity", "whole number"),
        ("100.00", "100.001", "price", "12.34"),
        ("150.00", "1.5e2", "captured", "12.34"),
    ] {
        let answers = csv(&[&FIRST.replacen(good, bad, 1)]);
        let [Err(refused)] = answers.as_slice() else { panic!("{bad}: {answers:?}") };
        assert_eq!(refused.column, column, "{refused}");
        assert!(refused.message.contains(allowed), "{refused}");
    }
}

#[test]
fn a_header_names_the_column_that_is_unknown_missing_or_doubled() {
    assert_eq!(header("order,colour").column, "colour");
    assert_eq!(header("order,order").column, "order");
    assert_eq!(header("order").column, "placed_at");
    assert_eq!(header("").column, "order");
}

#[test]
fn rows_of_one_order_in_two_places_are_a_conflict_and_not_a_second_version() {
    let answers = csv(&[FIRST, OTHER, SECOND, FIRST, &OTHER.replace("SO-2", "SO-3")]);
    let [Ok(_), Ok(_), Err(again), Ok(last)] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!((again.line, again.column.as_str(), again.is_fatal), (4, "order", false));
    assert!(again.message.contains("`SO-1`") && again.message.contains("line 2"), "{again}");
    assert_eq!(last.new.order.number, "SO-3");
}

#[test]
fn the_buyer_and_the_provider_come_in_with_the_order() {
    let header = format!("{HEADER},payment_provider,buyer_email,buyer_name,buyer_language");
    let read = |extra: &str| {
        let text = format!("{header}\n{FIRST},{extra}\n{SECOND},,,,\n");
        CsvOrders::new(Cursor::new(text)).expect("a good header").collect::<Vec<_>>()
    };
    let answers = read("stripe,one@shop.example,Buyer One,de");
    let [Ok(found)] = answers.as_slice() else { panic!("{answers:?}") };
    let provider = found.new.order.payments.first().and_then(|paid| paid.provider.as_ref());
    assert_eq!(provider.map(ProviderName::as_str), Some("stripe"));
    let buyer = found.new.buyer.as_ref().expect("a buyer");
    assert_eq!(buyer.email().map(Email::as_str), Some("one@shop.example"));
    assert_eq!((buyer.name(), buyer.language()), (Some("Buyer One"), Some("de")));
    assert!(matches!(read(",,,").as_slice(), [Ok(found)] if found.new.buyer.is_none()));
    let long = "n".repeat(201);
    for (extra, column) in [
        (",secret,,".to_owned(), "buyer_email"),
        (format!(",,{long},"), "buyer_name"),
        (",,,german please".to_owned(), "buyer_language"),
    ] {
        let answers = read(&extra);
        let [Err(refused)] = answers.as_slice() else { panic!("{answers:?}") };
        assert_eq!(refused.column, column);
        assert!(!refused.message.contains("secret"), "no personal data in a message: {refused}");
    }
}

#[test]
fn bytes_that_are_no_text_end_the_file_and_take_no_half_order() {
    let mut text = format!("{HEADER}\n{FIRST}\n").into_bytes();
    text.extend_from_slice(b"SO-1,\xff\xfe\n");
    text.extend_from_slice(OTHER.as_bytes());
    let answers: Vec<_> = CsvOrders::new(Cursor::new(text)).expect("a good header").collect();
    let [Err(refused)] = answers.as_slice() else { panic!("{answers:?}") };
    assert!(refused.is_fatal && refused.message.contains("UTF-8"), "{refused}");
}

#[test]
fn json_lines_are_told_their_line_and_column() {
    let good = serde_json::json!({
        "number": "SO-1", "placed_at": "2026-02-20T09:00:00Z", "time_zone": "Europe/Berlin", "country": "DE",
        "voucher": "on_file", "currency": "EUR", "lines": [], "shipping": {"minor": 0, "currency": "EUR"},
    });
    let text = format!("{good}\n\n{{\"number\": 5}}\n{good}\nnonsense");
    let answers: Vec<_> = JsonLines::new(Cursor::new(text)).collect();
    let [Ok(first), Err(number), Err(again), Err(nonsense)] = answers.as_slice() else {
        panic!("{answers:?}")
    };
    assert_eq!((first.line, again.line), (1, 4));
    assert!(again.message.contains("`SO-1`") && again.message.contains("line 1"), "{again}");
    assert_eq!((number.line, number.column.as_str()), (3, "12"), "{number}");
    assert_eq!((nonsense.line, nonsense.column.as_str()), (5, "2"), "{nonsense}");
}

#[test]
fn a_line_that_never_ends_is_not_read_into_memory() {
    let long = std::io::Read::take(std::io::repeat(b' '), ORDER_BYTES_MAX * 4);
    let answers: Vec<_> = JsonLines::new(std::io::BufReader::new(long)).collect();
    assert!(matches!(answers.as_slice(), [Err(refused)] if refused.is_fatal), "{answers:?}");
}

#[test]
fn a_quote_that_is_left_open_is_told_and_its_rest_not_read_into_memory() {
    use std::io::Read as _;
    let start = format!("{HEADER}\n{OTHER}\nSO-1,\"2026");
    let endless = std::io::repeat(b'x').take(u64::MAX);
    let input = Cursor::new(start).chain(endless);
    let answers: Vec<_> = CsvOrders::new(input).expect("a good header").collect();
    let [Err(refused)] = answers.as_slice() else { panic!("{answers:?}") };
    assert!(refused.is_fatal && refused.line >= 2, "{refused}");
    assert!(refused.message.contains(&ROW_BYTES_MAX.to_string()), "{refused}");
}
