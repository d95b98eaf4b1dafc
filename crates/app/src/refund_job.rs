//! The job `submit_refund`: one step on the way of one instruction, from the key that is stored to the answer that is known.
//!
//! Write the intent, commit, look at the lease, call, write the answer. A worker may die or sleep between any two of these:
//! what is then true is in the ledger, and the next worker reads it there (invariant `never-twice`).

use std::sync::Arc;

use backhaul_core::ledger::command::{Answer, RecordAnswer, ResendInstruction, SubmitInstruction};
use backhaul_core::ledger::{
    Actor, Command, Event, IdempotencyKey, Instruction, InstructionId, InstructionState, Order,
    PaymentId, ProviderName, Reference, RefundId,
};
use backhaul_core::money::Money;
use backhaul_store::jobs::{self, Claim, NewJob};
use backhaul_store::ledger::{self, History};
use backhaul_store::orders::{self, OrderStoreError};
use backhaul_store::{Error, Hash, bank_batch};
use jiff::{SignedDuration, Timestamp};

use crate::door::Lease;
use crate::providers::Providers;
use crate::refund_pause;
use crate::refund_provider::{ByReference, RefundProvider, RefundRequest, SubmitAnswer};
use crate::refund_step::{
    LOOK_AGAIN, Next, PENDING_MAX, SEND_WITHIN, Sent, Situation, after, next, pause,
};
use crate::{App, DoorError, Role, Who, refund_reference};

