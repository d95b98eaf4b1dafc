//! Decide against the engine, in a named person's name and for a reason. Its decision stays on record.

use super::desk::{Desk, refuse};
use crate::ledger::case::{Claim, Overruled, Standing};
use crate::ledger::command::Overrule;
use crate::ledger::event::Event;
use crate::ledger::refusal::{Refusal, RefusalCode};
use crate::words::Verdict;

pub(super) fn overrule(desk: &mut Desk<'_>, command: &Overrule) -> Result<(), Refusal> {
    let by = desk.staff()?;
    let Overrule { case, unit, .. } = command;
    desk.open_case(case)?;
    desk.require_clause(&command.clause)?;
    let claim = desk.claim(case, unit)?;
    if claim.standing == Standing::Declined && command.accept {
        desk.require_free(unit, Some((case, unit)))?;
    } else {
        desk.live_claim(case, unit)?;
        check_change(desk, command, claim)?;
    }
    if claim.remedy.is_some() && !command.accept {
        let message = format!("the remedy of {unit} is under way");
        return Err(refuse(RefusalCode::RemedyTaken, message));
    }
    let decision = &claim.judged.decision;
    let is_declined = decision.verdict == Verdict::Declined;
    let overruled = Overruled {
        accept: command.accept,
        by,
        clause: command.clause.clone(),
        reason: command.reason.clone(),
        verdict: decision.verdict,
        grounds: if is_declined { decision.clauses.clone() } else { Vec::new() },
        freight: command.freight,
    };
    let (case, unit) = (case.clone(), unit.clone());
    desk.record(Event::DecisionOverruled { case, unit, overruled });
    Ok(())
}

fn check_change(desk: &Desk<'_>, command: &Overrule, claim: &Claim) -> Result<(), Refusal> {
    let unit = &command.unit;
    if command.accept {
        if claim.is_accepted() {
            let message = format!("the claim of {unit} is accepted already");
            return Err(refuse(RefusalCode::AlreadyAccepted, message));
        }
        return Ok(());
    }
    if claim.received.is_none() {
        let message = format!("{unit} has not been received: decline the claim instead");
        return Err(refuse(RefusalCode::NotReceived, message));
    }
    if !claim.is_accepted() {
        let message = format!("the claim of {unit} is not accepted");
        return Err(refuse(RefusalCode::NotAccepted, message));
    }
    // What is disposed of cannot go back to the buyer any more.
    if !desk.ledger().goods(unit).is_at_hand() {
        let message = format!("{unit} has been disposed of");
        return Err(refuse(RefusalCode::AlreadyDisposed, message));
    }
    Ok(())
}
