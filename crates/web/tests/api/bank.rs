//! A refund by bank transfer, as machines of a representative and of finance ask for it.

use backhaul_app::{BankSettings, Debtor};
use backhaul_core::ledger::ProviderName;
use backhaul_testkit::{Database, on_both_engines};
use backhaul_web::Service;
use serde_json::json;

use crate::server::{Server, order};

fn at_bank(service: &mut Service) {
    let wire = ProviderName::new("wire").unwrap();
    let debtor = Debtor::new("Optik GmbH", "AT611904300234573201", None).unwrap();
    let (providers, debtor) = ([wire].into(), Some(debtor));
    let settings = BankSettings { providers, debtor, ..BankSettings::default() };
    service.app = service.app.clone().with_bank(settings);
}

fn a_refund_is_paid_by_bank(database: &Database) {
    let server = Server::with(database, at_bank);
    let (owner, representative, finance) =
        (server.client("owner"), server.client("representative"), server.client("finance"));
    let mut order = order();
    order["payments"][0]["provider"] = json!("wire");
    assert_eq!(owner.put("/orders/SO-1001", &order).status, 201);
    let unit = json!({"line": "L1", "number": 1});
    let claim =
        json!({"units": [unit], "cause": "quality", "remedy": "refund", "condition": "used"});
    let opened = owner.post("k", "/orders/SO-1001/cases", &json!({"claims": [claim]}));
    let case = opened.body["case"].as_str().unwrap();
    for (name, command) in [
        (
            "authorise",
            json!({"case": case, "units": [unit], "instructions": "T1", "expires_on": "2026-04-30"}),
        ),
        (
            "receive_parcel",
            json!({"parcel": "P-1", "case": case, "items": [{"kind": "serial", "serial": "S1"}]}),
        ),
        (
            "inspect_unit",
            json!({"case": case, "unit": unit, "condition": "used", "fault_found": true}),
        ),
        (
            "approve_refund",
            json!({"refund": "R-1", "case": case, "units": [{"unit": unit}], "early": "T2"}),
        ),
    ] {
        let done = owner.command(name, "SO-1001", name, &command);
        assert_eq!(done.status, 200, "{name}: {done:?}");
    }
    let listed = finance.get("/bank_transfers");
    let row = &listed.body["items"][0];
    assert_eq!(row["order"], "SO-1001", "{listed:?}");
    assert_eq!(
        (&row["is_account_missing"], &row["amount"]["minor"]),
        (&json!(true), &json!(10_000))
    );
    assert_eq!(representative.get("/bank_transfers").status, 403);

    let asked = json!({"due_up_to": "2026-12-31", "format": "pain.001"});
    let missing = finance.post("b0", "/bank_batches", &asked);
    assert_eq!((missing.status, missing.code()), (409, "bank_batch_empty"), "{missing:?}");
    assert!(missing.body["detail"].as_str().unwrap().contains("SO-1001/R-1/1"), "{missing:?}");
    let wrong = json!({"holder": "Zoë", "iban": "DE88370400440532013000"});
    let wrong = representative.put("/orders/SO-1001/bank_account", &wrong);
    assert_eq!((wrong.status, wrong.code()), (422, "bank_account_malformed"));
    assert_eq!(representative.get("/orders/SO-1001/bank_account").code(), "bank_account_unknown");
    let right = json!({"holder": "Zoë", "iban": "DE89 3704 0044 0532 0130 00"});
    assert_eq!(representative.put("/orders/SO-1001/bank_account", &right).status, 200);
    let seen = representative.get("/orders/SO-1001/bank_account");
    assert_eq!(seen.body["iban"], "••••••••••••••••••3000");

    let made = finance.post("b1", "/bank_batches", &asked);
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(finance.post("b1", "/bank_batches", &asked).body, made.body);
    let batch = made.body["batch"]["batch"].as_str().unwrap();
    assert_eq!(finance.get("/bank_batches").body["items"][0]["batch"], batch);
    assert_eq!(finance.get(&format!("/bank_batches/{batch}")).body, made.body);
    let path = format!("/bank_batches/{batch}/file?format=pain.001");
    let file = String::from_utf8(finance.bytes(&path)).unwrap();
    assert!(file.contains("<Id>NOTPROVIDED</Id>") && file.contains("DE89370400440532013000"));
    server.clock.move_to("2026-03-18T09:00:00Z".parse().unwrap());
    assert_eq!(
        String::from_utf8(finance.bytes(&path)).unwrap(),
        file,
        "it is the same on another day"
    );
    let other = finance.get(&format!("/bank_batches/{batch}/file?format=csv"));
    assert_eq!((other.status, other.code()), (409, "bank_batch_format"));
    assert_eq!(representative.get(&path).status, 403);

    let id = made.body["transfers"][0]["end_to_end_id"].as_str().unwrap();
    let table = format!("end_to_end_id,reference,date\nSO-0,B-0,2026-03-18\n{id},B-1,2026-03-18\n");
    let told = finance.post("s", "/bank_transfers/settle", &json!({"csv": table}));
    let results: Vec<_> = told.body["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["result"].as_str().unwrap())
        .collect();
    assert_eq!(results, ["refused", "recorded"], "{told:?}");
    assert_eq!(told.body["lines"][0]["line"], 2);
    let word = json!({"transfers": [
        {"end_to_end_id": id, "outcome": "paid", "reference": "B-1", "date": "2026-03-18"}]});
    let told = finance.post("s", "/bank_transfers/settle", &word);
    assert_eq!(told.body["lines"][0]["result"], "unchanged", "{told:?}");
    assert_eq!(finance.get("/bank_transfers?state=paid").body["items"][0]["bank_reference"], "B-1");
    assert_eq!(owner.get(&format!("/cases/{case}")).body["state"], "resolved");
}

on_both_engines!(a_refund_is_paid_by_bank);
