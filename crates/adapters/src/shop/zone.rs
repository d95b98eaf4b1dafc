//! The time zone of a delivery, from its country and province, where these leave no choice.
//!
//! Deadlines are counted in it, so nothing is guessed: a country or a state that spans zones is not listed, and the merchant's
//! settings say what holds there. Provinces are by their codes of ISO 3166-2, as shops write them. The zones are IANA's.

use backhaul_core::facts::{Country, Zone};

/// Countries that keep one time.
#[rustfmt::skip]
const COUNTRIES: [(&str, &str); 62] = [
    ("AE", "Asia/Dubai"), ("AT", "Europe/Vienna"), ("BD", "Asia/Dhaka"), ("BE", "Europe/Brussels"),
    ("BG", "Europe/Sofia"), ("BH", "Asia/Bahrain"), ("CH", "Europe/Zurich"), ("CN", "Asia/Shanghai"),
    ("CO", "America/Bogota"), ("CR", "America/Costa_Rica"), ("CZ", "Europe/Prague"), ("DE", "Europe/Berlin"),
    ("DK", "Europe/Copenhagen"), ("EE", "Europe/Tallinn"), ("EG", "Africa/Cairo"), ("FI", "Europe/Helsinki"),
    ("FR", "Europe/Paris"), ("GB", "Europe/London"), ("GR", "Europe/Athens"), ("HK", "Asia/Hong_Kong"),
    ("HR", "Europe/Zagreb"), ("HU", "Europe/Budapest"), ("IE", "Europe/Dublin"), ("IL", "Asia/Jerusalem"),
    ("IN", "Asia/Kolkata"), ("IS", "Atlantic/Reykjavik"), ("IT", "Europe/Rome"), ("JO", "Asia/Amman"),
    ("JP", "Asia/Tokyo"), ("KE", "Africa/Nairobi"), ("KR", "Asia/Seoul"), ("KW", "Asia/Kuwait"),
    ("LI", "Europe/Vaduz"), ("LT", "Europe/Vilnius"), ("LU", "Europe/Luxembourg"), ("LV", "Europe/Riga"),
    ("MA", "Africa/Casablanca"), ("MC", "Europe/Monaco"), ("MO", "Asia/Macau"), ("MT", "Europe/Malta"),
    ("MY", "Asia/Kuala_Lumpur"), ("NG", "Africa/Lagos"), ("NL", "Europe/Amsterdam"), ("NO", "Europe/Oslo"),
    ("PE", "America/Lima"), ("PH", "Asia/Manila"), ("PK", "Asia/Karachi"), ("PL", "Europe/Warsaw"),
    ("QA", "Asia/Qatar"), ("RO", "Europe/Bucharest"), ("RS", "Europe/Belgrade"), ("SA", "Asia/Riyadh"),
    ("SE", "Europe/Stockholm"), ("SG", "Asia/Singapore"), ("SI", "Europe/Ljubljana"), ("SK", "Europe/Bratislava"),
    ("TH", "Asia/Bangkok"), ("TR", "Europe/Istanbul"), ("TW", "Asia/Taipei"), ("UY", "America/Montevideo"),
    ("VN", "Asia/Ho_Chi_Minh"), ("ZA", "Africa/Johannesburg"),
];

/// Provinces that keep one time, of countries that do not.
#[rustfmt::skip]
const PROVINCES: [(&str, &str, &str); 11] = [
    ("AU", "Australia/Sydney", "ACT"), ("AU", "Australia/Melbourne", "VIC"), ("AU", "Australia/Brisbane", "QLD"),
    ("AU", "Australia/Adelaide", "SA"), ("AU", "Australia/Hobart", "TAS"), ("AU", "Australia/Darwin", "NT"),
    ("CA", "America/Edmonton", "AB"), ("CA", "America/Winnipeg", "MB"), ("CA", "America/Halifax", "NS PE"),
    ("CA", "America/Moncton", "NB"), ("ES", "Atlantic/Canary", "GC TF"),
];

/// States of the United States that keep one time, by it.
#[rustfmt::skip]
const STATES: [(&str, &str); 7] = [
    ("America/New_York", "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV"),
    ("America/Chicago", "AL AR IA IL LA MN MO MS OK WI"),
    ("America/Denver", "CO MT NM UT WY"),
    ("America/Los_Angeles", "CA WA"),
    ("Pacific/Honolulu", "HI"),
    ("America/Puerto_Rico", "PR"),
    ("Pacific/Guam", "GU"),
];

/// The zone of a province, or of its country where that has but one.
pub(super) fn of(country: Country, province: &str) -> Option<Zone> {
    let has = |codes: &str| codes.split(' ').any(|code| !code.is_empty() && code == province);
    let country = country.as_str();
    let of_country = || COUNTRIES.iter().find(|(code, _)| *code == country).map(|(_, zone)| *zone);
    let of_province = || {
        let found = PROVINCES.iter().find(|(code, _, codes)| *code == country && has(codes));
        found.map(|(_, zone, _)| *zone)
    };
    let of_state = || {
        let found = STATES.iter().find(|(_, codes)| country == "US" && has(codes));
        found.map(|(zone, _)| *zone)
    };
    of_country().or_else(of_province).or_else(of_state).and_then(Zone::get)
}

#[cfg(test)]
mod tests {
    use super::{COUNTRIES, Country, PROVINCES, STATES, Zone, of};

    #[test]
    fn every_country_and_every_zone_of_the_tables_is_one() {
        for (code, zone) in COUNTRIES {
            assert!(Country::parse(code).is_some() && Zone::get(zone).is_some(), "{code} {zone}");
        }
        for (code, zone, _) in PROVINCES {
            assert!(Country::parse(code).is_some() && Zone::get(zone).is_some(), "{code} {zone}");
        }
        for (zone, _) in STATES {
            assert!(Zone::get(zone).is_some(), "{zone}");
        }
    }

    #[test]
    fn where_there_are_several_zones_none_is_guessed() {
        let zone = |country: &str, province: &str| {
            let country = Country::parse(country)?;
            of(country, province).map(|zone| zone.name().to_owned())
        };
        assert_eq!(zone("DE", "").as_deref(), Some("Europe/Berlin"));
        assert_eq!(zone("US", "NY").as_deref(), Some("America/New_York"));
        assert_eq!(zone("ES", "TF").as_deref(), Some("Atlantic/Canary"));
        for (country, province) in
            [("US", "TX"), ("US", "FL"), ("US", ""), ("CA", ""), ("BR", "SP"), ("AU", "NSW")]
        {
            assert_eq!(zone(country, province), None, "{country} {province}");
        }
    }
}
