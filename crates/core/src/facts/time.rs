//! Moments (RFC 3339, with an offset) and time zones (IANA names).

use std::hash::{Hash, Hasher};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A time zone by its IANA name, from the zone database that is compiled in.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of that IANA name, spelled exactly so; `None` where there is none.
    #[must_use]
    pub fn get(name: &str) -> Option<Self> {
        let zone = TimeZone::get(name).ok()?;
        // The look-up ignores case and knows a stand-in for "unknown"; IANA's names do neither.
        (zone.iana_name() == Some(name) && name != "Etc/Unknown").then_some(Self(zone))
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The moment at which clocks of this zone show that; where they skip it, as much later, and where they show it twice, the
    /// first. `None` where it is out of the range of moments.
    #[must_use]
    pub fn moment(&self, shown: DateTime) -> Option<Timestamp> {
        self.0.to_timestamp(shown).ok()
    }

    /// Noon of that date in this zone; `None` where the date is out of the range of moments.
    #[must_use]
    pub fn noon(&self, date: Date) -> Option<Timestamp> {
        self.0.to_timestamp(date.at(12, 0, 0, 0)).ok()
    }

    /// The last microsecond of that date in this zone; `None` where the date is out of the range of moments.
    #[must_use]
    pub fn end(&self, date: Date) -> Option<Timestamp> {
        let next = self.0.to_timestamp(date.tomorrow().ok()?.at(0, 0, 0, 0)).ok()?;
        next.checked_sub(jiff::SignedDuration::from_micros(1)).ok()
    }

    /// The date on the calendar of this zone at that moment.
    #[must_use]
    pub fn date(&self, moment: Timestamp) -> Date {
        self.0.to_datetime(moment).date()
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl Serialize for Zone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::get(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("`{name}` is no IANA time zone")))
    }
}

/// Reads a moment as RFC 3339 writes it, offset included; `None` for anything else.
///
/// The shape is checked here because the time library reads more than RFC 3339: a missing offset's zone in brackets, a
/// date without seconds. A leap second is the second before it; digits beyond a nanosecond are cut.
#[must_use]
pub fn moment(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let shape = |range: std::ops::Range<usize>, like: &str| {
        bytes.get(range).is_some_and(|part| {
            part.len() == like.len()
                && part.iter().zip(like.bytes()).all(|(byte, like)| match like {
                    b'0' => byte.is_ascii_digit(),
                    b'T' => matches!(byte, b'T' | b't'),
                    like => *byte == like,
                })
        })
    };
    if !shape(0..19, "0000-00-00T00:00:00") {
        return None;
    }
    let rest = bytes.get(19..)?;
    let fraction = match rest.first() {
        Some(b'.') => rest.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    let offset_at = match rest.first() {
        Some(b'.') if fraction == 0 => return None,
        Some(b'.') => fraction.checked_add(20)?,
        _ => 19,
    };
    let end = bytes.len();
    let offset_is_numeric = || {
        matches!(bytes.get(offset_at), Some(b'+' | b'-'))
            && shape(offset_at.saturating_add(1)..end, "00:00")
            && text
                .get(offset_at.saturating_add(1)..end.saturating_sub(3))
                .is_some_and(|h| h < "24")
            && text.get(end.saturating_sub(2)..).is_some_and(|m| m < "60")
    };
    let offset_is_zulu =
        matches!(bytes.get(offset_at), Some(b'Z' | b'z')) && offset_at.checked_add(1)? == end;
    if !(offset_is_zulu || offset_is_numeric()) {
        return None;
    }
    let parsed = if fraction > 9 {
        format!("{}{}", text.get(..29)?, text.get(offset_at..)?).parse()
    } else {
        text.parse()
    };
    // The last days of the year 9999 are dates, and past the range of the time library's moments.
    let is_past_the_range =
        || text.starts_with("9999-12-3") && text.get(..19).is_some_and(is_civil);
    parsed.ok().or_else(|| is_past_the_range().then_some(Timestamp::MAX))
}

fn is_civil(text: &str) -> bool {
    text.parse::<jiff::civil::DateTime>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_rfc_3339_with_an_offset_and_nothing_else() {
        for good in [
            "2026-02-20T09:00:00Z",
            "2026-02-20t09:00:00z",
            "2026-02-20T09:00:00.5+08:00",
            "2026-02-20T09:00:00-00:00",
            "2026-02-20T09:00:00.123456789123+23:59",
            "2026-12-31T23:59:60Z",
            "2024-02-29T00:00:00Z",
            "9999-12-31T23:59:59Z",
        ] {
            assert!(moment(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "2026-02-20",
            "2026-02-20T09:00:00",
            "2026-02-20T09:00Z",
            "2026-02-20 09:00:00Z",
            "2026-02-20T09:00:00+0100",
            "2026-02-20T09:00:00+01",
            "2026-02-20T09:00:00+24:00",
            "2026-02-20T09:00:00+01:60",
            "2026-02-20T09:00:00+01:00[Europe/Berlin]",
            "2026-02-20T09:00:00.Z",
            "2026-02-30T09:00:00Z",
            "9999-12-32T09:00:00Z",
            "2026-13-01T09:00:00Z",
            "2026-02-20T24:00:00Z",
            "20260220T090000Z",
            " 2026-02-20T09:00:00Z",
            "2026-02-20T09:00:00Z ",
            "2026-02-20T09:00:00é",
        ] {
            assert!(moment(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_zone_is_an_iana_name_spelled_exactly() {
        for good in ["Europe/Berlin", "Asia/Shanghai", "UTC", "Pacific/Kiritimati", "US/Pacific"] {
            assert_eq!(Zone::get(good).map(|zone| zone.name().to_owned()).as_deref(), Some(good));
        }
        for bad in ["", "europe/berlin", "Mars/Phobos", "EST5EDT4,", "+01:00", "Etc/Unknown"] {
            assert!(Zone::get(bad).is_none(), "{bad}");
        }
    }
}
