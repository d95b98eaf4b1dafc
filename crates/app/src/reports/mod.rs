//! The owner's reports: what came back and why, how long it took, what it cost, and whether promises were kept. Read from one table
//! that is written with the ledgers; each is bounded by its period, by how many lines it has, or by both.

mod rows;
mod table;

use backhaul_core::money::Money;
use backhaul_store::report_unit::{self, Counts, HoursLine, Months};
use backhaul_store::{Error, Tx};
use jiff::civil::Date;
use serde::{Serialize, Serializer};

pub(crate) use self::rows::month;
use crate::App;

/// The most months of a period.
pub const MONTHS_MAX: i64 = 60;
/// The most products or batches of a report.
pub const LINES_MAX: u32 = 500;

/// Which report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportKind {
    /// Returns by month and cause, and in how many no fault was found.
    Returns,
    /// By product.
    Products,
    /// By batch.
    Batches,
    /// Time to the decision and to the refund.
    Times,
    /// Freight by payer.
    Freight,
    /// Refunds that arrived in time.
    Promises,
}

impl ReportKind {
    /// Every report.
    pub const ALL: &'static [Self] =
        &[Self::Returns, Self::Products, Self::Batches, Self::Times, Self::Freight, Self::Promises];

    /// The report as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Returns => "returns",
            Self::Products => "products",
            Self::Batches => "batches",
            Self::Times => "times",
            Self::Freight => "freight",
            Self::Promises => "promises",
        }
    }

    /// The report that is written so.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

/// A month, written as `2026-03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(i64);

impl Month {
    /// The month of a day.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self(month(day))
    }

    /// Reads `2026-03`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_month = text.len() == 7 && text.is_ascii();
        let day: Date = is_month.then(|| format!("{text}-01"))?.parse().ok()?;
        (day.year() > 0).then(|| Self::of(day))
    }

    /// The year and the month.
    #[must_use]
    pub const fn year_and_month(self) -> (i64, i64) {
        (self.0 / 100, self.0 % 100)
    }

    /// How many months since the year 0.
    const fn count(self) -> i64 {
        let (year, month) = self.year_and_month();
        year.saturating_mul(12).saturating_add(month).saturating_sub(1)
    }

    /// That many months before.
    #[must_use]
    pub const fn before(self, months: i64) -> Self {
        let count = self.count().saturating_sub(months);
        let (year, month) = (count / 12, count % 12);
        Self(year.saturating_mul(100).saturating_add(month).saturating_add(1))
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month) = self.year_and_month();
        write!(f, "{year:04}-{month:02}")
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From one month to another, both within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    from: Month,
    to: Month,
}

impl Period {
    /// A period of at most [`MONTHS_MAX`] months; `None` where it is longer, or ends before it begins.
    #[must_use]
    pub fn new(from: Month, to: Month) -> Option<Self> {
        let months = to.count().saturating_sub(from.count());
        (0..MONTHS_MAX).contains(&months).then_some(Self { from, to })
    }

    /// One month alone.
    #[must_use]
    pub const fn of(month: Month) -> Self {
        Self { from: month, to: month }
    }

    /// The first month.
    #[must_use]
    pub const fn from(self) -> Month {
        self.from
    }

    /// The last month.
    #[must_use]
    pub const fn to(self) -> Month {
        self.to
    }

    /// Every month of it, in their order.
    pub fn each(self) -> impl Iterator<Item = Month> {
        let months = self.to.count().saturating_sub(self.from.count());
        (0..=months).rev().map(move |before| self.to.before(before))
    }

    const fn months(self) -> Months {
        (self.from.0, self.to.0)
    }
}

/// How many units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Units {
    /// That were claimed.
    pub units: i64,
    /// Of them, that were inspected.
    pub inspected: i64,
    /// Of those, in which no fault was found.
    pub no_fault_found: i64,
    /// The share of the last in the one before, in tenths of a percent; nothing where none was inspected.
    pub no_fault_found_permille: Option<i64>,
}

impl From<Counts> for Units {
    fn from(counts: Counts) -> Self {
        let Counts { units, inspected, no_fault_found } = counts;
        let permille = no_fault_found.saturating_mul(1_000).checked_div(inspected);
        Self { units, inspected, no_fault_found, no_fault_found_permille: permille }
    }
}

