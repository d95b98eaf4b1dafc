//! The dock: boxes arrive, are scanned and booked in, and what is in them is inspected.
//!
//! - `scan`: one field that a scanner types into. `photo`: a picture in its place. `parcel`: the box that is on the table.
//! - `pictures`: of what was found.
//! - `held`: what arrived without belonging anywhere. `inspections`, `inspect`: what was found, and what follows from it.

mod held;
mod inspect;
mod inspections;
mod parcel;
mod photo;
mod pictures;
mod scan;

pub(super) use self::inspections::unit_href as inspection_href;
pub(super) use self::scan::DOCK;
use crate::pages::gallery::Sample;
use crate::pages::{Layout, Page};

pub(super) fn pages() -> Vec<Page> {
    let all = [scan::pages(), held::pages(), inspections::pages(), inspect::pages()];
    all.into_iter().flatten().collect()
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let all = [
        scan::samples(layout),
        held::samples(layout),
        inspections::samples(layout),
        inspect::samples(layout),
    ];
    all.into_iter().flatten().collect()
}
