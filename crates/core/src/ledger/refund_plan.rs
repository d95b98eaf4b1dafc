//! How a refund is split over the payments of an order: in the order that the policy gives, each to its own room. What no
//! payment can take is the uncovered rest. Pure sums; who may have a refund is decided in `decide/refund.rs`.

use std::cmp::Reverse;

use jiff::Timestamp;

use super::id::PaymentId;
use crate::money::{Money, MoneyError};
use crate::policy::rule::RefundOrder;

/// What one payment can still take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// The payment.
    pub payment: PaymentId,
    /// When it was captured.
    pub captured_at: Timestamp,
    /// How much; what is not above 0 takes nothing.
    pub amount: Money,
}

/// A split whose pieces and rest add up to the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Which payment takes how much; each above 0 and at most its room.
    pub pieces: Vec<(PaymentId, Money)>,
    /// What no payment can take.
    pub uncovered: Money,
}

/// Splits the amount over the rooms. Payments that tie are taken by name, so that the same input gives the same plan.
///
/// # Errors
/// [`MoneyError::CurrencyMismatch`].
pub fn plan(amount: Money, mut rooms: Vec<Room>, order: RefundOrder) -> Result<Plan, MoneyError> {
    rooms.sort_by(|a, b| a.payment.cmp(&b.payment));
    match order {
        RefundOrder::LatestCaptureFirst => rooms.sort_by_key(|room| Reverse(room.captured_at)),
        RefundOrder::EarliestCaptureFirst => rooms.sort_by_key(|room| room.captured_at),
    }
    let mut rest = amount;
    let mut pieces = Vec::new();
    for room in rooms {
        let piece = rest.at_most(room.amount)?;
        if piece.is_positive() {
            rest = rest.minus(piece)?;
            pieces.push((room.payment, piece));
        }
    }
    // INVARIANT: pieces and rest add up to the amount.
    Ok(Plan { pieces, uncovered: rest })
}
