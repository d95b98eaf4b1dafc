//! Fills a database with orders of which each has a case: `cargo bench -p backhaul-app --bench many_cases -- URL COUNT [whole]`.
//!
//! Some hundred orders live through the one door. The others are copies of them under names of their own, written by the store's
//! own functions: their chains hold, and their rows of the queue and of the refunds are those that the door wrote. The rows of the
//! dock, of the reports and of the serials are written too where `whole` asks for them, which takes longer. What is measured
//! afterwards is measured elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Instant;

use backhaul_app::{App, Clock, Role, Who};
use backhaul_core::ledger::{
    Actor, CaseId, Command, Event, Order, OrderDraft, PaymentId, StaffId, TextId,
};
use backhaul_core::policy::Catalogue;
use backhaul_store::buyers::{Buyer, Email};
use backhaul_store::case_index::{self, CaseRow};
use backhaul_store::refund_index::{self, RefundRow};
use backhaul_store::{
    Error, Head, OrderId, Store, Tx, audit, buyers, ledger, orders, payment_index, texts,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// How many write at once, so that a commit has company.
const CALLERS: usize = 16;
/// How many orders are copied in one transaction.
const TOGETHER: u64 = 50;
/// On how many days the lives begin.
const DAYS: i64 = 40;
/// One chain in so many is looked at in the end.
const VERIFIED: u64 = 1_000;

/// How far a case goes, and how many of twenty go so far.
const LIVES: [(&str, u64); 10] = [
    ("requested", 1),
    ("declined", 1),
    ("authorised", 1),
    ("in_transit", 1),
    ("received", 1),
    ("inspected", 1),
    ("cancelled", 1),
    ("expired", 1),
    ("resolved", 9),
    ("closed", 3),
];

/// A clock that is set: each life begins on a day of its own.
struct Set(AtomicI64);

impl Set {
    fn to(&self, moment: Timestamp) {
        self.0.store(moment.as_second(), Ordering::Relaxed);
    }
}

impl Clock for Set {
    #[expect(clippy::expect_used, reason = "it was a moment when it was set")]
    fn now(&self) -> Timestamp {
        // Each look is a second later than the one before.
        Timestamp::from_second(self.0.fetch_add(1, Ordering::Relaxed)).expect("a moment")
    }
}

/// All that is known of an order that lived.
struct Life {
    name: String,
    order: String,
    /// What happened, by the moment at which it was written.
    happened: Vec<(Timestamp, String)>,
    cases: Vec<CaseRow>,
    refunds: Vec<RefundRow>,
}

#[expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a tool reads the clock, and whatever goes wrong ends it"
)]
fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let (url, count, is_whole) = match words.as_slice() {
        [url, count] => (url, count, false),
        [url, count, word] if word == "whole" => (url, count, true),
        _ => {
            println!("skipped: say which database, and how many cases");
            return;
        }
    };
    let count: u64 = count.parse().expect("a count");
    let store = Store::open(&url.parse().expect("a database")).expect("the database opens");
    let now = Timestamp::now();
    let clock = Arc::new(Set(AtomicI64::new(now.as_second())));
    let catalogue = Catalogue::built_in().expect("the built-in policy");
    let app = App::new(store.clone(), catalogue, clock.clone());
    let start = Instant::now();
    let kinds = LIVES.iter().flat_map(|(kind, share)| (0..*share).map(move |_| *kind));
    let kinds: Vec<_> = kinds.collect();
    let lives = (0..DAYS).flat_map(|day| kinds.iter().map(move |kind| (day, *kind)));
    let lives = lives.enumerate().map(|(number, (day, kind))| {
        clock.to(days_after(now, day.saturating_add(5).saturating_neg()));
        live(&app, &format!("LIFE{number}X"), kind, clock.as_ref())
    });
    let lives: Vec<_> = lives.collect();
    in_turns(count, |from, to| copy(&store, &lives, from, to));
    if is_whole {
        in_turns(count, |from, to| {
            for number in from..to {
                app.rebuild(&format!("M-{number}")).expect("its rows are written");
            }
        });
    }
    verify(&store, count);
    println!("{count} cases in {} s", start.elapsed().as_secs());
}

