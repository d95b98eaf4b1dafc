//! The calendars that are compiled in, against other people's lists of the same working days.
//!
//! The lists stand beside the repository, not in it; where they are absent these tests say so and return.

use std::collections::BTreeMap;
use std::path::Path;

use backhaul_core::calendar::{Calendar, WorkingDay};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde::Deserialize;

/// One country's working days, as the holidays library of Python has them.
#[derive(Deserialize)]
struct Oracle {
    years: BTreeMap<String, OracleYear>,
}

#[derive(Deserialize)]
struct OracleYear {
    weekend_working_days: Vec<Date>,
    working_days: Vec<Date>,
}

/// One Chinese year, as the chinesecalendar library of Python has it.
#[derive(Deserialize)]
struct Arrangement {
    weekend_working_days: Vec<Date>,
    weekday_days_off: Vec<Date>,
}

/// A count of working days, walked day by day by the holidays library.
#[derive(Deserialize)]
struct Walk {
    country: String,
    subdiv: Option<String>,
    start: Date,
    n: i32,
    #[serde(rename = "walk_is_working_day")]
    reached: Date,
}

/// The list of that name, or `None`, said aloud, where the lists are not there.
fn oracle<T: serde::de::DeserializeOwned>(name: &str) -> Option<T> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/material/holidays");
    if !folder.is_dir() {
        println!("skipped: there is no {} to compare with", folder.display());
        return None;
    }
    let read = std::fs::read_to_string(folder.join(name)).map(|text| serde_json::from_str(&text));
    match read {
        Ok(Ok(oracle)) => Some(oracle),
        other => panic!("{name} cannot be read: {:?}", other.map(Result::err)),
    }
}

fn calendar(id: &str) -> &'static Calendar {
    Calendar::builtin(id).unwrap_or_else(|| panic!("{id} is compiled in"))
}

fn days(year: i16) -> impl Iterator<Item = Date> {
    date(year, 1, 1).series(1.day()).take_while(move |day| day.year() == year)
}

fn is_weekend(day: Date) -> bool {
    day.weekday().to_monday_zero_offset() > 4
}

/// The `n`th working day, and whether it is provisional.
fn after(id: &str, start: Date, n: u32) -> (Date, bool) {
    match calendar(id).nth_working_day_after(start, n) {
        Some(WorkingDay { date, provisional }) => (date, provisional),
        None => panic!("{n} working days after {start} is within the dates"),
    }
}

#[test]
fn every_day_of_2026_and_2027_is_as_the_holidays_library_has_it() {
    for id in ["CN", "DE", "US"] {
        let Some(oracle) = oracle::<Oracle>(&format!("{id}.json")) else { return };
        for year in [2026, 2027] {
            let listed = &oracle.years[&year.to_string()];
            let mut working: Vec<Date> = days(year).collect();
            working.retain(|day| calendar(id).is_working(*day));
            assert_eq!(working, listed.working_days, "{id} {year}");
            working.retain(|day| is_weekend(*day));
            assert_eq!(working, listed.weekend_working_days, "{id} {year}");
        }
    }
}

#[test]
fn every_day_of_2025_and_2026_in_china_is_as_chinesecalendar_has_it() {
    for year in [2025, 2026] {
        let name = format!("CN-chinesecalendar-{year}.json");
        let Some(arrangement) = oracle::<Arrangement>(&name) else { return };
        for day in days(year) {
            let expected = if is_weekend(day) {
                arrangement.weekend_working_days.contains(&day)
            } else {
                !arrangement.weekday_days_off.contains(&day)
            };
            assert_eq!(calendar("CN").is_working(day), expected, "{day}");
        }
    }
}

#[test]
fn counting_reaches_the_days_that_walking_the_holidays_library_reaches() {
    let Some(walks) = oracle::<Vec<Walk>>("busday_vectors.json") else { return };
    let mut compared = 0;
    for walk in walks {
        let (Some(calendar), Ok(n)) = (Calendar::builtin(&walk.country), u32::try_from(walk.n))
        else {
            continue;
        };
        // The library knows 2028, which the files here do not list; Bavaria has days of its own.
        if walk.subdiv.is_some() || n == 0 || walk.reached.year() > 2027 {
            continue;
        }
        let reached = calendar.nth_working_day_after(walk.start, n).map(|day| day.date);
        assert_eq!(reached, Some(walk.reached), "{} {} + {n}", walk.country, walk.start);
        compared += 1;
    }
    println!("{compared} counts compared");
    assert!(compared > 50, "only {compared} counts were compared");
}

