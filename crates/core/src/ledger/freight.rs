//! Freight: money of its own. Who was to pay, who did pay, how much, and what is owed between them; never part of what a
//! payment was captured for, save where it rides on a refund.

use serde::{Deserialize, Serialize};

use super::id::{CaseId, FreightId, Reference, TextId, UnitId};
use super::state::Ledger;
use crate::money::{Money, MoneyError};
use crate::words::Payer;
use crate::words::closed_list;

closed_list! {
    /// Which way the goods went.
    Leg {
        /// From the buyer to the merchant.
        Return = "return",
        /// A replacement, to the buyer.
        Replacement = "replacement",
        /// Declined goods, back to the buyer; at the cost of who was to pay the way in.
        SendBack = "send_back",
    }
}

/// Freight that somebody laid out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FreightCharge {
    /// The case.
    pub case: CaseId,
    /// Which way.
    pub leg: Leg,
    /// The units that travelled; each bears an equal share.
    pub units: Vec<UnitId>,
    /// Who laid it out: the merchant or the buyer.
    pub paid_by: Payer,
    /// How much; above 0.
    pub amount: Money,
    /// What was settled of what is owed, beside what rode on refunds or was deducted from them.
    pub settled: Vec<Money>,
}

/// How a debt for freight is settled.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "how", rename_all = "snake_case", deny_unknown_fields)]
pub enum FreightSettlement {
    /// Money went the other way; the bank's or the provider's reference.
    Paid {
        /// The reference.
        reference: Reference,
    },
    /// It is let go; the reason is an erasable text.
    Waived {
        /// The reason.
        reason: TextId,
    },
}

/// What is owed for one freight charge, by the one who did not lay it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FreightDebt {
    /// Who owes it.
    pub debtor: Payer,
    /// How much is still owed; at least 0.
    pub outstanding: Money,
}

/// What is owed for that charge now. It follows the newest decisions: an inspection that finds no fault moves the freight
/// to the buyer. `None` where there is no such charge.
///
/// # Errors
/// [`MoneyError::Overflow`].
pub fn freight_debt(ledger: &Ledger, id: &FreightId) -> Result<Option<FreightDebt>, MoneyError> {
    let Some(charge) = ledger.freights.get(id) else { return Ok(None) };
    let currency = charge.amount.currency;
    let debtor = match charge.paid_by {
        Payer::Buyer => Payer::Merchant,
        Payer::Merchant | Payer::Shared => Payer::Buyer,
    };

    let shares = charge.amount.split(&vec![1; charge.units.len()])?;
    let mut owed = Money::zero(currency);
    for (unit, share) in charge.units.iter().zip(shares) {
        owed = owed.plus(owed_for_unit(ledger, charge, unit, share)?)?;
    }
    let settled = Money::sum(currency, settlements(ledger, id, charge))?;
    let outstanding = owed.minus(settled)?;
    let outstanding = if outstanding.is_negative() { Money::zero(currency) } else { outstanding };
    Ok(Some(FreightDebt { debtor, outstanding }))
}

/// What was laid out for one unit of a case: each charge, with the unit's equal share of it.
pub fn laid_out<'l>(
    ledger: &'l Ledger,
    case: &'l CaseId,
    unit: &'l UnitId,
) -> impl Iterator<Item = (&'l FreightCharge, Money)> {
    let of_case = ledger.freights.values().filter(move |charge| charge.case == *case);
    of_case.filter_map(move |charge| {
        let place = charge.units.iter().position(|travelled| travelled == unit)?;
        let shares = charge.amount.split(&vec![1; charge.units.len()]).ok()?;
        Some((charge, *shares.get(place)?))
    })
}

fn owed_for_unit(
    ledger: &Ledger,
    charge: &FreightCharge,
    unit: &UnitId,
    share: Money,
) -> Result<Money, MoneyError> {
    let nothing = Money::zero(share.currency);
    let Some(claim) = ledger.claim(&charge.case, unit) else { return Ok(nothing) };
    let due = match charge.leg {
        Leg::Return | Leg::SendBack => claim.freight().r#return,
        Leg::Replacement => claim.freight().replacement,
    };
    match due {
        None => Ok(nothing),
        Some(payer) if payer == charge.paid_by => Ok(nothing),
        // Half each; the odd minor unit is the merchant's to bear.
        Some(Payer::Shared) => {
            let halves = share.split(&[1, 1])?;
            let [merchant, buyer] = halves.as_slice() else { return Ok(nothing) };
            Ok(if charge.paid_by == Payer::Buyer { *merchant } else { *buyer })
        }
        Some(Payer::Merchant | Payer::Buyer) => Ok(share),
    }
}

fn settlements<'a>(
    ledger: &'a Ledger,
    id: &'a FreightId,
    charge: &'a FreightCharge,
) -> impl Iterator<Item = Money> + 'a {
    let refunds = ledger.refunds.values().filter(|refund| !refund.cancelled);
    let in_refunds = refunds.flat_map(move |refund| {
        let rides = refund.bill.freight.iter().filter(move |part| part.freight == *id);
        let units = refund.bill.units.iter();
        let kept = units.flat_map(|unit| &unit.deductions);
        let kept = kept.filter(move |deduction| deduction.freight.as_ref() == Some(id));
        rides.map(|part| part.amount).chain(kept.map(|deduction| deduction.amount))
    });
    charge.settled.iter().copied().chain(in_refunds)
}
