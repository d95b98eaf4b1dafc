//! Two versions of a policy over the claims that were made: read page by page, the newest case first, and kept only where asked for.

use std::sync::Arc;

use backhaul_core::facts::Facts;
use backhaul_core::ledger::{CaseId, Ledger, Leg, Order, UnitId, laid_out, share_of};
use backhaul_core::money::Money;
use backhaul_core::policy::Policy;
use backhaul_core::policy::compare::text::{PagePart, compare_pages};
use backhaul_core::policy::compare::{Change, Comparison, Example, Seen, Sum, Worth};
use backhaul_store::case_index::{self, Behind, CaseRow};
use backhaul_store::{Tx, ledger, orders};
use serde::Serialize;

use super::PolicyError;
use super::publish::require;
use crate::door::{DoorError, folded};
use crate::{App, Who};

/// The most claims that one comparison looks at.
pub const CLAIMS_MAX: usize = 100_000;
/// How many cases are read in one transaction.
const PAGE: u32 = 50;

/// What two versions do differently.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// The old version, `id@version`.
    pub old: String,
    /// The new one.
    pub new: String,
    /// Made-up situations that tell the rules apart.
    pub situations: Seen,
    /// Claims that were made, the newest cases first.
    pub claims: Seen,
    /// Of the claims that end differently: from which verdict to which.
    pub changes: Vec<Change>,
    /// Of the claims that end differently: what they cost, by currency.
    pub sums: Vec<Sum>,
    /// Those that end differently: claims first, then situations; as many as were asked for.
    pub examples: Vec<Example>,
    /// What the buyer reads, part by part.
    pub page: Vec<PagePart>,
}

/// How much to compare.
#[derive(Clone, Debug)]
pub struct CompareAsked {
    /// How many claims that were made, at most [`CLAIMS_MAX`].
    pub claims_max: usize,
    /// How many examples to keep.
    pub examples_max: usize,
    /// In which language the pages are compared.
    pub language: String,
}

impl App {
    /// Compares two versions. It takes its time: let it block no one.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn compare_policies(
        &self,
        who: &Who,
        old: &Policy,
        new: &Policy,
        asked: &CompareAsked,
    ) -> Result<Compared, PolicyError> {
        require(who)?;
        let mut comparison = Comparison::new(old, new, asked.examples_max);
        let mut left = asked.claims_max.min(CLAIMS_MAX);
        let mut after = Behind::newest();
        while left > 0 {
            let from = after.clone();
            let read = self.store.read(move |tx| page(tx, &from));
            let (claims, last) = read.wait().map_err(no_ledger)?;
            for claim in claims.iter().take(left) {
                let Claimed { order, case, unit, facts, worth } = claim;
                comparison.look_at_claim(order, case, unit, facts, worth);
            }
            left = left.saturating_sub(claims.len());
            match last {
                Some(last) => after = last,
                None => break,
            }
        }
        comparison.look_at_situations();
        Ok(Compared {
            old: old.pin.clone(),
            new: new.pin.clone(),
            situations: comparison.situations,
            claims: comparison.claims,
            changes: comparison.changes(),
            sums: comparison.sums(),
            page: compare_pages(old, new, &asked.language),
            examples: comparison.examples,
        })
    }
}

/// A claim that was made.
struct Claimed {
    order: String,
    case: CaseId,
    unit: UnitId,
    facts: Arc<Facts>,
    worth: Worth,
}

/// The claims of the cases behind that one, and the last of the cases.
fn page(tx: &mut dyn Tx, after: &Behind) -> Result<(Vec<Claimed>, Option<Behind>), DoorError> {
    let rows = case_index::page_newest(tx, after, PAGE)?;
    let mut claims = Vec::new();
    for row in &rows {
        let (Some(history), Some(order)) =
            (ledger::load(tx, &row.order)?, orders::get(tx, &row.order, None)?)
        else {
            continue;
        };
        let ledger = folded(&history);
        let Some(case) = ledger.cases.get(&row.case) else { continue };
        for (unit, claim) in &case.claims {
            let Some(worth) = worth(&ledger, &order, &row.case, unit) else { continue };
            let facts = Arc::clone(&claim.judged.facts);
            let (order, case) = (order.number.clone(), row.case.clone());
            claims.push(Claimed { order, case, unit: unit.clone(), facts, worth });
        }
    }
    let last = rows.last().map(|row: &CaseRow| Behind {
        opened_at_us: row.opened_at.as_microsecond(),
        case: row.case.to_string(),
        ..Behind::newest()
    });
    Ok((claims, last))
}

/// What there was to pay back for a unit, and what its ways cost; nothing for a unit that the order has no longer.
fn worth(ledger: &Ledger, order: &Order, case: &CaseId, unit: &UnitId) -> Option<Worth> {
    let paid = share_of(order, unit).ok()??.total().ok()?;
    let zero = Money::zero(order.currency);
    let (mut return_freight, mut replacement_freight) = (zero, zero);
    for (charge, amount) in laid_out(ledger, case, unit) {
        match charge.leg {
            Leg::Return => return_freight = return_freight.plus(amount).ok()?,
            Leg::Replacement => replacement_freight = replacement_freight.plus(amount).ok()?,
            Leg::SendBack => {}
        }
    }
    Some(Worth { paid, return_freight, replacement_freight })
}

fn no_ledger(error: DoorError) -> PolicyError {
    match error {
        DoorError::Database(error) => error.into(),
        error => PolicyError::Ledger(error.to_string()),
    }
}
