//! Orders as CSV: a header, and one row for each line of an order; the rows of one order stand together.
//!
//! What concerns the whole order stands on its first row and may be left out on the others. A payment stands on any row. Serials are
//! parted by blanks. Amounts are written with a point and all digits of the currency, without separators. A number whose rows stand
//! in two places is a conflict, told at the second; a file with columns of its own is read by a mapping, [`Columns`].

use std::collections::HashMap;
use std::fmt;
use std::io::{Read, Seek};

use backhaul_core::ledger::{OrderDraft, Payment, PaymentId};
use backhaul_core::money::Money;
use csv::{ByteRecord, ReaderBuilder, StringRecord};

use super::columns::Columns;
use super::row::{Row, Table};
use super::rows::{AsTheyStand, Gathered, Guarded, NotGathered, Rows, SCATTERED_ROWS_MAX};
use super::seen::{self, Again, Seen};
use super::{Found, Refused};

/// The columns that every file has.
pub const REQUIRED_COLUMNS: [&str; 10] = [
    "order",
    "placed_at",
    "time_zone",
    "country",
    "currency",
    "line",
    "sku",
    "category",
    "quantity",
    "price",
];
/// The columns that a file may have.
pub const OPTIONAL_COLUMNS: [&str; 16] = [
    "signed_at",
    "voucher",
    "discount",
    "tax",
    "serials",
    "sold_for",
    "declared_non_returnable",
    "batch",
    "shipping",
    "payment",
    "captured",
    "captured_at",
    "payment_provider",
    "buyer_email",
    "buyer_name",
    "buyer_language",
];

/// The name of the payment that a mapping assumes.
const SUM: &str = "sum";

/// Reads one order after the other, in the memory of one and of what marks the numbers that were met.
pub struct CsvOrders {
    rows: Box<dyn Rows>,
    table: Table,
    mapped: Option<Mapped>,
    /// The first row of the next order.
    ahead: Option<Record>,
    /// The line of the last row that was read.
    line: u64,
    /// Nothing where the rows were gathered, for then no order can come twice.
    seen: Option<Seen>,
    ended: bool,
}

/// One row in our columns.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) line: u64,
    pub(super) cells: StringRecord,
    /// What could not be read into our columns, with the column's name in the file.
    pub(super) wrong: Option<(&'static str, String)>,
}

/// A mapping, and where its columns stand in this file.
#[derive(Debug)]
struct Mapped {
    columns: Columns,
    /// How many columns the header has.
    width: usize,
    places: HashMap<String, usize>,
}

impl CsvOrders {
    /// The orders of a file with our columns.
    ///
    /// # Errors
    /// A header with an unknown, a missing or a doubled column.
    pub fn new(input: impl Read + 'static) -> Result<Self, Refused> {
        let mut rows = reader(b',').from_reader(Guarded::new(input));
        let header = rows.headers().map_err(|error| broken(&error))?.clone();
        let known = || REQUIRED_COLUMNS.iter().chain(&OPTIONAL_COLUMNS).copied();
        let mut table = Table::default();
        for (place, name) in header.iter().enumerate() {
            if !known().any(|column| column == name) {
                let known = known().collect::<Vec<_>>().join(", ");
                return Err(of_header(
                    name,
                    format!("this column is not known; known are {known}"),
                ));
            }
            if table.columns.insert(name.to_owned(), place).is_some() {
                return Err(of_header(name, "this column is given twice".to_owned()));
            }
        }
        match REQUIRED_COLUMNS.iter().find(|column| !table.columns.contains_key(**column)) {
            Some(missing) => Err(of_header(missing, "this column is missing".to_owned())),
            None => Ok(Self::over(Box::new(AsTheyStand(rows)), table, None, Some(Seen::default()))),
        }
    }

