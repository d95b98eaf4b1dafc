//! How long one command takes on a long ledger: folding a thousand events, and deciding what comes next.
#![expect(clippy::expect_used, reason = "a benchmark stops where it cannot measure")]

use std::hint::black_box;

use backhaul_core::facts::{Country, Zone, moment};
use backhaul_core::ledger::command::{
    Answer, ApproveRefund, Authorise, ClaimRequest, InspectUnit, Item, OpenCase, ReceiveParcel,
    RecordAnswer, RefundUnit, SubmitInstruction,
};
use backhaul_core::ledger::{
    Actor, Command, Context, Event, InstructionId, Ledger, Line, Order, OrderDraft, Payment, Share,
    UnitId, decide,
};
use backhaul_core::money::{Currency, Money};
use backhaul_core::policy::{Catalogue, Policy};
use backhaul_core::words::{Cause, Condition, Remedy, Voucher};
use criterion::{Criterion, criterion_group, criterion_main};

const EVENTS: usize = 1_000;
const UNITS: u32 = 200;

fn name<T: TryFrom<String>>(text: String) -> T {
    T::try_from(text).ok().expect("a well-formed name")
}

fn unit(number: u32) -> UnitId {
    UnitId { line: name("L1".to_owned()), number, component: None, generation: 0 }
}

fn order() -> Order {
    let currency = Currency::parse("EUR").expect("a currency");
    let eur = |minor| Money::new(minor, currency);
    Order::new(OrderDraft {
        number: "SO-1001".to_owned(),
        version: 1,
        placed_at: moment("2026-02-20T09:00:00Z").expect("a moment"),
        signed_at: moment("2026-03-04T14:20:00Z"),
        time_zone: Zone::get("Europe/Berlin").expect("a zone"),
        country: Country::parse("DE").expect("a country"),
        voucher: Voucher::OnFile,
        currency,
        lines: vec![Line {
            id: name("L1".to_owned()),
            sku: "QSFP28-100G-SR4".to_owned(),
            category: "transceiver".to_owned(),
            quantity: UNITS,
            sold_for: None,
            declared_non_returnable: false,
            batch: None,
            share: Share { price: eur(2_000_000), discount: eur(0), tax: eur(380_000) },
            serials: (1..=UNITS).map(|number| name(format!("S{number}"))).collect(),
            components: Vec::new(),
        }],
        shipping: eur(0),
        total: None,
        payments: vec![Payment {
            id: name("P1".to_owned()),
            captured: eur(2_380_000),
            captured_at: moment("2026-02-20T09:01:00Z").expect("a moment"),
            provider: None,
        }],
    })
    .expect("a well-formed order")
}

/// A whole return of one unit, from the open case to the settled refund.
fn return_of(number: u32) -> Vec<Command> {
    let case = format!("RMA-{number}");
    let instruction = InstructionId { refund: name(format!("R{number}")), number: 1 };
    vec![
        OpenCase {
            case: name(case.clone()),
            reported_at: moment("2026-03-05T09:00:00Z").expect("a moment"),
            text: None,
            claims: vec![ClaimRequest {
                units: vec![unit(number)],
                cause: Cause::Quality,
                remedy: Remedy::Refund,
                condition: Condition::Used,
                platform: None,
                evidence: Vec::new(),
                facts: std::collections::BTreeMap::new(),
            }],
        }
        .into(),
        Authorise {
            case: name(case.clone()),
            units: vec![unit(number)],
            instructions: name("instructions".to_owned()),
            expires_on: "2026-06-30".parse().expect("a date"),
        }
        .into(),
        ReceiveParcel {
            parcel: name(case.clone()),
            case: Some(name(case.clone())),
            items: vec![Item::Serial { serial: name(format!("S{number}")) }],
        }
        .into(),
        InspectUnit {
            case: name(case.clone()),
            unit: unit(number),
            condition: Some(Condition::Used),
            fault_found: Some(true),
            findings: Vec::new(),
            faulty_components: None,
            report: None,
            pictures: Vec::new(),
        }
        .into(),
        ApproveRefund {
            refund: instruction.refund.clone(),
            case: name(case),
            units: vec![RefundUnit { unit: unit(number), deductions: Vec::new() }],
            shipping: None,
            early: Some(name("reason".to_owned())),
        }
        .into(),
        SubmitInstruction {
            instruction: instruction.clone(),
            key: name(format!("key-{number}")),
            request_hash: name("hash".to_owned()),
        }
        .into(),
        RecordAnswer { instruction, answer: Answer::Settled, reference: None }.into(),
    ]
}

fn fold(events: &[Event]) -> Ledger {
    let mut ledger = Ledger::default();
    for event in events {
        ledger.apply(event);
    }
    ledger
}

fn commands(criterion: &mut Criterion) {
    let catalogue = Catalogue::built_in().expect("the shipped policy reads");
    let policy: &Policy = catalogue.default_policy().expect("there is a default");
    let order = order();
    let staff = Actor::Staff { id: name("finance".to_owned()), finance: true };
    let now = moment("2026-03-16T09:00:00Z").expect("a moment");
    let context = Context::new(now, staff, &order, policy);

    let (mut events, mut ledger, mut number) = (Vec::new(), Ledger::default(), 0);
    while events.len() < EVENTS {
        number = u32::saturating_add(number, 1);
        for command in return_of(number) {
            for event in decide(&ledger, &command, &context).expect("an ordinary return") {
                ledger.apply(&event);
                events.push(event);
            }
        }
    }
    events.truncate(EVENTS);
    let ledger = fold(&events);
    let next = return_of(UNITS);
    let open = next.first().expect("a return begins with an open case");

    criterion.bench_function("fold a ledger of 1,000 events and decide one command", |bencher| {
        bencher.iter(|| decide(&fold(black_box(&events)), open, &context));
    });
    criterion.bench_function("decide one command on a ledger of 1,000 events", |bencher| {
        bencher.iter(|| decide(black_box(&ledger), open, &context));
    });
}

criterion_group!(benches, commands);
criterion_main!(benches);
