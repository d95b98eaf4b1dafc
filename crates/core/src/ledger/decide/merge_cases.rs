//! Make two cases of an order one. What money or a replacement names by its case stays where it is, and so does its case.

use super::desk::{Desk, refuse, too_many};
use crate::ledger::command::MergeCases;
use crate::ledger::event::Event;
use crate::ledger::id::CaseId;
use crate::ledger::limits::CLAIMS_PER_CASE_MAX;
use crate::ledger::refusal::{Refusal, RefusalCode};

pub(super) fn merge_cases(desk: &mut Desk<'_>, command: &MergeCases) -> Result<(), Refusal> {
    let by = desk.staff()?;
    let MergeCases { case: from, into } = command;
    if from == into {
        return Err(refuse(RefusalCode::SameCase, "a case is not merged into itself"));
    }
    let (ending, taking) = (desk.open_case(from)?, desk.open_case(into)?);
    if let Some(unit) = ending.claims.keys().find(|unit| taking.claims.contains_key(unit)) {
        let message = format!("both cases claim {unit}: what was decided of one would be lost");
        return Err(refuse(RefusalCode::UnitClaimed, message));
    }
    let claims = ending.claims.len().saturating_add(taking.claims.len());
    if claims > CLAIMS_PER_CASE_MAX {
        return Err(too_many("claims of one case", CLAIMS_PER_CASE_MAX));
    }
    require_unnamed(desk, from)?;
    desk.record(Event::CasesMerged { case: from.clone(), into: into.clone(), by });
    Ok(())
}

fn require_unnamed(desk: &Desk<'_>, case: &CaseId) -> Result<(), Refusal> {
    let ledger = desk.ledger();
    if let Some((refund, _)) = ledger.refunds.iter().find(|(_, refund)| refund.case == *case) {
        let message = format!("refund {refund:?} names case {case:?}: merge the other into it");
        return Err(refuse(RefusalCode::CaseNamed, message));
    }
    if let Some((refund, _)) = ledger.proposals.iter().find(|(_, asked)| asked.case == *case) {
        let message = format!("refund {refund:?} is proposed for case {case:?}: cancel it first");
        return Err(refuse(RefusalCode::CaseNamed, message));
    }
    if let Some((unit, _)) = ledger.replacements.iter().find(|(_, sent)| sent.case == *case) {
        let message = format!("replacement {unit} names case {case:?}: merge the other into it");
        return Err(refuse(RefusalCode::CaseNamed, message));
    }
    Ok(())
}
