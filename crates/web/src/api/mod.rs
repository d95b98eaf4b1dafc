//! The operations of the API, by what they are about.

mod bank;
mod bank_accounts;
mod cases;
mod commands;
mod decisions;
mod orders;
mod people;
mod refunds;
mod shown;

use crate::operation::Operation;

/// Every operation.
pub(crate) fn operations() -> Vec<Operation> {
    let mut all = decisions::operations();
    all.extend(orders::operations());
    all.extend(cases::operations());
    all.extend(commands::operations());
    all.extend(refunds::operations());
    all.extend(bank::operations());
    all.extend(bank_accounts::operations());
    all.extend(people::operations());
    all
}
