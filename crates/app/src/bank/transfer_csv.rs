//! A file for the bank as a table (RFC 4180), which no spreadsheet takes for a formula.

use super::export::BatchView;

const HEADER: [&str; 10] = [
    "end_to_end_id",
    "execute_on",
    "amount",
    "currency",
    "holder",
    "iban",
    "account_number",
    "bic",
    "country",
    "remittance",
];

/// The table; lines end as RFC 4180 has them.
pub(super) fn write(view: &BatchView) -> Result<Vec<u8>, String> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let failed = |error: csv::Error| error.to_string();
    writer.write_record(HEADER).map_err(failed)?;
    for (_, row) in &view.transfers {
        let amount = row.amount.amount();
        let account = &row.account;
        let cells = [
            &row.end_to_end_id,
            &view.batch.execute_on,
            &amount,
            row.amount.currency.code(),
            &account.holder,
            &account.iban,
            &account.number,
            &account.bic,
            &account.country,
            &row.remittance,
        ];
        writer.write_record(cells.map(harmless)).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| error.to_string())
}

/// A cell that a spreadsheet shows as it is: what would begin a formula has an apostrophe before it.
fn harmless(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|', '%']);
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn what_would_begin_a_formula_is_a_text() {
        for cell in ["=1+1", "+49", "-2", "@SUM(A1)", "\t=1", "|cmd"] {
            assert_eq!(harmless(cell), format!("'{cell}"));
        }
        assert_eq!(harmless("Zoë"), "Zoë");
    }
}
