//! What finance looks at and starts over HTTP, with a provider whose book the tests write.

use std::sync::{Arc, Mutex};

use backhaul_app::{
    ByReference, Capabilities, KnownRefund, LookUp, Providers, RefundProvider, RefundRequest,
    SubmitAnswer,
};
use backhaul_core::ledger::{PaymentId, ProviderName, Reference};
use backhaul_testkit::{Database, on_both_engines};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::server::{Answer, Client, Server, order};

/// Takes every refund and answers nothing; what became of it is in its book.
struct Silent {
    said: Mutex<LookUp>,
}

impl RefundProvider for Silent {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            lookup: ByReference::Authoritative,
            timeout: SignedDuration::from_secs(5),
            ..Capabilities::WORST
        }
    }

    fn submit(&self, _: &RefundRequest) -> SubmitAnswer {
        SubmitAnswer::Unclear
    }

    fn look_up(&self, request: &RefundRequest) -> LookUp {
        assert_eq!(request.reference, "SO-1001/R-1/1");
        self.said.lock().unwrap().clone()
    }

    fn refunds_of(&self, _: &PaymentId) -> Option<Vec<KnownRefund>> {
        let is_paid = matches!(*self.said.lock().unwrap(), LookUp::Found(_));
        let reference = Some("SO-1001/R-1/1".to_owned());
        Some(if is_paid { vec![KnownRefund { reference, amount_minor: 10_000 }] } else { vec![] })
    }
}

impl Silent {
    fn says(&self, said: LookUp) {
        *self.said.lock().unwrap() = said;
    }

    fn has_paid(&self) {
        let reference = Reference::new("re_1").unwrap();
        self.says(LookUp::Found(SubmitAnswer::Settled { reference }));
    }
}

fn desk(database: &Database) -> (Server, Arc<Silent>, Arc<Providers>) {
    let silent = Arc::new(Silent { said: Mutex::new(LookUp::NotThere) });
    let name = ProviderName::new("silent").unwrap();
    let providers =
        Providers::new().with(name.clone(), Arc::<Silent>::clone(&silent)).with_default(name);
    let providers = Arc::new(providers);
    let server = Server::with(database, |service| service.providers = providers.clone());
    (server, silent, providers)
}

/// A refund is approved, of which the provider is asked as soon as a worker runs.
fn refund(owner: &Client) {
    let unit = json!({"line": "L1", "number": 1});
    assert_eq!(owner.put("/orders/SO-1001", &order()).status, 201);
    let claim =
        json!({"units": [unit], "cause": "quality", "remedy": "refund", "condition": "used"});
    let opened = owner.post("k", "/orders/SO-1001/cases", &json!({"claims": [claim]}));
    let case = &opened.body["case"];
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
}

fn look_up(client: &Client, refund: &str) -> Answer {
    let wanted = json!({"refund": refund, "piece": 1});
    client.ask("POST", "/orders/SO-1001/look_up", &[], Some(&wanted))
}

/// The reconciliation that is over, once it is.
fn reconciled(client: &Client) -> Value {
    let begun = client.ask("POST", "/reconcile", &[], None);
    assert_eq!(begun.status, 202, "{begun:?}");
    loop {
        let seen = client.get("/reconcile");
        if seen.body["state"] != "running" {
            return seen.body;
        }
    }
}

