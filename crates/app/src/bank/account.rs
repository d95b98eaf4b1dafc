//! What an account must be: a holder, and an IBAN, or a number with a BIC and a country.

use std::fmt;

use backhaul_store::bank_account::BankAccount;
use iban::{BaseIban, Iban, IbanLike as _, ParseIbanError};

use super::latin;

/// The most characters of a holder's name: what a transfer can carry.
pub const HOLDER_CHARS_MAX: usize = 70;
/// The most characters of an account's number that is no IBAN: what a transfer can carry.
pub const NUMBER_CHARS_MAX: usize = 34;
/// The most characters of an IBAN as it is typed, blanks included.
const IBAN_TYPED_CHARS_MAX: usize = 60;

/// The countries whose IBANs are reached by a SEPA credit transfer, by the list of the European Payments Council.
const SEPA: [&str; 42] = [
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI",
    "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL",
    "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA",
];

/// An account as somebody types it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AccountDraft {
    /// Whose it is.
    pub holder: String,
    /// Its IBAN; blanks and small letters are fine.
    pub iban: Option<String>,
    /// Its number, where it has no IBAN.
    pub number: Option<String>,
    /// The bank's BIC; needed where there is no IBAN.
    pub bic: Option<String>,
    /// The bank's country, as two capitals; needed where there is no IBAN, and else in the IBAN.
    pub country: Option<String>,
}

impl fmt::Debug for AccountDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bank account")
    }
}

/// What is wrong with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountFault {
    /// No name that a bank can write.
    #[error("the holder has 1 to {HOLDER_CHARS_MAX} characters, and at least one letter")]
    Holder,
    /// Not an IBAN: its length, its shape for the country, or its check digits.
    #[error("this is no IBAN: compare it with the statement, a digit is missing or wrong")]
    Iban,
    /// Not a BIC.
    #[error("a BIC has 8 or 11 letters and digits, such as `COBADEFFXXX`")]
    Bic,
    /// Not the number of an account.
    #[error(
        "an account number has 1 to {NUMBER_CHARS_MAX} letters, digits, blanks, `-` and `/`, and begins with a letter or digit"
    )]
    Number,
    /// Not a country, or not that of the IBAN.
    #[error("the country is two capitals, and that of the IBAN where there is one")]
    Country,
    /// Both or neither of the two.
    #[error("give either an IBAN, or an account number with a BIC and a country")]
    Either,
}

impl AccountDraft {
    /// The account, written in one way.
    ///
    /// # Errors
    /// [`AccountFault`].
    pub fn read(&self) -> Result<BankAccount, AccountFault> {
        let holder = self.holder.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_name = (1..=HOLDER_CHARS_MAX).contains(&holder.chars().count())
            && !holder.chars().any(char::is_control)
            && latin::of(&holder, HOLDER_CHARS_MAX).chars().any(|sign| sign.is_ascii_alphabetic());
        if !is_name {
            return Err(AccountFault::Holder);
        }
        let bic = self.bic.as_deref().map_or(Ok(String::new()), read_bic)?;
        let country = self.country.as_deref().map_or(Ok(String::new()), read_country)?;
        match (&self.iban, &self.number) {
            (Some(iban), None) => {
                let iban = read_iban(iban)?;
                let of_iban = iban.get(..2).unwrap_or_default().to_owned();
                if !country.is_empty() && country != of_iban {
                    return Err(AccountFault::Country);
                }
                Ok(BankAccount { holder, iban, number: String::new(), bic, country: of_iban })
            }
            (None, Some(number)) if !bic.is_empty() && !country.is_empty() => {
                let number = read_number(number)?;
                Ok(BankAccount { holder, iban: String::new(), number, bic, country })
            }
            _ => Err(AccountFault::Either),
        }
    }
}

/// The account that is paid from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debtor {
    name: String,
    iban: String,
    bic: String,
}

impl Debtor {
    /// An account of the merchant's: its name in at most [`HOLDER_CHARS_MAX`] characters, its IBAN, and the BIC where the bank asks
    /// for it.
    ///
    /// # Errors
    /// [`AccountFault`].
    pub fn new(name: &str, iban: &str, bic: Option<&str>) -> Result<Self, AccountFault> {
        let iban = Some(iban.to_owned());
        let bic = bic.map(str::to_owned);
        let draft = AccountDraft { holder: name.to_owned(), iban, bic, ..AccountDraft::default() };
        let BankAccount { holder, iban, bic, .. } = draft.read()?;
        if !is_in_sepa(&iban) {
            return Err(AccountFault::Iban);
        }
        Ok(Self { name: holder, iban, bic })
    }

    /// The merchant's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its IBAN, without blanks.
    #[must_use]
    pub fn iban(&self) -> &str {
        &self.iban
    }

    /// The BIC of its bank; empty where it is not given.
    #[must_use]
    pub fn bic(&self) -> &str {
        &self.bic
    }
}

