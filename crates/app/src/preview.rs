//! What would come of a command, without carrying it out; and what came of one that was carried out before.

use std::sync::Arc;

use backhaul_core::ledger::{Command, Context, Event, decide};
use backhaul_core::policy::Policy;
use backhaul_store::{ledger, orders, request_keys};

use crate::{App, Done, DoorError, Once, OrderView, Who};

impl App {
    /// The events that the command would record now. Nothing is appended.
    ///
    /// # Errors
    /// [`DoorError`]: the same refusals as at the door.
    pub fn preview(
        &self,
        who: &Who,
        view: &OrderView,
        command: &Command,
    ) -> Result<Vec<Event>, DoorError> {
        if !who.roles.may(command) {
            return Err(DoorError::Forbidden { roles: who.roles.clone(), command: command.name() });
        }
        let policy = self.policy_of(view)?;
        let context = Context::new(self.clock.now(), who.actor.clone(), &view.order, &policy);
        decide(&view.ledger, command, &context).map_err(DoorError::Refused)
    }

    /// The policy version that judges the order.
    ///
    /// # Errors
    /// [`DoorError::UnknownPolicy`].
    pub fn policy_of(&self, view: &OrderView) -> Result<Arc<Policy>, DoorError> {
        crate::door::policy(&self.catalogue(), &view.ledger, &view.order)
    }

    /// What came of the request that was carried out under that key, and the number of its order; nothing where there was none.
    ///
    /// # Errors
    /// [`DoorError::KeyReused`] where something else was asked under it.
    pub async fn carried_out(&self, once: &Once) -> Result<Option<(String, Done)>, DoorError> {
        let once = once.clone();
        let read = self.store.read(move |tx| -> Result<_, DoorError> {
            let Some(answered) = request_keys::get(tx, &once.caller, &once.key)? else {
                return Ok(None);
            };
            if answered.request_hash != once.request_hash {
                return Err(DoorError::KeyReused);
            }
            let history = ledger::load(tx, &answered.order)?;
            let number = orders::number(tx, &answered.order)?;
            let (Some(history), Some(number)) = (history, number) else { return Ok(None) };
            let made = history
                .events
                .into_iter()
                .filter(|recorded| answered.after < recorded.seq && recorded.seq <= answered.last);
            let events = made.map(|recorded| recorded.event).collect();
            Ok(Some((number, Done { events, version: answered.last, is_replay: true })))
        });
        read.await
    }
}
