//! The port to a payment provider: what is asked of it, what it may answer, and what is known of its ways.
//!
//! The calls block, and are made outside of every transaction (invariant `no-call-in-tx`).

use backhaul_core::ledger::{IdempotencyKey, PaymentId, ProviderName, Reference, RequestHash};
use backhaul_core::money::Money;
use backhaul_store::Hash;
use jiff::{SignedDuration, Timestamp};

/// Somebody who pays refunds.
pub trait RefundProvider: Send + Sync {
    /// What is known of its ways.
    fn capabilities(&self) -> Capabilities;

    /// Asks for the refund. Whatever is not an answer is [`SubmitAnswer::Unclear`], and never a failure.
    fn submit(&self, request: &RefundRequest) -> SubmitAnswer;

    /// Asks what became of the refund, by our own reference. It never pays.
    fn look_up(&self, request: &RefundRequest) -> LookUp;

    /// Every refund of the payment that was paid or may still be, whoever asked for it; nothing where it cannot tell.
    fn refunds_of(&self, payment: &PaymentId) -> Option<Vec<KnownRefund>> {
        let _ = payment;
        None
    }

    /// Verifies that the provider itself sent this, and reads it. `header` gives the value of a header by its name, whose
    /// letters are small. What is told of nothing that concerns us is no refusal, and tells nothing.
    ///
    /// # Errors
    /// [`WebhookRefused`].
    fn read_webhook(
        &self,
        header: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Vec<Told>, WebhookRefused> {
        let _ = (header, body, now);
        Err(WebhookRefused::NotTaken)
    }
}

/// What is known of a provider's ways. What is not known is as in [`Capabilities::WORST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// How long it remembers a key, from its first use.
    pub key_lifetime: SignedDuration,
    /// Whether it never pays twice for a key that it remembers, whatever it answered the first time: it gives the first
    /// answer again, or shows the refund as it is now.
    pub replays_errors: bool,
    /// What a look-up by our own reference is worth.
    pub lookup: ByReference,
    /// Whether it refuses to pay back more than was captured.
    pub caps_sum: bool,
    /// After how long a call that asks for a refund has ended, connecting and signing in included.
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
    /// Who is asked. Another provider's answer says nothing of what the first one did.
    pub provider: ProviderName,
}

impl RefundRequest {
    /// The request as a text that no other request has: no part has a line break in it.
    #[must_use]
    pub fn canonical(&self) -> String {
        let Self { payment, amount, reference, key, provider } = self;
        let (minor, currency) = (amount.minor, amount.currency.code());
        format!(
            "backhaul refund request 1\n{provider}\n{payment}\n{minor}\n{currency}\n{reference}\n{key}\n"
        )
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
    /// There is a refund with our reference, and its amount, currency or payment is another.
    Differs,
    /// The refund is not known. What that is worth is in [`Capabilities::lookup`].
    NotThere,
    /// No answer.
    Unknown,
}

/// A refund as the provider lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRefund {
    /// Our own name of it, where it has one.
    pub reference: Option<String>,
    /// How much, in minor units of the payment's currency.
    pub amount_minor: i64,
}

/// Something that a provider says of its own accord.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// What became of a refund.
    Refund(ToldRefund),
    /// What became of a chargeback.
    Chargeback(ToldChargeback),
}

/// What became of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldRefund {
    /// Our own name of it.
    pub reference: String,
    /// When that was so, by the provider's clock.
    pub at: Timestamp,
    /// What the provider calls the payment: any of these. Empty where it does not say.
    pub payments: Vec<PaymentId>,
    /// How much, where the provider says so.
    pub amount: Option<Money>,
    /// How it stands.
    pub answer: SubmitAnswer,
}

/// What became of a chargeback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldChargeback {
    /// What the provider calls the payment: any of these.
    pub payments: Vec<PaymentId>,
    /// The provider's name of the chargeback.
    pub reference: Reference,
    /// How it stands.
    pub state: ChargebackState,
}

/// How a chargeback stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChargebackState {
    /// The money was taken back, and nobody has decided.
    Opened,
    /// The merchant keeps the money.
    Won,
    /// The money is gone.
    Lost,
}

/// Why a webhook is not believed. It changes nothing then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefused {
    /// No webhooks are taken from this provider, or it was not set up.
    #[error("no webhooks are taken from this provider: set its webhook secret")]
    NotTaken,
    /// It is not signed by the provider, or too long ago.
    #[error("the webhook is not signed by the provider, or too long ago")]
    NotSigned,
    /// It is signed, and is not what the provider sends.
    #[error("the webhook cannot be read")]
    Unreadable,
    /// The provider had to be asked, and did not answer. It may send it again.
    #[error("the provider cannot be asked about the webhook now: send it again")]
    NotNow,
}
