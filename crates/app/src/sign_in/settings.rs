//! What the merchant's settings say of signing in, and of how much one person may let go.

use std::collections::BTreeMap;

use backhaul_core::money::{Currency, Money};
use jiff::SignedDuration;

use super::SingleSignOnRules;
use crate::sessions::{STAFF_IDLE, STAFF_LASTS};

/// For how long somebody who has proved who they are need not do so again.
pub const PROOF_LASTS: SignedDuration = SignedDuration::from_mins(10);

/// Amounts by currency; what has none has no limit.
pub(crate) type Purse = BTreeMap<Currency, i64>;

/// What the settings say.
#[derive(Clone, Debug)]
pub struct SignInSettings {
    /// How long a member of staff's session lasts without use.
    pub idle: SignedDuration,
    /// How long it lasts at most.
    pub lasts: SignedDuration,
    /// Whether requests come through a proxy that says in `X-Forwarded-For` from where.
    pub is_behind_proxy: bool,
    /// Above how many minor units of a currency a refund needs a proof of who approves it.
    pub step_up_above: BTreeMap<Currency, i64>,
    /// Above how many minor units of a currency, of one order, one person of finance alone is not enough.
    pub four_eyes_above: BTreeMap<Currency, i64>,
    /// Who may come in by the merchant's own sign-in, and as what; nobody where it is left out.
    pub single_sign_on: Option<SingleSignOnRules>,
}

impl Default for SignInSettings {
    fn default() -> Self {
        Self {
            idle: STAFF_IDLE,
            lasts: STAFF_LASTS,
            is_behind_proxy: false,
            step_up_above: Purse::new(),
            four_eyes_above: Purse::new(),
            single_sign_on: None,
        }
    }
}

impl SignInSettings {
    /// How much of an order one person alone may let go.
    pub(crate) fn alone_up_to(&self, currency: Currency) -> Option<Money> {
        self.four_eyes_above.get(&currency).map(|minor| Money { minor: *minor, currency })
    }

    /// Whether that much needs a proof of who lets it go.
    pub(crate) fn needs_proof(&self, amount: Money) -> bool {
        self.step_up_above.get(&amount.currency).is_some_and(|limit| amount.minor > *limit)
    }
}
