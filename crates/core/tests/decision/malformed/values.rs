//! Values that cannot stand where they stand, or not beside each other.

use super::{decides, refused, refuses, with};

#[test]
fn a_quantity_below_one_is_refused() {
    for pointer in ["/line/quantity", "/claim/quantity"] {
        for quantity in ["0", "-1", "-9223372036854775808"] {
            refuses(pointer, quantity, "out_of_range", "at least 1");
        }
    }
}

#[test]
fn more_units_than_the_line_has_cannot_be_claimed_but_all_of_them_can() {
    refuses("/claim/quantity", "3", "impossible", "the line has 2");
    refuses("/claim/quantity", "9223372036854775807", "impossible", "the line has 2");
    decides(&with(&[("/claim/quantity", "2")]));
    let all = "9223372036854775807";
    decides(&with(&[("/claim/quantity", all), ("/line/quantity", all)]));
}

#[test]
fn a_number_that_is_not_written_as_an_integer_is_refused() {
    for pointer in ["/line/quantity", "/claim/quantity"] {
        for raw in ["1.0", "1.5", "1e3", "1E0", "10e-1", "0.1", "-0.0"] {
            refuses(pointer, raw, "not_an_integer", "written without point or exponent");
        }
    }
}

#[test]
fn minus_zero_is_refused_as_a_quantity() {
    refuses("/claim/quantity", "-0", "not_an_integer", "integer");
}

#[test]
fn an_integer_beyond_64_bits_is_refused_and_never_rounded() {
    for raw in [
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999999",
        "-9223372036854775809",
    ] {
        for pointer in ["/line/quantity", "/claim/quantity"] {
            let refusal = refused(with(&[(pointer, raw)]));
            assert_eq!(refusal.pointer, pointer);
            assert!(refusal.message.contains("at most 9223372036854775807"), "{refusal:?}");
        }
    }
    // One more than a double can tell apart from its neighbours.
    let changes = [("/line/quantity", "9007199254740992"), ("/claim/quantity", "9007199254740993")];
    super::refuses_at(&with(&changes), "/claim/quantity", "impossible", "9007199254740992");
}

#[test]
fn what_is_no_number_is_no_quantity() {
    for raw in ["\"1\"", "true", "[]", "{}", "[1]"] {
        refuses("/line/quantity", raw, "wrong_type", "an integer");
        refuses("/claim/quantity", raw, "wrong_type", "an integer");
    }
}

