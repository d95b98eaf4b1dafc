//! Say who looks after a case. Whether there is such a person the application knows.

use super::desk::Desk;
use crate::ledger::command::AssignCase;
use crate::ledger::event::Event;
use crate::ledger::refusal::Refusal;

pub(super) fn assign_case(desk: &mut Desk<'_>, command: &AssignCase) -> Result<(), Refusal> {
    let by = desk.staff_or_rule()?;
    let case = desk.open_case(&command.case)?;
    if case.assignee == command.to {
        return Ok(());
    }
    let AssignCase { case, to } = command.clone();
    desk.record(Event::CaseAssigned { case, to, by });
    Ok(())
}
