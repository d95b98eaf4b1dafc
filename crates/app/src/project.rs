//! What follows from a ledger's change, written in the transaction of the change, so that a reader sees both or neither.

use std::collections::BTreeSet;

use backhaul_core::ledger::{
    Actor, Attention, Case, CaseId, Event, Instruction, InstructionId, Ledger, Order, PlannedPiece,
    Refund, RefundId, Serial, TextId,
};
use backhaul_core::policy::Policy;
use backhaul_store::case_index::{self, CaseRow};
use backhaul_store::refund_index::{self, RefundRow};
use backhaul_store::refund_proposals::{self, ProposalRow};
use backhaul_store::{OrderId, Tx, case_serials, evidence_files, jobs};
use jiff::Timestamp;

use crate::door::DoorError;
use crate::{BankSettings, refund_job};

/// One change of an order's ledger, and all that is needed to know what follows from it.
pub(crate) struct Follows<'a> {
    /// The order, as tables name it.
    pub(crate) id: &'a OrderId,
    /// Its newest version.
    pub(crate) order: &'a Order,
    /// The policy that judges it.
    pub(crate) policy: &'a Policy,
    /// What goes by bank.
    pub(crate) bank: &'a BankSettings,
    /// The moment of the change.
    pub(crate) now: Timestamp,
}

impl Follows<'_> {
    /// Writes the rows of the cases and refunds that changed.
    pub(crate) fn project(
        &self,
        tx: &mut dyn Tx,
        before: &Ledger,
        after: &Ledger,
    ) -> Result<(), DoorError> {
        for (id, case) in &after.cases {
            let by_bank = |piece: &PlannedPiece| self.bank.pays(self.order, piece);
            let is_same = |old: &Case| {
                old == case
                    && before.case_state(old) == after.case_state(case)
                    && before.next_step(old, &by_bank) == after.next_step(case, &by_bank)
            };
            let old = before.cases.get(id);
            if !old.is_some_and(is_same) {
                let row = self.case_row(id, case, after, &by_bank);
                if old.is_some() {
                    case_index::put_known(tx, &row)?;
                } else if !case_index::put(tx, &row)? {
                    return Err(DoorError::CaseTaken { case: id.clone() });
                }
            }
            self.project_serials(tx, id, before, after)?;
        }
        self.project_proposals(tx, before, after)?;
        for (id, refund) in &after.refunds {
            if before.refunds.get(id) == Some(refund) {
                continue;
            }
            let case = after.cases.get(&refund.case);
            let due_at = case.and_then(|case| owed_by(case, refund, self.policy));
            for piece in refund.pieces.values() {
                refund_index::put(tx, &self.piece_row(id, refund, piece, due_at))?;
            }
        }
        self.project_units(tx, before, after)?;
        self.project_waiting(tx, before, after)
    }

    fn project_proposals(
        &self,
        tx: &mut dyn Tx,
        before: &Ledger,
        after: &Ledger,
    ) -> Result<(), DoorError> {
        for (id, proposal) in &after.proposals {
            if before.proposals.get(id) != Some(proposal) {
                let row = ProposalRow {
                    order: self.id.clone(),
                    refund: id.clone(),
                    case: proposal.case.clone(),
                    amount: proposal.bill.total,
                    by: name_of(&proposal.by),
                    at: self.now,
                };
                refund_proposals::put(tx, &row)?;
            }
        }
        for id in before.proposals.keys().filter(|id| !after.proposals.contains_key(*id)) {
            refund_proposals::remove(tx, self.id, id)?;
        }
        Ok(())
    }

    fn case_row(
        &self,
        id: &CaseId,
        case: &Case,
        ledger: &Ledger,
        by_bank: &dyn Fn(&PlannedPiece) -> bool,
    ) -> CaseRow {
        let pin = case.claims.values().next().map(|claim| claim.judged.pin.to_string());
        let causes: BTreeSet<_> =
            case.claims.values().map(|claim| claim.judged.decision.cause).collect();
        let (state, next_step) = (ledger.case_state(case), ledger.next_step(case, by_bank));
        CaseRow {
            case: id.clone(),
            order: self.id.clone(),
            state,
            policy_pin: pin.unwrap_or_else(|| self.policy.pin.clone()),
            opened_at: case.opened_at,
            due_at: due(case, ledger, self.policy),
            updated_at: self.now,
            is_over: state.is_final() && next_step.attention() == Attention::Nobody,
            assignee: case.assignee.clone(),
            next_step,
            causes: causes.into_iter().collect(),
            units: u32::try_from(case.claims.len()).unwrap_or(u32::MAX),
            merged_into: case.merged_into.clone(),
        }
    }

    /// Serials come with claims, receipts and replacements, and go only where a claim goes on in another case.
    fn project_serials(
        &self,
        tx: &mut dyn Tx,
        id: &CaseId,
        before: &Ledger,
        after: &Ledger,
    ) -> Result<(), DoorError> {
        let old = case_serials_of(self.order, before, id);
        let new = case_serials_of(self.order, after, id);
        for serial in new.difference(&old) {
            case_serials::add(tx, self.id, id, serial)?;
        }
        for serial in old.difference(&new) {
            case_serials::remove(tx, id, serial)?;
        }
        Ok(())
    }

    fn piece_row(
        &self,
        id: &RefundId,
        refund: &Refund,
        piece: &Instruction,
        due_at: Option<Timestamp>,
    ) -> RefundRow {
        let planned = &piece.planned;
        RefundRow {
            order: self.id.clone(),
            instruction: InstructionId { refund: id.clone(), number: planned.number },
            case: refund.case.clone(),
            payment: planned.payment.clone(),
            path: planned.path.as_str().to_owned(),
            state: if refund.cancelled { "cancelled" } else { piece.state.as_str() }.to_owned(),
            amount: planned.amount,
            due_at,
            updated_at: self.now,
            by_bank: self.bank.pays(self.order, planned),
        }
    }

    /// Enqueues the job of each piece that was planned to go back the way it came, if that is not by bank: that is for a person.
    ///
    /// It follows from the events of a command, not from a ledger: a rebuild of the read tables starts no work again.
    pub(crate) fn enqueue_refunds(
        &self,
        tx: &mut dyn Tx,
        events: &[Event],
    ) -> Result<(), DoorError> {
        for event in events {
            let (Event::RefundApproved { refund, pieces, .. }
            | Event::RefundReissued { refund, pieces, .. }) = event
            else {
                continue;
            };
            for piece in pieces.iter().filter(|piece| !self.bank.pays(self.order, piece)) {
                let instruction = InstructionId { refund: refund.clone(), number: piece.number };
                let job = refund_job::new_job(&self.order.number, &instruction, self.now);
                jobs::enqueue(tx, &job)?;
            }
        }
        Ok(())
    }
}

