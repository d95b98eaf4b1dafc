//! What an event does to the state. Total: every event, in any order, even without what it refers to, is taken without
//! panic (invariant `total`). Nothing is checked and nothing is added up here; `decide` alone refuses.

use super::case::{Authorised, Case, Claim, Received, RemedyTaken, Standing};
use super::event::Event;
use super::freight::FreightCharge;
use super::goods::{Arrival, ArrivalState, Disposal, Goods, Replacement, ReplacementStep};
use super::id::{ArrivalId, CaseId, InstructionId, UnitId};
use super::refund::{Instruction, InstructionState, PlannedPiece, Proposal, Refund};
use super::state::{Chargeback, Ledger};

/// The state after that event.
#[must_use]
pub fn evolve(mut state: Ledger, event: &Event) -> Ledger {
    state.apply(event);
    state
}

impl Ledger {
    /// Takes one event.
    pub fn apply(&mut self, event: &Event) {
        // Each of these takes the events of its own axis and leaves the others alone.
        self.apply_to_cases(event);
        self.apply_to_handling(event);
        self.apply_to_goods(event);
        self.apply_to_replacements(event);
        self.apply_to_refunds(event);
        self.apply_to_instructions(event);
        self.apply_to_freight(event);
    }

    fn apply_to_cases(&mut self, event: &Event) {
        match event {
            Event::CaseOpened { case, at, order_version, .. } => {
                let opened = Case::new(*at, *order_version);
                self.cases.entry(case.clone()).or_insert(opened);
            }
            Event::ClaimDecided { case, unit, judged, .. } => {
                let Some(case) = self.cases.get_mut(case) else { return };
                let new = || Claim::new(judged.clone());
                let claim = case.claims.entry(unit.clone()).or_insert_with(new);
                claim.judged = judged.clone();
                claim.decisions = claim.decisions.saturating_add(1);
            }
            Event::ClaimNarrowed { case, unit, components } => {
                let Some(case) = self.cases.get_mut(case) else { return };
                let Some(claim) = case.claims.remove(unit) else { return };
                for component in components {
                    case.claims.entry(component.clone()).or_insert_with(|| claim.clone());
                }
            }
            Event::EvidenceAdded { case, units, .. } => {
                for unit in units {
                    self.change_claim(case, unit, |claim| {
                        claim.evidence_files = claim.evidence_files.saturating_add(1);
                    });
                }
            }
            Event::DecisionOverruled { case, unit, overruled } => {
                self.change_claim(case, unit, |claim| {
                    claim.overruled = Some(overruled.clone());
                    if overruled.accept {
                        claim.standing = Standing::Open;
                    }
                });
            }
            Event::ClaimAuthorised { case, unit, expires_on, freight, .. } => {
                let authorised = Authorised { expires_on: *expires_on, freight: *freight };
                self.change_claim(case, unit, |claim| claim.authorised = Some(authorised));
            }
            Event::DeductionTold { case, unit, told } => {
                self.change_claim(case, unit, |claim| claim.told.push(told.clone()));
            }
            _ => self.apply_to_standing(event),
        }
    }

    fn apply_to_standing(&mut self, event: &Event) {
        match event {
            Event::ClaimDeclined { case, unit, .. } => {
                self.end_claim(case, unit, Standing::Declined);
            }
            Event::ClaimCancelled { case, unit, .. } => {
                self.end_claim(case, unit, Standing::Cancelled);
            }
            Event::ClaimExpired { case, unit } => self.end_claim(case, unit, Standing::Expired),
            Event::CaseClosed { case } => {
                if let Some(case) = self.cases.get_mut(case) {
                    case.closed = true;
                }
            }
            Event::ClaimReopened { case: id, unit, .. } => {
                let Some(case) = self.cases.get_mut(id) else { return };
                case.closed = false;
                self.change_claim(id, unit, |claim| {
                    claim.standing = Standing::Open;
                    claim.authorised = None;
                    claim.announced_in = None;
                });
            }
            _ => {}
        }
    }

