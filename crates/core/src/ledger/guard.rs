//! The guards of the invariants: each check that keeps one is named here and asked in one place.
//!
//! With the feature `model`, and only then, a [`Context`] can switch one off, so that the model checker can prove that it
//! would notice. In a release there is nothing to switch.

use super::context::Context;
use super::refusal::Refusal;
use crate::words::closed_list;

closed_list! {
    /// One check that an invariant rests on.
    Guard {
        /// A unit is in at most one live claim; so are a unit and its components (`never-more`).
        UnitFree = "unit_free",
        /// A refunded or replaced unit gets no second remedy (`never-more`).
        UnitUnspent = "unit_unspent",
        /// Goods are booked in for authorised claims only; all else is held.
        AuthorisedFirst = "authorised_first",
        /// A unit is received once for each time that it was with the buyer.
        ReceivedOnce = "received_once",
        /// No refund before the receipt (`goods-first`).
        GoodsFirstRefund = "goods_first_refund",
        /// No replacement before the receipt (`goods-first`).
        GoodsFirstReplacement = "goods_first_replacement",
        /// No remedy for a claim that is not accepted.
        AcceptedFirst = "accepted_first",
        /// No sound component is replaced.
        SoundComponent = "sound_component",
        /// A payment takes back no more than was captured (`never-more`).
        PaymentRoom = "payment_room",
        /// The shipping is refunded once.
        ShippingRoom = "shipping_room",
        /// Nothing is refunded to a payment that was charged back.
        ChargebackBlocks = "chargeback_blocks",
        /// An instruction is submitted for the first time once (`never-twice`).
        SubmitOnce = "submit_once",
        /// A resend carries the key and the request of the first time (`never-twice`).
        KeyNeverChanges = "key_never_changes",
        /// A key belongs to one instruction.
        KeyUnique = "key_unique",
        /// Only a failed piece is issued again; never one whose outcome is unclear (`never-twice`).
        UnclearBlocksReissue = "unclear_blocks_reissue",
        /// A failed piece is issued again once.
        ReissuedOnce = "reissued_once",
        /// An instruction fails once, however often and late the provider says so.
        FailsOnce = "fails_once",
        /// What may have left is not withdrawn or cancelled.
        UnsentOnly = "unsent_only",
        /// Above what one person may do alone, the person who approves is not the one who proposed.
        FourEyes = "four_eyes",
        /// A unit is disposed of once.
        DisposedOnce = "disposed_once",
        /// Rejected goods never become stock.
        RejectedNeverStock = "rejected_never_stock",
    }
}

/// Whether the condition holds, or its guard is switched off.
pub(super) fn holds(context: &Context<'_>, guard: Guard, condition: bool) -> bool {
    #[cfg(feature = "model")]
    if context.is_off(guard) {
        return true;
    }
    let _ = (context, guard);
    condition
}

/// Refuses unless the condition holds.
pub(super) fn require(
    context: &Context<'_>,
    guard: Guard,
    condition: bool,
    refusal: impl FnOnce() -> Refusal,
) -> Result<(), Refusal> {
    if holds(context, guard, condition) { Ok(()) } else { Err(refusal()) }
}
