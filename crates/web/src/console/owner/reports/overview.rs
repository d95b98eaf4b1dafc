//! The figures of a period at a glance, each with the way to its report.

use axum::extract::State;
use backhaul_app::Right;
use backhaul_app::reports::{Month, Period, Report, ReportKind};
use backhaul_language::words as w;
use backhaul_store::Error;

use super::told::{all_returns, borne, hours, kept, share};
use super::{Asked, REPORTS, Tab, name, range, tabs};
use crate::Service;
use crate::api::reports::USUAL_LINES;
use crate::pages::form::Faults;
use crate::pages::gallery::{Sample, sample};
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

pub(super) fn pages() -> Vec<Page> {
    vec![Page::get(REPORTS, Reader::With(Right::ReadReports), show)]
}

/// One figure.
struct Figure {
    what: String,
    /// One, or one for each currency.
    values: Vec<String>,
    href: String,
    report: String,
}

#[derive(askama::Template)]
#[template(path = "console/owner/reports/overview.html")]
struct OverviewPage {
    layout: Layout,
    faults: Faults,
    tabs: Vec<Tab>,
    from: String,
    to: String,
    figures: Vec<Figure>,
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let asked = Asked::of(&service, &visit);
    let layout = Layout::of(&visit, &w::reports_title(&visit));
    let figures = figures(&service, &layout, asked.period).await?;
    draw(&page(layout, asked, figures))
}

fn page(layout: Layout, asked: Asked, figures: Vec<Figure>) -> OverviewPage {
    let Asked { from, to, period, faults } = asked;
    OverviewPage { faults, tabs: tabs(&layout, None, period), from, to, figures, layout }
}

async fn figures(
    service: &Service,
    layout: &Layout,
    period: Period,
) -> Result<Vec<Figure>, PageFault> {
    let mut figures = Vec::new();
    let mut add = |what: String, values: Vec<String>, kind: ReportKind| {
        let href = format!("{REPORTS}/{}?{}", kind.as_str(), range(period));
        figures.push(Figure { what, values, href, report: name(layout, kind) });
    };
    let ask = |kind| async move {
        Ok::<_, Error>((kind, service.app.report(kind, period, USUAL_LINES).await?))
    };
    // Each reads every unit of the period: two at once, so that others find a connection free.
    let (returns, times) = tokio::try_join!(ask(ReportKind::Returns), ask(ReportKind::Times))?;
    let (promises, freight) =
        tokio::try_join!(ask(ReportKind::Promises), ask(ReportKind::Freight))?;
    for (kind, report) in [returns, times, promises, freight] {
        match report {
            Report::Returns(lines) => {
                let all = all_returns(&lines);
                let no_fault = share(layout, all.no_fault_found_permille);
                add(w::report_units(layout).into_owned(), vec![all.units.to_string()], kind);
                add(w::report_no_fault_share(layout).into_owned(), vec![no_fault], kind);
            }
            Report::Times(lines) => {
                let whole = lines.iter().find(|line| line.month.is_none());
                let decision = whole.and_then(|line| line.decision.median_hours);
                let refund = whole.and_then(|line| line.refund.median_hours);
                let names = [w::report_decision_median(layout), w::report_refund_median(layout)];
                for (name, took) in names.into_iter().zip([decision, refund]) {
                    add(name.into_owned(), vec![hours(layout, took)], kind);
                }
            }
            Report::Promises(lines) => {
                add(
                    w::report_kept_share(layout).into_owned(),
                    vec![share(layout, kept(&lines))],
                    kind,
                );
            }
            Report::Freight(lines) => {
                let sums = borne(&lines, |line| line.merchant);
                let sums = sums.iter().filter(|sum| !sum.is_zero());
                let sums: Vec<_> = sums.map(|sum| layout.money(sum)).collect();
                let sums = if sums.is_empty() { vec!["–".to_owned()] } else { sums };
                add(w::report_borne_by_merchant(layout).into_owned(), sums, kind);
            }
            Report::Products(_) | Report::Batches(_) => {}
        }
    }
    Ok(figures)
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let around = || {
        let around = layout("");
        Layout { title: w::reports_title(&around).into_owned(), here: REPORTS.to_owned(), ..around }
    };
    let Some(month) = Month::parse("2026-03") else { return Vec::new() };
    let asked = Asked {
        from: month.to_string(),
        to: month.to_string(),
        period: Period::of(month),
        faults: Faults::default(),
    };
    let figure = |what: String, values: &[&str]| Figure {
        what,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        href: format!("{REPORTS}/returns"),
        report: name(around(), ReportKind::Returns),
    };
    let figures = vec![
        figure(w::report_units(around()).into_owned(), &["128"]),
        figure(w::report_no_fault_share(around()).into_owned(), &["11%"]),
        figure(
            w::report_borne_by_merchant(around()).into_owned(),
            &["EUR 1,234.56", "CNY 88,000.00"],
        ),
    ];
    vec![sample("console-reports", &page(around(), asked, figures))]
}