    fn apply_to_goods(&mut self, event: &Event) {
        match event {
            Event::ParcelAnnounced { case, parcel, units, .. } => {
                let announced = self.parcels.entry(parcel.clone()).or_default();
                announced.announced_for = Some(case.clone());
                for unit in units {
                    self.goods.insert(unit.clone(), Goods::OnItsWay);
                    self.change_claim(case, unit, |claim| {
                        claim.announced_in = Some(parcel.clone());
                    });
                }
            }
            Event::ParcelReceived { parcel, .. } => {
                self.parcels.entry(parcel.clone()).or_default().is_received = true;
            }
            Event::UnitReceived { case, unit, parcel, at, serial } => {
                self.goods.insert(unit.clone(), Goods::Received);
                let (parcel, serial) = (parcel.clone(), serial.clone());
                let received = Received { at: *at, parcel, serial };
                self.change_claim(case, unit, |claim| claim.received = Some(received));
            }
            Event::UnitInspected { case, unit, .. } => {
                self.goods.insert(unit.clone(), Goods::Inspected);
                self.change_claim(case, unit, |claim| claim.inspected = true);
            }
            Event::UnitDisposed { case, unit, disposal, .. } => {
                self.goods.insert(unit.clone(), place_after(*disposal));
                self.change_claim(case, unit, |claim| match disposal {
                    Disposal::Repair => {
                        claim.remedy.get_or_insert(RemedyTaken::Repair);
                    }
                    Disposal::Scrap => {
                        claim.given_up |= claim.remedy.is_none() && claim.is_rejected();
                    }
                    Disposal::Restock | Disposal::Supplier => {}
                });
            }
            Event::UnitSentBack { case, unit, .. } => {
                self.goods.insert(unit.clone(), Goods::SentBack);
                self.change_claim(case, unit, |claim| claim.sent_back = true);
            }
            Event::ArrivalHeld { arrival, item, why } => {
                let held = Arrival { item: item.clone(), why: *why, state: ArrivalState::Held };
                self.arrivals.insert(arrival.clone(), held);
            }
            Event::ArrivalMatched { arrival, .. } => {
                self.end_arrival(arrival, ArrivalState::Matched);
            }
            Event::ArrivalSentBack { arrival, .. } => {
                self.end_arrival(arrival, ArrivalState::SentBack);
            }
            _ => {}
        }
    }

    fn apply_to_replacements(&mut self, event: &Event) {
        match event {
            Event::ReplacementAllocated { case, replaces, replacement, serial, .. } => {
                let taken = RemedyTaken::Replacement(replacement.clone());
                self.change_claim(case, replaces, |claim| claim.remedy = Some(taken));
                let allocated = Replacement {
                    case: case.clone(),
                    replaces: replaces.clone(),
                    serial: serial.clone(),
                    step: ReplacementStep::Allocated,
                };
                self.replacements.insert(replacement.clone(), allocated);
            }
            Event::ReplacementShipped { replacement, .. } => {
                self.move_replacement(replacement, ReplacementStep::Shipped);
            }
            Event::ReplacementDelivered { replacement, .. } => {
                self.move_replacement(replacement, ReplacementStep::Delivered);
            }
            Event::ReplacementCancelled { case, replaces, replacement, .. } => {
                self.move_replacement(replacement, ReplacementStep::Cancelled);
                self.change_claim(case, replaces, |claim| claim.remedy = None);
            }
            _ => {}
        }
    }

    fn apply_to_refunds(&mut self, event: &Event) {
        match event {
            Event::RefundProposed { refund, case, bill, early, by } => {
                let (case, bill) = (case.clone(), bill.clone());
                let proposal = Proposal { case, bill, early: early.clone(), by: by.clone() };
                self.proposals.insert(refund.clone(), proposal);
            }
            Event::RefundApproved {
                refund, case, bill, pieces, uncovered, proposed_by, ..
            } => {
                self.proposals.remove(refund);
                for part in &bill.units {
                    let taken = RemedyTaken::Refund(refund.clone());
                    self.change_claim(case, &part.unit, |claim| claim.remedy = Some(taken));
                }
                let approved = Refund {
                    case: case.clone(),
                    bill: bill.clone(),
                    uncovered: *uncovered,
                    cancelled: false,
                    by_two: proposed_by.is_some(),
                    pieces: pieces.iter().map(reserved).collect(),
                };
                self.refunds.insert(refund.clone(), approved);
            }
            Event::RefundCancelled { refund: id, .. } => {
                self.proposals.remove(id);
                let Some(refund) = self.refunds.get_mut(id) else { return };
                refund.cancelled = true;
                let taken = RemedyTaken::Refund(id.clone());
                for case in self.cases.values_mut() {
                    let claims = case.claims.values_mut();
                    claims.filter(|claim| claim.remedy.as_ref() == Some(&taken)).for_each(
                        |claim| {
                            claim.remedy = None;
                        },
                    );
                }
            }
            Event::RefundReissued { refund, piece, pieces, uncovered, .. } => {
                let Some(refund) = self.refunds.get_mut(refund) else { return };
                refund.uncovered = *uncovered;
                if let Some(failed) = piece.and_then(|number| refund.pieces.get_mut(&number)) {
                    failed.state = InstructionState::Failed { replaced: true };
                }
                refund.pieces.extend(pieces.iter().map(reserved));
            }
            Event::RestWrittenOff { refund, .. } => {
                let Some(refund) = self.refunds.get_mut(refund) else { return };
                refund.uncovered = crate::money::Money::zero(refund.uncovered.currency);
                for piece in refund.pieces.values_mut() {
                    if let InstructionState::Failed { replaced } = &mut piece.state {
                        *replaced = true;
                    }
                }
            }
            Event::ChargebackOpened { payment, .. } => {
                self.chargebacks.insert(payment.clone(), Chargeback::Open);
            }
            Event::ChargebackClosed { payment, won: true } => {
                self.chargebacks.remove(payment);
            }
            Event::ChargebackClosed { payment, won: false } => {
                self.chargebacks.insert(payment.clone(), Chargeback::Lost);
            }
            _ => {}
        }
    }

