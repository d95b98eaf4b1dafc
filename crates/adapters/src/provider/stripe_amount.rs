//! Amounts as Stripe counts them: in the currency's smallest unit, which for a few currencies is not the one of ISO 4217.

use backhaul_core::money::{Currency, Money};

/// How many digits Stripe counts behind the point. Source: docs.stripe.com/currencies, "Zero-decimal currencies" and
/// "Special cases".
fn digits(currency: Currency) -> usize {
    match currency.code() {
        // Without cents, and yet given with two digits, for the sake of older clients.
        "ISK" | "UGX" => 2,
        "MGA" => 0,
        _ => currency.exponent(),
    }
}

/// The amount as Stripe takes it; nothing where it takes no such amount.
pub(super) fn write(amount: Money) -> Option<i64> {
    let (own, theirs) = (amount.currency.exponent(), digits(amount.currency));
    let written = scaled(amount.minor, own, theirs)?;
    // Of three digits the last must be 0 ("Three-decimal currencies").
    let is_round = theirs < 3 || written.checked_rem(10) == Some(0);
    (is_round && written > 0).then_some(written)
}

/// The amount that Stripe wrote, in that currency of small letters.
pub(super) fn read(written: i64, currency: &str) -> Option<Money> {
    let currency = Currency::parse(&currency.to_ascii_uppercase()).ok()?;
    let minor = scaled(written, digits(currency), currency.exponent())?;
    Some(Money::new(minor, currency))
}

/// The same amount with another number of digits behind the point, where it has no more.
fn scaled(amount: i64, from: usize, to: usize) -> Option<i64> {
    let power = |digits: usize| 10_i64.checked_pow(u32::try_from(digits).ok()?);
    if to >= from {
        return amount.checked_mul(power(to.checked_sub(from)?)?);
    }
    let unit = power(from.checked_sub(to)?)?;
    (amount.checked_rem(unit)? == 0).then(|| amount.checked_div(unit))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_by_currency_and_read_again() {
        for (minor, currency, written) in [
            (1_099, "EUR", 1_099),
            (500, "JPY", 500),
            (5_120, "KWD", 5_120),
            (5, "ISK", 500),
            (7, "UGX", 700),
            (900, "MGA", 9),
            (50_000, "HUF", 50_000),
        ] {
            let amount = Money::new(minor, Currency::parse(currency).unwrap());
            assert_eq!(write(amount), Some(written), "{amount}");
            assert_eq!(read(written, &currency.to_lowercase()), Some(amount), "{amount}");
        }
    }

    #[test]
    fn what_stripe_does_not_pay_is_not_asked_for() {
        for (minor, currency) in [(5_124, "KWD"), (950, "MGA"), (0, "EUR"), (-5, "EUR")] {
            let amount = Money::new(minor, Currency::parse(currency).unwrap());
            assert_eq!(write(amount), None, "{amount}");
        }
        assert_eq!(read(550, "isk"), None, "half a krona");
        assert_eq!(read(5, "xxx"), None);
    }
}