    /// The orders of a file with columns of its own. Where the mapping says that an order's rows are scattered, the file is read
    /// twice.
    ///
    /// # Errors
    /// A header without a column of the mapping, or with one of them twice; on the first of two ways through the file, a row
    /// that cannot be read, or too many of them.
    pub fn mapped(input: impl Read + Seek + 'static, columns: Columns) -> Result<Self, Refused> {
        let mut rows = reader(columns.separator).from_reader(Guarded::new(input));
        let header = rows.byte_headers().map_err(|error| broken(&error))?.clone();
        let mut table = Table::default();
        let mut places = HashMap::new();
        for (place, (ours, name)) in columns.names().enumerate() {
            table.columns.insert(ours.to_owned(), place);
            let Some(name) = name else { continue };
            table.told.insert(ours, name.to_owned());
            let is_it = |cell: &[u8]| columns.encoding.decode_without_bom_handling(cell).0 == name;
            let mut found = header.iter().enumerate().filter(|(_, cell)| is_it(cell));
            match (found.next(), found.next()) {
                (Some((place, _)), None) => places.insert(name.to_owned(), place),
                (None, _) => return Err(of_header(name, "this column is missing".to_owned())),
                _ => return Err(of_header(name, "this column is given twice".to_owned())),
            };
        }
        let is_grouped = columns.is_grouped;
        let mapped = Mapped { columns, width: header.len(), places };
        let (rows, seen): (Box<dyn Rows>, _) = if is_grouped {
            (Box::new(AsTheyStand(rows)), Some(Seen::default()))
        } else {
            let mark = |row: &ByteRecord| seen::mark(&mapped.number(row));
            let gathered = Gathered::new(rows, mark).map_err(|error| match error {
                NotGathered::Broken(error) => broken(&error),
                NotGathered::TooMany => of_header(
                    "order",
                    format!("a file of scattered rows has at most {SCATTERED_ROWS_MAX}"),
                ),
            });
            (Box::new(gathered?), None)
        };
        Ok(Self::over(rows, table, Some(mapped), seen))
    }

    fn over(rows: Box<dyn Rows>, table: Table, mapped: Option<Mapped>, seen: Option<Seen>) -> Self {
        Self { rows, table, mapped, ahead: None, line: 1, seen, ended: false }
    }

    fn read_row(&mut self) -> Option<Result<Record, Refused>> {
        let mut row = ByteRecord::new();
        let read = match self.rows.next(&mut row) {
            Ok(false) => return None,
            Ok(true) => self.record(row),
            Err(error) => {
                let refused = broken(&error);
                // A failure to read has no place of its own: it is after the last row that went well.
                Err(Refused { line: refused.line.max(self.line), ..refused })
            }
        };
        self.line = read.as_ref().map_or(self.line, |record| record.line);
        self.ended |= read.is_err();
        Some(read)
    }

    fn record(&self, row: ByteRecord) -> Result<Record, Refused> {
        let line = row.position().map_or(0, csv::Position::line);
        match &self.mapped {
            Some(mapped) => mapped.record(line, &row),
            None => match StringRecord::from_byte_record(row) {
                Ok(cells) => Ok(Record { line, cells, wrong: None }),
                Err(_) => Err(undecodable(line, "UTF-8; save the file as UTF-8")),
            },
        }
    }

    fn row<'r>(&'r self, record: &'r Record) -> Row<'r> {
        Row { record, table: &self.table }
    }

    /// Whether this is the order's first place in the file.
    fn meet(&mut self, number: &str, first: &Record) -> Result<(), Refused> {
        let met = match &mut self.seen {
            Some(seen) if !number.is_empty() => seen.meet(number, first.line),
            _ => Ok(()),
        };
        let (message, is_fatal) = match met {
            Ok(()) => return Ok(()),
            Err(Again::Since(line)) => (
                format!(
                    "the order `{}` has rows from line {line} on already: put the rows of an order next to each other, and another version of it into another file",
                    number.escape_debug()
                ),
                false,
            ),
            Err(Again::Unknown(why)) => (why, true),
        };
        self.ended |= is_fatal;
        Err(Refused { is_fatal, ..self.row(first).refused("order", message) })
    }
}

impl Mapped {
    fn number(&self, row: &ByteRecord) -> String {
        let cell = |name: &str| {
            let cell = self.places.get(name).and_then(|place| row.get(*place)).unwrap_or_default();
            self.columns.encoding.decode_without_bom_handling(cell).0.into_owned()
        };
        self.columns.number(cell)
    }

