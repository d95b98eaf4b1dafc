//! The first read table: where each case stands, for lists and searches. It follows from the ledgers (invariant
//! `rebuildable`) and is written in the transaction that appends to one.

use backhaul_core::ledger::{Attention, CaseId, CaseState, NextStep, StaffId};
use backhaul_core::words::{Cause, Word};
use jiff::Timestamp;

use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::{Row, Tx, Value};
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
    /// Whether it has ended and waits for nobody.
    pub is_over: bool,
    /// Who looks after it.
    pub assignee: Option<StaffId>,
    /// What is to be done next, which says whom it waits for.
    pub next_step: NextStep,
    /// Why units come back, each cause once.
    pub causes: Vec<Cause>,
    /// How many units are claimed.
    pub units: u32,
    /// The case that took its claims, where one did.
    pub merged_into: Option<CaseId>,
}

impl CaseRow {
    /// Whom it waits for.
    #[must_use]
    pub fn attention(&self) -> Attention {
        self.next_step.attention()
    }
}

/// Sorts behind every moment there is.
const NEVER_DUE_US: i64 = i64::MAX;

const PUT: &str = "insert into case_index
       (case_id, order_id, state, policy_pin, opened_at_us, due_at_us, updated_at_us,
        is_over, assignee, attention, next_step, causes, units, merged_into)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     on conflict (case_id) do update set
       state = excluded.state, policy_pin = excluded.policy_pin,
       due_at_us = excluded.due_at_us, updated_at_us = excluded.updated_at_us,
       is_over = excluded.is_over, assignee = excluded.assignee,
       attention = excluded.attention, next_step = excluded.next_step,
       causes = excluded.causes, units = excluded.units, merged_into = excluded.merged_into
     where case_index.order_id = excluded.order_id";

/// Writes a case's row, new or over the old one; says whether the number was free or the order's own.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, row: &CaseRow) -> Result<bool, Error> {
    put_by(row, |values| tx.exec(PUT, values)).map(|changed| changed == 1)
}

/// Writes the row of a case whose number is known to be the order's own.
///
/// # Errors
/// [`Error`].
pub fn put_known(tx: &mut dyn Tx, row: &CaseRow) -> Result<(), Error> {
    put_by(row, |values| tx.send(PUT, values))
}

