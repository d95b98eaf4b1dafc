//! Who bought an order: personal data, one row for each order, that can be erased while the ledgers stay (invariant `erasable`).

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::{Row, Tx};
use crate::values;

/// The most bytes of an e-mail address.
pub const EMAIL_BYTES_MAX: usize = 254;
/// The most characters of a buyer's name.
pub const NAME_CHARS_MAX: usize = 200;
/// The most characters of a language's tag.
pub const LANGUAGE_CHARS_MAX: usize = 35;

/// An e-mail address, as it was given.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// What is no e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an e-mail address: it has one `@` with something on both sides, no blanks or control characters, and at most {EMAIL_BYTES_MAX} bytes"
)]
pub struct MalformedEmail;

impl Email {
    /// Takes up to [`EMAIL_BYTES_MAX`] bytes with one `@`, something on both sides of it, and neither blanks nor control
    /// characters. Whether mail arrives there only the mail can tell.
    ///
    /// # Errors
    /// [`MalformedEmail`].
    pub fn new(text: &str) -> Result<Self, MalformedEmail> {
        let has_two_sides = text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@')
        });
        let is_plain = !text.chars().any(|sign| sign.is_control() || sign.is_whitespace());
        let is_email = text.len() <= EMAIL_BYTES_MAX && has_two_sides && is_plain;
        is_email.then(|| Self(text.to_owned())).ok_or(MalformedEmail)
    }

    /// The address as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two addresses are compared: in lower case, on both sides of the `@`.
    ///
    /// By the letter of the standard the local part may differ by case alone; no provider in use lets it.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl TryFrom<String> for Email {
    type Error = MalformedEmail;

    fn try_from(text: String) -> Result<Self, MalformedEmail> {
        Self::new(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

/// Says nothing of the address, so that none gets into a log.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

/// Who bought an order, as far as the shop says.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stated")]
pub struct Buyer {
    /// Where mail about the order goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    /// How the buyer is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The language to write in, as a tag such as `en` or `zh-Hans`.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
}

/// A buyer as somebody states it, before it is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated {
    email: Option<Email>,
    name: Option<String>,
    language: Option<String>,
}

/// What is wrong with a buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedBuyer {
    /// The name is too long, empty, or not of one line.
    #[error(
        "not a name: it has 1 to {NAME_CHARS_MAX} characters, none of them a control character"
    )]
    Name,
    /// The language is no tag.
    #[error(
        "not a language: write a tag of letters, digits and `-` such as `en` or `zh-Hans`, of at most {LANGUAGE_CHARS_MAX} characters"
    )]
    Language,
}

impl Buyer {
    /// Checks what is known of a buyer.
    ///
    /// # Errors
    /// [`MalformedBuyer`].
    pub fn new(
        email: Option<Email>,
        name: Option<String>,
        language: Option<String>,
    ) -> Result<Self, MalformedBuyer> {
        let is_name = |name: &String| {
            (1..=NAME_CHARS_MAX).contains(&name.chars().count())
                && !name.chars().any(char::is_control)
        };
        let is_language = |tag: &String| {
            let is_part = |part: &str| {
                !part.is_empty() && part.chars().all(|sign| sign.is_ascii_alphanumeric())
            };
            tag.len() <= LANGUAGE_CHARS_MAX && tag.split('-').all(is_part)
        };
        if !name.as_ref().is_none_or(is_name) {
            return Err(MalformedBuyer::Name);
        }
        if !language.as_ref().is_none_or(is_language) {
            return Err(MalformedBuyer::Language);
        }
        Ok(Self { email, name, language })
    }

    /// Where mail about the order goes.
    #[must_use]
    pub fn email(&self) -> Option<&Email> {
        self.email.as_ref()
    }

