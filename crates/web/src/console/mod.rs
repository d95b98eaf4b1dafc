//! The console: what staff see. One file a page.

mod appearance;
mod cases;
mod dock;
mod finance;
mod outgoing;
mod owner;
mod replacements;
mod sign_in;
mod waiting_page;

pub(crate) use self::appearance::own_address;
use self::dock::inspection_href;
pub(crate) use self::sign_in::PROVE;
use crate::pages::gallery::Sample;
use crate::pages::{Layout, Page};

/// Every page of the console.
pub(crate) fn pages() -> Vec<Page> {
    let all = [
        appearance::pages(),
        sign_in::pages(),
        cases::pages(),
        dock::pages(),
        finance::pages(),
        replacements::pages(),
        outgoing::pages(),
        owner::pages(),
    ];
    all.into_iter().flatten().collect()
}

/// Every page of the console with samples.
pub(crate) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let all = [
        sign_in::samples(layout),
        cases::samples(layout),
        dock::samples(layout),
        finance::samples(layout),
        replacements::samples(layout),
        outgoing::samples(layout),
        owner::samples(layout),
    ];
    all.into_iter().flatten().collect()
}
