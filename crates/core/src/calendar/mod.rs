//! Working days.
use jiff::civil::Date;

/// A calendar.
#[derive(Clone, Debug)]
pub struct Calendar;

/// A day reached by counting working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingDay {
    /// The day.
    pub date: Date,
    /// Whether the count touched a year whose calendar is not published.
    pub provisional: bool,
}
