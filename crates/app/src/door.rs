//! The one door to a ledger (invariant `one-door`): load, decide, append at the version that was seen, write what follows, commit;
//! and again, where somebody else was faster.

use std::sync::Arc;

use backhaul_core::ledger::command::AssignCase;
use backhaul_core::ledger::{Actor, Command, Context, Event, Ledger, Order, TextId, decide};
use backhaul_core::policy::{Catalogue, Policy};
use backhaul_store::jobs::{self, Claim};
use backhaul_store::ledger::{Appended, History, LedgerError, Recorded};
use backhaul_store::request_keys::{self, Answered};
use backhaul_store::{
    Error, OrderId, Tx, case_index, case_serials, ledger, orders, people, refund_index,
    refund_proposals, report_unit, texts, waiting, webhooks,
};
use jiff::{SignedDuration, Timestamp};

pub use crate::door_error::DoorError;
use crate::keys::is_machine;
use crate::letters::Change;
use crate::loaded::{Loaded, LoadedLedgers};
use crate::policies::Policies;
use crate::project::Follows;
use crate::right::Roles;
use crate::sign_in::{PROOF_LASTS, SignInSettings};
use crate::trail::Asker;
use crate::{App, BankSettings, Clock};

/// How often a command is tried. One that lost a race takes the order's lock at its next try, and nobody can be faster then; the
/// others are for a commit of which the database does not know whether it happened.
pub const TRIES_MAX: u32 = 5;

/// Who asks: in which roles, and as whom the ledger remembers them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The roles that the right is checked for.
    pub roles: Roles,
    /// The person or part that the events name.
    pub actor: Actor,
}

/// A command with all that comes along with it.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub who: Who,
    /// The number of the order.
    pub order: String,
    /// What is asked for.
    pub command: Command,
    /// The texts that the command names, kept in the same transaction; at most [`TEXTS_MAX`] of at most [`TEXT_CHARS_MAX`].
    pub texts: Vec<(TextId, String)>,
    /// The ledger's version that the caller has seen; nothing is done at another.
    pub expected: Option<i64>,
    /// The key under which it is carried out once, however often it is asked.
    pub once: Option<Once>,
    /// When whoever asks last proved by more than a password who they are: see [`crate::sessions::Session::proof`].
    pub proof: Option<Timestamp>,
}

impl Request {
    /// A command alone.
    #[must_use]
    pub fn new(who: Who, order: &str, command: Command) -> Self {
        Self {
            who,
            order: order.to_owned(),
            command,
            texts: Vec::new(),
            expected: None,
            once: None,
            proof: None,
        }
    }
}

/// An idempotency key: a request that was carried out under it gets the same answer again, and another one is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// Whose key it is; keys of different callers never meet.
    pub caller: String,
    /// The key.
    pub key: String,
    /// SHA-256 of all that is asked, as hex.
    pub request_hash: String,
}

/// The most texts that come along with one command.
pub const TEXTS_MAX: usize = 50;
/// The most characters of a text.
pub const TEXT_CHARS_MAX: usize = 20_000;

/// What a command brought about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// What was recorded; nothing where the command told nothing new.
    pub events: Vec<Event>,
    /// The number of the last of them: the ledger's version after the command.
    pub version: i64,
    /// Whether it was carried out before, under the same key.
    pub is_replay: bool,
}

impl App {
    /// Carries out a command on the ledger of that order; answers after the commit.
    ///
    /// # Errors
    /// [`DoorError`].
    pub fn carry_out(&self, who: &Who, number: &str, command: &Command) -> Result<Done, DoorError> {
        pollster::block_on(self.ask(Request::new(who.clone(), number, command.clone())))
    }

    /// Carries out a command of a job, only as long as the lease is held: a look at the job and the append are one transaction.
    pub(crate) fn carry_out_holding(
        &self,
        who: &Who,
        number: &str,
        command: &Command,
        lease: Option<&Lease>,
    ) -> Result<Done, DoorError> {
        let request = Request::new(who.clone(), number, command.clone());
        let hold = lease.cloned().map_or(Hold::Nothing, Hold::Lease);
        pollster::block_on(self.ask_holding(request, hold))
    }

