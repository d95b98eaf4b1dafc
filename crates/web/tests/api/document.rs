//! What is written about the API is true of it: the page of codes, and the `OpenAPI` document.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use backhaul_core::facts::FaultCode;
use backhaul_core::ledger::RefusalCode;
use backhaul_testkit::Database;
use backhaul_web::{ProblemCode, routes};
use serde_json::Value;

use crate::server::Server;

/// The codes of the table in that section of the page, with the cells behind each.
fn table(section: &str) -> BTreeMap<String, Vec<String>> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/error-codes.md");
    let page = std::fs::read_to_string(page).unwrap();
    let from = page.split_once(section).unwrap_or_else(|| panic!("no section `{section}`")).1;
    let rows =
        from.split("\n## ").next().unwrap().lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = |row: &str| {
        let (code, rest) = row.split_once('`').unwrap();
        let rest = rest.trim_matches([' ', '|']);
        (code.to_owned(), rest.split('|').map(|cell| cell.trim().to_owned()).collect())
    };
    rows.map(cells).collect()
}

#[test]
fn every_code_has_its_row_and_every_row_its_code() {
    let problems = ProblemCode::ALL.iter().map(|code| {
        let cells = vec![code.status().as_u16().to_string(), code.title().to_owned()];
        (code.as_str().to_owned(), cells)
    });
    assert_eq!(table("## Problems of the API"), problems.collect());
    let refusals: BTreeSet<_> =
        RefusalCode::ALL.iter().map(|code| code.as_str().to_owned()).collect();
    let rows = table("## Refusals of a ledger");
    assert_eq!(rows.keys().cloned().collect::<BTreeSet<_>>(), refusals);
    assert!(
        rows.values().all(|cells| cells.len() == 1 && !cells[0].is_empty()),
        "each says what it means"
    );
    let faults: BTreeSet<_> = FaultCode::ALL.iter().map(|code| code.as_str().to_owned()).collect();
    assert_eq!(table("# Error codes").into_keys().collect::<BTreeSet<_>>(), faults);
}

#[test]
fn a_code_is_in_one_list_alone() {
    let problems = ProblemCode::ALL.iter().map(|code| code.as_str());
    let refusals = RefusalCode::ALL.iter().map(|code| code.as_str());
    let faults = FaultCode::ALL.iter().map(|code| code.as_str());
    let mut seen = BTreeMap::<_, usize>::new();
    for code in problems.chain(refusals).chain(faults) {
        *seen.entry(code).or_default() += 1;
    }
    // The first asks for another case, the second for smaller facts: what is to be done is the same in both lists.
    let twice: Vec<_> =
        seen.into_iter().filter(|(_, times)| *times > 1).map(|(code, _)| code).collect();
    assert_eq!(twice, ["case_unknown", "too_large"]);
}

#[test]
fn every_route_is_described_with_an_id_and_what_it_answers() {
    let server = Server::over(&Database::sqlite());
    let document = server.bearing(None).document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let what = format!("{} {path}", method.to_uppercase());
            let text = |field: &str| operation[field].as_str().is_some_and(|text| !text.is_empty());
            assert!(text("operationId") && text("summary") && text("description"), "{what}");
            assert!(
                ids.insert(operation["operationId"].to_string()),
                "{what}: two operations of one id"
            );
            let answers = operation["responses"].as_object().unwrap();
            assert!(answers.keys().any(|status| status.starts_with('2')), "{what}: no success");
            let refused = &answers["default"]["content"]["application/problem+json"]["schema"];
            assert!(!refused.is_null(), "{what}: no default");
            let named: BTreeSet<_> =
                path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
            let given = operation["parameters"].as_array().cloned().unwrap_or_default();
            let given = given
                .iter()
                .filter(|given| given["in"] == "path")
                .filter_map(|given| given["name"].as_str());
            assert_eq!(given.collect::<BTreeSet<_>>(), named, "{what}");
            described.insert(what);
        }
    }
    let there: BTreeSet<_> =
        routes().into_iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(described, there);
    assert_eq!(
        dangling(&document, &document),
        Vec::<String>::new(),
        "what is referred to is there"
    );
}

/// The references that lead nowhere.
fn dangling(document: &Value, value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            let own = fields.get("$ref").and_then(Value::as_str);
            let own =
                own.filter(|target| document.pointer(target.trim_start_matches('#')).is_none());
            let nested = fields.values().flat_map(|nested| dangling(document, nested));
            nested.chain(own.map(str::to_owned)).collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| dangling(document, item)).collect(),
        _ => Vec::new(),
    }
}
