//! Change what is claimed. The first claim stays on record; the engine decides the changed one.

use super::desk::{Desk, refuse};
use super::open_case::{facts_id, platform};
use crate::ledger::case::Claim;
use crate::ledger::command::{AmendClaim, Amendment};
use crate::ledger::event::{Event, Occasion};
use crate::ledger::id::{CaseId, UnitId};
use crate::ledger::refusal::{Refusal, RefusalCode};

pub(super) fn amend_claim(desk: &mut Desk<'_>, command: &AmendClaim) -> Result<(), Refusal> {
    let AmendClaim { case, unit, amendment } = command;
    let claim = desk.live_claim(case, unit)?;
    check_amendable(claim, amendment)?;
    if amendment.cause.is_some() || amendment.condition.is_some() {
        desk.staff()?;
    }
    let units = if amendment.components.is_empty() {
        vec![unit.clone()]
    } else {
        narrow(desk, case, unit, amendment)?
    };
    let platform = platform(amendment.platform.as_deref())?;
    for unit in &units {
        desk.judge(case, unit, Occasion::Amended, |facts| {
            facts.id = facts_id(case, unit);
            let component = unit.component.iter().map(|name| name.as_str().to_owned());
            facts.claim.components = component.collect();
            facts.claim.remedy = amendment.remedy.unwrap_or(facts.claim.remedy);
            facts.claim.cause = amendment.cause.unwrap_or(facts.claim.cause);
            facts.claim.condition = amendment.condition.unwrap_or(facts.claim.condition);
            if platform.is_some() {
                facts.claim.platform.clone_from(&platform);
            }
        })?;
    }
    Ok(())
}

fn check_amendable(claim: &Claim, amendment: &Amendment) -> Result<(), Refusal> {
    let too_late = |what: &str, when: &str| {
        Err(refuse(RefusalCode::NotAmendable, format!("{what} cannot change once {when}")))
    };
    if claim.remedy.is_some() {
        return too_late("the claim", "its remedy is under way");
    }
    let changes_story =
        amendment.cause.is_some() || amendment.condition.is_some() || amendment.platform.is_some();
    if changes_story && claim.received.is_some() {
        return too_late("condition and platform", "the goods are received");
    }
    // Goods that were to come back must not turn into goods that never came, for which nothing needs to come.
    if amendment.cause.is_some() && claim.authorised.is_some() {
        return too_late("the cause", "the goods are authorised to come");
    }
    if !amendment.components.is_empty() && claim.authorised.is_some() {
        return too_late("the components", "the goods are authorised to come");
    }
    Ok(())
}

/// Claims these components instead of the whole unit; the rest of it stays with the buyer.
fn narrow(
    desk: &mut Desk<'_>,
    case: &CaseId,
    unit: &UnitId,
    amendment: &Amendment,
) -> Result<Vec<UnitId>, Refusal> {
    let mut units = Vec::new();
    for name in &amendment.components {
        let place = unit.part(name);
        if unit.component.is_some() || !desk.context.order.has_place(&place) {
            let message = format!("{unit} has no component {name:?}");
            return Err(refuse(RefusalCode::ComponentUnknown, message));
        }
        let part = place.of_generation(desk.ledger().generation(&place));
        desk.require_free(&part, Some((case, unit)))?;
        if !units.contains(&part) {
            units.push(part);
        }
    }
    let (case, unit) = (case.clone(), unit.clone());
    desk.record(Event::ClaimNarrowed { case, unit, components: units.clone() });
    Ok(units)
}
