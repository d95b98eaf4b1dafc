//! Which orders of a file have been met: a number stands in a file once. Two of the same would be two versions, and which of them is
//! the newer one the file does not say; a second version comes in a file of its own.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

/// The most orders of one file. What is remembered of each has some 40 bytes, whatever its size.
pub const ORDERS_OF_A_FILE_MAX: usize = 20_000_000;

/// Half of a hash: long enough that no two numbers of a file ever share it.
pub(crate) type Mark = [u8; 16];

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
pub(crate) struct Seen(HashMap<Mark, u64>);

/// Why an order does not stand in a file once.
pub(crate) enum Again {
    /// It began on that line already.
    Since(u64),
    /// There are more orders than can be remembered.
    TooMany,
}

impl Seen {
    /// Meets an order on that line.
    pub(crate) fn meet(&mut self, number: &str, line: u64) -> Result<(), Again> {
        let mark = mark(number);
        if let Some(since) = self.0.get(&mark) {
            return Err(Again::Since(*since));
        }
        if self.0.len() >= ORDERS_OF_A_FILE_MAX {
            return Err(Again::TooMany);
        }
        self.0.insert(mark, line);
        Ok(())
    }
}
