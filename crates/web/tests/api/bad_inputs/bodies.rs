//! Rows about what is in a body: numbers, names, words, moments, and the document itself.
#![expect(clippy::too_many_lines, reason = "a table is as long as its rows")]

use backhaul_testkit::{Database, on_both_engines};

use super::{Desk, Expected, JSON, body, refused};

on_both_engines! {
    numbers_and_amounts
    names_words_and_moments
    documents
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
