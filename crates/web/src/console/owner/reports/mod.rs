//! The reports: what came back and why, how long it took, what it cost, and whether promises were kept. Each is read as charts, as a
//! table, and as a file to take away.
//!
//! - `overview`: the figures of a period. `one`: one report. `told`: a report in words: its charts and its table.
//! - `chart`: SVG.

mod chart;
mod one;
mod overview;
mod told;

use backhaul_app::reports::{MONTHS_MAX, Month, Period, ReportKind};
use backhaul_language::{Speaks, words as w};

use crate::Service;
use crate::api::reports::USUAL_MONTHS;
use crate::pages::address::asked;
use crate::pages::form::Faults;
use crate::pages::gallery::Sample;
use crate::pages::{Layout, Page, Visit};

const REPORTS: &str = "/desk/reports";

pub(super) fn pages() -> Vec<Page> {
    let all = [overview::pages(), one::pages()];
    all.into_iter().flatten().collect()
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let all = [overview::samples(layout), one::samples(layout)];
    all.into_iter().flatten().collect()
}

/// The period that is asked for, as it was typed and as it is read.
struct Asked {
    from: String,
    to: String,
    period: Period,
    faults: Faults,
}

impl Asked {
    /// The period in the query, or the last twelve months; those also where it is none, which is told.
    fn of(service: &Service, visit: &Visit) -> Self {
        let today = visit.now.to_zoned(service.app.zone()).date();
        let this_month = Month::of(today);
        let usual = (this_month.before(USUAL_MONTHS - 1), this_month);
        let mut faults = Faults::default();
        let mut month = |name: &str, usual: Month| {
            let Some(typed) = asked(visit, name) else { return (usual.to_string(), Some(usual)) };
            let read = Month::parse(&typed);
            if read.is_none() {
                faults.add(name, w::report_month_wrong(visit));
            }
            (typed, read)
        };
        let (to, last) = month("to", usual.1);
        let first = last.map_or(usual.0, |last| last.before(USUAL_MONTHS - 1));
        let (from, first) = month("from", first);
        let period = first.zip(last).and_then(|(first, last)| Period::new(first, last));
        if period.is_none() && faults.is_empty() {
            faults.add("from", w::report_period_wrong(visit, MONTHS_MAX));
        }
        let usual = || Period::new(usual.0, usual.1).unwrap_or(Period::of(this_month));
        Self { from, to, period: period.unwrap_or_else(usual), faults }
    }
}

/// A way to one of the reports, in the same period.
struct Tab {
    href: String,
    name: String,
    is_here: bool,
}

fn tabs(language: impl Speaks + Copy, here: Option<ReportKind>, period: Period) -> Vec<Tab> {
    let range = range(period);
    let overview = Tab {
        href: format!("{REPORTS}?{range}"),
        name: w::report_overview(language).into_owned(),
        is_here: here.is_none(),
    };
    let tab = |kind: &ReportKind| Tab {
        href: format!("{REPORTS}/{}?{range}", kind.as_str()),
        name: name(language, *kind),
        is_here: here == Some(*kind),
    };
    std::iter::once(overview).chain(ReportKind::ALL.iter().map(tab)).collect()
}

/// A period as a query says it.
fn range(period: Period) -> String {
    format!("from={}&to={}", period.from(), period.to())
}

/// What a report is called.
fn name(language: impl Speaks, kind: ReportKind) -> String {
    let name = match kind {
        ReportKind::Returns => w::report_returns(language),
        ReportKind::Products => w::report_products(language),
        ReportKind::Batches => w::report_batches(language),
        ReportKind::Times => w::report_times(language),
        ReportKind::Freight => w::report_freight(language),
        ReportKind::Promises => w::report_promises(language),
    };
    name.into_owned()
}

/// A month with its year.
fn month(language: impl Speaks + Copy, month: Month) -> String {
    let (year, month) = month.year_and_month();
    w::report_month(language, w::format_month(language, month), year).into_owned()
}
