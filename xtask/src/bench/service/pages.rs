//! How long the server takes for a page: one browser after the other asks, so that what is measured is the page and not a queue.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::desk::Desk;
use super::load::timed;
use super::millis;
use crate::bench::http::Client;

/// How often each page is asked for, after it was once.
const TIMES: usize = 21;

/// The pages that a new browser sees first.
const ANYBODY: [&str; 2] = ["/", "/policy"];
/// The pages of a buyer, each with its order: one whose money came back, and one that may claim.
const BUYERS: [(&str, &str); 4] = [
    ("M-4711", "/order"),
    ("M-4711", "/case/M-4711-R1"),
    ("M-4706", "/order"),
    ("M-4706", "/claim?unit=L1:1"),
];
/// The pages of staff that show what the database has. Case and order are of the filling.
const STAFF: [&str; 39] = [
    "/desk/cases",
    "/desk/cases?whose=all",
    "/desk/cases?whose=all&state=resolved",
    "/desk/cases?whose=all&attention=staff",
    "/desk/cases/M-4711-R1",
    "/desk/search?q=M-4711",
    "/desk/search?q=nobody@example.com",
    "/desk/search?q=M-4711@example.com",
    "/desk/open/M-4711",
    "/desk/templates",
    "/desk/outgoing",
    "/desk/replacements",
    "/desk/dock",
    "/desk/dock/inspections",
    "/desk/dock/inspections?list=inspected",
    "/desk/dock/held",
    "/desk/refunds",
    "/desk/refunds?list=settled",
    "/desk/refunds?list=second",
    "/desk/refunds?list=unclear",
    "/desk/refunds/bank",
    "/desk/refunds/debts",
    "/desk/policies",
    "/desk/policies/check",
    "/desk/reports",
    "/desk/reports/returns",
    "/desk/reports/products",
    "/desk/reports/batches",
    "/desk/reports/times",
    "/desk/reports/freight",
    "/desk/reports/promises",
    "/desk/keys",
    "/desk/webhooks",
    "/desk/webhooks/deliveries",
    "/desk/trail",
    "/desk/trail?order=M-4711",
    "/desk/settings",
    "/desk/staff",
    "/desk/account",
];

/// The orders whose buyers look at their pages.
pub(super) fn orders() -> impl Iterator<Item = &'static str> {
    BUYERS.iter().map(|(order, _)| *order)
}

/// Prints the median and the longest of each page; `tokens` are the sessions of [`orders`], in their order.
pub(super) fn measure(desk: &Desk, tokens: &[String]) -> Result<()> {
    println!("| page | median | longest |\n|---|---|---|");
    let mut anybody = desk.buyer("")?;
    for page in ANYBODY {
        row(&mut anybody, page)?;
    }
    ensure!(tokens.len() == BUYERS.len(), "not every buyer was let in");
    for ((_, page), token) in BUYERS.iter().zip(tokens) {
        row(&mut desk.buyer(token)?, page)?;
    }
    let mut staff = desk.browser()?;
    for page in STAFF {
        row(&mut staff, page)?;
    }
    Ok(())
}

fn row(browser: &mut Client, page: &str) -> Result<()> {
    let mut times: Vec<Duration> = Vec::with_capacity(TIMES);
    for asked in 0..=TIMES {
        let answer = timed(&mut times, || browser.ask("GET", page, None, ""))?;
        ensure!(answer.status == 200, "{page}: {}", answer.status);
        if asked == 0 {
            times.clear();
        }
    }
    times.sort();
    let median = times.get(TIMES.div_euclid(2)).copied().unwrap_or_default();
    let longest = times.last().copied().unwrap_or_default();
    println!("| `{page}` | {} | {} |", millis(median), millis(longest));
    Ok(())
}
