//! Money: whole minor units of one currency, and splits whose parts meet the whole (invariant `sums-meet`).
//!
//! Nothing else in the workspace does arithmetic on amounts. There is no floating point and no rounding but that of
//! [`allocate`], which is by largest remainder, and of [`Money::from_decimal`], which says its rule. Not for exchange: amounts of two currencies never meet.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use iso_currency::IntoEnumIterator as _;
use serde::{Deserialize, Serialize};

/// A currency of ISO 4217 that has minor units, or none: 0, 2, 3 or 4 digits. Metals and test codes are refused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub struct Currency(iso_currency::Currency);

/// Those with a minor unit, by their codes. The library looks through all of them in turn, and ledgers are full of amounts.
static KNOWN: LazyLock<Vec<iso_currency::Currency>> = LazyLock::new(|| {
    let all = iso_currency::Currency::iter();
    let mut known: Vec<_> = all.filter(|currency| currency.exponent().is_some()).collect();
    known.sort_unstable_by_key(iso_currency::Currency::code);
    known
});

impl Currency {
    /// The currency of that code, in capitals.
    ///
    /// # Errors
    /// [`MoneyError::UnknownCurrency`] where ISO 4217 has no such code, or gives it no minor unit.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        let found = KNOWN.binary_search_by_key(&code, |currency| currency.code());
        let known = found.ok().and_then(|place| KNOWN.get(place).copied());
        known.map(Self).ok_or(MoneyError::UnknownCurrency)
    }

    /// Every one that [`parse`](Self::parse) knows, by its code.
    pub fn all() -> impl Iterator<Item = Self> {
        KNOWN.iter().copied().map(Self)
    }

    /// The three letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many digits follow the decimal point.
    #[must_use]
    pub fn exponent(self) -> usize {
        self.0.exponent().map_or(0, usize::from)
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(code: String) -> Result<Self, MoneyError> {
        Self::parse(&code)
    }
}

impl From<Currency> for &'static str {
    fn from(currency: Currency) -> Self {
        currency.code()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount of one currency, in whole minor units; negative where something is owed the other way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units, such as cents.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// So many minor units.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Reads `12.34`: an optional `-`, digits without leading zeros, and either no point or all digits of the
    /// currency's scale. `12.5` EUR is refused, because a digit may have been lost; so are `12.345` EUR, `1.5` JPY,
    /// `-0`, `+1`, `1e3`, `1,000`, blanks and digits that are not ASCII.
    ///
    /// # Errors
    /// [`MoneyError::Malformed`], or [`MoneyError::Overflow`] above 64 bits of minor units.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits, None),
        };
        let scale = currency.exponent();
        let scale_is_exact = fraction.is_none_or(|f| scale > 0 && f.len() == scale);
        let has_leading_zero = whole.len() > 1 && whole.starts_with('0');
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || has_leading_zero
            || !scale_is_exact
            || !is_digits(whole)
            || !fraction.is_none_or(is_digits)
        {
            return Err(MoneyError::Malformed);
        }
        let sign = if digits.len() < text.len() { "-" } else { "" };
        let fraction = fraction.unwrap_or("");
        let minor = i64::from_str(&format!("{sign}{whole}{fraction:0<scale$}"))
            .map_err(|_| MoneyError::Overflow)?;
        if minor == 0 && !sign.is_empty() {
            return Err(MoneyError::Malformed);
        }
        Ok(Self::new(minor, currency))
    }

    /// Reads a decimal as other programs write it: an optional `-`, digits, and after a point any number of digits up to
    /// [`DECIMAL_CHARS_MAX`] characters in all. What is finer than the minor unit is rounded as told.
    ///
    /// # Errors
    /// [`MoneyError::Malformed`]; [`MoneyError::TooFine`] under [`Rounding::Refuse`]; [`MoneyError::Overflow`].
    pub fn from_decimal(
        text: &str,
        currency: Currency,
        rounding: Rounding,
    ) -> Result<Self, MoneyError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_digits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if text.len() > DECIMAL_CHARS_MAX || !is_digits(whole) || !is_digits(fraction) {
            return Err(MoneyError::Malformed);
        }
        let scale = currency.exponent();
        let (kept, rest) = fraction.split_at_checked(scale).unwrap_or((fraction, ""));
        let minor = i64::from_str(&format!("{whole}{kept:0<scale$}"));
        let minor = minor.map_err(|_| MoneyError::Overflow)?;
        let minor = if rounding.is_up(minor, rest)? { minor.checked_add(1) } else { Some(minor) };
        let minor = minor.ok_or(MoneyError::Overflow)?;
        let is_negative = digits.len() < text.len();
        Ok(Self::new(if is_negative { minor.saturating_neg() } else { minor }, currency))
    }

    /// Both together.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`] or [`MoneyError::Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(minor, self.currency))
    }

    /// What is left of this without the other; may be negative.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`] or [`MoneyError::Overflow`].
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(minor, self.currency))
    }

    /// The smaller of both.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`].
    pub fn at_most(self, ceiling: Self) -> Result<Self, MoneyError> {
        self.same_currency(ceiling)?;
        Ok(Self::new(self.minor.min(ceiling.minor), self.currency))
    }

    /// All of them together; nothing where there is none.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`] or [`MoneyError::Overflow`].
    pub fn sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// Splits by [`allocate`].
    ///
    /// # Errors
    /// [`MoneyError::NoWeight`].
    pub fn split(self, weights: &[u64]) -> Result<Vec<Self>, MoneyError> {
        let parts = allocate(self.minor, weights)?;
        Ok(parts.into_iter().map(|minor| Self::new(minor, self.currency)).collect())
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Whether it is more than nothing.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.minor > 0
    }

    /// Whether it is less than nothing.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// The amount without its currency, as [`Money::parse`] reads it.
    #[must_use]
    pub fn amount(self) -> String {
        let sign = if self.is_negative() { "-" } else { "" };
        let scale = self.currency.exponent();
        let digits =
            format!("{:0>width$}", self.minor.unsigned_abs(), width = scale.saturating_add(1));
        match digits.split_at_checked(digits.len().saturating_sub(scale)) {
            Some((whole, fraction)) if !fraction.is_empty() => format!("{sign}{whole}.{fraction}"),
            _ => format!("{sign}{digits}"),
        }
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::CurrencyMismatch) }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The longest decimal that [`Money::from_decimal`] reads.
pub const DECIMAL_CHARS_MAX: usize = 60;

