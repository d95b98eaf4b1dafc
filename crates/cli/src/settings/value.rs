//! What settings can be: each type reads a text or a number once, and says what is allowed where it cannot.

use std::fmt;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// A closed list of words, each with one spelling.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$item_meta:meta])* $item:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub(crate) enum $name { $($(#[$item_meta])* $item,)+ }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                match text.as_str() {
                    $($text => Ok(Self::$item),)+
                    _ => {
                        let allowed = [$(concat!("`", $text, "`")),+].join(", ");
                        Err(format!("`{text}` is not allowed: one of {allowed}"))
                    }
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$item => $text),+ })
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                word.to_string()
            }
        }
    };
}

words! {
    /// How log lines look.
    LogFormat {
        /// Text on a terminal, and JSON otherwise.
        Auto = "auto",
        /// For people.
        Text = "text",
        /// One object a line, for machines.
        Json = "json",
    }
}

words! {
    /// How much is logged.
    LogLevel {
        /// Failures alone.
        Error = "error",
        /// And what may become one.
        Warn = "warn",
        /// And one line a request.
        Info = "info",
        /// And what a developer asks for.
        Debug = "debug",
        /// And everything else.
        Trace = "trace",
    }
}

words! {
    /// Which adapter speaks to a payment provider.
    ProviderKind {
        /// That of `api.stripe.com`.
        Stripe = "stripe",
        /// That of `api-m.paypal.com`.
        Paypal = "paypal",
        /// One that plays a provider, for trying out.
        Test = "test",
        /// Transfers that people make at their bank.
        Bank = "bank",
    }
}

/// An address of this machine to listen on, such as `127.0.0.1:8080`; port 0 takes any that is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Listen(pub(crate) SocketAddr);

impl TryFrom<String> for Listen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| {
            format!(
                "`{text}` is no address to listen on: an IP address and a port, such as `127.0.0.1:8080`"
            )
        })
    }
}

impl From<Listen> for String {
    fn from(Listen(address): Listen) -> Self {
        address.to_string()
    }
}

/// An `http` or `https` address, without a query and without a name and password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct WebUrl(http::Uri);

impl WebUrl {
    /// Without a slash at its end, so that a path can follow.
    pub(crate) fn as_base(&self) -> String {
        self.0.to_string().trim_end_matches('/').to_owned()
    }

    /// Whether what goes there is encrypted.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }

    /// Whether it is of this machine alone.
    pub(crate) fn is_local(&self) -> bool {
        matches!(self.0.host(), Some("localhost" | "127.0.0.1" | "[::1]"))
    }
}

impl TryFrom<String> for WebUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = "this is no address of the web: `https://HOST` or `http://HOST`, with a port and a path if need be";
        let url: http::Uri = text.parse().map_err(|_| wrong.to_owned())?;
        let has_name = url.authority().is_some_and(|authority| authority.as_str().contains('@'));
        let is_web = matches!(url.scheme_str(), Some("http" | "https"));
        if !is_web || url.host().is_none_or(str::is_empty) || url.query().is_some() || has_name {
            return Err(wrong.to_owned());
        }
        Ok(Self(url))
    }
}

impl From<WebUrl> for String {
    fn from(url: WebUrl) -> Self {
        url.as_base()
    }
}

/// The address of a server that takes mail: `smtp://` (with STARTTLS where it is offered) or `smtps://`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SmtpUrl {
    /// Whether the connection is encrypted from its first byte.
    pub(crate) is_encrypted: bool,
    /// The server's name or address.
    pub(crate) host: String,
    /// Its port.
    pub(crate) port: u16,
    /// The name and the password that are shown to it.
    pub(crate) credentials: Option<(String, String)>,
}

impl SmtpUrl {
    /// Reads an address. It may hold a password, so no error repeats any of it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = "this is no mail server: `smtp://NAME:PASSWORD@HOST:PORT` or `smtps://…`";
        let url: http::Uri = text.parse().map_err(|_| wrong.to_owned())?;
        let (is_encrypted, usual_port) = match url.scheme_str() {
            Some("smtp") => (false, 587),
            Some("smtps") => (true, 465),
            _ => return Err(wrong.to_owned()),
        };
        let host = url.host().filter(|host| !host.is_empty()).ok_or(wrong)?;
        let host = host.trim_matches(['[', ']']).to_owned();
        let authority = url.authority().map_or("", http::uri::Authority::as_str);
        let credentials = match authority.rsplit_once('@') {
            None => None,
            Some((shown, _)) => {
                let (name, password) = shown.split_once(':').ok_or(wrong)?;
                Some((decoded(name).ok_or(wrong)?, decoded(password).ok_or(wrong)?))
            }
        };
        let port = url.port_u16().unwrap_or(usual_port);
        Ok(Self { is_encrypted, host, port, credentials })
    }
}

/// A part of an address in which signs may be written as `%40`; not empty, and of one line.
fn decoded(text: &str) -> Option<String> {
    let text = percent_encoding::percent_decode_str(text).decode_utf8().ok()?;
    let is_plain = !text.is_empty() && !text.chars().any(char::is_control);
    is_plain.then(|| text.into_owned())
}

/// A mail address that stands alone, such as `returns@shop.example`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct MailAddress(String);

impl TryFrom<String> for MailAddress {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_plain = |part: &str| {
            !part.is_empty()
                && !part.contains(|sign: char| sign.is_whitespace() || "<>@,;".contains(sign))
        };
        match text.split_once('@') {
            Some((name, host)) if is_plain(name) && is_plain(host) => Ok(Self(text)),
            _ => Err("this is no mail address: write it alone, such as `returns@shop.example`"
                .to_owned()),
        }
    }
}

impl From<MailAddress> for String {
    fn from(MailAddress(text): MailAddress) -> Self {
        text
    }
}

/// A whole number with bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "u64")]
pub(crate) struct Bounded<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> Bounded<MIN, MAX> {
    /// A number that is known to be within the bounds; the nearest one where it is not.
    pub(crate) const fn new(number: u64) -> Self {
        Self(if number < MIN {
            MIN
        } else if number > MAX {
            MAX
        } else {
            number
        })
    }

    /// The number.
    pub(crate) const fn get(self) -> u64 {
        self.0
    }
}

impl<const MIN: u64, const MAX: u64> TryFrom<i64> for Bounded<MIN, MAX> {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        u64::try_from(number)
            .ok()
            .filter(|number| (MIN..=MAX).contains(number))
            .map(Self)
            .ok_or_else(|| format!("`{number}` is not allowed: a whole number from {MIN} to {MAX}"))
    }
}

impl<const MIN: u64, const MAX: u64> From<Bounded<MIN, MAX>> for u64 {
    fn from(Bounded(number): Bounded<MIN, MAX>) -> Self {
        number
    }
}