    fn record(&self, line: u64, row: &ByteRecord) -> Result<Record, Refused> {
        let mut texts = HashMap::new();
        for (name, place) in &self.places {
            let cell = row.get(*place).unwrap_or_default();
            let (text, is_broken) = self.columns.encoding.decode_without_bom_handling(cell);
            if is_broken {
                let encoding = self.columns.encoding.name();
                return Err(undecodable(line, &format!("{encoding}; name its `encoding`")));
            }
            texts.insert(name.as_str(), text.trim().to_owned());
        }
        let cell = |name: &str| texts.get(name).cloned().unwrap_or_default();
        let translated = if row.len() == self.width {
            self.columns.translate(cell)
        } else {
            let (cells, columns) = (row.len(), self.width);
            Err(("order", format!("this row has {cells} cells, and the header {columns}")))
        };
        Ok(match translated {
            Ok(texts) => Record { line, cells: StringRecord::from(texts), wrong: None },
            // The number alone is kept, to know whose rows the others are.
            Err(wrong) => {
                let number = self.columns.number(cell);
                let cells = self.columns.names().map(|(ours, _)| match ours {
                    "order" => number.as_str(),
                    _ => "",
                });
                Record { line, cells: cells.collect(), wrong: Some(wrong) }
            }
        })
    }
}

fn reader(separator: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder.trim(csv::Trim::All).flexible(true).delimiter(separator);
    builder
}

fn of_header(column: &str, message: String) -> Refused {
    Refused { line: 1, column: column.to_owned(), message, is_fatal: true }
}

fn undecodable(line: u64, wanted: &str) -> Refused {
    let message = format!("this row is not {wanted}");
    Refused { line, column: "1".to_owned(), message, is_fatal: true }
}

/// What the reader itself cannot go past: which order the rest belongs to could only be guessed.
fn broken(error: &csv::Error) -> Refused {
    let line = error.position().map_or(1, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => undecodable(line, "UTF-8; save the file as UTF-8"),
        _ => Refused { line, column: "1".to_owned(), message: error.to_string(), is_fatal: true },
    }
}

impl Iterator for CsvOrders {
    type Item = Result<Found, Refused>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let first = match self.ahead.take() {
            Some(first) => first,
            None => match self.read_row()? {
                Ok(first) => first,
                Err(refused) => return Some(Err(refused)),
            },
        };
        let number = self.row(&first).text("order").to_owned();
        let met = self.meet(&number, &first);
        if self.ended {
            return Some(Err(met.err()?));
        }
        let mut order = met.and_then(|()| self.row(&first).order());
        let line = first.line;
        let mut record = first;
        // Every row of the order is read, good or bad, so that nothing of it is taken for the next one.
        loop {
            if let Ok(new) = &mut order
                && let Err(refused) = self.row(&record).add_to(&mut new.order)
            {
                order = Err(refused);
            }
            match self.read_row() {
                None => break,
                Some(Ok(next)) if self.row(&next).text("order") == number => record = next,
                Some(Ok(next)) => {
                    self.ahead = Some(next);
                    break;
                }
                // The rest may be this order's, so it is not taken either.
                Some(Err(refused)) => return Some(Err(refused)),
            }
        }
        let pays_the_sum = self.mapped.as_ref().is_some_and(|mapped| mapped.columns.pays_the_sum);
        Some(order.map(|mut new| {
            if pays_the_sum {
                pay_the_sum(&mut new.order);
            }
            Found { line, new }
        }))
    }
}

/// One payment that captured all of the order when it was placed. A sum that cannot be had is refused with the order.
fn pay_the_sum(order: &mut OrderDraft) {
    let lines = order.lines.iter().map(|line| line.share.total().unwrap_or(order.shipping));
    let captured = Money::sum(order.currency, lines.chain([order.shipping]));
    if let (Ok(captured), Ok(id)) = (captured, PaymentId::new(SUM)) {
        let captured_at = order.placed_at;
        order.payments.push(Payment { id, captured, captured_at, provider: None });
    }
}

impl fmt::Debug for CsvOrders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvOrders").field("table", &self.table).finish_non_exhaustive()
    }
}
