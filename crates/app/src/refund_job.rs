//! The job `submit_refund`: one step on the way of one instruction, from the key that is stored to the answer that is known.
//!
//! Write the intent, commit, look at the lease, call, write the answer. A worker may die or sleep between any two of these:
//! what is then true is in the ledger, and the next worker reads it there (invariant `never-twice`).

use backhaul_core::ledger::command::{Answer, RecordAnswer, ResendInstruction, SubmitInstruction};
use backhaul_core::ledger::{
    Actor, Command, Event, IdempotencyKey, Instruction, InstructionId, InstructionState, PaymentId,
    Reference, RefundId,
};
use backhaul_core::money::Money;
use backhaul_store::jobs::{self, Claim, NewJob};
use backhaul_store::ledger::{self, History};
use backhaul_store::{Error, Hash, bank_batch, orders};
use jiff::{SignedDuration, Timestamp};

use crate::door::{Lease, folded};
use crate::refund_provider::{ByReference, RefundProvider, RefundRequest, SubmitAnswer};
use crate::refund_step::{
    LOOK_AGAIN, Next, PENDING_MAX, SEND_WITHIN, Sent, Situation, after, next, pause,
};
use crate::{App, DoorError, Role, Who};

/// The kind of these jobs.
const KIND: &str = "submit_refund";
/// How long a job is a worker's beside the time-out of a call: well above [`SEND_WITHIN`].
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// When an instruction that may not be submitted is looked at again: a chargeback may be won, or a person withdraws it.
const REFUSED_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// Why a step was not done. The job comes back when its lease ends.
#[derive(Debug, thiserror::Error)]
pub enum RefundJobError {
    /// The job does not say what it is about, or that is not there.
    #[error("the job `{id}` is about no instruction that is known")]
    NoInstruction {
        /// The job.
        id: String,
    },
    /// The ledger or the database says no.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

/// The job of an instruction. Refunds are named within an order, so its number belongs to the id.
pub(crate) fn new_job(order: &str, id: &InstructionId, due_at: Timestamp) -> NewJob {
    let InstructionId { refund, number } = id;
    NewJob {
        id: format!("{KIND}:{order}/{refund}#{number}"),
        kind: KIND.to_owned(),
        body: serde_json::json!([order, refund, number]).to_string(),
        due_at,
    }
}

impl App {
    /// Claims the refund job that has been due longest and does one step of it; says whether there was one.
    ///
    /// # Errors
    /// [`RefundJobError`].
    pub fn work_refunds(
        &self,
        provider: &dyn RefundProvider,
        worker: &str,
    ) -> Result<bool, RefundJobError> {
        let (now, holder) = (self.clock.now(), worker.to_owned());
        let lasts = LEASE.saturating_add(provider.capabilities().timeout);
        let claim =
            self.store.write(move |tx| jobs::claim(tx, KIND, &holder, now, lasts)).wait()?;
        let Some(claim) = claim else { return Ok(false) };
        let outcome = Work::load(self, provider, Lease { claim: claim.clone(), lasts })?.step()?;
        let now = self.clock.now();
        // Whether it was still ours does not matter here: then it is for the other one to do.
        self.store
            .write(move |tx| match outcome {
                Outcome::Done => jobs::finish(tx, &claim),
                Outcome::Again(pause) => jobs::put_back(tx, &claim, after(now, pause)),
                Outcome::At(due_at) => jobs::put_back(tx, &claim, due_at),
                Outcome::Leave => Ok::<bool, Error>(false),
            })
            .wait()?;
        Ok(true)
    }
}

/// What becomes of the job after a step.
#[derive(Clone, Copy)]
enum Outcome {
    Done,
    Again(SignedDuration),
    At(Timestamp),
    /// It is another worker's, or will be when the lease ends.
    Leave,
}

/// One claimed job, with what the ledger says of its instruction.
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
    fn load(
        app: &'a App,
        provider: &'a dyn RefundProvider,
        lease: Lease,
    ) -> Result<Self, RefundJobError> {
        let nothing = || RefundJobError::NoInstruction { id: lease.claim.id.clone() };
        let (order, id) = read_body(&lease.claim).ok_or_else(nothing)?;
        let (number, piece) = (order.clone(), id.clone());
        let found = app.store.read(move |tx| -> Result<Option<_>, DoorError> {
            let Some(id) = orders::find(tx, &number)? else { return Ok(None) };
            let Some(order) = orders::get(tx, &id, None)? else { return Ok(None) };
            let at_bank = bank_batch::piece(tx, &id, &piece)?.and_then(|piece| piece.transfer);
            Ok(ledger::load(tx, &id)?.map(|history| (order, history, at_bank.is_some())))
        });
        let (sold, history, is_at_bank) = found.wait()?.ok_or_else(nothing)?;
        let ledger = folded(&history);
        let refund = ledger.refunds.get(&id.refund).ok_or_else(nothing)?;
        let instruction = refund.pieces.get(&id.number).ok_or_else(nothing)?.clone();
        let request = request(&order, &id, &instruction).ok_or_else(nothing)?;
        let sent = sent(&history, &id);
        // The settings may say since yesterday that the payment came by bank.
        let may_leave = !refund.cancelled && !app.bank.pays(&sold, &instruction.planned);
        let is_for_us =
            !is_at_bank && (may_leave || instruction.state != InstructionState::Reserved);
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
            seen = self.provider.look_up(&self.request);
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
    fn call(&self, started: Timestamp) -> Result<Outcome, RefundJobError> {
        let (lease, now) = (self.lease.clone(), self.app.clock.now());
        let is_held = self.app.store.write(move |tx| lease.renew(tx, now)).wait()?;
        if !is_held || self.app.clock.now() > after(started, SEND_WITHIN) {
            return Ok(Outcome::Leave);
        }
        match self.provider.submit(&self.request) {
            SubmitAnswer::Settled { reference } => self.settle(reference),
            SubmitAnswer::Failed { .. } => self.record(Answer::Failed, Outcome::Done),
            SubmitAnswer::Unclear => {
                self.record(Answer::NoAnswer, Outcome::Again(pause(self.instruction.resends)))
            }
            // Without a look-up only the provider's own message can tell, and it gets the time for it.
            SubmitAnswer::Pending { .. } => {
                Ok(Outcome::Again(match self.provider.capabilities().lookup {
                    ByReference::None => PENDING_MAX,
                    ByReference::Stale | ByReference::Authoritative => LOOK_AGAIN,
                }))
            }
        }
    }

    /// That it paid is true whoever holds the job by now.
    fn settle(&self, reference: Reference) -> Result<Outcome, RefundJobError> {
        let command = self.answer(Answer::Settled, Some(reference)).into();
        let who = Who { roles: Role::System.into(), actor: Actor::Provider };
        self.app.carry_out(&who, &self.order, &command)?;
        Ok(Outcome::Done)
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
fn request(order: &str, id: &InstructionId, instruction: &Instruction) -> Option<RefundRequest> {
    let planned = &instruction.planned;
    let first = new_request(order, id, planned.payment.clone(), planned.amount)?;
    let key = instruction.submission.as_ref().map(|submission| submission.key.clone());
    Some(RefundRequest { key: key.unwrap_or_else(|| first.key.clone()), ..first })
}

/// The first request of an instruction. Its key follows from the name.
pub(crate) fn new_request(
    order: &str,
    id: &InstructionId,
    payment: PaymentId,
    amount: Money,
) -> Option<RefundRequest> {
    let reference = format!("{order}/{id}");
    let key = IdempotencyKey::new(&Hash::of_text(&reference).to_string()).ok()?;
    Some(RefundRequest { payment, amount, reference, key })
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
