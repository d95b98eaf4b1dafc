//! Documents that are no facts object at all.

use super::{refused, with};

fn is_no_json(document: impl AsRef<[u8]>) {
    let refusal = refused(&document);
    let shown: String = String::from_utf8_lossy(document.as_ref()).chars().take(200).collect();
    assert_eq!((refusal.code.as_str(), refusal.pointer.as_str()), ("not_json", ""), "{shown}");
    assert_eq!(refusal.id, None);
    assert!(refusal.message.contains("no JSON document"), "{}", refusal.message);
    assert!(!refusal.message.contains('\n'));
}

#[test]
fn a_document_that_is_no_object_is_refused_as_a_whole() {
    for document in ["[]", "[{}]", "null", "\"x\"", "5", "-1.5", "true", "false", " [ ] ", "\"\""] {
        let refusal = refused(document);
        assert_eq!((refusal.code.as_str(), refusal.pointer.as_str()), ("wrong_type", ""));
        assert!(refusal.message.contains("an object"));
        assert_eq!(refusal.id, None);
    }
}

#[test]
fn an_empty_object_lacks_its_fields() {
    let refusal = refused("{}");
    assert_eq!((refusal.code.as_str(), refusal.pointer.as_str()), ("missing_field", "/id"));
}

#[test]
fn an_empty_document_is_no_json() {
    for document in ["", " ", "\n", "\t\r\n"] {
        is_no_json(document);
    }
}

#[test]
fn a_document_cut_short_anywhere_is_no_json() {
    let document = with(&[]);
    assert!(document.is_ascii());
    for length in 0..document.len() {
        is_no_json(&document[..length]);
    }
}

#[test]
fn anything_after_the_document_makes_it_no_json() {
    let document = with(&[]);
    for tail in ["x", "{}", ",", "]", "}", "\u{0}", "null", "// end", "\u{feff}", "\u{a0}", "\n1"] {
        is_no_json(format!("{document}{tail}"));
    }
}

#[test]
fn a_document_of_another_encoding_is_no_json() {
    let document = with(&[]);
    is_no_json(format!("\u{feff}{document}"));
    let utf_16: Vec<u16> = document.encode_utf16().collect();
    is_no_json(utf_16.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>());
    is_no_json(utf_16.iter().flat_map(|unit| unit.to_be_bytes()).collect::<Vec<u8>>());
    let marked = [&[0xff, 0xfe][..], document.as_bytes()].concat();
    is_no_json(marked);
}

#[test]
fn bytes_that_are_no_utf_8_are_no_json() {
    for bytes in [
        &b"\xff"[..],
        b"\xc3",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
        b"\x80",
    ] {
        let (before, after) = ("{\"id\": \"", "\"}");
        is_no_json([before.as_bytes(), bytes, after.as_bytes()].concat());
        is_no_json([b"{\"", bytes, b"\": 1}"].concat());
        is_no_json([b"{", bytes, b"}"].concat());
    }
}

#[test]
fn half_a_surrogate_pair_is_no_json() {
    for text in
        [r"\ud800", r"\udc00", r"\ud800\ud800", r"\ud800x", r"\udc00\ud800", r"\ud83e\u0041"]
    {
        is_no_json(with(&[("/id", &format!("\"{text}\""))]));
        is_no_json(with(&[("/order/number", &format!("\"{text}\""))]));
        is_no_json(format!("{{\"{text}\": 1}}"));
    }
}

#[test]
fn what_other_dialects_allow_is_no_json() {
    for raw in [
        "NaN",
        "Infinity",
        "-Infinity",
        "01",
        "+1",
        ".5",
        "1.",
        "1e",
        "0x10",
        "1_000",
        "'1'",
        "True",
        "nil",
        "undefined",
        "",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "\"\t\"",
        "\"\\x41\"",
        "\"a",
        "/* 1 */ 1",
        "1 // one",
        "\"a\nb\"",
        "\"\u{0}\"",
    ] {
        is_no_json(with(&[("/claim/quantity", raw)]));
    }
}