/// The kind of these jobs.
const KIND: &str = "submit_refund";
/// How long a job is a worker's beside the time-out of a call: well above [`SEND_WITHIN`].
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// When an instruction that may not be submitted is looked at again: a chargeback may be won, or a person withdraws it.
const REFUSED_AGAIN: SignedDuration = SignedDuration::from_hours(24);
/// When a refund whose provider is not configured is looked at again.
const NO_PROVIDER_AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// Why a step was not done. The job comes back when its lease ends.
#[derive(Debug, thiserror::Error)]
pub enum RefundJobError {
    /// The job does not say what it is about, or that is not there.
    #[error("the job `{id}` is about no instruction that is known")]
    NoInstruction {
        /// The job.
        id: String,
    },
    /// The order cannot be read.
    #[error(transparent)]
    Order(#[from] OrderStoreError),
    /// The ledger or the database says no.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

/// The id of an instruction's job.
pub(crate) fn job_id(order: &str, id: &InstructionId) -> String {
    let InstructionId { refund, number } = id;
    format!("{KIND}:{order}/{refund}#{number}")
}

/// The job of an instruction. Refunds are named within an order, so its number belongs to the id.
pub(crate) fn new_job(order: &str, id: &InstructionId, due_at: Timestamp) -> NewJob {
    let InstructionId { refund, number } = id;
    NewJob {
        id: job_id(order, id),
        kind: KIND.to_owned(),
        body: serde_json::json!([order, refund, number]).to_string(),
        due_at,
    }
}

impl App {
    /// Claims the refund job that has been due longest and does one step of it; says whether there was one.
    ///
    /// Several threads and processes may do so at once, each under a worker's name of its own. While refunds are paused
    /// nothing is claimed. A refund whose provider is not configured is looked at again an hour later.
    ///
    /// # Errors
    /// [`RefundJobError`].
    pub fn work_refunds(
        &self,
        providers: &Providers,
        worker: &str,
    ) -> Result<bool, RefundJobError> {
        let (now, holder) = (self.clock.now(), worker.to_owned());
        // Whose job it is shows only once it is claimed; from then on its own provider's time-out counts.
        let lasts = LEASE.saturating_add(providers.timeout_max());
        let claim = self.store.write(move |tx| {
            jobs::claim_unless(tx, refund_pause::REFUNDS_PAUSED, KIND, &holder, now, lasts)
        });
        let Some(claim) = claim.wait()? else { return Ok(false) };
        crash_point!(JobClaimed);
        let outcome = self.step(providers, &claim)?;
        if matches!(outcome, Outcome::Ended) {
            crash_point!(JobEnded);
            return Ok(true);
        }
        crash_point!(JobBeforeEnd);
        let now = self.clock.now();
        // Whether it was still ours does not matter here: then it is for the other one to do.
        self.store
            .write(move |tx| match outcome {
                Outcome::Done => jobs::finish(tx, &claim),
                Outcome::Again(pause) => jobs::put_back(tx, &claim, after(now, pause)),
                Outcome::At(due_at) => jobs::put_back(tx, &claim, due_at),
                Outcome::Ended | Outcome::Leave => Ok::<bool, Error>(false),
            })
            .wait()?;
        crash_point!(JobEnded);
        Ok(true)
    }

    fn step(&self, providers: &Providers, claim: &Claim) -> Result<Outcome, RefundJobError> {
        let loaded = Loaded::of(self, claim)?;
        crash_point!(SituationLoaded);
        let name = providers.name_for(loaded.named_provider()).cloned();
        let provider = name.as_ref().and_then(|name| providers.get(name));
        let (Some(name), Some(provider)) = (&name, provider) else {
            tracing::warn!(
                job.id = claim.id,
                provider.name = name.as_ref().map_or("", ProviderName::as_str),
                "a refund waits: its provider is not configured"
            );
            return Ok(Outcome::Again(NO_PROVIDER_AGAIN));
        };
        let lasts = LEASE.saturating_add(provider.capabilities().timeout);
        let lease = Lease { claim: claim.clone(), lasts };
        Work::new(self, name, &**provider, lease, loaded)?.step()
    }
}

/// What an instruction has behind it that no folded ledger tells.
#[derive(Clone, Copy, Default)]
struct Past {
    sent: Option<Sent>,
    is_at_bank: bool,
}

impl App {
    fn past(&self, number: &str, id: &InstructionId) -> Result<Past, RefundJobError> {
        let (number, id) = (number.to_owned(), id.clone());
        let read = self.store.read(move |tx| -> Result<Past, RefundJobError> {
            let Some(order) = orders::find(tx, &number)? else { return Ok(Past::default()) };
            let at_bank = bank_batch::piece(tx, &order, &id)?.and_then(|piece| piece.transfer);
            let history = ledger::load(tx, &order).map_err(DoorError::from)?;
            let sent = history.and_then(|history| sent(&history, &id));
            Ok(Past { sent, is_at_bank: at_bank.is_some() })
        });
        read.wait()
    }
}

/// What becomes of the job after a step.
#[derive(Clone, Copy)]
enum Outcome {
    Done,
    /// It was removed with what it came to.
    Ended,
    Again(SignedDuration),
    At(Timestamp),
    /// It is another worker's, or will be when the lease ends.
    Leave,
}

/// What the ledger and the order say of a claimed job's instruction.
struct Loaded {
    number: String,
    order: Arc<Order>,
    id: InstructionId,
    instruction: Instruction,
    /// Whether it is to leave by a job: it was not cancelled, and finance does not pay it by bank.
    is_for_us: bool,
    sent: Option<Sent>,
}

impl Loaded {
    fn of(app: &App, claim: &Claim) -> Result<Self, RefundJobError> {
        let nothing = || RefundJobError::NoInstruction { id: claim.id.clone() };
        let (number, id) = read_body(claim).ok_or_else(nothing)?;
        let view = pollster::block_on(app.order(&number))?.ok_or_else(nothing)?;
        let refund = view.ledger.refunds.get(&id.refund).ok_or_else(nothing)?;
        let instruction = refund.pieces.get(&id.number).ok_or_else(nothing)?.clone();
        // Of what never left there is nothing to look for.
        let past = match instruction.state {
            InstructionState::Reserved => Past::default(),
            _ => app.past(&number, &id)?,
        };
        let (order, sent) = (view.order, past.sent);
        // The settings may say since yesterday that the payment came by bank.
        let may_leave = !refund.cancelled && !app.bank.pays(&order, &instruction.planned);
        let is_for_us =
            !past.is_at_bank && (may_leave || instruction.state != InstructionState::Reserved);
        Ok(Self { number, order, id, instruction, is_for_us, sent })
    }

    /// The provider that the order names for the payment.
    fn named_provider(&self) -> Option<&ProviderName> {
        self.order.payment(&self.instruction.planned.payment)?.provider.as_ref()
    }
}

/// One step of a claimed job.
struct Work<'a> {
    app: &'a App,
    provider: &'a dyn RefundProvider,
    lease: Lease,
    order: String,
    id: InstructionId,
    instruction: Instruction,
    /// Whether a provider is to pay it or has been asked to: it was not cancelled before that, and is not paid by bank.
    is_for_us: bool,
    sent: Option<Sent>,
    request: RefundRequest,
}

impl<'a> Work<'a> {
    fn new(
        app: &'a App,
        name: &ProviderName,
        provider: &'a dyn RefundProvider,
        lease: Lease,
        loaded: Loaded,
    ) -> Result<Self, RefundJobError> {
        let Loaded { number: order, id, instruction, is_for_us, sent, .. } = loaded;
        let nothing = || RefundJobError::NoInstruction { id: lease.claim.id.clone() };
        let request = request(&order, &id, &instruction, name).ok_or_else(nothing)?;
        Ok(Self { app, provider, lease, order, id, instruction, is_for_us, sent, request })
    }

