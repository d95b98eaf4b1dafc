//! A desk over a database of a test's own, and short ways to ask it.

use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use backhaul_app::{App, Clock, Done, DoorError, Role, Who};
use backhaul_core::ledger::command::{
    ApproveRefund, Authorise, ClaimRequest, InspectUnit, Item, OpenCase, ReceiveParcel,
    RecordFreight, RefundUnit,
};
use backhaul_core::ledger::{Actor, Command, Leg, OrderDraft, RefusalCode, UnitId};
use backhaul_core::policy::Catalogue;
use backhaul_core::words::{Cause, Condition, Payer, Remedy};
use backhaul_store::case_index::{self, CaseRow};
use backhaul_store::refund_proposals::{self, ProposalRow};
use backhaul_store::{Error, audit, orders, report_unit};
use backhaul_testkit::Database;
use jiff::{SignedDuration, Timestamp};

/// A clock that stands still until it is moved.
pub(crate) struct Hand {
    now: Mutex<Timestamp>,
    interruption: Mutex<Option<Interruption>>,
}

/// What happens to a thread when it asks for the time once more than so often: it dies, or sleeps while others work.
struct Interruption {
    thread: ThreadId,
    looks_left: usize,
    happens: Box<dyn FnOnce() + Send>,
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        if let Some(happens) = self.due() {
            happens();
        }
        self.shown()
    }
}

impl Hand {
    /// Now, without anything that happens to who looks.
    pub(crate) fn shown(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    fn due(&self) -> Option<Box<dyn FnOnce() + Send>> {
        let mut slot = self.interruption.lock().unwrap();
        let waiting = slot.as_mut().filter(|waiting| waiting.thread == thread::current().id())?;
        match waiting.looks_left.checked_sub(1) {
            Some(left) => {
                waiting.looks_left = left;
                None
            }
            None => slot.take().map(|due| due.happens),
        }
    }

    /// Lets something happen when this thread has asked for the time so often.
    pub(crate) fn interrupt(&self, looks_left: usize, happens: impl FnOnce() + Send + 'static) {
        let (thread, happens) = (thread::current().id(), Box::new(happens));
        *self.interruption.lock().unwrap() = Some(Interruption { thread, looks_left, happens });
    }

    /// Takes back what has not happened; says whether it had happened.
    pub(crate) fn was_interrupted(&self) -> bool {
        self.interruption.lock().unwrap().take().is_none()
    }

    /// Back to the day of another story.
    pub(crate) fn set(&self, moment: Timestamp) {
        *self.now.lock().unwrap() = moment;
    }

    pub(crate) fn move_to(&self, moment: Timestamp) {
        let mut now = self.now.lock().unwrap();
        *now = moment.max(*now);
    }
}

#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) clock: Arc<Hand>,
}

pub(crate) const NUMBER: &str = "SO-1001";

pub(crate) fn id<T: TryFrom<String>>(text: &str) -> T {
    T::try_from(text.to_owned()).ok().expect("a well-formed name")
}

pub(crate) fn unit(number: u32) -> UnitId {
    UnitId::whole(id("L1"), number)
}

/// Eight units with serials for 800.00 EUR and 10.00 of shipping, paid in two parts.
pub(crate) fn draft() -> OrderDraft {
    let eur = |minor: i64| serde_json::json!({"minor": minor, "currency": "EUR"});
    let serials: Vec<String> = (1..=8).map(|number| format!("S{number}")).collect();
    let draft = serde_json::json!({
        "number": NUMBER, "version": 1, "placed_at": "2026-02-20T09:00:00Z", "signed_at": "2026-03-04T14:20:00Z",
        "time_zone": "Europe/Berlin", "country": "DE", "voucher": "on_file", "currency": "EUR",
        "lines": [{
            "id": "L1", "sku": "QSFP28-100G-SR4", "category": "transceiver", "quantity": 8, "serials": serials,
            "share": {"price": eur(80_000), "discount": eur(0), "tax": eur(0)},
        }],
        "shipping": eur(1_000),
        "payments": [
            {"id": "P1", "captured": eur(30_000), "captured_at": "2026-02-20T09:00:01Z"},
            {"id": "P2", "captured": eur(51_000), "captured_at": "2026-02-21T09:00:01Z"},
        ],
    });
    serde_json::from_value(draft).unwrap()
}

impl Desk {
    /// A desk with one order.
    pub(crate) fn over(database: &Database) -> Self {
        let now = Mutex::new("2026-03-06T09:00:00Z".parse().unwrap());
        let clock = Arc::new(Hand { now, interruption: Mutex::new(None) });
        let catalogue = Catalogue::built_in().unwrap();
        let app = App::new(database.open(), catalogue, Arc::<Hand>::clone(&clock));
        app.import_order(draft()).unwrap();
        Self { app, clock }
    }

