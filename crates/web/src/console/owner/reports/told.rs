//! A report in words: what its charts show, and its table.

use backhaul_app::reports::{
    FreightLine, Month, Period, ProductLine, PromisesLine, Report, ReturnsLine, TimesLine, Took,
    Units,
};
use backhaul_core::money::Money;
use backhaul_core::words::{Cause, Payer};
use backhaul_language::{format, terms, words as w};

use super::chart::{Count, Drawn, Said, Series, bars, columns, lines};
use super::month;
use crate::pages::Layout;

/// The most characters of a name beside a bar; the table has all of it.
const NAME_CHARS_MAX: usize = 24;
/// How many bars a chart of products or batches has; the table has all of them.
const BARS_MAX: usize = 12;

/// A chart with its title.
pub(super) struct Chart {
    pub(super) title: String,
    pub(super) drawn: Drawn,
}

/// A table: of its columns the first ones hold words, the others numbers.
pub(super) struct Table {
    pub(super) head: Vec<String>,
    pub(super) words: usize,
    pub(super) rows: Vec<Vec<String>>,
}

/// A report in words.
pub(super) struct Told {
    pub(super) charts: Vec<Chart>,
    pub(super) table: Table,
}

/// The report of that period in the reader's words; charts have every month, also one in which nothing happened.
pub(super) fn told(layout: &Layout, period: Period, report: &Report) -> Told {
    match report {
        Report::Returns(lines) => returns(layout, period, lines),
        Report::Products(lines) | Report::Batches(lines) => products(layout, report, lines),
        Report::Times(lines) => times(layout, period, lines),
        Report::Freight(lines) => freight(layout, period, lines),
        Report::Promises(lines) => promises(layout, period, lines),
    }
}

/// Tenths of a percent as a percentage of whole parts.
pub(super) fn share(layout: &Layout, permille: Option<i64>) -> String {
    let rounded = permille.map(|permille| permille.saturating_add(5) / 10);
    let percent = rounded.and_then(|percent| u32::try_from(percent).ok());
    percent.map_or_else(|| "–".to_owned(), |percent| format::percent(layout, percent))
}

/// Whole hours, and from two days on whole days as well.
pub(super) fn hours(layout: &Layout, hours: Option<i64>) -> String {
    match hours {
        None => "–".to_owned(),
        Some(hours) if hours >= 48 => w::report_days(layout, hours / 24).into_owned(),
        Some(hours) => w::report_hours(layout, hours).into_owned(),
    }
}

fn chart(
    layout: &Layout,
    id: &str,
    title: String,
    counts: &[Count],
    draw: impl FnOnce(Said, &[Count]) -> Drawn,
) -> Chart {
    let most = counts.iter().max_by_key(|count| count.value).filter(|count| count.value > 0);
    let description = match most {
        Some(most) => w::report_chart_most(
            layout,
            format!("{} {}", most.label, most.below).trim(),
            &most.shown,
        ),
        None => w::report_chart_nothing(layout),
    };
    let description = description.into_owned();
    let said = Said { id: id.to_owned(), title: title.clone(), description };
    Chart { title, drawn: draw(said, counts) }
}

/// A month below its column: its number, and the year where that begins.
fn places(period: Period) -> Vec<(String, String)> {
    let place = |(place, month): (usize, Month)| {
        let (year, month) = month.year_and_month();
        let is_first = place == 0 || month == 1;
        (month.to_string(), if is_first { year.to_string() } else { String::new() })
    };
    period.each().enumerate().map(place).collect()
}

fn by_month(
    period: Period,
    value: impl Fn(Month) -> Option<i64>,
    shown: impl Fn(Option<i64>) -> String,
) -> Vec<Count> {
    let count = |(month, (label, below)): (Month, (String, String))| {
        let value = value(month);
        Count { label, below, value: value.unwrap_or(0), shown: shown(value) }
    };
    period.each().zip(places(period)).map(count).collect()
}

fn number(number: Option<i64>) -> String {
    number.unwrap_or(0).to_string()
}

fn counted(counts: Units, layout: &Layout) -> Vec<String> {
    vec![
        counts.units.to_string(),
        counts.inspected.to_string(),
        counts.no_fault_found.to_string(),
        share(layout, counts.no_fault_found_permille),
    ]
}

fn sum<'l>(lines: impl Iterator<Item = &'l Units>) -> Units {
    let mut sum = Units::default();
    for line in lines {
        sum.units = sum.units.saturating_add(line.units);
        sum.inspected = sum.inspected.saturating_add(line.inspected);
        sum.no_fault_found = sum.no_fault_found.saturating_add(line.no_fault_found);
    }
    let permille = sum.no_fault_found.saturating_mul(1_000).checked_div(sum.inspected);
    Units { no_fault_found_permille: permille, ..sum }
}

/// What was claimed and inspected over all lines.
pub(super) fn all_returns(lines: &[ReturnsLine]) -> Units {
    sum(lines.iter().map(|line| &line.counts))
}

