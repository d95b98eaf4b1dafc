//! Countries, by the codes that the ISO 3166 Maintenance Agency has officially assigned.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The officially assigned ISO 3166-1 alpha-2 codes, in their order.
///
/// The list has stood since South Sudan was added in 2011. The crates that carry it also carry names, regions or
/// subdivisions that nothing here asks for, so the codes stand here by themselves; reserved codes (`UK`, `EU`) and
/// those for private use (`XX`, `XK`) are none of them.
const CODES: [&str; 249] = [
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ",
    "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS",
    "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN",
    "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE",
    "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF",
    "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM",
    "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM",
    "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC",
    "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK",
    "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA",
    "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG",
    "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW",
    "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS",
    "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO",
    "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI",
    "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW",
];

/// A country by its ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Country(&'static str);

impl Country {
    /// The codes of all countries, sorted.
    pub const CODES: &'static [&'static str] = &CODES;

    /// The country of that code, in upper case; `None` where the code is not assigned.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let place = CODES.binary_search(&code).ok()?;
        CODES.get(place).copied().map(Self)
    }

    /// The code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| {
            serde::de::Error::custom(format!("`{code}` is no ISO 3166-1 alpha-2 country code"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{CODES, Country};

    #[test]
    fn assigned_codes_are_countries() {
        for code in ["DE", "CN", "GB", "AD", "ZW", "SS"] {
            assert_eq!(Country::parse(code).map(Country::as_str), Some(code));
        }
    }

    #[test]
    fn reserved_private_and_misspelled_codes_are_not() {
        for code in ["UK", "EU", "XX", "XK", "AN", "de", "De", "DEU", "D", "", " DE"] {
            assert_eq!(Country::parse(code), None, "{code}");
        }
    }

    #[test]
    fn the_list_is_sorted_and_every_code_of_it_is_found() {
        assert!(CODES.is_sorted_by(|before, after| before < after));
        assert!(CODES.iter().all(|code| Country::parse(code).is_some()));
    }

    #[test]
    fn a_country_is_written_as_its_code() {
        let germany: Country = serde_json::from_str("\"DE\"").unwrap();
        assert_eq!(serde_json::to_string(&germany).unwrap(), "\"DE\"");
        assert!(serde_json::from_str::<Country>("\"UK\"").is_err());
    }
}
