//! Orders as CSV: a header, and one row for each line of an order; the rows of one order stand together.
//!
//! What concerns the whole order stands on its first row and may be left out on the others. A payment stands on any row. Serials are
//! parted by blanks. Amounts are written with a point and all digits of the currency, without separators.

use std::collections::HashMap;
use std::io::Read;

use backhaul_core::facts::{Country, Zone, moment};
use backhaul_core::ledger::{Line, OrderDraft, Payment, Share};
use backhaul_core::money::{Currency, Money};
use backhaul_core::words::Voucher;
use csv::{Reader, ReaderBuilder, StringRecord};
use jiff::Timestamp;

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
pub const OPTIONAL_COLUMNS: [&str; 11] = [
    "signed_at",
    "voucher",
    "discount",
    "tax",
    "serials",
    "sold_for",
    "declared_non_returnable",
    "shipping",
    "payment",
    "captured",
    "captured_at",
];

/// Reads one order after the other.
#[derive(Debug)]
pub struct CsvOrders<R> {
    rows: Reader<R>,
    columns: HashMap<String, usize>,
    /// The first row of the next order.
    ahead: Option<StringRecord>,
    ended: bool,
}

impl<R: Read> CsvOrders<R> {
    /// The orders of a file.
    ///
    /// # Errors
    /// A header with an unknown, a missing or a doubled column.
    pub fn new(input: R) -> Result<Self, Refused> {
        let mut rows = ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(input);
        let header = rows.headers().map_err(|error| broken(&error))?.clone();
        let wrong = |column: &str, message: String| Refused {
            line: 1,
            column: column.to_owned(),
            message,
            is_fatal: true,
        };
        let known = || REQUIRED_COLUMNS.iter().chain(&OPTIONAL_COLUMNS).copied();
        let mut columns = HashMap::new();
        for (place, name) in header.iter().enumerate() {
            if !known().any(|column| column == name) {
                let known = known().collect::<Vec<_>>().join(", ");
                return Err(wrong(name, format!("this column is not known; known are {known}")));
            }
            if columns.insert(name.to_owned(), place).is_some() {
                return Err(wrong(name, "this column is given twice".to_owned()));
            }
        }
        match REQUIRED_COLUMNS.iter().find(|column| !columns.contains_key(**column)) {
            Some(missing) => Err(wrong(missing, "this column is missing".to_owned())),
            None => Ok(Self { rows, columns, ahead: None, ended: false }),
        }
    }

    fn read_row(&mut self) -> Option<Result<StringRecord, Refused>> {
        let mut record = StringRecord::new();
        match self.rows.read_record(&mut record) {
            Ok(false) => None,
            Ok(true) => Some(Ok(record)),
            Err(error) => {
                self.ended = true;
                Some(Err(broken(&error)))
            }
        }
    }

    fn row<'r>(&'r self, record: &'r StringRecord) -> Row<'r> {
        Row { record, columns: &self.columns }
    }
}

/// What the reader itself cannot go past: which order the rest belongs to could only be guessed.
fn broken(error: &csv::Error) -> Refused {
    let line = error.position().map_or(1, csv::Position::line);
    let message = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "this row is not UTF-8; save the file as UTF-8".to_owned(),
        _ => error.to_string(),
    };
    Refused { line, column: "1".to_owned(), message, is_fatal: true }
}

impl<R: Read> Iterator for CsvOrders<R> {
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
        let mut order = self.row(&first).order();
        let line = self.row(&first).line_number();
        let mut record = first;
        // Every row of the order is read, good or bad, so that nothing of it is taken for the next one.
        loop {
            if let Ok(draft) = &mut order
                && let Err(refused) = self.row(&record).add_to(draft)
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
        Some(order.map(|order| Found { line, order }))
    }
}

/// One row, by its columns' names.
struct Row<'r> {
    record: &'r StringRecord,
    columns: &'r HashMap<String, usize>,
}