    /// How the buyer is called.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The language to write in, as a tag such as `en` or `zh-Hans`.
    #[must_use]
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl TryFrom<Stated> for Buyer {
    type Error = MalformedBuyer;

    fn try_from(stated: Stated) -> Result<Self, MalformedBuyer> {
        Self::new(stated.email, stated.name, stated.language)
    }
}

/// Says what is known, and nothing of it.
impl fmt::Debug for Buyer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buyer")
            .field("email", &self.email)
            .field("name", &self.name.as_ref().map(|_| "…"))
            .field("language", &self.language)
            .finish()
    }
}

/// Sorts behind every moment there is.
const NEVER_ERASED_US: i64 = i64::MAX;

/// Keeps the buyer of an order in the place of what was kept; says whether that changed something. What was erased stays erased.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, order: &OrderId, buyer: &Buyer) -> Result<bool, Error> {
    let email = buyer.email.as_ref().map_or("", Email::as_str);
    let key = buyer.email.as_ref().map(Email::key).unwrap_or_default();
    let (name, language) = (buyer.name().unwrap_or(""), buyer.language().unwrap_or(""));
    let (name_key, last_name_key) = name_keys(name);
    let changed = tx.exec(
        "insert into buyer (order_id, email, email_key, name, language, erased_at_us, name_key,
           last_name_key)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (order_id) do update set
           email = excluded.email, email_key = excluded.email_key,
           name = excluded.name, language = excluded.language,
           name_key = excluded.name_key, last_name_key = excluded.last_name_key
         where buyer.erased_at_us = excluded.erased_at_us
           and (buyer.email <> excluded.email or buyer.name <> excluded.name
             or buyer.language <> excluded.language or buyer.name_key <> excluded.name_key
             or buyer.last_name_key <> excluded.last_name_key)",
        values![
            order.as_str(),
            email,
            &key,
            name,
            language,
            NEVER_ERASED_US,
            &name_key,
            &last_name_key,
        ],
    )?;
    Ok(changed == 1)
}

/// The buyer of an order; nothing where none is known or it was erased.
///
/// # Errors
/// [`Error`].
pub fn get(tx: &mut dyn Tx, order: &OrderId) -> Result<Option<Buyer>, Error> {
    tx.first(
        "select email, name, language from buyer where order_id = $1 and erased_at_us = $2",
        values![order.as_str(), NEVER_ERASED_US],
        read,
    )
}

/// The orders of that address, however its letters are written, by their ids.
///
/// # Errors
/// [`Error`].
pub fn orders_of(tx: &mut dyn Tx, email: &Email, limit: u32) -> Result<Vec<OrderId>, Error> {
    tx.all(
        "select order_id from buyer where email_key = $1 order by order_id limit $2",
        values![&email.key(), i64::from(limit)],
        |row| {
            let unreadable = || Error::Unreadable { column: 0, wanted: "an order's id" };
            OrderId::new(row.text(0)?).ok_or_else(unreadable)
        },
    )
}

/// The forms in which a name is looked for: all of it in lower case, and its last word where it has several.
fn name_keys(name: &str) -> (String, String) {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    let last =
        if words.len() > 1 { words.last().cloned().unwrap_or_default() } else { String::new() };
    (words.join(" "), last)
}

/// The orders of buyers whose name, or the last word of it, begins so, however its letters are written; at most so many of each.
///
/// # Errors
/// [`Error`].
pub fn named(tx: &mut dyn Tx, beginning: &str, limit: u32) -> Result<Vec<OrderId>, Error> {
    let (prefix, _) = name_keys(beginning);
    if prefix.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    // Ranges of the indexes. What stands between in the order of another language does not begin so, and is left out.
    for sql in [
        "select order_id, name_key from buyer where name_key <> '' and name_key >= $1
         order by name_key, order_id limit $2",
        "select order_id, last_name_key from buyer
         where last_name_key <> '' and last_name_key >= $1
         order by last_name_key, order_id limit $2",
    ] {
        let rows = tx.all(sql, values![&prefix, i64::from(limit)], |row| {
            let unreadable = || Error::Unreadable { column: 0, wanted: "an order's id" };
            let id = OrderId::new(row.text(0)?).ok_or_else(unreadable)?;
            Ok(row.text(1)?.starts_with(&prefix).then_some(id))
        })?;
        found.extend(rows.into_iter().flatten());
    }
    Ok(found)
}

