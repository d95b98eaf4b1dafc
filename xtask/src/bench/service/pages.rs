//! How long the server takes for a page: one browser after the other asks, so that what is measured is the page and not a queue.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::desk::Desk;
use super::load::timed;
use super::millis;

/// How often each page is asked for, after it was once.
const TIMES: usize = 21;

/// The pages that show what the database has, and those that a new browser sees first. Case and order are of the filling.
const PAGES: [&str; 41] = [
    "/",
    "/policy",
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

/// Prints the median and the longest of each page.
pub(super) fn measure(desk: &Desk) -> Result<()> {
    let mut browser = desk.browser()?;
    println!("| page | median | longest |\n|---|---|---|");
    for page in PAGES {
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
    }
    Ok(())
}
