//! One order, the people around it, and short ways to say what they do.

use std::sync::LazyLock;

use backhaul_core::facts::{Country, Zone};
use backhaul_core::ledger::command::{
    AllocateReplacement, AmendClaim, Amendment, Answer, ApproveRefund, Authorise, ClaimRequest,
    DeliverReplacement, DisposeUnit, Evidence, InspectUnit, Item, OpenCase, Overrule,
    ReceiveParcel, RecordAnswer, RefundUnit, ShipReplacement, SubmitInstruction,
};
use backhaul_core::ledger::{
    Actor, CaseId, CaseState, Command, Context, Disposal, Event, Goods, IdempotencyKey,
    InstructionId, Ledger, Line, LineId, Order, OrderDraft, Part, Payment, PaymentId, Refusal,
    RefusalCode, Serial, Share, StaffId, UnitId, decide,
};
use backhaul_core::money::{Currency, Money};
use backhaul_core::policy::{Catalogue, Policy};
use backhaul_core::words::{Cause, Condition, Finding, Remedy, Voucher};
use jiff::{SignedDuration, Timestamp};

use crate::book::Book;

/// A name, whatever kind of name is wanted.
pub(crate) fn id<T: TryFrom<String>>(text: &str) -> T {
    T::try_from(text.to_owned()).ok().expect("a well-formed name")
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::parse("EUR").unwrap())
}

/// `L1#2`, `L3#1/PSU-A`, `L1#2~1`.
pub(crate) fn unit(text: &str) -> UnitId {
    let (text, generation) = text.split_once('~').unwrap_or((text, "0"));
    let (text, component) = match text.split_once('/') {
        Some((text, component)) => (text, Some(id(component))),
        None => (text, None),
    };
    let (line, number) = text.split_once('#').unwrap();
    UnitId {
        line: id(line),
        number: number.parse().unwrap(),
        component,
        generation: generation.parse().unwrap(),
    }
}

pub(crate) fn units(names: &[&str]) -> Vec<UnitId> {
    names.iter().map(|name| unit(name)).collect()
}

pub(crate) static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let catalogue = Catalogue::built_in().expect("the default policy is well formed");
    Policy::clone(catalogue.default_policy().unwrap())
});

fn share(price: i64, discount: i64, tax: i64) -> Share {
    Share { price: eur(price), discount: eur(discount), tax: eur(tax) }
}

fn line(name: &str, quantity: u32, share: Share, serials: &[&str]) -> Line {
    Line {
        id: id(name),
        sku: format!("SKU-{name}"),
        category: "transceiver".to_owned(),
        quantity,
        sold_for: None,
        declared_non_returnable: false,
        batch: None,
        share,
        serials: serials.iter().map(|serial| id(serial)).collect(),
        components: Vec::new(),
    }
}

fn part(name: &str, weight: u64, serials: &[&str]) -> Part {
    Part { name: id(name), weight, serials: serials.iter().map(|serial| id(serial)).collect() }
}

/// - `L1`: three transceivers with serials `S1` to `S3`, 100.00 less 3.33 each or so, and 57.00 of tax together.
/// - `L2`: five cables without serials.
/// - `L3`: one switch `SW1` of a chassis and two power supplies `PA1`, `PB1`.
/// - `L4`: one thing that was declared not returnable.
///
/// Shipping 15.00; paid 200.00 first and the rest later.
pub(crate) fn draft() -> OrderDraft {
    let mut switch = line("L3", 1, share(100_001, 10_000, 17_101), &["SW1"]);
    switch.components =
        vec![part("CHASSIS", 8, &[]), part("PSU-A", 1, &["PA1"]), part("PSU-B", 1, &["PB1"])];
    let mut fixed = line("L4", 1, share(2_000, 0, 380), &["X1"]);
    fixed.declared_non_returnable = true;
    OrderDraft {
        number: "SO-1001".to_owned(),
        version: 1,
        placed_at: at("2026-02-20T09:00:00Z"),
        signed_at: Some(at("2026-03-04T15:20:00+01:00")),
        time_zone: Zone::get("Europe/Berlin").unwrap(),
        country: Country::parse("DE").unwrap(),
        voucher: Voucher::OnFile,
        currency: eur(0).currency,
        lines: vec![
            line("L1", 3, share(30_000, 1_000, 5_700), &["S1", "S2", "S3"]),
            line("L2", 5, share(9_999, 0, 1_900), &[]),
            switch,
            fixed,
        ],
        shipping: eur(1_500),
        total: Some(eur(157_581)),
        payments: vec![
            payment("P1", 20_000, "2026-02-20T09:01:00Z"),
            payment("P2", 137_581, "2026-02-21T09:01:00Z"),
        ],
    }
}

pub(crate) fn payment(name: &str, captured: i64, captured_at: &str) -> Payment {
    Payment { id: id(name), captured: eur(captured), captured_at: at(captured_at), provider: None }
}

pub(crate) fn order() -> Order {
    Order::new(draft()).expect("a well-formed order")
}

