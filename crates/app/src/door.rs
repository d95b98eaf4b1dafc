//! The one door to a ledger (invariant `one-door`): load, decide, append at the version that was seen, write what follows, commit;
//! and again, where somebody else was faster.

use std::sync::Arc;

use backhaul_core::ledger::{
    Actor, CaseId, Command, Context, Event, Ledger, Order, Refusal, decide,
};
use backhaul_core::policy::{Catalogue, Policy};
use backhaul_store::jobs::{self, Claim};
use backhaul_store::ledger::{History, LedgerError};
use backhaul_store::orders::OrderStoreError;
use backhaul_store::{Error, OrderId, Tx, case_index, ledger, orders, webhooks};
use jiff::{SignedDuration, Timestamp};

use crate::project::{enqueue_refunds, project};
use crate::right::Role;
use crate::{App, Clock};

/// How often a command is tried again when others change the same ledger.
pub const TRIES_MAX: u32 = 20;

/// Who asks: in which role, and as whom the ledger remembers them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The role that the right is checked for.
    pub role: Role,
    /// The person or part that the events name.
    pub actor: Actor,
}

/// What a command brought about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// What was recorded; nothing where the command told nothing new.
    pub events: Vec<Event>,
    /// The number of the ledger's last event.
    pub version: i64,
}

