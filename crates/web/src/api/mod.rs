//! The operations of the API, by what they are about.

pub(crate) mod bank;
mod bank_accounts;
mod buyers;
mod cases;
mod commands;
pub(crate) mod copies;
mod decisions;
pub(crate) mod finance;
mod messages;
mod orders;
mod people;
mod policies;
mod queue;
mod refunds;
pub(crate) mod reports;
mod search;
mod shown;
mod templates;
mod webhooks;

use crate::operation::Operation;

/// Every operation.
pub(crate) fn operations() -> Vec<Operation> {
    let mut all = decisions::operations();
    all.extend(orders::operations());
    all.extend(cases::operations());
    all.extend(commands::operations());
    all.extend(queue::operations());
    all.extend(messages::operations());
    all.extend(templates::operations());
    all.extend(refunds::operations());
    all.extend(bank::operations());
    all.extend(bank_accounts::operations());
    all.extend(people::operations());
    all.extend(buyers::operations());
    all.extend(search::operations());
    all.extend(copies::operations());
    all.extend(finance::operations());
    all.extend(webhooks::operations());
    all.extend(policies::operations());
    all.extend(reports::operations());
    all
}
