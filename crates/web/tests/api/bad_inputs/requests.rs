//! Rows about what a request is about, and about all of it that is not its body.
#![expect(clippy::too_many_lines, reason = "a table is as long as its rows")]

use backhaul_testkit::{Database, on_both_engines};
use serde_json::{Value, json};

use super::{Desk, Expected, body};
use crate::asks::{NUMBER, approve, early, order};
use crate::raw::exchange;

on_both_engines! {
    orders
    people
    headers
    addresses_and_lists
}

fn orders(database: &Database) {
    let mut desk = Desk::over(database);
    let invalid: Expected = (422, "order_invalid", None);
    let path = format!("/orders/{NUMBER}");
    let rows: &[(&str, Value, Expected)] = &[
        ("/number", "SO-2".into(), (422, "order_invalid", Some("/number"))),
        ("/lines", json!([]), invalid),
        ("/lines/0/quantity", 0.into(), invalid),
        ("/lines/0/quantity", 10_001.into(), invalid),
        ("/lines/0/quantity", (-1).into(), body("/lines/0/quantity")),
        ("/lines/0/quantity", json!(1.5), body("/lines/0/quantity")),
        ("/lines/0/serials", json!(["S1"]), invalid),
        ("/lines/0/serials", json!(["S1", "S1", "S2"]), invalid),
        ("/lines/0/serials", json!(["SW1", "S2", "S3"]), invalid),
        ("/lines/0/serials/0", "a\u{0}".into(), body("/lines/0/serials/0")),
        ("/lines/1/id", "L1".into(), invalid),
        ("/lines/0/share/price/minor", (-1).into(), invalid),
        ("/lines/0/share/price/minor", json!(300.01), body("/lines/0/share/price/minor")),
        ("/lines/0/share/price/minor", i64::MAX.into(), invalid),
        ("/lines/0/share/discount/minor", 30_001.into(), invalid),
        ("/lines/0/share/price/currency", "USD".into(), invalid),
        ("/lines/0/share/gift", 1.into(), body("/lines/0/share/gift")),
        ("/lines/2/components/0/weight", (-1).into(), body("/lines/2/components/0/weight")),
        ("/lines/2/components/1/name", "CHASSIS".into(), invalid),
        ("/shipping/minor", (-1).into(), invalid),
        ("/total/minor", 1.into(), invalid),
        ("/payments/0/captured/minor", (-1).into(), invalid),
        ("/payments/0/captured/currency", "INR".into(), invalid),
        ("/payments/1/id", "P1".into(), invalid),
        ("/payments/0/captured_at", "2026-02-20".into(), body("/payments/0/captured_at")),
        ("/currency", "EURO".into(), body("/currency")),
        ("/country", "de".into(), body("/country")),
        ("/country", "XX".into(), body("/country")),
        ("/time_zone", "Mars/Phobos".into(), body("/time_zone")),
        ("/time_zone", "EST5EDT4,".into(), body("/time_zone")),
        ("/time_zone", "europe/berlin".into(), body("/time_zone")),
        ("/voucher", "yes".into(), body("/voucher")),
        ("/placed_at", "2026-02-20T09:00:00".into(), body("/placed_at")),
        ("/refunded", true.into(), body("/refunded")),
    ];
    for (pointer, value, expected) in rows {
        let mut draft = order();
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        match draft.pointer_mut(parent).unwrap() {
            Value::Array(items) => items[field.parse::<usize>().unwrap()] = value.clone(),
            object => object[field] = value.clone(),
        }
        desk.put(&path, &draft, *expected);
    }
    for number in ["SO 2", "SÖ-2", "SO.2", "SO+2"] {
        let mut draft = order();
        draft["number"] = number.into();
        let path = number.replace(' ', "%20").replace('Ö', "%C3%96");
        desk.put(&format!("/orders/{path}"), &draft, invalid);
    }
    let mut draft = order();
    draft["number"] = "x".repeat(65).into();
    desk.put(&format!("/orders/{}", "x".repeat(65)), &draft, invalid);
    let mut many = order();
    many["lines"] = (0..1_001).map(|line| json!({
        "id": format!("L{line}"), "sku": "s", "category": "c", "quantity": 1, "share": order()["lines"][0]["share"],
    })).collect();
    many["total"] = Value::Null;
    desk.put(&path, &many, invalid);
    desk.ends(38);
}

