//! Working days in China, walked day by day over the dates of `calendars/CN.toml`: the oracle's own count.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};

/// The dates that rule 10 gives for a day of receipt.
pub(crate) struct RefundDates {
    pub(crate) from: Date,
    pub(crate) by: Date,
    pub(crate) provisional: bool,
}

struct Year {
    published: bool,
    holidays: BTreeSet<Date>,
    worked: BTreeSet<Date>,
}

struct China {
    years: BTreeMap<i16, Year>,
    /// The days that are free in every year, as `month-day`.
    fixed: BTreeSet<String>,
}

static CHINA: LazyLock<China> = LazyLock::new(|| {
    let file: toml::Table =
        include_str!("../../../../calendars/CN.toml").parse().unwrap_or_else(|e| panic!("{e}"));
    let dates = |list: &toml::Value| -> Vec<Date> {
        list.as_array()
            .unwrap()
            .iter()
            .map(|date| date.as_datetime().unwrap().to_string().parse().unwrap())
            .collect()
    };
    let read_year = |year: &toml::Value| Year {
        published: year["status"].as_str() == Some("published"),
        holidays: year["holidays"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|holiday| dates(&holiday["days"]))
            .collect(),
        worked: dates(&year["worked"]).into_iter().collect(),
    };
    let years = file["years"].as_table().unwrap();
    let fixed = file["every_year"].as_array().unwrap();
    China {
        years: years.iter().map(|(name, year)| (name.parse().unwrap(), read_year(year))).collect(),
        fixed: fixed.iter().map(|day| day.as_str().unwrap().to_owned()).collect(),
    }
});

fn is_working_day(day: Date) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    match CHINA.years.get(&day.year()) {
        Some(year) => year.worked.contains(&day) || !weekend && !year.holidays.contains(&day),
        None => !weekend && !CHINA.fixed.contains(&day.strftime("%m-%d").to_string()),
    }
}

/// The 3rd and the 10th working day after a day of receipt, which is day 0.
pub(crate) fn refund_dates(received: Date) -> RefundDates {
    let mut day = received;
    let mut counted = Vec::new();
    let mut provisional = false;
    while counted.len() < 10 {
        day = day.tomorrow().unwrap();
        provisional |= CHINA.years.get(&day.year()).is_none_or(|year| !year.published);
        if is_working_day(day) {
            counted.push(day);
        }
    }
    RefundDates { from: counted[2], by: counted[9], provisional }
}

#[test]
fn the_calendar_of_2027_is_provisional_and_those_before_it_are_published() {
    let published = |year| CHINA.years.get(&year).is_some_and(|year: &Year| year.published);
    assert!(published(2025) && published(2026) && !published(2027));
}
