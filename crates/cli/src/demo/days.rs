//! The days of a demo, counted back from the moment at which it was begun, so that every window of the policy fits.

use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, anyhow};
use backhaul_app::Clock;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// What stands before a day, in the place of a moment.
const THE_DAY: &str = "the day ";
/// What stands behind a number of days.
const AGO: &str = " days ago";

/// The days before a demo was begun.
#[derive(Clone, Copy)]
pub(super) struct Days {
    began_at: Timestamp,
}

impl Days {
    pub(super) const fn before(began_at: Timestamp) -> Self {
        Self { began_at }
    }

    /// So many times 24 hours before the beginning.
    pub(super) fn ago(self, days: i16) -> Result<Timestamp> {
        let back = SignedDuration::from_hours(24).saturating_mul(i32::from(days));
        self.began_at.checked_sub(back).context("the clock of this machine shows no usable time")
    }

    /// Puts the moment in the place of every `16 days ago`, and the day in the place of every `the day 16 days ago` and
    /// `the day -60 days ago`, which is one to come.
    pub(super) fn fill(self, value: &mut Value) -> Result<()> {
        match value {
            Value::String(text) => {
                if let Some(number) = text.strip_suffix(AGO) {
                    *text = self.written(number)?;
                }
                Ok(())
            }
            Value::Array(values) => values.iter_mut().try_for_each(|value| self.fill(value)),
            Value::Object(fields) => fields.values_mut().try_for_each(|value| self.fill(value)),
            _ => Ok(()),
        }
    }

    fn written(self, text: &str) -> Result<String> {
        let number = text.strip_prefix(THE_DAY).unwrap_or(text);
        let days = number.parse().map_err(|_| anyhow!("`{text}` is no number of days"))?;
        let moment = self.ago(days)?;
        let is_moment = text == number;
        let day = moment.to_zoned(TimeZone::UTC).date();
        Ok(if is_moment { moment.to_string() } else { day.to_string() })
    }
}

/// The clock while stories are told: it shows the moment of the step that is played.
pub(super) struct StoryClock(Mutex<Timestamp>);

impl StoryClock {
    pub(super) const fn at(moment: Timestamp) -> Self {
        Self(Mutex::new(moment))
    }

    pub(super) fn set(&self, moment: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = moment;
    }
}

impl Clock for StoryClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
