//! How a refund is split over the payments of an order: in the order that the policy gives, each to its own room. What no
//! payment can take is the uncovered rest. Pure sums; who may have a refund is decided in `decide/refund.rs`.

use std::cmp::Reverse;

use jiff::Timestamp;

use super::closed_list::closed_list;
use super::id::PaymentId;
use crate::money::{Money, MoneyError};

closed_list! {
    /// In which order payments take a refund.
    PaymentOrder {
        /// The payment that was captured last comes first.
        LatestFirst = "latest_first",
        /// The payment that was captured first comes first.
        EarliestFirst = "earliest_first",
        /// The payment with the most room comes first, so that a refund has the fewest pieces.
        LargestRoomFirst = "largest_room_first",
    }
}

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
pub fn plan(amount: Money, mut rooms: Vec<Room>, order: PaymentOrder) -> Result<Plan, MoneyError> {
    rooms.sort_by(|a, b| a.payment.cmp(&b.payment));
    match order {
        PaymentOrder::LatestFirst => rooms.sort_by_key(|room| Reverse(room.captured_at)),
        PaymentOrder::EarliestFirst => rooms.sort_by_key(|room| room.captured_at),
        PaymentOrder::LargestRoomFirst => rooms.sort_by_key(|room| Reverse(room.amount.minor)),
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
