//! What a change of a ledger means for the read table of claimed units.

use backhaul_core::ledger::{
    CaseId, Claim, Ledger, Leg, Refund, RemedyTaken, Standing, UnitId, laid_out,
};
use backhaul_core::money::Money;
use backhaul_core::words::{Payer, Remedy, Verdict};
use backhaul_store::report_unit::{self, UnitRow, When};
use backhaul_store::{Error, Tx};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::project::Follows;

const SECONDS_OF_HOUR: i64 = 3_600;

impl Follows<'_> {
    /// Writes the rows of the units whose claims changed, or whose money did.
    pub(crate) fn project_units(
        &self,
        tx: &mut dyn Tx,
        before: &Ledger,
        after: &Ledger,
    ) -> Result<(), Error> {
        let money_is_same = before.refunds == after.refunds && before.freights == after.freights;
        for (id, case) in &after.cases {
            let old = before.cases.get(id);
            if money_is_same && old == Some(case) {
                continue;
            }
            for unit in old.iter().flat_map(|old| old.claims.keys()) {
                if !case.claims.contains_key(unit) {
                    report_unit::remove(tx, id, &unit.to_string())?;
                }
            }
            for (unit, claim) in &case.claims {
                let was = before.claim(id, unit);
                let row = self.unit_row(after, id, unit, claim, case.opened_at);
                let is_new = was.is_none_or(|was| {
                    decided(was) != decided(claim)
                        || settled(before, was) != settled(after, claim)
                        || self.unit_row(before, id, unit, was, case.opened_at) != row
                });
                let row = self.with_moments(row, before, was, after, claim);
                if is_new {
                    report_unit::put(tx, &row)?;
                }
            }
        }
        Ok(())
    }

    /// The row as far as it follows from the ledger alone.
    fn unit_row(
        &self,
        ledger: &Ledger,
        case: &CaseId,
        unit: &UnitId,
        claim: &Claim,
        opened_at: Timestamp,
    ) -> UnitRow {
        let line = self.order.line(&unit.line);
        let judged = &claim.judged;
        let found = judged.facts.inspection.as_ref().and_then(|found| found.fault_found);
        let (merchant, buyer) = borne(ledger, case, unit, claim);
        let refund_by = judged.decision.dates.refund_by;
        UnitRow {
            case: case.clone(),
            unit: unit.to_string(),
            order: self.id.clone(),
            sku: judged.facts.line.sku.clone(),
            batch: line.and_then(|line| line.batch.clone()).unwrap_or_default(),
            opened_month: month(self.policy.zone.date(opened_at)),
            opened_at,
            cause_claimed: judged.facts.claim.cause.as_str(),
            cause_found: if claim.inspected { judged.decision.cause.as_str() } else { "" },
            verdict: verdict(claim).as_str(),
            is_inspected: claim.inspected,
            no_fault_found: claim.inspected && found == Some(false),
            decided: When::Never,
            received_at: claim.received.as_ref().map(|received| received.at),
            settled: When::Never,
            currency: self.order.currency,
            refund_minor: refunded(ledger, unit, claim).map_or(0, |money| money.minor),
            return_payer: claim.freight().r#return.map_or("", Payer::as_str),
            merchant_freight_minor: merchant,
            buyer_freight_minor: buyer,
            promise: if refund_by.is_some() && awaits_money(ledger, claim) {
                "open"
            } else {
                "none"
            },
            refund_by: refund_by.and_then(|day| self.policy.zone.end(day)),
        }
    }

    /// The row with what happened just now.
    fn with_moments(
        &self,
        row: UnitRow,
        before: &Ledger,
        was: Option<&Claim>,
        after: &Ledger,
        claim: &Claim,
    ) -> UnitRow {
        let hours = |since: Timestamp| {
            self.now.as_second().saturating_sub(since.as_second()).max(0) / SECONDS_OF_HOUR
        };
        let decided = match (was.is_some_and(decided), decided(claim)) {
            (_, false) => When::Never,
            (true, true) => When::Before,
            (false, true) => When::At(self.now, hours(row.opened_at)),
        };
        let was_settled = was.is_some_and(|was| settled(before, was));
        let settled = match (was_settled, settled(after, claim)) {
            (_, false) => When::Never,
            (true, true) => When::Before,
            (false, true) => When::At(self.now, hours(row.received_at.unwrap_or(row.opened_at))),
        };
        let promise = match (settled, row.refund_by) {
            (When::At(moment, _), Some(until)) if moment <= until => "kept",
            (When::At(..), Some(_)) => "late",
            (When::At(..), None) => "none",
            _ => row.promise,
        };
        UnitRow { decided, settled, promise, ..row }
    }
}

