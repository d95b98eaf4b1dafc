//! Orders as shops write them: every amount as it was stored, or a refusal that names its place.
#![expect(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use backhaul_adapters::shop::{ANSWER_BYTES_MAX, Refused, Settings, Shop, read};
use backhaul_app::{Email, NewOrder};
use backhaul_core::facts::Zone;
use backhaul_core::ledger::{Line, Order, ProviderName};
use serde_json::{Value, json};

const SHOPIFY: &str = include_str!("shop/shopify_order.json");
const TAX_INCLUDED: &str = include_str!("shop/shopify_tax_included.json");
const WOOCOMMERCE: &str = include_str!("shop/woocommerce_orders.json");

fn one(shop: Shop, bytes: &str) -> NewOrder {
    let answers = read(shop, bytes.as_bytes(), &Settings::default());
    answers.into_iter().next().expect("an order").expect("it is taken")
}

fn shares(order: &Order) -> Vec<(i64, i64, i64)> {
    let of =
        |line: &Line| (line.share.price.minor, line.share.discount.minor, line.share.tax.minor);
    order.lines.iter().map(of).collect()
}

/// The first order of the answer, with something else at a place of it.
fn with(text: &str, place: &str, value: Value) -> Vec<Result<NewOrder, Refused>> {
    let mut answer: Value = serde_json::from_str(text).expect("JSON");
    let root =
        ["/order", "/orders/0", "/0"].into_iter().find(|root| answer.pointer(root).is_some());
    let order = answer.pointer_mut(root.expect("an order")).expect("an order");
    let (parent, key) = place.rsplit_once('/').expect("a pointer");
    match order.pointer_mut(parent).expect("a place") {
        Value::Object(fields) => drop(fields.insert(key.to_owned(), value)),
        other => panic!("{other} has no fields"),
    }
    let shop = if text == WOOCOMMERCE { Shop::WooCommerce } else { Shop::Shopify };
    read(shop, order.to_string().as_bytes(), &Settings::default())
}

fn refused(text: &str, place: &str, value: Value) -> Refused {
    let told = value.to_string();
    match with(text, place, value).pop() {
        Some(Err(refused)) => refused,
        other => panic!("{place} {told}: {other:?}"),
    }
}

#[test]
fn an_order_of_shopify_keeps_its_stored_discounts_taxes_and_payments() {
    let new = one(Shop::Shopify, SHOPIFY);
    let order = Order::new(new.order).expect("it adds up");
    assert_eq!((order.number.as_str(), order.time_zone.name()), ("1042", "America/New_York"));
    assert_eq!(order.placed_at.to_string(), "2026-02-20T14:15:00Z");
    assert_eq!(shares(&order), [(39_800, 3_980, 3_179), (1_250, 0, 111)]);
    assert_eq!((order.shipping.minor, order.total.map(|total| total.minor)), (1_089, Some(41_449)));
    let serials: Vec<_> = order.serials().map(|(serial, _)| serial.as_str()).collect();
    assert_eq!(serials, ["SN-0001", "SN-0002"]);
    let skus: Vec<_> = order.lines.iter().map(|line| line.sku.as_str()).collect();
    assert_eq!(skus, ["QSFP28-100G-SR4", "42002"]);
    let paid = |place: usize| {
        let paid = order.payments.get(place).expect("two payments");
        (paid.id.as_str(), paid.captured.minor, paid.provider.as_ref().map(ProviderName::as_str))
    };
    assert_eq!(order.payments.len(), 2, "what failed or was only authorised is no payment");
    assert_eq!(paid(0), ("8001", 1_449, Some("gift_card")));
    assert_eq!(paid(1), ("8004", 40_000, Some("shopify_payments")));
    let buyer = new.buyer.expect("a buyer");
    assert_eq!((buyer.name(), buyer.language()), (Some("Buyer One"), Some("en-US")));
    assert_eq!(buyer.email().map(Email::as_str), Some("buyer.one@shop.example"));
}

