//! A calendar's file, read strictly: what it says twice, in the wrong place or against itself is refused with its place.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::{Calendar, Names, Year, day_index};

/// The largest file of a calendar.
pub const CALENDAR_BYTES_MAX: usize = 1 << 20;
/// The most years that one calendar lists.
pub const YEARS_MAX: usize = 60;
/// The most holidays that a calendar fixes by their date for every year.
pub const EVERY_YEAR_MAX: usize = 60;
/// The longest id or name in a calendar, in characters.
pub const TEXT_CHARS_MAX: usize = 100;

/// What is wrong with a calendar's file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarError {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// What is wrong, for a person.
    pub message: String,
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for CalendarError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: Spanned<String>,
    names: Spanned<Names>,
    weekend: Spanned<Vec<Spanned<Day>>>,
    every_year: Spanned<Vec<Spanned<String>>>,
    years: Spanned<BTreeMap<Spanned<String>, FileYear>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileYear {
    status: Status,
    holidays: Vec<FileHoliday>,
    worked: Vec<Spanned<Datetime>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Published,
    Provisional,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileHoliday {
    name: Spanned<String>,
    days: Vec<Spanned<Datetime>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl From<Day> for Weekday {
    fn from(day: Day) -> Self {
        match day {
            Day::Monday => Self::Monday,
            Day::Tuesday => Self::Tuesday,
            Day::Wednesday => Self::Wednesday,
            Day::Thursday => Self::Thursday,
            Day::Friday => Self::Friday,
            Day::Saturday => Self::Saturday,
            Day::Sunday => Self::Sunday,
        }
    }
}

/// What is wrong, at these bytes of the file.
struct Wrong(Range<usize>, String);

impl Wrong {
    fn at<T>(place: &Spanned<T>, message: impl Into<String>) -> Self {
        Self(place.span(), message.into())
    }
}

pub(super) fn parse(text: &str) -> Result<Calendar, CalendarError> {
    if text.len() > CALENDAR_BYTES_MAX {
        return Err(error_at(
            text,
            0,
            format!("a calendar has at most {CALENDAR_BYTES_MAX} bytes"),
        ));
    }
    let file: File = toml::from_str(text).map_err(|error| {
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        error_at(text, error.span().map_or(0, |span| span.start), message)
    })?;
    calendar(file).map_err(|Wrong(span, message)| error_at(text, span.start, message))
}

fn error_at(text: &str, byte: usize, message: String) -> CalendarError {
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
    CalendarError {
        line: before.matches('\n').count().saturating_add(1),
        column: before.get(line_start..).unwrap_or("").chars().count().saturating_add(1),
        message,
    }
}

fn calendar(file: File) -> Result<Calendar, Wrong> {
    check_text(&file.id, "an id", file.id.get_ref())?;
    check_text(&file.names, "a name", &file.names.get_ref().en)?;
    check_text(&file.names, "a name", &file.names.get_ref().zh)?;
    let weekend = weekend(&file.weekend)?;
    let every_year = every_year(&file.every_year)?;
    if file.years.get_ref().len() > YEARS_MAX {
        return Err(Wrong::at(&file.years, format!("a calendar lists at most {YEARS_MAX} years")));
    }
    let mut years = Vec::new();
    for (name, year) in file.years.into_inner() {
        years.push(read_year(&name, &year, &weekend)?);
    }
    Ok(Calendar {
        id: file.id.into_inner(),
        names: file.names.into_inner(),
        weekend,
        every_year,
        years,
    })
}

fn check_text<T>(place: &Spanned<T>, what: &str, text: &str) -> Result<(), Wrong> {
    if text.trim().is_empty() || text.chars().count() > TEXT_CHARS_MAX {
        return Err(Wrong::at(place, format!("{what} has 1 to {TEXT_CHARS_MAX} characters")));
    }
    Ok(())
}

fn weekend(listed: &Spanned<Vec<Spanned<Day>>>) -> Result<Vec<Weekday>, Wrong> {
    let mut weekend = Vec::new();
    for day in listed.get_ref() {
        let weekday = Weekday::from(*day.get_ref());
        if weekend.contains(&weekday) {
            return Err(Wrong::at(day, "this weekend day is listed twice"));
        }
        weekend.push(weekday);
    }
    if weekend.len() > 6 {
        return Err(Wrong::at(listed, "a week has at least one working day"));
    }
    Ok(weekend)
}

fn every_year(listed: &Spanned<Vec<Spanned<String>>>) -> Result<Vec<(i8, i8)>, Wrong> {
    if listed.get_ref().len() > EVERY_YEAR_MAX {
        return Err(Wrong::at(listed, format!("`every_year` lists at most {EVERY_YEAR_MAX} days")));
    }
    let mut days = Vec::new();
    for text in listed.get_ref() {
        // Any leap year will do: 29 February is a day that a holiday may have.
        let date: Option<Date> = format!("2024-{}", text.get_ref()).parse().ok();
        let day = match date {
            Some(date) if text.get_ref().len() == "01-01".len() => (date.month(), date.day()),
            _ => {
                let message = format!("`{}` is no day: write `01-31`", text.get_ref());
                return Err(Wrong::at(text, message));
            }
        };
        if days.contains(&day) {
            return Err(Wrong::at(text, format!("`{}` is listed twice", text.get_ref())));
        }
        days.push(day);
    }
    Ok(days)
}

fn read_year(name: &Spanned<String>, year: &FileYear, weekend: &[Weekday]) -> Result<Year, Wrong> {
    let number = year_number(name)?;
    let mut holidays: Vec<(Date, Arc<str>)> = Vec::new();
    for holiday in &year.holidays {
        check_text(&holiday.name, "a name", holiday.name.get_ref())?;
        let holiday_name: Arc<str> = holiday.name.get_ref().as_str().into();
        for day in &holiday.days {
            let date = date_in(day, number)?;
            // Found again and again from the start: a year has few holidays, and at most 366.
            if holidays.iter().any(|(listed, _)| *listed == date) {
                return Err(Wrong::at(day, format!("the holiday {date} is listed twice")));
            }
            holidays.push((date, Arc::clone(&holiday_name)));
        }
    }
    holidays.sort_by_key(|(date, _)| *date);
    let worked = worked(&year.worked, number, weekend, &holidays)?;
    Ok(Year {
        number,
        published: matches!(year.status, Status::Published),
        working: working(number, weekend, &holidays, &worked),
        holidays,
    })
}

fn year_number(name: &Spanned<String>) -> Result<i16, Wrong> {
    let text = name.get_ref();
    let number = text.parse().ok().filter(|number| (1000..=9999).contains(number));
    number
        .filter(|number: &i16| number.to_string() == *text)
        .ok_or_else(|| Wrong::at(name, format!("`{text}` is no year: write four digits")))
}

fn worked(
    listed: &[Spanned<Datetime>],
    year: i16,
    weekend: &[Weekday],
    holidays: &[(Date, Arc<str>)],
) -> Result<Vec<Date>, Wrong> {
    let mut worked = Vec::new();
    for day in listed {
        let date = date_in(day, year)?;
        let message = if !weekend.contains(&date.weekday()) {
            format!("{date} is no weekend day: `worked` lists the weekend days that are worked")
        } else if holidays.iter().any(|(holiday, _)| *holiday == date) {
            format!("{date} is listed as a holiday and as worked")
        } else if worked.contains(&date) {
            format!("the worked day {date} is listed twice")
        } else {
            worked.push(date);
            continue;
        };
        return Err(Wrong::at(day, message));
    }
    Ok(worked)
}

/// The date that is written there, which lies in that year.
fn date_in(written: &Spanned<Datetime>, year: i16) -> Result<Date, Wrong> {
    let datetime = written.get_ref();
    let date: Option<Date> = match (datetime.date, datetime.time, datetime.offset) {
        (Some(_), None, None) => datetime.to_string().parse().ok(),
        _ => None,
    };
    match date {
        None => Err(Wrong::at(written, format!("`{datetime}` is no date: write `{year}-01-31`"))),
        Some(date) if date.year() != year => {
            Err(Wrong::at(written, format!("{date} is listed under the year {year}")))
        }
        Some(date) => Ok(date),
    }
}

/// Whether each day of the year is a working day.
fn working(
    year: i16,
    weekend: &[Weekday],
    holidays: &[(Date, Arc<str>)],
    worked: &[Date],
) -> Vec<bool> {
    let Ok(first) = Date::new(year, 1, 1) else { return Vec::new() };
    let days = first.series(jiff::Span::new().days(1)).take_while(|date| date.year() == year);
    let mut working: Vec<bool> = days.map(|date| !weekend.contains(&date.weekday())).collect();
    let mut set = |date: Date, is_working: bool| {
        if let Some(day) = day_index(date).and_then(|index| working.get_mut(index)) {
            *day = is_working;
        }
    };
    for (date, _) in holidays {
        set(*date, false);
    }
    for date in worked {
        set(*date, true);
    }
    working
}
