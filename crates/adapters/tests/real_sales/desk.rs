//! A desk whose staff takes every return in, step by step, through the door.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use backhaul_adapters::order_file::Found;
use backhaul_app::{App, Clock, Imported, Role, Who};
use backhaul_core::ledger::command::{
    AnnounceParcel, ApproveRefund, Authorise, ClaimRequest, CloseCase, ConfirmFact, ConfirmedFact,
    Evidence, InspectUnit, Item, OpenCase, ReceiveParcel, RefundUnit, SendBackUnit,
};
use backhaul_core::ledger::{
    Actor, CaseState, Claim, Command, InstructionState, Ledger, Order, UnitId, share_of,
};
use backhaul_core::policy::Catalogue;
use backhaul_core::words::{Cause, Condition, Remedy};
use backhaul_store::{Error, ledger, orders};
use backhaul_testkit::Database;
use jiff::{SignedDuration, Timestamp};

use crate::provider::Provider;
use backhaul_app::{Providers, RefundProvider};
use backhaul_core::ledger::ProviderName;

const CASE: &str = "RMA";
/// Of the wrong items, every so many are reported after the window.
const LATE_EVERY: usize = 5;
/// Of the units claimed faulty, in every so many no fault is found.
const SOUND_EVERY: usize = 4;
/// How many imports share a commit.
const IN_FLIGHT_MAX: usize = 256;

/// A clock that stands still until it is moved.
struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) provider: Arc<Provider>,
    providers: Providers,
    clock: Arc<Hand>,
}

/// What a return came to.
pub(crate) struct Outcome {
    pub(crate) ended: CaseState,
    pub(crate) accepted: usize,
    /// How many units were declined on which clause.
    pub(crate) declined: BTreeMap<String, usize>,
    /// What the accepted units cost by the order's stored amounts.
    pub(crate) due_minor: i64,
    /// What the ledger says was settled.
    pub(crate) refunded_minor: i64,
}

fn id<T: TryFrom<String>>(text: &str) -> T {
    T::try_from(text.to_owned()).ok().expect("a well-formed name")
}

fn days(number: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * number)
}

impl Desk {
    pub(crate) fn over(database: &Database) -> Self {
        let clock = Arc::new(Hand(Mutex::new("2022-01-03T09:00:00Z".parse().unwrap())));
        let catalogue = Catalogue::built_in().unwrap();
        let app = App::new(database.open(), catalogue, Arc::<Hand>::clone(&clock));
        let provider = Arc::new(Provider::default());
        let name = ProviderName::new("book").unwrap();
        let paying: Arc<dyn RefundProvider> = Arc::<Provider>::clone(&provider);
        let providers = Providers::new().with(name.clone(), paying).with_default(name);
        Self { app, provider, providers, clock }
    }

    /// Imports every order; says how many are new.
    pub(crate) fn import(&self, orders: impl Iterator<Item = Found>) -> usize {
        let mut new = 0;
        let mut waiting = VecDeque::new();
        for found in orders {
            waiting.push_back(self.app.begin_import(found.new).unwrap());
            if waiting.len() >= IN_FLIGHT_MAX {
                new += usize::from(waiting.pop_front().unwrap().wait().unwrap() == Imported::New);
            }
        }
        for import in waiting {
            new += usize::from(import.wait().unwrap() == Imported::New);
        }
        new
    }

    fn set(&self, now: Timestamp) {
        *self.clock.0.lock().unwrap() = now;
    }

    fn wait(&self, duration: SignedDuration) {
        self.set(self.clock.now() + duration);
    }

    /// When the next job is due.
    pub(crate) fn next_job(&self) -> Option<Timestamp> {
        let due = self.app.store().read(|tx| {
            let sql = "select due_at_us from job order by due_at_us limit 1";
            tx.first(sql, &[], |row| row.moment(0))
        });
        let due: Result<_, Error> = due.wait();
        due.unwrap()
    }

    fn pay(&self) {
        for _ in 0..100 {
            let Some(due) = self.next_job() else { return };
            self.set(due.max(self.clock.now()));
            self.app.work_refunds(&self.providers, "worker").unwrap();
        }
        panic!("a refund does not come to its end");
    }

    fn then(&self, number: &str, command: impl Into<Command>) {
        let actor = Actor::Staff { id: id("someone"), finance: true };
        let who = Who { roles: Role::Owner.into(), actor };
        let command = command.into();
        if let Err(error) = self.app.carry_out(&who, number, &command) {
            panic!("{number}: {command:?}: {error}");
        }
    }

    fn order(&self, number: &str) -> (Order, Ledger) {
        let number = number.to_owned();
        let read = self.app.store().read(move |tx| -> Result<_, backhaul_app::DoorError> {
            let order = orders::find(tx, &number)?.expect("every returned order was sold");
            let history = ledger::load(tx, &order)?.expect("it has a ledger");
            Ok((orders::get(tx, &order, None)?.expect("it has a document"), history))
        });
        let (order, history) = read.wait().unwrap();
        let mut ledger = Ledger::default();
        for recorded in &history.events {
            ledger.apply(&recorded.event);
        }
        (order, ledger)
    }

    /// The units whose claims are so.
    fn units(&self, number: &str, case: &str, are: impl Fn(&Claim) -> bool) -> Vec<UnitId> {
        let (_, ledger) = self.order(number);
        let claims = &ledger.cases.get(&id(case)).expect("the case").claims;
        claims.iter().filter(|(_, claim)| are(claim)).map(|(unit, _)| unit.clone()).collect()
    }

