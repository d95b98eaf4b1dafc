//! What a place of an order is worth: its share of the stored amounts, by largest remainder, never recomputed
//! (invariant `sums-meet`).

use serde::{Deserialize, Serialize};

use super::id::{Component, UnitId};
use super::order::{Line, Order};
use crate::money::{Currency, Money, MoneyError};

/// An amount taken apart as the order stored it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The price before discount, without the tax.
    pub price: Money,
    /// The discount, at least 0 and at most the price.
    pub discount: Money,
    /// The tax, at least 0.
    pub tax: Money,
}

impl Share {
    /// Nothing.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { price: zero, discount: zero, tax: zero }
    }

    /// What the buyer paid for it: price less discount, and the tax.
    ///
    /// # Errors
    /// [`MoneyError`]; not for shares of an [`Order`], whose sums are checked at import.
    pub fn total(self) -> Result<Money, MoneyError> {
        self.price.minus(self.discount)?.plus(self.tax)
    }

    /// Splits the net price, the discount and the tax each by the weights. The parts of each meet the whole; no part is
    /// negative, which splitting price and discount apart from each other could not promise.
    ///
    /// # Errors
    /// [`MoneyError::NoWeight`].
    pub fn split(self, weights: &[u64]) -> Result<Vec<Self>, MoneyError> {
        let net = self.price.minus(self.discount)?.split(weights)?;
        let discount = self.discount.split(weights)?;
        let tax = self.tax.split(weights)?;
        let parts = net.into_iter().zip(discount).zip(tax);
        parts
            .map(|((net, discount), tax)| Ok(Self { price: net.plus(discount)?, discount, tax }))
            .collect()
    }
}

/// The share of a unit, or of a component of it; the same for every generation, for a replacement inherits the money of
/// its place. `None` where the order has no such place.
///
/// # Errors
/// [`MoneyError`]; not for an order that [`Order::new`] accepted.
pub fn share_of(order: &Order, unit: &UnitId) -> Result<Option<Share>, MoneyError> {
    let Some(line) = order.line(&unit.line) else { return Ok(None) };
    let Some(index) = unit.number.checked_sub(1).and_then(|index| usize::try_from(index).ok())
    else {
        return Ok(None);
    };
    let units = line.share.split(&vec![1; usize::try_from(line.quantity).unwrap_or(0)])?;
    match (units.get(index), &unit.component) {
        (Some(share), None) => Ok(Some(*share)),
        (Some(share), Some(component)) => share_of_component(line, *share, component),
        (None, _) => Ok(None),
    }
}

fn share_of_component(
    line: &Line,
    share: Share,
    component: &Component,
) -> Result<Option<Share>, MoneyError> {
    let weights: Vec<u64> = line.components.iter().map(|part| part.weight).collect();
    let Some(index) = line.components.iter().position(|part| part.name == *component) else {
        return Ok(None);
    };
    Ok(share.split(&weights)?.get(index).copied())
}