#[test]
fn a_component_that_the_line_does_not_have_is_refused() {
    for pointer in ["/claim/components", "/inspection/faulty_components"] {
        refuses(&format!("{pointer}/0"), "\"C\"", "impossible", "`A`, `B`");
        refuses(&format!("{pointer}/0"), "\"a\"", "impossible", "`A`, `B`");
        refuses(&format!("{pointer}/0"), "\"A \"", "impossible", "`A`, `B`");
        let document = with(&[(pointer, r#"["B", "A", "Ä"]"#)]);
        super::refuses_at(&document, &format!("{pointer}/2"), "impossible", "`A`, `B`");
    }
}

#[test]
fn on_a_line_without_components_none_can_be_claimed() {
    for none in ["[]", "null", "[\" \"]"] {
        let document = with(&[("/line/components", none)]);
        super::refuses_at(&document, "/claim/components/0", "impossible", "name none");
    }
}

#[test]
fn a_component_named_twice_on_the_line_is_refused() {
    let document = with(&[("/line/components", r#"["A", "B", "A"]"#)]);
    super::refuses_at(&document, "/line/components/2", "impossible", "name it once");
    decides(&with(&[("/line/components", r#"["A", "a", "A ", "B"]"#)]));
}

#[test]
fn slots_findings_and_waivers_named_twice_count_once() {
    let once = [("/claim/evidence", r#"["product"]"#), ("/claim/waived", r#"["outer_box"]"#)];
    let twice = [
        ("/claim/evidence", r#"["product", "product"]"#),
        ("/claim/waived", r#"["outer_box", "outer_box"]"#),
    ];
    let damaged = ("/claim/cause", r#""damaged""#);
    let unused = ("/claim/condition", r#""unused""#);
    let nothing = ("/inspection", "null");
    let decision = decides(&with(&[once[0], once[1], damaged, unused, nothing]));
    assert_eq!(decision["needs"], serde_json::json!(["evidence.inner_package"]));
    assert_eq!(decision, decides(&with(&[twice[0], twice[1], damaged, unused, nothing])));

    let decision = decides(&with(&[("/inspection/findings", r#"["abuse", "abuse"]"#)]));
    assert_eq!(decision["clauses"], serde_json::json!(["exclude.misuse"]));
}

#[test]
fn a_moment_before_the_order_was_placed_is_refused() {
    let before = r#""2026-02-20T08:59:59.999999999Z""#;
    let other_offset = r#""2026-02-20T16:59:59+08:00""#;
    for pointer in ["/order/signed_at", "/claim/reported_at", "/received_at"] {
        refuses(pointer, before, "impossible", "2026-02-20T09:00:00Z or later");
        refuses(pointer, other_offset, "impossible", "2026-02-20T09:00:00Z or later");
    }
}

#[test]
fn a_moment_equal_to_the_order_s_is_fine_in_any_offset() {
    for pointer in ["/order/signed_at", "/claim/reported_at", "/received_at"] {
        for equal in
            ["2026-02-20T09:00:00Z", "2026-02-20T17:00:00+08:00", "2026-02-19T23:00:00-10:00"]
        {
            decides(&with(&[(pointer, &format!("\"{equal}\""))]));
        }
    }
}

#[test]
fn a_receipt_before_the_report_or_before_sign_off_is_fine() {
    decides(&with(&[("/received_at", r#""2026-02-21T00:00:00Z""#)]));
    decides(&with(&[("/claim/reported_at", r#""2026-02-21T00:00:00Z""#)]));
}

#[test]
fn an_inspection_of_a_missing_claim_is_refused() {
    let missing = ("/claim/cause", r#""missing""#);
    super::refuses_at(&with(&[missing]), "/inspection", "impossible", "leave the inspection out");
    let document = with(&[missing, ("/inspection", "{}")]);
    super::refuses_at(&document, "/inspection", "impossible", "leave the inspection out");
    decides(&with(&[missing, ("/inspection", "null")]));
}

#[test]
fn an_unknown_time_zone_is_refused() {
    for zone in [
        "Mars/Phobos",
        "EST5EDT4,",
        "+01:00",
        "europe/berlin",
        "Europe/Berlin ",
        "Berlin",
        "CEST",
        "Etc/Unknown",
        "posixrules",
        "localtime",
        "../UTC",
        "Europe/Berlin\\u0000",
    ] {
        let raw = format!("\"{zone}\"");
        refuses("/order/time_zone", &raw, "unknown_value", "IANA names such as `Europe/Berlin`");
    }
    for zone in ["UTC", "Etc/GMT+12", "Asia/Calcutta", "Asia/Kolkata", "Pacific/Kiritimati"] {
        decides(&with(&[("/order/time_zone", &format!("\"{zone}\""))]));
    }
}

#[test]
fn an_unknown_country_is_refused() {
    for country in ["UK", "EU", "XX", "de", "DEU", "D", "Germany", " DE"] {
        let raw = format!("\"{country}\"");
        refuses("/order/country", &raw, "unknown_value", "ISO 3166-1 alpha-2 codes such as `DE`");
    }
}

#[test]
fn a_text_that_is_no_rfc_3339_moment_with_an_offset_is_refused() {
    for stamp in [
        "yesterday",
        "0",
        "1772000000",
        "2026",
        "2026-03",
        "2026-03-12",
        "2026-03-12T10:00:00",
        "2026-03-12T10:00Z",
        "2026-03-12T10Z",
        "2026-03-12 10:00:00Z",
        "2026-03-12T10:00:00 Z",
        "2026-03-12T10:00:00+0100",
        "2026-03-12T10:00:00+01",
        "2026-03-12T10:00:00+1:00",
        "2026-03-12T10:00:00+24:00",
        "2026-03-12T10:00:00+01:60",
        "2026-03-12T10:00:00+01:00:00",
        "2026-03-12T10:00:00Z+1",
        "2026-03-12T10:00:00+01:00[Europe/Berlin]",
        "2026-03-12T10:00:00[Europe/Berlin]",
        "2026-03-12T10:00:00.Z",
        "2026-03-12T10:00:00,5Z",
        "2026-03-12T10:00:00.5",
        "2026-03-12T24:00:00Z",
        "2026-03-12T10:60:00Z",
        "2026-03-12T10:00:61Z",
        "2026-02-30T10:00:00Z",
        "2027-02-29T10:00:00Z",
        "2026-00-12T10:00:00Z",
        "2026-13-12T10:00:00Z",
        "2026-03-00T10:00:00Z",
        "10000-01-01T00:00:00Z",
        "+002026-03-12T10:00:00Z",
        "-2026-03-12T10:00:00Z",
        "0000-00-00T00:00:00Z",
        "26-03-12T10:00:00Z",
        "2026-3-12T10:00:00Z",
        "20260312T100000Z",
        "2026-W11-4T10:00:00Z",
        "2026-071T10:00:00Z",
        " 2026-03-12T10:00:00Z",
        "2026-03-12T10:00:00Z ",
        "2026-03-12T10:00:00\\u2212 01:00",
        "2026-03-12T10:00:00−01:00",
        "２０２６-03-12T10:00:00Z",
        "Thu, 12 Mar 2026 10:00:00 +0100",
        "2026-03-12T10:00:00é",
    ] {
        let raw = format!("\"{stamp}\"");
        for pointer in
            ["/order/placed_at", "/order/signed_at", "/claim/reported_at", "/received_at"]
        {
            refuses(pointer, &raw, "not_a_moment", "RFC 3339 with an offset");
        }
    }
}

#[test]
fn every_way_to_write_a_moment_in_rfc_3339_is_read() {
    for stamp in [
        "2026-03-12T10:00:00Z",
        "2026-03-12t10:00:00z",
        "2026-03-12T10:00:00.1+01:00",
        "2026-03-12T10:00:00.123456789012345678901234567890Z",
        "2026-03-12T10:00:00-00:00",
        "2026-03-12T10:00:00+23:59",
        "2026-03-12T10:00:00-23:59",
        "2026-12-31T23:59:60Z",
        "2028-02-29T10:00:00+05:45",
    ] {
        decides(&with(&[("/received_at", &format!("\"{stamp}\""))]));
    }
}

#[test]
fn what_is_no_text_is_no_moment() {
    for raw in ["1772000000", "true", "[]", "{}"] {
        refuses("/received_at", raw, "wrong_type", "a text");
    }
}

#[test]
fn an_unknown_word_is_refused_with_the_words_that_are_known() {
    for (pointer, given, says) in [
        ("/order/voucher", "onfile", "`on_file`"),
        ("/order/voucher", "lost", "`on_file`, `presented`, `absent`, `forged`"),
        ("/claim/cause", "Quality", "`quality`"),
        ("/claim/cause", "own_reason", "did you mean `own_reasons`"),
        (
            "/claim/cause",
            "x",
            "`quality`, `compatibility`, `damaged`, `mismatch`, `missing`, `own_reasons`",
        ),
        ("/claim/remedy", "repair", "`refund`, `replacement`"),
        ("/claim/remedy", "refund ", "`refund`, `replacement`"),
        ("/claim/condition", "new", "`unused`, `tried`, `used`"),
        ("/claim/evidence/0", "outerbox", "did you mean `outer_box`"),
        ("/claim/evidence/2", "x", "`outer_box`, `inner_package`, `product`"),
        ("/inspection/condition", "broken", "`unused`, `tried`, `used`"),
    ] {
        refuses(pointer, &format!("\"{given}\""), "unknown_value", says);
    }
    for (pointer, list, says) in [
        ("/claim/waived", r#"["product", "box"]"#, "`outer_box`, `inner_package`, `product`"),
        ("/inspection/findings", r#"["liquid", "liquids"]"#, "did you mean `liquid`"),
        ("/inspection/findings", r#"["abuse", "x"]"#, "`appearance_damaged`"),
    ] {
        let document = with(&[(pointer, list)]);
        super::refuses_at(&document, &format!("{pointer}/1"), "unknown_value", says);
    }
}

#[test]
fn a_policy_that_is_not_known_is_refused_with_those_that_are() {
    for policy in
        ["nonesuch", "Default", "default@", "@2025.1", "default@1999", "default@2025.1 ", "@"]
    {
        refuses(
            "/policy",
            &format!("\"{policy}\""),
            "unknown_value",
            "`default`, `default@2025.1`",
        );
    }
    refuses("/policy", "5", "wrong_type", "a text");
}

#[test]
fn a_known_policy_is_taken_with_and_without_its_version() {
    for policy in ["\"default\"", "\"default@2025.1\"", "null", "\" \""] {
        assert_eq!(decides(&with(&[("/policy", policy)])), super::example_decision());
    }
}
