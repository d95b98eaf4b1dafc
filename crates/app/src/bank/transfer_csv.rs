//! A file for the bank as a table.

use super::export::BatchView;
use crate::csv_table::CsvTable;

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

/// The table.
pub(super) fn write(view: &BatchView) -> Result<Vec<u8>, String> {
    let mut table = CsvTable::new(&HEADER)?;
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
        table.add(cells)?;
    }
    table.finish()
}