/// Erases what is kept of an order's buyer, for good: a later import does not bring it back, even where nothing was kept. Says
/// whether it was not erased before.
///
/// # Errors
/// [`Error`].
pub fn erase(tx: &mut dyn Tx, order: &OrderId, at: Timestamp) -> Result<bool, Error> {
    let changed = tx.exec(
        "insert into buyer (order_id, email, email_key, name, language, erased_at_us)
         values ($1, '', '', '', '', $2)
         on conflict (order_id) do update set
           email = '', email_key = '', name = '', language = '', name_key = '',
           last_name_key = '',
           erased_at_us = excluded.erased_at_us
         where buyer.erased_at_us = $3",
        values![order.as_str(), at, NEVER_ERASED_US],
    )?;
    Ok(changed == 1)
}

fn read(row: &dyn Row) -> Result<Buyer, Error> {
    let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let email = known(row.text(0)?).map(Email::try_from).transpose();
    let email = email.map_err(|_| Error::Unreadable { column: 0, wanted: "an e-mail address" })?;
    let buyer = Buyer::new(email, known(row.text(1)?), known(row.text(2)?));
    buyer.map_err(|_| Error::Unreadable { column: 1, wanted: "a buyer" })
}

#[cfg(test)]
mod tests {
    use super::{Buyer, EMAIL_BYTES_MAX, Email, MalformedBuyer, NAME_CHARS_MAX};

    #[test]
    fn an_address_has_one_at_sign_and_neither_blanks_nor_control_characters() {
        let longest = format!("{}@b.example", "a".repeat(EMAIL_BYTES_MAX - 10));
        for good in ["buyer@shop.example", "a+b@x", "ä@ö.example", "a@[127.0.0.1]", &longest] {
            assert!(Email::new(good).is_ok(), "{good}");
        }
        let longer = format!("a{longest}");
        for bad in [
            "",
            "@",
            "a@",
            "@b",
            "a",
            "a@b@c",
            "a b@c",
            "a@b\n",
            "a@b\r\nBcc: c@d",
            "\0a@b",
            "\"a b\"@c",
            "a@b\u{2028}",
            &longer,
        ] {
            assert!(Email::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn addresses_are_compared_in_lower_case() {
        let key = |text| Email::new(text).map(|email| email.key());
        assert_eq!(key("Buyer.One@Shop.Example"), key("buyer.one@shop.example"));
    }

    #[test]
    fn a_buyer_is_checked_however_it_comes_in() {
        let name = |name: String| Buyer::new(None, Some(name), None).map(drop);
        assert_eq!(name("n".repeat(NAME_CHARS_MAX)), Ok(()));
        assert_eq!(name("n".repeat(NAME_CHARS_MAX + 1)), Err(MalformedBuyer::Name));
        assert_eq!(name("Buyer\nOne".to_owned()), Err(MalformedBuyer::Name));
        let language = |tag: &str| Buyer::new(None, None, Some(tag.to_owned())).map(drop);
        assert_eq!(language("zh-Hans"), Ok(()));
        for bad in ["", "en_US", "en-", "-", "e n", "ünd"] {
            assert_eq!(language(bad), Err(MalformedBuyer::Language), "{bad}");
        }
        assert!(serde_json::from_str::<Buyer>(r#"{"email":"a"}"#).is_err());
        assert!(serde_json::from_str::<Buyer>(r#"{"phone":"1"}"#).is_err());
    }

    #[test]
    fn a_buyer_is_not_told_to_a_log() {
        let email = Email::new("secret@shop.example").ok();
        let buyer = Buyer::new(email, Some("Secret".to_owned()), Some("en".to_owned())).ok();
        assert!(!format!("{buyer:?}").to_lowercase().contains("secret"));
    }
}