    /// A whole order comes back for that cause, and its case is brought to its end.
    pub(crate) fn comes_back(&self, place: usize, number: &str, reason: Cause) -> Outcome {
        let case = format!("{CASE}-{place}");
        let (order, _) = self.order(number);
        let signed_at = order.placed_at + days(5);
        let is_late = reason == Cause::Mismatch && place.is_multiple_of(LATE_EVERY);
        let reported_at = signed_at + days(if is_late { 9 } else { 3 });
        self.set(reported_at + SignedDuration::from_hours(2));
        self.then(number, open(&case, &order, reason, reported_at));
        if reason == Cause::Mismatch {
            // The report of sales does not say when the delivery was signed for: staff confirm it.
            let fact = ConfirmedFact::SignedAt { at: signed_at };
            self.then(number, ConfirmFact { case: id(&case), fact });
        }
        let coming = self.units(number, &case, Claim::is_accepted);
        if !coming.is_empty() {
            self.take_back(number, &case, &coming, reason);
            self.refund(number, &case);
        }
        self.then(number, CloseCase { case: id(&case) });
        self.outcome(number, &case)
    }

    /// Authorised, announced, received, inspected.
    fn take_back(&self, number: &str, case: &str, units: &[UnitId], reason: Cause) {
        let today = self.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let expires_on = today.checked_add(jiff::Span::new().days(30)).unwrap();
        let (instructions, parcel) = (id("instructions"), format!("P-{case}"));
        let case_id = || id(case);
        self.then(
            number,
            Authorise { case: case_id(), units: units.to_vec(), instructions, expires_on },
        );
        let announced = AnnounceParcel {
            case: case_id(),
            parcel: id(&parcel),
            units: units.to_vec(),
            tracking: None,
        };
        self.then(number, announced);
        self.wait(days(4));
        let items =
            units.chunk_by(|one, other| one.line == other.line).map(|units| Item::Counted {
                line: units.first().unwrap().line.clone(),
                component: None,
                count: u32::try_from(units.len()).unwrap(),
            });
        let items = items.collect();
        self.then(number, ReceiveParcel { parcel: id(&parcel), case: Some(case_id()), items });
        for (place, unit) in units.iter().enumerate() {
            let is_sound = place.is_multiple_of(SOUND_EVERY);
            self.then(
                number,
                InspectUnit {
                    case: case_id(),
                    unit: unit.clone(),
                    condition: None,
                    fault_found: (reason == Cause::Quality).then_some(!is_sound),
                    findings: Vec::new(),
                    faulty_components: None,
                    report: None,
                    pictures: Vec::new(),
                },
            );
        }
    }

    /// What is accepted is paid out after its first day; what inspection declined goes back to the buyer.
    fn refund(&self, number: &str, case: &str) {
        for unit in
            self.units(number, case, |claim| claim.received.is_some() && claim.is_rejected())
        {
            self.then(number, SendBackUnit { case: id(case), unit, tracking: None });
        }
        let units = self.units(number, case, Claim::is_accepted).into_iter();
        let units: Vec<_> = units.map(|unit| RefundUnit { unit, deductions: Vec::new() }).collect();
        if units.is_empty() {
            return;
        }
        // Three working days, even over the longest holidays.
        self.wait(days(15));
        let (refund, case) = (id(&format!("R-{case}")), id(case));
        self.then(number, ApproveRefund { refund, case, units, shipping: None, early: None });
        self.pay();
    }

    fn outcome(&self, number: &str, case: &str) -> Outcome {
        let (order, ledger) = self.order(number);
        let known = ledger.cases.get(&id(case)).expect("the case");
        let mut outcome = Outcome {
            ended: ledger.case_state(known),
            accepted: 0,
            declined: BTreeMap::new(),
            due_minor: 0,
            refunded_minor: 0,
        };
        for (unit, claim) in &known.claims {
            if claim.is_accepted() {
                let share = share_of(&order, unit).unwrap().expect("it has a place");
                outcome.accepted += 1;
                outcome.due_minor += share.total().unwrap().minor;
            } else {
                let clause = claim.judged.decision.clauses.first().expect("a refusal says why");
                *outcome.declined.entry(clause.to_string()).or_default() += 1;
            }
        }
        for refund in ledger.refunds.values() {
            assert!(refund.uncovered.is_zero(), "{number}: the payment covers all of it");
            for piece in refund.pieces.values() {
                assert_eq!(piece.state, InstructionState::Settled, "{number}");
                outcome.refunded_minor += piece.planned.amount.minor;
            }
        }
        outcome
    }
}

/// A case for everything of the order, with the pictures that a report of wrong items needs.
fn open(case: &str, order: &Order, reason: Cause, reported_at: Timestamp) -> OpenCase {
    let slots = ["outer_box", "inner_package", "product"];
    let evidence =
        slots.map(|slot| Evidence { slot: id(slot), file: id(&format!("picture-{slot}")) });
    let claims = order.lines.iter().enumerate().map(|(place, line)| ClaimRequest {
        units: (1..=line.quantity).map(|number| UnitId::whole(line.id.clone(), number)).collect(),
        cause: reason,
        remedy: Remedy::Refund,
        condition: match reason {
            Cause::Quality => Condition::Used,
            // Of what is no longer wanted, every second line was tried.
            Cause::OwnReasons if !place.is_multiple_of(2) => Condition::Tried,
            _ => Condition::Unused,
        },
        platform: None,
        evidence: if reason == Cause::Mismatch { evidence.to_vec() } else { Vec::new() },
        facts: BTreeMap::new(),
    });
    OpenCase { case: id(case), reported_at, text: None, claims: claims.collect() }
}
