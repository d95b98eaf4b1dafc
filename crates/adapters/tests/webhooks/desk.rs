//! A desk with orders to which much happens.

use std::sync::{Arc, Mutex};

use backhaul_app::{App, Clock, Role, Who};
use backhaul_core::ledger::command::{ClaimRequest, OpenCase, RecordFreight};
use backhaul_core::ledger::{Actor, Command, Leg, OrderDraft, UnitId};
use backhaul_core::policy::Catalogue;
use backhaul_core::words::{Cause, Condition, Payer, Remedy};
use backhaul_store::{Error, OrderId, ledger};
use backhaul_testkit::Database;
use jiff::Timestamp;
use serde_json::json;

pub(crate) const ORDERS: u32 = 50;
pub(crate) const EVENTS_PER_ORDER: u32 = 40;

/// A clock that stands still until it is moved.
pub(crate) struct Hand(Mutex<Timestamp>);

impl Hand {
    pub(crate) fn new() -> Self {
        Self(Mutex::new("2026-03-06T09:00:00Z".parse().unwrap()))
    }

    pub(crate) fn shown(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    pub(crate) fn move_to(&self, moment: Timestamp) {
        *self.0.lock().unwrap() = moment;
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        self.shown()
    }
}

pub(crate) fn open_app(database: &Database, clock: &Arc<Hand>) -> App {
    App::new(database.open(), Catalogue::built_in().unwrap(), Arc::<Hand>::clone(clock))
}

fn id<T: TryFrom<String>>(text: &str) -> T {
    T::try_from(text.to_owned()).ok().unwrap()
}

pub(crate) fn with_orders(app: &App) {
    let eur = |minor: i64| json!({"minor": minor, "currency": "EUR"});
    for number in 1..=ORDERS {
        let draft = json!({
            "number": format!("SO-{number}"), "version": 1, "placed_at": "2026-02-20T09:00:00Z",
            "signed_at": "2026-03-04T14:20:00Z", "time_zone": "Europe/Berlin", "country": "DE",
            "voucher": "on_file", "currency": "EUR",
            "lines": [{
                "id": "L1", "sku": "QSFP28-100G-SR4", "category": "transceiver", "quantity": 2,
                "share": {"price": eur(20_000), "discount": eur(0), "tax": eur(0)},
            }],
            "shipping": eur(0),
            "payments": [{"id": "P1", "captured": eur(20_000), "captured_at": "2026-02-20T09:00:01Z"}],
        });
        let draft: OrderDraft = serde_json::from_value(draft).unwrap();
        app.import_order(draft).unwrap();
    }
}

/// Lets things happen until each order has so many events.
pub(crate) fn grow(app: &App, events: u32) {
    for number in 1..=ORDERS {
        let order = format!("SO-{number}");
        loop {
            let version = version(app, &order);
            if version >= i64::from(events) {
                assert_eq!(version, i64::from(events));
                break;
            }
            let command = if version == 0 { open(number) } else { freight(number, version) };
            let who = Who { roles: Role::Owner.into(), actor: Actor::System };
            app.carry_out(&who, &order, &command).unwrap();
        }
    }
}

fn version(app: &App, order: &str) -> i64 {
    let order = OrderId::new(order).unwrap();
    let history = app.store().read(move |tx| ledger::load(tx, &order));
    history.wait().unwrap().unwrap().head.version()
}

fn open(number: u32) -> Command {
    let claim = ClaimRequest {
        units: vec![UnitId::whole(id("L1"), 1)],
        cause: Cause::Quality,
        remedy: Remedy::Refund,
        condition: Condition::Used,
        platform: None,
        evidence: Vec::new(),
        facts: std::collections::BTreeMap::new(),
    };
    OpenCase {
        case: id(&format!("RMA-{number}")),
        reported_at: "2026-03-05T09:00:00Z".parse().unwrap(),
        text: None,
        claims: vec![claim],
    }
    .into()
}

fn freight(number: u32, version: i64) -> Command {
    RecordFreight {
        freight: id(&format!("F{version}")),
        case: id(&format!("RMA-{number}")),
        leg: Leg::Return,
        units: vec![UnitId::whole(id("L1"), 1)],
        paid_by: Payer::Buyer,
        amount: serde_json::from_value(json!({"minor": 5, "currency": "EUR"})).unwrap(),
    }
    .into()
}

/// When the next job is due, where there is one.
pub(crate) fn next_due(app: &App) -> Option<Timestamp> {
    let found = app.store().read(|tx| -> Result<Option<Timestamp>, Error> {
        tx.first("select due_at_us from job order by due_at_us limit 1", &[], |row| row.moment(0))
    });
    found.wait().unwrap()
}