/// What becomes of the digits that a currency has no room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// The amount is refused, unless they are all zeros.
    #[default]
    Refuse,
    /// To the nearest minor unit; from the middle to the even one.
    HalfEven,
    /// To the nearest minor unit; from the middle away from zero.
    HalfUp,
    /// Towards zero.
    Down,
}

impl Rounding {
    /// Whether the minor unit above is meant, given the digits below the minor unit.
    fn is_up(self, minor: i64, rest: &str) -> Result<bool, MoneyError> {
        let has_digits = |text: &str| text.bytes().any(|digit| digit != b'0');
        let first = rest.bytes().next().unwrap_or(b'0');
        let is_middle = first == b'5' && rest.get(1..).is_none_or(|more| !has_digits(more));
        match self {
            Self::Refuse if has_digits(rest) => Err(MoneyError::TooFine),
            Self::Refuse | Self::Down => Ok(false),
            Self::HalfEven if is_middle => Ok(minor.checked_rem(2) == Some(1)),
            Self::HalfEven | Self::HalfUp => Ok(first >= b'5'),
        }
    }
}

/// Splits a whole by weights, by largest remainder; of equal remainders the first wins. The parts add up to the whole,
/// each is less than one unit from its exact share, and a part of weight 0 is 0. A negative whole splits as the mirror
/// of the positive one.
///
/// # Errors
/// [`MoneyError::NoWeight`] where there is no weight above 0, for then nobody can say whose the whole is.
pub fn allocate(total: i64, weights: &[u64]) -> Result<Vec<i64>, MoneyError> {
    let whole = u128::from(total.unsigned_abs());
    let weight_sum: u128 = weights.iter().copied().map(u128::from).sum();

    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut rest = whole;
    for (index, weight) in weights.iter().enumerate() {
        // Below 2^127: a whole of at most 2^63 by a weight below 2^64.
        let exact = whole.checked_mul(u128::from(*weight)).ok_or(MoneyError::Overflow)?;
        let part = exact.checked_div(weight_sum).ok_or(MoneyError::NoWeight)?;
        let remainder = exact.checked_rem(weight_sum).ok_or(MoneyError::NoWeight)?;
        rest = rest.checked_sub(part).ok_or(MoneyError::Overflow)?;
        parts.push(part);
        remainders.push((Reverse(remainder), index));
    }
    if weights.is_empty() {
        return Err(MoneyError::NoWeight);
    }

    // INVARIANT: the rest is smaller than the number of parts with a remainder, so each gets at most one unit.
    remainders.sort_unstable();
    let rest = usize::try_from(rest).map_err(|_| MoneyError::Overflow)?;
    for (_, index) in remainders.into_iter().take(rest) {
        let part = parts.get_mut(index).ok_or(MoneyError::Overflow)?;
        *part = part.checked_add(1).ok_or(MoneyError::Overflow)?;
    }
    parts.into_iter().map(|part| signed(part, total < 0)).collect()
}

