//! A restored copy has forgotten what happened since it was made: refunds may have left of which it knows nothing.
//!
//! While refunds are paused, the providers are asked about every instruction that may leave or may have left, and about every
//! refund of the payments in question. What was paid is recorded. Refunds go on by themselves once nothing is left that a
//! person must look at.

use std::collections::BTreeSet;

use backhaul_core::ledger::command::{Answer, RecordAnswer, SubmitInstruction};
use backhaul_core::ledger::{
    Actor, Command, Event, Instruction, InstructionId, InstructionState, Ledger, Order, Path,
    PaymentId, Reference,
};
use backhaul_store::ledger::{self, History};
use backhaul_store::orders;
use jiff::Timestamp;

use crate::door::folded;
use crate::providers::Providers;
use crate::refund_job::request;
use crate::refund_pause;
use crate::refund_provider::{
    ByReference, Capabilities, KnownRefund, LookUp, RefundProvider, RefundRequest, SubmitAnswer,
};
use crate::refund_step::{Sent, after, is_replayed, settle_time};
use crate::{App, DoorError, Role, Who, refund_reference};

/// How many orders are read at once.
const PAGE: u32 = 100;
/// The most findings that are listed; all are counted.
pub const FINDINGS_LISTED_MAX: usize = 1_000;

/// What came of asking the providers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// How many orders were looked at.
    pub orders: usize,
    /// How many instructions were asked about.
    pub instructions: usize,
    /// Of those, how many the providers knew more of than the ledger, which knows it now.
    pub recorded: usize,
    /// What a person must look at, up to [`FINDINGS_LISTED_MAX`].
    pub findings: Vec<RefundFinding>,
    /// How many findings there are.
    pub findings_count: usize,
    /// Ask again then: before, a request that was on its way when the copy was made could still arrive.
    pub again_at: Option<Timestamp>,
    /// Whether refunds are still paused.
    pub is_paused: bool,
}

/// Something that keeps refunds paused until a person of finance has looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundFinding {
    /// Nobody can tell whether this instruction was carried out.
    Unresolved {
        /// The order's number.
        order: String,
        /// The instruction.
        instruction: InstructionId,
        /// Why.
        why: Unresolved,
    },
    /// Nobody can tell which refunds this payment has.
    PaymentUnread {
        /// The order's number.
        order: String,
        /// The payment.
        payment: PaymentId,
        /// Why.
        why: Unresolved,
    },
    /// The provider has a refund that the ledger does not know, or knows once only, or with another amount.
    UnknownRefund {
        /// The order's number.
        order: String,
        /// The payment.
        payment: PaymentId,
        /// Our own name of it, where it has one.
        reference: Option<String>,
        /// How much, in minor units of the payment's currency.
        amount_minor: i64,
    },
}

/// Why nobody can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// The provider is not configured.
    NoProvider,
    /// The provider gave no answer, or what it does not show may be there all the same.
    CannotTell,
    /// The provider has a refund with our reference, and another amount or payment.
    Differs,
    /// The provider knows the refund, and the rules have no place for it in the ledger.
    Refused,
}

impl Unresolved {
    /// The reason as one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoProvider => "no_provider",
            Self::CannotTell => "cannot_tell",
            Self::Differs => "differs",
            Self::Refused => "refused",
        }
    }
}

impl App {
    /// Asks the providers what they did that this desk has forgotten, and records it. Where nothing is left to be found out,
    /// refunds that were paused go on.
    ///
    /// Without a pause it asks and records all the same; [`App::resume_refunds`] goes on in spite of what it found.
    ///
    /// # Errors
    /// [`DoorError`]. What was recorded by then stays; it can be asked again.
    pub fn reconcile(&self, providers: &Providers) -> Result<Reconciled, DoorError> {
        self.reconcile_watched(providers, &mut |_| {})
    }

