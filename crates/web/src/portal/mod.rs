//! The portal: what a buyer sees. One file a page.

mod start;

use crate::pages::Page;
use crate::pages::gallery::Sample;

/// Every page of the portal.
pub(crate) fn pages() -> Vec<Page> {
    [start::pages()].into_iter().flatten().collect()
}

/// Every page of the portal with samples.
pub(crate) fn samples(layout: &dyn Fn(&str) -> crate::pages::Layout) -> Vec<Sample> {
    [start::samples(layout)].into_iter().flatten().collect()
}
