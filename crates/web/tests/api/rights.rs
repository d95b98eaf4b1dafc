//! Every route for everybody. What is expected is in one table; a route that is not in it fails.

use std::collections::BTreeSet;

use backhaul_testkit::{Database, on_both_engines};
use backhaul_web::routes;
use serde_json::{Value, json};

use crate::asks::{NUMBER, order};
use crate::desk::everything;
use crate::server::{Client, Server};

on_both_engines! {
    every_route_is_open_to_those_in_the_table_and_to_nobody_else
}

/// Representative, dock, finance, owner: in the order of the columns below.
const ROLES: [&str; 4] = ["representative", "dock", "finance", "owner"];

/// Each route, and who may ask: `x` in the column of the role.
const TABLE: &[(&str, &str, &str)] = &[
    //                                                     rdfo
    ("POST", "/decisions", "xxxx"),
    ("GET", "/policies", "xxxx"),
    ("GET", "/orders", "xxxx"),
    ("PUT", "/orders/{number}", "x--x"),
    ("GET", "/orders/{number}", "xxxx"),
    ("GET", "/orders/{number}/events", "xxxx"),
    ("GET", "/orders/{number}/texts/{text}", "xxxx"),
    ("GET", "/orders/{number}/audit", "---x"),
    ("GET", "/audit", "---x"),
    ("GET", "/orders/{number}/buyer", "x--x"),
    ("PUT", "/orders/{number}/buyer", "x--x"),
    ("DELETE", "/orders/{number}/buyer", "---x"),
    ("GET", "/orders/{number}/bank_account", "x-xx"),
    ("PUT", "/orders/{number}/bank_account", "x-xx"),
    ("POST", "/orders/{number}/look_up", "--xx"),
    ("GET", "/search", "xxxx"),
    ("GET", "/serials/{serial}", "xxxx"),
    ("POST", "/orders/{number}/cases", "x--x"),
    ("GET", "/cases", "xxxx"),
    ("GET", "/case_counts", "xxxx"),
    ("GET", "/cases/{case}", "xxxx"),
    ("GET", "/cases/{case}/messages", "xxxx"),
    ("GET", "/cases/{case}/drafts/{template}", "x--x"),
    ("GET", "/queue", "xxxx"),
    ("GET", "/queue_counts", "xxxx"),
    ("GET", "/serials/{serial}/cases", "xxxx"),
    ("GET", "/orders/{number}/buyer/cases", "x--x"),
    ("GET", "/answer_templates", "xxxx"),
    ("PUT", "/answer_templates/{template}/{language}", "x--x"),
    ("DELETE", "/answer_templates/{template}/{language}", "x--x"),
    ("POST", "/orders/{number}/open_case", "x--x"),
    ("POST", "/orders/{number}/add_evidence", "x--x"),
    ("POST", "/orders/{number}/waive_evidence", "x--x"),
    ("POST", "/orders/{number}/confirm_fact", "x--x"),
    ("POST", "/orders/{number}/amend_claim", "x--x"),
    ("POST", "/orders/{number}/overrule", "x--x"),
    ("POST", "/orders/{number}/authorise", "x--x"),
    ("POST", "/orders/{number}/decline", "x--x"),
    ("POST", "/orders/{number}/cancel_claims", "x--x"),
    ("POST", "/orders/{number}/close_case", "x--x"),
    ("POST", "/orders/{number}/reopen_case", "x--x"),
    ("POST", "/orders/{number}/tell_deduction", "x--x"),
    ("POST", "/orders/{number}/write_message", "x--x"),
    ("POST", "/orders/{number}/assign_case", "x--x"),
    ("POST", "/orders/{number}/contest_finding", "x--x"),
    ("POST", "/orders/{number}/answer_contest", "x--x"),
    ("POST", "/orders/{number}/merge_cases", "x--x"),
    ("POST", "/orders/{number}/split_case", "x--x"),
    ("POST", "/orders/{number}/announce_parcel", "x--x"),
    ("POST", "/orders/{number}/receive_parcel", "-x-x"),
    ("POST", "/orders/{number}/match_arrival", "-x-x"),
    ("POST", "/orders/{number}/send_back_arrival", "-x-x"),
    ("POST", "/orders/{number}/inspect_unit", "-x-x"),
    ("POST", "/orders/{number}/dispose_unit", "-x-x"),
    ("POST", "/orders/{number}/send_back_unit", "-x-x"),
    ("POST", "/orders/{number}/allocate_replacement", "x--x"),
    ("POST", "/orders/{number}/ship_replacement", "-x-x"),
    ("POST", "/orders/{number}/deliver_replacement", "xx-x"),
    ("POST", "/orders/{number}/cancel_replacement", "x--x"),
    ("POST", "/orders/{number}/approve_refund", "--xx"),
    ("POST", "/orders/{number}/cancel_refund", "--xx"),
    ("POST", "/orders/{number}/reissue_refund", "--xx"),
    ("POST", "/orders/{number}/write_off_rest", "--xx"),
    ("POST", "/orders/{number}/resolve_instruction", "--xx"),
    ("POST", "/orders/{number}/withdraw_instruction", "--xx"),
    ("POST", "/orders/{number}/record_chargeback", "--xx"),
    ("POST", "/orders/{number}/close_chargeback", "--xx"),
    ("POST", "/orders/{number}/record_freight", "xxxx"),
    ("POST", "/orders/{number}/refund_freight", "--xx"),
    ("POST", "/orders/{number}/settle_freight", "--xx"),
    ("GET", "/refunds", "--xx"),
    ("GET", "/refund_sums", "--xx"),
    ("GET", "/refunds_paused", "--xx"),
    ("POST", "/resume_refunds", "--xx"),
    ("POST", "/reconcile", "--xx"),
    ("GET", "/reconcile", "--xx"),
    ("GET", "/bank_transfers", "--xx"),
    ("POST", "/bank_transfers/settle", "--xx"),
    ("POST", "/bank_batches", "--xx"),
    ("GET", "/bank_batches", "--xx"),
    ("GET", "/bank_batches/{batch}", "--xx"),
    ("GET", "/bank_batches/{batch}/file", "--xx"),
    ("GET", "/webhooks", "---x"),
    ("POST", "/webhooks", "---x"),
    ("DELETE", "/webhooks/{endpoint}", "---x"),
    ("POST", "/webhooks/{endpoint}/switch_on", "---x"),
    ("POST", "/webhooks/{endpoint}/switch_off", "---x"),
    ("POST", "/webhooks/{endpoint}/rotate_secret", "---x"),
    ("GET", "/webhook_deliveries", "---x"),
    ("POST", "/webhook_deliveries/{delivery}/resend", "---x"),
    ("GET", "/backup", "---x"),
    ("GET", "/export", "---x"),
    ("GET", "/me", "xxxx"),
    ("GET", "/keys", "---x"),
    ("POST", "/keys", "---x"),
    ("DELETE", "/keys/{key}", "---x"),
    ("GET", "/staff", "---x"),
    ("PUT", "/staff/{name}", "---x"),
    ("DELETE", "/staff/{name}", "---x"),
    ("POST", "/policies", "---x"),
    ("GET", "/policies/{policy}/{version}", "xxxx"),
    ("POST", "/policies/{policy}/{version}/withdraw", "---x"),
    ("POST", "/policy_check", "---x"),
    ("POST", "/policy_compare", "---x"),
    ("GET", "/reports/{report}", "x-xx"),
    ("GET", "/reports/{report}/csv", "x-xx"),
];

