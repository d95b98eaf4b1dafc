//! How often and how much was refunded: what a test asks in the end.

use serde::{Deserialize, Serialize};

use crate::state::{Refund, Status};

/// The refunds of a payment, or of a reference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// How many were made: more than one for a reference is a buyer refunded twice.
    pub refunds: u64,
    /// How many of them wait.
    pub pending: u64,
    /// How many of them reached the buyer.
    pub succeeded: u64,
    /// How many of them failed.
    pub failed: u64,
    /// The sum of those that did not fail.
    pub live_minor: i64,
}

impl Totals {
    pub(crate) fn of<'a>(refunds: impl Iterator<Item = &'a Refund>) -> Self {
        refunds.fold(Self::default(), Self::with)
    }

    fn with(mut self, refund: &Refund) -> Self {
        let of_status = match refund.status {
            Status::Pending => &mut self.pending,
            Status::Succeeded => &mut self.succeeded,
            Status::Failed => &mut self.failed,
        };
        *of_status = of_status.saturating_add(1);
        self.refunds = self.refunds.saturating_add(1);
        if refund.is_live() {
            self.live_minor = self.live_minor.saturating_add(refund.amount_minor);
        }
        self
    }
}