/// Why a command was not carried out. Nothing was changed then, save where the database says that it does not know.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// The role may not ask for it.
    #[error("{role:?} may not {command}")]
    Forbidden {
        /// The role.
        role: Role,
        /// The command's name.
        command: &'static str,
    },
    /// There is no such order.
    #[error("there is no order `{number}`")]
    UnknownOrder {
        /// Its number.
        number: String,
    },
    /// A claim of the order is judged by a policy version that is not known any more.
    #[error("the policy `{pin}` that judges this order is not known: load it")]
    UnknownPolicy {
        /// `id@version`.
        pin: String,
    },
    /// The RMA number is a case of another order.
    #[error("the case number {case:?} is taken: choose another")]
    CaseTaken {
        /// The number.
        case: CaseId,
    },
    /// The rules say no.
    #[error("{}", .0.message)]
    Refused(Refusal),
    /// The job that asked is no longer its worker's.
    #[error("another worker has taken the job over")]
    LeaseLost,
    /// The ledger cannot be read or appended to.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The order cannot be read.
    #[error(transparent)]
    Order(#[from] OrderStoreError),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

impl App {
    /// Carries out a command on the ledger of that order; answers after the commit.
    ///
    /// # Errors
    /// [`DoorError`].
    pub fn carry_out(&self, who: &Who, number: &str, command: &Command) -> Result<Done, DoorError> {
        self.carry_out_holding(who, number, command, None)
    }

    /// Carries out a command of a job, only as long as the lease is held: a look at the job and the append are one transaction.
    pub(crate) fn carry_out_holding(
        &self,
        who: &Who,
        number: &str,
        command: &Command,
        lease: Option<&Lease>,
    ) -> Result<Done, DoorError> {
        if !who.role.may(command) {
            return Err(DoorError::Forbidden { role: who.role, command: command.name() });
        }
        let mut tries = 1;
        loop {
            let attempt = Attempt {
                catalogue: Arc::clone(&self.catalogue),
                clock: Arc::clone(&self.clock),
                actor: who.actor.clone(),
                number: number.to_owned(),
                command: command.clone(),
                lease: lease.cloned(),
            };
            match self.store.write(move |tx| attempt.run(tx)).wait() {
                Err(DoorError::Ledger(LedgerError::VersionConflict { .. }))
                    if tries < TRIES_MAX =>
                {
                    tries = tries.saturating_add(1);
                }
                done => return done,
            }
        }
    }
}

impl App {
    /// Writes the read tables of an order again, from its ledger alone.
    ///
    /// # Errors
    /// [`DoorError`].
    pub fn rebuild(&self, number: &str) -> Result<(), DoorError> {
        let (catalogue, number) = (Arc::clone(&self.catalogue), number.to_owned());
        let done = self.store.write(move |tx| {
            let unknown = || DoorError::UnknownOrder { number: number.clone() };
            let id = orders::find(tx, &number)?.ok_or_else(unknown)?;
            rebuild(tx, &id, &catalogue)
        });
        done.wait()
    }
}

/// A job that its worker holds, and for how long it asks for it from now on.
#[derive(Clone, Debug)]
pub(crate) struct Lease {
    pub(crate) claim: Claim,
    pub(crate) lasts: SignedDuration,
}

impl Lease {
    /// Prolongs it; says whether the job is still the worker's.
    pub(crate) fn renew(&self, tx: &mut dyn Tx, now: Timestamp) -> Result<bool, Error> {
        jobs::renew(tx, &self.claim, now.checked_add(self.lasts).unwrap_or(Timestamp::MAX))
    }
}

/// One try, inside of one transaction.
struct Attempt {
    catalogue: Arc<Catalogue>,
    clock: Arc<dyn Clock>,
    actor: Actor,
    number: String,
    command: Command,
    lease: Option<Lease>,
}

impl Attempt {
    fn run(&self, tx: &mut dyn Tx) -> Result<Done, DoorError> {
        if let Some(lease) = &self.lease
            && !lease.renew(tx, self.clock.now())?
        {
            return Err(DoorError::LeaseLost);
        }
        let unknown = || DoorError::UnknownOrder { number: self.number.clone() };
        let id = orders::find(tx, &self.number)?.ok_or_else(unknown)?;
        let order = orders::get(tx, &id, None)?.ok_or_else(unknown)?;
        let history = ledger::load(tx, &id)?.ok_or_else(unknown)?;
        let before = folded(&history);
        let policy = self.policy(&before, &order)?;

        let now = self.clock.now();
        let context = Context::new(now, self.actor.clone(), &order, &policy);
        let events = decide(&before, &self.command, &context).map_err(DoorError::Refused)?;
        if events.is_empty() {
            return Ok(Done { events, version: history.head.version() });
        }
        let head = ledger::append(tx, &id, history.head, now, &events)?;
        let mut after = before.clone();
        for event in &events {
            after.apply(event);
        }
        project(tx, &id, &before, &after, &policy, now)?;
        enqueue_refunds(tx, &order.number, &events, now)?;
        webhooks::enqueue(tx, &id, history.head.version(), &events, now)?;
        Ok(Done { events, version: head.version() })
    }

    /// The policy version that judges the order: the one of its claims, or the one in force when it was placed.
    fn policy(&self, ledger: &Ledger, order: &Order) -> Result<Arc<Policy>, DoorError> {
        let pin = ledger.claims().next().map(|(_, _, claim)| claim.judged.pin.to_string());
        let found = self.catalogue.choose(pin.as_deref(), Some(order.placed_at));
        let unknown = || DoorError::UnknownPolicy { pin: pin.clone().unwrap_or_default() };
        found.map(Arc::clone).ok_or_else(unknown)
    }
}

/// The ledger that the events make.
pub(crate) fn folded(history: &History) -> Ledger {
    let mut ledger = Ledger::default();
    for recorded in &history.events {
        ledger.apply(&recorded.event);
    }
    ledger
}

/// Writes again what follows from a ledger, from its events alone (invariant `rebuildable`).
fn rebuild(tx: &mut dyn Tx, id: &OrderId, catalogue: &Catalogue) -> Result<(), DoorError> {
    case_index::clear(tx, id)?;
    let (Some(history), Some(order)) = (ledger::load(tx, id)?, orders::get(tx, id, None)?) else {
        return Ok(());
    };
    let mut ledger = Ledger::default();
    // The events of one command share their moment; what follows is written once for all of them.
    for command in history.events.chunk_by(|one, next| one.at == next.at) {
        let before = ledger.clone();
        for recorded in command {
            ledger.apply(&recorded.event);
        }
        let pin = ledger.claims().next().map(|(_, _, claim)| claim.judged.pin.to_string());
        let policy = catalogue.choose(pin.as_deref(), Some(order.placed_at));
        if let (Some(policy), Some(recorded)) = (policy, command.last()) {
            project(tx, id, &before, &ledger, policy, recorded.at)?;
        }
    }
    Ok(())
}