/// What each command is about: well formed, and about nothing that is there, so that nobody changes anything.
fn body(path: &str) -> Value {
    let unit = json!({"line": "L9", "number": 9});
    let case = |mut more: Value| {
        more["case"] = "NONE".into();
        json!({"command": more})
    };
    let of_unit = || case(json!({"unit": unit}));
    let text = "T";
    match path.rsplit('/').next().unwrap_or("") {
        "cases" => json!({"claims": []}),
        "open_case" => case(json!({"reported_at": "2026-03-05T09:00:00Z", "claims": []})),
        "add_evidence" => case(json!({"units": [unit], "evidence": {"slot": "s", "file": "f"}})),
        "waive_evidence" => case(json!({"units": [unit], "slot": "s", "reason": text})),
        "confirm_fact" => case(json!({"fact": {"kind": "voucher", "voucher": "forged"}})),
        "amend_claim" => case(json!({"unit": unit, "amendment": {}})),
        "overrule" => case(json!({"unit": unit, "accept": true, "clause": "c", "reason": text})),
        "authorise" => {
            case(json!({"units": [unit], "instructions": text, "expires_on": "2026-04-30"}))
        }
        "decline" => case(json!({"units": [unit], "clause": "c", "text": text})),
        "cancel_claims" => case(json!({"units": [unit]})),
        "close_case" => case(json!({})),
        "reopen_case" => case(json!({"reason": text})),
        "tell_deduction" => {
            case(json!({"unit": unit, "clause": "c", "amount": crate::asks::eur(1), "text": text}))
        }
        "write_message" => case(json!({"from": "staff", "text": text})),
        "assign_case" => case(json!({"to": "nobody"})),
        "contest_finding" => case(json!({"unit": unit, "text": text})),
        "answer_contest" => case(json!({"unit": unit, "upheld": true, "text": text})),
        "merge_cases" => case(json!({"into": "NONE"})),
        "split_case" => case(json!({"units": [unit], "new_case": "NONE-2"})),
        "{language}" => json!({"title": "t", "words": "w"}),
        "announce_parcel" => case(json!({"parcel": "P", "units": [unit]})),
        "receive_parcel" => json!({"command": {"parcel": "P", "items": []}}),
        "match_arrival" => case(json!({"unit": unit, "arrival": {"parcel": "P", "number": 1}})),
        "send_back_arrival" => json!({"command": {"arrival": {"parcel": "P", "number": 1}}}),
        "dispose_unit" => case(json!({"unit": unit, "disposal": "scrap"})),
        "cancel_replacement" => case(json!({"unit": unit, "reason": text})),
        "approve_refund" => case(json!({"refund": "R", "units": []})),
        "cancel_refund" | "write_off_rest" => json!({"command": {"refund": "R", "reason": text}}),
        "reissue_refund" => json!({"command": {"refund": "R", "path": "original"}}),
        "resolve_instruction" => {
            json!({"command": {"instruction": {"refund": "R", "number": 1}, "settled": true, "reference": "x"}})
        }
        "withdraw_instruction" => json!({"command": {"instruction": {"refund": "R", "number": 1}}}),
        "record_chargeback" => json!({"command": {"payment": "P9", "reference": "x"}}),
        "close_chargeback" => json!({"command": {"payment": "P9", "won": true}}),
        "record_freight" => {
            let freight =
                json!({"freight": "F", "leg": "return", "units": [unit], "paid_by": "buyer"});
            let mut command = case(freight);
            command["command"]["amount"] = crate::asks::eur(1);
            command
        }
        "refund_freight" => json!({"command": {"refund": "R", "freight": "F"}}),
        "settle_freight" => {
            let settlement = json!({"how": "waived", "reason": text});
            json!({"command": {"freight": "F", "amount": crate::asks::eur(1), "settlement": settlement}})
        }
        "buyer" => json!({"email": "one@shop.example"}),
        "bank_account" => json!({"holder": "One", "iban": "DE02120300000000202051"}),
        "look_up" => json!({"refund": "R", "piece": 1}),
        "settle" => {
            let word = json!({"end_to_end_id": "NONE", "outcome": "paid", "reference": "x", "date": "2026-03-06"});
            json!({"transfers": [word]})
        }
        "bank_batches" => json!({"due_up_to": "2026-03-06"}),
        "webhooks" => json!({"url": "https://127.0.0.1/"}),
        // Each of these needs no more than the unit.
        _ if path.contains("{number}/") => of_unit(),
        // An order of another number, a key and a person without roles: refused by everybody who may ask.
        _ => json!({"number": "SO-OTHER", "name": "n", "roles": []}),
    }
}