    pub(crate) fn wait(&self, hours: i64) {
        let mut now = self.clock.now.lock().unwrap();
        *now = now.checked_add(SignedDuration::from_hours(hours)).unwrap();
    }

    pub(crate) fn ask(&self, role: Role, command: impl Into<Command>) -> Result<Done, DoorError> {
        let actor = match role {
            Role::Buyer => Actor::Buyer,
            Role::System => Actor::System,
            role => Actor::Staff { id: id("someone"), finance: role >= Role::Finance },
        };
        self.app.carry_out(&Who { roles: role.into(), actor }, NUMBER, &command.into())
    }

    /// What must go well for the story to go on. The owner may do it all.
    pub(crate) fn then(&self, command: impl Into<Command>) -> &Self {
        self.ask(Role::Owner, command).unwrap();
        self
    }

    pub(crate) fn refused(&self, command: impl Into<Command>) -> RefusalCode {
        match self.ask(Role::Owner, command) {
            Err(DoorError::Refused(refusal)) => refusal.code,
            other => panic!("expected a refusal: {other:?}"),
        }
    }

    /// Authorised, received and inspected, on a day on which refunds may leave.
    pub(crate) fn inspected(&self, case: &str, number: u32) -> &Self {
        self.then(open(case, &[number])).then(authorise(case, number));
        self.then(receive(case, number)).then(inspect(case, number));
        self.wait(240);
        self
    }

    pub(crate) fn cases(&self) -> Vec<CaseRow> {
        let rows = self.app.store().read(|tx| -> Result<Vec<CaseRow>, Error> {
            let order = orders::find(tx, NUMBER)?.expect("the order was imported");
            case_index::of_order(tx, &order)
        });
        rows.wait().unwrap()
    }

    /// The claimed units, as reports are read from them.
    pub(crate) fn units(&self) -> Vec<String> {
        let rows = self.app.store().read(|tx| -> Result<Vec<String>, Error> {
            let order = orders::find(tx, NUMBER)?.expect("the order was imported");
            report_unit::of_order(tx, &order)
        });
        rows.wait().unwrap()
    }

    pub(crate) fn proposals(&self) -> Vec<ProposalRow> {
        let rows = self.app.store().read(|tx| -> Result<Vec<ProposalRow>, Error> {
            let order = orders::find(tx, NUMBER)?.expect("the order was imported");
            refund_proposals::of_order(tx, &order)
        });
        rows.wait().unwrap()
    }

    /// What holds after every story.
    pub(crate) fn holds(&self) {
        let written = (self.cases(), self.units(), self.proposals());
        self.app.rebuild(NUMBER).unwrap();
        let rebuilt = (self.cases(), self.units(), self.proposals());
        assert_eq!(rebuilt, written, "the read tables equal a rebuild");
        assert!(audit::verify(self.app.store()).unwrap().findings.is_empty(), "the ledgers verify");
    }
}

pub(crate) fn open(case: &str, numbers: &[u32]) -> OpenCase {
    OpenCase {
        case: id(case),
        reported_at: "2026-03-05T09:00:00Z".parse().unwrap(),
        text: None,
        claims: vec![ClaimRequest {
            units: numbers.iter().map(|number| unit(*number)).collect(),
            cause: Cause::Quality,
            remedy: Remedy::Refund,
            condition: Condition::Used,
            platform: None,
            evidence: Vec::new(),
            facts: std::collections::BTreeMap::new(),
        }],
    }
}

pub(crate) fn authorise(case: &str, number: u32) -> Authorise {
    Authorise {
        case: id(case),
        units: vec![unit(number)],
        instructions: id("instructions"),
        expires_on: "2026-06-30".parse().unwrap(),
    }
}

pub(crate) fn receive(case: &str, number: u32) -> ReceiveParcel {
    let serial = id(&format!("S{number}"));
    ReceiveParcel { parcel: id(case), case: Some(id(case)), items: vec![Item::Serial { serial }] }
}

pub(crate) fn inspect(case: &str, number: u32) -> InspectUnit {
    InspectUnit {
        case: id(case),
        unit: unit(number),
        condition: None,
        fault_found: Some(true),
        findings: Vec::new(),
        faulty_components: None,
        report: None,
        pictures: Vec::new(),
    }
}

pub(crate) fn approve(case: &str, number: u32, refund: &str) -> ApproveRefund {
    ApproveRefund {
        refund: id(refund),
        case: id(case),
        units: vec![RefundUnit { unit: unit(number), deductions: Vec::new() }],
        shipping: None,
        early: None,
    }
}

pub(crate) fn freight(name: &str) -> RecordFreight {
    RecordFreight {
        freight: id(name),
        case: id("RMA-1"),
        leg: Leg::Return,
        units: vec![UnitId::whole(id("L1"), 1)],
        paid_by: Payer::Buyer,
        amount: serde_json::from_value(serde_json::json!({"minor": 5, "currency": "EUR"})).unwrap(),
    }
}
