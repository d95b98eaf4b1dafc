//! Spans of time as policies state them, and the windows they make: a unit, a start event, and whose calendar counts.

use std::fmt;

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::condition::Held;
use super::view::{Seen, View};
use super::vocabulary::Attribute;

/// The longest span that a policy may state, in its own unit.
pub const SPAN_AMOUNT_MAX: u32 = 10_000;

/// The unit of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Hours on the clock, counted from the moment itself.
    Hours,
    /// Days on the calendar; the day of the start is day 0, and the last day counts to its end.
    Days,
    /// Working days of the merchant's calendar; the day of the start is day 0.
    WorkingDays,
    /// Seven days each.
    Weeks,
    /// Months on the calendar; where the month is too short, its last day.
    Months,
    /// Years on the calendar.
    Years,
}

/// A span of time as a policy states it, such as `7 days` or `10 working days`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Length {
    /// How many, at most [`SPAN_AMOUNT_MAX`].
    pub amount: u32,
    /// Of what.
    pub unit: Unit,
}

const UNITS: [(&str, &str, Unit); 6] = [
    ("hour", "hours", Unit::Hours),
    ("day", "days", Unit::Days),
    ("working day", "working days", Unit::WorkingDays),
    ("week", "weeks", Unit::Weeks),
    ("month", "months", Unit::Months),
    ("year", "years", Unit::Years),
];

impl Length {
    /// Reads `7 days`, `24 hours`, `10 working days`, `1 year`, …; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (amount, unit) = text.split_once(' ')?;
        if !amount.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let amount: u32 = amount.parse().ok().filter(|amount| *amount <= SPAN_AMOUNT_MAX)?;
        let (_, _, unit) = UNITS.iter().find(|(one, many, _)| unit == *one || unit == *many)?;
        Some(Self { amount, unit: *unit })
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, many, _) = UNITS.iter().find(|row| row.2 == self.unit).unwrap_or(&UNITS[1]);
        write!(f, "{} {}", self.amount, if self.amount == 1 { one } else { many })
    }
}

/// Whose calendar a day is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The delivery address.
    Order,
    /// The merchant.
    Merchant,
}

/// A window of time: from an event, of a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// The event at which the clock starts.
    pub from: Attribute,
    /// How long it runs.
    pub length: Length,
    /// In whose days it is counted.
    pub place: Place,
}

/// The end of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The last day.
    pub date: Date,
    /// Whether the count touched a year whose calendar is not published.
    pub provisional: bool,
}

impl Length {
    /// The last day of this span after that moment; `None` for hours, and where the calendar ends.
    #[must_use]
    pub fn due(self, from: Timestamp, place: Place, view: &View<'_>) -> Option<Due> {
        let zone = match place {
            Place::Order => view.order_zone,
            Place::Merchant => view.merchant_zone,
        };
        let start = zone.date(from);
        let amount = i64::from(self.amount);
        let span = match self.unit {
            Unit::WorkingDays => {
                let day = view.calendar.nth_working_day_after(start, self.amount)?;
                return Some(Due { date: day.date, provisional: day.provisional });
            }
            Unit::Hours => return None,
            Unit::Days => Span::new().try_days(amount),
            Unit::Weeks => Span::new().try_weeks(amount),
            Unit::Months => Span::new().try_months(amount),
            Unit::Years => Span::new().try_years(amount),
        };
        let date = start.checked_add(span.ok()?).ok()?;
        Some(Due { date, provisional: false })
    }
}

impl Window {
    /// Whether `to` lies within the window; a moment before its start does.
    pub(super) fn holds(&self, to: Timestamp, view: &View<'_>) -> Held {
        let from = match view.get(self.from) {
            Seen::Open => return Held::Open,
            Seen::Moment(from) => from,
            _ => return Held::Absent(self.from),
        };
        if self.length.unit == Unit::Hours {
            let end = Span::new()
                .try_hours(i64::from(self.length.amount))
                .and_then(|hours| from.checked_add(hours));
            return Held::Told(end.map_or(true, |end| to <= end));
        }
        let zone = match self.place {
            Place::Order => view.order_zone,
            Place::Merchant => view.merchant_zone,
        };
        // Where the calendar ends before the window does, nothing can be late.
        let due = self.length.due(from, self.place, view);
        Held::Told(due.is_none_or(|due| zone.date(to) <= due.date))
    }
}
