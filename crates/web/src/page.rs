//! Lists in pages. A cursor says behind which row the next page begins: rows that come or go meanwhile are neither shown twice
//! nor pushed past the reader.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::problem::{Problem, ProblemCode};

/// The most rows of a page.
pub(crate) const LIMIT_MAX: u32 = 200;
/// The rows of a page where no limit is asked for.
const LIMIT: u32 = 50;
/// The most characters of a cursor.
pub(crate) const CURSOR_CHARS_MAX: usize = 2_000;

/// Which page is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    cursor: Option<String>,
    limit: Option<u32>,
}

impl Asked {
    pub(crate) fn new(cursor: Option<String>, limit: Option<u32>) -> Self {
        Self { cursor, limit }
    }

    /// How many rows.
    pub(crate) fn limit(&self) -> Result<u32, Problem> {
        let limit = self.limit.unwrap_or(LIMIT);
        if (1..=LIMIT_MAX).contains(&limit) {
            return Ok(limit);
        }
        let message = format!("`limit` is from 1 to {LIMIT_MAX}");
        Err(Problem::new(ProblemCode::MalformedQuery, message))
    }

    /// Behind which row.
    pub(crate) fn after<T: DeserializeOwned>(&self) -> Result<Option<T>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let malformed = || Problem::plain(ProblemCode::MalformedCursor);
        if cursor.len() > CURSOR_CHARS_MAX {
            return Err(malformed());
        }
        let bytes = unhex(cursor).ok_or_else(malformed)?;
        let given: Value = serde_json::from_slice(&bytes).map_err(|_| malformed())?;
        if has_control(&given) {
            return Err(malformed());
        }
        serde_json::from_value(given).map(Some).map_err(|_| malformed())
    }
}

/// Whether a text in it is none that a list could have given.
fn has_control(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().any(char::is_control),
        Value::Array(items) => items.iter().any(has_control),
        _ => false,
    }
}

/// One page of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The rows.
    pub(crate) items: Vec<T>,
    /// The cursor of the next page; nothing where this is the last.
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// The page of these rows; there may be more where it is full.
    pub(crate) fn of<R, C: Serialize>(
        rows: Vec<R>,
        limit: u32,
        cursor: impl Fn(&R) -> C,
        show: impl FnMut(R) -> T,
    ) -> Self {
        let is_full = u32::try_from(rows.len()).is_ok_and(|rows| rows >= limit);
        let last = rows.last().filter(|_| is_full);
        let next = last.and_then(|row| self::cursor(&cursor(row)));
        Self { items: rows.into_iter().map(show).collect(), next }
    }
}

/// The cursor behind that row.
pub(crate) fn cursor<C: Serialize>(row: &C) -> Option<String> {
    serde_json::to_vec(row).ok().map(|bytes| hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|sign| sign.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    let byte = |pair: &[u32]| match pair {
        [high, low] => u8::try_from(high.checked_mul(16)?.checked_add(*low)?).ok(),
        _ => None,
    };
    digits.chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::{Asked, hex, unhex};

    #[test]
    fn a_cursor_is_read_as_it_was_given_and_nothing_else_is() {
        assert_eq!(unhex(&hex(b"\x00\xff a")).unwrap(), b"\x00\xff a");
        for cursor in ["x", "0", "zz", "é", "7b", &"0".repeat(3_000)] {
            let asked = Asked::new(Some(cursor.to_owned()), None);
            assert!(asked.after::<(i64, String)>().is_err(), "{cursor}");
        }
    }
}