/// Returns of a month and a cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReturnsLine {
    /// The month in which the cases were opened.
    pub month: Month,
    /// The cause that was claimed.
    pub cause: String,
    /// How many units.
    #[serde(flatten)]
    pub counts: Units,
}

/// Returns of a product, or of a batch of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProductLine {
    /// The batch, in a report by batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// The article.
    pub sku: String,
    /// How many units.
    #[serde(flatten)]
    pub counts: Units,
}

/// How long something took, in whole hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Took {
    /// Of how many units that is known.
    pub units: i64,
    /// Half of them took at most so long.
    pub median_hours: Option<i64>,
    /// Nine in ten took at most so long.
    pub p90_hours: Option<i64>,
}

/// How long things took for cases of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TimesLine {
    /// The month in which the cases were opened; nothing for the whole period.
    pub month: Option<Month>,
    /// From the opening to the yes or no.
    pub decision: Took,
    /// From the receipt of the goods to the arrival of the money.
    pub refund: Took,
}

/// Freight of a month, a currency, and who is to pay the way back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FreightLine {
    /// The month in which the cases were opened.
    pub month: Month,
    /// Who is to pay the way back; nothing where nobody is.
    pub payer: Option<String>,
    /// How many units.
    pub units: i64,
    /// What was laid out and is the merchant's to bear.
    pub merchant: Money,
    /// What was laid out and is the buyers' to bear.
    pub buyer: Money,
}

/// Promises of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PromisesLine {
    /// The month in which the cases were opened.
    pub month: Month,
    /// The money arrived by the promised day.
    pub kept: i64,
    /// It arrived later.
    pub late: i64,
    /// It has not arrived, and the day is over.
    pub overdue: i64,
    /// It has not arrived, and the day is not over.
    pub open: i64,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "report", content = "lines", rename_all = "snake_case")]
pub enum Report {
    /// Returns by month and cause.
    Returns(Vec<ReturnsLine>),
    /// The products of which most units came back.
    Products(Vec<ProductLine>),
    /// The batches of which most units came back.
    Batches(Vec<ProductLine>),
    /// How long decisions and refunds took, month by month, and over all of them.
    Times(Vec<TimesLine>),
    /// Freight by payer.
    Freight(Vec<FreightLine>),
    /// Promises kept.
    Promises(Vec<PromisesLine>),
}

impl App {
    /// A report over a period; of products and batches at most `top` lines, and at most [`LINES_MAX`].
    ///
    /// # Errors
    /// [`Error`].
    pub async fn report(
        &self,
        kind: ReportKind,
        period: Period,
        top: u32,
    ) -> Result<Report, Error> {
        let (months, top, now) = (period.months(), top.clamp(1, LINES_MAX), self.clock.now());
        let read = self.store.read(move |tx| match kind {
            ReportKind::Returns => returns(tx, months).map(Report::Returns),
            ReportKind::Products => {
                let lines = report_unit::products(tx, months, top)?;
                Ok(Report::Products(lines.into_iter().map(product).collect()))
            }
            ReportKind::Batches => {
                let lines = report_unit::batches(tx, months, top)?;
                Ok(Report::Batches(lines.into_iter().map(product).collect()))
            }
            ReportKind::Times => times(tx, months).map(Report::Times),
            ReportKind::Freight => freight(tx, months).map(Report::Freight),
            ReportKind::Promises => promises(tx, months, now).map(Report::Promises),
        });
        read.await
    }
}

fn returns(tx: &mut dyn Tx, months: Months) -> Result<Vec<ReturnsLine>, Error> {
    let lines = report_unit::causes(tx, months)?.into_iter();
    let line = |line: report_unit::CauseLine| ReturnsLine {
        month: Month(line.month),
        cause: line.cause,
        counts: line.counts.into(),
    };
    Ok(lines.map(line).collect())
}

fn product(line: report_unit::ProductLine) -> ProductLine {
    let batch = Some(line.batch).filter(|batch| !batch.is_empty());
    ProductLine { batch, sku: line.sku, counts: line.counts.into() }
}