fn signed(part: u128, negative: bool) -> Result<i64, MoneyError> {
    let part = i128::try_from(part).map_err(|_| MoneyError::Overflow)?;
    let part = if negative { part.checked_neg() } else { Some(part) };
    part.and_then(|part| i64::try_from(part).ok()).ok_or(MoneyError::Overflow)
}

/// Why an amount cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MoneyError {
    /// It does not fit in 64 bits of minor units.
    Overflow,
    /// Amounts of two currencies were to meet.
    CurrencyMismatch,
    /// The text is no amount of that currency.
    Malformed,
    /// The text has digits below the currency's minor unit.
    TooFine,
    /// ISO 4217 has no such currency, or it has no minor unit.
    UnknownCurrency,
    /// A whole was to be split over no weight at all.
    NoWeight,
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Overflow => "the amount is too large",
            Self::CurrencyMismatch => "the amounts are of different currencies",
            Self::Malformed => {
                "not an amount: write whole units, or all digits after the point, such as `12.34`"
            }
            Self::TooFine => "finer than the currency's smallest unit: say how it is to be rounded",
            Self::UnknownCurrency => {
                "not a currency of ISO 4217: write its three capitals, such as `EUR`"
            }
            Self::NoWeight => "there is nothing to split over: at least one weight must be above 0",
        })
    }
}

impl std::error::Error for MoneyError {}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod tests {
    use proptest::prelude::*;

    use super::Rounding::{Down, HalfEven, HalfUp, Refuse};
    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    fn minor(text: &str, code: &str) -> Result<i64, MoneyError> {
        Money::parse(text, currency(code)).map(|money| money.minor)
    }

    #[test]
    fn an_amount_is_read_with_the_currency_s_own_digits() {
        assert_eq!(minor("12.34", "EUR"), Ok(1234));
        assert_eq!(minor("12", "EUR"), Ok(1200));
        assert_eq!(minor("-0.01", "EUR"), Ok(-1));
        assert_eq!(minor("98633", "JPY"), Ok(98_633));
        assert_eq!(minor("1.250", "KWD"), Ok(1250));
        assert_eq!(minor("1.0001", "CLF"), Ok(10_001));
    }

    #[test]
    fn a_foreign_decimal_is_rounded_as_told_or_refused() {
        let read = |text: &str, code, rounding| {
            Money::from_decimal(text, currency(code), rounding).map(|money| money.minor)
        };
        for (text, even, up, down) in [
            ("957.5775", 95_758, 95_758, 95_757),
            ("0.125", 12, 13, 12),
            ("0.135", 14, 14, 13),
            ("0.1250001", 13, 13, 12),
            ("0.1249", 12, 12, 12),
            ("-0.125", -12, -13, -12),
            ("0.995", 100, 100, 99),
        ] {
            assert_eq!(read(text, "EUR", HalfEven), Ok(even), "{text}");
            assert_eq!(read(text, "EUR", HalfUp), Ok(up), "{text}");
            assert_eq!(read(text, "EUR", Down), Ok(down), "{text}");
            assert_eq!(read(text, "EUR", Refuse), Err(MoneyError::TooFine), "{text}");
        }
        for (text, code, minor) in [
            ("12.5", "EUR", 1250),
            ("12.3400", "EUR", 1234),
            ("007", "EUR", 700),
            ("5.0", "JPY", 5),
        ] {
            assert_eq!(read(text, code, Refuse), Ok(minor), "{text}");
        }
        for text in ["", "-", ".5", "5.", "1,5", "1e3", "+1", " 1", "1.2.3", "NaN", "--1"] {
            assert_eq!(read(text, "EUR", HalfEven), Err(MoneyError::Malformed), "{text}");
        }
        assert_eq!(read(&"1".repeat(61), "EUR", Down), Err(MoneyError::Malformed));
        assert_eq!(read("92233720368547758.08", "EUR", Down), Err(MoneyError::Overflow));
        assert_eq!(read("92233720368547758.079", "EUR", HalfUp), Err(MoneyError::Overflow));
    }

