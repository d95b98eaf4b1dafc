//! A read table: one row for each claimed unit, from which the owner's reports are read. It follows from the ledgers (invariant
//! `rebuildable`) and is written in the transaction that appends to one.

use backhaul_core::ledger::CaseId;
use backhaul_core::money::Currency;
use jiff::Timestamp;

use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::{Row, Tx};
use crate::values;

/// Sorts behind every moment there is.
const NEVER_US: i64 = i64::MAX;
/// Says that a moment is what it was; no event is that old.
const KEPT_US: i64 = 0;
/// The most characters of an article's number, and of a batch: an index takes no text without a bound.
const TEXT_CHARS_MAX: usize = 200;

/// When something happened, as the row is to have it from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// It has not happened.
    Never,
    /// It happened then, so many hours after its clock began.
    At(Timestamp, i64),
    /// It happened before: what the row has stays.
    Before,
}

impl When {
    fn columns(self) -> (i64, i64) {
        match self {
            Self::Never => (NEVER_US, -1),
            Self::At(moment, hours) => (moment.as_microsecond(), hours),
            Self::Before => (KEPT_US, -1),
        }
    }
}

/// One claimed unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRow {
    /// The case.
    pub case: CaseId,
    /// The unit, as it is written.
    pub unit: String,
    /// The order.
    pub order: OrderId,
    /// The article.
    pub sku: String,
    /// The batch; empty where the order names none.
    pub batch: String,
    /// The month of the opening in the merchant's time zone, as 202603.
    pub opened_month: i64,
    /// When the case was opened.
    pub opened_at: Timestamp,
    /// Why the buyer sends it back.
    pub cause_claimed: &'static str,
    /// Why it came back, once inspected; empty before.
    pub cause_found: &'static str,
    /// What the claim comes to.
    pub verdict: &'static str,
    /// Whether it was inspected.
    pub is_inspected: bool,
    /// Whether inspection found no fault.
    pub no_fault_found: bool,
    /// When the buyer was told yes or no.
    pub decided: When,
    /// When the goods arrived.
    pub received_at: Option<Timestamp>,
    /// When all of the money had arrived.
    pub settled: When,
    /// The order's currency.
    pub currency: Currency,
    /// What is refunded of the unit.
    pub refund_minor: i64,
    /// Who is to pay the way back; empty where nobody is.
    pub return_payer: &'static str,
    /// What was laid out of freight and is the merchant's to bear.
    pub merchant_freight_minor: i64,
    /// What was laid out of freight and is the buyer's to bear.
    pub buyer_freight_minor: i64,
    /// `none`, `open`, `kept` or `late`; where the money arrived before, what the row has stays.
    pub promise: &'static str,
    /// The end of the day that is promised.
    pub refund_by: Option<Timestamp>,
}

/// Writes a unit's row, new or over the old one.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, row: &UnitRow) -> Result<(), Error> {
    let never = |moment: Option<Timestamp>| moment.map_or(NEVER_US, Timestamp::as_microsecond);
    let cut = |text: &str| text.chars().take(TEXT_CHARS_MAX).collect::<String>();
    let (decided_at_us, decide_hours) = row.decided.columns();
    let (settled_at_us, refund_hours) = row.settled.columns();
    tx.send(
        "insert into report_unit
           (case_id, unit, order_id, sku, batch, opened_month, opened_at_us, cause_claimed, cause_found, verdict,
            is_inspected, no_fault_found, decided_at_us, decide_hours, received_at_us, settled_at_us, refund_hours,
            currency, refund_minor, return_payer, merchant_freight_minor, buyer_freight_minor, promise, refund_by_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
         on conflict (case_id, unit) do update set
           batch = excluded.batch,
           cause_claimed = excluded.cause_claimed, cause_found = excluded.cause_found, verdict = excluded.verdict,
           is_inspected = excluded.is_inspected, no_fault_found = excluded.no_fault_found,
           decided_at_us = case when excluded.decided_at_us = 0 then report_unit.decided_at_us
             else excluded.decided_at_us end,
           decide_hours = case when excluded.decided_at_us = 0 then report_unit.decide_hours
             else excluded.decide_hours end,
           received_at_us = excluded.received_at_us,
           promise = case when excluded.settled_at_us = 0 then report_unit.promise else excluded.promise end,
           settled_at_us = case when excluded.settled_at_us = 0 then report_unit.settled_at_us
             else excluded.settled_at_us end,
           refund_hours = case when excluded.settled_at_us = 0 then report_unit.refund_hours
             else excluded.refund_hours end,
           refund_minor = excluded.refund_minor, return_payer = excluded.return_payer,
           merchant_freight_minor = excluded.merchant_freight_minor,
           buyer_freight_minor = excluded.buyer_freight_minor, refund_by_us = excluded.refund_by_us",
        values![
            row.case.as_str(),
            &row.unit,
            row.order.as_str(),
            &cut(&row.sku),
            &cut(&row.batch),
            row.opened_month,
            row.opened_at,
            row.cause_claimed,
            row.cause_found,
            row.verdict,
            row.is_inspected,
            row.no_fault_found,
            decided_at_us,
            decide_hours,
            never(row.received_at),
            settled_at_us,
            refund_hours,
            row.currency.code(),
            row.refund_minor,
            row.return_payer,
            row.merchant_freight_minor,
            row.buyer_freight_minor,
            row.promise,
            never(row.refund_by),
        ],
    )?;
    Ok(())
}

