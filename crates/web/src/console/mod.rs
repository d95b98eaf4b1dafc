//! The console: what staff see. One file a page.

mod appearance;
mod cases;
mod sign_in;

use crate::pages::gallery::Sample;
use crate::pages::{Layout, Page};

/// Every page of the console.
pub(crate) fn pages() -> Vec<Page> {
    [appearance::pages(), sign_in::pages(), cases::pages()].into_iter().flatten().collect()
}

/// Every page of the console with samples.
pub(crate) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    [sign_in::samples(layout), cases::samples(layout)].into_iter().flatten().collect()
}
