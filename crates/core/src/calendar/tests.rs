//! What a calendar refuses to read, and what it counts, without any oracle.

use jiff::civil::{Date, date};

use super::{BUILTIN, Calendar, WORKING_DAYS_MAX, WorkingDay};

const SMALL: &str = r#"
id = "T"
names = { en = "Test", zh = "测试" }
weekend = ["saturday", "sunday"]
every_year = ["01-01"]

[years.2026]
status = "published"
holidays = [{ name = "Feast", days = [2026-12-30, 2026-12-31] }]
worked = [2026-12-26]

[years.2027]
status = "provisional"
holidays = [{ name = "New Year", days = [2027-01-01] }]
worked = []
"#;

fn after(start: Date, n: u32) -> (Date, bool) {
    let WorkingDay { date, provisional } =
        Calendar::parse(SMALL).unwrap().nth_working_day_after(start, n).unwrap();
    (date, provisional)
}

/// The message for the small calendar with `old` replaced by `new`.
fn refused(old: &str, new: &str) -> String {
    assert!(SMALL.contains(old), "{old}");
    Calendar::parse(&SMALL.replacen(old, new, 1)).unwrap_err().to_string()
}

#[test]
fn every_calendar_that_is_compiled_in_can_be_read() {
    for text in BUILTIN {
        let read = Calendar::parse(text);
        assert!(read.is_ok(), "{}", read.unwrap_err());
    }
    let ids: Vec<&str> = Calendar::all_builtin().iter().map(Calendar::id).collect();
    assert_eq!(ids, ["CN", "DE", "GB", "US"]);
    assert!(Calendar::builtin("CN").is_some_and(|calendar| calendar.names().zh == "中国大陆"));
    assert_eq!(Calendar::builtin("XX"), None);
}

#[test]
fn the_day_after_the_start_is_day_one_whether_or_not_the_start_is_worked() {
    assert_eq!(after(date(2026, 12, 21), 1), (date(2026, 12, 22), false));
    assert_eq!(after(date(2026, 12, 27), 1), (date(2026, 12, 28), false));
    assert_eq!(after(date(2026, 12, 27), 0), (date(2026, 12, 27), false));
}

#[test]
fn holidays_are_skipped_and_worked_weekend_days_count() {
    assert_eq!(after(date(2026, 12, 25), 1), (date(2026, 12, 26), false));
    assert_eq!(after(date(2026, 12, 25), 3), (date(2026, 12, 29), false));
    // The 30th and 31st are holidays, the 1st is one of the next year, then comes a weekend.
    assert_eq!(after(date(2026, 12, 25), 4), (date(2027, 1, 4), true));
}

#[test]
fn a_day_that_is_only_passed_in_an_unpublished_year_makes_the_count_provisional() {
    assert_eq!(after(date(2026, 12, 28), 1), (date(2026, 12, 29), false));
    assert_eq!(after(date(2027, 1, 1), 0), (date(2027, 1, 1), false));
    assert_eq!(after(date(2025, 12, 31), 1), (date(2026, 1, 1), false));
    assert_eq!(after(date(2025, 12, 30), 1), (date(2025, 12, 31), true));
    assert_eq!(after(date(2025, 12, 30), 2), (date(2026, 1, 1), true));
}

#[test]
fn a_year_that_is_not_listed_has_weekends_and_the_days_of_every_year() {
    let calendar = Calendar::parse(SMALL).unwrap();
    assert!(!calendar.is_published(date(2030, 1, 1)));
    assert!(!calendar.is_working(date(2030, 1, 1)));
    assert!(calendar.is_working(date(2030, 1, 2)));
    assert!(!calendar.is_working(date(2030, 1, 5)));
    // The list of a year stands for itself.
    assert!(calendar.is_working(date(2026, 1, 1)));
}

#[test]
fn holidays_have_names() {
    let calendar = Calendar::parse(SMALL).unwrap();
    assert_eq!(calendar.holiday(date(2026, 12, 31)), Some("Feast"));
    assert_eq!(calendar.holiday(date(2026, 12, 29)), None);
    assert_eq!(calendar.holiday(date(2030, 1, 1)), None);
}

