//! A desk whose orders were paid at the zoo.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use backhaul_adapters::provider::{PayPal, PayPalSettings, Secret, Stripe, StripeSettings};
use backhaul_app::{
    App, Capabilities, Clock, LookUp, Providers, RefundProvider, RefundRequest, Role, SubmitAnswer,
    Told, WebhookRefused, Who,
};
use backhaul_core::ledger::command::{
    ApproveRefund, Authorise, ClaimRequest, InspectUnit, Item, OpenCase, ReceiveParcel, RefundUnit,
};
use backhaul_core::ledger::{Actor, Command, InstructionState, Ledger, OrderDraft, UnitId};
use backhaul_core::policy::Catalogue;
use backhaul_core::words::{Cause, Condition, Remedy};
use backhaul_store::{Error, Store, ledger, orders};
use backhaul_testkit::Database;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::zoo::{Letter, START, Zoo};

pub(crate) struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl Hand {
    pub(crate) fn go_on(&self, duration: SignedDuration) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(duration).unwrap();
    }
}

pub(crate) fn hand() -> Arc<Hand> {
    Arc::new(Hand(Mutex::new(Timestamp::from_second(START).unwrap())))
}

pub(crate) fn id<T: TryFrom<String>>(text: &str) -> T {
    T::try_from(text.to_owned()).ok().expect("a well-formed name")
}

/// What every order of these tests costs.
pub(crate) const PRICE: i64 = 10_000;

/// A desk, the zoo, and one provider of it.
pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) clock: Arc<Hand>,
    pub(crate) zoo: Arc<Zoo>,
    pub(crate) name: &'static str,
    pub(crate) provider: Arc<dyn RefundProvider>,
}

/// The personalities that there is an adapter for.
pub(crate) const PERSONALITIES: [&str; 4] = ["stripe_v1", "stripe_v2", "no_key_no_cap", "paypal"];

/// The adapter for a personality.
pub(crate) fn adapter(zoo: &Zoo, name: &str, clock: &Arc<Hand>) -> Arc<dyn RefundProvider> {
    let base_url = zoo.base(name);
    if name == "paypal" {
        let settings = PayPalSettings {
            base_url,
            client_id: "client".to_owned(),
            client_secret: Secret::new("secret"),
            webhook_id: Some("WH1".to_owned()),
        };
        return Arc::new(PayPal::new(settings, Arc::<Hand>::clone(clock)));
    }
    let stripe = Stripe::new(StripeSettings {
        base_url,
        api_key: Secret::new("sk_test_zoo"),
        webhook_secrets: vec![Secret::new(format!("whsec_zoo_{name}"))],
    });
    if name == "no_key_no_cap" { Arc::new(Worst(stripe)) } else { Arc::new(stripe) }
}

/// Stripe's shape, of which nothing is known.
struct Worst(Stripe);

impl RefundProvider for Worst {
    fn capabilities(&self) -> Capabilities {
        Capabilities::WORST
    }

    fn submit(&self, request: &RefundRequest) -> SubmitAnswer {
        self.0.submit(request)
    }

    fn look_up(&self, _: &RefundRequest) -> LookUp {
        LookUp::Unknown
    }

    fn read_webhook(
        &self,
        header: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Vec<Told>, WebhookRefused> {
        self.0.read_webhook(header, body, now)
    }
}

impl Desk {
    pub(crate) fn over(database: &Database, zoo: &Arc<Zoo>, name: &'static str) -> Self {
        Self::with(database.open(), zoo, name)
    }

    pub(crate) fn with(store: Store, zoo: &Arc<Zoo>, name: &'static str) -> Self {
        let clock = hand();
        clock.0.lock().unwrap().clone_from(
            &Timestamp::from_second(zoo.tell("clock")["now"].as_i64().unwrap()).unwrap(),
        );
        let app = App::new(store, Catalogue::built_in().unwrap(), Arc::<Hand>::clone(&clock));
        let provider = adapter(zoo, name, &clock);
        Self { app, clock, zoo: Arc::clone(zoo), name, provider }
    }

