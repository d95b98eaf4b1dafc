//! Close a case in which nothing remains to be done, and take one up again.

use super::contest_finding::require_uncontested;
use super::desk::{Desk, refuse};
use crate::ledger::case::Standing;
use crate::ledger::command::{CloseCase, ReopenCase};
use crate::ledger::event::Event;
use crate::ledger::freight::freight_debt;
use crate::ledger::id::UnitId;
use crate::ledger::refusal::{Refusal, RefusalCode};

pub(super) fn close(desk: &mut Desk<'_>, command: &CloseCase) -> Result<(), Refusal> {
    let case = desk.open_case(&command.case)?;
    let state = desk.ledger().case_state(case);
    if !state.is_final() {
        let message = format!("case {:?} is {state}: it is not finished", command.case);
        return Err(refuse(RefusalCode::CaseNotFinished, message));
    }
    for (unit, claim) in &case.claims {
        require_uncontested(unit, claim)?;
    }
    for (id, charge) in &desk.ledger().freights {
        let debt = freight_debt(desk.ledger(), id)?;
        if charge.case == command.case
            && let Some(debt) = debt.filter(|debt| debt.outstanding.is_positive())
        {
            let message =
                format!("{} is owed by the {} for freight {id:?}", debt.outstanding, debt.debtor);
            return Err(refuse(RefusalCode::FreightOwed, message));
        }
    }
    desk.record(Event::CaseClosed { case: command.case.clone() });
    Ok(())
}

pub(super) fn reopen(desk: &mut Desk<'_>, command: &ReopenCase) -> Result<(), Refusal> {
    let by = desk.not_buyer()?;
    let case = desk.case(&command.case)?;
    let ended = case.claims.iter().filter(|(_, claim)| claim.standing != Standing::Open);
    let ended: Vec<UnitId> = ended.map(|(unit, _)| unit.clone()).collect();
    if ended.is_empty() {
        let message = "no claim of the case was declined, cancelled or expired: open a new case";
        return Err(refuse(RefusalCode::NothingToReopen, message));
    }
    for unit in ended {
        desk.require_free(&unit, None)?;
        desk.record(Event::ClaimReopened {
            case: command.case.clone(),
            unit,
            reason: command.reason.clone(),
            by: by.clone(),
        });
    }
    Ok(())
}
