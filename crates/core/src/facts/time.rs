//! Moments (RFC 3339, with an offset) and time zones (IANA names).

use std::hash::{Hash, Hasher};

use jiff::Timestamp;
use jiff::civil::Date;
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