    fn apply_to_instructions(&mut self, event: &Event) {
        match event {
            Event::InstructionSubmitted { instruction, submission } => {
                self.change_instruction(instruction, |instruction| {
                    instruction.submission = Some(submission.clone());
                    instruction.state = InstructionState::Submitted;
                });
            }
            Event::InstructionResent { instruction } => {
                self.change_instruction(instruction, |instruction| {
                    instruction.resends = instruction.resends.saturating_add(1);
                    instruction.state = InstructionState::Submitted;
                });
            }
            Event::InstructionSettled { instruction, .. } => {
                self.move_instruction(instruction, InstructionState::Settled);
            }
            Event::InstructionFailed { instruction, .. } => {
                self.move_instruction(instruction, InstructionState::Failed { replaced: false });
            }
            Event::InstructionUnclear { instruction } => {
                self.move_instruction(instruction, InstructionState::Unclear);
            }
            Event::InstructionManual { instruction } => {
                self.move_instruction(instruction, InstructionState::Manual);
            }
            Event::InstructionContradicted { instruction, .. } => {
                self.change_instruction(instruction, |instruction| instruction.contradicted = true);
            }
            _ => {}
        }
    }

    fn apply_to_freight(&mut self, event: &Event) {
        match event {
            Event::FreightRecorded { freight, case, leg, units, paid_by, amount } => {
                let charge = FreightCharge {
                    case: case.clone(),
                    leg: *leg,
                    units: units.clone(),
                    paid_by: *paid_by,
                    amount: *amount,
                    settled: Vec::new(),
                };
                self.freights.entry(freight.clone()).or_insert(charge);
            }
            Event::FreightSettled { freight, amount, .. } => {
                if let Some(charge) = self.freights.get_mut(freight) {
                    charge.settled.push(*amount);
                }
            }
            _ => {}
        }
    }

    pub(super) fn change_claim(
        &mut self,
        case: &CaseId,
        unit: &UnitId,
        change: impl FnOnce(&mut Claim),
    ) {
        let case = self.cases.get_mut(case);
        if let Some(claim) = case.and_then(|case| case.claims.get_mut(unit)) {
            change(claim);
        }
    }

    fn end_claim(&mut self, case: &CaseId, unit: &UnitId, standing: Standing) {
        self.change_claim(case, unit, |claim| claim.standing = standing);
        // A parcel that nobody awaits any more is not on its way to a claim.
        if self.goods(unit) == Goods::OnItsWay {
            self.goods.remove(unit);
        }
    }

    fn end_arrival(&mut self, arrival: &ArrivalId, state: ArrivalState) {
        if let Some(arrival) = self.arrivals.get_mut(arrival) {
            arrival.state = state;
        }
    }

    fn move_replacement(&mut self, unit: &UnitId, step: ReplacementStep) {
        if let Some(replacement) = self.replacements.get_mut(unit) {
            replacement.step = step;
        }
    }

    fn move_instruction(&mut self, id: &InstructionId, state: InstructionState) {
        self.change_instruction(id, |instruction| instruction.state = state);
    }

    fn change_instruction(&mut self, id: &InstructionId, change: impl FnOnce(&mut Instruction)) {
        let refund = self.refunds.get_mut(&id.refund);
        if let Some(piece) = refund.and_then(|refund| refund.pieces.get_mut(&id.number)) {
            change(piece);
        }
    }
}

fn reserved(planned: &PlannedPiece) -> (u16, Instruction) {
    let instruction = Instruction {
        planned: planned.clone(),
        submission: None,
        resends: 0,
        state: InstructionState::Reserved,
        contradicted: false,
    };
    (planned.number, instruction)
}

const fn place_after(disposal: Disposal) -> Goods {
    match disposal {
        Disposal::Restock => Goods::Restocked,
        Disposal::Scrap => Goods::Scrapped,
        Disposal::Repair => Goods::Repaired,
        Disposal::Supplier => Goods::ToSupplier,
    }
}