    fn step(&self) -> Result<Outcome, RefundJobError> {
        if !self.is_for_us {
            return Ok(Outcome::Done);
        }
        let mut situation = Situation {
            state: self.instruction.state,
            sent: self.sent,
            resends: self.instruction.resends,
            seen: None,
            capabilities: self.provider.capabilities(),
            now: self.app.clock.now(),
        };
        let mut chosen = next(&situation);
        let seen;
        if chosen == Next::LookUp {
            crash_point!(LookUpBefore);
            seen = self.provider.look_up(&self.request);
            crash_point!(LookUpAnswered);
            situation = Situation { seen: Some(&seen), now: self.app.clock.now(), ..situation };
            chosen = next(&situation);
        }
        match chosen {
            Next::Submit => self.submit(),
            Next::Resend => self.resend(),
            Next::Settle(reference) => self.settle(reference),
            Next::Fail => self.record(Answer::Failed, Outcome::Done),
            Next::GiveUp => self.record(Answer::CannotTell, Outcome::Done),
            Next::WaitUntil(due_at) => Ok(Outcome::At(due_at)),
            Next::LookUp => Ok(Outcome::Again(LOOK_AGAIN)),
            Next::Finish => Ok(Outcome::Done),
        }
    }

    fn submit(&self) -> Result<Outcome, RefundJobError> {
        let Some(request_hash) = self.request.hash() else { return Ok(Outcome::Leave) };
        let (instruction, key) = (self.id.clone(), self.request.key.clone());
        let command = SubmitInstruction { instruction, key, request_hash };
        let started = self.app.clock.now();
        match self.ask(Actor::System, &command.into()) {
            Ok(()) => self.call(started),
            Err(DoorError::LeaseLost) => Ok(Outcome::Leave),
            Err(DoorError::Refused(_)) => Ok(Outcome::Again(REFUSED_AGAIN)),
            Err(error) => Err(error.into()),
        }
    }