fn put_by<T>(row: &CaseRow, put: impl FnOnce(&[Value<'_>]) -> T) -> T {
    let causes: Vec<&str> = row.causes.iter().map(|cause| cause.as_str()).collect();
    put(values![
        row.case.as_str(),
        row.order.as_str(),
        row.state.as_str(),
        &row.policy_pin,
        row.opened_at,
        row.due_at_us(),
        row.updated_at,
        row.is_over,
        row.assignee.as_ref().map_or("", StaffId::as_str),
        row.attention().as_str(),
        row.next_step.as_str(),
        &causes.join(" "),
        i64::from(row.units),
        row.merged_into.as_ref().map_or("", CaseId::as_str),
    ])
}

/// Removes the rows of an order's cases, so that they can be written again from its ledger.
///
/// # Errors
/// [`Error`].
pub fn clear(tx: &mut dyn Tx, order: &OrderId) -> Result<(), Error> {
    tx.send("delete from case_index where order_id = $1", values![order.as_str()])?;
    Ok(())
}

/// The cases of an order.
///
/// # Errors
/// [`Error`].
pub fn of_order(tx: &mut dyn Tx, order: &OrderId) -> Result<Vec<CaseRow>, Error> {
    tx.all(
        "select case_id, order_id, state, policy_pin, opened_at_us, due_at_us, updated_at_us,
           is_over, assignee, next_step, causes, units, merged_into
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
        "select case_id, order_id, state, policy_pin, opened_at_us, due_at_us, updated_at_us,
           is_over, assignee, next_step, causes, units, merged_into
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
    page_in_state(tx, state, &Behind::first(), limit)
}

/// Where a page of cases begins: behind the row that is due then, was opened then, and has that number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    /// The due time, in microseconds.
    pub due_at_us: i64,
    /// The time of opening, in microseconds.
    pub opened_at_us: i64,
    /// The case.
    pub case: String,
}

impl Behind {
    /// Before every row of those by urgency.
    #[must_use]
    pub const fn first() -> Self {
        Self { due_at_us: i64::MIN, opened_at_us: i64::MIN, case: String::new() }
    }

    /// Before every row of those by their age, the newest first.
    #[must_use]
    pub const fn newest() -> Self {
        Self { due_at_us: i64::MAX, opened_at_us: i64::MAX, case: String::new() }
    }
}

/// The cases in a state, the most urgent first, behind that row.
///
/// # Errors
/// [`Error`].
pub fn page_in_state(
    tx: &mut dyn Tx,
    state: CaseState,
    behind: &Behind,
    limit: u32,
) -> Result<Vec<CaseRow>, Error> {
    let Behind { due_at_us, opened_at_us, case } = behind;
    tx.all(
        "select case_id, order_id, state, policy_pin, opened_at_us, due_at_us, updated_at_us,
           is_over, assignee, next_step, causes, units, merged_into
         from case_index
         where state = $1 and (due_at_us, opened_at_us, case_id) > ($2, $3, $4)
         order by due_at_us, opened_at_us, case_id limit $5",
        values![state.as_str(), *due_at_us, *opened_at_us, case, i64::from(limit)],
        read,
    )
}

/// Every case, the newest first, behind that row.
///
/// # Errors
/// [`Error`].
pub fn page_newest(tx: &mut dyn Tx, behind: &Behind, limit: u32) -> Result<Vec<CaseRow>, Error> {
    tx.all(
        "select case_id, order_id, state, policy_pin, opened_at_us, due_at_us, updated_at_us,
           is_over, assignee, next_step, causes, units, merged_into
         from case_index where (opened_at_us, case_id) < ($1, $2)
         order by opened_at_us desc, case_id desc limit $3",
        values![behind.opened_at_us, &behind.case, i64::from(limit)],
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
    /// Behind this row, in whatever list.
    #[must_use]
    pub fn behind(&self) -> Behind {
        let (due_at_us, opened_at_us) = (self.due_at_us(), self.opened_at.as_microsecond());
        Behind { due_at_us, opened_at_us, case: self.case.as_str().to_owned() }
    }

    fn due_at_us(&self) -> i64 {
        self.due_at.map_or(NEVER_DUE_US, Timestamp::as_microsecond)
    }
}

/// The orders behind that one whose rows were written before all columns were there, at most so many.
///
/// # Errors
/// [`Error`].
pub fn outdated(tx: &mut dyn Tx, behind: &str, limit: u32) -> Result<Vec<OrderId>, Error> {
    tx.all(
        "select distinct order_id from case_index where next_step = '' and order_id > $1
         order by order_id limit $2",
        values![behind, i64::from(limit)],
        |row| {
            let unreadable = || Error::Unreadable { column: 0, wanted: "an order's id" };
            OrderId::new(row.text(0)?).ok_or_else(unreadable)
        },
    )
}

/// Reads a row of the columns that every statement here lists.
pub(crate) fn read(row: &dyn Row) -> Result<CaseRow, Error> {
    let unreadable = |column, wanted| Error::Unreadable { column, wanted };
    let state = row.text(2)?;
    let state = CaseState::ALL.iter().find(|known| known.as_str() == state);
    let due_at = if row.int(5)? == NEVER_DUE_US { None } else { Some(row.moment(5)?) };
    let named = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let assignee = named(row.text(8)?).map(StaffId::try_from).transpose();
    let merged_into = named(row.text(12)?).map(CaseId::try_from).transpose();
    let next_step = row.text(9)?;
    // A row of before this column waits to be written again; until then it says no more than that it is to be looked at.
    let next_step = match next_step {
        "" => Some(NextStep::AnswerQuestion),
        written => NextStep::ALL.iter().copied().find(|known| known.as_str() == written),
    };
    let causes = row.text(10)?.split_whitespace().map(Cause::parse).collect::<Option<Vec<_>>>();
    Ok(CaseRow {
        case: CaseId::new(row.text(0)?).map_err(|_| unreadable(0, "a case's id"))?,
        order: OrderId::new(row.text(1)?).ok_or_else(|| unreadable(1, "an order's id"))?,
        state: *state.ok_or_else(|| unreadable(2, "a state of cases"))?,
        policy_pin: row.text(3)?.to_owned(),
        opened_at: row.moment(4)?,
        due_at,
        updated_at: row.moment(6)?,
        is_over: row.int(7)? == 1,
        assignee: assignee.map_err(|_| unreadable(8, "a member of staff"))?,
        next_step: next_step.ok_or_else(|| unreadable(9, "a next step"))?,
        causes: causes.ok_or_else(|| unreadable(10, "causes"))?,
        units: u32::try_from(row.int(11)?).map_err(|_| unreadable(11, "a number of units"))?,
        merged_into: merged_into.map_err(|_| unreadable(12, "a case's id"))?,
    })
}
