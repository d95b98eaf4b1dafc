//! Text that is blank counts as not given, wherever it stands.

use serde_json::json;

use super::{decides, example_decision, with};

const BLANKS: [&str; 5] = [r#""""#, r#"" ""#, r#""\t\r\n ""#, "\"\u{a0}\"", "\"\u{3000}\u{2003}\""];

#[test]
fn blank_optional_text_counts_as_not_given() {
    for pointer in [
        "/policy",
        "/order/signed_at",
        "/line/sold_for",
        "/claim/platform",
        "/received_at",
        "/inspection/condition",
        "/line/components",
        "/claim/components",
        "/claim/evidence",
        "/claim/waived",
        "/inspection/findings",
        "/inspection/faulty_components",
        "/inspection",
        "/inspection/fault_found",
        "/facts",
    ] {
        // What is claimed and faulty must be on the line: without components there is none.
        let none = |pointer| (pointer, "null");
        let others: &[_] = match pointer {
            "/line/components" => {
                &[none("/claim/components"), none("/inspection/faulty_components")]
            }
            _ => &[],
        };
        let expected = decides(&with(&[others, &[(pointer, "null")]].concat()));
        for blank in BLANKS {
            assert_eq!(decides(&with(&[others, &[(pointer, blank)]].concat())), expected);
        }
    }
}

#[test]
fn a_text_of_a_character_that_is_no_white_space_is_given() {
    // The zero-width space is no white space: the buyer named another platform.
    let compatibility = ("/claim/cause", "\"compatibility\"");
    let decision = decides(&with(&[compatibility, ("/claim/platform", "\"\u{200b}\"")]));
    assert_eq!(decision["cause"], "own_reasons");
    let decision = decides(&with(&[compatibility, ("/claim/platform", "\"\u{a0}\"")]));
    assert_eq!(decision["cause"], "compatibility");
}

#[test]
fn blank_items_of_a_list_count_as_not_given() {
    for blank in BLANKS {
        let items = |names: &str| format!("[{blank}, {names}, {blank}]");
        let document = with(&[
            ("/line/components", &items(r#""A", "B""#)),
            ("/claim/components", &items(r#""A""#)),
            ("/claim/evidence", &items(r#""product""#)),
            ("/claim/waived", &format!("[{blank}]")),
            ("/inspection/findings", &format!("[{blank}]")),
            ("/inspection/faulty_components", &items(r#""A""#)),
        ]);
        assert_eq!(decides(&document), example_decision());
    }
}

#[test]
fn a_list_of_blanks_is_a_list_that_is_given_and_empty() {
    let decision = decides(&with(&[("/inspection/faulty_components", r#"[" "]"#)]));
    assert_eq!(decision["verdict"], "declined");
    assert_eq!(decision["clauses"], json!(["replace.part"]));
    assert_eq!(decision["otherwise"], json!([]));
}