fn count_heads(layout: &Layout, first: &[String]) -> Vec<String> {
    let counts = [
        w::report_units(layout),
        w::report_inspected(layout),
        w::report_no_fault(layout),
        w::report_no_fault_share(layout),
    ];
    first.iter().cloned().chain(counts.map(std::borrow::Cow::into_owned)).collect()
}

fn cause(layout: &Layout, text: &str) -> String {
    let known = Cause::ALL.iter().find(|cause| cause.as_str() == text);
    known.map_or_else(|| text.to_owned(), |cause| terms::cause(layout, *cause).into_owned())
}

fn returns(layout: &Layout, period: Period, lines: &[ReturnsLine]) -> Told {
    let in_month = |month: Month| {
        sum(lines.iter().filter(|line| line.month == month).map(|line| &line.counts))
    };
    let months = by_month(period, |month| Some(in_month(month).units), number);
    let permille = |month: Month| in_month(month).no_fault_found_permille;
    let shares = by_month(period, permille, |permille| share(layout, permille));
    let of_cause = |known: &Cause| {
        let of = lines.iter().filter(|line| line.cause == known.as_str()).map(|line| &line.counts);
        let value = sum(of).units;
        let label = terms::cause(layout, *known).into_owned();
        Count { label, below: String::new(), value, shown: value.to_string() }
    };
    let mut causes: Vec<_> = Cause::ALL.iter().map(of_cause).collect();
    causes.sort_by_key(|count| std::cmp::Reverse(count.value));
    let title = |text: std::borrow::Cow<'static, str>| text.into_owned();
    let charts = vec![
        chart(layout, "months", title(w::report_by_month(layout)), &months, columns),
        chart(layout, "causes", title(w::report_by_cause(layout)), &causes, bars),
        chart(layout, "shares", title(w::report_no_fault_by_month(layout)), &shares, columns),
    ];
    let row = |line: &ReturnsLine| {
        [vec![month(layout, line.month), cause(layout, &line.cause)], counted(line.counts, layout)]
            .concat()
    };
    let mut rows: Vec<_> = lines.iter().map(row).collect();
    let all = vec![title(w::report_all(layout)), String::new()];
    rows.push([all, counted(all_returns(lines), layout)].concat());
    let first = [title(w::report_month_head(layout)), title(w::report_cause(layout))];
    Told { charts, table: Table { head: count_heads(layout, &first), words: 2, rows } }
}

fn products(layout: &Layout, report: &Report, lines: &[ProductLine]) -> Told {
    let is_by_batch = matches!(report, Report::Batches(_));
    let name = |line: &ProductLine| match &line.batch {
        Some(batch) => format!("{batch} · {}", line.sku),
        None => line.sku.clone(),
    };
    let count = |line: &ProductLine| {
        let permille = line.counts.no_fault_found_permille;
        let units = line.counts.units;
        let shown = match permille {
            Some(_) => {
                w::report_units_and_share(layout, share(layout, permille), units).into_owned()
            }
            None => units.to_string(),
        };
        Count { label: cut(&name(line)), below: String::new(), value: units, shown }
    };
    let counts: Vec<_> = lines.iter().take(BARS_MAX).map(count).collect();
    let (title, first) = if is_by_batch {
        let first = vec![w::report_batch(layout), w::report_sku(layout)];
        (w::report_by_batch(layout), first)
    } else {
        (w::report_by_product(layout), vec![w::report_sku(layout)])
    };
    let first: Vec<_> = first.into_iter().map(std::borrow::Cow::into_owned).collect();
    let row = |line: &ProductLine| {
        let mut words = vec![line.sku.clone()];
        if is_by_batch {
            words.insert(0, line.batch.clone().unwrap_or_default());
        }
        [words, counted(line.counts, layout)].concat()
    };
    let table = Table {
        head: count_heads(layout, &first),
        words: first.len(),
        rows: lines.iter().map(row).collect(),
    };
    Told { charts: vec![chart(layout, "most", title.into_owned(), &counts, bars)], table }
}

fn cut(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS_MAX {
        return name.to_owned();
    }
    name.chars().take(NAME_CHARS_MAX).chain(['…']).collect()
}

fn times(layout: &Layout, period: Period, all: &[TimesLine]) -> Told {
    let of = |month: Month| all.iter().find(|line| line.month == Some(month));
    let series = |name: String, took: fn(&TimesLine) -> Took| -> Series {
        (name, period.each().map(|month| took(of(month)?).median_hours).collect())
    };
    let both = [
        series(w::report_to_decision(layout).into_owned(), |line| line.decision),
        series(w::report_to_refund(layout).into_owned(), |line| line.refund),
    ];
    let whole = all.iter().find(|line| line.month.is_none());
    let [decision, refund] = [whole.map(|line| line.decision), whole.map(|line| line.refund)]
        .map(|took| hours(layout, took.and_then(|took| took.median_hours)));
    let title = w::report_times_by_month(layout).into_owned();
    let description = w::report_times_desc(layout, decision, refund).into_owned();
    let said = Said { id: "times".to_owned(), title: title.clone(), description };
    let drawn = lines(said, &places(period), both, |value| hours(layout, Some(value)));
    let took = |took: Took| {
        vec![
            took.units.to_string(),
            hours(layout, took.median_hours),
            hours(layout, took.p90_hours),
        ]
    };
    let row = |line: &TimesLine| {
        let name =
            line.month.map_or_else(|| w::report_all(layout).into_owned(), |of| month(layout, of));
        [vec![name], took(line.decision), took(line.refund)].concat()
    };
    let head = [
        w::report_month_head(layout),
        w::report_decided(layout),
        w::report_decision_median(layout),
        w::report_decision_p90(layout),
        w::report_refunded(layout),
        w::report_refund_median(layout),
        w::report_refund_p90(layout),
    ];
    let table = Table {
        head: head.map(std::borrow::Cow::into_owned).into(),
        words: 1,
        rows: all.iter().map(row).collect(),
    };
    Told { charts: vec![Chart { title, drawn }], table }
}