/// Removes the row of a unit that is not claimed any more as it was, such as one that became claims of its components.
///
/// # Errors
/// [`Error`].
pub fn remove(tx: &mut dyn Tx, case: &CaseId, unit: &str) -> Result<(), Error> {
    let sql = "delete from report_unit where case_id = $1 and unit = $2";
    tx.send(sql, values![case.as_str(), unit])?;
    Ok(())
}

/// Removes the rows of an order's units, so that they can be written again from its ledger.
///
/// # Errors
/// [`Error`].
pub fn clear(tx: &mut dyn Tx, order: &OrderId) -> Result<(), Error> {
    tx.send("delete from report_unit where order_id = $1", values![order.as_str()])?;
    Ok(())
}

/// The rows of an order as text, to compare with a rebuild.
///
/// # Errors
/// [`Error`].
pub fn of_order(tx: &mut dyn Tx, order: &OrderId) -> Result<Vec<String>, Error> {
    tx.all(
        "select case_id, unit, sku, batch, cause_claimed, cause_found, verdict, currency, return_payer, promise,
                opened_month, opened_at_us, is_inspected, no_fault_found, decided_at_us, decide_hours, received_at_us,
                settled_at_us, refund_hours, refund_minor, merchant_freight_minor, buyer_freight_minor, refund_by_us
         from report_unit where order_id = $1 order by case_id, unit",
        values![order.as_str()],
        |row| {
            let texts = (0..10).map(|column| row.text(column).map(str::to_owned));
            let numbers = (10..23).map(|column| row.int(column).map(|number| number.to_string()));
            let all: Result<Vec<String>, Error> = texts.chain(numbers).collect();
            Ok(all?.join(" "))
        },
    )
}

/// Months such as 202603, the first and the last of a period.
pub type Months = (i64, i64);

/// One line of [`causes`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseLine {
    /// The month.
    pub month: i64,
    /// The cause that was claimed.
    pub cause: String,
    /// How many units.
    pub counts: Counts,
}

/// How many units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// That were claimed.
    pub units: i64,
    /// Of them, that were inspected.
    pub inspected: i64,
    /// Of those, in which no fault was found.
    pub no_fault_found: i64,
}

fn counts(row: &dyn Row, from: usize) -> Result<Counts, Error> {
    let column = |more: usize| row.int(from.saturating_add(more));
    Ok(Counts { units: column(0)?, inspected: column(1)?, no_fault_found: column(2)? })
}

/// Units by month and by the cause that was claimed.
///
/// # Errors
/// [`Error`].
pub fn causes(tx: &mut dyn Tx, (from, to): Months) -> Result<Vec<CauseLine>, Error> {
    tx.all(
        "select opened_month, cause_claimed, cast(count(*) as bigint), cast(sum(is_inspected) as bigint),
                cast(sum(no_fault_found) as bigint)
         from report_unit where opened_month >= $1 and opened_month <= $2
         group by opened_month, cause_claimed order by opened_month, cause_claimed",
        values![from, to],
        |row| {
            let cause = row.text(1)?.to_owned();
            Ok(CauseLine { month: row.int(0)?, cause, counts: counts(row, 2)? })
        },
    )
}

/// One line of [`products`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductLine {
    /// The article.
    pub sku: String,
    /// The batch, in a report by batch.
    pub batch: String,
    /// How many units.
    pub counts: Counts,
}

/// The articles of which most units were claimed. The plus keeps the planner from the index by month, in which the articles would
/// have to be sorted first.
///
/// # Errors
/// [`Error`].
pub fn products(
    tx: &mut dyn Tx,
    (from, to): Months,
    limit: u32,
) -> Result<Vec<ProductLine>, Error> {
    tx.all(
        "select sku, cast(count(*) as bigint) as units, cast(sum(is_inspected) as bigint),
                cast(sum(no_fault_found) as bigint)
         from report_unit where +opened_month >= $1 and +opened_month <= $2
         group by sku order by units desc, sku limit $3",
        values![from, to, i64::from(limit)],
        |row| {
            let sku = row.text(0)?.to_owned();
            Ok(ProductLine { sku, batch: String::new(), counts: counts(row, 1)? })
        },
    )
}