#[test]
fn where_prices_include_the_tax_it_is_taken_out_as_it_was_stored() {
    let mut answers = read(Shop::Shopify, TAX_INCLUDED.as_bytes(), &Settings::default());
    let second = answers.pop().expect("two orders").expect_err("it was paid back");
    assert_eq!((second.order, second.path.as_str()), (2, "refunds"));
    let new = answers.pop().expect("two orders").expect("it is taken");
    let order = Order::new(new.order).expect("it adds up");
    assert_eq!(shares(&order), [(30_160, 1_000, 5_540)]);
    assert_eq!(order.shipping.minor, 595);
    let paid = order.payments.first().expect("the total");
    assert_eq!((paid.id.as_str(), paid.captured.minor), ("order-5500100200302", 35_295));
    assert_eq!(paid.provider.as_ref().map(ProviderName::as_str), Some("paypal"));
}

#[test]
fn orders_of_woocommerce_keep_their_stored_amounts() {
    let answers = read(Shop::WooCommerce, WOOCOMMERCE.as_bytes(), &Settings::default());
    let [Ok(one), Ok(other), Err(refunded)] = answers.as_slice() else { panic!("{answers:?}") };
    let order = Order::new(one.order.clone()).expect("it adds up");
    assert_eq!(shares(&order), [(16_807, 841, 3_034)]);
    assert_eq!((order.shipping.minor, order.country.as_str()), (500, "DE"));
    let serials: Vec<_> = order.serials().map(|(serial, _)| serial.as_str()).collect();
    assert_eq!(serials, ["SN-0101", "SN-0102"]);
    let paid = order.payments.first().expect("one payment");
    assert_eq!((paid.id.as_str(), paid.captured.minor), ("ch_000000000000000001", 19_500));
    assert_eq!(paid.captured_at.to_string(), "2026-02-20T10:28:40Z");
    let order = Order::new(other.order.clone()).expect("it adds up");
    assert_eq!((shares(&order), order.payments.len()), (vec![(5_000, 0, 500)], 0));
    assert_eq!(other.buyer.as_ref().map(|buyer| buyer.name()), Some(None));
    assert_eq!((refunded.order, refunded.path.as_str()), (3, "refunds"));
}

#[test]
fn whatever_is_wrong_is_told_with_its_place() {
    for (text, place, value, path, told) in [
        (SHOPIFY, "/line_items/1/price", json!("12.505"), "line_items[1].price", "finer"),
        (SHOPIFY, "/line_items/1/price", json!("12,50"), "line_items[1].price", "`12,50`"),
        (SHOPIFY, "/line_items/1/price", json!(12.5), "line_items[1].price", "not a text"),
        (SHOPIFY, "/line_items/1/price", json!("-1.00"), "line_items[1].price", "below 0"),
        (SHOPIFY, "/line_items/1/price", json!("12.51"), "total_price", "0.01 USD apart"),
        (
            TAX_INCLUDED,
            "/line_items/0/quantity",
            json!("2"),
            "line_items[0].quantity",
            "whole number",
        ),
        (
            TAX_INCLUDED,
            "/line_items/0/quantity",
            json!(4_000_000),
            "line_items[0].quantity",
            "at most",
        ),
        (
            SHOPIFY,
            "/line_items/0/current_quantity",
            json!(1),
            "line_items[0].current_quantity",
            "changed",
        ),
        (SHOPIFY, "/line_items/0/tax_lines", json!({}), "line_items[0].tax_lines", "array"),
        (
            SHOPIFY,
            "/presentment_currency",
            json!("CAD"),
            "presentment_currency",
            "another currency",
        ),
        (SHOPIFY, "/cancelled_at", json!("2026-02-21T09:00:00Z"), "cancelled_at", "cancelled"),
        (SHOPIFY, "/current_total_price", json!("300.00"), "current_total_price", "changed"),
        (SHOPIFY, "/currency", json!("DOLLAR"), "currency", "not a currency"),
        (SHOPIFY, "/processed_at", json!("yesterday"), "processed_at", "no moment"),
        (SHOPIFY, "/email", json!("nobody"), "email", "one `@`"),
        (
            SHOPIFY,
            "/shipping_address/province_code",
            json!("TX"),
            "shipping_address.province_code",
            "several time zones",
        ),
        (
            SHOPIFY,
            "/shipping_address/country_code",
            json!("UK"),
            "shipping_address.country_code",
            "`DE`",
        ),
        (
            SHOPIFY,
            "/transactions/3/kind",
            json!("refund"),
            "transactions[3].kind",
            "paid something of it back",
        ),
        (SHOPIFY, "/transactions/3/currency", json!("EUR"), "transactions[3].currency", "USD"),
        (SHOPIFY, "/transactions", Value::Null, "payment_gateway_names", "transactions"),
        (
            TAX_INCLUDED,
            "/financial_status",
            json!("partially_paid"),
            "financial_status",
            "transactions",
        ),
        (WOOCOMMERCE, "/status", json!("cancelled"), "status", "cancelled"),
        (WOOCOMMERCE, "/fee_lines", json!([{"total": "-3.00"}]), "fee_lines[0].total", "fee"),
        (WOOCOMMERCE, "/line_items/0/total", json!("159.67"), "total", "0.01 EUR apart"),
        (WOOCOMMERCE, "/line_items/0/total", json!("159.6612"), "line_items[0].total", "finer"),
        (WOOCOMMERCE, "/date_created_gmt", Value::Null, "date_created_gmt", "missing"),
    ] {
        let refused = refused(text, place, value);
        assert_eq!(refused.path, path, "{refused}");
        assert!(refused.message.contains(told), "{refused}");
        assert!(!refused.message.contains("nobody"), "no personal data: {refused}");
    }
}