#[test]
fn a_parcel_received_before_spring_festival_2026_is_refunded_after_it() {
    // Thursday 12 February: the 13th is day 1, Saturday the 14th is worked and day 2, then nine days off.
    let received = date(2026, 2, 12);
    assert_eq!(after("CN", received, 2), (date(2026, 2, 14), false));
    assert_eq!(after("CN", received, 3), (date(2026, 2, 24), false));
    // The 24th to the 27th are days 3 to 6, Saturday the 28th is worked and day 7.
    assert_eq!(after("CN", received, 7), (date(2026, 2, 28), false));
    assert_eq!(after("CN", received, 10), (date(2026, 3, 4), false));
}

#[test]
fn goods_received_on_a_holiday_or_on_a_worked_weekend_count_from_the_day_after() {
    assert_eq!(after("CN", date(2026, 2, 17), 3), (date(2026, 2, 26), false));
    assert_eq!(after("CN", date(2026, 2, 14), 1), (date(2026, 2, 24), false));
    assert_eq!(after("CN", date(2026, 2, 28), 1), (date(2026, 3, 2), false));
}

#[test]
fn the_example_of_the_default_policy_counts_as_written() {
    assert_eq!(after("CN", date(2026, 3, 20), 3), (date(2026, 3, 25), false));
    assert_eq!(after("CN", date(2026, 3, 20), 10), (date(2026, 4, 3), false));
}

#[test]
fn a_count_that_crosses_into_an_unpublished_year_says_so() {
    assert_eq!(after("CN", date(2026, 12, 18), 9), (date(2026, 12, 31), false));
    // 1 January 2027 is a holiday by law, and a day of a year that is not arranged yet.
    assert_eq!(after("CN", date(2026, 12, 18), 10), (date(2027, 1, 4), true));
    assert_eq!(after("CN", date(2027, 3, 1), 3), (date(2027, 3, 4), true));
    assert_eq!(after("DE", date(2026, 12, 18), 10), (date(2027, 1, 5), false));
    assert_eq!(after("DE", date(2027, 12, 30), 2), (date(2028, 1, 3), true));
}

#[test]
fn a_year_past_the_file_has_weekends_and_in_china_the_days_that_the_law_fixes() {
    // From Friday 29 September 2028: a weekend, of which Sunday is the first of three fixed days, then two more.
    assert_eq!(after("CN", date(2028, 9, 29), 1), (date(2028, 10, 4), true));
    assert_eq!(after("US", date(2028, 7, 3), 1), (date(2028, 7, 4), true));
    assert_eq!(after("GB", date(2028, 12, 22), 1), (date(2028, 12, 25), true));
}

#[test]
fn each_year_has_its_number_of_working_days() {
    let count = |id, year| days(year).filter(|day| calendar(id).is_working(*day)).count();
    let counts = |id| [2025, 2026, 2027].map(|year| count(id, year));
    assert_eq!(counts("CN"), [248, 248, 248]);
    assert_eq!(counts("DE"), [252, 254, 256]);
    assert_eq!(counts("GB"), [253, 253, 253]);
    assert_eq!(counts("US"), [250, 250, 249]);
}

#[test]
fn the_calendars_are_published_as_far_as_their_authorities_went() {
    for (id, last) in [("CN", 2026), ("DE", 2027), ("GB", 2027), ("US", 2027)] {
        for year in 2020..2035 {
            let published = calendar(id).is_published(date(year, 6, 1));
            assert_eq!(published, (2025..=last).contains(&year), "{id} {year}");
        }
    }
}

#[test]
fn a_day_kept_in_place_of_one_on_a_weekend_is_a_day_off() {
    assert_eq!(calendar("GB").holiday(date(2026, 12, 28)), Some("Boxing Day (substitute day)"));
    assert_eq!(after("GB", date(2026, 12, 24), 1), (date(2026, 12, 29), false));
    assert_eq!(after("GB", date(2027, 12, 24), 1), (date(2027, 12, 29), false));
    assert_eq!(after("US", date(2026, 7, 2), 1), (date(2026, 7, 6), false));
}
