//! Policies and reports over HTTP.

use backhaul_testkit::{Database, on_both_engines};
use serde_json::{Value, json};

use crate::server::{Client, Server, order};

const FILE: &str = include_str!("../../../../policies/default.toml");

on_both_engines! {
    a_version_is_published_listed_explained_and_withdrawn
    what_cannot_be_published_is_told_with_its_code
    two_versions_are_compared_over_claims_and_situations
    reports_are_json_and_tables
}

fn file(version: &str, effective: &str) -> String {
    let text = FILE.replace("version = \"2025.1\"", &format!("version = \"{version}\""));
    text.replace("effective = 2025-01-01", &format!("effective = {effective}"))
}

fn post(client: &Client, path: &str, body: &Value) -> crate::server::Answer {
    client.ask("POST", path, &[], Some(body))
}

/// A damaged unit, reported nine days after the delivery was signed for.
fn late_claim(server: &Server, owner: &Client) {
    server.clock.move_to("2026-03-13T10:00:00Z".parse().unwrap());
    assert_eq!(owner.put("/orders/SO-1001", &order()).status, 201);
    let claim = json!({"units": [{"line": "L1", "number": 1}], "cause": "damaged", "remedy": "refund", "condition": "unused"});
    let asked = json!({"claims": [claim], "reported_at": "2026-03-13T09:00:00Z"});
    let opened = owner.post("k", "/orders/SO-1001/cases", &asked);
    assert_eq!(opened.status, 201, "{opened:?}");
}

fn a_version_is_published_listed_explained_and_withdrawn(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    let new = json!({"file": file("2026.2", "2026-04-01")});
    let published = post(&owner, "/policies", &new);
    assert_eq!(published.status, 201, "{published:?}");
    assert_eq!(published.body["policy"], "default@2026.2");
    assert_eq!(published.body["effective_at"], "2026-03-31T16:00:00Z", "midnight in Shanghai");
    let listed = server.client("dock").get("/policies").body;
    assert_eq!(listed["policies"], json!(["default@2025.1", "default@2026.2"]));
    assert_eq!(listed["default"], "default@2025.1", "it is not April");
    assert_eq!(listed["published"][0]["withdrawn_by"], Value::Null);
    let page = owner.get("/policies/default/2026.2?language=zh");
    assert_eq!(page.body["languages"], json!(["en", "zh"]));
    assert!(page.body["page"].as_str().unwrap().contains("2026-04-01"), "{page:?}");
    assert_eq!(owner.get("/policies/default/2026.2?language=fr").code(), "malformed_query");
    assert_eq!(owner.get("/policies/default/9").code(), "policy_version_unknown");

    let withdraw = "/policies/default/2026.2/withdraw";
    let withdrawn = owner.ask("POST", withdraw, &[], None);
    assert_eq!((withdrawn.status, withdrawn.body["withdrawn_by"].is_string()), (200, true));
    assert_eq!(owner.ask("POST", withdraw, &[], None).code(), "policy_in_force");
    let unknown = owner.ask("POST", "/policies/default/9/withdraw", &[], None);
    assert_eq!(unknown.code(), "policy_version_unknown");
}

fn what_cannot_be_published_is_told_with_its_code(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    late_claim(&server, &owner);
    let wrong = json!({"file": "id = 1"});
    assert_eq!(post(&owner, "/policies", &wrong).code(), "policy_invalid");
    let checked = post(&owner, "/policy_check", &wrong).body;
    assert_eq!((&checked["is_usable"], &checked["policy"]), (&json!(false), &Value::Null));
    assert_eq!(checked["findings"][0]["severity"], "error");
    let early = json!({"file": file("2026.2", "2026-03-13")});
    assert_eq!(post(&owner, "/policies", &early).code(), "policy_too_soon");
    let same = json!({"file": file("2025.1", "2026-05-01")});
    assert_eq!(post(&owner, "/policies", &same).code(), "policy_exists");
    let unused =
        "\n[[evidence]]\nid = \"manual\"\nlabel = { en = \"the manual\", zh = \"说明书\" }\n";
    let warned = file("2026.2", "2026-05-01") + unused;
    assert_eq!(post(&owner, "/policies", &json!({"file": warned})).code(), "policy_warned");
    let checked = post(&owner, "/policy_check", &json!({"file": warned})).body;
    assert_eq!(
        (&checked["is_usable"], &checked["findings"][0]["code"]),
        (&json!(true), &json!("unused"))
    );
    let accepted = json!({"file": warned, "accept_warnings": true});
    assert_eq!(post(&owner, "/policies", &accepted).status, 201);
}

