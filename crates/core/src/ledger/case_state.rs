//! Where a case stands: a function of its claims, never stored, so that it cannot disagree with them.

use super::case::{Case, Claim, Standing};
use super::goods::Goods;
use super::id::{CaseId, UnitId};
use super::state::Ledger;
use crate::words::Verdict;
use crate::words::closed_list;

closed_list! {
    /// Where a case, or one claim of it, stands. The order is that of the way it goes.
    CaseState {
        /// Something is missing; the decision lists it.
        AwaitingEvidence = "awaiting_evidence",
        /// A person must answer a question first.
        UnderReview = "under_review",
        /// It may be authorised.
        Requested = "requested",
        /// The goods may come; for goods that never arrived: the remedy may go.
        Authorised = "authorised",
        /// A parcel is announced.
        InTransit = "in_transit",
        /// At the dock.
        Received = "received",
        /// Inspected; the remedy is due, or the goods go back.
        Inspected = "inspected",
        /// The remedy has arrived, or the goods went back.
        Resolved = "resolved",
        /// Declined before anything arrived.
        Declined = "declined",
        /// Nothing arrived in time.
        Expired = "expired",
        /// Taken back by the buyer or by staff.
        Cancelled = "cancelled",
        /// Nothing remains to be done, and somebody said so.
        Closed = "closed",
        /// Its claims went on in another case.
        Merged = "merged",
    }
}

impl CaseState {
    /// Whether nothing remains to be done for the buyer.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Resolved
                | Self::Declined
                | Self::Expired
                | Self::Cancelled
                | Self::Closed
                | Self::Merged
        )
    }
}

impl Ledger {
    /// Where one claim stands.
    #[must_use]
    pub fn claim_state(&self, unit: &UnitId, claim: &Claim) -> CaseState {
        match claim.standing {
            Standing::Declined => return CaseState::Declined,
            Standing::Cancelled => return CaseState::Cancelled,
            Standing::Expired => return CaseState::Expired,
            Standing::Open => {}
        }
        if self.is_over(claim) {
            CaseState::Resolved
        } else if claim.inspected {
            CaseState::Inspected
        } else if claim.received.is_some() {
            CaseState::Received
        } else if claim.is_accepted() && claim.authorised.is_some() {
            match self.goods(unit) {
                Goods::OnItsWay => CaseState::InTransit,
                _ => CaseState::Authorised,
            }
        } else if claim.is_accepted() {
            CaseState::Requested
        } else if claim.judged.decision.verdict == Verdict::Needs {
            CaseState::AwaitingEvidence
        } else {
            CaseState::UnderReview
        }
    }

    /// The case in which the claims of that case are now: itself, or the one into which it was merged.
    #[must_use]
    pub fn current_case<'a>(&'a self, id: &'a CaseId) -> Option<(&'a CaseId, &'a Case)> {
        let mut current = (id, self.cases.get(id)?);
        // One step for each case is enough; events that lead in a circle end somewhere on it.
        for _ in 0..self.cases.len() {
            let Some(next) = current.1.merged_into.as_ref() else { break };
            let Some(case) = self.cases.get(next) else { break };
            current = (next, case);
        }
        Some(current)
    }

    /// Where the case stands: where its least advanced live claim does; once none is live, resolved if any claim is, and
    /// closed if somebody said so.
    #[must_use]
    pub fn case_state(&self, case: &Case) -> CaseState {
        if case.merged_into.is_some() {
            return CaseState::Merged;
        }
        let states = case.claims.iter().map(|(unit, claim)| self.claim_state(unit, claim));
        // The final states come last in the list, the strongest of them first.
        let least = states.min().unwrap_or(CaseState::Cancelled);
        if case.closed && least.is_final() { CaseState::Closed } else { least }
    }
}