impl Follows<'_> {
    /// Notes which case has a file of evidence. A name that is no file of ours stays what it is: evidence kept elsewhere.
    pub(crate) fn attach_files(&self, tx: &mut dyn Tx, events: &[Event]) -> Result<(), DoorError> {
        for event in events {
            let attach = |tx: &mut dyn Tx, case: &CaseId, file: &TextId| {
                evidence_files::attach(tx, self.id, file.as_str(), case.as_str())
            };
            match event {
                Event::EvidenceAdded { case, file, .. } => attach(tx, case, file)?,
                Event::UnitInspected { case, pictures, .. } => {
                    for picture in pictures {
                        attach(tx, case, &picture.file)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The end of the earliest day on which one of the refund's units is owed.
fn owed_by(case: &Case, refund: &Refund, policy: &Policy) -> Option<Timestamp> {
    let units = refund.bill.units.iter();
    let claims = units.filter_map(|refunded| case.claims.get(&refunded.unit));
    let day = claims.filter_map(|claim| claim.judged.decision.dates.refund_by).min();
    day.and_then(|day| policy.zone.end(day))
}

/// The serials of a case: of what is claimed, of what came for it, and of what was sent for it.
fn case_serials_of(order: &Order, ledger: &Ledger, id: &CaseId) -> BTreeSet<Serial> {
    let claims = ledger.cases.get(id).into_iter().flat_map(|case| &case.claims);
    let mut serials: BTreeSet<_> = claims
        .flat_map(|(unit, claim)| {
            let came = claim.received.as_ref().and_then(|received| received.serial.as_ref());
            [ledger.serial(order, unit), came]
        })
        .flatten()
        .cloned()
        .collect();
    let sent = ledger.replacements.values().filter(|sent| sent.case == *id);
    serials.extend(sent.filter_map(|sent| sent.serial.clone()));
    serials
}

/// Writes again in which cases the serials of an order are, after its document has changed.
pub(crate) fn renew_serials(
    tx: &mut dyn Tx,
    id: &OrderId,
    order: &Order,
    ledger: &Ledger,
) -> Result<(), backhaul_store::Error> {
    case_serials::clear(tx, id)?;
    for case in ledger.cases.keys() {
        for serial in case_serials_of(order, ledger, case) {
            case_serials::add(tx, id, case, &serial)?;
        }
    }
    Ok(())
}

/// The end of the earliest day on which something of the case is due: a refund of what was received, or else the goods that
/// were authorised to come.
fn due(case: &Case, ledger: &Ledger, policy: &Policy) -> Option<Timestamp> {
    let live = case.claims.values().filter(|claim| ledger.is_live(claim));
    let day = live.filter_map(|claim| match (claim.received.is_some(), &claim.authorised) {
        (false, Some(authorised)) => Some(authorised.expires_on),
        _ => claim.judged.decision.dates.refund_by,
    });
    day.min().and_then(|day| policy.zone.end(day))
}

/// The name of a person, for a list; empty for what is none.
fn name_of(actor: &Actor) -> String {
    match actor {
        Actor::Staff { id, .. } => id.to_string(),
        _ => String::new(),
    }
}
