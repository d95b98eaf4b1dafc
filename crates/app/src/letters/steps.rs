//! What a buyer is told of a change: a pure projection of the events of one command, so that each step is told once.

use std::collections::BTreeSet;

use backhaul_core::ledger::command::Speaker;
use backhaul_core::ledger::{CaseId, Event, InstructionState, Ledger, Occasion, RefundId, UnitId};
use backhaul_core::words::Verdict;
use backhaul_mail::LetterKind;

/// How the text begins with which a buyer declares a withdrawal: its case is opened by that, and a receipt goes out for it.
pub const WITHDRAWAL_TEXT: &str = "withdrawal-";

/// Something that a buyer is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Step {
    pub(crate) kind: LetterKind,
    pub(crate) case: CaseId,
    /// The refund, where it is about one.
    pub(crate) refund: Option<RefundId>,
}

/// The steps that those events are, in their order: each kind once for a case, or for a refund.
pub(crate) fn steps(events: &[Event], before: &Ledger, after: &Ledger) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for event in events {
        if let Some(step) = step(event, before, after)
            && !steps.contains(&step)
        {
            steps.push(step);
        }
    }
    // Whoever reads that a claim was declined need not read first that it came in.
    let declined: BTreeSet<_> = steps
        .iter()
        .filter(|step| step.kind == LetterKind::Declined)
        .map(|step| &step.case)
        .cloned()
        .collect();
    let is_whole = |case: &CaseId| {
        let case = after.cases.get(case);
        case.is_some_and(|case| !case.claims.values().any(|claim| after.is_live(claim)))
    };
    steps.retain(|step| {
        step.kind != LetterKind::CaseReceived
            || !declined.contains(&step.case)
            || !is_whole(&step.case)
    });
    steps
}

fn step(event: &Event, before: &Ledger, after: &Ledger) -> Option<Step> {
    let of = |kind, case: &CaseId| Some(Step { kind, case: case.clone(), refund: None });
    match event {
        Event::CaseOpened { case, text, .. } => {
            let is_withdrawal =
                text.as_ref().is_some_and(|text| text.as_str().starts_with(WITHDRAWAL_TEXT));
            let kind = if is_withdrawal {
                LetterKind::WithdrawalReceipt
            } else {
                LetterKind::CaseReceived
            };
            of(kind, case)
        }
        Event::MessageWritten { case, from: Speaker::Staff, internal: false, .. } => {
            of(LetterKind::DeskMessage, case)
        }
        Event::ContestAnswered { case, .. } => of(LetterKind::ContestAnswered, case),
        Event::ClaimDecided { case, unit, occasion, .. } => {
            needs_more(*occasion, case, unit, before, after)
                .then(|| of(LetterKind::EvidenceMissing, case))?
        }
        Event::ClaimDeclined { case, .. } => of(LetterKind::Declined, case),
        Event::ClaimAuthorised { case, .. } => of(LetterKind::Authorised, case),
        Event::DeductionTold { case, .. } => of(LetterKind::Deduction, case),
        Event::ClaimCancelled { case, .. } => of(LetterKind::Cancelled, case),
        Event::ClaimExpired { case, .. } => of(LetterKind::Expired, case),
        Event::UnitReceived { case, .. } => of(LetterKind::Received, case),
        Event::UnitInspected { case, unit, .. } => {
            differs(case, unit, before, after).then(|| of(LetterKind::InspectionDiffers, case))?
        }
        Event::UnitSentBack { case, .. } => of(LetterKind::SentBack, case),
        Event::ReplacementShipped { replacement, .. } => {
            of(LetterKind::ReplacementShipped, &after.replacements.get(replacement)?.case)
        }
        Event::InstructionSubmitted { instruction, .. } => {
            let has_begun = before
                .refunds
                .get(&instruction.refund)?
                .pieces
                .values()
                .any(|piece| piece.state != InstructionState::Reserved);
            (!has_begun).then(|| refund(LetterKind::RefundSent, &instruction.refund, after))?
        }
        Event::InstructionSettled { instruction, .. } => {
            let is_done = |ledger: &Ledger| {
                ledger
                    .refunds
                    .get(&instruction.refund)
                    .is_some_and(backhaul_core::ledger::Refund::is_done)
            };
            (is_done(after) && !is_done(before))
                .then(|| refund(LetterKind::RefundSettled, &instruction.refund, after))?
        }
        _ => None,
    }
}

fn refund(kind: LetterKind, refund: &RefundId, after: &Ledger) -> Option<Step> {
    let case = after.refunds.get(refund)?.case.clone();
    Some(Step { kind, case, refund: Some(refund.clone()) })
}

/// Whether staff brought it about that a claim needs something else than before. What a buyer adds, the buyer sees at once.
fn needs_more(
    occasion: Occasion,
    case: &CaseId,
    unit: &UnitId,
    before: &Ledger,
    after: &Ledger,
) -> bool {
    let needs = |ledger: &Ledger| {
        let decision = &ledger.claim(case, unit)?.judged.decision;
        (decision.verdict == Verdict::Needs).then(|| decision.needs.clone())
    };
    matches!(occasion, Occasion::Confirmed | Occasion::Amended)
        && needs(after).is_some_and(|now| needs(before) != Some(now))
}

/// Whether the inspection led to another decision of a claim than before.
pub(crate) fn differs(case: &CaseId, unit: &UnitId, before: &Ledger, after: &Ledger) -> bool {
    match (before.claim(case, unit), after.claim(case, unit)) {
        (Some(was), Some(is)) => {
            let (old, new) = (&was.judged.decision, &is.judged.decision);
            was.is_rejected() != is.is_rejected()
                || old.verdict != new.verdict
                || old.cause != new.cause
        }
        _ => false,
    }
}
