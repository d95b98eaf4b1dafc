//! What of an order waits for somebody's hands: at the dock, or at finance. Derived from the ledger, never stored in it, so that it
//! cannot disagree with it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::case::{Claim, RemedyTaken};
use super::freight::freight_debt;
use super::goods::{ArrivalState, Goods, ReplacementStep};
use super::id::{CaseId, UnitId};
use super::state::{Chargeback, Ledger};
use crate::words::{Remedy, closed_list};

closed_list! {
    /// What kind of thing is to be done.
    WaitingKind {
        /// A held arrival is to be matched, or sent back.
        Arrival = "arrival",
        /// A received unit is to be inspected.
        Inspection = "inspection",
        /// An inspected unit is to be restocked, scrapped, mended, passed on or sent back.
        Disposal = "disposal",
        /// A replacement is to be set aside, sent or delivered.
        Replacement = "replacement",
        /// A refund is to be approved.
        Approval = "approval",
        /// Something of a refund failed, or no payment could take it.
        Rest = "rest",
        /// A provider says that a piece settled after it had failed.
        Contradiction = "contradiction",
        /// Freight is owed.
        Freight = "freight",
        /// A bank has not decided a chargeback.
        Chargeback = "chargeback",
    }
}

/// One thing that waits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Waiting {
    /// What is to be done.
    pub kind: WaitingKind,
    /// The case, where it is of one.
    pub case: Option<CaseId>,
    /// The arrival, unit, refund, freight or payment, as it is written; empty where it is all of the case.
    pub subject: String,
}

/// Everything that waits, with the last day for it in the merchant's zone, where there is one.
#[must_use]
pub fn waiting(ledger: &Ledger) -> BTreeMap<Waiting, Option<Date>> {
    let mut all = BTreeMap::new();
    goods(ledger, &mut all);
    money(ledger, &mut all);
    all
}

type All = BTreeMap<Waiting, Option<Date>>;

fn add(
    all: &mut All,
    kind: WaitingKind,
    case: Option<&CaseId>,
    subject: String,
    day: Option<Date>,
) {
    let known = all.entry(Waiting { kind, case: case.cloned(), subject }).or_insert(day);
    if let Some(day) = day {
        *known = Some(known.map_or(day, |known| known.min(day)));
    }
}

fn goods(ledger: &Ledger, all: &mut All) {
    let held = ledger.arrivals.iter().filter(|(_, held)| held.state == ArrivalState::Held);
    for (id, _) in held {
        add(all, WaitingKind::Arrival, None, id.to_string(), None);
    }
    for (case, unit, claim) in ledger.claims() {
        let day = claim.judged.decision.dates.refund_by;
        let kinds = [
            (WaitingKind::Inspection, awaits_inspection(ledger, unit, claim)),
            (WaitingKind::Disposal, awaits_disposal(ledger, unit, claim)),
            (WaitingKind::Replacement, awaits_replacement(ledger, claim)),
        ];
        for (kind, _) in kinds.into_iter().filter(|(_, waits)| *waits) {
            add(all, kind, Some(case), unit.to_string(), day);
        }
        if ledger.awaits_refund(claim) {
            add(all, WaitingKind::Approval, Some(case), String::new(), day);
        }
    }
}

fn money(ledger: &Ledger, all: &mut All) {
    for (id, refund) in &ledger.refunds {
        let case = Some(&refund.case);
        if refund.unissued().is_ok_and(super::super::money::Money::is_positive) {
            let units = refund.bill.units.iter();
            let claims = units.filter_map(|part| ledger.claim(&refund.case, &part.unit));
            let day = claims.filter_map(|claim| claim.judged.decision.dates.refund_by).min();
            add(all, WaitingKind::Rest, case, id.to_string(), day);
        }
        if refund.pieces.values().any(|piece| piece.contradicted) {
            add(all, WaitingKind::Contradiction, case, id.to_string(), None);
        }
    }
    for (id, charge) in &ledger.freights {
        let debt = freight_debt(ledger, id).ok().flatten();
        if debt.is_some_and(|debt| debt.outstanding.is_positive()) {
            add(all, WaitingKind::Freight, Some(&charge.case), id.to_string(), None);
        }
    }
    let open = ledger.chargebacks.iter().filter(|(_, state)| **state == Chargeback::Open);
    for (payment, _) in open {
        add(all, WaitingKind::Chargeback, None, payment.to_string(), None);
    }
}

fn awaits_inspection(ledger: &Ledger, unit: &UnitId, claim: &Claim) -> bool {
    claim.received.is_some() && !claim.inspected && ledger.goods(unit) == Goods::Received
}

fn awaits_disposal(ledger: &Ledger, unit: &UnitId, claim: &Claim) -> bool {
    let place = ledger.goods(unit);
    let is_mended = claim.remedy == Some(RemedyTaken::Repair) && place == Goods::Repaired;
    claim.received.is_some() && claim.inspected && (place == Goods::Inspected || is_mended)
}

/// Whether the goods are known, or never reached the buyer, and the claim may have its remedy.
fn may_have_remedy(ledger: &Ledger, claim: &Claim) -> bool {
    let is_known = claim.inspected || claim.is_missing();
    ledger.is_live(claim) && claim.is_accepted() && claim.authorised.is_some() && is_known
}

fn awaits_replacement(ledger: &Ledger, claim: &Claim) -> bool {
    match &claim.remedy {
        None => claim.is_due(Remedy::Replacement) && may_have_remedy(ledger, claim),
        Some(RemedyTaken::Replacement(unit)) => {
            let step = ledger.replacements.get(unit).map(|replacement| replacement.step);
            matches!(step, Some(ReplacementStep::Allocated | ReplacementStep::Shipped))
        }
        Some(_) => false,
    }
}

impl Ledger {
    /// Whether a refund of the claim waits to be approved: the goods are inspected, or never reached the buyer.
    #[must_use]
    pub fn awaits_refund(&self, claim: &Claim) -> bool {
        claim.remedy.is_none() && claim.is_due(Remedy::Refund) && may_have_remedy(self, claim)
    }
}