/// The batches of which most units were claimed.
///
/// # Errors
/// [`Error`].
pub fn batches(tx: &mut dyn Tx, (from, to): Months, limit: u32) -> Result<Vec<ProductLine>, Error> {
    tx.all(
        "select batch, sku, cast(count(*) as bigint) as units, cast(sum(is_inspected) as bigint),
                cast(sum(no_fault_found) as bigint)
         from report_unit where batch <> '' and +opened_month >= $1 and +opened_month <= $2
         group by batch, sku order by units desc, batch, sku limit $3",
        values![from, to, i64::from(limit)],
        |row| {
            let (batch, sku) = (row.text(0)?.to_owned(), row.text(1)?.to_owned());
            Ok(ProductLine { sku, batch, counts: counts(row, 2)? })
        },
    )
}

/// How many units took so many hours, by month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoursLine {
    /// The month.
    pub month: i64,
    /// The hours.
    pub hours: i64,
    /// How many units.
    pub units: i64,
}

/// How long decisions took, from the opening of the case; by month, the quickest first.
///
/// # Errors
/// [`Error`].
pub fn decide_hours(tx: &mut dyn Tx, (from, to): Months) -> Result<Vec<HoursLine>, Error> {
    tx.all(
        "select opened_month, decide_hours, cast(count(*) as bigint)
         from report_unit where opened_month >= $1 and opened_month <= $2 and decide_hours >= 0
         group by opened_month, decide_hours order by opened_month, decide_hours",
        values![from, to],
        hours,
    )
}

/// How long refunds took, from the receipt of the goods; by month, the quickest first.
///
/// # Errors
/// [`Error`].
pub fn refund_hours(tx: &mut dyn Tx, (from, to): Months) -> Result<Vec<HoursLine>, Error> {
    tx.all(
        "select opened_month, refund_hours, cast(count(*) as bigint)
         from report_unit where opened_month >= $1 and opened_month <= $2 and refund_hours >= 0
         group by opened_month, refund_hours order by opened_month, refund_hours",
        values![from, to],
        hours,
    )
}

fn hours(row: &dyn Row) -> Result<HoursLine, Error> {
    Ok(HoursLine { month: row.int(0)?, hours: row.int(1)?, units: row.int(2)? })
}

/// One line of [`freight`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreightLine {
    /// The month.
    pub month: i64,
    /// The currency.
    pub currency: Currency,
    /// Who is to pay the way back; empty where nobody is.
    pub return_payer: String,
    /// How many units.
    pub units: i64,
    /// What the merchant bears.
    pub merchant_minor: i64,
    /// What the buyers bear.
    pub buyer_minor: i64,
}

/// What freight came to, by month, currency and who is to pay the way back.
///
/// # Errors
/// [`Error`].
pub fn freight(tx: &mut dyn Tx, (from, to): Months) -> Result<Vec<FreightLine>, Error> {
    tx.all(
        "select opened_month, currency, return_payer, cast(count(*) as bigint),
                cast(sum(merchant_freight_minor) as bigint), cast(sum(buyer_freight_minor) as bigint)
         from report_unit where opened_month >= $1 and opened_month <= $2
         group by opened_month, currency, return_payer order by opened_month, currency, return_payer",
        values![from, to],
        |row| {
            let currency = Currency::parse(row.text(1)?)
                .map_err(|_| Error::Unreadable { column: 1, wanted: "a currency" })?;
            Ok(FreightLine {
                month: row.int(0)?,
                currency,
                return_payer: row.text(2)?.to_owned(),
                units: row.int(3)?,
                merchant_minor: row.int(4)?,
                buyer_minor: row.int(5)?,
            })
        },
    )
}

/// One line of [`promises`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromiseLine {
    /// The month.
    pub month: i64,
    /// `open`, `kept` or `late`.
    pub promise: String,
    /// How many units.
    pub units: i64,
    /// Of them, those whose day is over.
    pub over: i64,
}

/// How many refunds arrived in time, by month; of those that are open, how many are late by now.
///
/// # Errors
/// [`Error`].
pub fn promises(
    tx: &mut dyn Tx,
    (from, to): Months,
    now: Timestamp,
) -> Result<Vec<PromiseLine>, Error> {
    tx.all(
        "select opened_month, promise, cast(count(*) as bigint),
                cast(sum(case when refund_by_us < $3 then 1 else 0 end) as bigint)
         from report_unit where opened_month >= $1 and opened_month <= $2 and promise <> 'none'
         group by opened_month, promise order by opened_month, promise",
        values![from, to, now],
        |row| {
            let promise = row.text(1)?.to_owned();
            Ok(PromiseLine { month: row.int(0)?, promise, units: row.int(2)?, over: row.int(3)? })
        },
    )
}