fn people(database: &Database) {
    let mut desk = Desk::over(database);
    let name: Expected = (422, "name", None);
    let roles = body("/roles");
    let json = "Content-Type: application/json\r\n";
    let keys = [
        (json!({"name": "", "roles": ["dock"]}), name),
        (json!({"name": " a", "roles": ["dock"]}), name),
        (json!({"name": "a\u{0}", "roles": ["dock"]}), name),
        (json!({"name": "x".repeat(61), "roles": ["dock"]}), name),
        (json!({"name": "a", "roles": []}), roles),
        (json!({"name": "a", "roles": "owner"}), roles),
        (json!({"name": "a", "roles": ["king"]}), body("/roles/0")),
        (json!({"name": "a", "roles": ["system"]}), body("/roles/0")),
        (json!({"name": "a", "roles": ["buyer"]}), body("/roles/0")),
        (json!({"name": "a"}), body("")),
        (json!({"name": "a", "roles": ["dock"], "token": "bh_"}), body("/token")),
    ];
    for (key, expected) in keys {
        desk.row("POST", "/api/v1/keys", json, Some(key.to_string().as_bytes()), expected);
    }
    let malformed: Expected = (400, "malformed_path", None);
    for (path, staff, expected) in [
        ("/staff/anna", json!({"roles": []}), roles),
        ("/staff/anna", json!({"roles": ["dock"], "password": "short"}), name),
        ("/staff/anna", json!({"roles": ["dock"], "password": "x".repeat(201)}), name),
        ("/staff/anna", json!({"roles": ["dock"], "password": 5}), body("/password")),
        ("/staff/anna", json!({"roles": ["dock"], "is_active": true}), body("/is_active")),
        ("/staff/%20anna", json!({"roles": ["dock"]}), name),
        ("/staff/a%00b", json!({"roles": ["dock"]}), malformed),
        ("/staff/a%0Ab", json!({"roles": ["dock"]}), malformed),
        ("/staff/%FF", json!({"roles": ["dock"]}), malformed),
    ] {
        desk.put(path, &staff, expected);
    }
    for (path, expected) in [
        ("/keys/x", (404, "key_unknown", None)),
        ("/keys/%00", malformed),
        ("/keys/0000000000000000", (404, "key_unknown", None)),
        ("/staff/nobody", (404, "staff_unknown", None)),
        ("/staff/%00", malformed),
    ] {
        desk.row("DELETE", &format!("/api/v1{path}"), "", None, expected);
    }
    desk.ends(25);
}

