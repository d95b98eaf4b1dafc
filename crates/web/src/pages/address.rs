//! What stands in an address: a value of its query, and a name as a part of its path.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fault::PageFault;
use super::visit::Visit;
use crate::page::{Asked, Page};

/// A value of the query of the page that is looked at; nothing where it is empty.
pub(crate) fn asked(visit: &Visit, name: &str) -> Option<String> {
    let (_, query) = visit.here.split_once('?')?;
    let found = form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name);
    found.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// A name as one part of a path, or as a value of a query.
pub(crate) fn part(name: &str) -> Cow<'_, str> {
    let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    // In a path a plus sign is itself.
    if encoded.contains('+') { encoded.replace('+', "%20").into() } else { encoded.into() }
}

/// Behind which row the list begins that is looked at.
///
/// # Errors
/// The cursor is none of ours.
pub(crate) fn after<T: DeserializeOwned>(visit: &Visit) -> Result<Option<T>, PageFault> {
    let cursor = Asked::new(asked(visit, "after"), None);
    cursor.after().map_err(|_| PageFault::Malformed)
}

/// The cursor of the next page of a list, where there is one.
pub(crate) fn next<R, C: Serialize>(
    rows: Vec<R>,
    limit: u32,
    cursor: impl Fn(&R) -> C,
) -> (Vec<R>, Option<String>) {
    let page = Page::of(rows, limit, cursor, |row| row);
    (page.items, page.next)
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn a_name_is_one_part_of_a_path_whatever_it_is() {
        assert_eq!(part("SO-1001-R1"), "SO-1001-R1");
        assert_eq!(part("a b/c#1?x"), "a%20b%2Fc%231%3Fx");
    }
}