    fn resend(&self) -> Result<Outcome, RefundJobError> {
        let Some(request_hash) = self.request.hash() else { return Ok(Outcome::Leave) };
        let (instruction, key) = (self.id.clone(), self.request.key.clone());
        let command = ResendInstruction { instruction, key, request_hash };
        let started = self.app.clock.now();
        match self.ask(Actor::System, &command.into()) {
            Ok(()) => self.call(started),
            Err(DoorError::LeaseLost) => Ok(Outcome::Leave),
            // Charged back meanwhile, or another request than the first time: not for a job to decide.
            Err(DoorError::Refused(_)) => self.record(Answer::CannotTell, Outcome::Done),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the call whose intent was committed, unless this worker slept since it started to write it, or lost its lease.
    /// A clock that went back may hide a sleep, and counts as one.
    fn call(&self, started: Timestamp) -> Result<Outcome, RefundJobError> {
        // The intent has renewed the lease in its own transaction; here it is only looked at, which costs no commit.
        let (claim, now) = (self.lease.claim.clone(), self.app.clock.now());
        let call_ends = after(after(now, SEND_WITHIN), self.provider.capabilities().timeout);
        let is_held = self.app.store.read(move |tx| jobs::is_held(tx, &claim, call_ends)).wait()?;
        let now = self.app.clock.now();
        if !is_held || now < started || now > after(started, SEND_WITHIN) {
            return Ok(Outcome::Leave);
        }
        crash_point!(CallBefore);
        let answer = self.provider.submit(&self.request);
        crash_point!(CallAnswered);
        match answer {
            SubmitAnswer::Settled { reference } => self.settle(reference),
            // A refusal may be about what an earlier call of ours has paid, and nobody can be asked about that.
            SubmitAnswer::Failed { .. } if self.sent.is_some() && !self.can_look_up() => {
                self.record(Answer::CannotTell, Outcome::Done)
            }
            SubmitAnswer::Failed { .. } => self.record(Answer::Failed, Outcome::Done),
            SubmitAnswer::Unclear => {
                self.record(Answer::NoAnswer, Outcome::Again(pause(self.instruction.resends)))
            }
            // Without a look-up only the provider's own message can tell, and it gets the time for it.
            SubmitAnswer::Pending { .. } => {
                Ok(Outcome::Again(if self.can_look_up() { LOOK_AGAIN } else { PENDING_MAX }))
            }
        }
    }

    fn can_look_up(&self) -> bool {
        self.provider.capabilities().lookup != ByReference::None
    }

    /// That it paid is true whoever holds the job by now. Its job, where it is still ours, ends in the same commit.
    fn settle(&self, reference: Reference) -> Result<Outcome, RefundJobError> {
        crash_point!(JobBeforeEnd);
        let command = self.answer(Answer::Settled, Some(reference)).into();
        let who = Who { roles: Role::System.into(), actor: Actor::Provider };
        self.app.carry_out_ending(&who, &self.order, &command, &self.lease.claim)?;
        Ok(Outcome::Ended)
    }

    /// Anything but a payment is recorded only while the job is held: another call may have paid since this answer was given.
    fn record(&self, answer: Answer, then: Outcome) -> Result<Outcome, RefundJobError> {
        match self.ask(Actor::Provider, &self.answer(answer, None).into()) {
            Ok(()) => Ok(then),
            Err(DoorError::LeaseLost) => Ok(Outcome::Leave),
            Err(error) => Err(error.into()),
        }
    }

    fn answer(&self, answer: Answer, reference: Option<Reference>) -> RecordAnswer {
        RecordAnswer { instruction: self.id.clone(), answer, reference }
    }

    fn ask(&self, actor: Actor, command: &Command) -> Result<(), DoorError> {
        let who = Who { roles: Role::System.into(), actor };
        self.app.carry_out_holding(&who, &self.order, command, Some(&self.lease)).map(drop)
    }
}

fn read_body(claim: &Claim) -> Option<(String, InstructionId)> {
    let (order, refund, number) =
        serde_json::from_str::<(String, RefundId, u16)>(&claim.body).ok()?;
    Some((order, InstructionId { refund, number }))
}

/// The request of an instruction: the same whenever it is made. The key is that of the first time.
pub(crate) fn request(
    order: &str,
    id: &InstructionId,
    instruction: &Instruction,
    provider: &ProviderName,
) -> Option<RefundRequest> {
    let planned = &instruction.planned;
    let first = new_request(order, id, planned.payment.clone(), planned.amount, provider.clone())?;
    let key = instruction.submission.as_ref().map(|submission| submission.key.clone());
    Some(RefundRequest { key: key.unwrap_or_else(|| first.key.clone()), ..first })
}

/// The first request of an instruction. Its key follows from the name.
pub(crate) fn new_request(
    order: &str,
    id: &InstructionId,
    payment: PaymentId,
    amount: Money,
    provider: ProviderName,
) -> Option<RefundRequest> {
    let reference = refund_reference::write(order, id);
    let key = IdempotencyKey::new(&Hash::of_text(&reference).to_string()).ok()?;
    Some(RefundRequest { payment, amount, reference, key, provider })
}

/// When the intents to call were written.
fn sent(history: &History, id: &InstructionId) -> Option<Sent> {
    let intents = history.events.iter().filter(|recorded| match &recorded.event {
        Event::InstructionSubmitted { instruction, .. }
        | Event::InstructionResent { instruction } => instruction == id,
        _ => false,
    });
    let mut moments = intents.map(|recorded| recorded.at);
    let first = moments.next()?;
    Some(Sent { first, last: moments.next_back().unwrap_or(first) })
}
