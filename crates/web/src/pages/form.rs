//! What people typed into a form: read strictly, bounded, and told back beside its field where it cannot be so.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use backhaul_app::{Once, PeopleError};
use backhaul_core::money::{Currency, Money};
use backhaul_language::{format, words as w};
use backhaul_store::Hash;

use super::fault::PageFault;
use super::visit::Visit;

/// The most bytes of a form without files.
pub(crate) const FORM_BYTES_MAX: usize = 256 << 10;
/// The most fields of a form.
pub(crate) const FIELDS_MAX: usize = 1_000;

/// Reads an amount as somebody typed it, if it is one that fits, or says how it is written.
///
/// # Errors
/// The words for beside the field.
pub(crate) fn read_amount(
    visit: &Visit,
    typed: &str,
    currency: Currency,
    fits: impl Fn(Money) -> bool,
) -> Result<Money, String> {
    let read = format::read_amount(visit, typed, currency).ok();
    read.filter(|amount| fits(*amount)).ok_or_else(|| {
        let example = format::amount(visit, Money::new(1234, currency));
        w::finance_amount_wrong(visit, typed, currency, example).into_owned()
    })
}

/// The fields of a form, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The fields of a form that has them already, such as one with files.
    pub(crate) fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// What stands in a field, without blanks around it; nothing where it is not there.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or("")
    }

    /// What stands in a field, without blanks around it, where it is there and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// What stands in a field to the letter, blanks around it too: a password is what was typed.
    pub(crate) fn exact(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Everything under that name, such as the boxes that are ticked.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every field, by its name.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether a field is there: a box that is ticked, a button that was pressed.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// The key under which this form acts once, however often it is sent: the field `once`, which the page drew by chance.
    ///
    /// # Errors
    /// The form has no such field.
    pub(crate) fn once(&self, visit: &Visit) -> Result<Once, PageFault> {
        let key = self.get("once").filter(|key| key.len() <= 64).ok_or(PageFault::Malformed)?;
        let parts = self.0.iter().flat_map(|(name, value)| [name, "\n", value, "\n"]);
        let all: String = parts.collect();
        let path = visit.here.split('?').next().unwrap_or_default();
        let request_hash = Hash::of_text(&format!("{path}\n{all}")).to_string();
        Ok(Once { caller: visit.caller(), key: key.to_owned(), request_hash })
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = PageFault;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageFault> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return Err(PageFault::Malformed);
        }
        let arrived =
            tokio::time::timeout(crate::BODY_TIMEOUT, Bytes::from_request(request, state));
        let bytes =
            arrived.await.map_err(|_| PageFault::TooSlow)?.map_err(|_| PageFault::TooLarge)?;
        if bytes.len() > FORM_BYTES_MAX {
            return Err(PageFault::TooLarge);
        }
        let fields: Vec<_> =
            form_urlencoded::parse(&bytes).into_owned().take(FIELDS_MAX + 1).collect();
        if fields.len() > FIELDS_MAX {
            return Err(PageFault::TooLarge);
        }
        // What nobody types on purpose; PostgreSQL could not even keep a NUL.
        let is_odd = |sign: char| sign.is_control() && !matches!(sign, '\t' | '\n' | '\r');
        if fields.iter().any(|(_, value)| value.chars().any(is_odd)) {
            return Err(PageFault::Malformed);
        }
        Ok(Self(fields))
    }
}

/// A key for the field `once` of a form that is drawn.
///
/// # Errors
/// The machine gives no randomness.
pub(crate) fn new_once() -> Result<String, PageFault> {
    backhaul_app::sessions::random_key().map_err(|error: PeopleError| PageFault::mistake(&error))
}

/// What is wrong with a form: at which field, and what to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults(Vec<(String, String)>);

impl Faults {
    /// One more.
    pub(crate) fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push((field.to_owned(), message.into()));
    }

    /// What is wrong with that field.
    pub(crate) fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == field).map(|(_, message)| message.as_str())
    }

    /// All of them, for the summary on top of the form.
    pub(crate) fn all(&self) -> &[(String, String)] {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