fn two_versions_are_compared_over_claims_and_situations(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    late_claim(&server, &owner);
    let new = file("2026.2", "2026-05-01").replace("7 days", "14 days");
    let compared = post(&owner, "/policy_compare", &json!({"new_file": new}));
    assert_eq!(compared.status, 200, "{compared:?}");
    let body = compared.body;
    assert_eq!((&body["old"], &body["new"]), (&json!("default@2025.1"), &json!("default@2026.2")));
    assert_eq!(body["claims"], json!({"looked_at": 1, "differing": 1}));
    let example = &body["examples"][0];
    assert_eq!(example["source"]["case"].as_str().map(|case| !case.is_empty()), Some(true));
    assert_eq!(example["old"]["verdict"], "declined");
    // The pictures are missing: what it costs is open.
    assert_eq!(
        (&example["new"]["verdict"], &example["costs_more"]),
        (&json!("needs"), &Value::Null)
    );
    assert_eq!(body["sums"][0]["open"], 1);
    assert!(body["situations"]["differing"].as_u64() > Some(0));
    let clause = |part: &&Value| part["clause"] == "report.7d";
    let part = body["page"].as_array().unwrap().iter().find(clause).unwrap();
    assert_eq!(part["change"], "changed");

    let both = json!({"new": "default@2025.1", "new_file": "x"});
    assert_eq!(post(&owner, "/policy_compare", &both).code(), "malformed_body");
    let many = json!({"new": "default@2025.1", "claims": 10_001});
    assert_eq!(post(&owner, "/policy_compare", &many).code(), "malformed_body");
    let unknown = json!({"new": "default@9"});
    assert_eq!(post(&owner, "/policy_compare", &unknown).code(), "policy_version_unknown");
    let wrong = json!({"new_file": "id = 1"});
    assert_eq!(post(&owner, "/policy_compare", &wrong).code(), "policy_invalid");
    let same = post(&owner, "/policy_compare", &json!({"new": "default@2025.1", "examples": 0}));
    assert_eq!(same.body["claims"]["differing"], 0);
}

fn reports_are_json_and_tables(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    late_claim(&server, &owner);
    let finance = server.client("finance");
    let report = finance.get("/reports/returns");
    assert_eq!(report.status, 200, "{report:?}");
    assert_eq!((&report.body["from"], &report.body["to"]), (&json!("2025-04"), &json!("2026-03")));
    assert_eq!(report.body["report"], "returns");
    assert_eq!(report.body["lines"][0]["cause"], "damaged");
    assert_eq!(finance.get("/reports/returns?to=2026-02").body["lines"], json!([]));
    for name in ["products", "batches", "times", "freight", "promises"] {
        let report = finance.get(&format!("/reports/{name}?from=2026-01&to=2026-03&top=5"));
        assert_eq!(report.body["report"], name, "{report:?}");
    }
    let table = String::from_utf8(finance.bytes("/reports/products/csv?top=1")).unwrap();
    assert_eq!(
        table,
        "sku,units,inspected,no_fault_found,no_fault_found_permille\r\nQSFP28-100G-SR4,1,0,0,\r\n"
    );
    assert_eq!(finance.get("/reports/secrets").code(), "not_found");
    for query in ["from=2026", "from=2026-04&to=2026-03", "from=2000-01", "top=0", "top=501", "x=1"]
    {
        let refused = finance.get(&format!("/reports/returns?{query}"));
        assert_eq!((refused.status, refused.code()), (400, "malformed_query"), "{query}");
    }
}
