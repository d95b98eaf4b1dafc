//! Payment providers behind the desk's port: each turns a refund into the provider's own request, and its answer into what
//! is certain of it. What is not certain is unclear, and never a failure.
//!
//! - [`Stripe`], [`PayPal`]: the real ones, over HTTP.
//! - [`TestBook`]: no provider at all, for who tries the desk: it moves no money and keeps a book.

mod http;
mod paypal;
mod paypal_names;
mod paypal_webhook;
mod stripe;
mod stripe_amount;
mod stripe_webhook;
mod test_book;

use std::fmt;

use backhaul_app::SubmitAnswer;
use backhaul_core::ledger::Reference;
use serde_json::Value;
use ureq::http::Uri;

pub use self::paypal::{PayPal, PayPalSettings};
pub use self::stripe::{Stripe, StripeSettings};
pub use self::test_book::TestBook;

/// The most characters of a provider's code that are kept.
const CODE_CHARS_MAX: usize = 100;

/// Something that must not be shown: it says nothing of itself in logs and errors.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes it as it is.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Where a provider's interface is: encrypted, or on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(String);

/// The text is no address of a provider.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no provider's address: write `https://HOST` and a path where there is one")]
pub struct MalformedBaseUrl {
    /// What was given.
    pub given: String,
}

impl BaseUrl {
    /// Takes `https://…`, or `http://` with a loopback address, without a query.
    ///
    /// # Errors
    /// [`MalformedBaseUrl`].
    pub fn new(given: &str) -> Result<Self, MalformedBaseUrl> {
        let malformed = || MalformedBaseUrl { given: given.to_owned() };
        let uri: Uri = given.parse().map_err(|_| malformed())?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(malformed)?;
        let is_here = ["127.0.0.1", "[::1]", "localhost"].contains(&host);
        let is_safe = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => is_here,
            _ => false,
        };
        if !is_safe || uri.query().is_some() || given.contains(['@', '#']) {
            return Err(malformed());
        }
        Ok(Self(given.trim_end_matches('/').to_owned()))
    }

    fn with(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

/// The text at that place.
fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}

/// The provider's name of something.
fn reference(value: &Value, pointer: &str) -> Option<Reference> {
    Reference::new(text(value, pointer)?).ok()
}

/// A definite refusal with the provider's code, as far as that is a plain word.
fn failed(code: &str) -> SubmitAnswer {
    let is_plain = |sign: &char| sign.is_ascii_alphanumeric() || "_-.".contains(*sign);
    let reason_code = code.chars().filter(is_plain).take(CODE_CHARS_MAX).collect();
    SubmitAnswer::Failed { reason_code }
}

#[cfg(test)]
mod tests {
    use super::{BaseUrl, Secret};

    #[test]
    fn an_address_is_encrypted_or_of_this_machine() {
        for good in [
            "https://api.stripe.com",
            "https://api-m.paypal.com/",
            "http://127.0.0.1:8420/stripe_v1",
            "http://localhost:1",
            "http://[::1]:1/x",
        ] {
            assert!(BaseUrl::new(good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.stripe.com",
            "http://127.0.0.1.example.org",
            "http://localhost@example.org",
            "ftp://127.0.0.1",
            "api.stripe.com",
            "https://",
            "https://a/?b=c",
            "",
        ] {
            assert!(BaseUrl::new(bad).is_err(), "{bad}");
        }
        assert_eq!(BaseUrl::new("https://a/b/").unwrap().with("/v1"), "https://a/b/v1");
    }

    #[test]
    fn a_secret_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("sk_live_1")), "Secret");
    }
}
