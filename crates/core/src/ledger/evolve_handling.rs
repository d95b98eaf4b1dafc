//! What the events of a case's handling do to the state: messages, who looks after it, what is contested, and which units are
//! one case. Total like the rest of [`super::evolve()`].

use std::collections::{BTreeMap, BTreeSet};

use super::case::{Case, Contest};
use super::command::Speaker;
use super::event::Event;
use super::goods::Goods;
use super::id::{CaseId, UnitId};
use super::state::Ledger;

impl Ledger {
    pub(super) fn apply_to_handling(&mut self, event: &Event) {
        match event {
            Event::MessageWritten { case, from, internal, .. } => {
                let Some(case) = self.cases.get_mut(case) else { return };
                let messages = &mut case.messages;
                match from {
                    Speaker::Buyer => {
                        messages.from_buyer = messages.from_buyer.saturating_add(1);
                        messages.is_unanswered = true;
                    }
                    Speaker::Staff => {
                        messages.from_staff = messages.from_staff.saturating_add(1);
                        // A note among staff answers nobody.
                        messages.is_unanswered &= *internal;
                    }
                }
            }
            Event::CaseAssigned { case, to, .. } => {
                if let Some(case) = self.cases.get_mut(case) {
                    case.assignee.clone_from(to);
                }
            }
            Event::FindingContested { case, unit, .. } => {
                self.change_claim(case, unit, |claim| {
                    claim.contest = Some(Contest::Open);
                    claim.contests = claim.contests.saturating_add(1);
                });
            }
            Event::ContestAnswered { case, unit, upheld, .. } => {
                self.answer_contest(case, unit, *upheld);
            }
            Event::DecisionOverruled { case, unit, overruled } => {
                self.change_claim(case, unit, |claim| {
                    if claim.contest == Some(Contest::Open) {
                        claim.contest = Some(Contest::Answered { upheld: overruled.accept });
                    }
                });
            }
            Event::CasesMerged { case, into, .. } => self.merge(case, into),
            Event::CaseSplit { case, new_case, units, .. } => self.split(case, new_case, units),
            _ => {}
        }
    }

    /// Goods of which the inspection is set aside are to be inspected again, as long as they are there.
    fn answer_contest(&mut self, case: &CaseId, unit: &UnitId, upheld: bool) {
        let is_at_hand = self.goods(unit) == Goods::Inspected;
        self.change_claim(case, unit, |claim| {
            claim.contest = Some(Contest::Answered { upheld });
            claim.inspected &= !(upheld && is_at_hand);
        });
        if upheld && is_at_hand && self.claim(case, unit).is_some() {
            self.goods.insert(unit.clone(), Goods::Received);
        }
    }

    fn merge(&mut self, from: &CaseId, into: &CaseId) {
        if from == into || !self.cases.contains_key(into) {
            return;
        }
        let Some(ending) = self.cases.get_mut(from) else { return };
        let claims = std::mem::take(&mut ending.claims);
        let (messages, assignee) = (ending.messages, ending.assignee.take());
        ending.messages.is_unanswered = false;
        ending.merged_into = Some(into.clone());
        let Some(taking) = self.cases.get_mut(into) else { return };
        for (unit, claim) in claims {
            taking.claims.entry(unit).or_insert(claim);
        }
        taking.messages.from_buyer = taking.messages.from_buyer.saturating_add(messages.from_buyer);
        taking.messages.from_staff = taking.messages.from_staff.saturating_add(messages.from_staff);
        taking.messages.is_unanswered |= messages.is_unanswered;
        if taking.assignee.is_none() {
            taking.assignee = assignee;
        }
        for parcel in self.parcels.values_mut() {
            if parcel.announced_for.as_ref() == Some(from) {
                parcel.announced_for = Some(into.clone());
            }
        }
        for charge in self.freights.values_mut().filter(|charge| charge.case == *from) {
            charge.case = into.clone();
        }
    }

    fn split(&mut self, from: &CaseId, new: &CaseId, units: &[UnitId]) {
        if self.cases.contains_key(new) {
            return;
        }
        let Some(case) = self.cases.get_mut(from) else { return };
        let moved = units.iter().filter_map(|unit| case.claims.remove_entry(unit));
        let claims: BTreeMap<_, _> = moved.collect();
        // A parcel that came for both, before they were parted, stays with the case that it came for.
        let staying: BTreeSet<_> =
            case.claims.values().filter_map(|claim| claim.announced_in.clone()).collect();
        let parcels = claims.values().filter_map(|claim| claim.announced_in.clone());
        let parcels: BTreeSet<_> = parcels.filter(|parcel| !staying.contains(parcel)).collect();
        let parted = Case {
            assignee: case.assignee.clone(),
            split_from: Some(from.clone()),
            claims,
            ..Case::new(case.opened_at, case.order_version)
        };
        self.cases.insert(new.clone(), parted);
        for parcel in &parcels {
            if let Some(parcel) = self.parcels.get_mut(parcel) {
                parcel.announced_for = Some(new.clone());
            }
        }
        let freights = self.freights.values_mut().filter(|charge| charge.case == *from);
        for charge in freights {
            if charge.units.iter().all(|unit| units.contains(unit)) {
                charge.case = new.clone();
            }
        }
    }
}
