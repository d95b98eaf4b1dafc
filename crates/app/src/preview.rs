//! What would come of a command, before it is asked for: the same decision that the door would reach now, with nothing recorded.

use std::sync::Arc;

use backhaul_core::ledger::{Command, Context, Event, decide};
use backhaul_core::policy::Policy;

use crate::{App, DoorError, OrderView, Who, door};

impl App {
    /// The policy version that judges the order.
    ///
    /// # Errors
    /// [`DoorError::UnknownPolicy`].
    pub fn policy_of(&self, view: &OrderView) -> Result<Arc<Policy>, DoorError> {
        door::policy(&self.catalogue, &view.ledger, &view.order)
    }

    /// The events that the command would record.
    ///
    /// # Errors
    /// [`DoorError::Forbidden`], [`DoorError::UnknownPolicy`] and [`DoorError::Refused`].
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
}
