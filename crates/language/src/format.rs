//! Dates, moments and money as each language writes them: a date with its weekday, a moment with its zone, money with its currency.

use backhaul_core::money::{Currency, Money, MoneyError};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::{Speaks, words};

/// A day with its weekday.
#[must_use]
pub fn date(language: impl Speaks, date: Date) -> String {
    let language = language.language();
    let weekday = words::format_weekday(language, date.weekday().to_monday_one_offset());
    let month = words::format_month(language, date.month());
    words::format_date(language, date.day(), month, weekday, date.year()).into_owned()
}

/// A moment in a zone, which is named.
#[must_use]
pub fn moment(language: impl Speaks, moment: Timestamp, zone: &TimeZone) -> String {
    let language = language.language();
    let local = moment.to_zoned(zone.clone());
    let time = local.strftime("%H:%M");
    words::format_moment(language, date(language, local.date()), time, local.strftime("%Z"))
        .into_owned()
}

/// An amount with its currency.
#[must_use]
pub fn money(language: impl Speaks, money: Money) -> String {
    let language = language.language();
    words::format_money(language, number(language, &money.amount()), money.currency).into_owned()
}

/// An amount as a field shows it: without its currency, which stands beside.
#[must_use]
pub fn amount(language: impl Speaks, amount: Money) -> String {
    number(language, &amount.amount())
}

/// Reads an amount that a person typed: as the language writes it, with or without the marks of thousands, or as [`Money::parse`]
/// reads it, which is how machines write it.
///
/// # Errors
/// [`MoneyError::Malformed`], also where the two ways read it differently: nobody is to guess what is paid.
pub fn read_amount(
    language: impl Speaks,
    typed: &str,
    currency: Currency,
) -> Result<Money, MoneyError> {
    let group = words::format_group_mark(&language);
    let ungrouped = typed.replace(&*group, "");
    let decimal = ungrouped.replace(&*words::format_decimal_mark(&language), ".");
    let as_written = Money::parse(&decimal, currency).ok().filter(|_| {
        let written = number(&language, &decimal);
        // Marks of thousands stand where they belong, or nowhere.
        typed == written || typed == written.replace(&*group, "")
    });
    let plain = Money::parse(typed, currency);
    match (plain, as_written) {
        (Ok(plain), Some(written)) if plain != written => Err(MoneyError::Malformed),
        (Err(_), Some(written)) => Ok(written),
        (plain, _) => plain,
    }
}

/// A share of a hundred, in whole parts.
#[must_use]
pub fn percent(language: impl Speaks, percent: u32) -> String {
    words::format_percent(language, percent).into_owned()
}

/// A decimal such as `-1234.50`, with the marks of the language.
fn number(language: impl Speaks, decimal: &str) -> String {
    let (sign, digits) = decimal.strip_prefix('-').map_or(("", decimal), |digits| ("−", digits));
    let (whole, fraction) =
        digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut text = sign.to_owned();
    let group = words::format_group_mark(&language);
    for (place, digit) in whole.chars().enumerate() {
        let left = whole.len().saturating_sub(place);
        if place > 0 && left.is_multiple_of(3) {
            text.push_str(&group);
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push_str(&words::format_decimal_mark(&language));
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use backhaul_core::money::{Currency, Money};
    use jiff::civil::date as day;
    use jiff::tz::TimeZone;

    use super::{amount, date, moment, money, read_amount};
    use crate::Language;

    fn all(say: impl Fn(Language) -> String) -> Vec<String> {
        ["en", "zh-Hans", "de"].map(|tag| say(Language::of_tag(tag).unwrap())).to_vec()
    }

    #[test]
    fn a_day_names_its_weekday() {
        let said = all(|language| date(language, day(2026, 3, 11)));
        assert_eq!(said, ["Wed, 11 Mar 2026", "2026年3月11日 星期三", "Mi. 11. März 2026"]);
    }

    #[test]
    fn a_moment_names_its_zone() {
        let said = all(|language| {
            let zone = TimeZone::get("Asia/Shanghai").unwrap();
            moment(language, "2026-03-11T16:05:00Z".parse().unwrap(), &zone)
        });
        assert_eq!(said[0], "Thu, 12 Mar 2026, 00:05 (CST)");
        assert_eq!(said[1], "2026年3月12日 星期四 00:05（CST）");
    }

    #[test]
    fn money_has_its_currency_and_the_marks_of_the_language() {
        let amount = |text: &str, code: &str| {
            let amount = Money::parse(text, Currency::parse(code).unwrap()).unwrap();
            all(|language| money(language, amount))
        };
        assert_eq!(
            amount("1234567.50", "EUR"),
            ["EUR 1,234,567.50", "EUR 1,234,567.50", "1.234.567,50 EUR"]
        );
        assert_eq!(amount("999", "JPY"), ["JPY 999", "JPY 999", "999 JPY"]);
    }
    /// What the three languages read, in minor units.
    fn read(typed: &str, code: &str) -> [Option<i64>; 3] {
        let currency = Currency::parse(code).unwrap();
        ["en", "zh-Hans", "de"].map(|tag| {
            let read = read_amount(Language::of_tag(tag).unwrap(), typed, currency);
            read.ok().map(|money| money.minor)
        })
    }

    #[test]
    fn an_amount_is_read_as_it_is_shown() {
        for (minor, code) in [(123_456_750, "EUR"), (1, "EUR"), (99_900, "JPY"), (1_250, "KWD")] {
            let money = Money::new(minor, Currency::parse(code).unwrap());
            for tag in ["en", "zh-Hans", "de"] {
                let language = Language::of_tag(tag).unwrap();
                let shown = amount(language, money);
                assert_eq!(read_amount(language, &shown, money.currency), Ok(money), "{shown}");
            }
        }
    }

    #[test]
    fn an_amount_is_read_as_the_language_writes_it_or_as_machines_do() {
        assert_eq!(read("12.50", "EUR"), [Some(1250); 3]);
        assert_eq!(read("12,50", "EUR"), [None, None, Some(1250)]);
        assert_eq!(read("1234,50", "EUR"), [None, None, Some(123_450)]);
        assert_eq!(read("1,234.50", "EUR"), [Some(123_450), Some(123_450), None]);
        assert_eq!(read("1.234", "EUR"), [None, None, Some(123_400)]);
        assert_eq!(read("1,234", "EUR"), [Some(123_400), Some(123_400), None]);
    }

    #[test]
    fn an_amount_that_could_be_two_is_refused() {
        assert_eq!(read("1.250", "KWD"), [Some(1250), Some(1250), None]);
        assert_eq!(read("1,250", "KWD"), [Some(1_250_000), Some(1_250_000), Some(1250)]);
        for typed in ["1,23,4.50", "12.34,50", ",50", "12,", "1 234,50", "0,5", "", "1.2.3"] {
            assert_eq!(read(typed, "EUR"), [None; 3], "{typed}");
        }
    }
}
