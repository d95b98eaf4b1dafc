//! Orders from files, one after the other, in the memory of one order and a mark for each that was met. A bad order is refused with its line and column, and the
//! rest goes on; of an order everything is taken or nothing.

mod columns;
mod csv;
mod json_lines;
mod row;
mod rows;
pub(crate) mod seen;

use std::fmt;

use backhaul_app::NewOrder;

pub use self::columns::{Columns, MAPPING_BYTES_MAX, MappingError};
pub use self::csv::{CsvOrders, OPTIONAL_COLUMNS, REQUIRED_COLUMNS};
pub use self::json_lines::{JsonLines, ORDER_BYTES_MAX};
pub use self::rows::{ROW_BYTES_MAX, SCATTERED_ROWS_MAX};
pub use self::seen::ORDERS_OF_A_FILE_MAX;

/// An order of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The order and its buyer.
    pub new: NewOrder,
}

/// Why something of a file is no order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The line, from 1.
    pub line: u64,
    /// The column: its number from 1, or in a CSV file its name.
    pub column: String,
    /// What is wrong and what is allowed, for a person.
    pub message: String,
    /// Whether nothing more can be read from the file.
    pub is_fatal: bool,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}