/// One order's story so far. After each event the book, which adds up on its own, checks the invariants.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) order: Order,
    pub(crate) ledger: Ledger,
    pub(crate) events: Vec<Event>,
    pub(crate) now: Timestamp,
    book: Book,
}

pub(crate) fn staff() -> Actor {
    Actor::Staff { id: id::<StaffId>("staff-1"), finance: false }
}

pub(crate) fn finance() -> Actor {
    Actor::Staff { id: id::<StaffId>("finance-1"), finance: true }
}

impl Story {
    pub(crate) fn new() -> Self {
        Self::of(order())
    }

    pub(crate) fn of(order: Order) -> Self {
        let book = Book::default();
        Self {
            order,
            ledger: Ledger::default(),
            events: Vec::new(),
            now: at("2026-03-06T09:00:00Z"),
            book,
        }
    }

    pub(crate) fn with(change: impl FnOnce(&mut OrderDraft)) -> Self {
        let mut draft = draft();
        draft.total = None;
        change(&mut draft);
        Self::of(Order::new(draft).expect("a well-formed order"))
    }

    /// Asked by a person of finance, who may ask everything.
    pub(crate) fn when(&mut self, command: impl Into<Command>) -> Result<Vec<Event>, Refusal> {
        self.by(finance(), command)
    }

    pub(crate) fn by(
        &mut self,
        actor: Actor,
        command: impl Into<Command>,
    ) -> Result<Vec<Event>, Refusal> {
        let context = Context::new(self.now, actor, &self.order, &POLICY);
        let events = decide(&self.ledger, &command.into(), &context)?;
        for event in &events {
            self.ledger.apply(event);
            self.book.take(&self.order, event).unwrap();
        }
        self.events.extend(events.iter().cloned());
        Ok(events)
    }

    /// What must go well for the story to go on.
    pub(crate) fn then(&mut self, command: impl Into<Command>) -> &mut Self {
        self.when(command).unwrap();
        self
    }

    pub(crate) fn refused(&mut self, command: impl Into<Command>) -> RefusalCode {
        self.when(command).unwrap_err().code
    }

    pub(crate) fn refused_citing(&mut self, command: impl Into<Command>) -> Vec<String> {
        let refusal = self.when(command).unwrap_err();
        refusal.clauses.iter().map(|clause| clause.as_str().to_owned()).collect()
    }

    // --- where things stand

    pub(crate) fn state(&self, case: &str) -> CaseState {
        self.ledger.case_state(&self.ledger.cases[&id::<CaseId>(case)])
    }

    pub(crate) fn goods(&self, name: &str) -> Goods {
        self.ledger.goods(&unit(name))
    }

    pub(crate) fn taken(&self, payment: &str) -> i64 {
        self.ledger.taken(&id::<PaymentId>(payment), self.order.currency).unwrap().minor
    }

    pub(crate) fn amount(&self, refund: &str) -> i64 {
        self.ledger.refunds[&id(refund)].bill.total.minor
    }

    pub(crate) fn pieces(&self, refund: &str) -> Vec<(String, i64, &'static str)> {
        let pieces = self.ledger.refunds[&id(refund)].pieces.values();
        pieces
            .map(|piece| {
                let planned = &piece.planned;
                (planned.payment.to_string(), planned.amount.minor, piece.state.as_str())
            })
            .collect()
    }

    // --- the usual way

    pub(crate) fn open(&mut self, case: &str, names: &[&str], remedy: Remedy) -> &mut Self {
        self.then(open(case, names, Cause::Quality, remedy))
    }

    pub(crate) fn authorised(&mut self, case: &str, names: &[&str], remedy: Remedy) -> &mut Self {
        self.open(case, names, remedy).then(authorise(case, names))
    }

    /// Authorised, and back at the dock in a parcel of the case's name.
    pub(crate) fn received(&mut self, case: &str, names: &[&str], remedy: Remedy) -> &mut Self {
        self.authorised(case, names, remedy);
        let items = names.iter().map(|name| self.item(name)).collect();
        self.then(ReceiveParcel { parcel: id(case), case: Some(id(case)), items })
    }

    /// Received, and ten days later, when refunds may leave.
    pub(crate) fn due(&mut self, case: &str, names: &[&str]) -> &mut Self {
        self.received(case, names, Remedy::Refund);
        self.now += SignedDuration::from_hours(240);
        self
    }

    pub(crate) fn refunded(&mut self, case: &str, names: &[&str], refund: &str) -> &mut Self {
        self.due(case, names).then(approve(case, names, refund)).settle_all(refund)
    }

    /// What was sent already settles, and the rest is sent and settles.
    pub(crate) fn settle_all(&mut self, refund: &str) -> &mut Self {
        let pieces: Vec<(u16, bool)> = self.ledger.refunds[&id(refund)]
            .live_pieces()
            .map(|piece| (piece.planned.number, piece.submission.is_some()))
            .collect();
        for (number, is_sent) in pieces {
            if !is_sent {
                self.then(submit(refund, number));
            }
            self.then(answer(refund, number, Answer::Settled));
        }
        self
    }