fn headers(database: &Database) {
    let mut desk = Desk::over(database);
    let path = format!("/api/v1/orders/{NUMBER}/approve_refund");
    let (_, command) = approve("R", "A", &["L1#1"]);
    let good = json!({"command": command}).to_string();
    let json = "Content-Type: application/json\r\n";
    let missing: Expected = (400, "idempotency_key_missing", None);
    let malformed: Expected = (400, "idempotency_key_malformed", None);
    let long = "k".repeat(256);
    for (lines, expected) in [
        (String::new(), missing),
        ("Idempotency-Key:\r\n".to_owned(), malformed),
        ("Idempotency-Key:  \r\n".to_owned(), malformed),
        (format!("Idempotency-Key: {long}\r\n"), malformed),
        ("Idempotency-Key: a b\r\n".to_owned(), malformed),
        ("Idempotency-Key: a\tb\r\n".to_owned(), malformed),
        ("Idempotency-Key: schlüssel\r\n".to_owned(), malformed),
        ("Idempotency-Key: a\r\nIdempotency-Key: a\r\n".to_owned(), malformed),
        ("Idempotency-Key: used-0\r\n".to_owned(), (422, "idempotency_key_reused", None)),
    ] {
        desk.row("POST", &path, &format!("{json}{lines}"), Some(good.as_bytes()), expected);
    }
    let tag: Expected = (400, "precondition_malformed", None);
    let stale: Expected = (412, "precondition_failed", None);
    for (value, expected) in [
        ("\"v1\"", stale),
        ("\"v0\"", stale),
        ("\"v9223372036854775807\"", stale),
        ("v1", tag),
        ("1", tag),
        ("\"1\"", tag),
        ("\"v-1\"", tag),
        ("\"v+1\"", tag),
        ("\"v\"", tag),
        ("\"v1", tag),
        ("W/\"v1\"", tag),
        ("\"v1\", \"v2\"", tag),
        ("\"v9223372036854775808\"", tag),
        ("\"v1\"\r\nIf-Match: *", tag),
        ("", tag),
        ("ü", tag),
    ] {
        let lines = format!("{json}Idempotency-Key: tag\r\nIf-Match: {value}\r\n");
        desk.row("POST", &path, &lines, Some(good.as_bytes()), expected);
    }
    let media: Expected = (415, "unsupported_media_type", None);
    for lines in [
        "",
        "Content-Type:\r\n",
        "Content-Type: text/plain\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: multipart/form-data; boundary=x\r\n",
        "Content-Type: application/jsonp\r\n",
        "Content-Type: application/problem+json\r\n",
        "Content-Type: text/json\r\n",
        "Content-Type: application/json, text/plain\r\n",
        "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
        "Content-Type: application/json\r\nContent-Encoding: br, gzip\r\n",
    ] {
        desk.row(
            "POST",
            &path,
            &format!("{lines}Idempotency-Key: media\r\n"),
            Some(good.as_bytes()),
            media,
        );
    }
    // Who asks stands in one line.
    let owner = desk.head.clone();
    let unknown: Expected = (401, "not_authenticated", None);
    for line in ["Basic YTpi", "Bearer", "Bearer ", "Token bh_x", "Bearer bh_ü", ""] {
        desk.head = format!("Host: desk\r\nConnection: close\r\nAuthorization: {line}\r\n");
        desk.row("GET", "/api/v1/me", "", None, unknown);
    }
    desk.head = owner;
    desk.row("GET", "/api/v1/me", "Authorization: Bearer bh_x\r\n", None, unknown);
    // A refused request keeps no key, and a good one is carried out under it.
    let lines = format!("{json}Idempotency-Key: tag\r\nIf-Match: *\r\n");
    let (_, sooner) = early(approve("R", "A", &["L1#1"]));
    let request = json!({"command": sooner}).to_string();
    let head = desk.head.clone();
    let length = request.len();
    let done = exchange(
        &desk.server.address,
        format!("POST {path} HTTP/1.1\r\n{head}{lines}Content-Length: {length}\r\n\r\n{request}")
            .as_bytes(),
    );
    assert_eq!(done.status, 200, "{done:?}");
    desk.ends(40);
}

