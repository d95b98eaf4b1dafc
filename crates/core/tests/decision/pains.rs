//! The pains of others that concern deciding.

use serde_json::{Value, json};

use crate::malformed::{decides, refuses, set};
use crate::{EXAMPLE, decided};

/// The example as a claim that is accepted, with nothing inspected yet.
fn claim(cause: &str, remedy: &str) -> Value {
    let mut facts: Value = serde_json::from_str(EXAMPLE).unwrap();
    facts["inspection"] = Value::Null;
    for (pointer, value) in [
        ("/claim/cause", json!(cause)),
        ("/claim/remedy", json!(remedy)),
        ("/claim/condition", json!("unused")),
        ("/claim/platform", json!("Cisco Nexus 93180YC")),
    ] {
        set(&mut facts, pointer, value);
    }
    facts
}

/// Fault × remedy → who pays each leg: the whole table.
const FREIGHT: [(&str, &str, Option<&str>, Option<&str>); 12] = [
    ("quality", "refund", Some("merchant"), None),
    ("quality", "replacement", Some("merchant"), Some("merchant")),
    ("compatibility", "refund", Some("merchant"), None),
    ("compatibility", "replacement", Some("merchant"), Some("merchant")),
    ("damaged", "refund", Some("merchant"), None),
    ("damaged", "replacement", Some("merchant"), Some("merchant")),
    ("mismatch", "refund", Some("merchant"), None),
    ("mismatch", "replacement", Some("merchant"), Some("merchant")),
    ("missing", "refund", None, None),
    ("missing", "replacement", None, Some("merchant")),
    ("own_reasons", "refund", Some("buyer"), None),
    ("own_reasons", "replacement", Some("buyer"), Some("buyer")),
];

#[test]
fn pain_22_the_freight_table_has_every_fault_leg_and_remedy() {
    for (cause, remedy, back, out) in FREIGHT {
        let decision = decides(&claim(cause, remedy).to_string());
        assert_eq!(decision["verdict"], "accepted", "{cause} {remedy}");
        let expected = json!({"return": back, "replacement": out});
        assert_eq!(decision["freight"], expected, "{cause} {remedy}");
        let clause = if cause == "own_reasons" { "freight.buyer" } else { "freight.merchant" };
        assert_eq!(decision["clauses"][0], clause);
    }
    let causes = ["quality", "compatibility", "damaged", "mismatch", "missing", "own_reasons"];
    for cause in causes {
        for remedy in ["refund", "replacement"] {
            assert_eq!(FREIGHT.iter().filter(|row| (row.0, row.1) == (cause, remedy)).count(), 1);
        }
    }
}

#[test]
fn pain_22_the_buyer_of_a_fault_that_inspection_confirms_pays_no_leg() {
    for cause in ["quality", "compatibility", "damaged", "mismatch"] {
        for fault_found in [Value::Null, json!(true)] {
            let mut facts = claim(cause, "replacement");
            facts["inspection"] = json!({"fault_found": fault_found, "faulty_components": ["A"]});
            let expected = json!({"return": "merchant", "replacement": "merchant"});
            assert_eq!(decides(&facts.to_string())["freight"], expected, "{cause}");
        }
    }
}

#[test]
fn pain_22_a_fault_that_inspection_does_not_find_is_the_buyers_freight_and_cites_both_clauses() {
    for cause in ["quality", "compatibility"] {
        for (remedy, out) in [("refund", Value::Null), ("replacement", json!("buyer"))] {
            let mut facts = claim(cause, remedy);
            facts["inspection"] = json!({"fault_found": false});
            let decision = decides(&facts.to_string());
            assert_eq!(decision["freight"], json!({"return": "buyer", "replacement": out}));
            assert_eq!(decision["cause"], "own_reasons");
            assert_eq!(decision["clauses"][0], "freight.merchant");
            assert_eq!(decision["clauses"][1], "freight.buyer");
        }
    }
    // In transit it was damaged all the same, whatever inspection says of a fault.
    let mut facts = claim("damaged", "refund");
    facts["inspection"] = json!({"fault_found": false});
    assert_eq!(decides(&facts.to_string())["freight"]["return"], "merchant");
}