    /// The same, which shows after each order how far it has come. It asks providers all the while, and may take long.
    ///
    /// # Errors
    /// As [`App::reconcile`].
    pub fn reconcile_watched(
        &self,
        providers: &Providers,
        watch: &mut dyn FnMut(&Reconciled),
    ) -> Result<Reconciled, DoorError> {
        let now = self.clock.now();
        let begun = self.store.write(move |tx| match refund_pause::reason(tx)? {
            Some(_) => refund_pause::since(tx, now).map(Some),
            None => Ok(None),
        });
        let since = begun.wait()?;
        let (again_is_safe, done) = (BTreeSet::new(), Reconciled::default());
        let mut search = Search { app: self, providers, since, again_is_safe, done };
        let mut behind = String::new();
        loop {
            let from = behind.clone();
            let page = self.store.read(move |tx| orders::with_events(tx, &from, PAGE)).wait()?;
            let Some((last, _)) = page.last() else { break };
            last.as_str().clone_into(&mut behind);
            for (_, number) in page {
                search.order(&number)?;
                watch(&search.done);
            }
        }
        let mut done = search.done;
        let may_resume = done.findings_count == 0 && done.again_at.is_none();
        let by = format!("a reconciliation at {now}");
        let paused = self.store.write(move |tx| {
            if may_resume {
                refund_pause::resume(tx, &by)?;
            }
            refund_pause::reason(tx)
        });
        done.is_paused = paused.wait()?.is_some();
        Ok(done)
    }
}

struct Search<'a> {
    app: &'a App,
    providers: &'a Providers,
    since: Option<Timestamp>,
    /// Instructions of the order that may be sent now without a look at what was sent before: their key pays once.
    again_is_safe: BTreeSet<InstructionId>,
    done: Reconciled,
}