fn addresses_and_lists(database: &Database) {
    let mut desk = Desk::over(database);
    let query: Expected = (400, "malformed_query", None);
    for text in [
        "limit=0",
        "limit=-1",
        "limit=201",
        "limit=1e9",
        "limit=abc",
        "limit=",
        "limit=1.0",
        "limit=4294967296",
        "limit=1&limit=2",
        "limit=%00",
        "offset=1",
        "Limit=1",
        "cursor=00&cursor=00",
        "state=lost",
        "state=open&state=paid",
        "state=",
    ] {
        desk.get(&format!("/cases?{text}"), query);
    }
    desk.get("/refunds?state=lost", query);
    desk.get("/orders?state=requested", query);
    let cursor: Expected = (400, "malformed_cursor", None);
    let hex =
        |text: &str| text.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let of_others = [
        "x",
        "0",
        "zz",
        "%C3%A9",
        "7b",
        &"0".repeat(2_002),
        &hex("[]"),
        &hex("null"),
        &hex("{}"),
        &hex("[1,2,3,4,5]"),
    ]
    .map(str::to_owned);
    for given in &of_others {
        for list in ["/orders", "/cases", "/refunds", &format!("/orders/{NUMBER}/events")] {
            // `null` is where a list of events begins.
            desk.get(&format!("{list}?cursor={given}"), cursor);
        }
    }
    desk.get(&format!("/orders?cursor={}", hex("\"a\\u0000\"")), cursor);
    desk.get(&format!("/cases?cursor={}", hex("[1,\"a\\u0000\"]")), cursor);
    desk.get(&format!("/cases?cursor={}", hex("[1.5,\"a\"]")), cursor);
    desk.get(&format!("/cases?cursor={}", hex("[9223372036854775808,\"a\"]")), cursor);
    desk.get(&format!("/refunds?cursor={}", hex("[1,\"a\",\"b\\u0000\",1]")), cursor);
    let path: Expected = (400, "malformed_path", None);
    let order: Expected = (404, "order_unknown", None);
    let none: Expected = (404, "not_found", None);
    for (address, expected) in [
        ("/orders/SO-9", order),
        ("/orders/so-1001", order),
        ("/orders/SO-1001%20", order),
        ("/orders/..%2f..%2fetc%2fpasswd", order),
        ("/orders/%00", path),
        ("/orders/%FF", path),
        ("/orders/%0d%0aX:1", path),
        ("/orders/SO-9/events", order),
        ("/orders/SO-9/audit", order),
        ("/orders/SO-9/texts/T", (404, "text_unknown", None)),
        ("/orders/SO-1001/texts/T%00", path),
        ("/orders/SO-1001/texts/%20", path),
        ("/orders/SO-1001/texts/none", (404, "text_unknown", None)),
        ("/cases/none", (404, "case_unknown", None)),
        ("/cases/%00", path),
        ("/cases/%20", path),
        ("/nothing", none),
        ("/orders/", none),
        ("/orders/SO-1001/nothing", none),
        ("/orders/SO-1001/..;/", none),
        ("/../../etc/passwd", none),
        ("/orders/SO-1001/expire_case", none),
        ("/orders/SO-1001/record_answer", none),
    ] {
        desk.get(address, expected);
    }
    desk.get(&format!("/orders/{}", "x".repeat(201)), path);
    desk.get(&format!("/cases/{}", "x".repeat(8_000)), path);
    let method: Expected = (405, "method_not_allowed", None);
    for (verb, address, allowed) in [
        ("POST", "/api/v1/orders", "get"),
        ("DELETE", "/api/v1/orders", "get"),
        ("PATCH", "/api/v1/orders/SO-1001", "put"),
        ("TRACE", "/api/v1/orders", "get"),
        ("FOO", "/api/v1/cases", "get"),
        ("GET", "/api/v1/orders/SO-1001/approve_refund", "post"),
        ("PUT", "/api/v1/orders/SO-1001/approve_refund", "post"),
        ("OPTIONS", "/api/v1/me", "get"),
        ("POST", "/api/openapi.json", "get"),
    ] {
        let reply = desk.row(verb, address, "", None, method);
        let allow = reply
            .head
            .lines()
            .find(|line| line.starts_with("allow: "))
            .unwrap_or("none")
            .to_owned();
        assert!(allow.contains(allowed), "{verb} {address}: {allow}");
    }
    for address in ["/nowhere", "/api", "/api/v1", "/api/v2/orders", "//api/v1/me", "/API/v1/me"] {
        desk.row("GET", address, "", None, none);
    }
    desk.ends(100);
}
