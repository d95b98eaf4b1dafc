//! The first read table: where each case stands, for lists and searches. It follows from the ledgers (invariant
//! `rebuildable`) and is written in the transaction that appends to one.

use backhaul_core::ledger::{CaseId, CaseState};
use jiff::Timestamp;

use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::{Row, Tx};
use crate::values;

/// What lists show of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRow {
    /// The case.
    pub case: CaseId,
    /// The order in whose ledger it is.
    pub order: OrderId,
    /// Where it stands.
    pub state: CaseState,
    /// The policy version that judges it.
    pub policy_pin: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When something must have happened, where something must.
    pub due_at: Option<Timestamp>,
    /// When its ledger last changed.
    pub updated_at: Timestamp,
}

/// Sorts behind every moment there is.
const NEVER_DUE_US: i64 = i64::MAX;

/// Writes a case's row, new or over the old one; says whether the number was free or the order's own.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, row: &CaseRow) -> Result<bool, Error> {
    let due_at_us = row.due_at.map_or(NEVER_DUE_US, Timestamp::as_microsecond);
    let changed = tx.exec(
        "insert into case_index
           (case_id, order_id, state, policy_pin, opened_at_us, due_at_us, updated_at_us)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (case_id) do update set
           state = excluded.state, policy_pin = excluded.policy_pin,
           due_at_us = excluded.due_at_us, updated_at_us = excluded.updated_at_us
         where case_index.order_id = excluded.order_id",
        values![
            row.case.as_str(),
            row.order.as_str(),
            row.state.as_str(),
            &row.policy_pin,
            row.opened_at,
            due_at_us,
            row.updated_at,
        ],
    )?;
    Ok(changed == 1)
}

/// Removes the rows of an order's cases, so that they can be written again from its ledger.
///
/// # Errors
/// [`Error`].
pub fn clear(tx: &mut dyn Tx, order: &OrderId) -> Result<(), Error> {
    tx.exec("delete from case_index where order_id = $1", values![order.as_str()])?;
    Ok(())
}

/// The cases of an order.
///
/// # Errors
/// [`Error`].
pub fn of_order(tx: &mut dyn Tx, order: &OrderId) -> Result<Vec<CaseRow>, Error> {
    tx.all(
        "select case_id, order_id, state, policy_pin, opened_at_us, due_at_us, updated_at_us
         from case_index where order_id = $1 order by case_id",
        values![order.as_str()],
        read,
    )
}

/// A case's row.
///
/// # Errors
/// [`Error`].
pub fn get(tx: &mut dyn Tx, case: &CaseId) -> Result<Option<CaseRow>, Error> {
    tx.first(
        "select case_id, order_id, state, policy_pin, opened_at_us, due_at_us, updated_at_us
         from case_index where case_id = $1",
        values![case.as_str()],
        read,
    )
}

/// The cases in a state, the most urgent first.
///
/// # Errors
/// [`Error`].
pub fn in_state(tx: &mut dyn Tx, state: CaseState, limit: u32) -> Result<Vec<CaseRow>, Error> {
    tx.all(
        "select case_id, order_id, state, policy_pin, opened_at_us, due_at_us, updated_at_us
         from case_index where state = $1 order by due_at_us, case_id limit $2",
        values![state.as_str(), i64::from(limit)],
        read,
    )
}

/// Where a page of cases begins: behind the row with this moment and this case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// The due time, or the time of opening, in microseconds.
    pub at_us: i64,
    /// The case.
    pub case: String,
}

/// The cases in a state, the most urgent first, behind that row.
///
/// # Errors
/// [`Error`].
pub fn page_in_state(
    tx: &mut dyn Tx,
    state: CaseState,
    after: &After,
    limit: u32,
) -> Result<Vec<CaseRow>, Error> {
    tx.all(
        "select case_id, order_id, state, policy_pin, opened_at_us, due_at_us, updated_at_us
         from case_index where state = $1 and (due_at_us, case_id) > ($2, $3)
         order by due_at_us, case_id limit $4",
        values![state.as_str(), after.at_us, &after.case, i64::from(limit)],
        read,
    )
}

/// Every case, the newest first, behind that row.
///
/// # Errors
/// [`Error`].
pub fn page_newest(tx: &mut dyn Tx, after: &After, limit: u32) -> Result<Vec<CaseRow>, Error> {
    tx.all(
        "select case_id, order_id, state, policy_pin, opened_at_us, due_at_us, updated_at_us
         from case_index where (opened_at_us, case_id) < ($1, $2)
         order by opened_at_us desc, case_id desc limit $3",
        values![after.at_us, &after.case, i64::from(limit)],
        read,
    )
}

/// Whether there is any case at all.
///
/// # Errors
/// [`Error`].
pub fn is_any(tx: &mut dyn Tx) -> Result<bool, Error> {
    Ok(tx.first("select case_id from case_index limit 1", &[], |_| Ok(()))?.is_some())
}

/// How many cases are in each state.
///
/// # Errors
/// [`Error`].
pub fn counts(tx: &mut dyn Tx) -> Result<Vec<(String, i64)>, Error> {
    tx.all(
        "select state, cast(count(*) as bigint) from case_index group by state order by state",
        &[],
        |row| Ok((row.text(0)?.to_owned(), row.int(1)?)),
    )
}

impl CaseRow {
    /// Behind this row among those of its state.
    #[must_use]
    pub fn after_in_state(&self) -> After {
        let at_us = self.due_at.map_or(NEVER_DUE_US, Timestamp::as_microsecond);
        After { at_us, case: self.case.as_str().to_owned() }
    }

    /// Behind this row among all.
    #[must_use]
    pub fn after_newest(&self) -> After {
        After { at_us: self.opened_at.as_microsecond(), case: self.case.as_str().to_owned() }
    }
}

fn read(row: &dyn Row) -> Result<CaseRow, Error> {
    let unreadable = |column, wanted| Error::Unreadable { column, wanted };
    let state = row.text(2)?;
    let state = CaseState::ALL.iter().find(|known| known.as_str() == state);
    let due_at = if row.int(5)? == NEVER_DUE_US { None } else { Some(row.moment(5)?) };
    Ok(CaseRow {
        case: CaseId::new(row.text(0)?).map_err(|_| unreadable(0, "a case's id"))?,
        order: OrderId::new(row.text(1)?).ok_or_else(|| unreadable(1, "an order's id"))?,
        state: *state.ok_or_else(|| unreadable(2, "a state of cases"))?,
        policy_pin: row.text(3)?.to_owned(),
        opened_at: row.moment(4)?,
        due_at,
        updated_at: row.moment(6)?,
    })
}