fn times(tx: &mut dyn Tx, months: Months) -> Result<Vec<TimesLine>, Error> {
    let decisions = report_unit::decide_hours(tx, months)?;
    let refunds = report_unit::refund_hours(tx, months)?;
    let mut of: Vec<i64> = decisions.iter().chain(&refunds).map(|line| line.month).collect();
    of.sort_unstable();
    of.dedup();
    let in_month = |lines: &[HoursLine], month: i64| {
        took(lines.iter().copied().filter(|line| line.month == month).collect())
    };
    let mut lines: Vec<TimesLine> = of
        .into_iter()
        .map(|month| TimesLine {
            month: Some(Month(month)),
            decision: in_month(&decisions, month),
            refund: in_month(&refunds, month),
        })
        .collect();
    lines.push(TimesLine { month: None, decision: took(decisions), refund: took(refunds) });
    Ok(lines)
}

/// The nearest-rank percentiles of what took so many hours for so many units.
fn took(mut lines: Vec<HoursLine>) -> Took {
    lines.sort_unstable_by_key(|line| line.hours);
    let units = lines.iter().fold(0_i64, |units, line| units.saturating_add(line.units));
    let percentile = |percent: i64| {
        let rank = units.saturating_mul(percent).saturating_add(99) / 100;
        let mut seen = 0_i64;
        let reached = lines.iter().find(|line| {
            seen = seen.saturating_add(line.units);
            seen >= rank
        });
        reached.map(|line| line.hours)
    };
    Took { units, median_hours: percentile(50), p90_hours: percentile(90) }
}

fn freight(tx: &mut dyn Tx, months: Months) -> Result<Vec<FreightLine>, Error> {
    let lines = report_unit::freight(tx, months)?.into_iter();
    let line = |line: report_unit::FreightLine| FreightLine {
        month: Month(line.month),
        payer: Some(line.return_payer).filter(|payer| !payer.is_empty()),
        units: line.units,
        merchant: Money::new(line.merchant_minor, line.currency),
        buyer: Money::new(line.buyer_minor, line.currency),
    };
    Ok(lines.map(line).collect())
}

fn promises(
    tx: &mut dyn Tx,
    months: Months,
    now: jiff::Timestamp,
) -> Result<Vec<PromisesLine>, Error> {
    let mut lines: Vec<PromisesLine> = Vec::new();
    for line in report_unit::promises(tx, months, now)? {
        let month = Month(line.month);
        if lines.last().is_none_or(|last| last.month != month) {
            lines.push(PromisesLine { month, kept: 0, late: 0, overdue: 0, open: 0 });
        }
        let Some(last) = lines.last_mut() else { continue };
        match line.promise.as_str() {
            "kept" => last.kept = line.units,
            "late" => last.late = line.units,
            _ => {
                last.overdue = line.over;
                last.open = line.units.saturating_sub(line.over);
            }
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use backhaul_store::report_unit::HoursLine;

    use super::{Month, Period, took};

    #[test]
    fn a_period_has_a_bound_and_an_order() {
        let month = |text: &str| Month::parse(text).unwrap();
        assert_eq!(month("2026-03").before(3).to_string(), "2025-12");
        assert!(Period::new(month("2026-03"), month("2026-03")).is_some());
        let each = Period::new(month("2025-12"), month("2026-02")).unwrap().each();
        assert_eq!(each.collect::<Vec<_>>(), ["2025-12", "2026-01", "2026-02"].map(month));
        assert!(Period::new(month("2026-03"), month("2026-02")).is_none());
        assert!(Period::new(month("2021-04"), month("2026-03")).is_some());
        assert!(Period::new(month("2021-03"), month("2026-03")).is_none());
        for text in ["", "2026", "2026-3", "2026-13", "2026-00", "26-03-01", "-026-03", "２０２"]
        {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }

    #[test]
    fn percentiles_are_the_nearest_ranks() {
        let line = |hours, units| HoursLine { month: 202_603, hours, units };
        assert_eq!(took(Vec::new()).median_hours, None);
        let ten = took((1..=10).map(|hours| line(hours, 1)).collect());
        assert_eq!((ten.units, ten.median_hours, ten.p90_hours), (10, Some(5), Some(9)));
        let skewed = took(vec![line(100, 1), line(0, 99)]);
        assert_eq!((skewed.median_hours, skewed.p90_hours), (Some(0), Some(0)));
    }
}