    pub(crate) fn replaced(&mut self, case: &str, name: &str, serial: &str) -> &mut Self {
        self.received(case, &[name], Remedy::Replacement)
            .then(allocate(case, name, Some(serial)))
            .then(ship(case, name))
            .then(deliver(case, name))
    }

    pub(crate) fn item(&self, name: &str) -> Item {
        let unit = unit(name);
        match self.ledger.serial(&self.order, &unit) {
            Some(serial) => Item::Serial { serial: serial.clone() },
            None => Item::Counted { line: unit.line, component: unit.component, count: 1 },
        }
    }
}

// --- commands in short

pub(crate) fn request(names: &[&str], cause: Cause, remedy: Remedy) -> ClaimRequest {
    let slots = ["outer_box", "inner_package", "product"];
    let evidence = |slot: &&str| Evidence { slot: id(slot), file: id("file") };
    ClaimRequest {
        units: units(names),
        cause,
        remedy,
        condition: if cause == Cause::Quality { Condition::Used } else { Condition::Unused },
        platform: None,
        evidence: slots.iter().map(evidence).collect(),
        facts: std::collections::BTreeMap::new(),
    }
}

pub(crate) fn open(case: &str, names: &[&str], cause: Cause, remedy: Remedy) -> OpenCase {
    let is_of_one_line = |one: &&str, other: &&str| unit(one).line == unit(other).line;
    let requests = names.chunk_by(is_of_one_line);
    OpenCase {
        case: id(case),
        reported_at: at("2026-03-05T09:00:00Z"),
        text: None,
        claims: requests.map(|names| request(names, cause, remedy)).collect(),
    }
}

pub(crate) fn authorise(case: &str, names: &[&str]) -> Authorise {
    Authorise {
        case: id(case),
        units: units(names),
        instructions: id("instructions"),
        expires_on: "2026-04-30".parse().unwrap(),
    }
}

pub(crate) fn overrule(case: &str, name: &str, accept: bool, clause: &str) -> Overrule {
    Overrule {
        case: id(case),
        unit: unit(name),
        accept,
        clause: clause.into(),
        reason: id("reason"),
        freight: None,
    }
}

pub(crate) fn amend(case: &str, name: &str, amendment: Amendment) -> AmendClaim {
    AmendClaim { case: id(case), unit: unit(name), amendment }
}

pub(crate) fn scanned(serial: &str) -> Item {
    Item::Serial { serial: id::<Serial>(serial) }
}

pub(crate) fn counted(line: &str, count: u32) -> Item {
    Item::Counted { line: id::<LineId>(line), component: None, count }
}

pub(crate) fn receive(parcel: &str, case: Option<&str>, items: Vec<Item>) -> ReceiveParcel {
    ReceiveParcel { parcel: id(parcel), case: case.map(id), items }
}

pub(crate) fn inspect(case: &str, name: &str) -> InspectUnit {
    InspectUnit {
        case: id(case),
        unit: unit(name),
        condition: None,
        fault_found: Some(true),
        findings: Vec::new(),
        faulty_components: None,
        report: None,
        pictures: Vec::new(),
    }
}

pub(crate) fn inspect_finding(case: &str, name: &str, finding: Finding) -> InspectUnit {
    InspectUnit { findings: vec![finding], ..inspect(case, name) }
}

pub(crate) fn dispose(case: &str, name: &str, disposal: Disposal) -> DisposeUnit {
    DisposeUnit { case: id(case), unit: unit(name), disposal, reason: None }
}

pub(crate) fn approve(case: &str, names: &[&str], refund: &str) -> ApproveRefund {
    let refunded = |name: &&str| RefundUnit { unit: unit(name), deductions: Vec::new() };
    ApproveRefund {
        refund: id(refund),
        case: id(case),
        units: names.iter().map(refunded).collect(),
        shipping: None,
        early: None,
    }
}

pub(crate) fn instruction(refund: &str, number: u16) -> InstructionId {
    InstructionId { refund: id(refund), number }
}

pub(crate) fn submit(refund: &str, number: u16) -> SubmitInstruction {
    SubmitInstruction {
        instruction: instruction(refund, number),
        key: id::<IdempotencyKey>(&format!("key-{refund}-{number}")),
        request_hash: id("hash"),
    }
}

pub(crate) fn answer(refund: &str, number: u16, answer: Answer) -> RecordAnswer {
    RecordAnswer { instruction: instruction(refund, number), answer, reference: None }
}

pub(crate) fn allocate(case: &str, name: &str, serial: Option<&str>) -> AllocateReplacement {
    AllocateReplacement { case: id(case), unit: unit(name), serial: serial.map(id) }
}

pub(crate) fn ship(case: &str, name: &str) -> ShipReplacement {
    ShipReplacement { case: id(case), unit: unit(name), tracking: None }
}

pub(crate) fn deliver(case: &str, name: &str) -> DeliverReplacement {
    DeliverReplacement { case: id(case), unit: unit(name) }
}
