//! What is no good: each row is one request, with the status, the code and the place that it gets. Nothing changes by any of them.

use backhaul_testkit::{Database, on_both_engines};
use serde_json::{Value, json};

use crate::asks::{NUMBER, approve, authorise, counted, early, open, order, receive, scanned};
use crate::desk::everything;
use crate::raw::{Reply, exchange};
use crate::server::Server;

on_both_engines! {
    numbers_and_amounts
    names_words_and_moments
    documents
    orders
    people
    headers
    addresses_and_lists
}

/// What a row must get: status, code, and the place in the body.
type Expected = (u16, &'static str, Option<&'static str>);

const JSON: Expected = (400, "malformed_json", None);

const fn body(pointer: &'static str) -> Expected {
    (422, "malformed_body", Some(pointer))
}

const fn refused(code: &'static str) -> Expected {
    (409, code, None)
}

/// A desk on which something can go wrong: goods of case `A` are here and may be paid back; those of `B` may come.
struct Desk {
    server: Server,
    head: String,
    before: String,
    asked: usize,
    wrong: Vec<String>,
}

impl Desk {
    fn over(database: &Database) -> Self {
        let server = Server::over(database);
        let owner = server.client("owner");
        assert_eq!(owner.put(&format!("/orders/{NUMBER}"), &order()).status, 201);
        for (place, (name, command)) in [
            open("A", &["L1#1"]),
            authorise("A", &["L1#1"]),
            receive("PA", "A", &[scanned("S1")]),
            open("B", &["L2#1"]),
            authorise("B", &["L2#1"]),
            receive("PB", "B", &[counted("L2", 2)]),
        ]
        .iter()
        .enumerate()
        {
            let done = owner.command(&format!("used-{place}"), NUMBER, name, command);
            assert_eq!(done.status, 200, "{done:?}");
        }
        server.clock.wait(240);
        let head = format!(
            "Host: desk\r\nAuthorization: Bearer {}\r\nConnection: close\r\n",
            owner.token.unwrap()
        );
        let before = everything(&server.app);
        Self { server, head, before, asked: 0, wrong: Vec::new() }
    }

    /// One row. `headers` are whole lines.
    fn row(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        bytes: Option<&[u8]>,
        expected: Expected,
    ) -> Reply {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\n{}{headers}", self.head).into_bytes();
        if let Some(bytes) = bytes {
            request.extend(format!("Content-Length: {}\r\n\r\n", bytes.len()).bytes());
            request.extend(bytes);
        } else {
            request.extend(b"\r\n");
        }
        let reply = exchange(&self.server.address, &request);
        let (status, code, pointer) = expected;
        let shown = String::from_utf8_lossy(bytes.unwrap_or_default())
            .chars()
            .take(200)
            .collect::<String>();
        let what =
            format!("{method} {} {headers:?} {shown}", path.chars().take(120).collect::<String>());
        if (reply.status, reply.code(), reply.pointer()) != (status, code, pointer) {
            let got = (reply.status, reply.code(), reply.pointer());
            self.wrong.push(format!(
                "{what}\n   wanted {expected:?}\n   got    {got:?} {}",
                reply.body["detail"]
            ));
        } else if reply.body["status"] != status
            || reply.body["type"] != format!("urn:backhaul:problem:{code}")
        {
            self.wrong.push(format!("{what}: {reply:?}"));
        } else if !reply.head.contains("content-type: application/problem+json") {
            self.wrong.push(format!("{what}: not problem+json"));
        }
        if everything(&self.server.app) != self.before {
            self.wrong.push(format!("{what}: something changed"));
            self.before = everything(&self.server.app);
        }
        self.asked += 1;
        reply
    }

    /// A command under a key of its own.
    fn post(&mut self, name: &str, bytes: &[u8], expected: Expected) {
        let headers =
            format!("Content-Type: application/json\r\nIdempotency-Key: row-{}\r\n", self.asked);
        self.row(
            "POST",
            &format!("/api/v1/orders/{NUMBER}/{name}"),
            &headers,
            Some(bytes),
            expected,
        );
    }