fn a_look_up_shows_the_evidence_and_lets_the_job_record_it(database: &Database) {
    let (server, silent, providers) = desk(database);
    let (owner, finance) = (server.client("owner"), server.client("finance"));
    refund(&owner);
    assert!(server.app.work_refunds(&providers, "worker").unwrap());
    let unknown = look_up(&finance, "R-1");
    assert_eq!(unknown.status, 200, "{unknown:?}");
    assert_eq!(
        (&unknown.body["said"], &unknown.body["state"]),
        (&json!("not_there"), &json!("unclear"))
    );
    assert_eq!(unknown.body["is_due"], false);
    let kinds: Vec<_> = unknown.body["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["event"]["type"])
        .collect();
    assert_eq!(kinds, ["refund_approved", "instruction_submitted", "instruction_unclear"]);
    // Whatever a person asks, nothing is sent again before its time.
    assert!(!server.app.work_refunds(&providers, "worker").unwrap());

    silent.has_paid();
    let paid = look_up(&finance, "R-1");
    assert_eq!(
        (&paid.body["said"], &paid.body["provider_reference"]),
        (&json!("settled"), &json!("re_1"))
    );
    assert_eq!((&paid.body["is_due"], &paid.body["is_paused"]), (&json!(true), &json!(false)));
    assert!(server.app.work_refunds(&providers, "worker").unwrap());
    let settled = look_up(&finance, "R-1");
    assert_eq!(
        (&settled.body["state"], &settled.body["is_due"]),
        (&json!("settled"), &json!(false))
    );

    assert_eq!(look_up(&finance, "R-2").code(), "piece_unknown");
    let elsewhere = json!({"refund": "R-1", "piece": 1});
    assert_eq!(
        finance.ask("POST", "/orders/SO-9/look_up", &[], Some(&elsewhere)).code(),
        "order_unknown"
    );
    assert_eq!(look_up(&server.client("representative dock"), "R-1").status, 403);
}

fn without_its_provider_nobody_is_asked(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    refund(&owner);
    let refused = look_up(&owner, "R-1");
    assert_eq!((refused.status, refused.code()), (409, "nobody_to_ask"), "{refused:?}");
    let done = reconciled(&owner);
    assert_eq!(done["findings_count"], 2, "{done:?}");
    assert_eq!(
        (&done["findings"][0]["kind"], &done["findings"][0]["why"]),
        (&json!("unresolved"), &json!("no_provider"))
    );
    assert_eq!(
        (&done["findings"][1]["kind"], &done["findings"][1]["payment"]),
        (&json!("payment_unread"), &json!("P1"))
    );
}

fn a_reconciliation_records_what_was_paid_and_lets_refunds_go_on(database: &Database) {
    let (server, silent, providers) = desk(database);
    let (owner, finance) = (server.client("owner"), server.client("finance"));
    assert_eq!(finance.get("/reconcile").body["state"], "none");
    refund(&owner);
    server.app.pause_refunds("restored from a copy").unwrap();
    let paused = finance.get("/refunds_paused");
    assert_eq!(paused.body, json!({"is_paused": true, "reason": "restored from a copy"}));
    assert!(!server.app.work_refunds(&providers, "worker").unwrap());

    silent.has_paid();
    let done = reconciled(&finance);
    assert_eq!(
        (&done["state"], &done["orders"], &done["recorded"]),
        (&json!("done"), &json!(1), &json!(1)),
        "{done:?}"
    );
    assert_eq!((&done["findings"], &done["is_paused"]), (&json!([]), &json!(false)));
    assert_eq!(finance.get("/refunds_paused").body, json!({"is_paused": false, "reason": null}));
    assert_eq!(owner.get("/refunds?state=settled").body["items"][0]["refund"], "R-1");
}

fn refunds_go_on_in_a_person_s_name(database: &Database) {
    let (server, ..) = desk(database);
    server.app.pause_refunds("restored from a copy").unwrap();
    for roles in ["representative", "dock"] {
        let client = server.client(roles);
        assert_eq!(client.ask("POST", "/resume_refunds", &[], None).status, 403);
        assert_eq!(client.ask("POST", "/reconcile", &[], None).status, 403);
        assert_eq!(client.get("/refunds_paused").status, 403);
    }
    let finance = server.client("finance");
    for was_paused in [true, false] {
        let resumed = finance.ask("POST", "/resume_refunds", &[], None);
        assert_eq!((resumed.status, &resumed.body), (200, &json!({"was_paused": was_paused})));
    }
}

on_both_engines! {
    a_look_up_shows_the_evidence_and_lets_the_job_record_it
    without_its_provider_nobody_is_asked
    a_reconciliation_records_what_was_paid_and_lets_refunds_go_on
    refunds_go_on_in_a_person_s_name
}
