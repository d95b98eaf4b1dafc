//! The invariants 5 to 8 (`goods-first`, `never-more`, `never-twice`, `sums-meet`), checked from the list of events alone.
//!
//! The book keeps its own sums and its own idea of where everything is; it asks neither `decide` nor `evolve`.

use std::collections::{BTreeMap, BTreeSet};

use backhaul_core::ledger::{
    CaseId, Disposal, Event, InstructionId, Order, PaymentId, PlannedPiece, RefundBill, RefundId,
    Submission, UnitId,
};
use backhaul_core::words::{Cause, Verdict};

/// What the book knows after the events that it has taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    claims: BTreeMap<(CaseId, UnitId), Claimed>,
    refunds: BTreeMap<RefundId, Refunded>,
    pieces: BTreeMap<InstructionId, Piece>,
    keys: BTreeSet<String>,
    captured: BTreeMap<PaymentId, i64>,
    here: BTreeSet<UnitId>,
    disposed: BTreeSet<UnitId>,
    replaced: BTreeSet<UnitId>,
    parcels: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct Claimed {
    cause: Cause,
    verdict: Verdict,
    holds: bool,
    authorised: bool,
    received: bool,
    overruled: Option<bool>,
    remedies: u32,
}

#[derive(Clone, Debug)]
struct Refunded {
    case: CaseId,
    bill: RefundBill,
    uncovered: i64,
    cancelled: bool,
}

#[derive(Clone, Debug)]
struct Piece {
    payment: PaymentId,
    amount: i64,
    submission: Option<Submission>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Reserved,
    Sent,
    Settled,
    Failed,
    Replaced,
}

type Checked = Result<(), String>;

fn ensure(condition: bool, message: impl FnOnce() -> String) -> Checked {
    if condition { Ok(()) } else { Err(message()) }
}

impl Book {
    /// Takes the next event.
    pub(crate) fn take(&mut self, order: &Order, event: &Event) -> Checked {
        for payment in &order.payments {
            // A lowered capture does not undo what went out; a new one raises the ceiling.
            let captured = self.captured.entry(payment.id.clone()).or_default();
            *captured = payment.captured.minor.max(*captured);
        }
        self.take_claim(event)?;
        self.take_goods(event)?;
        self.take_refund(order, event)?;
        self.take_instruction(event)?;
        self.check_payments()?;
        self.check_claims()
    }

