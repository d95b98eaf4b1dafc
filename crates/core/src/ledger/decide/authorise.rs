//! Let the goods come, or decline, in a named person's name (`guidance`).

use super::desk::{Desk, refuse};
use crate::ledger::case::Claim;
use crate::ledger::command::{Authorise, Decline};
use crate::ledger::event::{Event, Occasion};
use crate::ledger::id::UnitId;
use crate::ledger::refusal::{Refusal, RefusalCode};

pub(super) fn authorise(desk: &mut Desk<'_>, command: &Authorise) -> Result<(), Refusal> {
    Desk::some_units(&command.units)?;
    let by = desk.staff_or_rule()?;
    if command.expires_on < desk.context.today() {
        return Err(refuse(RefusalCode::DatePast, "the last day for the goods is past"));
    }
    for unit in &command.units {
        let claim = desk.live_claim(&command.case, unit)?;
        require_verdict(unit, claim)?;
        if claim.authorised.is_some() {
            let message = format!("the claim of {unit} is authorised already");
            return Err(refuse(RefusalCode::AlreadyAuthorised, message));
        }
        if claim.is_missing() {
            // Nothing comes back: what the receipt is for others, the acceptance is here.
            let now = desk.context.now;
            desk.judge(&command.case, unit, Occasion::Authorised, |facts| {
                facts.received_at = Some(now);
            })?;
        }
        let claim = desk.live_claim(&command.case, unit)?;
        require_verdict(unit, claim)?;
        let freight = claim.freight();
        desk.record(Event::ClaimAuthorised {
            case: command.case.clone(),
            unit: unit.clone(),
            instructions: command.instructions.clone(),
            expires_on: command.expires_on,
            freight,
            by: by.clone(),
        });
    }
    Ok(())
}

fn require_verdict(unit: &UnitId, claim: &Claim) -> Result<(), Refusal> {
    if claim.is_accepted() {
        return Ok(());
    }
    let decision = &claim.judged.decision;
    let message =
        format!("the claim of {unit} is not accepted: the decision is `{}`", decision.verdict);
    Err(refuse(RefusalCode::NotAccepted, message).citing_all(&decision.clauses))
}

pub(super) fn decline(desk: &mut Desk<'_>, command: &Decline) -> Result<(), Refusal> {
    Desk::some_units(&command.units)?;
    let by = desk.staff()?;
    desk.require_clause(&command.clause)?;
    for unit in &command.units {
        let claim = desk.live_claim(&command.case, unit)?;
        if claim.received.is_some() {
            let message = format!("{unit} is here: overrule the decision, and send it back");
            return Err(refuse(RefusalCode::AlreadyReceived, message));
        }
        if claim.remedy.is_some() {
            let message = format!("the remedy of {unit} is under way");
            return Err(refuse(RefusalCode::RemedyTaken, message));
        }
        desk.record(Event::ClaimDeclined {
            case: command.case.clone(),
            unit: unit.clone(),
            clauses: vec![command.clause.clone()],
            by: by.clone(),
            text: Some(command.text.clone()),
        });
    }
    Ok(())
}
