//! The rows of a CSV file, so that the rows of one order follow each other: as they stand, or gathered from all over the file.

use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use backhaul_store::Mark;
use csv::{ByteRecord, Position, Reader};

/// The most rows of a file whose orders are scattered. What is remembered of each has 24 bytes, and of each order some 40.
pub const SCATTERED_ROWS_MAX: usize = 10_000_000;

/// The longest row; a quote that is left open would make one row of the rest of the file.
pub const ROW_BYTES_MAX: usize = 4 << 20;

/// An input that ends with an error within a row that is too long, before that is in memory.
pub(super) struct Guarded<R> {
    input: R,
    left: Rc<Cell<usize>>,
}

impl<R> Guarded<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, left: Rc::new(Cell::new(ROW_BYTES_MAX)) }
    }
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            return Err(io::Error::other(format!(
                "a row has at most {ROW_BYTES_MAX} bytes: is a quote left open?"
            )));
        }
        let most = buffer.len().min(self.left.get());
        let read = self.input.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.left.set(self.left.get().saturating_sub(read));
        Ok(read)
    }
}

impl<R: Seek> Seek for Guarded<R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.input.seek(position)
    }
}

/// Reads a row, and lets another one be as long.
fn read_row<R: Read>(
    rows: &mut Reader<Guarded<R>>,
    row: &mut ByteRecord,
) -> Result<bool, csv::Error> {
    let read = rows.read_byte_record(row);
    rows.get_ref().left.set(ROW_BYTES_MAX);
    read
}

/// One row after the other.
pub(super) trait Rows {
    /// Reads the next row; says whether there was one.
    fn next(&mut self, row: &mut ByteRecord) -> Result<bool, csv::Error>;
}

/// The rows as they stand, in the memory of one.
pub(super) struct AsTheyStand<R>(pub(super) Reader<Guarded<R>>);

impl<R: Read> Rows for AsTheyStand<R> {
    fn next(&mut self, row: &mut ByteRecord) -> Result<bool, csv::Error> {
        read_row(&mut self.0, row)
    }
}

/// The rows of a file that is read twice: once to learn where each order's rows are, and once to fetch them. Orders come in the
/// order of their first rows, and what is kept in memory is places, not rows.
pub(super) struct Gathered<R> {
    rows: Reader<Guarded<R>>,
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
        mut rows: Reader<Guarded<R>>,
        mark: impl Fn(&ByteRecord) -> Mark,
    ) -> Result<Self, NotGathered> {
        let mut orders = HashMap::new();
        let mut places = Vec::new();
        let mut row = ByteRecord::new();
        while read_row(&mut rows, &mut row).map_err(NotGathered::Broken)? {
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
        read_row(&mut self.rows, row)
    }
}