/// Reads an IBAN as it is typed, and writes it without blanks. Of a country in the registry its length and shape are checked, of
/// another one only what every IBAN has in common; the check digits always.
///
/// # Errors
/// [`AccountFault::Iban`].
pub fn read_iban(typed: &str) -> Result<String, AccountFault> {
    if typed.chars().count() > IBAN_TYPED_CHARS_MAX {
        return Err(AccountFault::Iban);
    }
    let plain: String = typed.chars().filter(|sign| !sign.is_whitespace()).collect();
    let plain = plain.to_ascii_uppercase();
    match plain.parse::<Iban>() {
        Ok(iban) => Ok(iban.electronic_str().to_owned()),
        Err(ParseIbanError::UnknownCountry(base)) => Ok(BaseIban::electronic_str(&base).to_owned()),
        Err(_) => Err(AccountFault::Iban),
    }
}

/// Whether a SEPA credit transfer reaches that IBAN.
#[must_use]
pub fn is_in_sepa(iban: &str) -> bool {
    iban.get(..2).is_some_and(|country| SEPA.contains(&country))
}

fn read_bic(typed: &str) -> Result<String, AccountFault> {
    let bic = typed.trim().to_ascii_uppercase();
    let is_bic = matches!(bic.len(), 8 | 11)
        && bic.bytes().enumerate().all(|(place, byte)| match place {
            4 | 5 => byte.is_ascii_uppercase(),
            _ => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        });
    if is_bic { Ok(bic) } else { Err(AccountFault::Bic) }
}

fn read_country(typed: &str) -> Result<String, AccountFault> {
    let is_country = typed.len() == 2 && typed.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_country { Ok(typed.to_owned()) } else { Err(AccountFault::Country) }
}