fn ask(client: &Client, method: &str, path: &str) -> (u16, String) {
    let body = (method == "POST" || method == "PUT").then(|| body(path));
    // What would be kept beside an order's ledger, if the order were there.
    let is_beside = ["/buyer", "/bank_account"].iter().any(|end| path.ends_with(end));
    let mut asked = path
        .replace("{number}", if is_beside { "NONE" } else { NUMBER })
        .replace("{key}", "0000000000000000")
        .replace("{name}", "nobody");
    while let Some((before, (_, after))) =
        asked.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        asked = format!("{before}NONE{after}");
    }
    if path == "/search" {
        asked.push_str("?q=NONE");
    }
    let path = asked;
    let answer = client.ask(method, &path, &[("Idempotency-Key", "k")], body.as_ref());
    (answer.status, answer.code().to_owned())
}

fn every_route_is_open_to_those_in_the_table_and_to_nobody_else(database: &Database) {
    let known: BTreeSet<_> =
        TABLE.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let there: BTreeSet<_> =
        routes().iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(known, there, "the table has a row for each route, and no other");

    let server = Server::over(database);
    let owner = server.client("owner");
    assert_eq!(owner.put(&format!("/orders/{NUMBER}"), &order()).status, 201);
    let made = owner.ask("POST", "/keys", &[], Some(&json!({"name": "gone", "roles": ["owner"]})));
    assert_eq!(made.status, 201, "{made:?}");
    let gone = server.bearing(made.body["token"].as_str().map(str::to_owned));
    assert_eq!(gone.get("/me").status, 200, "it was good once");
    let ended =
        owner.ask("DELETE", &format!("/keys/{}", made.body["key"].as_str().unwrap()), &[], None);
    assert_eq!(ended.status, 204);
    let token = owner.token.clone().unwrap();
    let (rest, last) = token.split_at(token.len() - 1);
    let wrong = format!("{rest}{}", if last == "0" { "1" } else { "0" });
    let strangers = [
        None,
        Some(String::new()),
        Some("bh_".to_owned()),
        Some(token[..40].to_owned()),
        Some(wrong),
    ];
    let mut strangers: Vec<_> = strangers.map(|token| server.bearing(token)).into();
    strangers.push(gone);
    let clients = ROLES.map(|role| server.client(role));

    let before = everything(&server.app);
    let mut asked = 0;
    for (method, path, roles) in TABLE {
        for stranger in &strangers {
            let answer = ask(stranger, method, path);
            assert_eq!(
                answer,
                (401, "not_authenticated".to_owned()),
                "{method} {path} as {:?}",
                stranger.token
            );
            asked += 1;
        }
        for ((role, client), may) in ROLES.iter().zip(&clients).zip(roles.chars()) {
            let (status, code) = ask(client, method, path);
            let what = format!("{method} {path} as {role}: {status} {code}");
            if may == 'x' {
                assert!(![401, 403].contains(&status) && status < 500, "{what}");
                // It came as far as what it is about.
                assert!(
                    !code.starts_with("malformed")
                        || path.ends_with("/keys")
                        || path.contains("/staff/")
                        || path.ends_with("/decisions")
                        || path.starts_with("/polic")
                        || *path == "/orders/{number}",
                    "{what}"
                );
            } else {
                assert_eq!((status, code.as_str()), (403, "forbidden"), "{what}");
            }
            asked += 1;
        }
    }
    assert_eq!(asked, TABLE.len() * (strangers.len() + ROLES.len()));
    assert_eq!(everything(&server.app), before, "nothing was changed");
}
