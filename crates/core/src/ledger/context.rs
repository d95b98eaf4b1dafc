//! Everything that a decision of the ledger may know beside the ledger itself.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[cfg(feature = "model")]
use super::guard::Guard;
use super::id::{RuleId, StaffId};
use super::order::Order;
use crate::money::Money;
use crate::policy::Policy;

/// Who asks. The application has checked the right; the core asks only for a name where a name is owed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// The buyer of the order.
    Buyer,
    /// A named member of staff.
    Staff {
        /// Their name.
        id: StaffId,
        /// Whether they act for finance.
        finance: bool,
    },
    /// A rule that the merchant has switched on, in a named person's name.
    Rule {
        /// The rule.
        rule: RuleId,
        /// The person.
        staff: StaffId,
    },
    /// A payment provider.
    Provider,
    /// A job of this system.
    System,
}

/// The moment, the person, the order and the terms of one decision.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// Now.
    pub now: Timestamp,
    /// Who asks.
    pub actor: Actor,
    /// The newest version of the order.
    pub order: &'a Order,
    /// The policy version that judges the order: the one in force when it was placed.
    pub policy: &'a Policy,
    /// The most of the order's money that one person alone may let go; no limit where it is left out.
    pub alone_up_to: Option<Money>,
    /// The guard that a model checker has switched off.
    #[cfg(feature = "model")]
    off: Option<Guard>,
}

impl<'a> Context<'a> {
    /// The context of one decision.
    #[must_use]
    pub const fn new(now: Timestamp, actor: Actor, order: &'a Order, policy: &'a Policy) -> Self {
        #[cfg(feature = "model")]
        return Self { now, actor, order, policy, alone_up_to: None, off: None };
        #[cfg(not(feature = "model"))]
        Self { now, actor, order, policy, alone_up_to: None }
    }

    /// The same, where one person alone may let go that much of the order's money, in its currency.
    #[must_use]
    pub const fn alone_up_to(mut self, limit: Option<Money>) -> Self {
        self.alone_up_to = limit;
        self
    }

    /// The date in the merchant's time zone, in which refunds fall due and authorisations expire.
    #[must_use]
    pub fn today(&self) -> Date {
        self.policy.zone.date(self.now)
    }

    /// The same, with one guard switched off, to prove that a checker would notice.
    #[cfg(feature = "model")]
    #[must_use]
    pub const fn without(mut self, guard: Option<Guard>) -> Self {
        self.off = guard;
        self
    }

    #[cfg(feature = "model")]
    pub(super) fn is_off(&self, guard: Guard) -> bool {
        self.off == Some(guard)
    }
}
