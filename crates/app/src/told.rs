//! What a provider says of its own accord. It only ever updates an instruction that is there, found by our own reference,
//! and never makes one; it may come late, twice, in any order, and before the reply.

use backhaul_core::ledger::command::{Answer, CloseChargeback, RecordAnswer, RecordChargeback};
use backhaul_core::ledger::{
    Actor, Chargeback, Command, Event, InstructionId, InstructionState, Order, PaymentId,
    PlannedPiece, ProviderName, Refusal,
};
use backhaul_store::ledger::{self, History};
use backhaul_store::{OrderId, Tx, orders, payment_index};
use jiff::Timestamp;

use crate::door::folded;
use crate::refund_provider::{
    ChargebackState, SubmitAnswer, Told, ToldChargeback, ToldRefund, WebhookRefused,
};
use crate::{App, DoorError, Providers, Role, Who, refund_reference};

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// How much of it changed a ledger.
    pub recorded: usize,
    /// How much of it was no news, or is about nothing that we know.
    pub ignored: usize,
}

/// Why a webhook was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// There is no such provider.
    #[error("there is no payment provider `{name}`")]
    UnknownProvider {
        /// The name.
        name: String,
    },
    /// It is not believed.
    #[error(transparent)]
    Refused(#[from] WebhookRefused),
    /// It is believed, and could not be recorded: let the provider send it again.
    #[error(transparent)]
    Door(#[from] DoorError),
}

impl App {
    /// Verifies a webhook with its provider, and takes it in. It may call the provider, and so blocks for as long as that takes.
    ///
    /// # Errors
    /// [`WebhookError`]. Only what the provider itself has sent changes anything.
    pub fn take_webhook(
        &self,
        providers: &Providers,
        name: &ProviderName,
        header: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
    ) -> Result<Heard, WebhookError> {
        let unknown = || WebhookError::UnknownProvider { name: name.to_string() };
        let provider = providers.get(name).ok_or_else(unknown)?;
        let told = provider.read_webhook(header, body, self.clock.now())?;
        Ok(self.provider_told(name, told)?)
    }

    /// Takes in what a provider said of its own accord, after [`crate::RefundProvider::read_webhook`] has verified it.
    ///
    /// # Errors
    /// [`DoorError`]: then let the provider send it again. A refusal of the rules is no error, and is ignored.
    pub fn provider_told(
        &self,
        provider: &ProviderName,
        told: Vec<Told>,
    ) -> Result<Heard, DoorError> {
        let mut heard = Heard::default();
        for told in told {
            let recorded = match &told {
                Told::Refund(refund) => self.told_of_refund(provider, refund)?,
                Told::Chargeback(chargeback) => self.told_of_chargeback(provider, chargeback)?,
            };
            let count = if recorded { &mut heard.recorded } else { &mut heard.ignored };
            *count = count.saturating_add(1);
        }
        Ok(heard)
    }

    fn told_of_refund(
        &self,
        provider: &ProviderName,
        told: &ToldRefund,
    ) -> Result<bool, DoorError> {
        let found = match refund_reference::read(&told.reference) {
            Some((number, id)) => self.find(number, id)?,
            None => None,
        };
        let Some(found) = found.filter(|found| found.is_of(provider)) else {
            tracing::info!(
                provider.name = provider.as_str(),
                "a provider told of a refund that is not ours"
            );
            return Ok(false);
        };
        let (answer, reference) = match &told.answer {
            // Whatever that refund is: that ours was paid, nobody said.
            _ if !found.agrees(told) => (Answer::CannotTell, None),
            SubmitAnswer::Settled { .. } if found.failed_after(told.at) => return Ok(false),
            SubmitAnswer::Settled { reference } => (Answer::Settled, Some(reference.clone())),
            SubmitAnswer::Failed { .. } => (Answer::Failed, None),
            SubmitAnswer::Pending { .. } | SubmitAnswer::Unclear => return Ok(false),
        };
        if answer == Answer::CannotTell {
            tracing::warn!(
                instruction.reference = told.reference,
                "a provider told of a refund with our reference and another amount or payment"
            );
        }
        let command = RecordAnswer { instruction: found.id.clone(), answer, reference };
        crash_point!(WebhookBeforeRecord);
        let recorded = self.record_told(&found.number, &command.into())?;
        crash_point!(WebhookRecorded);
        Ok(recorded)
    }

    /// To every order with that payment: nothing is refunded to it any more.
    fn told_of_chargeback(
        &self,
        provider: &ProviderName,
        told: &ToldChargeback,
    ) -> Result<bool, DoorError> {
        let payments = told.payments.clone();
        let found = self.store.read(move |tx| -> Result<Vec<_>, DoorError> {
            let mut found = Vec::new();
            for payment in &payments {
                for order in payment_index::orders(tx, payment)? {
                    found.extend(load(tx, &order)?.map(|known| (payment.clone(), known)));
                }
            }
            Ok(found)
        });
        let mut recorded = false;
        for (payment, (number, order, history)) in found.wait()? {
            if !is_of(provider, &order, &payment) {
                continue;
            }
            for command in chargeback_commands(&payment, told, &history) {
                recorded |= self.record_told(&number, &command)?;
            }
        }
        if !recorded {
            tracing::info!(
                provider.name = provider.as_str(),
                "a provider told of a chargeback that is no news to us"
            );
        }
        Ok(recorded)
    }

    /// Says whether it was news. What the rules refuse is not for a provider to know.
    fn record_told(&self, number: &str, command: &Command) -> Result<bool, DoorError> {
        let who = Who { roles: Role::System.into(), actor: Actor::Provider };
        match self.carry_out(&who, number, command) {
            Ok(done) => Ok(!done.events.is_empty()),
            Err(DoorError::Refused(Refusal { code, .. })) => {
                tracing::warn!(
                    refusal.code = ?code,
                    command.name = command.name(),
                    "a provider told something that the ledger has no place for"
                );
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    fn find(&self, number: String, id: InstructionId) -> Result<Option<Known>, DoorError> {
        let found = self.store.read(move |tx| -> Result<_, DoorError> {
            let Some(order) = orders::find(tx, &number)? else { return Ok(None) };
            load(tx, &order)
        });
        let Some((number, order, history)) = found.wait()? else { return Ok(None) };
        let ledger = folded(&history);
        let piece = ledger.refunds.get(&id.refund).and_then(|refund| refund.pieces.get(&id.number));
        let Some(piece) = piece else { return Ok(None) };
        let failed_at = match piece.state {
            InstructionState::Failed { .. } => failed_at(&history, &id),
            _ => None,
        };
        let planned = piece.planned.clone();
        Ok(Some(Known { number, order, id, planned, failed_at }))
    }
}

type LoadedOrder = (String, Order, History);

fn load(tx: &mut dyn Tx, id: &OrderId) -> Result<Option<LoadedOrder>, DoorError> {
    let order = orders::get(tx, id, None)?;
    let history = ledger::load(tx, id)?;
    Ok(order.zip(history).map(|(order, history)| (order.number.clone(), order, history)))
}

/// Whether the payment is that provider's, as far as the order says whose it is.
fn is_of(provider: &ProviderName, order: &Order, payment: &PaymentId) -> bool {
    let payment = order.payment(payment);
    payment.is_some_and(|payment| payment.provider.as_ref().is_none_or(|name| name == provider))
}

/// An instruction that is there.
struct Known {
    number: String,
    order: Order,
    id: InstructionId,
    planned: PlannedPiece,
    /// When it was recorded that it failed, where it has.
    failed_at: Option<Timestamp>,
}

impl Known {
    fn is_of(&self, provider: &ProviderName) -> bool {
        is_of(provider, &self.order, &self.planned.payment)
    }

    fn agrees(&self, told: &ToldRefund) -> bool {
        let is_payment = told.payments.is_empty() || told.payments.contains(&self.planned.payment);
        is_payment && told.amount.is_none_or(|amount| amount == self.planned.amount)
    }

    /// Whether that moment was over when the failure was recorded: messages overtake each other, and a refund that has
    /// failed does not succeed again.
    fn failed_after(&self, moment: Timestamp) -> bool {
        self.failed_at.is_some_and(|failed_at| moment <= failed_at)
    }
}

fn failed_at(history: &History, id: &InstructionId) -> Option<Timestamp> {
    let failed = history.events.iter().rev().find(|recorded| {
        matches!(&recorded.event, Event::InstructionFailed { instruction, .. } if instruction == id)
    });
    failed.map(|recorded| recorded.at)
}

/// What is new in it. One that is known stays as it is: an old message must not open again what is decided.
fn chargeback_commands(
    payment: &PaymentId,
    told: &ToldChargeback,
    history: &History,
) -> Vec<Command> {
    let opened = || {
        history.events.iter().filter_map(|recorded| match &recorded.event {
            Event::ChargebackOpened { payment: known, reference } if known == payment => {
                Some(reference)
            }
            _ => None,
        })
    };
    let standing = folded(history).chargebacks.get(payment).copied();
    let mut commands = Vec::new();
    let closes = if opened().any(|known| *known == told.reference) {
        standing == Some(Chargeback::Open) && opened().next_back() == Some(&told.reference)
    } else {
        let (payment, reference) = (payment.clone(), told.reference.clone());
        commands.push(RecordChargeback { payment, reference }.into());
        standing.is_none()
    };
    let won = match told.state {
        ChargebackState::Opened => return commands,
        ChargebackState::Won => true,
        ChargebackState::Lost => false,
    };
    if closes {
        commands.push(CloseChargeback { payment: payment.clone(), won }.into());
    }
    commands
}