/// Lets one order live, and tells of it.
#[expect(clippy::expect_used, reason = "whatever goes wrong ends it")]
fn live(app: &App, name: &str, kind: &str, clock: &Set) -> Life {
    let now = clock.now();
    app.import_order(draft(name, now)).expect("the order is taken in");
    // What has no photograph is declined at once.
    let reason = if kind == "declined" { "damaged" } else { "quality" };
    let claim =
        json!({"units": [unit()], "cause": reason, "remedy": "refund", "condition": "used"});
    let case = format!("{name}-R1");
    let open = json!({"type": "open_case", "case": case, "reported_at": now, "claims": [claim]});
    carry_out(app, &staff(), name, open);
    match kind {
        "requested" | "declined" => {}
        "cancelled" => {
            let cancel =
                json!({"type": "cancel_claims", "case": case, "units": [unit()], "reason": "T1"});
            carry_out(app, &staff(), name, cancel);
        }
        "expired" => {
            let until = days_after(now, 3).strftime("%F").to_string();
            carry_out(app, &staff(), name, authorise(&case, &until));
            clock.to(days_after(now, 5));
            carry_out(
                app,
                &system(Actor::System),
                name,
                json!({"type": "expire_case", "case": case}),
            );
        }
        _ => {
            for (state, who, command) in way_to_the_money(name, &case) {
                carry_out(app, &who, name, command);
                if state == kind {
                    break;
                }
            }
        }
    }
    let number = name.to_owned();
    let read = app.store().read(move |tx| Ok::<_, Error>(told(tx, &number)));
    let life = read.wait().expect("the database answers");
    assert_eq!(life.cases.first().map(|case| case.state.as_str()), Some(kind));
    life
}

/// The steps from the authorisation to the end, each with the state that it leads to.
fn way_to_the_money(name: &str, case: &str) -> [(&'static str, Who, Value); 8] {
    let instruction = json!({"refund": "RF1", "number": 1});
    let (key, serial) = ("0".repeat(64), format!("S{name}"));
    let items = json!([{"kind": "serial", "serial": serial}]);
    [
        ("authorised", staff(), authorise(case, "2099-12-31")),
        (
            "in_transit",
            staff(),
            json!({"type": "announce_parcel", "case": case, "parcel": "P1", "units": [unit()]}),
        ),
        (
            "received",
            staff(),
            json!({"type": "receive_parcel", "parcel": "P1", "case": case, "items": items}),
        ),
        (
            "inspected",
            staff(),
            json!({"type": "inspect_unit", "case": case, "unit": unit(), "condition": "used", "fault_found": true}),
        ),
        (
            "",
            staff(),
            json!({"type": "approve_refund", "refund": "RF1", "case": case, "units": [{"unit": unit()}], "early": "T1"}),
        ),
        (
            "",
            system(Actor::System),
            json!({"type": "submit_instruction", "instruction": instruction, "key": key, "request_hash": key}),
        ),
        (
            "resolved",
            system(Actor::Provider),
            json!({"type": "record_answer", "instruction": instruction, "answer": "settled", "reference": format!("re_{name}")}),
        ),
        ("closed", staff(), json!({"type": "close_case", "case": case})),
    ]
}

fn authorise(case: &str, until: &str) -> Value {
    json!({"type": "authorise", "case": case, "units": [unit()], "instructions": "T1", "expires_on": until})
}

fn unit() -> Value {
    json!({"line": "L1", "number": 1})
}

#[expect(clippy::expect_used, reason = "whatever goes wrong ends it")]
fn staff() -> Who {
    let id = StaffId::new("bench").expect("a name");
    Who { roles: Role::Owner.into(), actor: Actor::Staff { id, finance: true } }
}

fn system(actor: Actor) -> Who {
    Who { roles: Role::System.into(), actor }
}

#[expect(clippy::expect_used, reason = "whatever goes wrong ends it")]
fn days_after(moment: Timestamp, days: i64) -> Timestamp {
    let days = SignedDuration::from_hours(days.saturating_mul(24));
    moment.checked_add(days).expect("a moment")
}

#[expect(clippy::expect_used, reason = "whatever goes wrong ends it")]
fn carry_out(app: &App, who: &Who, name: &str, command: Value) {
    let command: Command = serde_json::from_value(command).expect("a command");
    app.carry_out(who, name, &command).expect("the command is carried out");
}

#[expect(clippy::expect_used, reason = "whatever goes wrong ends it")]
fn told(tx: &mut dyn Tx, name: &str) -> Life {
    let id = orders::find(tx, name).expect("it answers").expect("the order is there");
    let order = orders::get(tx, &id, None).expect("it answers").expect("the order is there");
    let history = ledger::load(tx, &id).expect("the chain holds").expect("the ledger is there");
    let happened = history.events.chunk_by(|one, next| one.at == next.at).filter_map(|together| {
        let events: Vec<_> = together.iter().map(|recorded| &recorded.event).collect();
        Some((together.first()?.at, serde_json::to_string(&events).expect("it is JSON")))
    });
    Life {
        name: name.to_owned(),
        order: serde_json::to_string(&order).expect("it is JSON"),
        happened: happened.collect(),
        cases: case_index::of_order(tx, &id).expect("it answers"),
        refunds: refund_index::of_order(tx, &id).expect("it answers"),
    }
}

/// Does something for numbers up to that one, many at a time.
fn in_turns(count: u64, work: impl Fn(u64, u64) + Sync) {
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                loop {
                    let first = next.fetch_add(TOGETHER, Ordering::Relaxed);
                    if first >= count {
                        return;
                    }
                    work(first, first.saturating_add(TOGETHER).min(count));
                }
            });
        }
    });
}

