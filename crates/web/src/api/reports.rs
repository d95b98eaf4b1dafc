//! The owner's reports, as JSON and as tables for a spreadsheet.

use axum::Json;
use axum::extract::State;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use backhaul_app::Right;
use backhaul_app::reports::{LINES_MAX, MONTHS_MAX, Month, Period, Report, ReportKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Service;
use crate::operation::{Access, Operation};
use crate::problem::{Problem, ProblemCode};
use crate::request::{InPath, InQuery};

/// How many months a report covers where nobody says.
pub(crate) const USUAL_MONTHS: i64 = 12;
/// How many lines a report by product has where nobody says.
pub(crate) const USUAL_LINES: u32 = 20;
const NAMES: &str = "^(returns|products|batches|times|freight|promises)$";
/// A month of the years that reports know.
const MONTH: &str = "^(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(0[1-9]|1[0-2])$";

const WHICH: &str = "`returns` by month and cause, `products`, `batches`, `times` to decision and refund, `freight` by payer, or \
                     `promises` kept.";

pub(crate) fn operations() -> Vec<Operation> {
    let access = Access::Right(Right::ReadReports);
    let described = |operation: Operation| {
        operation
            .path("report", 20, NAMES, WHICH)
            .query_matching(
                "from",
                MONTH,
                "The first month, such as `2026-01`; eleven before the last where it is left out.",
            )
            .query_matching("to", MONTH, "The last month; this one where it is left out.")
            .query_number(
                "top",
                1,
                i64::from(LINES_MAX),
                "How many products or batches at most, from 1 to 500; 20 where it is left out.",
            )
    };
    let json = Operation::new(
        Method::GET,
        "/reports/{report}",
        "read_report",
        "A report over at most 60 months, of claimed units by the month in which their cases were opened.",
        access,
        read,
    );
    let csv = Operation::new(
        Method::GET,
        "/reports/{report}/csv",
        "read_report_table",
        "The same report as a table (RFC 4180), of which no spreadsheet takes a cell for a formula.",
        access,
        table,
    );
    vec![
        described(json).answers::<ReportShown>(200, "The report."),
        described(csv).answers_file(200, "The table.", &["text/csv"]),
    ]
}

/// A report.
#[derive(Serialize, ToSchema)]
struct ReportShown {
    /// The first month.
    from: String,
    /// The last month.
    to: String,
    /// The report: its name under `report`, and its `lines`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    report: Report,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    from: Option<String>,
    to: Option<String>,
    top: Option<u32>,
}

/// The report that was asked for.
struct Wanted {
    kind: ReportKind,
    period: Period,
    top: u32,
}

fn wanted(service: &Service, name: &str, asked: Asked) -> Result<Wanted, Problem> {
    let unknown = || Problem::plain(ProblemCode::NotFound);
    let kind = ReportKind::parse(name).ok_or_else(unknown)?;
    let malformed = |what: &str| {
        Problem::new(ProblemCode::MalformedQuery, format!("`{what}` is a month such as `2026-01`"))
    };
    let month = |text: Option<String>, what: &str| {
        text.map(|text| Month::parse(&text).ok_or_else(|| malformed(what))).transpose()
    };
    let today = service.app.now().to_zoned(service.app.zone()).date();
    let to = month(asked.to, "to")?.unwrap_or_else(|| Month::of(today));
    let from = month(asked.from, "from")?.unwrap_or_else(|| to.before(USUAL_MONTHS - 1));
    let period = Period::new(from, to).ok_or_else(|| {
        let detail =
            format!("a period has 1 to {MONTHS_MAX} months, and `from` is not behind `to`");
        Problem::new(ProblemCode::MalformedQuery, detail)
    })?;
    let top = asked.top.unwrap_or(USUAL_LINES);
    if !(1..=LINES_MAX).contains(&top) {
        let detail = format!("`top` is 1 to {LINES_MAX}");
        return Err(Problem::new(ProblemCode::MalformedQuery, detail));
    }
    Ok(Wanted { kind, period, top })
}

async fn read(
    State(service): State<Service>,
    InPath(name): InPath<String>,
    InQuery(asked): InQuery<Asked>,
) -> Result<Json<ReportShown>, Problem> {
    let Wanted { kind, period, top } = wanted(&service, &name, asked)?;
    let report = service.app.report(kind, period, top).await?;
    let (from, to) = (period.from().to_string(), period.to().to_string());
    Ok(Json(ReportShown { from, to, report }))
}

async fn table(
    State(service): State<Service>,
    InPath(name): InPath<String>,
    InQuery(asked): InQuery<Asked>,
) -> Result<Response, Problem> {
    let Wanted { kind, period, top } = wanted(&service, &name, asked)?;
    let report = service.app.report(kind, period, top).await?;
    csv(&report, kind, period).map_err(|error| {
        tracing::error!(error, "a report cannot be written");
        Problem::plain(ProblemCode::Internal)
    })
}

/// A report as a file to take away.
pub(crate) fn csv(report: &Report, kind: ReportKind, period: Period) -> Result<Response, String> {
    let name = format!("{}-{}-{}.csv", kind.as_str(), period.from(), period.to());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, report.to_csv()?).into_response())
}