    /// A command's text with each of these in the place of `@`.
    fn each(&mut self, name: &str, text: &str, rows: &[(&str, Expected)]) {
        for (value, expected) in rows {
            self.post(name, text.replace('@', value).as_bytes(), *expected);
        }
    }

    fn put(&mut self, path: &str, body: &Value, expected: Expected) {
        let headers = "Content-Type: application/json\r\n";
        self.row(
            "PUT",
            &format!("/api/v1{path}"),
            headers,
            Some(body.to_string().as_bytes()),
            expected,
        );
    }

    fn get(&mut self, path: &str, expected: Expected) {
        self.row("GET", &format!("/api/v1{path}"), "", None, expected);
    }

    fn ends(self, rows_min: usize) {
        assert!(
            self.wrong.is_empty(),
            "{} rows are wrong:\n{}",
            self.wrong.len(),
            self.wrong.join("\n")
        );
        assert!(self.asked >= rows_min, "only {} rows", self.asked);
    }
}

fn numbers_and_amounts(database: &Database) {
    let mut desk = Desk::over(database);
    let item = body("/command/items/0");
    let count = r#"{"command":{"parcel":"P","case":"B","items":[{"kind":"counted","line":"L2","count":@}]}}"#;
    desk.each(
        "receive_parcel",
        count,
        &[
            ("0", refused("parcel_empty")),
            ("1001", refused("limit_reached")),
            ("4294967295", refused("limit_reached")),
            ("-1", item),
            ("1.0", item),
            ("1e2", item),
            ("-0", item),
            ("\"1\"", item),
            ("true", item),
            ("null", item),
            ("[]", item),
            ("{}", item),
            ("4294967296", item),
            ("9007199254740993", item),
            ("9223372036854775808", item),
            ("18446744073709551616", item),
            ("1e400", JSON),
            ("NaN", JSON),
            ("Infinity", JSON),
            ("01", JSON),
            ("+1", JSON),
            ("0x1", JSON),
            ("1_000", JSON),
            ("1,5", JSON),
            ("", JSON),
        ],
    );
    let shipping = r#"{"command":{"refund":"R","case":"A","units":[{"unit":{"line":"L1","number":1}}],"shipping":@}}"#;
    let minor = body("/command/shipping/minor");
    let currency = body("/command/shipping/currency");
    desk.each(
        "approve_refund",
        shipping,
        &[
            (r#"{"minor":0,"currency":"EUR"}"#, refused("amount_not_positive")),
            (r#"{"minor":-1,"currency":"EUR"}"#, refused("amount_not_positive")),
            (r#"{"minor":-9223372036854775808,"currency":"EUR"}"#, refused("amount_not_positive")),
            (r#"{"minor":1501,"currency":"EUR"}"#, refused("amount_too_large")),
            (r#"{"minor":9223372036854775807,"currency":"EUR"}"#, refused("amount_too_large")),
            (r#"{"minor":100,"currency":"JPY"}"#, refused("other_currency")),
            (r#"{"minor":9223372036854775808,"currency":"EUR"}"#, minor),
            (r#"{"minor":13.7,"currency":"EUR"}"#, minor),
            (r#"{"minor":13.700000000000001,"currency":"EUR"}"#, minor),
            (r#"{"minor":"12,34","currency":"EUR"}"#, minor),
            (r#"{"minor":"12.34","currency":"EUR"}"#, minor),
            (r#"{"minor":null,"currency":"EUR"}"#, minor),
            (r#"{"minor":1,"currency":"eur"}"#, currency),
            (r#"{"minor":1,"currency":"EURO"}"#, currency),
            (r#"{"minor":1,"currency":"EU"}"#, currency),
            (r#"{"minor":1,"currency":"XXX"}"#, currency),
            (r#"{"minor":1,"currency":"XAU"}"#, currency),
            (r#"{"minor":1,"currency":"€"}"#, currency),
            (r#"{"minor":1,"currency":""}"#, currency),
            (r#"{"minor":1,"currency":null}"#, currency),
            (r#"{"minor":1}"#, body("/command/shipping")),
            (r#"{"currency":"EUR"}"#, body("/command/shipping")),
            ("\"12.34 EUR\"", body("/command/shipping")),
            ("12.34", body("/command/shipping")),
        ],
    );
    let unit =
        r#"{"command":{"refund":"R","case":"A","units":[{"unit":{"line":"L1","number":@}}]}}"#;
    let number = body("/command/units/0/unit/number");
    desk.each(
        "approve_refund",
        unit,
        &[
            ("0", refused("claim_unknown")),
            ("2", refused("claim_unknown")),
            ("4294967295", refused("claim_unknown")),
            ("-1", number),
            ("1.5", number),
            ("4294967296", number),
            ("1,\"generation\":65536", body("/command/units/0/unit/generation")),
            ("1,\"generation\":-1", body("/command/units/0/unit/generation")),
            ("1,\"generation\":1", refused("claim_unknown")),
        ],
    );
    desk.ends(55);
}

fn names_words_and_moments(database: &Database) {
    let mut desk = Desk::over(database);
    let long = format!("\"{}\"", "é".repeat(201));
    let case = body("/command/case");
    desk.each(
        "close_case",
        r#"{"command":{"case":@}}"#,
        &[
            ("\"\"", case),
            ("\" \"", case),
            ("\" A\"", case),
            ("\"A \"", case),
            ("\"A\\n\"", case),
            ("\"A\\u0000B\"", case),
            ("\"\\u0007\"", case),
            ("\"A\\u0085B\"", case),
            (&long, case),
            ("5", case),
            ("null", case),
            ("[\"A\"]", case),
            ("\"\\ud800\"", JSON),
            ("\"\\u12\"", JSON),
            ("\"\\x41\"", JSON),
            ("\"a\tb\"", JSON),
            ("'A'", JSON),
            ("A", JSON),
            ("\"' OR 1=1--\"", refused("case_unknown")),
            ("\"{{7*7}}${x}%n\"", refused("case_unknown")),
            ("\"\\u202egpj.exe\"", refused("case_unknown")),
            ("\"a\"", refused("case_unknown")),
            ("\"Α\"", refused("case_unknown")),
            ("\"A\\u200b\"", refused("case_unknown")),
        ],
    );
    let day = body("/command/expires_on");
    let authorised = r#"{"command":{"case":"B","units":[{"line":"L2","number":1}],"instructions":"T","expires_on":@}}"#;
    desk.each(
        "authorise",
        authorised,
        &[
            ("\"2026-02-30\"", day),
            ("\"2027-02-29\"", day),
            ("\"0000-00-00\"", day),
            ("\"10000-01-01\"", day),
            ("\"26-01-01\"", day),
            ("\"2026-13-01\"", day),
            ("\"30.04.2026\"", day),
            ("\"tomorrow\"", day),
            ("\"\"", day),
            ("20260430", day),
            ("null", day),
        ],
    );
    let at = body("/command/reported_at");
    let reported = r#"{"command":{"case":"C","reported_at":@,"claims":[{"units":[{"line":"L1","number":2}],"cause":"quality",
        "remedy":"refund","condition":"used"}]}}"#;
    desk.each(
        "open_case",
        reported,
        &[
            ("\"2026-03-05T09:00:00\"", at),
            ("\"2026-03-05\"", at),
            ("\"2026-03-05T25:00:00Z\"", at),
            ("\"2026-02-30T09:00:00Z\"", at),
            ("\"2026-03-29T02:30:00[Europe/Berlin]\"", at),
            ("\"2026-03-05T09:00:00Z+1\"", at),
            ("\"10000-01-01T00:00:00Z\"", at),
            ("1772701200", at),
            ("\"2027-01-01T00:00:00Z\"", refused("reported_at")),
            ("\"2026-02-20T08:59:59Z\"", refused("reported_at")),
        ],
    );
    let claim = r#"{"command":{"case":"C","reported_at":"2026-03-05T09:00:00Z","claims":[{"units":[{"line":"L1","number":2}],@}]}}"#;
    let words = [
        ("cause", "\"broken\""),
        ("cause", "\"QUALITY\""),
        ("remedy", "\"gold\""),
        ("condition", "\"\""),
        ("condition", "1"),
    ];
    for (field, value) in words {
        let fields =
            [("cause", "\"quality\""), ("remedy", "\"refund\""), ("condition", "\"used\"")];
        let fields = fields
            .map(|(name, good)| format!("\"{name}\":{}", if name == field { value } else { good }));
        let place = match field {
            "cause" => body("/command/claims/0/cause"),
            "remedy" => body("/command/claims/0/remedy"),
            _ => body("/command/claims/0/condition"),
        };
        desk.each("open_case", claim, &[(&fields.join(","), place)]);
    }
    let decline =
        r#"{"command":{"case":"A","units":[{"line":"L1","number":1}],"clause":@,"text":"T"}}"#;
    desk.each(
        "decline",
        decline,
        &[
            ("\"exclude.nothing\"", refused("clause_unknown")),
            ("\"\"", refused("clause_unknown")),
            ("\"words of one's own\"", refused("clause_unknown")),
        ],
    );
    let texts = r#"{"command":{"case":"A"},"texts":@}"#;
    let long = format!(r#"{{"T":"{}"}}"#, "x".repeat(20_001));
    let many: Vec<_> = (0..51).map(|number| format!(r#""T{number}":"x""#)).collect();
    let many = format!("{{{}}}", many.join(","));
    let text = (422, "malformed_body", None);
    desk.each(
        "close_case",
        texts,
        &[
            (r#"{"T":"a\u0000b"}"#, text),
            (r#"{"T":"\u001b[2J"}"#, text),
            (&long, text),
            (&many, text),
            (r#"{"T":1}"#, body("/texts/T")),
            (r#"{"T":null}"#, body("/texts/T")),
            (r#"{"":"x"}"#, body("/texts/")),
            (r#"{"T":"x","T":"y"}"#, body("/texts/T")),
            ("[]", body("/texts")),
            ("\"x\"", body("/texts")),
        ],
    );
    desk.ends(60);
}

fn documents(database: &Database) {
    let mut desk = Desk::over(database);
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let utf_16: Vec<u8> =
        r#"{"command":{"case":"A"}}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let rows: &[(&[u8], Expected)] = &[
        (b"", JSON),
        (b" \n", JSON),
        (b"{", JSON),
        (br#"{"command":"#, JSON),
        (br#"{"command":{"case":"A"}"#, JSON),
        (br#"{"command":{"case":"A"}} x"#, JSON),
        (br#"{"command":{"case":"A"}}{}"#, JSON),
        (br#"{"command":{"case":"A",}}"#, JSON),
        (br#"{command:{"case":"A"}}"#, JSON),
        (br#"{"command":{"case":"A"}/**/}"#, JSON),
        (b"\xef\xbb\xbf{\"command\":{\"case\":\"A\"}}", JSON),
        (&utf_16, JSON),
        (b"{\"command\":{\"case\":\"\xff\"}}", JSON),
        (b"{\"command\":{\"case\":\"\xc0\xaf\"}}", JSON),
        (b"{\"command\":{\"case\":\"\xed\xa0\x80\"}}", JSON),
        (deep.as_bytes(), JSON),
        (b"null", body("")),
        (b"[]", body("")),
        (b"\"x\"", body("")),
        (b"0", body("")),
        (b"{}", body("")),
        (br#"{"command":null}"#, body("/command")),
        (br#"{"command":[]}"#, body("/command")),
        (br#"{"command":{}}"#, body("/command")),
        (br#"{"command":"close_case"}"#, body("/command")),
        (br#"{"command":{"case":"A"},"command":{"case":"A"}}"#, body("/command")),
        (br#"{"command":{"case":"A","case":"A"}}"#, body("/command/case")),
        (br#"{"command":{"case":"A","\u0063ase":"A"}}"#, body("/command/case")),
        (br#"{"command":{"case":"A"},"texts":{},"texts":{}}"#, body("/texts")),
        (br#"{"command":{"case":"A","__proto__":{}}}"#, body("/command/__proto__")),
        (br#"{"command":{"case":"A","role":"owner"}}"#, body("/command/role")),
        (br#"{"command":{"case":"A","refunded":true}}"#, body("/command/refunded")),
        (br#"{"command":{"case":"A"},"id":1}"#, body("/id")),
        (br#"{"command":{"case":"A","Case":"A"}}"#, body("/command/Case")),
    ];
    for (bytes, expected) in rows {
        desk.post("close_case", bytes, *expected);
    }
    // A field too many or given twice is no more welcome in what is nested.
    let nested: &[(&str, &str, Expected)] = &[
        (
            "receive_parcel",
            r#"{"command":{"parcel":"P","items":[{"kind":"serial","serial":"S1","count":9}]}}"#,
            body("/command/items/0"),
        ),
        (
            "receive_parcel",
            r#"{"command":{"parcel":"P","items":[{"kind":"serial","serial":"S1","serial":"S2"}]}}"#,
            body("/command/items/0/serial"),
        ),
        (
            "receive_parcel",
            r#"{"command":{"parcel":"P","items":[{"kind":"serial"}]}}"#,
            body("/command/items/0"),
        ),
        (
            "receive_parcel",
            r#"{"command":{"parcel":"P","items":[{"kind":"gift","serial":"S1"}]}}"#,
            body("/command/items/0/kind"),
        ),
        (
            "receive_parcel",
            r#"{"command":{"parcel":"P","items":[{"serial":"S1"}]}}"#,
            body("/command/items/0"),
        ),
        ("receive_parcel", r#"{"command":{"parcel":"P","items":{}}}"#, body("/command/items")),
        ("receive_parcel", r#"{"command":{"parcel":"P","items":[]}}"#, refused("parcel_empty")),
        (
            "confirm_fact",
            r#"{"command":{"case":"A","fact":{"kind":"voucher","voucher":"on_file","at":"x"}}}"#,
            body("/command/fact"),
        ),
        (
            "settle_freight",
            r#"{"command":{"freight":"F","amount":{"minor":1,"currency":"EUR"},"settlement":{"how":"waived","reason":"T","reference":"x"}}}"#,
            body("/command/settlement"),
        ),
        (
            "overrule",
            r#"{"command":{"case":"A","unit":{"line":"L1","number":1},"accept":false,"clause":"exclude.law","reason":"T","freight":{"return":"buyer","duties":"buyer"}}}"#,
            body("/command/freight/duties"),
        ),
        (
            "approve_refund",
            r#"{"command":{"refund":"R","case":"A","units":[{"unit":{"line":"L1","number":1},"amount":{"minor":99,"currency":"EUR"}}]}}"#,
            body("/command/units/0/amount"),
        ),
        (
            "approve_refund",
            r#"{"command":{"refund":"R","case":"A","units":[{"unit":{"line":"L1","number":1},"deductions":[{"clause":"c","amount":{"minor":1,"currency":"EUR"},"why":"x"}]}]}}"#,
            body("/command/units/0/deductions/0/why"),
        ),
        (
            "approve_refund",
            r#"{"command":{"refund":"R","case":"A","units":[{"unit":{"line":"L1","number":1,"order":"SO-2"}}]}}"#,
            body("/command/units/0/unit/order"),
        ),
        (
            "approve_refund",
            r#"{"command":{"refund":"R","case":"A","units":[]}}"#,
            refused("no_unit"),
        ),
    ];
    for (name, text, expected) in nested {
        desk.post(name, text.as_bytes(), *expected);
    }
    let facts = [
        ("{}", (422, "missing_field", Some("/id"))),
        ("[]", (422, "wrong_type", Some(""))),
        ("{", (422, "not_json", Some(""))),
        (r#"{"id":"a","id":"b"}"#, (422, "duplicate_key", Some("/id"))),
    ];
    for (text, expected) in facts {
        desk.row(
            "POST",
            "/api/v1/decisions",
            "Content-Type: application/json\r\n",
            Some(text.as_bytes()),
            expected,
        );
    }
    let large = format!(r#"{{"command":{{"case":"{}"}}}}"#, "x".repeat(4 << 20));
    desk.post("close_case", large.as_bytes(), (413, "too_large", None));
    desk.ends(50);
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
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
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
    for address in ["/", "/api", "/api/v1", "/api/v2/orders", "//api/v1/me", "/API/v1/me"] {
        desk.row("GET", address, "", None, none);
    }
    desk.ends(100);
}
