//! The port to those who are told.

use jiff::{SignedDuration, Timestamp};

/// A message with its signature, for one try.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedMessage {
    /// Where to.
    pub url: String,
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`: the moment of this try, in seconds.
    pub seconds: i64,
    /// `webhook-signature`.
    pub signature: String,
    /// The body, as JSON in UTF-8.
    pub body: String,
}

/// What came of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendAnswer {
    /// The receiver answered; what it says beside this is not read.
    Answered {
        /// The status code.
        status: u16,
        /// When it asks to be tried again.
        retry_after: Option<RetryAfter>,
    },
    /// No answer came. The message may have arrived.
    NoAnswer(SendFault),
}

/// What a receiver says in `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// In so long.
    In(SignedDuration),
    /// Not before.
    At(Timestamp),
}

/// Why no answer came: a closed list, so that nothing of the other side's words is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendFault {
    /// The address, or what its name stands for, is none that may be called.
    UrlNotAllowed,
    /// The name is not known.
    NameNotFound,
    /// It took too long.
    TimedOut,
    /// The connection was refused or broke off.
    ConnectionFailed,
    /// No safe connection could be agreed on: a certificate that is not good, mostly.
    TlsFailed,
    /// The answer is not HTTP, or its head is too large.
    BadAnswer,
}

impl SendFault {
    /// The word that is kept and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UrlNotAllowed => "url_not_allowed",
            Self::NameNotFound => "name_not_found",
            Self::TimedOut => "timed_out",
            Self::ConnectionFailed => "connection_failed",
            Self::TlsFailed => "tls_failed",
            Self::BadAnswer => "bad_answer",
        }
    }
}

/// Sends messages. An implementation checks where it connects to, follows no redirect, and comes back within its time-out.
pub trait WebhookSender: Send + Sync {
    /// Sends a message once and waits for the answer.
    fn send(&self, message: &SignedMessage) -> SendAnswer;

    /// The longest that a call takes.
    fn timeout(&self) -> SignedDuration;
}