    /// Carries out a command that a job came to, and ends the job in the same transaction, where it is still its worker's.
    pub(crate) fn carry_out_ending(
        &self,
        who: &Who,
        number: &str,
        command: &Command,
        claim: &Claim,
    ) -> Result<Done, DoorError> {
        let request = Request::new(who.clone(), number, command.clone());
        pollster::block_on(self.ask_holding(request, Hold::Ending(claim.clone())))
    }

    /// Carries out a request; answers after the commit.
    ///
    /// # Errors
    /// [`DoorError`].
    pub async fn ask(&self, request: Request) -> Result<Done, DoorError> {
        self.ask_holding(request, Hold::Nothing).await
    }

    async fn ask_holding(&self, request: Request, hold: Hold) -> Result<Done, DoorError> {
        let Request { who, command, texts, .. } = &request;
        if !who.roles.may(command) {
            return Err(DoorError::Forbidden { roles: who.roles.clone(), command: command.name() });
        }
        let is_long = |(_, words): &(TextId, String)| words.chars().count() > TEXT_CHARS_MAX;
        if texts.len() > TEXTS_MAX || texts.iter().any(is_long) {
            return Err(DoorError::TextsTooLarge);
        }
        if let Some((text, _)) = texts.iter().find(|(_, words)| words.chars().any(is_odd)) {
            return Err(DoorError::TextControl { text: text.clone() });
        }
        let attempt = Arc::new(Attempt {
            policies: Arc::clone(&self.policies),
            clock: Arc::clone(&self.clock),
            loaded: Arc::clone(&self.loaded),
            bank: Arc::clone(&self.bank),
            sign_in: Arc::clone(&self.sign_in),
            request,
            hold,
        });
        let mut turn = Turn::AtOnce;
        let mut tries = 1_u32;
        loop {
            let now = Arc::clone(&attempt);
            let (error, done) = match self.store.write(move |tx| now.run(tx, turn)).await {
                Ok((done, loaded)) => {
                    if let Some((id, loaded)) = loaded {
                        self.loaded.keep(&id, loaded);
                    }
                    #[cfg(feature = "crash-points")]
                    crate::crash::committed(&attempt.request.command);
                    return Ok(done);
                }
                Err(error) => (attempt.is_worth_another(&error), Err(error)),
            };
            if !error || tries >= TRIES_MAX {
                return done;
            }
            turn = Turn::InLine;
            tries = tries.saturating_add(1);
        }
    }
}

impl App {
    /// Writes the read tables of an order again, from its ledger alone.
    ///
    /// # Errors
    /// [`DoorError`].
    pub fn rebuild(&self, number: &str) -> Result<(), DoorError> {
        let (policies, bank) = (Arc::clone(&self.policies), Arc::clone(&self.bank));
        let now = self.clock.now();
        let number = number.to_owned();
        let done = self.store.write(move |tx| {
            let unknown = || DoorError::UnknownOrder { number: number.clone() };
            let id = orders::find(tx, &number)?.ok_or_else(unknown)?;
            let catalogue = policies.look_again(tx, now)?;
            rebuild(tx, &id, &catalogue, &bank)
        });
        done.wait()
    }

