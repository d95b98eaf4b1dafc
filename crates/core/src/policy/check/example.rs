//! Facts as JSON from what a search chose: what it left open takes harmless values.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::candidates::{Candidate, START};
use crate::policy::rule::Policy;
use crate::policy::vocabulary::{Attribute, Kind};

/// The facts as one line of JSON, as `backhaul decide` reads them.
pub(super) fn json(
    policy: &Policy,
    chosen: &BTreeMap<Attribute, &Candidate>,
    candidates: &BTreeMap<Attribute, Vec<Candidate>>,
) -> String {
    let value = |attribute: Attribute| {
        let candidate = chosen.get(&attribute).copied();
        let candidate =
            candidate.or_else(|| candidates.get(&attribute).and_then(|all| all.first()));
        candidate.map_or(Value::Null, |candidate| written(policy, attribute, candidate))
    };
    let given = |attribute: Attribute| {
        if chosen.contains_key(&attribute) { value(attribute) } else { Value::Null }
    };
    let reported_at = value(Attribute::ReportedAt);
    // Where no goal asks when it was signed for, it was on the day of the report.
    let signed_at = if chosen.contains_key(&Attribute::SignedAt) {
        value(Attribute::SignedAt)
    } else {
        reported_at.clone()
    };
    let sold = integer(&given(Attribute::LineQuantity))
        .max(integer(&given(Attribute::ClaimQuantity)))
        .max(1);
    let mut facts = json!({
        "id": "example",
        "policy": policy.pin,
        "order": without_nulls(json!({
            "number": "SO-1001", "placed_at": START, "signed_at": signed_at, "time_zone": "UTC",
            "country": value(Attribute::Country), "voucher": value(Attribute::Voucher),
        })),
        "line": without_nulls(json!({
            "sku": value(Attribute::Sku), "category": value(Attribute::Category), "quantity": sold,
            "sold_for": given(Attribute::SoldFor),
            "declared_non_returnable": value(Attribute::DeclaredNonReturnable),
            "components": given(Attribute::LineComponents),
        })),
        "claim": without_nulls(json!({
            "cause": value(Attribute::ClaimCause), "remedy": value(Attribute::Remedy),
            "quantity": integer(&given(Attribute::ClaimQuantity)).max(1),
            "components": given(Attribute::ClaimComponents),
            "condition": value(Attribute::ClaimCondition), "platform": given(Attribute::Platform),
            "reported_at": reported_at,
            "evidence": value(Attribute::Evidence), "waived": given(Attribute::Waived),
        })),
    });
    let inspection = without_nulls(json!({
        "condition": given(Attribute::FoundCondition), "fault_found": given(Attribute::FaultFound),
        "findings": given(Attribute::Findings), "faulty_components": given(Attribute::FaultyComponents),
    }));
    let own = policy
        .vocabulary
        .own
        .iter()
        .zip(0_u8..)
        .map(|(declaration, place)| (declaration.name.clone(), given(Attribute::Own(place))));
    let own = without_nulls(Value::Object(own.collect::<Map<_, _>>()));
    if let Value::Object(facts) = &mut facts {
        for (key, part) in [
            ("received_at", given(Attribute::ReceivedAt)),
            ("inspection", inspection),
            ("facts", own),
        ] {
            if !part.is_null() && part.as_object().is_none_or(|object| !object.is_empty()) {
                facts.insert(key.to_owned(), part);
            }
        }
    }
    facts.to_string()
}

fn integer(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            Value::Object(entries.into_iter().filter(|(_, value)| !value.is_null()).collect())
        }
        other => other,
    }
}

fn written(policy: &Policy, attribute: Attribute, candidate: &Candidate) -> Value {
    let all: Vec<String> = match policy.vocabulary.kind(attribute) {
        Kind::Word(words) | Kind::Words(words) => words.into_iter().map(str::to_owned).collect(),
        Kind::OwnWord(words) | Kind::OwnWords(words) => words,
        _ => Vec::new(),
    };
    match candidate {
        Candidate::Absent => Value::Null,
        Candidate::Word(place) => {
            all.get(usize::from(*place)).map_or(Value::Null, |word| json!(word))
        }
        Candidate::Words(set) => {
            let words = all
                .iter()
                .zip(0_u8..)
                .filter(|(_, place)| set & crate::policy::view::bit(*place) != 0);
            words.map(|(word, _)| json!(word)).collect()
        }
        Candidate::Flag(flag) => json!(flag),
        Candidate::Integer(integer) => json!(integer),
        Candidate::Text(text) => json!(text),
        Candidate::Names(names) => json!(names),
        Candidate::Moment(moment) => json!(moment.to_string()),
    }
}
