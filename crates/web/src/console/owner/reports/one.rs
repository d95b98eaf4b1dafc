//! One report over some months: its charts, its table, and the file of it.

use axum::extract::{Path, State};
use backhaul_app::Right;
use backhaul_app::reports::{LINES_MAX, Month, Period, Report, ReportKind, ReturnsLine, Units};
use backhaul_language::words as w;

use super::told::{Chart, Table, told};
use super::{Asked, REPORTS, Tab, name, range, tabs};
use crate::Service;
use crate::api::reports::{USUAL_LINES, csv};
use crate::pages::address::asked;
use crate::pages::form::Faults;
use crate::pages::gallery::{Sample, sample};
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

pub(super) fn pages() -> Vec<Page> {
    let reader = Reader::With(Right::ReadReports);
    vec![
        Page::get("/desk/reports/{report}", reader, show),
        Page::get("/desk/reports/{report}/csv", reader, download),
    ]
}

#[derive(askama::Template)]
#[template(path = "console/owner/reports/one.html")]
struct ReportPage {
    layout: Layout,
    faults: Faults,
    tabs: Vec<Tab>,
    title: String,
    help: String,
    from: String,
    to: String,
    /// How many lines at most, where the report has such a limit.
    top: Option<u32>,
    lines_max: u32,
    charts: Vec<Chart>,
    table: Table,
    file: String,
}

/// What is asked for.
struct Wanted {
    kind: ReportKind,
    asked: Asked,
    top: u32,
}

impl Wanted {
    fn of(service: &Service, visit: &Visit, report: &str) -> Result<Self, PageFault> {
        let kind = ReportKind::parse(report).ok_or(PageFault::NotFound)?;
        let mut period = Asked::of(service, visit);
        let typed = asked(visit, "top");
        let top = typed.map(|typed| typed.parse().ok().filter(|top| (1..=LINES_MAX).contains(top)));
        let top = top.unwrap_or(Some(USUAL_LINES));
        if top.is_none() {
            period.faults.add("top", w::report_top_wrong(visit, LINES_MAX));
        }
        Ok(Self { kind, asked: period, top: top.unwrap_or(USUAL_LINES) })
    }
}

async fn show(State(service): State<Service>, visit: Visit, Path(report): Path<String>) -> Answer {
    let wanted = Wanted::of(&service, &visit, &report)?;
    let period = wanted.asked.period;
    let report = service.app.report(wanted.kind, period, wanted.top).await?;
    draw(&page(Layout::of(&visit, &name(&visit, wanted.kind)), wanted, &report))
}

fn page(layout: Layout, wanted: Wanted, report: &Report) -> ReportPage {
    let Wanted { kind, asked: Asked { from, to, period, faults }, top } = wanted;
    let is_limited = matches!(kind, ReportKind::Products | ReportKind::Batches);
    let mut told = told(&layout, period, report);
    if is_empty(report) {
        told.table.rows.clear();
    }
    let help = match kind {
        ReportKind::Returns => w::report_returns_help(&layout),
        ReportKind::Products => w::report_products_help(&layout),
        ReportKind::Batches => w::report_batches_help(&layout),
        ReportKind::Times => w::report_times_help(&layout),
        ReportKind::Freight => w::report_freight_help(&layout),
        ReportKind::Promises => w::report_promises_help(&layout),
    };
    let file = format!("{REPORTS}/{}/csv?{}&top={top}", kind.as_str(), range(period));
    ReportPage {
        faults,
        tabs: tabs(&layout, Some(kind), period),
        title: name(&layout, kind),
        help: help.into_owned(),
        from,
        to,
        top: is_limited.then_some(top),
        lines_max: LINES_MAX,
        charts: told.charts,
        table: told.table,
        file,
        layout,
    }
}

/// Whether nothing was returned in that period.
fn is_empty(report: &Report) -> bool {
    match report {
        Report::Returns(lines) => lines.is_empty(),
        Report::Products(lines) | Report::Batches(lines) => lines.is_empty(),
        Report::Times(lines) => lines.iter().all(|line| line.month.is_none()),
        Report::Freight(lines) => lines.is_empty(),
        Report::Promises(lines) => lines.is_empty(),
    }
}

async fn download(
    State(service): State<Service>,
    visit: Visit,
    Path(report): Path<String>,
) -> Answer {
    let Wanted { kind, asked, top } = Wanted::of(&service, &visit, &report)?;
    if let Some((_, message)) = asked.faults.all().first() {
        return Err(PageFault::Said(message.clone()));
    }
    let report = service.app.report(kind, asked.period, top).await?;
    csv(&report, kind, asked.period).map_err(|error| PageFault::mistake(&error))
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let Some((from, to)) = Month::parse("2025-07").zip(Month::parse("2026-06")) else {
        return Vec::new();
    };
    let Some(period) = Period::new(from, to) else { return Vec::new() };
    let wanted = |kind, faults| Wanted {
        kind,
        asked: Asked { from: from.to_string(), to: to.to_string(), period, faults },
        top: USUAL_LINES,
    };
    let around = |kind: ReportKind| {
        let around = layout("");
        let title = name(&around, kind);
        Layout { title, here: format!("{REPORTS}/{}", kind.as_str()), ..around }
    };
    let line = |month, cause: &str, units| ReturnsLine {
        month,
        cause: cause.to_owned(),
        counts: Units {
            units,
            inspected: units / 2,
            no_fault_found: units / 5,
            no_fault_found_permille: Some(400),
        },
    };
    let returns = Report::Returns(vec![line(from, "quality", 31), line(to, "damaged", 12)]);
    let drawn = |kind, faults, report: &Report| page(around(kind), wanted(kind, faults), report);
    let mut faults = Faults::default();
    faults.add("from", w::report_month_wrong(layout("")));
    let empty = |kind: ReportKind| match kind {
        ReportKind::Returns => Report::Returns(Vec::new()),
        ReportKind::Products => Report::Products(Vec::new()),
        ReportKind::Batches => Report::Batches(Vec::new()),
        ReportKind::Times => Report::Times(Vec::new()),
        ReportKind::Freight => Report::Freight(Vec::new()),
        ReportKind::Promises => Report::Promises(Vec::new()),
    };
    let empties = ReportKind::ALL.iter().map(|kind| {
        let page = drawn(*kind, Faults::default(), &empty(*kind));
        sample(&format!("console-report-{}-empty", kind.as_str()), &page)
    });
    let full = drawn(ReportKind::Returns, Faults::default(), &returns);
    let wrong = drawn(ReportKind::Returns, faults, &returns);
    let named = [sample("console-report", &full), sample("console-report-wrong", &wrong)];
    named.into_iter().chain(empties).collect()
}