    /// The same desk, with another of the zoo's providers.
    pub(crate) fn of(&self, name: &'static str) -> Self {
        let (app, clock, zoo) = (self.app.clone(), Arc::clone(&self.clock), Arc::clone(&self.zoo));
        let provider = adapter(&zoo, name, &clock);
        Self { app, clock, zoo, name, provider }
    }

    pub(crate) fn providers(&self) -> Providers {
        Providers::new().with(id(self.name), Arc::clone(&self.provider)).with_default(id(self.name))
    }

    /// Believes what the zoo tells, as far as it is signed. Counts what was not.
    pub(crate) fn listens(&self) -> Arc<AtomicUsize> {
        let (app, provider, name) = (self.app.clone(), Arc::clone(&self.provider), self.name);
        let hear = move |letter: Letter| hear(&app, &provider, name, &letter).is_ok();
        self.zoo.tells(self.name, Box::new(hear))
    }

    pub(crate) fn move_to(&self, moment: Timestamp) {
        {
            let mut now = self.clock.0.lock().unwrap();
            *now = moment.max(*now);
        }
        let second = self.clock.now().as_second();
        self.zoo.move_to(second + i64::from(self.clock.now().subsec_nanosecond() > 0));
    }

    pub(crate) fn wait(&self, duration: SignedDuration) {
        self.move_to(self.clock.now().checked_add(duration).unwrap());
    }

    pub(crate) fn ask(&self, number: &str, command: impl Into<Command>) {
        self.app.carry_out(&owner(), number, &command.into()).unwrap();
    }

    /// An order that was paid with that payment, at the zoo too, and whose first unit is refunded.
    pub(crate) fn refunding(&self, number: &str, payment: &str) {
        self.sold(number, payment, "EUR");
        self.refund(number);
    }

    pub(crate) fn sold(&self, number: &str, payment: &str, code: &str) {
        self.zoo.pay(self.name, payment, 2 * PRICE, code);
        self.imported(number, payment, code);
    }

    pub(crate) fn imported(&self, number: &str, payment: &str, code: &str) {
        let money = |minor: i64| json!({"minor": minor, "currency": code});
        let draft = json!({
            "number": number, "version": 1, "placed_at": "2026-02-20T09:00:00Z",
            "signed_at": "2026-03-04T14:20:00Z", "time_zone": "Europe/Berlin", "country": "DE",
            "voucher": "on_file", "currency": code,
            "lines": [{
                "id": "L1", "sku": "QSFP28-100G-SR4", "category": "transceiver", "quantity": 2,
                "serials": ["S1", "S2"],
                "share": {"price": money(2 * PRICE), "discount": money(0), "tax": money(0)},
            }],
            "shipping": money(0),
            "payments": [{
                "id": payment, "captured": money(2 * PRICE), "captured_at": "2026-02-20T09:00:01Z",
                "provider": self.name,
            }],
        });
        self.app.import_order(serde_json::from_value::<OrderDraft>(draft).unwrap()).unwrap();
    }

    pub(crate) fn refund(&self, number: &str) {
        let (unit, case) = (UnitId::whole(id("L1"), 1), format!("RMA-{number}"));
        self.ask(
            number,
            OpenCase {
                case: id(&case),
                reported_at: "2026-03-05T09:00:00Z".parse().unwrap(),
                text: None,
                claims: vec![ClaimRequest {
                    units: vec![unit.clone()],
                    cause: Cause::Quality,
                    remedy: Remedy::Refund,
                    condition: Condition::Used,
                    platform: None,
                    evidence: Vec::new(),
                    facts: std::collections::BTreeMap::new(),
                }],
            },
        );
        self.ask(
            number,
            Authorise {
                case: id(&case),
                units: vec![unit.clone()],
                instructions: id("instructions"),
                expires_on: "2026-12-31".parse().unwrap(),
            },
        );
        let items = vec![Item::Serial { serial: id("S1") }];
        self.ask(number, ReceiveParcel { parcel: id(&case), case: Some(id(&case)), items });
        self.ask(
            number,
            InspectUnit {
                case: id(&case),
                unit: unit.clone(),
                condition: None,
                fault_found: Some(true),
                findings: Vec::new(),
                faulty_components: None,
                report: None,
                pictures: Vec::new(),
            },
        );
        self.approve(number, "R-1");
    }