#[test]
fn what_is_no_answer_of_a_shop_is_refused_as_a_whole() {
    let settings = Settings::default();
    for (bytes, told) in
        [("", "not JSON"), ("{\"order\":", "not JSON"), ("null", "missing"), ("{}", "missing")]
    {
        let answers = read(Shop::Shopify, bytes.as_bytes(), &settings);
        let [Err(refused)] = answers.as_slice() else { panic!("{bytes}: {answers:?}") };
        assert!(refused.message.contains(told), "{bytes}: {refused}");
    }
    assert!(read(Shop::WooCommerce, b"[]", &settings).is_empty());
    let long = vec![b' '; ANSWER_BYTES_MAX + 1];
    assert!(matches!(read(Shop::Shopify, &long, &settings).as_slice(), [Err(_)]));
    let twice = json!([with_number("7"), with_number("7")]).to_string();
    let answers = read(Shop::WooCommerce, twice.as_bytes(), &settings);
    assert!(matches!(answers.as_slice(), [Ok(_), Err(Refused { order: 2, .. })]), "{answers:?}");
}

fn with_number(number: &str) -> Value {
    let answer: Value = serde_json::from_str(WOOCOMMERCE).expect("JSON");
    let mut order = answer.get(0).cloned().expect("an order");
    order.as_object_mut().expect("an object").insert("number".to_owned(), json!(number));
    order
}

#[test]
fn settings_say_what_the_order_does_not() {
    let settings = Settings {
        serials: vec!["engraving".to_owned()],
        time_zone: Zone::get("America/Chicago"),
        category: "optics".to_owned(),
    };
    let text = SHOPIFY.replace("\"NY\"", "\"TX\"").replace("\"none\"", "\"X1 X2\"");
    let answers = read(Shop::Shopify, text.as_bytes(), &settings);
    let [Ok(new)] = answers.as_slice() else { panic!("{answers:?}") };
    let order = Order::new(new.order.clone()).expect("it adds up");
    assert_eq!(order.time_zone.name(), "America/Chicago");
    assert_eq!(
        order.serials().map(|(serial, _)| serial.as_str()).collect::<Vec<_>>(),
        ["X1", "X2"]
    );
    assert!(order.lines.iter().all(|line| line.category == "optics"));
}
