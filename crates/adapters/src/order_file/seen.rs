//! Which orders of a file have been met: a number stands in a file once. Two of the same would be two versions, and which of them is
//! the newer one the file does not say; a second version comes in a file of its own.

use backhaul_store::{Mark, Marks};
use sha2::{Digest, Sha256};

/// The most orders of one file: what is remembered of each is on the disk while the file is read.
pub const ORDERS_OF_A_FILE_MAX: usize = 20_000_000;

/// The mark of an order's number.
pub(crate) fn mark(number: &str) -> Mark {
    let mut mark = Mark::default();
    for (place, byte) in mark.iter_mut().zip(Sha256::digest(number.as_bytes())) {
        *place = byte;
    }
    mark
}

/// The numbers that have been met, as their marks, each with its line.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Made for the first of them.
    marks: Option<Marks>,
    count: usize,
}

/// Why an order does not stand in a file once.
pub(crate) enum Again {
    /// It began on that line already.
    Since(u64),
    /// It cannot be known, and neither of any that follow: why, for the person who imports.
    Unknown(String),
}

impl Seen {
    /// Meets an order on that line.
    pub(crate) fn meet(&mut self, number: &str, line: u64) -> Result<(), Again> {
        if self.count >= ORDERS_OF_A_FILE_MAX {
            return Err(Again::Unknown(format!(
                "a file has at most {ORDERS_OF_A_FILE_MAX} orders"
            )));
        }
        match self.remembered(&mark(number), line) {
            Ok(None) => {
                self.count = self.count.saturating_add(1);
                Ok(())
            }
            Ok(Some(since)) => Err(Again::Since(since)),
            Err(error) => Err(Again::Unknown(format!(
                "which orders the file has had cannot be kept in the temporary folder: {error}"
            ))),
        }
    }

    fn remembered(&mut self, mark: &Mark, line: u64) -> Result<Option<u64>, backhaul_store::Error> {
        let marks = match &mut self.marks {
            Some(marks) => marks,
            none => none.insert(Marks::new()?),
        };
        marks.meet(mark, line)
    }
}
