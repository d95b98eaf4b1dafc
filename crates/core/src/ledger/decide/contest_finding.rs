//! The buyer contests what an inspection came to, and a person answers. Until then nothing is done with the unit and no new
//! remedy is given for it, because what was given cannot be given again; a refund that was approved before is not touched.

use super::desk::{Desk, refuse, too_many};
use crate::ledger::case::{Claim, Contest};
use crate::ledger::command::{AnswerContest, ContestFinding};
use crate::ledger::event::{Event, Occasion};
use crate::ledger::id::UnitId;
use crate::ledger::limits::CONTESTS_PER_CLAIM_MAX;
use crate::ledger::refusal::{Refusal, RefusalCode};

pub(super) fn contest(desk: &mut Desk<'_>, command: &ContestFinding) -> Result<(), Refusal> {
    let ContestFinding { case, unit, text } = command;
    let claim = desk.live_claim(case, unit)?;
    if !claim.inspected {
        let message = format!("{unit} has not been inspected: there is no finding to contest");
        return Err(refuse(RefusalCode::NotInspected, message));
    }
    require_uncontested(unit, claim)?;
    if !went_against(claim) {
        let message = format!("the inspection of {unit} took nothing from the claim");
        return Err(refuse(RefusalCode::NothingToContest, message));
    }
    if claim.contests >= CONTESTS_PER_CLAIM_MAX {
        return Err(too_many("contested findings of one claim", CONTESTS_PER_CLAIM_MAX));
    }
    desk.record(Event::FindingContested {
        case: case.clone(),
        unit: unit.clone(),
        text: text.clone(),
        by: desk.actor(),
    });
    Ok(())
}

/// Whether the buyer would get less than what was authorised: no remedy, something kept back, or freight to pay.
fn went_against(claim: &Claim) -> bool {
    let freight_moved =
        claim.authorised.as_ref().is_some_and(|told| told.freight != claim.freight());
    !claim.is_accepted() || !claim.told.is_empty() || freight_moved
}

/// Refuses what must wait until a contested finding is answered.
pub(super) fn require_uncontested(unit: &UnitId, claim: &Claim) -> Result<(), Refusal> {
    if claim.contest != Some(Contest::Open) {
        return Ok(());
    }
    let message = format!("the buyer contests what was found of {unit}: answer that first");
    Err(refuse(RefusalCode::FindingContested, message))
}

pub(super) fn answer(desk: &mut Desk<'_>, command: &AnswerContest) -> Result<(), Refusal> {
    let by = desk.staff()?;
    let AnswerContest { case, unit, upheld, text } = command;
    desk.open_case(case)?;
    let claim = desk.claim(case, unit)?;
    if claim.contest != Some(Contest::Open) {
        let message = format!("no finding of {unit} is contested");
        return Err(refuse(RefusalCode::NothingContested, message));
    }
    // The inspection is not why it is declined, so that setting it aside would change nothing.
    if *upheld && claim.overruled.as_ref().is_some_and(|overruled| !overruled.accept) {
        let message = format!("a person declined the claim of {unit}: overrule that instead");
        return Err(refuse(RefusalCode::DeclinedByPerson, message));
    }
    desk.record(Event::ContestAnswered {
        case: case.clone(),
        unit: unit.clone(),
        upheld: *upheld,
        text: text.clone(),
        by,
    });
    if *upheld {
        desk.judge(case, unit, Occasion::Contested, |facts| facts.inspection = None)?;
    }
    Ok(())
}