/// An order of its own, read again from what its pattern wrote.
struct Copy {
    id: OrderId,
    order: Order,
    happened: Vec<(Timestamp, Vec<Event>)>,
    cases: Vec<CaseRow>,
    refunds: Vec<RefundRow>,
}

#[expect(clippy::expect_used, reason = "whatever goes wrong ends it")]
fn copy(store: &Store, lives: &[Life], from: u64, to: u64) {
    let many = u64::try_from(lives.len()).expect("a few hundred");
    let life = |number: u64| lives.get(usize::try_from(number.checked_rem(many)?).ok()?);
    let copies =
        (from..to).filter_map(|number| Some(renamed(life(number)?, &format!("M-{number}"))));
    let copies: Vec<_> = copies.collect();
    let written = store.write(move |tx| {
        for copy in &copies {
            write(tx, copy);
        }
        Ok::<_, Error>(())
    });
    written.wait().expect("the copies are written");
}

#[expect(clippy::expect_used, reason = "whatever goes wrong ends it")]
fn renamed(life: &Life, name: &str) -> Copy {
    let as_here = |text: &str| text.replace(&life.name, name);
    let id = OrderId::new(name).expect("an id");
    let case = |id: &str| CaseId::new(&as_here(id)).expect("a case's name");
    let happened = life
        .happened
        .iter()
        .map(|(at, events)| (*at, serde_json::from_str(&as_here(events)).expect("events")));
    Copy {
        order: serde_json::from_str(&as_here(&life.order)).expect("an order"),
        happened: happened.collect(),
        cases: life
            .cases
            .iter()
            .map(|row| CaseRow { case: case(row.case.as_str()), order: id.clone(), ..row.clone() })
            .collect(),
        refunds: life
            .refunds
            .iter()
            .map(|row| RefundRow {
                order: id.clone(),
                case: case(row.case.as_str()),
                payment: PaymentId::new(&as_here(row.payment.as_str())).expect("a payment's name"),
                ..row.clone()
            })
            .collect(),
        id,
    }
}

#[expect(clippy::expect_used, reason = "whatever goes wrong ends it")]
fn write(tx: &mut dyn Tx, copy: &Copy) {
    let Copy { id, order, happened, cases, refunds } = copy;
    let first = happened.first().map(|(at, _)| *at).unwrap_or_default();
    orders::import(tx, id, order, first).expect("the order is kept");
    for payment in &order.payments {
        payment_index::put(tx, &payment.id, id).expect("the payment is kept");
    }
    let email = Email::new(&format!("{id}@example.com")).expect("an address");
    let buyer = Buyer::new(Some(email), Some(format!("Buyer {id}")), None).expect("a buyer");
    assert!(buyers::put(tx, id, &buyer).expect("the buyer is kept"), "the buyer is new");
    let text = TextId::new("T1").expect("a name");
    texts::put(tx, id, &text, "Pack it well.", first).expect("the text is kept");
    let mut head = Head::EMPTY;
    for (at, events) in happened {
        let appended = ledger::append(tx, id, head, *at, "system", events);
        head = appended.expect("the events are appended").head;
    }
    for row in cases {
        assert!(case_index::put(tx, row).expect("the row is kept"), "the case is new");
    }
    for row in refunds {
        refund_index::put(tx, row).expect("the row is kept");
    }
}

/// Looks at the chains of some.
#[expect(clippy::expect_used, reason = "whatever goes wrong ends it")]
fn verify(store: &Store, count: u64) {
    for number in (0..count).step_by(usize::try_from(VERIFIED).unwrap_or(1)) {
        let looked = store.read(move |tx| audit::verify_order(tx, &format!("M-{number}")));
        assert_eq!(looked.wait().expect("the database answers"), None, "order M-{number}");
    }
}

/// An order that was signed for two days before that moment.
#[expect(clippy::expect_used, reason = "whatever goes wrong ends it")]
fn draft(name: &str, now: Timestamp) -> OrderDraft {
    let ago = |days: i64| days_after(now, days.saturating_neg());
    let eur = |minor: i64| json!({"minor": minor, "currency": "EUR"});
    serde_json::from_value(json!({
        "number": name, "placed_at": ago(10), "signed_at": ago(2),
        "time_zone": "Europe/Berlin", "country": "DE", "voucher": "on_file", "currency": "EUR",
        "lines": [{
            "id": "L1", "sku": "QSFP28-100G-SR4", "category": "transceiver", "quantity": 1,
            "serials": [format!("S{name}")],
            "share": {"price": eur(10_000), "discount": eur(0), "tax": eur(0)},
        }],
        "shipping": eur(0),
        "payments": [{"id": format!("pi_{name}"), "captured": eur(10_000), "captured_at": ago(10)}],
    }))
    .expect("an order")
}
