//! A report as a file for a spreadsheet.

use super::{Report, Took, Units};
use crate::csv_table::CsvTable;

impl Report {
    /// The report as a table (RFC 4180) in UTF-8, of which no spreadsheet takes a cell for a formula. Amounts have all digits of
    /// their currency.
    ///
    /// # Errors
    /// The table cannot be written, which is a mistake of ours.
    pub fn to_csv(&self) -> Result<Vec<u8>, String> {
        let (head, rows) = self.table();
        let mut table = CsvTable::new(&head)?;
        for row in rows {
            table.add(&row)?;
        }
        table.finish()
    }

    /// The head and the rows, as machines read them.
    #[must_use]
    pub fn table(&self) -> (Vec<&'static str>, Vec<Vec<String>>) {
        const COUNTS: [&str; 4] =
            ["units", "inspected", "no_fault_found", "no_fault_found_permille"];
        let with_counts = |first: &[&'static str]| [first, &COUNTS].concat();
        match self {
            Self::Returns(lines) => {
                let row = |line: &super::ReturnsLine| {
                    [vec![line.month.to_string(), line.cause.clone()], counts(line.counts)].concat()
                };
                (with_counts(&["month", "cause"]), lines.iter().map(row).collect())
            }
            Self::Products(lines) => {
                let row = |line: &super::ProductLine| {
                    [vec![line.sku.clone()], counts(line.counts)].concat()
                };
                (with_counts(&["sku"]), lines.iter().map(row).collect())
            }
            Self::Batches(lines) => {
                let row = |line: &super::ProductLine| {
                    let batch = line.batch.clone().unwrap_or_default();
                    [vec![batch, line.sku.clone()], counts(line.counts)].concat()
                };
                (with_counts(&["batch", "sku"]), lines.iter().map(row).collect())
            }
            Self::Times(lines) => {
                let head = vec![
                    "month",
                    "decided_units",
                    "decision_median_hours",
                    "decision_p90_hours",
                    "refunded_units",
                    "refund_median_hours",
                    "refund_p90_hours",
                ];
                let row = |line: &super::TimesLine| {
                    let month = line.month.map_or_else(|| "all".to_owned(), |m| m.to_string());
                    [vec![month], took(line.decision), took(line.refund)].concat()
                };
                (head, lines.iter().map(row).collect())
            }
            Self::Freight(lines) => {
                let head = vec!["month", "payer", "units", "merchant", "buyer", "currency"];
                let row = |line: &super::FreightLine| {
                    vec![
                        line.month.to_string(),
                        line.payer.clone().unwrap_or_default(),
                        line.units.to_string(),
                        line.merchant.amount(),
                        line.buyer.amount(),
                        line.merchant.currency.code().to_owned(),
                    ]
                };
                (head, lines.iter().map(row).collect())
            }
            Self::Promises(lines) => {
                let row = |line: &super::PromisesLine| {
                    let numbers = [line.kept, line.late, line.overdue, line.open];
                    [vec![line.month.to_string()], numbers.map(|n| n.to_string()).to_vec()].concat()
                };
                (vec!["month", "kept", "late", "overdue", "open"], lines.iter().map(row).collect())
            }
        }
    }
}

fn counts(counts: Units) -> Vec<String> {
    let permille = counts.no_fault_found_permille.map(|share| share.to_string());
    vec![
        counts.units.to_string(),
        counts.inspected.to_string(),
        counts.no_fault_found.to_string(),
        permille.unwrap_or_default(),
    ]
}

fn took(took: Took) -> Vec<String> {
    let hours = |hours: Option<i64>| hours.map(|hours| hours.to_string()).unwrap_or_default();
    vec![took.units.to_string(), hours(took.median_hours), hours(took.p90_hours)]
}
