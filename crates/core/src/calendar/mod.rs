//! Working days, counted by calendars that are data files.
//!
//! A calendar lists its years. A year whose list is official is *published*; every other year can be counted, but what
//! the count says is *provisional*: the caller shows it as such and counts again when the calendar's file is replaced.
//! Dates have no time zone here: the caller says whose day it is.

mod read;

use std::sync::{Arc, LazyLock};

use jiff::civil::{Date, Weekday};

pub use self::read::{
    CALENDAR_BYTES_MAX, CalendarError, EVERY_YEAR_MAX, TEXT_CHARS_MAX, YEARS_MAX,
};

/// The most working days that can be counted at once: some forty years of them.
pub const WORKING_DAYS_MAX: u32 = 10_000;

/// The calendars that are compiled in.
const BUILTIN: [&str; 4] = [
    include_str!("../../../../calendars/CN.toml"),
    include_str!("../../../../calendars/DE.toml"),
    include_str!("../../../../calendars/GB.toml"),
    include_str!("../../../../calendars/US.toml"),
];

/// Which days are working days, and in which years that is official.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    id: String,
    names: Names,
    weekend: Vec<Weekday>,
    /// Month and day of the holidays in years that are not listed.
    every_year: Vec<(i8, i8)>,
    /// The listed years, in their order.
    years: Vec<Year>,
}

/// What a calendar is called.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

/// A listed year.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Year {
    number: i16,
    published: bool,
    /// Whether a day is a working day, by the day of the year less one.
    working: Vec<bool>,
    /// The holidays with their names, in their order.
    holidays: Vec<(Date, Arc<str>)>,
}

/// A day reached by counting working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingDay {
    /// The day.
    pub date: Date,
    /// Whether the count touched a year whose calendar is not published.
    pub provisional: bool,
}

impl Calendar {
    /// The calendar that is compiled in under that id: `CN`, `DE`, `GB` or `US`.
    #[must_use]
    pub fn builtin(id: &str) -> Option<&'static Self> {
        Self::all_builtin().iter().find(|calendar| calendar.id == id)
    }

    /// Every calendar that is compiled in, by id.
    #[must_use]
    pub fn all_builtin() -> &'static [Self] {
        // A file that does not parse is left out here, and a test fails for it: nothing panics on the way to a decision.
        static CALENDARS: LazyLock<Vec<Calendar>> = LazyLock::new(|| {
            BUILTIN.iter().filter_map(|text| Calendar::parse(text).ok()).collect()
        });
        &CALENDARS
    }

    /// Reads a calendar from its file.
    ///
    /// # Errors
    /// Names the line and the column of the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        read::parse(text)
    }

    /// The id by which a policy names it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it is called.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Whether that day is a working day.
    #[must_use]
    pub fn is_working(&self, date: Date) -> bool {
        match self.year(date) {
            Some(year) => year.is_working(date),
            None => self.is_working_unlisted(date),
        }
    }

    /// Whether the year of that day is published, so that counting through it is final.
    #[must_use]
    pub fn is_published(&self, date: Date) -> bool {
        self.year(date).is_some_and(|year| year.published)
    }

    /// The name of the holiday on that day, where its year is listed and has one.
    #[must_use]
    pub fn holiday(&self, date: Date) -> Option<&str> {
        let holidays = &self.year(date)?.holidays;
        let place = holidays.binary_search_by_key(&date, |(day, _)| *day).ok()?;
        holidays.get(place).map(|(_, name)| &**name)
    }

    /// The `n`th working day after `start`; the day after `start` is the first that can count.
    ///
    /// `start` need not be a working day, and is what the 0th day is. `None` where the count goes past the last date
    /// there is, or where `n` is over [`WORKING_DAYS_MAX`].
    #[must_use]
    pub fn nth_working_day_after(&self, start: Date, n: u32) -> Option<WorkingDay> {
        if n > WORKING_DAYS_MAX {
            return None;
        }
        let mut reached = WorkingDay { date: start, provisional: false };
        for _ in 0..n {
            reached = self.next_working_day(reached)?;
        }
        Some(reached)
    }

    fn next_working_day(&self, from: WorkingDay) -> Option<WorkingDay> {
        let WorkingDay { mut date, mut provisional } = from;
        loop {
            date = date.tomorrow().ok()?;
            let year = self.year(date);
            provisional |= !year.is_some_and(|year| year.published);
            let working = match year {
                Some(year) => year.is_working(date),
                None => self.is_working_unlisted(date),
            };
            if working {
                return Some(WorkingDay { date, provisional });
            }
        }
    }

    fn year(&self, date: Date) -> Option<&Year> {
        self.years.iter().find(|year| year.number == date.year())
    }

    fn is_working_unlisted(&self, date: Date) -> bool {
        !self.weekend.contains(&date.weekday())
            && !self.every_year.contains(&(date.month(), date.day()))
    }
}

impl Year {
    fn is_working(&self, date: Date) -> bool {
        day_index(date).and_then(|index| self.working.get(index)).copied().unwrap_or(false)
    }
}

/// The place of a day within its year, from 0.
fn day_index(date: Date) -> Option<usize> {
    usize::try_from(date.day_of_year()).ok()?.checked_sub(1)
}

#[cfg(test)]
mod tests;
