//! Finance: what is to be approved, where each piece of a refund is, what must be looked at, and what is owed.
//!
//! - `list`: the lists. `approve`: one refund taken apart before it is released. `refund`: one refund and its pieces.
//! - `release`: the one way by which pages release money. `bank`, `account`: transfers that no provider makes. `debts`: freight and chargebacks.

mod account;
mod approve;
mod bank;
mod debts;
mod list;
mod refund;
mod release;

pub(super) use self::list::REFUNDS;
use crate::pages::gallery::Sample;
use crate::pages::{Layout, Page};

pub(super) fn pages() -> Vec<Page> {
    let all = [
        list::pages(),
        approve::pages(),
        refund::pages(),
        bank::pages(),
        account::pages(),
        debts::pages(),
    ];
    all.into_iter().flatten().collect()
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let all = [
        list::samples(layout),
        approve::samples(layout),
        refund::samples(layout),
        bank::samples(layout),
        account::samples(layout),
        debts::samples(layout),
    ];
    all.into_iter().flatten().collect()
}