    /// Writes again the rows of cases that were written by an earlier version of this program; says of how many orders.
    ///
    /// # Errors
    /// [`DoorError::Database`] and the like; an order whose policy is not known stays as it is.
    pub fn renew_case_rows(&self) -> Result<usize, DoorError> {
        let (mut renewed, mut behind) = (0_usize, String::new());
        loop {
            let from = behind.clone();
            let orders =
                self.store.read(move |tx| case_index::outdated(tx, &from, RENEWED_AT_ONCE));
            let orders = orders.wait()?;
            let Some(last) = orders.last() else { return Ok(renewed) };
            last.as_str().clone_into(&mut behind);
            for id in orders {
                let (catalogue, bank) = (self.catalogue(), Arc::clone(&self.bank));
                let again = self.store.write(move |tx| rebuild(tx, &id, &catalogue, &bank));
                match again.wait() {
                    Ok(()) => renewed = renewed.saturating_add(1),
                    Err(DoorError::UnknownPolicy { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }
}

/// How many orders are looked for at once whose rows are to be written again.
const RENEWED_AT_ONCE: u32 = 100;

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

/// The door for what must be in one transaction with more than one command, or with more than commands.
#[derive(Clone)]
pub(crate) struct Door {
    policies: Arc<Policies>,
    clock: Arc<dyn Clock>,
    loaded: Arc<LoadedLedgers>,
    bank: Arc<BankSettings>,
    sign_in: Arc<SignInSettings>,
}

impl App {
    pub(crate) fn door(&self) -> Door {
        Door {
            policies: Arc::clone(&self.policies),
            clock: Arc::clone(&self.clock),
            loaded: Arc::clone(&self.loaded),
            bank: Arc::clone(&self.bank),
            sign_in: Arc::clone(&self.sign_in),
        }
    }
}

impl Door {
    /// Carries out a command in that transaction. After a refusal nothing was written, and the transaction can go on.
    pub(crate) fn carry_out(
        &self,
        tx: &mut dyn Tx,
        who: &Who,
        number: &str,
        command: &Command,
    ) -> Result<Done, DoorError> {
        if !who.roles.may(command) {
            return Err(DoorError::Forbidden { roles: who.roles.clone(), command: command.name() });
        }
        let Self { policies, clock, loaded, bank, sign_in } = self.clone();
        let request = Request::new(who.clone(), number, command.clone());
        let hold = Hold::Nothing;
        let attempt = Attempt { policies, clock, loaded, bank, sign_in, request, hold };
        let (done, after) = attempt.run(tx, Turn::AtOnce)?;
        if let Some((id, after)) = after {
            // It may not be committed in the end; whoever uses it compares its head with the database's.
            self.loaded.keep(&id, after);
        }
        Ok(done)
    }
}

/// One try, inside of one transaction. It holds no handle of the store, whose own threads would be the last to drop it.
struct Attempt {
    policies: Arc<Policies>,
    clock: Arc<dyn Clock>,
    loaded: Arc<LoadedLedgers>,
    bank: Arc<BankSettings>,
    sign_in: Arc<SignInSettings>,
    request: Request,
    hold: Hold,
}

/// What becomes of the job that asks, in the transaction of what it asks for.
enum Hold {
    /// No job asks, or it makes no difference.
    Nothing,
    /// Nothing is done once it is another worker's.
    Lease(Lease),
    /// It is over, if it is still its worker's.
    Ending(Claim),
}

/// How a try comes to its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// It reads the order and goes on; whoever appends first wins. Almost nobody meets another, and nobody waits.
    AtOnce,
    /// It waits until the order is its alone. Of many who come at once each has its turn then, whereas again and again somebody
    /// could be the loser of a race.
    InLine,
}

/// What a try came to, and what is true of the order once it is committed.
type Tried = (Done, Option<(OrderId, Loaded)>);

impl Attempt {
    fn run(&self, tx: &mut dyn Tx, turn: Turn) -> Result<Tried, DoorError> {
        match &self.hold {
            Hold::Lease(lease) if !lease.renew(tx, self.clock.now())? => {
                return Err(DoorError::LeaseLost);
            }
            Hold::Ending(claim) => {
                // Whether it was still ours does not matter: what it came to is true.
                jobs::finish(tx, claim)?;
            }
            Hold::Lease(_) | Hold::Nothing => {}
        }
        self.carry_out(tx, turn)
    }

    fn carry_out(&self, tx: &mut dyn Tx, turn: Turn) -> Result<Tried, DoorError> {
        let Self { clock, loaded, .. } = self;
        let Request { who, order: number, command, once, .. } = &self.request;
        let unknown = || DoorError::UnknownOrder { number: number.clone() };
        if turn == Turn::InLine {
            orders::place_locked(tx, number)?;
        }
        let key = once.as_ref().map(|once| (once.caller.as_str(), once.key.as_str()));
        let (place, mut answered) = request_keys::place(tx, number, key)?.ok_or_else(unknown)?;
        let before = loaded.load(tx, &place)?;
        // What the same request did a moment ago is in this ledger, or its key is not there and the append will fail. A key that
        // was looked for before the ledger could be missing from one that has its effect, which would then be refused.
        if before.head != place.head
            && let Some((caller, key)) = key
        {
            answered = request_keys::get(tx, caller, key)?;
        }
        if let Some(answered) = answered {
            return Ok((self.answer_again(tx, &answered)?, None));
        }
        self.require_version(before.head.version())?;
        require_staff(tx, command)?;

        let now = clock.now();
        let policy = self.policy(tx, &before, now)?;
        let alone = self.sign_in.alone_up_to(before.order.currency);
        let context =
            Context::new(now, who.actor.clone(), &before.order, &policy).alone_up_to(alone);
        let events = decide(&before.ledger, command, &context).map_err(DoorError::Refused)?;
        self.require_person(&events, now)?;
        self.keep_texts(tx, &place.id, now)?;
        if events.is_empty() {
            let version = before.head.version();
            self.remember(tx, &place.id, version, version, now)?;
            return Ok((Done { events, version, is_replay: false }, None));
        }
        let asked_by = Asker::of(&who.actor).to_string();
        let Appended { head, has_endpoints } =
            ledger::append(tx, &place.id, before.head, now, &asked_by, &events)?;
        let after = before.followed_by(&events, head);
        let (id, order) = (&place.id, before.order.as_ref());
        let follows = Follows { id, order, policy: &policy, bank: &self.bank, now };
        follows.project(tx, &before.ledger, &after.ledger)?;
        follows.enqueue_refunds(tx, &events)?;
        follows.attach_files(tx, &events)?;
        if has_endpoints {
            webhooks::enqueue(tx, &place.id, before.head.version(), &events, now)?;
        }
        let change = Change {
            order: &place.id,
            after: before.head.version(),
            last: head.version(),
            events: &events,
            before: &before.ledger,
            now: &after.ledger,
            at: now,
        };
        change.write_letters(tx)?;
        self.remember(tx, &place.id, before.head.version(), head.version(), now)?;
        #[cfg(feature = "crash-points")]
        crate::crash::before_commit(command);
        let done = Done { events, version: head.version(), is_replay: false };
        Ok((done, Some((place.id, after))))
    }

    /// The policy version that judges. One that is not known may have been published a moment ago by another process.
    fn policy(
        &self,
        tx: &mut dyn Tx,
        before: &Loaded,
        now: Timestamp,
    ) -> Result<Arc<Policy>, DoorError> {
        let known = self.policies.look(tx, now)?;
        match policy(&known, &before.ledger, &before.order) {
            Err(DoorError::UnknownPolicy { .. }) => {
                let known = self.policies.look_again(tx, now)?;
                policy(&known, &before.ledger, &before.order)
            }
            found => found,
        }
    }

    /// The answer that the key got before, from the ledger itself.
    fn answer_again(&self, tx: &mut dyn Tx, answered: &Answered) -> Result<Done, DoorError> {
        let asked = self.request.once.as_ref().map(|once| &once.request_hash);
        if asked != Some(&answered.request_hash) {
            return Err(DoorError::KeyReused);
        }
        let unknown = || DoorError::UnknownOrder { number: self.request.order.clone() };
        let history = ledger::load(tx, &answered.order)?.ok_or_else(unknown)?;
        let made = |recorded: &Recorded| {
            (answered.after < recorded.seq && recorded.seq <= answered.last)
                .then(|| recorded.event.clone())
        };
        let events = history.events.iter().filter_map(made).collect();
        Ok(Done { events, version: answered.last, is_replay: true })
    }

    /// Above the merchant's limits money is let go by people, who proved a moment ago who they are. A machine has its key, which was
    /// made by a person who did; it counts as no person where two are needed.
    fn require_person(&self, events: &[Event], now: Timestamp) -> Result<(), DoorError> {
        let actor = &self.request.who.actor;
        for event in events {
            let (total, needs_two) = match event {
                Event::RefundProposed { bill, .. } => (bill.total, true),
                Event::RefundApproved { bill, proposed_by, .. } => {
                    (bill.total, proposed_by.is_some())
                }
                _ => continue,
            };
            let is_machine = is_machine(actor);
            if needs_two && is_machine {
                return Err(DoorError::PersonNeeded);
            }
            let is_person = matches!(actor, Actor::Staff { .. }) && !is_machine;
            if is_person && self.sign_in.needs_proof(total) && !is_fresh(self.request.proof, now) {
                return Err(DoorError::ProofNeeded);
            }
        }
        Ok(())
    }

    fn require_version(&self, found: i64) -> Result<(), DoorError> {
        match self.request.expected {
            Some(expected) if expected != found => {
                Err(DoorError::VersionDiffers { expected, found })
            }
            _ => Ok(()),
        }
    }

    fn keep_texts(&self, tx: &mut dyn Tx, id: &OrderId, now: Timestamp) -> Result<(), DoorError> {
        for (text, words) in &self.request.texts {
            if !texts::put(tx, id, text, words, now)? {
                return Err(DoorError::TextTaken { text: text.clone() });
            }
        }
        Ok(())
    }

    fn remember(
        &self,
        tx: &mut dyn Tx,
        id: &OrderId,
        after: i64,
        last: i64,
        now: Timestamp,
    ) -> Result<(), DoorError> {
        let Some(Once { caller, key, request_hash }) = &self.request.once else { return Ok(()) };
        let (request_hash, order) = (request_hash.clone(), id.clone());
        let answered = Answered { request_hash, order, after, last };
        if request_keys::put(tx, caller, key, &answered, now)? {
            return Ok(());
        }
        // The same request at the same moment was faster: the next try finds its answer.
        let (order, expected) = (id.to_string(), after);
        Err(DoorError::Ledger(LedgerError::VersionConflict { order, expected }))
    }

    /// Whether another try may end otherwise, and can do no harm.
    fn is_worth_another(&self, error: &DoorError) -> bool {
        match error {
            DoorError::Ledger(LedgerError::VersionConflict { .. }) => true,
            // Whether it was committed is not known. Under a key another try finds out, and a lease is lost to nobody else.
            DoorError::Database(Error::Unclear { .. })
            | DoorError::Ledger(LedgerError::Database(Error::Unclear { .. })) => {
                self.request.once.is_some()
            }
            _ => false,
        }
    }
}

/// Whether somebody proved a moment ago who they are.
pub(crate) fn is_fresh(proof: Option<Timestamp>, now: Timestamp) -> bool {
    proof.is_some_and(|at| now.duration_since(at) < PROOF_LASTS)
}

/// A case that is given to nobody the desk knows would be in no one's list.
fn require_staff(tx: &mut dyn Tx, command: &Command) -> Result<(), DoorError> {
    let Command::AssignCase(AssignCase { to: Some(name), .. }) = command else { return Ok(()) };
    match people::staff(tx, name.as_str())? {
        Some(staff) if staff.is_active => Ok(()),
        _ => Err(DoorError::UnknownStaff { name: name.clone() }),
    }
}

/// What no person types on purpose; PostgreSQL could not even keep a NUL.
fn is_odd(sign: char) -> bool {
    sign.is_control() && !matches!(sign, '\t' | '\n' | '\r')
}

/// The policy version that judges the order: the one of its claims, or the one in force when it was placed.
pub(crate) fn policy(
    catalogue: &Catalogue,
    ledger: &Ledger,
    order: &Order,
) -> Result<Arc<Policy>, DoorError> {
    let pin = ledger.claims().next().map(|(_, _, claim)| claim.judged.pin.to_string());
    let found = catalogue.choose(pin.as_deref(), Some(order.placed_at));
    let unknown = || DoorError::UnknownPolicy { pin: pin.clone().unwrap_or_default() };
    found.map(Arc::clone).ok_or_else(unknown)
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
fn rebuild(
    tx: &mut dyn Tx,
    id: &OrderId,
    catalogue: &Catalogue,
    bank: &BankSettings,
) -> Result<(), DoorError> {
    case_index::clear(tx, id)?;
    case_serials::clear(tx, id)?;
    refund_index::clear(tx, id)?;
    report_unit::clear(tx, id)?;
    refund_proposals::clear(tx, id)?;
    waiting::clear(tx, id)?;
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
        // Without it the rows would be gone, and the cases with them.
        let unknown = || DoorError::UnknownPolicy { pin: pin.clone().unwrap_or_default() };
        let policy = policy.ok_or_else(unknown)?;
        if let Some(recorded) = command.last() {
            let follows = Follows { id, order: &order, policy, bank, now: recorded.at };
            follows.project(tx, &before, &ledger)?;
        }
    }
    Ok(())
}
