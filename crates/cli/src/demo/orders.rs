//! The sample orders: `orders.jsonl` holds what `import orders` takes, but that its moments are written as `16 days ago`.

use anyhow::{Context as _, Result};
use backhaul_app::{App, Imported, NewOrder};
use serde_json::Value;

use super::days::Days;

const ORDERS: &str = include_str!("orders.jsonl");

/// Takes the sample orders in; says how many are new. What is there already is left alone.
pub(super) fn import(app: &App, days: Days) -> Result<usize> {
    let orders = ORDERS.lines().map(|line| order(line, days)).collect::<Result<Vec<_>>>()?;
    let begun = orders.into_iter().map(|order| app.begin_import(order));
    let begun = begun.collect::<Result<Vec<_>, _>>()?;
    let mut new = 0_usize;
    for import in begun {
        let number = import.number().to_owned();
        let imported = import.wait().with_context(|| format!("the sample order {number}"))?;
        new = new.saturating_add(usize::from(imported == Imported::New));
    }
    Ok(new)
}

/// How many sample orders there are.
pub(super) fn count() -> usize {
    ORDERS.lines().count()
}

fn order(line: &str, days: Days) -> Result<NewOrder> {
    let mut order: Value = serde_json::from_str(line)?;
    days.fill(&mut order)?;
    serde_json::from_value(order).with_context(|| format!("the sample order {line}"))
}
