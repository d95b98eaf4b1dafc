//! Mistakes in the form of a policy file: each at its line and column, with the nearest right name.

use backhaul_core::policy::Policy;

use super::support::{PLAIN, clause, mistakes, with};

/// The code, line, column and message of the one mistake of a source.
fn mistake(source: &str) -> (&'static str, usize, usize, String) {
    match mistakes(source).as_slice() {
        [only] => (only.code, only.line, only.column, only.message.clone()),
        other => panic!("expected one mistake: {other:#?}"),
    }
}

#[test]
fn a_plain_policy_reads() {
    assert_eq!(mistakes(PLAIN), Vec::new());
}

#[test]
fn a_syntax_error_is_told_with_line_and_column() {
    let (code, line, column, _) = mistake(&PLAIN.replace("version = \"1\"", "version = \"1"));
    assert_eq!((code, line, column), ("syntax", 3, 13));
}

#[test]
fn a_misspelled_key_is_told_with_the_right_one() {
    let (code, line, column, message) =
        mistake(&PLAIN.replace("[[clause.rule]]", "[[clause.rules]]"));
    assert_eq!((code, line, column), ("unknown_key", 14, 10), "{message}");
    assert!(message.contains("did you mean `rule`?"), "{message}");
}

#[test]
fn a_misspelled_attribute_is_told_with_the_right_one() {
    let (code, line, column, message) =
        mistake(&clause("when = { claim.caus = \"quality\" }\ndecline = true"));
    assert_eq!((code, line, column), ("unknown_attribute", 22, 16), "{message}");
    assert!(message.contains("did you mean `claim.cause`?"), "{message}");
}

#[test]
fn a_misspelled_word_is_told_with_the_right_one() {
    let (code, line, column, message) =
        mistake(&clause("when = { cause = \"qualty\" }\ndecline = true"));
    assert_eq!((code, line, column), ("unknown_word", 22, 18), "{message}");
    assert!(message.contains("did you mean `quality`?"), "{message}");
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_file() {
    let source = PLAIN.replace("Europe/Berlin", "Europe/Berln").replace("\"DE\"", "\"D\"");
    let codes: Vec<(usize, &str)> =
        mistakes(&source).iter().map(|found| (found.line, found.code)).collect();
    assert_eq!(codes, [(7, "unknown_word"), (8, "unknown_word")]);
}

#[test]
fn a_value_of_the_wrong_type_is_refused() {
    for (rule, code) in [
        ("when = { cause = 3 }\ndecline = true", "wrong_type"),
        ("when = { line.quantity = \"3\" }\ndecline = true", "wrong_type"),
        ("when = { received_at = true }\ndecline = true", "wrong_type"),
        ("when = { line.declared_non_returnable = \"yes\" }\ndecline = true", "wrong_type"),
        ("when = \"cause\"\ndecline = true", "wrong_type"),
        ("fee = { name = \"x\", percent = \"10\" }", "wrong_type"),
    ] {
        assert_eq!(mistake(&clause(rule)).0, code, "{rule}");
    }
}

#[test]
fn what_is_out_of_bounds_is_refused() {
    for rule in [
        "fee = { name = \"x\", percent = 150 }",
        "fee = { name = \"x\", percent = -1 }",
        "priority = 5000\ndecline = true",
        "when = { claim.reported_at = { within = \"99999 days\", after = \"order.signed_at\" } }\ndecline = true",
        "when = { claim.reported_at = { within = \"-3 days\", after = \"order.signed_at\" } }\ndecline = true",
        "when = { claim.reported_at = { within = \"soon\", after = \"order.signed_at\" } }\ndecline = true",
    ] {
        let code = mistake(&clause(rule)).0;
        assert!(["out_of_range", "bad_span"].contains(&code), "{rule}: {code}");
    }
}

#[test]
fn moments_are_counted_from_moments_and_texts_compared_with_texts() {
    for rule in [
        "when = { claim.reported_at = { within = \"3 days\", after = \"line.sku\" } }\ndecline = true",
        "when = { claim.platform = { same_as = \"line.quantity\" } }\ndecline = true",
        "dates.report_by = { from = \"cause\", plus = \"3 days\" }",
    ] {
        assert_eq!(mistake(&clause(rule)).0, "wrong_type", "{rule}");
    }
}

#[test]
fn a_rule_without_effect_and_a_clause_without_rule_are_refused() {
    assert_eq!(mistake(&clause("when = { cause = \"quality\" }")).0, "no_effect");
    assert_eq!(mistake(&with("[[clause]]\nid = \"c\"\ntext.en = \"A clause.\"\n")).0, "no_rule");
    assert_eq!(
        mistakes(&with("[[clause]]\nid = \"c\"\nby_hand = true\ntext.en = \"A clause.\"\n")),
        Vec::new()
    );
}

#[test]
fn a_clause_given_twice_and_a_clause_that_is_not_there_are_refused() {
    assert_eq!(
        mistake(&with("[[clause]]\nid = \"all\"\nby_hand = true\ntext.en = \"A clause.\"\n")).0,
        "twice"
    );
    let (code, _, _, message) = mistake(&clause("lift = \"al\""));
    assert_eq!(code, "unknown_clause");
    assert!(message.contains("did you mean `all`?"), "{message}");
}

#[test]
fn a_text_missing_in_a_language_is_refused() {
    let source = PLAIN.replace("languages = [\"en\"]", "languages = [\"en\", \"de\"]");
    assert!(mistakes(&source).iter().all(|found| found.code == "missing_language"));
    assert_eq!(mistakes(&source).len(), 2);
}

#[test]
fn a_policy_that_is_too_large_or_too_deep_is_refused_and_does_not_overflow() {
    let large = format!("{PLAIN}# {}", "x".repeat(backhaul_core::policy::POLICY_BYTES_MAX));
    assert_eq!(mistake(&large).0, "too_large");
    let deep = clause(&format!(
        "when = {}cause = \"quality\"{}\ndecline = true",
        "{ not = { ".repeat(20),
        " } }".repeat(20)
    ));
    assert!(!mistakes(&deep).is_empty());
    let deeper = clause(&format!("when = {}1{}", "[".repeat(100_000), "]".repeat(100_000)));
    assert!(!mistakes(&deeper).is_empty());
}

#[test]
fn negation_is_pushed_down_so_that_double_negation_is_none() {
    let plain =
        Policy::parse(&clause("when = { cause = \"quality\" }\ndecline = true")).expect("reads");
    let twice = Policy::parse(&clause(
        "when = { not = { not = { cause = \"quality\" } } }\ndecline = true",
    ))
    .expect("reads");
    let when = |policy: &Policy| {
        policy.rules.iter().find(|rule| rule.declines()).map(|rule| rule.when.clone())
    };
    assert_eq!(when(&plain), when(&twice));
}
