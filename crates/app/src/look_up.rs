//! A person of finance has the provider asked about one instruction, now: what it says, beside what the ledger knows.
//!
//! Nothing is recorded here. Where the answer decides something, the instruction's own job is made due, which asks again and
//! records under its lease, as it always does: there is no second way.

use backhaul_core::ledger::{
    Event, Instruction, InstructionId, InstructionState, Path, ProviderName,
};
use backhaul_store::ledger::{self, Recorded};
use backhaul_store::{Error, jobs, orders};

use crate::door::folded;
use crate::refund_job::{job_id, request};
use crate::refund_pause;
use crate::refund_provider::{LookUp, SubmitAnswer};
use crate::{App, DoorError, Providers, refund_reference};

/// What was found out about an instruction.
#[derive(Clone, Debug, PartialEq)]
pub struct LookedUp {
    /// Who was asked.
    pub provider: ProviderName,
    /// Our own name of the instruction, by which the provider was asked.
    pub reference: String,
    /// What the provider says.
    pub said: LookUp,
    /// Where the instruction stands in the ledger.
    pub state: InstructionState,
    /// Everything that the ledger has of the instruction, the oldest first.
    pub history: Vec<Recorded>,
    /// Whether its job was made due, so that the ledger learns of the answer.
    pub is_due: bool,
    /// Whether refunds are paused: then no job runs until they go on.
    pub is_paused: bool,
}

/// Why nobody was asked.
#[derive(Debug, thiserror::Error)]
pub enum LookUpError {
    /// There is no such order.
    #[error("there is no order `{number}`")]
    UnknownOrder {
        /// Its number.
        number: String,
    },
    /// The order has no such instruction.
    #[error("the order has no piece `{id}`")]
    UnknownInstruction {
        /// The instruction.
        id: InstructionId,
    },
    /// It goes by bank transfer, or its provider is not configured.
    #[error("no provider can be asked about `{id}`: {why}")]
    NobodyToAsk {
        /// The instruction.
        id: InstructionId,
        /// Why.
        why: &'static str,
    },
    /// The order cannot be read.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

struct Known {
    instruction: Instruction,
    named: Option<ProviderName>,
    history: Vec<Recorded>,
}

impl App {
    /// Asks the provider about one instruction. It never pays, and blocks for as long as the provider takes.
    ///
    /// # Errors
    /// [`LookUpError`].
    pub fn look_up_refund(
        &self,
        providers: &Providers,
        number: &str,
        id: &InstructionId,
    ) -> Result<LookedUp, LookUpError> {
        let Known { instruction, named, history } = self.known_instruction(number, id)?;
        let nobody = |why| LookUpError::NobodyToAsk { id: id.clone(), why };
        if instruction.planned.path != Path::Original {
            return Err(nobody("it goes by bank transfer"));
        }
        let name = providers.name_for(named.as_ref());
        let asked = name.and_then(|name| {
            Some((name, providers.get(name)?, request(number, id, &instruction, name)?))
        });
        let (name, provider, request) =
            asked.ok_or_else(|| nobody("its provider is not configured"))?;
        let said = provider.look_up(&request);
        let (job, now) = (job_id(number, id), self.clock.now());
        // What settles nothing changes nothing: the job keeps its own times to wait.
        let decides = matches!(
            said,
            LookUp::Differs
                | LookUp::Found(SubmitAnswer::Settled { .. } | SubmitAnswer::Failed { .. })
        );
        let hastened = self.store.write(move |tx| -> Result<(bool, bool), Error> {
            let is_due = decides && jobs::hasten(tx, &job, now)?;
            Ok((is_due, refund_pause::reason(tx)?.is_some()))
        });
        let (is_due, is_paused) = hastened.wait()?;
        Ok(LookedUp {
            provider: name.clone(),
            reference: refund_reference::write(number, id),
            said,
            state: instruction.state,
            history,
            is_due,
            is_paused,
        })
    }

    fn known_instruction(&self, number: &str, id: &InstructionId) -> Result<Known, LookUpError> {
        let wanted = number.to_owned();
        let found = self.store.read(move |tx| -> Result<_, DoorError> {
            let Some(order) = orders::find(tx, &wanted)? else { return Ok(None) };
            Ok(orders::get(tx, &order, None)?.zip(ledger::load(tx, &order)?))
        });
        let unknown_order = || LookUpError::UnknownOrder { number: number.to_owned() };
        let (order, history) = found.wait()?.ok_or_else(unknown_order)?;
        let unknown = || LookUpError::UnknownInstruction { id: id.clone() };
        let ledger = folded(&history);
        let refund = ledger.refunds.get(&id.refund).ok_or_else(unknown)?;
        let instruction = refund.pieces.get(&id.number).ok_or_else(unknown)?.clone();
        let payment = order.payment(&instruction.planned.payment);
        let named = payment.and_then(|payment| payment.provider.clone());
        let history = history.events.into_iter().filter(|recorded| is_about(&recorded.event, id));
        Ok(Known { instruction, named, history: history.collect() })
    }
}

/// Whether the event says something of that instruction.
fn is_about(event: &Event, id: &InstructionId) -> bool {
    match event {
        Event::RefundApproved { refund, pieces, .. }
        | Event::RefundReissued { refund, pieces, .. } => {
            *refund == id.refund && pieces.iter().any(|piece| piece.number == id.number)
        }
        Event::RefundCancelled { refund, .. } => *refund == id.refund,
        Event::InstructionSubmitted { instruction, .. }
        | Event::InstructionResent { instruction }
        | Event::InstructionSettled { instruction, .. }
        | Event::InstructionFailed { instruction, .. }
        | Event::InstructionUnclear { instruction }
        | Event::InstructionManual { instruction }
        | Event::InstructionContradicted { instruction, .. } => instruction == id,
        _ => false,
    }
}