impl Row<'_> {
    /// The cell of that column; empty where there is none.
    fn text(&self, column: &str) -> &str {
        self.columns.get(column).and_then(|place| self.record.get(*place)).unwrap_or("")
    }

    fn line_number(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

    fn refused(&self, column: &str, message: impl Into<String>) -> Refused {
        let (line, column) = (self.line_number(), column.to_owned());
        Refused { line, column, message: message.into(), is_fatal: false }
    }

    /// Refuses a row of another length than the header: its cells may stand in the wrong columns.
    fn is_whole(&self) -> Result<(), Refused> {
        let (cells, columns) = (self.record.len(), self.columns.len());
        if cells == columns {
            return Ok(());
        }
        Err(self.refused("1", format!("this row has {cells} cells, and the header {columns}")))
    }

    /// The cell read as something; the message says what is allowed.
    fn read<T>(
        &self,
        column: &str,
        allowed: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Refused> {
        let text = self.text(column);
        let wrong = || self.refused(column, format!("`{}` is not {allowed}", text.escape_debug()));
        read(text).ok_or_else(wrong)
    }

    fn moment(&self, column: &str) -> Result<Timestamp, Refused> {
        self.read(column, "a moment such as `2026-03-04T15:20:00+01:00`", moment)
    }

    /// An amount; an empty cell is nothing.
    fn money(&self, column: &str, currency: Currency) -> Result<Money, Refused> {
        match self.text(column) {
            "" => Ok(Money::zero(currency)),
            text => Money::parse(text, currency).map_err(|error| {
                self.refused(column, format!("`{}` is {error}", text.escape_debug()))
            }),
        }
    }

    fn name<T: TryFrom<String>>(&self, column: &str, text: &str) -> Result<T, Refused> {
        let wrong = |_| {
            self.refused(column, "this is no name: 1 to 64 characters, without control characters")
        };
        T::try_from(text.to_owned()).map_err(wrong)
    }

    /// What concerns the whole order.
    fn order(&self) -> Result<OrderDraft, Refused> {
        self.is_whole()?;
        let currency =
            self.read("currency", "a currency such as `EUR`", |text| Currency::parse(text).ok())?;
        let signed_at = match self.text("signed_at") {
            "" => None,
            _ => Some(self.moment("signed_at")?),
        };
        let voucher = match self.text("voucher") {
            "" => Voucher::OnFile,
            _ => self.read("voucher", "one of on_file, presented, absent, forged", |text| {
                Voucher::ALL.iter().copied().find(|known| known.as_str() == text)
            })?,
        };
        Ok(OrderDraft {
            number: self.read("order", "an order's number", |text| {
                (!text.is_empty()).then(|| text.to_owned())
            })?,
            version: 0,
            placed_at: self.moment("placed_at")?,
            signed_at,
            time_zone: self.read("time_zone", "an IANA name such as `Europe/Berlin`", Zone::get)?,
            country: self.read("country", "a code such as `DE`", Country::parse)?,
            voucher,
            currency,
            lines: Vec::new(),
            shipping: self.money("shipping", currency)?,
            total: None,
            payments: Vec::new(),
        })
    }

    /// What the row adds: its line, and its payment where it has one.
    fn add_to(&self, order: &mut OrderDraft) -> Result<(), Refused> {
        self.is_whole()?;
        let currency = order.currency;
        let serials: Result<Vec<_>, Refused> = self
            .text("serials")
            .split_whitespace()
            .map(|serial| self.name("serials", serial))
            .collect();
        order.lines.push(Line {
            id: self.name("line", self.text("line"))?,
            sku: self.text("sku").to_owned(),
            category: self.text("category").to_owned(),
            quantity: self.read("quantity", "a whole number from 1", |text| text.parse().ok())?,
            sold_for: Some(self.text("sold_for"))
                .filter(|text| !text.is_empty())
                .map(str::to_owned),
            declared_non_returnable: self.read(
                "declared_non_returnable",
                "true or false",
                |text| match text {
                    "" | "false" => Some(false),
                    "true" => Some(true),
                    _ => None,
                },
            )?,
            share: Share {
                price: self.money("price", currency)?,
                discount: self.money("discount", currency)?,
                tax: self.money("tax", currency)?,
            },
            serials: serials?,
            components: Vec::new(),
        });
        if !self.text("payment").is_empty() {
            order.payments.push(Payment {
                id: self.name("payment", self.text("payment"))?,
                captured: self.money("captured", currency)?,
                captured_at: self.moment("captured_at")?,
                provider: None,
            });
        }
        Ok(())
    }
}