    fn take_claim(&mut self, event: &Event) -> Checked {
        match event {
            Event::ClaimDecided { case, unit, judged, .. } => {
                let decision = &judged.decision;
                let new = Claimed {
                    cause: decision.cause,
                    verdict: decision.verdict,
                    holds: true,
                    authorised: false,
                    received: false,
                    overruled: None,
                    remedies: 0,
                };
                let claim = self.claims.entry((case.clone(), unit.clone())).or_insert(new);
                claim.cause = decision.cause;
                claim.verdict = decision.verdict;
            }
            Event::ClaimNarrowed { case, unit, components } => {
                let claim = self.claims.remove(&(case.clone(), unit.clone()));
                let claim = claim.ok_or("narrowed what was not claimed")?;
                for component in components {
                    self.claims.insert((case.clone(), component.clone()), claim.clone());
                }
            }
            Event::DecisionOverruled { case, unit, overruled } => {
                let claim = self.claim(case, unit)?;
                claim.overruled = Some(overruled.accept);
                claim.holds |= overruled.accept;
            }
            Event::ClaimDeclined { case, unit, .. }
            | Event::ClaimCancelled { case, unit, .. }
            | Event::ClaimExpired { case, unit } => {
                let claim = self.claim(case, unit)?;
                ensure(!claim.received && claim.remedies == 0, || {
                    format!("{unit} ended too late")
                })?;
                claim.holds = false;
            }
            Event::ClaimReopened { case, unit, .. } => {
                let claim = self.claim(case, unit)?;
                claim.holds = true;
                claim.authorised = false;
            }
            Event::ClaimAuthorised { case, unit, .. } => self.claim(case, unit)?.authorised = true,
            Event::CasesMerged { case, into, .. } => {
                let moved = self.claims.keys().filter(|(of, _)| of == case);
                let units: Vec<_> = moved.map(|(_, unit)| unit.clone()).collect();
                self.move_claims(case, into, &units)?;
            }
            Event::CaseSplit { case, new_case, units, .. } => {
                self.move_claims(case, new_case, units)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// A claim moves whole, never over another, and never away from the case that its remedy names.
    fn move_claims(&mut self, from: &CaseId, into: &CaseId, units: &[UnitId]) -> Checked {
        for unit in units {
            let moved = self.claims.remove(&(from.clone(), unit.clone()));
            let moved = moved.ok_or_else(|| format!("{unit} moved without a claim"))?;
            let is_paid = self.refunds.values().any(|refund| {
                refund.case == *from && refund.bill.units.iter().any(|part| part.unit == *unit)
            });
            ensure(moved.remedies == 0 && !is_paid, || format!("{unit} moved with a remedy"))?;
            let over = self.claims.insert((into.clone(), unit.clone()), moved);
            ensure(over.is_none(), || format!("{unit} moved over a claim"))?;
        }
        Ok(())
    }

    fn take_goods(&mut self, event: &Event) -> Checked {
        match event {
            Event::ParcelReceived { parcel, .. } => {
                ensure(self.parcels.insert(parcel.to_string()), || format!("{parcel} came twice"))?;
            }
            Event::UnitReceived { case, unit, .. } => {
                ensure(self.here.insert(unit.clone()), || format!("{unit} was received twice"))?;
                let claim = self.claim(case, unit)?;
                ensure(claim.authorised && claim.holds, || format!("{unit} came unauthorised"))?;
                claim.received = true;
            }
            Event::UnitDisposed { case, unit, disposal, .. } => {
                ensure(self.here.contains(unit), || format!("{unit} is not here"))?;
                let is_new = self.disposed.insert(unit.clone());
                ensure(is_new, || format!("{unit} was disposed of twice"))?;
                let claim = self.claim(case, unit)?;
                let is_rejected =
                    claim.overruled.map_or(claim.verdict == Verdict::Declined, |accept| !accept);
                ensure(*disposal != Disposal::Restock || !is_rejected, || {
                    format!("{unit} is stock")
                })?;
                if *disposal == Disposal::Scrap && claim.remedies == 0 && is_rejected {
                    claim.holds = false;
                }
            }
            Event::UnitSentBack { case, unit, .. } => {
                ensure(self.here.remove(unit), || format!("{unit} is not here"))?;
                self.disposed.remove(unit);
                let claim = self.claim(case, unit)?;
                ensure(claim.remedies == 0, || format!("{unit} had a remedy and went back"))?;
                claim.holds = false;
            }
            Event::ReplacementAllocated { case, replaces, replacement, .. } => {
                self.give_remedy(case, replaces)?;
                ensure(replacement.generation > replaces.generation, || "no new unit".to_owned())?;
            }
            Event::ReplacementDelivered { replacement, .. } => {
                ensure(self.replaced.insert(replacement.clone()), || {
                    format!("{replacement} twice")
                })?;
                let replaced = |(_, unit): &&(CaseId, UnitId)| {
                    unit.of_generation(0) == replacement.of_generation(0)
                        && unit.generation + 1 == replacement.generation
                };
                let keys: Vec<_> = self.claims.keys().filter(replaced).cloned().collect();
                for key in keys {
                    let claim = self.claims.get_mut(&key).ok_or("no claim")?;
                    claim.holds &= claim.remedies == 0;
                }
            }
            Event::ReplacementCancelled { case, replaces, .. } => {
                self.claim(case, replaces)?.remedies -= 1;
            }
            _ => {}
        }
        Ok(())
    }

    fn take_refund(&mut self, order: &Order, event: &Event) -> Checked {
        match event {
            Event::RefundApproved { refund, case, bill, pieces, uncovered, .. } => {
                for part in &bill.units {
                    self.give_remedy(case, &part.unit)?;
                    self.refunded_once(&part.unit)?;
                }
                ensure(sum(bill) == bill.total.minor, || format!("{refund} does not add up"))?;
                let planned = planned(pieces) + uncovered.minor;
                ensure(planned == bill.total.minor, || format!("{refund} was split wrongly"))?;
                let (case, bill, uncovered) = (case.clone(), bill.clone(), uncovered.minor);
                let refunded = Refunded { case, bill, uncovered, cancelled: false };
                let earlier = self.refunds.insert(refund.clone(), refunded);
                ensure(earlier.is_none(), || format!("{refund} was approved twice"))?;
                self.plan(refund, pieces)?;
                self.check_line_totals(order)?;
            }
            Event::RefundCancelled { refund: id, .. } => {
                let mine = self.pieces.iter().filter(|(piece, _)| piece.refund == *id);
                let is_unsent = mine.into_iter().all(|(_, piece)| {
                    matches!(piece.state, State::Reserved | State::Failed | State::Replaced)
                });
                ensure(is_unsent, || format!("{id} was cancelled after it left"))?;
                let refund = self.refunds.get_mut(id).ok_or("no refund")?;
                refund.cancelled = true;
                let (case, bill) = (refund.case.clone(), refund.bill.clone());
                for part in &bill.units {
                    self.claim(&case, &part.unit)?.remedies -= 1;
                }
            }
            Event::RefundReissued { refund: id, piece, pieces, uncovered, .. } => {
                let before = self.refunds.get(id).ok_or("no refund")?.uncovered;
                let (freed, rest) = match piece {
                    Some(number) => (self.replace(id, *number)?, uncovered.minor - before),
                    None => (before, uncovered.minor),
                };
                ensure(planned(pieces) + rest == freed, || {
                    format!("{id} was issued again wrongly")
                })?;
                self.refunds.get_mut(id).ok_or("no refund")?.uncovered = uncovered.minor;
                self.plan(id, pieces)?;
            }
            Event::RestWrittenOff { refund: id, amount, .. } => {
                let refund = self.refunds.get_mut(id).ok_or("no refund")?;
                let mut left = std::mem::take(&mut refund.uncovered);
                for (piece, known) in &mut self.pieces {
                    if piece.refund == *id && known.state == State::Failed {
                        left += known.amount;
                        known.state = State::Replaced;
                    }
                }
                ensure(left == amount.minor, || format!("{id} was written off wrongly"))?;
            }
            _ => {}
        }
        Ok(())
    }

    fn take_instruction(&mut self, event: &Event) -> Checked {
        match event {
            Event::InstructionSubmitted { instruction, submission } => {
                let is_new = self.keys.insert(submission.key.to_string());
                ensure(is_new, || format!("the key of {instruction} was used before"))?;
                let piece = self.piece(instruction)?;
                ensure(piece.state == State::Reserved, || format!("{instruction} left twice"))?;
                ensure(piece.submission.is_none(), || format!("{instruction} changed its key"))?;
                piece.submission = Some(submission.clone());
                piece.state = State::Sent;
            }
            Event::InstructionSettled { instruction, .. } => {
                let piece = self.piece(instruction)?;
                let may_settle = matches!(piece.state, State::Sent | State::Failed);
                let was_sent = piece.submission.is_some();
                ensure(may_settle && was_sent, || format!("{instruction} settled unsent"))?;
                piece.state = State::Settled;
            }
            Event::InstructionFailed { instruction, .. } => {
                let piece = self.piece(instruction)?;
                let may_fail =
                    matches!(piece.state, State::Reserved | State::Sent | State::Settled);
                ensure(may_fail, || format!("{instruction} failed twice"))?;
                piece.state = State::Failed;
            }
            Event::InstructionUnclear { instruction }
            | Event::InstructionManual { instruction }
            | Event::InstructionResent { instruction } => {
                let piece = self.piece(instruction)?;
                ensure(piece.state == State::Sent, || format!("{instruction} is not under way"))?;
            }
            _ => {}
        }
        Ok(())
    }

    // --- goods first, one remedy

    fn give_remedy(&mut self, case: &CaseId, unit: &UnitId) -> Checked {
        let claim = self.claim(case, unit)?;
        let is_missing = claim.cause == Cause::Missing;
        ensure(claim.received || is_missing, || format!("{unit} had a remedy before it came"))?;
        ensure(claim.authorised, || format!("{unit} had a remedy unauthorised"))?;
        let is_accepted = claim.overruled.unwrap_or(claim.verdict == Verdict::Accepted);
        ensure(is_accepted, || format!("{unit} had a remedy and was not accepted"))?;
        claim.remedies += 1;
        ensure(claim.remedies == 1, || format!("{unit} had two remedies"))
    }

    /// No other refund that stands has this unit, a part of it, or what it is part of, in whatever generation.
    fn refunded_once(&self, unit: &UnitId) -> Checked {
        let refunds = self.refunds.values().filter(|refund| !refund.cancelled);
        let mut units = refunds.flat_map(|refund| &refund.bill.units);
        ensure(!units.any(|part| part.unit.overlaps(unit)), || format!("{unit} was refunded twice"))
    }

    fn check_claims(&self) -> Checked {
        let holding: Vec<&UnitId> = self
            .claims
            .iter()
            .filter(|(_, claim)| claim.holds)
            .map(|((_, unit), _)| unit)
            .collect();
        for (index, unit) in holding.iter().enumerate() {
            let is_alone = holding.iter().skip(index + 1).all(|other| !other.overlaps(unit));
            ensure(is_alone, || format!("{unit} is in two live claims"))?;
        }
        Ok(())
    }

    // --- never more

    fn check_payments(&self) -> Checked {
        for (payment, captured) in &self.captured {
            let pieces = self.pieces.iter().filter(|(id, piece)| {
                piece.payment == *payment && !self.refunds[&id.refund].cancelled
            });
            let live =
                pieces.filter(|(_, piece)| !matches!(piece.state, State::Failed | State::Replaced));
            let taken: i64 = live.map(|(_, piece)| piece.amount).sum();
            ensure(taken <= *captured, || format!("{payment}: {taken} of {captured}"))?;
        }
        Ok(())
    }

    /// The refunded units of a line are never worth more than the line; nor is the shipping.
    fn check_line_totals(&self, order: &Order) -> Checked {
        let refunds: Vec<&Refunded> =
            self.refunds.values().filter(|refund| !refund.cancelled).collect();
        for line in &order.lines {
            let units = refunds.iter().flat_map(|refund| &refund.bill.units);
            let of_line = units.filter(|part| part.unit.line == line.id);
            let refunded: i64 = of_line.map(|part| part.share.total().unwrap().minor).sum();
            let total = line.share.total().unwrap().minor;
            ensure(refunded <= total, || format!("{}: {refunded} of {total}", line.id))?;
        }
        let shipping: i64 =
            refunds.iter().filter_map(|refund| refund.bill.shipping).map(|part| part.minor).sum();
        ensure(shipping <= order.shipping.minor, || format!("shipping: {shipping}"))
    }

    // --- pieces

    fn plan(&mut self, refund: &RefundId, pieces: &[PlannedPiece]) -> Checked {
        for planned in pieces {
            let id = InstructionId { refund: refund.clone(), number: planned.number };
            ensure(planned.amount.minor > 0, || format!("{id} is of {}", planned.amount))?;
            let (payment, amount) = (planned.payment.clone(), planned.amount.minor);
            let piece = Piece { payment, amount, submission: None, state: State::Reserved };
            let earlier = self.pieces.insert(id.clone(), piece);
            ensure(earlier.is_none(), || format!("{id} was planned twice"))?;
        }
        Ok(())
    }

    fn replace(&mut self, refund: &RefundId, number: u16) -> Result<i64, String> {
        let id = InstructionId { refund: refund.clone(), number };
        let piece = self.piece(&id)?;
        ensure(piece.state == State::Failed, || {
            format!("{id} was issued again, and had not failed")
        })?;
        piece.state = State::Replaced;
        Ok(piece.amount)
    }

    fn claim(&mut self, case: &CaseId, unit: &UnitId) -> Result<&mut Claimed, String> {
        let claim = self.claims.get_mut(&(case.clone(), unit.clone()));
        claim.ok_or_else(|| format!("{case} does not claim {unit}"))
    }

    fn piece(&mut self, id: &InstructionId) -> Result<&mut Piece, String> {
        self.pieces.get_mut(id).ok_or_else(|| format!("there is no piece {id}"))
    }
}

fn planned(pieces: &[PlannedPiece]) -> i64 {
    pieces.iter().map(|piece| piece.amount.minor).sum()
}

fn sum(bill: &RefundBill) -> i64 {
    let units: i64 = bill
        .units
        .iter()
        .map(|part| {
            let kept: i64 = part.deductions.iter().map(|deduction| deduction.amount.minor).sum();
            part.share.price.minor - part.share.discount.minor + part.share.tax.minor - kept
        })
        .sum();
    let shipping = bill.shipping.map_or(0, |part| part.minor);
    units + shipping + bill.freight.as_ref().map_or(0, |part| part.amount.minor)
}
