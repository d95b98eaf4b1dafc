//! The port to a payment provider: what is asked of it, what it may answer, and what is known of its ways.
//!
//! The calls block, and are made outside of every transaction (invariant `no-call-in-tx`).

use backhaul_core::ledger::{IdempotencyKey, PaymentId, Reference, RequestHash};
use backhaul_core::money::Money;
use backhaul_store::Hash;
use jiff::SignedDuration;

/// Somebody who pays refunds.
pub trait RefundProvider: Send + Sync {
    /// What is known of its ways.
    fn capabilities(&self) -> Capabilities;

    /// Asks for the refund. Whatever is not an answer is [`SubmitAnswer::Unclear`], and never a failure.
    fn submit(&self, request: &RefundRequest) -> SubmitAnswer;

    /// Asks what became of the refund, by our own reference. It never pays.
    fn look_up(&self, request: &RefundRequest) -> LookUp;
}

/// What is known of a provider's ways. What is not known is as in [`Capabilities::WORST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// How long it remembers a key, from its first use.
    pub key_lifetime: SignedDuration,
    /// Whether it answers a known key with the first answer, also where that was an error, and never pays again for it.
    pub replays_errors: bool,
    /// What a look-up by our own reference is worth.
    pub lookup: ByReference,
    /// Whether it refuses to pay back more than was captured.
    pub caps_sum: bool,
    /// After how long a call has ended, connecting included.
    pub timeout: SignedDuration,
}

impl Capabilities {
    /// A provider of which nothing is known: no key, no look-up, no limit, and slow.
    pub const WORST: Self = Self {
        key_lifetime: SignedDuration::ZERO,
        replays_errors: false,
        lookup: ByReference::None,
        caps_sum: false,
        timeout: SignedDuration::from_mins(5),
    };
}

/// What a look-up by our own reference is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByReference {
    /// There is none.
    None,
    /// What it finds is true; what it does not find may be there all the same.
    Stale,
    /// What it does not find is not there.
    Authoritative,
}

/// One refund to be paid. The same instruction gives the same request, always.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRequest {
    /// The payment that it goes back to.
    pub payment: PaymentId,
    /// How much.
    pub amount: Money,
    /// Our own name of it, unlike any other order's: order, refund and number.
    pub reference: String,
    /// The key.
    pub key: IdempotencyKey,
}

impl RefundRequest {
    /// The request as a text that no other request has: no part has a line break in it.
    #[must_use]
    pub fn canonical(&self) -> String {
        let Self { payment, amount, reference, key } = self;
        let (minor, currency) = (amount.minor, amount.currency.code());
        format!("backhaul refund request 1\n{payment}\n{minor}\n{currency}\n{reference}\n{key}\n")
    }

    /// The SHA-256 of the canonical text, which the ledger keeps.
    #[must_use]
    pub fn hash(&self) -> Option<RequestHash> {
        RequestHash::new(&Hash::of_text(&self.canonical()).to_string()).ok()
    }
}

/// What came of asking for a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmitAnswer {
    /// It paid.
    Settled {
        /// Its own name of the refund.
        reference: Reference,
    },
    /// It took the refund on, and pays later, or not.
    Pending {
        /// Its own name of the refund.
        reference: Reference,
    },
    /// It did not pay, and will not.
    Failed {
        /// Its code of the reason.
        reason_code: String,
    },
    /// No answer, or none that can be read. It may have been paid or not.
    Unclear,
}

/// What came of a look-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookUp {
    /// The refund is known, and stands so.
    Found(SubmitAnswer),
    /// The refund is not known. What that is worth is in [`Capabilities::lookup`].
    NotThere,
    /// No answer.
    Unknown,
}
