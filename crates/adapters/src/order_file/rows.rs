//! The rows of a CSV file, so that the rows of one order follow each other: as they stand, or gathered from all over the file.

use std::collections::HashMap;
use std::io::{Read, Seek};

use csv::{ByteRecord, Position, Reader};

use super::seen::Mark;

/// The most rows of a file whose orders are scattered. What is remembered of each has 24 bytes, and of each order some 40.
pub const SCATTERED_ROWS_MAX: usize = 10_000_000;

/// One row after the other.
pub(super) trait Rows {
    /// Reads the next row; says whether there was one.
    fn next(&mut self, row: &mut ByteRecord) -> Result<bool, csv::Error>;
}

/// The rows as they stand, in the memory of one.
#[derive(Debug)]
pub(super) struct AsTheyStand<R>(pub(super) Reader<R>);

impl<R: Read> Rows for AsTheyStand<R> {
    fn next(&mut self, row: &mut ByteRecord) -> Result<bool, csv::Error> {
        self.0.read_byte_record(row)
    }
}

/// The rows of a file that is read twice: once to learn where each order's rows are, and once to fetch them. Orders come in the
/// order of their first rows, and what is kept in memory is places, not rows.
#[derive(Debug)]
pub(super) struct Gathered<R> {
    rows: Reader<R>,
    places: std::vec::IntoIter<Place>,
}

#[derive(Debug)]
struct Place {
    /// Which of the orders, by their first rows.
    order: u64,
    byte: u64,
    line: u64,
}

/// Why the rows cannot be gathered.
pub(super) enum NotGathered {
    Broken(csv::Error),
    TooMany,
}

impl<R: Read + Seek> Gathered<R> {
    /// Reads all rows for the first time; `mark` says which order a row belongs to.
    pub(super) fn new(
        mut rows: Reader<R>,
        mark: impl Fn(&ByteRecord) -> Mark,
    ) -> Result<Self, NotGathered> {
        let mut orders = HashMap::new();
        let mut places = Vec::new();
        let mut row = ByteRecord::new();
        while rows.read_byte_record(&mut row).map_err(NotGathered::Broken)? {
            if places.len() >= SCATTERED_ROWS_MAX {
                return Err(NotGathered::TooMany);
            }
            let next = u64::try_from(orders.len()).unwrap_or(u64::MAX);
            let order = *orders.entry(mark(&row)).or_insert(next);
            let (byte, line) = row.position().map_or((0, 0), |at| (at.byte(), at.line()));
            places.push(Place { order, byte, line });
        }
        // Stable: within an order the rows keep their order.
        places.sort_by_key(|place| place.order);
        Ok(Self { rows, places: places.into_iter() })
    }
}

impl<R: Read + Seek> Rows for Gathered<R> {
    fn next(&mut self, row: &mut ByteRecord) -> Result<bool, csv::Error> {
        let Some(place) = self.places.next() else { return Ok(false) };
        let mut position = Position::new();
        position.set_byte(place.byte).set_line(place.line);
        // Where the row is the next one anyway, this moves nothing.
        self.rows.seek(position)?;
        self.rows.read_byte_record(row)
    }
}