impl Search<'_> {
    fn order(&mut self, number: &str) -> Result<(), DoorError> {
        self.done.orders = self.done.orders.saturating_add(1);
        self.again_is_safe.clear();
        let Some((order, history)) = self.load(number)? else { return Ok(()) };
        let pieces = pieces(&folded(&history));
        for (id, piece) in pieces {
            self.instruction(number, &order, &history, id, &piece)?;
        }
        // With what was recorded just now.
        let Some((order, history)) = self.load(number)? else { return Ok(()) };
        for payment in &order.payments {
            self.payment(number, &order, &history, &payment.id)?;
        }
        Ok(())
    }

    fn load(&self, number: &str) -> Result<Option<(Order, History)>, DoorError> {
        let number = number.to_owned();
        let found = self.app.store.read(move |tx| -> Result<_, DoorError> {
            let Some(id) = orders::find(tx, &number)? else { return Ok(None) };
            let order = orders::get(tx, &id, None)?;
            Ok(order.zip(ledger::load(tx, &id)?))
        });
        found.wait()
    }

    fn instruction(
        &mut self,
        number: &str,
        order: &Order,
        history: &History,
        id: InstructionId,
        piece: &Instruction,
    ) -> Result<(), DoorError> {
        self.done.instructions = self.done.instructions.saturating_add(1);
        let named = order.payment(&piece.planned.payment).and_then(|known| known.provider.as_ref());
        let name = self.providers.name_for(named);
        let asked = name
            .and_then(|name| Some((self.providers.get(name)?, request(number, &id, piece, name)?)));
        let outcome = match asked {
            Some((provider, request)) => {
                self.ask(&**provider, number, history, &id, piece, &request)?
            }
            None => Err(Unresolved::NoProvider),
        };
        match outcome {
            Ok(news) => self.done.recorded = self.done.recorded.saturating_add(usize::from(news)),
            Err(why) => self.list(RefundFinding::Unresolved {
                order: number.to_owned(),
                instruction: id,
                why,
            }),
        }
        Ok(())
    }

    /// Says whether there was news, or why nobody can tell.
    fn ask(
        &mut self,
        provider: &dyn RefundProvider,
        number: &str,
        history: &History,
        id: &InstructionId,
        piece: &Instruction,
        request: &RefundRequest,
    ) -> Result<Result<bool, Unresolved>, DoorError> {
        match provider.look_up(request) {
            LookUp::Found(SubmitAnswer::Settled { reference }) => {
                self.record(number, id, piece, request, Some((Answer::Settled, Some(reference))))
            }
            LookUp::Found(SubmitAnswer::Failed { .. }) => {
                self.record(number, id, piece, request, Some((Answer::Failed, None)))
            }
            LookUp::Found(SubmitAnswer::Pending { .. }) => {
                self.record(number, id, piece, request, None)
            }
            LookUp::Differs => Ok(Err(Unresolved::Differs)),
            seen @ (LookUp::NotThere | LookUp::Unknown | LookUp::Found(SubmitAnswer::Unclear)) => {
                let capabilities = provider.capabilities();
                let is_there_not = seen == LookUp::NotThere;
                let outcome = self.unfound(&capabilities, is_there_not, history, id, piece);
                let is_sent = piece.state != InstructionState::Reserved;
                if outcome.is_err() && is_sent && capabilities.lookup == ByReference::None {
                    // Nobody will ever tell, so it is a person's, who need not hold up all others.
                    return self.record(
                        number,
                        id,
                        piece,
                        request,
                        Some((Answer::CannotTell, None)),
                    );
                }
                Ok(outcome)
            }
        }
    }

    /// What the provider does not show: whether the job of the instruction may be left to do what it does.
    fn unfound(
        &mut self,
        capabilities: &Capabilities,
        is_there_not: bool,
        history: &History,
        id: &InstructionId,
        piece: &Instruction,
    ) -> Result<bool, Unresolved> {
        // A person has it already, and no job sends it.
        if piece.state == InstructionState::Manual {
            return Ok(false);
        }
        // The key was used after the approval, if ever, and follows from the name: the same again pays nothing twice.
        let Some(approved_at) = approved_at(history, id) else {
            return Err(Unresolved::CannotTell);
        };
        let sent = Sent { first: approved_at, last: approved_at };
        if is_replayed(capabilities, sent, self.app.clock.now()) {
            self.again_is_safe.insert(id.clone());
            return Ok(false);
        }
        if !is_there_not || capabilities.lookup != ByReference::Authoritative {
            return Err(Unresolved::CannotTell);
        }
        if let Some(since) = self.since {
            let settled_at = after(since, settle_time(capabilities));
            if self.app.clock.now() < settled_at {
                self.done.again_at = self.done.again_at.max(Some(settled_at));
            }
        }
        Ok(false)
    }

    /// Through the door, so that the ledger knows it as if it had never forgotten.
    fn record(
        &self,
        number: &str,
        id: &InstructionId,
        piece: &Instruction,
        request: &RefundRequest,
        answer: Option<(Answer, Option<Reference>)>,
    ) -> Result<Result<bool, Unresolved>, DoorError> {
        let mut commands: Vec<(Actor, Command)> = Vec::new();
        if piece.state == InstructionState::Reserved {
            let Some(request_hash) = request.hash() else {
                return Ok(Err(Unresolved::CannotTell));
            };
            let (instruction, key) = (id.clone(), request.key.clone());
            let submit = SubmitInstruction { instruction, key, request_hash };
            commands.push((Actor::System, submit.into()));
        }
        if let Some((answer, reference)) = answer {
            let command = RecordAnswer { instruction: id.clone(), answer, reference };
            commands.push((Actor::Provider, command.into()));
        }
        let mut news = false;
        for (actor, command) in commands {
            let who = Who { roles: Role::System.into(), actor };
            match self.app.carry_out(&who, number, &command) {
                Ok(done) => news |= !done.events.is_empty(),
                Err(DoorError::Refused(_)) => return Ok(Err(Unresolved::Refused)),
                Err(error) => return Err(error),
            }
        }
        Ok(Ok(news))
    }

    fn payment(
        &mut self,
        number: &str,
        order: &Order,
        history: &History,
        payment: &PaymentId,
    ) -> Result<(), DoorError> {
        let named = order.payment(payment).and_then(|known| known.provider.as_ref());
        let name = self.providers.name_for(named);
        let unread = |why| RefundFinding::PaymentUnread {
            order: number.to_owned(),
            payment: payment.clone(),
            why,
        };
        let Some(provider) = name.and_then(|name| self.providers.get(name)) else {
            self.list(unread(Unresolved::NoProvider));
            return Ok(());
        };
        let Some(refunds) = provider.refunds_of(payment) else {
            self.list(unread(Unresolved::CannotTell));
            return Ok(());
        };
        let own = folded(history);
        let mut seen = BTreeSet::new();
        for refund in refunds {
            let is_first = refund.reference.clone().is_none_or(|name| seen.insert(name));
            if !is_first || !self.is_known(number, &own, payment, &refund)? {
                let KnownRefund { reference, amount_minor } = refund;
                let (order, payment) = (number.to_owned(), payment.clone());
                self.list(RefundFinding::UnknownRefund { order, payment, reference, amount_minor });
            }
        }
        Ok(())
    }

    /// Whether a ledger says that this refund was asked for; another order may share the payment.
    fn is_known(
        &self,
        number: &str,
        own: &Ledger,
        payment: &PaymentId,
        refund: &KnownRefund,
    ) -> Result<bool, DoorError> {
        let named = refund.reference.as_deref().and_then(refund_reference::read);
        let Some((order, id)) = named else { return Ok(false) };
        if order == number {
            let may_ask = self.again_is_safe.contains(&id);
            return Ok(has_asked(own, &id, may_ask, payment, refund.amount_minor));
        }
        let other = self.load(&order)?;
        Ok(other.is_some_and(|(_, history)| {
            has_asked(&folded(&history), &id, false, payment, refund.amount_minor)
        }))
    }

    fn list(&mut self, finding: RefundFinding) {
        self.done.findings_count = self.done.findings_count.saturating_add(1);
        if self.done.findings.len() < FINDINGS_LISTED_MAX {
            self.done.findings.push(finding);
        }
    }
}

