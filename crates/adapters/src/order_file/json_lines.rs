//! Orders as JSON lines: one object a line, with the fields of [`OrderDraft`](backhaul_core::ledger::OrderDraft) and beside them
//! `buyer`, which may be left out. A number stands in a file once.

use std::io::{BufRead, Read};

use backhaul_app::NewOrder;

use super::seen::{Again, Seen};
use super::{Found, Refused};

/// The longest line.
pub const ORDER_BYTES_MAX: u64 = 4 << 20;

/// Reads one order after the other.
#[derive(Debug)]
pub struct JsonLines<R> {
    input: R,
    line: u64,
    buffer: Vec<u8>,
    seen: Seen,
    ended: bool,
}

impl<R: BufRead> JsonLines<R> {
    /// The orders of a file.
    pub fn new(input: R) -> Self {
        Self { input, line: 0, buffer: Vec::new(), seen: Seen::default(), ended: false }
    }

    fn refused(&mut self, column: usize, message: String, is_fatal: bool) -> Refused {
        self.ended |= is_fatal;
        Refused { line: self.line, column: column.to_string(), message, is_fatal }
    }

    fn met_once(&mut self, new: NewOrder) -> Result<Found, Refused> {
        match self.seen.meet(&new.order.number, self.line) {
            Ok(()) => Ok(Found { line: self.line, new }),
            Err(Again::Since(line)) => {
                let number = new.order.number.escape_debug();
                let message = format!(
                    "the order `{number}` stands on line {line} already: put another version into another file"
                );
                Err(self.refused(1, message, false))
            }
            Err(Again::Unknown(why)) => Err(self.refused(1, why, true)),
        }
    }

    /// The next line that holds something; nothing at the end.
    fn next_line(&mut self) -> Option<Result<(), Refused>> {
        loop {
            self.buffer.clear();
            self.line = self.line.saturating_add(1);
            match self.input.by_ref().take(ORDER_BYTES_MAX).read_until(b'\n', &mut self.buffer) {
                Ok(0) => return None,
                Ok(_) if u64::try_from(self.buffer.len()).is_ok_and(|n| n >= ORDER_BYTES_MAX) => {
                    let message = format!("a line has at most {ORDER_BYTES_MAX} bytes");
                    return Some(Err(self.refused(1, message, true)));
                }
                Ok(_) if self.buffer.trim_ascii().is_empty() => {}
                Ok(_) => return Some(Ok(())),
                Err(error) => return Some(Err(self.refused(1, error.to_string(), true))),
            }
        }
    }
}

impl<R: BufRead> Iterator for JsonLines<R> {
    type Item = Result<Found, Refused>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        if let Err(refused) = self.next_line()? {
            return Some(Err(refused));
        }
        Some(match serde_json::from_slice(&self.buffer) {
            Ok(new) => self.met_once(new),
            Err(error) => {
                // Its own line number counts from the start of this line.
                let said = error.to_string();
                let message = said.split(" at line ").next().unwrap_or(&said).to_owned();
                Err(self.refused(error.column(), message, false))
            }
        })
    }
}