    #[test]
    fn what_is_not_exactly_an_amount_is_refused() {
        for text in [
            "", "-", ".", "12.", ".5", "12.5", "12.345", "1e3", "1,000.00", "1.00.0", "-0",
            "-0.00", "+1", "01.00", "00", " 1", "1 ", "１", "NaN", "inf", "0x10", "1_000", "--1",
            "1.-1",
        ] {
            assert_eq!(minor(text, "EUR"), Err(MoneyError::Malformed), "{text}");
        }
        assert_eq!(minor("1.5", "JPY"), Err(MoneyError::Malformed));
        assert_eq!(minor("1.", "JPY"), Err(MoneyError::Malformed));
        assert_eq!(minor("99999999999999999999", "EUR"), Err(MoneyError::Overflow));
    }

    #[test]
    fn every_currency_with_a_minor_unit_is_found_by_its_code() {
        let all: Vec<_> = iso_currency::Currency::iter().collect();
        assert!(all.len() > 150, "{}", all.len());
        for known in all {
            let found = Currency::parse(known.code());
            assert_eq!(found.ok().map(|found| found.0), known.exponent().map(|_| known));
        }
    }

    #[test]
    fn only_currencies_with_a_minor_unit_exist() {
        for code in ["XAU", "XXX", "XTS", "eur", "EURO", ""] {
            assert_eq!(Currency::parse(code), Err(MoneyError::UnknownCurrency), "{code}");
        }
        assert_eq!(currency("EUR").exponent(), 2);
    }

    #[test]
    fn amounts_of_two_currencies_never_meet() {
        let euros = Money::new(1, currency("EUR"));
        let yen = Money::new(1, currency("JPY"));
        assert_eq!(euros.plus(yen), Err(MoneyError::CurrencyMismatch));
        assert_eq!(euros.minus(yen), Err(MoneyError::CurrencyMismatch));
        assert_eq!(euros.at_most(yen), Err(MoneyError::CurrencyMismatch));
    }

    #[test]
    fn an_amount_that_does_not_fit_is_an_error() {
        let most = Money::new(i64::MAX, currency("EUR"));
        let one = Money::new(1, currency("EUR"));
        assert_eq!(most.plus(one), Err(MoneyError::Overflow));
        assert_eq!(Money::new(i64::MIN, one.currency).minus(one), Err(MoneyError::Overflow));
    }

    #[test]
    fn of_equal_remainders_the_first_wins() {
        assert_eq!(allocate(100, &[1, 1, 1]), Ok(vec![34, 33, 33]));
        assert_eq!(allocate(-100, &[1, 1, 1]), Ok(vec![-34, -33, -33]));
        assert_eq!(allocate(10, &[0, 3, 0]), Ok(vec![0, 10, 0]));
        assert_eq!(allocate(5700, &[1, 1, 1]), Ok(vec![1900, 1900, 1900]));
        assert_eq!(allocate(i64::MIN, &[u64::MAX]), Ok(vec![i64::MIN]));
    }

    #[test]
    fn a_split_over_no_weight_is_an_error() {
        assert_eq!(allocate(1, &[]), Err(MoneyError::NoWeight));
        assert_eq!(allocate(0, &[0, 0]), Err(MoneyError::NoWeight));
    }

    proptest! {
        #[test]
        fn the_parts_meet_the_whole_and_each_is_within_one_of_its_share(
            total in any::<i64>(),
            weights in prop::collection::vec(prop_oneof![0u64..5, any::<u64>()], 1..12),
        ) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let parts = allocate(total, &weights).unwrap();
            let weight_sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            prop_assert_eq!(parts.iter().map(|part| i128::from(*part)).sum::<i128>(), i128::from(total));
            for (part, weight) in parts.iter().zip(&weights) {
                // part - total * weight / sum, in whole units, rounded towards zero.
                let exact = i128::from(total) * i128::from(*weight) / weight_sum;
                prop_assert!((i128::from(*part) - exact).abs() <= 1);
                prop_assert!(*weight > 0 || *part == 0);
            }
        }

        #[test]
        fn what_is_written_is_read_back(minor in any::<i64>(), code in prop::sample::select(
            vec!["EUR", "JPY", "KWD", "CLF"],
        )) {
            let money = Money::new(minor, currency(code));
            prop_assert_eq!(Money::parse(&money.amount(), money.currency), Ok(money));
            let json = serde_json::to_string(&money).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
        }
    }
}