/// A month as a number, such as 202603.
pub(crate) fn month(day: Date) -> i64 {
    i64::from(day.year()).saturating_mul(100).saturating_add(i64::from(day.month()))
}

/// Whether the buyer was told yes or no.
fn decided(claim: &Claim) -> bool {
    claim.authorised.is_some() || claim.standing == Standing::Declined
}

fn refund_of<'l>(ledger: &'l Ledger, claim: &Claim) -> Option<&'l Refund> {
    match &claim.remedy {
        Some(RemedyTaken::Refund(refund)) => ledger.refunds.get(refund),
        _ => None,
    }
}

/// Whether all of its money has arrived.
fn settled(ledger: &Ledger, claim: &Claim) -> bool {
    refund_of(ledger, claim).is_some_and(Refund::is_done)
}

/// Whether money is owed for it.
fn awaits_money(ledger: &Ledger, claim: &Claim) -> bool {
    let has_refund = matches!(claim.remedy, Some(RemedyTaken::Refund(_)));
    let will_have = claim.remedy.is_none()
        && claim.judged.facts.claim.remedy == Remedy::Refund
        && claim.is_accepted()
        && ledger.is_live(claim);
    has_refund || will_have
}

fn verdict(claim: &Claim) -> Verdict {
    if claim.is_rejected() || claim.standing == Standing::Declined {
        Verdict::Declined
    } else if claim.is_accepted() {
        Verdict::Accepted
    } else {
        claim.judged.decision.verdict
    }
}

/// What is refunded of the unit, less what is kept back.
fn refunded(ledger: &Ledger, unit: &UnitId, claim: &Claim) -> Option<Money> {
    let refund = refund_of(ledger, claim).filter(|refund| !refund.cancelled)?;
    let part = refund.bill.units.iter().find(|part| part.unit == *unit)?;
    let mut kept = part.deductions.iter();
    kept.try_fold(part.share.total().ok()?, |left, deduction| left.minus(deduction.amount)).ok()
}

/// What was laid out of freight for the unit: the merchant's part, and the buyer's.
fn borne(ledger: &Ledger, case: &CaseId, unit: &UnitId, claim: &Claim) -> (i64, i64) {
    let freight = claim.freight();
    let (mut merchant, mut buyer) = (0_i64, 0_i64);
    for (charge, amount) in laid_out(ledger, case, unit) {
        let due = match charge.leg {
            Leg::Return | Leg::SendBack => freight.r#return,
            Leg::Replacement => freight.replacement,
        };
        let (merchants, buyers) = match due.unwrap_or(charge.paid_by) {
            Payer::Merchant => (amount.minor, 0),
            Payer::Buyer => (0, amount.minor),
            Payer::Shared => halves(amount),
        };
        merchant = merchant.saturating_add(merchants);
        buyer = buyer.saturating_add(buyers);
    }
    (merchant, buyer)
}

/// Half each; the odd minor unit is the merchant's.
fn halves(amount: Money) -> (i64, i64) {
    let parts = amount.split(&[1, 1]).unwrap_or_default();
    let part = |place: usize| parts.get(place).map_or(0, |money| money.minor);
    (part(0), part(1))
}
