//! An order and things that happen to it.

use backhaul_core::ledger::{
    Actor, CaseId, Event, FreightId, IdempotencyKey, InstructionId, Leg, Order, PaymentId,
    RefundId, RequestHash, StaffId, Submission, TextId, UnitId,
};
use backhaul_core::money::{Currency, Money};
use backhaul_core::words::Payer;
use backhaul_store::ledger::{self, LedgerError};
use backhaul_store::{Error, Head, OrderId, Store, Tx, orders};
use jiff::Timestamp;

/// A name, whatever kind of name is wanted.
pub(crate) fn id<T: TryFrom<String>>(text: &str) -> T {
    T::try_from(text.to_owned()).ok().expect("a well-formed name")
}

pub(crate) fn order_id(text: &str) -> OrderId {
    OrderId::new(text).unwrap()
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_000_000 + second).unwrap()
}

/// Two units for 99.90 EUR, paid once.
pub(crate) fn order(number: &str, version: u32) -> Order {
    let eur = |minor: i64| serde_json::json!({"minor": minor, "currency": "EUR"});
    let order = serde_json::json!({
        "number": number, "version": version, "placed_at": "2026-02-20T09:00:00Z",
        "time_zone": "Europe/Berlin", "country": "DE", "voucher": "on_file", "currency": "EUR",
        "lines": [{
            "id": "L1", "sku": "QSFP28-100G-SR4", "category": "transceiver", "quantity": 2,
            "share": {"price": eur(9_990), "discount": eur(0), "tax": eur(0)},
        }],
        "shipping": eur(0),
        "payments": [{"id": "P1", "captured": eur(9_990), "captured_at": "2026-02-20T09:00:01Z"}],
    });
    serde_json::from_value(order).unwrap()
}

/// Events of several shapes, in an order in which they could happen.
pub(crate) fn events() -> Vec<Event> {
    let case: CaseId = id("RMA-1");
    let unit = UnitId::whole(id("L1"), 2);
    let by = Actor::Staff { id: id::<StaffId>("staff-1"), finance: false };
    let instruction = InstructionId { refund: id::<RefundId>("RF-1"), number: 1 };
    let submission =
        Submission { key: id::<IdempotencyKey>("key-1"), request_hash: id::<RequestHash>("aa55") };
    let amount = Money::new(450, Currency::parse("EUR").unwrap());
    let reason = Some(id::<TextId>("T-1"));
    vec![
        Event::CaseOpened { case: case.clone(), at: at(0), order_version: 1, text: None },
        Event::FreightRecorded {
            freight: id::<FreightId>("F-1"),
            case: case.clone(),
            leg: Leg::ALL[0],
            units: vec![unit.clone()],
            paid_by: Payer::Buyer,
            amount,
        },
        Event::InstructionSubmitted { instruction, submission },
        Event::ChargebackClosed { payment: id::<PaymentId>("P1"), won: true },
        Event::ClaimCancelled { case, unit, reason, by },
    ]
}

/// Makes an order with an empty ledger.
pub(crate) fn with_order(store: &Store, order_id: &OrderId) {
    let (order_id, document) = (order_id.clone(), order(order_id.as_str(), 1));
    store.write(move |tx| orders::import(tx, &order_id, &document, at(0))).wait().unwrap();
}

/// Appends at the head that the caller has seen.
pub(crate) fn append(
    store: &Store,
    order: &OrderId,
    head: Head,
    events: &[Event],
) -> Result<Head, LedgerError> {
    let (order, events) = (order.clone(), events.to_vec());
    let appended =
        store.write(move |tx| ledger::append(tx, &order, head, at(9), "staff:ada", &events));
    appended.wait().map(|appended| appended.head)
}

pub(crate) fn load(store: &Store, order: &OrderId) -> Result<ledger::History, LedgerError> {
    let order = order.clone();
    store.read(move |tx| ledger::load(tx, &order)).wait().map(|history| history.unwrap())
}

/// Does to the tables what the program itself never does.
pub(crate) fn tamper(store: &Store, statements: &[&'static str]) {
    let statements = statements.to_vec();
    let done = store.write(move |tx| -> Result<(), Error> {
        for sql in &statements {
            assert!(tx.exec(sql, &[])? > 0, "it changes something: {sql}");
        }
        Ok(())
    });
    done.wait().unwrap();
}

pub(crate) fn count(tx: &mut dyn Tx, sql: &'static str) -> Result<i64, Error> {
    Ok(tx.first(sql, &[], |row| row.int(0))?.unwrap())
}
