//! What a case waits for, and whom: a function of its claims and of the money, never stored, so that it cannot disagree.

use super::case::{Case, Claim, Contest, RemedyTaken};
use super::case_state::CaseState;
use super::goods::{Goods, ReplacementStep};
use super::id::UnitId;
use super::refund::{InstructionState, PlannedPiece, Refund};
use super::state::Ledger;
use crate::words::Remedy;
use crate::words::closed_list;

closed_list! {
    /// Whom a case waits for.
    Attention {
        /// The representatives.
        Staff = "staff",
        /// Finance.
        Finance = "finance",
        /// The dock.
        Dock = "dock",
        /// The buyer.
        Buyer = "buyer",
        /// Nobody: it is over, or on its way by itself.
        Nobody = "nobody",
    }
}

closed_list! {
    /// What is to be done next. Of several things the first in this list is named: ours before the buyer's.
    NextStep {
        /// The buyer contests a finding.
        AnswerContest = "answer_contest",
        /// The buyer wrote, and nobody has answered.
        AnswerMessage = "answer_message",
        /// A person must answer the question that the decision asks.
        AnswerQuestion = "answer_question",
        /// The claim is accepted: let the goods come.
        Authorise = "authorise",
        /// The decision grants a credit, which is given outside of this desk.
        GiveCredit = "give_credit",
        /// A replacement is due.
        AllocateReplacement = "allocate_replacement",
        /// A refund is due.
        ApproveRefund = "approve_refund",
        /// A refund is to be paid by bank, or cannot go on without a person.
        ResolveRefund = "resolve_refund",
        /// The goods are here.
        InspectUnit = "inspect_unit",
        /// A replacement was set aside.
        ShipReplacement = "ship_replacement",
        /// The goods are to be mended.
        RepairUnit = "repair_unit",
        /// The goods go back to the buyer.
        SendBackUnit = "send_back_unit",
        /// A parcel is announced.
        ReceiveParcel = "receive_parcel",
        /// Evidence is missing.
        AddEvidence = "add_evidence",
        /// The goods may come.
        SendGoods = "send_goods",
        /// The money is on its way by itself.
        AwaitRefund = "await_refund",
        /// A replacement is on its way.
        AwaitReplacement = "await_replacement",
        /// Nothing.
        Nothing = "nothing",
    }
}

impl NextStep {
    /// Whom it waits for.
    #[must_use]
    pub const fn attention(self) -> Attention {
        match self {
            Self::AnswerContest
            | Self::AnswerMessage
            | Self::AnswerQuestion
            | Self::Authorise
            | Self::GiveCredit
            | Self::AllocateReplacement => Attention::Staff,
            Self::ApproveRefund | Self::ResolveRefund => Attention::Finance,
            Self::InspectUnit
            | Self::ShipReplacement
            | Self::RepairUnit
            | Self::SendBackUnit
            | Self::ReceiveParcel => Attention::Dock,
            Self::AddEvidence | Self::SendGoods => Attention::Buyer,
            Self::AwaitRefund | Self::AwaitReplacement | Self::Nothing => Attention::Nobody,
        }
    }
}

impl Ledger {
    /// What is to be done next in the case; `by_bank` says which pieces a person pays.
    pub fn next_step(&self, case: &Case, by_bank: &dyn Fn(&PlannedPiece) -> bool) -> NextStep {
        let claims = case.claims.iter();
        let steps = claims.map(|(unit, claim)| self.claim_step(unit, claim, by_bank));
        let first = steps.min().unwrap_or(NextStep::Nothing);
        if case.messages.is_unanswered { first.min(NextStep::AnswerMessage) } else { first }
    }

    /// What is to be done next about one claim; `by_bank` says which pieces a person pays.
    pub fn claim_step(
        &self,
        unit: &UnitId,
        claim: &Claim,
        by_bank: &dyn Fn(&PlannedPiece) -> bool,
    ) -> NextStep {
        if claim.contest == Some(Contest::Open) {
            return NextStep::AnswerContest;
        }
        if let Some(remedy) = &claim.remedy {
            return self.step_of_remedy(unit, claim, remedy, by_bank);
        }
        match self.claim_state(unit, claim) {
            CaseState::AwaitingEvidence => NextStep::AddEvidence,
            CaseState::Requested => NextStep::Authorise,
            CaseState::Authorised if claim.is_missing() => step_of_due(claim),
            CaseState::Authorised => NextStep::SendGoods,
            CaseState::InTransit => NextStep::ReceiveParcel,
            CaseState::Received => NextStep::InspectUnit,
            CaseState::Inspected if claim.is_accepted() => step_of_due(claim),
            CaseState::Inspected if claim.is_rejected() => NextStep::SendBackUnit,
            CaseState::UnderReview | CaseState::Inspected => NextStep::AnswerQuestion,
            _ => NextStep::Nothing,
        }
    }

    fn step_of_remedy(
        &self,
        unit: &UnitId,
        claim: &Claim,
        remedy: &RemedyTaken,
        by_bank: &dyn Fn(&PlannedPiece) -> bool,
    ) -> NextStep {
        match remedy {
            RemedyTaken::Refund(id) => self
                .refunds
                .get(id)
                .map_or(NextStep::Nothing, |refund| step_of_refund(refund, by_bank)),
            RemedyTaken::Replacement(id) => match self.replacements.get(id).map(|sent| sent.step) {
                Some(ReplacementStep::Allocated) => NextStep::ShipReplacement,
                Some(ReplacementStep::Shipped) => NextStep::AwaitReplacement,
                Some(ReplacementStep::Delivered | ReplacementStep::Cancelled) | None => {
                    NextStep::Nothing
                }
            },
            RemedyTaken::Repair if claim.sent_back => NextStep::Nothing,
            RemedyTaken::Repair if self.goods(unit) == Goods::Repaired => NextStep::SendBackUnit,
            RemedyTaken::Repair => NextStep::RepairUnit,
        }
    }
}

fn step_of_due(claim: &Claim) -> NextStep {
    match claim.judged.facts.claim.remedy {
        Remedy::Refund => NextStep::ApproveRefund,
        Remedy::Replacement => NextStep::AllocateReplacement,
        Remedy::Repair => NextStep::RepairUnit,
        Remedy::Credit => NextStep::GiveCredit,
    }
}

fn step_of_refund(refund: &Refund, by_bank: &dyn Fn(&PlannedPiece) -> bool) -> NextStep {
    if refund.is_done() {
        return NextStep::Nothing;
    }
    let needs_person = refund.pieces.values().any(|piece| match piece.state {
        InstructionState::Manual | InstructionState::Failed { replaced: false } => true,
        InstructionState::Reserved | InstructionState::Submitted | InstructionState::Unclear => {
            by_bank(&piece.planned)
        }
        InstructionState::Settled | InstructionState::Failed { replaced: true } => false,
    });
    if needs_person || !refund.uncovered.is_zero() {
        NextStep::ResolveRefund
    } else {
        NextStep::AwaitRefund
    }
}
