//! A return from the order to the refund, as a machine asks for it.

use backhaul_testkit::{Database, on_both_engines};
use serde_json::{Value, json};

use crate::server::{Server, order};

fn unit(number: u32) -> Value {
    json!({"line": "L1", "number": number})
}

fn claim(number: u32) -> Value {
    json!({"units": [unit(number)], "cause": "quality", "remedy": "refund", "condition": "used"})
}

fn a_whole_return(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    let taken = owner.put("/orders/SO-1001", &order());
    assert_eq!((taken.status, taken.body["outcome"].as_str()), (201, Some("new")), "{taken:?}");

    let opened = owner.post("k1", "/orders/SO-1001/cases", &json!({"claims": [claim(1)]}));
    assert_eq!(opened.status, 201, "{opened:?}");
    let case = opened.body["case"].as_str().unwrap();
    let again = owner.post("k1", "/orders/SO-1001/cases", &json!({"claims": [claim(1)]}));
    assert_eq!(again.body, opened.body);
    let other = owner.post("k1", "/orders/SO-1001/cases", &json!({"claims": [claim(2)]}));
    assert_eq!((other.status, other.code()), (422, "idempotency_key_reused"));

    let seen = owner.get(&format!("/cases/{case}"));
    assert_eq!(seen.body["state"], "requested", "{seen:?}");
    for (name, command) in [
        (
            "authorise",
            json!({"case": case, "units": [unit(1)], "instructions": "T1", "expires_on": "2026-04-30"}),
        ),
        ("announce_parcel", json!({"case": case, "parcel": "P-1", "units": [unit(1)]})),
        (
            "receive_parcel",
            json!({"parcel": "P-1", "case": case, "items": [{"kind": "serial", "serial": "S1"}]}),
        ),
        (
            "inspect_unit",
            json!({"case": case, "unit": unit(1), "condition": "used", "fault_found": true}),
        ),
        (
            "approve_refund",
            json!({"refund": "R-1", "case": case, "units": [{"unit": unit(1)}], "early": "T2"}),
        ),
    ] {
        let done = owner.command(name, &command);
        assert_eq!(done.status, 200, "{name}: {done:?}");
    }
    let shown = owner.get(&format!("/cases/{case}"));
    insta::with_settings!({snapshot_suffix => ""}, {
        insta::assert_json_snapshot!("case_with_an_approved_refund", shown.body);
    });
    let stale = owner.ask(
        "GET",
        &format!("/cases/{case}"),
        &[("If-None-Match", shown.tag.as_deref().unwrap())],
        None,
    );
    assert_eq!(stale.status, 304);
    let refunds = owner.get("/refunds");
    assert_eq!(refunds.body["items"][0]["amount"], json!({"minor": 10_000, "currency": "EUR"}));
    assert_eq!(server.stranger().get("/cases").status, 401);
}

on_both_engines!(a_whole_return);
