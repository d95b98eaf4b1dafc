//! A server over a SQLite file of its own with orders and cases in every state, for checks from outside: `serve [FOLDER]`.
//!
//! It prints its address and the key of an owner, and ends with its input.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for checks")]

use std::io::Read;
use std::sync::Arc;

use backhaul_app::webhooks::Reach;
use backhaul_app::{App, Clock, Providers, Roles, Who};
use backhaul_core::ledger::{Actor, Command, OrderDraft, StaffId};
use backhaul_core::policy::Catalogue;
use backhaul_store::{DatabaseUrl, Store};
use backhaul_web::{Service, router};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The day of all that happens here.
struct OneDay;

impl Clock for OneDay {
    fn now(&self) -> Timestamp {
        "2026-03-20T09:00:00Z".parse().unwrap()
    }
}

fn order(number: &str) -> OrderDraft {
    let eur = |minor: i64| json!({"minor": minor, "currency": "EUR"});
    let share = json!({"price": eur(30_000), "discount": eur(1_000), "tax": eur(5_700)});
    let draft = json!({
        "number": number, "placed_at": "2026-02-20T09:00:00Z", "signed_at": "2026-03-04T14:20:00Z",
        "time_zone": "Europe/Berlin", "country": "DE", "voucher": "on_file", "currency": "EUR",
        "lines": [{"id": "L1", "sku": "QSFP28", "category": "transceiver", "quantity": 3, "share": share,
                   "serials": ["S1", "S2", "S3"]}],
        "shipping": eur(1_500), "payments": [{"id": "P1", "captured": eur(36_200), "captured_at": "2026-02-20T09:00:01Z"}],
    });
    serde_json::from_value(draft).unwrap()
}

/// What happened to the first order: a case that waits, one that is paid back, and one that is declined.
fn story() -> Vec<(&'static str, Value)> {
    let unit = |number: u32| json!({"line": "L1", "number": number});
    let open = |case: &str, number: u32| {
        json!({"case": case, "reported_at": "2026-03-05T09:00:00Z", "claims": [
            {"units": [unit(number)], "cause": "quality", "remedy": "refund", "condition": "used"},
        ]})
    };
    let units = |number: u32| json!([unit(number)]);
    vec![
        ("open_case", open("A", 1)),
        ("open_case", open("B", 2)),
        (
            "authorise",
            json!({"case": "B", "units": units(2), "instructions": "T1", "expires_on": "2026-04-30"}),
        ),
        (
            "receive_parcel",
            json!({"parcel": "P", "case": "B", "items": [{"kind": "serial", "serial": "S2"}]}),
        ),
        ("inspect_unit", json!({"case": "B", "unit": unit(2), "fault_found": true})),
        (
            "approve_refund",
            json!({"refund": "R", "case": "B", "units": [{"unit": unit(2)}], "early": "T2"}),
        ),
        ("open_case", open("C", 3)),
        ("decline", json!({"case": "C", "units": units(3), "clause": "exclude.law", "text": "T3"})),
    ]
}

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let file = std::path::Path::new(&folder).join("desk.db");
    let store = Store::open(&DatabaseUrl::Sqlite(file)).unwrap();
    let app = App::new(store, Catalogue::built_in().unwrap(), Arc::new(OneDay));
    for number in ["SO-1", "SO-2"] {
        app.import_order(order(number)).unwrap();
    }
    let roles = Roles::parse("owner").unwrap();
    let actor = Actor::Staff { id: StaffId::new("seed").unwrap(), finance: true };
    let who = Who { roles: roles.clone(), actor };
    for (name, command) in story() {
        let command = Command::read(name, command).unwrap().unwrap();
        app.carry_out(&who, "SO-1", &command).unwrap();
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let key = runtime.block_on(app.add_key("check", &roles)).unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    println!("{} {}", listener.local_addr().unwrap(), key.token);
    let routes = router(Service {
        app,
        providers: Arc::new(Providers::new()),
        reach: Reach::Public,
        setup: Arc::default(),
    });
    runtime.spawn(async move { axum::serve(listener, routes).await });
    // Nobody holds the other end of the input any more: whichever way the check ended, no server stays behind.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}