/// The instructions that may leave by a provider, or may have left.
fn pieces(ledger: &Ledger) -> Vec<(InstructionId, Instruction)> {
    let mut pieces = Vec::new();
    for (name, refund) in &ledger.refunds {
        for piece in refund.pieces.values() {
            let is_waiting = piece.state == InstructionState::Reserved && !refund.cancelled;
            let is_ours = piece.planned.path == Path::Original;
            if is_ours && (is_waiting || piece.state.is_open()) {
                let id = InstructionId { refund: name.clone(), number: piece.planned.number };
                pieces.push((id, piece.clone()));
            }
        }
    }
    pieces
}

/// Whether the instruction is the one that was paid so, and has left or asks with a key that shows that refund again.
fn has_asked(
    ledger: &Ledger,
    id: &InstructionId,
    may_ask: bool,
    payment: &PaymentId,
    amount_minor: i64,
) -> bool {
    let piece = ledger.refunds.get(&id.refund).and_then(|refund| refund.pieces.get(&id.number));
    piece.is_some_and(|piece| {
        let has_left = piece.state.is_open() || piece.state == InstructionState::Settled;
        let planned = &piece.planned;
        (has_left || may_ask) && planned.payment == *payment && planned.amount.minor == amount_minor
    })
}

/// When the piece was planned: nothing of it left before.
fn approved_at(history: &History, id: &InstructionId) -> Option<Timestamp> {
    let planned = history.events.iter().find(|recorded| match &recorded.event {
        Event::RefundApproved { refund, pieces, .. }
        | Event::RefundReissued { refund, pieces, .. } => {
            *refund == id.refund && pieces.iter().any(|piece| piece.number == id.number)
        }
        _ => false,
    });
    planned.map(|recorded| recorded.at)
}