fn read_number(typed: &str) -> Result<String, AccountFault> {
    let number = typed.trim();
    let is_sign = |sign: char| sign.is_ascii_alphanumeric() || " -/".contains(sign);
    let is_number = (1..=NUMBER_CHARS_MAX).contains(&number.len())
        && number.chars().all(is_sign)
        && number.starts_with(|sign: char| sign.is_ascii_alphanumeric());
    if is_number { Ok(number.to_owned()) } else { Err(AccountFault::Number) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the IBAN registry, one a line, with the length that the registry gives.
    const EXAMPLES: [(&str, usize); 44] = [
        ("AD12 0001 2030 2003 5910 0100", 24),
        ("AE07 0331 2345 6789 0123 456", 23),
        ("AL47 2121 1009 0000 0002 3569 8741", 28),
        ("AT61 1904 3002 3457 3201", 20),
        ("BE68 5390 0754 7034", 16),
        ("BG80 BNBG 9661 1020 3456 78", 22),
        ("BR18 0036 0305 0000 1000 9795 493C 1", 29),
        ("CH93 0076 2011 6238 5295 7", 21),
        ("CY17 0020 0128 0000 0012 0052 7600", 28),
        ("CZ65 0800 0000 1920 0014 5399", 24),
        ("DE89 3704 0044 0532 0130 00", 22),
        ("DK50 0040 0440 1162 43", 18),
        ("EE38 2200 2210 2014 5685", 20),
        ("ES91 2100 0418 4502 0005 1332", 24),
        ("FI21 1234 5600 0007 85", 18),
        ("FR14 2004 1010 0505 0001 3M02 606", 27),
        ("GB29 NWBK 6016 1331 9268 19", 22),
        ("GI75 NWBK 0000 0000 7099 453", 23),
        ("GR16 0110 1250 0000 0001 2300 695", 27),
        ("HR12 1001 0051 8630 0016 0", 21),
        ("HU42 1177 3016 1111 1018 0000 0000", 28),
        ("IE29 AIBK 9311 5212 3456 78", 22),
        ("IS14 0159 2600 7654 5510 7303 39", 26),
        ("IT60 X054 2811 1010 0000 0123 456", 27),
        ("LI21 0881 0000 2324 013A A", 21),
        ("LT12 1000 0111 0100 1000", 20),
        ("LU28 0019 4006 4475 0000", 20),
        ("LV80 BANK 0000 4351 9500 1", 21),
        ("MC58 1122 2000 0101 2345 6789 030", 27),
        ("MD24 AG00 0225 1000 1310 4168", 24),
        ("ME25 5050 0001 2345 6789 51", 22),
        ("MK07 2501 2000 0058 984", 19),
        ("MT84 MALT 0110 0001 2345 MTLC AST0 01S", 31),
        ("NL91 ABNA 0417 1643 00", 18),
        ("NO93 8601 1117 947", 15),
        ("PL61 1090 1014 0000 0712 1981 2874", 28),
        ("PT50 0002 0123 1234 5678 9015 4", 25),
        ("RO49 AAAA 1B31 0075 9384 0000", 24),
        ("RS35 2600 0560 1001 6113 79", 22),
        ("SE45 5000 0000 0583 9825 7466", 24),
        ("SI56 2633 0001 2039 086", 19),
        ("SK31 1200 0000 1987 4263 7541", 24),
        ("SM86 U032 2509 8000 0000 0270 100", 27),
        ("VA59 0011 2300 0012 3456 78", 22),
    ];

    #[test]
    fn ibans_of_the_registry_are_read_as_people_type_them() {
        for (typed, length) in EXAMPLES {
            let plain = typed.replace(' ', "");
            assert_eq!(plain.len(), length, "{typed}");
            for typed in [typed.to_owned(), plain.clone(), format!(" {} ", typed.to_lowercase())] {
                assert_eq!(read_iban(&typed).as_deref(), Ok(plain.as_str()), "{typed}");
            }
        }
        let outside = ["AE", "BR"];
        for (typed, _) in EXAMPLES {
            assert_eq!(is_in_sepa(typed), !outside.contains(&&typed[..2]), "{typed}");
        }
        let known: Vec<_> = EXAMPLES.iter().map(|(typed, _)| &typed[..2]).collect();
        assert!(SEPA.iter().all(|country| known.contains(country)), "each is tried");
    }

    #[test]
    fn any_wrong_digit_and_any_two_that_changed_places_are_found() {
        for (typed, _) in EXAMPLES {
            let plain: Vec<char> = typed.replace(' ', "").chars().collect();
            for place in 0..plain.len() {
                if plain[place].is_ascii_digit() {
                    for digit in ('0'..='9').filter(|digit| *digit != plain[place]) {
                        let mut wrong = plain.clone();
                        wrong[place] = digit;
                        let wrong: String = wrong.into_iter().collect();
                        assert_eq!(read_iban(&wrong), Err(AccountFault::Iban), "{wrong}");
                    }
                }
                let mut swapped = plain.clone();
                // A letter counts as two digits, and may change places with one of them unseen.
                let is_pair =
                    |pair: &[char]| pair[0] != pair[1] && pair.iter().all(char::is_ascii_digit);
                if plain.get(place..place + 2).is_some_and(is_pair) {
                    swapped.swap(place, place + 1);
                    let swapped: String = swapped.into_iter().collect();
                    assert_eq!(read_iban(&swapped), Err(AccountFault::Iban), "{swapped}");
                }
            }
            let short: String = plain[..plain.len() - 1].iter().collect();
            assert!(read_iban(&short).is_err() && read_iban(&format!("{typed}0")).is_err());
        }
        for none in ["", "DE", "DE89", "DE00 3704", "é", &"9".repeat(100), "DE89/3704"] {
            assert_eq!(read_iban(none), Err(AccountFault::Iban), "{none}");
        }
    }

    #[test]
    fn an_account_is_an_iban_or_a_number_with_its_bank() {
        let draft = |holder: &str, iban: Option<&str>, rest: [Option<&str>; 3]| {
            let [number, bic, country] = rest.map(|part| part.map(str::to_owned));
            let (holder, iban) = (holder.to_owned(), iban.map(str::to_owned));
            AccountDraft { holder, iban, number, bic, country }.read()
        };
        let german = Some("DE89370400440532013000");
        let read = draft("  Zoë   Groß ", german, [None, Some("cobadeffxxx"), Some("DE")]).unwrap();
        assert_eq!(read.holder, "Zoë Groß");
        assert_eq!((read.bic.as_str(), read.country.as_str()), ("COBADEFFXXX", "DE"));
        let bank = [Some("12-345 6"), Some("CHASUS33"), Some("US")];
        assert_eq!(draft("A", None, bank).unwrap().number, "12-345 6");
        for (expected, account) in [
            (AccountFault::Holder, draft(" ", german, [None; 3])),
            (AccountFault::Holder, draft("12\u{7}3", german, [None; 3])),
            (AccountFault::Holder, draft("?!", german, [None; 3])),
            (AccountFault::Holder, draft(&"x".repeat(71), german, [None; 3])),
            (AccountFault::Bic, draft("A", german, [None, Some("COBADE"), None])),
            (AccountFault::Bic, draft("A", german, [None, Some("COBA12FF"), None])),
            (AccountFault::Country, draft("A", german, [None, None, Some("AT")])),
            (AccountFault::Country, draft("A", german, [None, None, Some("de")])),
            (AccountFault::Either, draft("A", None, [None; 3])),
            (AccountFault::Either, draft("A", german, bank)),
            (AccountFault::Either, draft("A", None, [Some("1"), None, Some("US")])),
            (AccountFault::Number, draft("A", None, [Some("=1"), Some("CHASUS33"), Some("US")])),
        ] {
            assert_eq!(account.err(), Some(expected));
        }
        assert_eq!(
            format!("{:?}", draft("A", german, [None; 3]).unwrap()),
            "a bank account",
            "no log shows it"
        );
    }
}
