//! Marks that a long file has had, each with its place: there may be more of them than memory should hold.
//!
//! They lie in a file without a name in the system's temporary folder (`SQLITE_TMPDIR`, `TMPDIR`, `/var/tmp` or `/tmp`), which goes
//! with the handle. A few of them never leave the memory.

use rusqlite::{Connection, OptionalExtension as _};

use crate::error::Error;
use crate::sqlite::{error, set};

/// How much of it stays in memory, in KiB; the rest is read again when it is asked for.
const MEMORY_KIB: i64 = 16 << 10;

/// A mark: half of a hash, long enough that no two texts of a file ever share it.
pub type Mark = [u8; 16];

/// The marks that were met. They are never flushed, and lost with the process.
#[derive(Debug)]
pub struct Marks(Connection);

impl Marks {
    /// None so far.
    ///
    /// # Errors
    /// [`Error`].
    pub fn new() -> Result<Self, Error> {
        Self::within(MEMORY_KIB)
    }

    fn within(memory_kib: i64) -> Result<Self, Error> {
        // SQLite's name for a file that is only of this connection, and that is made when the memory is full.
        let connection = Connection::open("").map_err(error)?;
        set(&connection, "cache_size", memory_kib.saturating_neg())?;
        set(&connection, "journal_mode", "off")?;
        set(&connection, "synchronous", "off")?;
        let table =
            "create table mark (mark blob primary key, place integer not null) without rowid;
                     begin;";
        connection.execute_batch(table).map_err(error)?;
        Ok(Self(connection))
    }

    /// Meets a mark at that place; gives the place where it was met before, which stays.
    ///
    /// # Errors
    /// [`Error`], such as where the temporary folder is full.
    pub fn meet(&mut self, mark: &Mark, place: u64) -> Result<Option<u64>, Error> {
        let row = (mark.as_slice(), place.cast_signed());
        let insert = "insert into mark (mark, place) values (?1, ?2) on conflict do nothing";
        let mut insert = self.0.prepare_cached(insert).map_err(error)?;
        if insert.execute(row).map_err(error)? == 1 {
            return Ok(None);
        }
        let find = "select place from mark where mark = ?1";
        let mut find = self.0.prepare_cached(find).map_err(error)?;
        let place = find.query_row([mark.as_slice()], |row| row.get::<_, i64>(0)).optional();
        Ok(place.map_err(error)?.map(i64::cast_unsigned))
    }
}

#[cfg(test)]
mod tests {
    use super::Marks;

    #[test]
    fn a_mark_keeps_its_first_place_also_beyond_the_memory() {
        const COUNT: u64 = 20_000;
        let mark =
            |number: u64| u128::from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).to_be_bytes();
        // They take ten times that.
        let mut marks = Marks::within(64).unwrap();
        for number in 0..COUNT {
            assert_eq!(marks.meet(&mark(number), number).unwrap(), None);
        }
        for number in [0, 1, COUNT / 2, COUNT - 1] {
            assert_eq!(marks.meet(&mark(number), COUNT).unwrap(), Some(number));
        }
    }
}
