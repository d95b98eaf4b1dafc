//! A table as a file (RFC 4180), of which no spreadsheet takes a cell for a formula.

/// A table in the making.
pub(crate) struct CsvTable(csv::Writer<Vec<u8>>);

impl CsvTable {
    /// A table with that head; lines end as RFC 4180 has them.
    pub(crate) fn new(head: &[&str]) -> Result<Self, String> {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        writer.write_record(head).map_err(|error| error.to_string())?;
        Ok(Self(writer))
    }

    /// One more row, with as many cells as the head.
    pub(crate) fn add<'c>(
        &mut self,
        cells: impl IntoIterator<Item = &'c (impl AsRef<str> + 'c + ?Sized)>,
    ) -> Result<(), String> {
        let cells = cells.into_iter().map(|cell| harmless(cell.as_ref()));
        self.0.write_record(cells.collect::<Vec<_>>()).map_err(|error| error.to_string())
    }

    /// The bytes of the file.
    pub(crate) fn finish(self) -> Result<Vec<u8>, String> {
        self.0.into_inner().map_err(|error| error.to_string())
    }
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