#[test]
fn pain_22_what_is_declined_goes_back_at_the_buyers_cost_once_it_is_here() {
    for (cause, remedy, ..) in FREIGHT {
        let mut facts = claim(cause, remedy);
        facts["line"]["declared_non_returnable"] = json!(true);
        let payer = if cause == "missing" { Value::Null } else { json!("buyer") };
        let decision = decides(&facts.to_string());
        assert_eq!(decision["freight"], json!({"return": payer, "replacement": null}));
        facts["received_at"] = Value::Null;
        let decision = decides(&facts.to_string());
        assert_eq!(decision["freight"], json!({"return": null, "replacement": null}));
    }
}

#[test]
fn pain_22_who_pays_is_said_before_evidence_or_review_is_settled() {
    let mut facts = claim("damaged", "replacement");
    facts["claim"]["evidence"] = json!([]);
    let both = json!({"return": "merchant", "replacement": "merchant"});
    let decision = decides(&facts.to_string());
    assert_eq!((&decision["verdict"], &decision["freight"]), (&json!("needs"), &both));
    let mut facts = claim("damaged", "replacement");
    facts["order"]["signed_at"] = Value::Null;
    let decision = decides(&facts.to_string());
    assert_eq!((&decision["verdict"], &decision["freight"]), (&json!("review"), &both));
}

#[test]
fn pain_25_a_quantity_with_a_point_or_an_exponent_is_refused_and_not_rounded() {
    for raw in ["1.0", "1.9999999999999999", "13.700000000000001", "1e0", "0.1e1"] {
        refuses("/claim/quantity", raw, "not_an_integer", "without point or exponent");
    }
}

#[test]
fn pain_25_no_number_of_an_answer_has_a_point() {
    fn numbers_are_integers(value: &Value) -> bool {
        match value {
            Value::Number(number) => number.is_i64() || number.is_u64(),
            Value::Array(items) => items.iter().all(numbers_are_integers),
            Value::Object(fields) => fields.values().all(numbers_are_integers),
            _ => true,
        }
    }
    for (cause, remedy, ..) in FREIGHT {
        assert!(numbers_are_integers(&decides(&claim(cause, remedy).to_string())));
    }
}

#[test]
fn pain_46_an_old_order_is_judged_by_the_days_since_sign_off_and_not_by_its_age() {
    // Three years lie between the order and the claim.
    let old = |cause: &str| {
        let mut facts = claim(cause, "refund");
        facts["order"]["placed_at"] = json!("2023-03-01T09:00:00Z");
        facts["order"]["signed_at"] = json!("2023-03-09T15:20:00+01:00");
        decides(&facts.to_string())
    };
    let late = old("damaged");
    assert_eq!(late["verdict"], "declined");
    assert_eq!(late["clauses"], json!(["report.7d"]));
    assert_eq!(late["dates"]["report_by"], "2023-03-16");
    assert_eq!(late["otherwise"][0]["pointer"], "/claim/reported_at");
    assert_eq!(old("quality")["verdict"], "accepted");
}

#[test]
fn pain_46_nothing_is_returned_without_what_the_policy_asks_first() {
    let mut facts = claim("damaged", "refund");
    facts["claim"]["evidence"] = json!(["outer_box"]);
    let decision = decides(&facts.to_string());
    assert_eq!(decision["verdict"], "needs");
    assert_eq!(decision["needs"], json!(["evidence.inner_package", "evidence.product"]));
    for clause in ["goods_first", "guidance"] {
        assert!(decision["clauses"].as_array().unwrap().contains(&json!(clause)));
    }
}

#[test]
fn pain_46_inspection_decides_over_what_was_claimed() {
    let mut facts = claim("quality", "refund");
    facts["inspection"] = json!({"findings": ["liquid"]});
    assert_eq!(decides(&facts.to_string())["clauses"], json!(["exclude.misuse"]));
    let mut facts = claim("own_reasons", "refund");
    facts["inspection"] = json!({"condition": "tried"});
    let decision = decides(&facts.to_string());
    assert_eq!(decision["clauses"], json!(["exclude.used"]));
    assert_eq!(decision["otherwise"][0]["pointer"], "/inspection/condition");
}

#[test]
fn pain_46_the_same_facts_give_the_same_decision() {
    for (cause, remedy, ..) in FREIGHT {
        let facts = claim(cause, remedy).to_string();
        assert_eq!(decided(&facts), decided(&facts));
    }
}
