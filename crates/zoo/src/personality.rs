//! The providers that the zoo plays, and what each promises about a repeated request.
//!
//! The numbers are those that the providers document; where one is silent, the zoo takes the worse reading.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// A way for a payment provider to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Personality {
    /// Stripe's API v1: a key keeps whatever was answered first, also a `500`, for 24 hours.
    StripeV1,
    /// The same shape under the rules of Stripe's API v2: an effect is kept for 30 days, an error is tried again.
    StripeV2,
    /// As Checkout.com: a key keeps only a success, so an error after the effect forgets that it was paid.
    ForgetsOnError,
    /// As Adyen: a refund is only received, and its outcome, with the cap, comes later.
    AsyncCap,
    /// As `PayPal`'s captures: the second of two requests at once with one key fails.
    Paypal,
    /// As Razorpay: `409` while the first request with a key still runs.
    #[serde(rename = "conflict_409")]
    #[value(name = "conflict_409")]
    Conflict409,
    /// Stripe's shape without any promise: no keys and no cap.
    NoKeyNoCap,
}

/// What a key keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remembers {
    /// The first answer once the request was being carried out, whatever it was.
    EveryAnswer,
    /// The refund, if one was made; it is shown as it is now.
    Effects,
    /// The first answer that was a success, and nothing else.
    Successes,
    /// Nothing: there are no keys.
    Nothing,
}

/// What happens to a refund for more than is left of the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cap {
    /// It is refused.
    AtOnce,
    /// It is received, and fails when it should be settled.
    Later,
    /// It is paid.
    None,
}

/// The promises of a personality.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// The header that carries the key.
    pub(crate) key_header: &'static str,
    pub(crate) key_seconds: i64,
    pub(crate) remembers: Remembers,
    /// Whether a key with other parameters than at first is refused; otherwise the first request is meant.
    pub(crate) compares: bool,
    pub(crate) cap: Cap,
    /// How long a refund stays pending; `None` where it is settled as it is made.
    pub(crate) settles_after_seconds: Option<i64>,
}

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

impl Personality {
    /// Every personality.
    pub const ALL: [Self; 7] = [
        Self::StripeV1,
        Self::StripeV2,
        Self::ForgetsOnError,
        Self::AsyncCap,
        Self::Paypal,
        Self::Conflict409,
        Self::NoKeyNoCap,
    ];

    /// Its name, which is also where it is mounted.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::StripeV1 => "stripe_v1",
            Self::StripeV2 => "stripe_v2",
            Self::ForgetsOnError => "forgets_on_error",
            Self::AsyncCap => "async_cap",
            Self::Paypal => "paypal",
            Self::Conflict409 => "conflict_409",
            Self::NoKeyNoCap => "no_key_no_cap",
        }
    }

    /// The secret that signs its webhooks where a test sets no other.
    #[must_use]
    pub fn default_secret(self) -> String {
        format!("whsec_zoo_{}", self.name())
    }

    pub(crate) fn rules(self) -> Rules {
        let stripe = Rules {
            key_header: "idempotency-key",
            key_seconds: DAY,
            remembers: Remembers::EveryAnswer,
            compares: true,
            cap: Cap::AtOnce,
            settles_after_seconds: None,
        };
        match self {
            Self::StripeV1 => stripe,
            Self::StripeV2 => {
                Rules { key_seconds: 30 * DAY, remembers: Remembers::Effects, ..stripe }
            }
            Self::ForgetsOnError => Rules {
                key_header: "cko-idempotency-key",
                remembers: Remembers::Successes,
                compares: false,
                ..stripe
            },
            // Documented as at least a week; some pages say 31 days.
            Self::AsyncCap => Rules {
                key_seconds: 7 * DAY,
                remembers: Remembers::Effects,
                compares: false,
                cap: Cap::Later,
                settles_after_seconds: Some(60),
                ..stripe
            },
            Self::Paypal => Rules {
                key_header: "paypal-request-id",
                key_seconds: 45 * DAY,
                remembers: Remembers::Effects,
                compares: false,
                ..stripe
            },
            // How long Razorpay keeps a key is not documented.
            Self::Conflict409 => Rules {
                key_header: "x-refund-idempotency",
                remembers: Remembers::Effects,
                ..stripe
            },
            Self::NoKeyNoCap => Rules { remembers: Remembers::Nothing, cap: Cap::None, ..stripe },
        }
    }
}
