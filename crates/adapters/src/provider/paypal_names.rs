//! How `PayPal` writes amounts and our references.

use std::fmt::Write as _;

use backhaul_core::money::{Currency, Money};
use serde_json::{Value, json};

use super::text;

/// The most characters of a `custom_id` (developer.paypal.com, schema of a refund).
const CUSTOM_ID_CHARS_MAX: usize = 127;

/// Our reference with the signs that a `custom_id` surely takes: ASCII letters, digits, `-`, `_` and `.`; every other byte is a
/// comma and two digits of base 16. Nothing where it becomes too long.
pub(super) fn custom_id(reference: &str) -> Option<String> {
    let mut written = String::with_capacity(reference.len());
    for byte in reference.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            written.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(written, ",{byte:02X}");
        }
    }
    (written.len() <= CUSTOM_ID_CHARS_MAX).then_some(written)
}

/// The reference that was written so.
pub(super) fn reference(custom_id: &str) -> Option<String> {
    let mut parts = custom_id.split(',');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend(rest.bytes());
    }
    let reference = String::from_utf8(bytes).ok()?;
    (self::custom_id(&reference).as_deref() == Some(custom_id)).then_some(reference)
}

/// The currencies that `PayPal` takes no fractions of, though there are some (developer.paypal.com, "Currency codes").
fn is_whole(currency: Currency) -> bool {
    ["HUF", "TWD"].contains(&currency.code())
}

/// The amount as `PayPal` takes it; nothing where it takes no such amount.
pub(super) fn write(amount: Money) -> Option<Value> {
    let text = amount.amount();
    let value = match text.split_once('.') {
        Some((whole, fraction)) if is_whole(amount.currency) => {
            fraction.bytes().all(|digit| digit == b'0').then_some(whole)?
        }
        _ => text.as_str(),
    };
    let currency = amount.currency.code();
    amount.is_positive().then(|| json!({"value": value, "currency_code": currency}))
}

/// The amount that `PayPal` wrote.
pub(super) fn read(amount: &Value) -> Option<Money> {
    let currency = Currency::parse(text(amount, "/currency_code")?).ok()?;
    let (value, scale) = (text(amount, "/value")?, currency.exponent());
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let (kept, beyond) = fraction.split_at_checked(scale).unwrap_or((fraction, ""));
    if !beyond.bytes().all(|digit| digit == b'0') {
        return None;
    }
    let point = if scale == 0 { "" } else { "." };
    Money::parse(&format!("{whole}{point}{kept:0<scale$}"), currency).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_decimal_texts_by_currency() {
        for (minor, currency, value) in [
            (1_099, "EUR", "10.99"),
            (5, "USD", "0.05"),
            (500, "JPY", "500"),
            (5_124, "KWD", "5.124"),
            (50_000, "HUF", "500"),
        ] {
            let amount = Money::new(minor, Currency::parse(currency).unwrap());
            let written = write(amount).unwrap();
            assert_eq!(written, json!({"value": value, "currency_code": currency}));
            assert_eq!(read(&written), Some(amount));
        }
        let forint = Currency::parse("HUF").unwrap();
        assert_eq!(write(Money::new(50_001, forint)), None, "no fractions of a forint");
        assert_eq!(write(Money::new(0, forint)), None);
    }

    #[test]
    fn amounts_are_read_with_fewer_or_empty_digits_and_not_with_others() {
        let of = |value: &str, code: &str| {
            read(&json!({"value": value, "currency_code": code})).map(|amount| amount.minor)
        };
        assert_eq!(of("3", "EUR"), Some(300));
        assert_eq!(of("3.5", "EUR"), Some(350));
        assert_eq!(of("500.00", "JPY"), Some(500));
        for (value, code) in [("3.001", "EUR"), ("3,00", "EUR"), ("", "EUR"), ("5.5", "JPY")] {
            assert_eq!(of(value, code), None, "{value} {code}");
        }
        assert_eq!(of("3.00", "XXX"), None);
    }

    #[test]
    fn references_survive_the_signs_that_a_custom_id_takes() {
        for reference in ["SO-1/R-1/1", "A/B/50%2F/2", "ü,_./1", ""] {
            let written = custom_id(reference).unwrap();
            let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "-_.,".contains(sign);
            assert!(written.chars().all(is_plain), "{written}");
            assert_eq!(self::reference(&written).as_deref(), Some(reference));
        }
        assert_eq!(custom_id("SO-1/R-1/1").as_deref(), Some("SO-1,2FR-1,2F1"));
        assert_eq!(custom_id(&"x".repeat(128)), None);
        for other in ["SO-1/R-1/1", "a,2f", "a,", "a,2", "a,ZZ", "a,41", "ä"] {
            assert_eq!(self::reference(other), None, "{other}");
        }
    }
}