    pub(crate) fn approve(&self, number: &str, refund: &str) {
        self.ask(
            number,
            ApproveRefund {
                refund: id(refund),
                case: id(&format!("RMA-{number}")),
                units: vec![RefundUnit {
                    unit: UnitId::whole(id("L1"), 1),
                    deductions: Vec::new(),
                }],
                shipping: None,
                early: Some(id("why")),
            },
        );
    }

    /// When the next job is due.
    pub(crate) fn next_job(&self) -> Option<Timestamp> {
        let due = self.app.store().read(|tx| {
            let sql = "select due_at_us from job order by due_at_us limit 1";
            tx.first(sql, &[], |row| row.int(0))
        });
        let due: Result<Option<i64>, Error> = due.wait();
        due.unwrap().map(|due| Timestamp::from_microsecond(due).unwrap())
    }

    /// One step of the job that is due next, at the moment that it is due.
    pub(crate) fn work_once(&self) {
        if let Some(due) = self.next_job() {
            self.move_to(due);
        }
        self.app.work_refunds(&self.providers(), "w").unwrap();
        self.zoo.wait_for_quiet();
    }

    /// Works until nothing is left to do.
    pub(crate) fn work(&self) {
        for _ in 0..200 {
            if self.next_job().is_none() {
                return;
            }
            self.work_once();
        }
        panic!("jobs are left: the next is due at {:?}", self.next_job());
    }

    pub(crate) fn ledger(&self, number: &str) -> Ledger {
        let number = number.to_owned();
        let history = self.app.store().read(move |tx| -> Result<_, backhaul_app::DoorError> {
            let order = orders::find(tx, &number)?.expect("the order was imported");
            Ok(ledger::load(tx, &order)?.expect("it has a ledger"))
        });
        let mut ledger = Ledger::default();
        for recorded in &history.wait().unwrap().events {
            ledger.apply(&recorded.event);
        }
        ledger
    }

    pub(crate) fn state(&self, number: &str) -> InstructionState {
        let ledger = self.ledger(number);
        let mut pieces = ledger.refunds.values().flat_map(|refund| refund.pieces.values());
        pieces.next().expect("it is refunded").state
    }

    /// What the zoo's ledger says of the payment, against ours; returns our state.
    pub(crate) fn is_fair(&self, story: &str, number: &str, payment: &str) -> InstructionState {
        let [made, pending, succeeded, failed, live_minor] = self.zoo.totals(self.name, payment);
        assert!(made <= 1, "{story}: refunded {made} times");
        let state = self.state(number);
        match state {
            InstructionState::Settled => {
                assert_eq!((succeeded, live_minor), (1, PRICE), "{story}");
            }
            InstructionState::Failed { .. } => {
                assert_eq!((pending, succeeded, live_minor), (0, 0, 0), "{story}: {failed}");
            }
            InstructionState::Manual => {}
            other => panic!("{story} is left {other:?}"),
        }
        state
    }
}

pub(crate) fn owner() -> Who {
    Who { roles: Role::Owner.into(), actor: Actor::Staff { id: id("someone"), finance: true } }
}

/// As a merchant's server does when a letter comes.
pub(crate) fn hear(
    app: &App,
    provider: &Arc<dyn RefundProvider>,
    name: &str,
    letter: &Letter,
) -> Result<backhaul_app::Heard, backhaul_app::WebhookError> {
    let providers = Providers::new().with(id(name), Arc::clone(provider));
    let header = |name: &str| letter.headers.get(name).cloned();
    app.take_webhook(&providers, &id(name), &header, &letter.body)
}

pub(crate) fn count(counter: &AtomicUsize) -> usize {
    counter.load(Ordering::Relaxed)
}
