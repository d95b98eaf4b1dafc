//! Fills a database with orders of which each has an open case: `cargo bench -p backhaul-app --bench many_cases -- URL COUNT`.
//!
//! What is measured afterwards is measured elsewhere; this only says how fast the cases were opened.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use backhaul_app::{App, Clock, Role, Who};
use backhaul_core::ledger::{Actor, Command, OrderDraft, StaffId};
use backhaul_core::policy::Catalogue;
use backhaul_store::Store;
use jiff::{SignedDuration, Timestamp};

/// How many ask at once, so that a commit has company.
const CALLERS: usize = 64;

struct Now(Timestamp);

impl Clock for Now {
    fn now(&self) -> Timestamp {
        self.0
    }
}

#[expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a tool reads the clock, and whatever goes wrong ends it"
)]
fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let [url, count] = words.as_slice() else {
        println!("skipped: say which database, and how many cases");
        return;
    };
    let count: u64 = count.parse().expect("a count");
    let store = Store::open(&url.parse().expect("a database")).expect("the database opens");
    let now = Timestamp::now();
    let catalogue = Catalogue::built_in().expect("the built-in policy");
    let app = App::new(store, catalogue, Arc::new(Now(now)));
    let (start, next) = (Instant::now(), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    open(&app, number, now);
                }
            });
        }
    });
    let seconds = start.elapsed().as_secs().max(1);
    println!("{count} cases in {seconds} s");
}

#[expect(clippy::expect_used, reason = "whatever goes wrong ends it")]
fn open(app: &App, number: u64, now: Timestamp) {
    let ago = |days: i64| {
        let time = SignedDuration::from_hours(days.saturating_mul(24));
        now.checked_sub(time).expect("a moment")
    };
    let eur = |minor: i64| serde_json::json!({"minor": minor, "currency": "EUR"});
    let draft: OrderDraft = serde_json::from_value(serde_json::json!({
        "number": format!("M-{number}"), "placed_at": ago(10), "signed_at": ago(2),
        "time_zone": "Europe/Berlin", "country": "DE", "voucher": "on_file", "currency": "EUR",
        "lines": [{
            "id": "L1", "sku": "QSFP28-100G-SR4", "category": "transceiver", "quantity": 1,
            "serials": [format!("SM{number}")],
            "share": {"price": eur(10_000), "discount": eur(0), "tax": eur(0)},
        }],
        "shipping": eur(0),
        "payments": [{"id": format!("pi_m{number}"), "captured": eur(10_000), "captured_at": ago(10)}],
    }))
    .expect("an order");
    app.import_order(draft).expect("the order is taken in");
    let command: Command = serde_json::from_value(serde_json::json!({
        "type": "open_case", "case": format!("M-{number}-R1"), "reported_at": now,
        "claims": [{"units": [{"line": "L1", "number": 1}], "cause": "quality", "remedy": "refund", "condition": "used"}],
    }))
    .expect("a command");
    let id = StaffId::new("bench").expect("a name");
    let who = Who { roles: Role::Owner.into(), actor: Actor::Staff { id, finance: true } };
    app.carry_out(&who, &format!("M-{number}"), &command).expect("the case is opened");
}