#[test]
fn counting_ends_with_the_dates_and_with_the_limit() {
    let calendar = Calendar::parse(SMALL).unwrap();
    assert_eq!(calendar.nth_working_day_after(Date::MAX, 1), None);
    assert!(calendar.nth_working_day_after(Date::MIN, WORKING_DAYS_MAX).is_some());
    assert_eq!(calendar.nth_working_day_after(Date::MIN, WORKING_DAYS_MAX + 1), None);
}

#[test]
fn a_date_of_another_year_is_refused() {
    assert_eq!(
        refused("2026-12-31", "2025-12-31"),
        "line 9, column 51: 2025-12-31 is listed under the year 2026"
    );
    assert_eq!(
        refused("worked = [2026-12-26]", "worked = [2027-12-25]"),
        "line 10, column 11: 2027-12-25 is listed under the year 2026"
    );
}

#[test]
fn what_is_no_date_is_refused() {
    assert_eq!(
        refused("2026-12-31", "2026-12-31T10:00:00"),
        "line 9, column 51: `2026-12-31T10:00:00` is no date: write `2026-01-31`"
    );
    assert!(refused("2026-12-31", "2026-02-30").starts_with("line 9, column "));
}

#[test]
fn a_worked_day_must_be_a_weekend_day_and_no_holiday() {
    assert_eq!(
        refused("2026-12-26", "2026-12-25"),
        "line 10, column 11: 2026-12-25 is no weekend day: `worked` lists the weekend days that are worked"
    );
    assert_eq!(
        refused("2026-12-30, ", "2026-12-26, "),
        "line 10, column 11: 2026-12-26 is listed as a holiday and as worked"
    );
}

#[test]
fn nothing_is_listed_twice() {
    assert_eq!(
        refused("2026-12-30, ", "2026-12-31, "),
        "line 9, column 51: the holiday 2026-12-31 is listed twice"
    );
    assert_eq!(
        refused("[2026-12-26]", "[2026-12-26, 2026-12-26]"),
        "line 10, column 23: the worked day 2026-12-26 is listed twice"
    );
    assert_eq!(
        refused("[\"01-01\"]", "[\"01-01\", \"01-01\"]"),
        "line 5, column 24: `01-01` is listed twice"
    );
    assert_eq!(
        refused("\"sunday\"", "\"saturday\""),
        "line 4, column 24: this weekend day is listed twice"
    );
    assert!(refused("[years.2027]", "[years.2026]").starts_with("line 12, column "));
}

#[test]
fn unknown_words_are_refused_with_those_that_are_known() {
    assert_eq!(
        refused("worked = []", "worked = []\ncolour = 1"),
        "line 16, column 1: unknown field `colour`, expected one of `status`, `holidays`, `worked`"
    );
    assert_eq!(
        refused("\"provisional\"", "\"guessed\""),
        "line 13, column 10: unknown variant `guessed`, expected `published` or `provisional`"
    );
    assert_eq!(
        refused("[years.2027]", "[years.next]"),
        "line 12, column 8: `next` is no year: write four digits"
    );
    assert_eq!(
        refused("\"01-01\"", "\"1-1\""),
        "line 5, column 15: `1-1` is no day: write `01-31`"
    );
}

#[test]
fn what_could_grow_is_bounded() {
    let years: Vec<String> = (3000..3060)
        .map(|year| {
            format!(
                "[years.{year}]
status = \"published\"
holidays = []
worked = []
"
            )
        })
        .collect();
    let message = Calendar::parse(&format!("{SMALL}{}", years.concat())).unwrap_err().message;
    assert_eq!(message, "a calendar lists at most 60 years");
    let week = "\"monday\", \"tuesday\", \"wednesday\", \"thursday\", \"friday\", \"saturday\"";
    assert_eq!(
        refused("\"saturday\"", week),
        "line 4, column 11: a week has at least one working day"
    );
    let long = "x".repeat(101);
    assert_eq!(
        refused("\"T\"", &format!("\"{long}\"")),
        "line 2, column 6: an id has 1 to 100 characters"
    );
    let days: Vec<String> =
        (1..=61).map(|n| format!("\"{:02}-{:02}\"", 1 + n / 28, 1 + n % 28)).collect();
    assert_eq!(
        refused("[\"01-01\"]", &format!("[{}]", days.join(","))),
        "line 5, column 14: `every_year` lists at most 60 days"
    );
    let message = Calendar::parse(&"#".repeat((1 << 20) + 1)).unwrap_err().message;
    assert_eq!(message, "a calendar has at most 1048576 bytes");
}