/// Whose part of the freight.
type Side = fn(&FreightLine) -> Money;

/// What one side bears over all lines, by currency.
pub(super) fn borne(lines: &[FreightLine], part: Side) -> Vec<Money> {
    let mut sums: Vec<Money> = Vec::new();
    for amount in lines.iter().map(part) {
        match sums.iter_mut().find(|sum| sum.currency == amount.currency) {
            // A sum that no number holds stays what it was; the lines below it are right.
            Some(sum) => *sum = sum.plus(amount).unwrap_or(*sum),
            None => sums.push(amount),
        }
    }
    sums
}

fn freight(layout: &Layout, period: Period, lines: &[FreightLine]) -> Told {
    let mut charts = Vec::new();
    let sides: [(Side, _, _); 2] = [
        (|line| line.merchant, "merchant", w::report_borne_by_merchant(layout)),
        (|line| line.buyer, "buyer", w::report_borne_by_buyers(layout)),
    ];
    for (part, id, title) in sides {
        for sum in borne(lines, part).into_iter().filter(|sum| !sum.is_zero()) {
            let of = |month: Month| {
                let amounts = lines.iter().filter(|line| line.month == month).map(part);
                let ours = amounts.filter(|amount| amount.currency == sum.currency);
                Some(ours.fold(0_i64, |all, amount| all.saturating_add(amount.minor)))
            };
            let shown = |minor: Option<i64>| match minor.unwrap_or(0) {
                0 => "0".to_owned(),
                minor => Money::new(minor, sum.currency).amount(),
            };
            let (id, title) =
                (format!("{id}-{}", sum.currency), format!("{title} ({})", sum.currency));
            charts.push(chart(layout, &id, title, &by_month(period, of, shown), columns));
        }
    }
    let payer = |line: &FreightLine| {
        let known = |payer: &&Payer| Some(payer.as_str()) == line.payer.as_deref();
        let payer = Payer::ALL.iter().find(known);
        payer
            .map_or_else(|| w::report_nobody(layout), |payer| terms::payer(layout, *payer))
            .into_owned()
    };
    let row = |line: &FreightLine| {
        vec![
            month(layout, line.month),
            payer(line),
            line.units.to_string(),
            layout.money(&line.merchant),
            layout.money(&line.buyer),
        ]
    };
    let head = [
        w::report_month_head(layout),
        w::report_payer(layout),
        w::report_units(layout),
        w::report_merchant(layout),
        w::report_buyer(layout),
    ];
    let table = Table {
        head: head.map(std::borrow::Cow::into_owned).into(),
        words: 2,
        rows: lines.iter().map(row).collect(),
    };
    Told { charts, table }
}

/// The share of promises whose day is over that were kept, in tenths of a percent.
pub(super) fn kept(lines: &[PromisesLine]) -> Option<i64> {
    let count =
        |part: fn(&PromisesLine) -> i64| lines.iter().map(part).fold(0_i64, i64::saturating_add);
    let kept = count(|line| line.kept);
    let over =
        kept.saturating_add(count(|line| line.late)).saturating_add(count(|line| line.overdue));
    kept.saturating_mul(1_000).checked_div(over)
}

fn promises(layout: &Layout, period: Period, lines: &[PromisesLine]) -> Told {
    let of =
        |month: Month| lines.iter().filter(|line| line.month == month).copied().collect::<Vec<_>>();
    let kept_in = |month: Month| kept(&of(month));
    let counts = by_month(period, kept_in, |permille| share(layout, permille));
    let row = |line: &PromisesLine| {
        let counts = [line.kept, line.late, line.overdue, line.open].map(|count| count.to_string());
        [vec![month(layout, line.month)], counts.to_vec(), vec![share(layout, kept(&[*line]))]]
            .concat()
    };
    let head = [
        w::report_month_head(layout),
        w::report_kept(layout),
        w::report_late(layout),
        w::report_overdue(layout),
        w::report_open(layout),
        w::report_kept_share(layout),
    ];
    let table = Table {
        head: head.map(std::borrow::Cow::into_owned).into(),
        words: 1,
        rows: lines.iter().map(row).collect(),
    };
    let title = w::report_kept_by_month(layout).into_owned();
    Told { charts: vec![chart(layout, "kept", title, &counts, columns)], table }
}
