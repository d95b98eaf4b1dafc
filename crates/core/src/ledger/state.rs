//! The state of one order's ledger: three axes, never mixed. Goods by unit, money by instruction, and cases, whose state
//! is derived ([`super::CaseState`]). Built by [`super::evolve()`] from events alone.

use std::collections::BTreeMap;

use super::case::{Case, Claim, RemedyTaken, Standing};
use super::freight::FreightCharge;
use super::goods::{Arrival, Goods, Replacement, ReplacementStep};
use super::id::{ArrivalId, CaseId, FreightId, ParcelId, PaymentId, RefundId, Serial, UnitId};
use super::order::Order;
use super::refund::{Proposal, Refund};
use crate::money::{Currency, Money, MoneyError};
use crate::words::closed_list;

/// Everything that happened to one order's units and money after the sale.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ledger {
    /// The cases, by RMA number.
    pub cases: BTreeMap<CaseId, Case>,
    /// Where the units are; one of which nothing is recorded is with the buyer.
    pub goods: BTreeMap<UnitId, Goods>,
    /// The replacements, by the unit that is sent.
    pub replacements: BTreeMap<UnitId, Replacement>,
    /// The parcels.
    pub parcels: BTreeMap<ParcelId, Parcel>,
    /// What is held, or was.
    pub arrivals: BTreeMap<ArrivalId, Arrival>,
    /// The refunds.
    pub refunds: BTreeMap<RefundId, Refund>,
    /// The refunds that wait for a second person.
    pub proposals: BTreeMap<RefundId, Proposal>,
    /// The payments that were charged back.
    pub chargebacks: BTreeMap<PaymentId, Chargeback>,
    /// The freight that somebody laid out.
    pub freights: BTreeMap<FreightId, FreightCharge>,
}

/// A parcel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Parcel {
    /// The case for which it was announced, where it was.
    pub announced_for: Option<CaseId>,
    /// Whether it was booked in; a parcel is booked in once.
    pub is_received: bool,
}

closed_list! {
    /// What became of a chargeback. One that the merchant won is forgotten.
    Chargeback {
        /// The bank has not decided.
        Open = "open",
        /// The money is gone.
        Lost = "lost",
    }
}

impl Ledger {
    /// The claim of that case on that unit.
    #[must_use]
    pub fn claim(&self, case: &CaseId, unit: &UnitId) -> Option<&Claim> {
        self.cases.get(case)?.claims.get(unit)
    }

    /// Every claim on that unit, on a component of it, or on what it is a component of, in whatever generation.
    pub fn claims_on(&self, unit: &UnitId) -> impl Iterator<Item = (&CaseId, &UnitId, &Claim)> {
        self.claims().filter(move |(_, claimed, _)| claimed.overlaps(unit))
    }

    /// Every claim.
    pub fn claims(&self) -> impl Iterator<Item = (&CaseId, &UnitId, &Claim)> {
        self.cases
            .iter()
            .flat_map(|(id, case)| case.claims.iter().map(move |(unit, claim)| (id, unit, claim)))
    }

    /// Whether the claim holds its unit: it stands, and is not over.
    #[must_use]
    pub fn is_live(&self, claim: &Claim) -> bool {
        claim.standing == Standing::Open && !self.is_over(claim)
    }

    /// Whether nothing remains to be done for the buyer: the remedy has arrived, the goods went back, or the buyer
    /// gave them up.
    #[must_use]
    pub fn is_over(&self, claim: &Claim) -> bool {
        let has_remedy = match &claim.remedy {
            None | Some(RemedyTaken::Repair) => false,
            Some(RemedyTaken::Refund(refund)) => {
                self.refunds.get(refund).is_some_and(Refund::is_done)
            }
            Some(RemedyTaken::Replacement(unit)) => self
                .replacements
                .get(unit)
                .is_some_and(|replacement| replacement.step == ReplacementStep::Delivered),
        };
        has_remedy || claim.sent_back || claim.given_up
    }

    /// Whether an authorised claim awaits that unit: the dock may book it in.
    #[must_use]
    pub fn is_awaited(&self, unit: &UnitId, claim: &Claim) -> bool {
        let is_authorised = claim.authorised.is_some() && claim.is_accepted();
        let is_away = claim.received.is_none() && self.goods(unit).is_away();
        self.is_live(claim) && is_authorised && !claim.is_missing() && is_away
    }

    /// Where the unit is.
    #[must_use]
    pub fn goods(&self, unit: &UnitId) -> Goods {
        self.goods.get(unit).copied().unwrap_or(Goods::WithBuyer)
    }

    /// How many replacements were delivered to the unit's place: the generation that the buyer has there now.
    #[must_use]
    pub fn generation(&self, unit: &UnitId) -> u16 {
        let delivered = self.replacements.iter().filter(|(_, replacement)| {
            replacement.step == ReplacementStep::Delivered && unit.is_within(&replacement.replaces)
        });
        u16::try_from(delivered.count()).unwrap_or(u16::MAX)
    }

    /// The serial of the unit: from the order, or from the replacement that it is.
    #[must_use]
    pub fn serial<'a>(&'a self, order: &'a Order, unit: &UnitId) -> Option<&'a Serial> {
        match self.replacements.get(unit) {
            Some(replacement) => replacement.serial.as_ref(),
            None if unit.generation == 0 => order.serial(unit),
            None => None,
        }
    }

    /// The unit with that serial: as shipped with the order, or sent as a replacement.
    #[must_use]
    pub fn unit_with(&self, order: &Order, serial: &Serial) -> Option<UnitId> {
        let shipped = order.serials().find(|(shipped, _)| *shipped == serial).map(|(_, unit)| unit);
        let mut replacements = self.replacements.iter();
        shipped.or_else(|| {
            let found = replacements.find(|(_, sent)| sent.serial.as_ref() == Some(serial));
            found.map(|(unit, _)| unit.clone())
        })
    }

    /// What takes up the room of a payment: reserved, submitted, unclear, manual and settled pieces, whatever their path.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn taken(&self, payment: &PaymentId, currency: Currency) -> Result<Money, MoneyError> {
        let pieces = self.refunds.values().flat_map(Refund::live_pieces);
        let pieces = pieces.filter(|piece| piece.planned.payment == *payment);
        Money::sum(currency, pieces.map(|piece| piece.planned.amount))
    }

    /// What was refunded of the outward shipping.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn shipping_refunded(&self, currency: Currency) -> Result<Money, MoneyError> {
        let refunds = self.refunds.values().filter(|refund| !refund.cancelled);
        Money::sum(currency, refunds.filter_map(|refund| refund.bill.shipping))
    }
}
