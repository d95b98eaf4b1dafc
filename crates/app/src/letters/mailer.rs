//! The port to the mail server.

use backhaul_mail::Message;
use jiff::{SignedDuration, Timestamp};

use crate::Email;

/// A mail that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMail {
    /// What its Message-ID begins with: the same at every try, so that a second copy can be told.
    pub id: String,
    /// The same for all mails about one case, so that they are shown together.
    pub thread: Option<String>,
    /// Where it goes.
    pub to: Email,
    /// The merchant, as buyers know it.
    pub from_name: String,
    /// Where answers go; nothing where nobody reads them.
    pub reply_to: Option<String>,
    /// When the letter was written.
    pub written_at: Timestamp,
    /// The language that it is in, as a tag.
    pub language: &'static str,
    /// What it says.
    pub message: Message,
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The mail server took it.
    Accepted,
    /// It was made and goes nowhere: the desk is one to try.
    Kept,
}

/// Why a mail was not sent, without anything of the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendFault {
    /// The server will never take it, such as for an address that is not there.
    Refused {
        /// The server's status code.
        status: u16,
    },
    /// The server does not take it now.
    NotNow {
        /// The server's status code.
        status: u16,
    },
    /// The address or the mail cannot be written as mail.
    Malformed,
    /// The mail is larger than any server takes.
    TooLarge,
    /// The server did not answer in time.
    TimedOut,
    /// There was no connection, or it broke.
    ConnectionFailed,
    /// The connection cannot be encrypted, or the server is not who it should be.
    TlsFailed,
    /// The server does not accept the name and password.
    SignInFailed,
}

impl SendFault {
    /// Whether another try can end otherwise.
    #[must_use]
    pub const fn is_worth_another(self) -> bool {
        !matches!(self, Self::Refused { .. } | Self::Malformed | Self::TooLarge)
    }

    /// The fault as it is kept and shown.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Refused { status } => format!("refused_{status}"),
            Self::NotNow { status } => format!("not_now_{status}"),
            Self::Malformed => "malformed".to_owned(),
            Self::TooLarge => "too_large".to_owned(),
            Self::TimedOut => "timed_out".to_owned(),
            Self::ConnectionFailed => "connection_failed".to_owned(),
            Self::TlsFailed => "tls_failed".to_owned(),
            Self::SignInFailed => "sign_in_failed".to_owned(),
        }
    }
}

/// Sends mails.
pub trait Mailer: Send + Sync {
    /// Sends one mail, and says what became of it. It is not tried again within.
    ///
    /// # Errors
    /// [`SendFault`]. After [`SendFault::TimedOut`] and [`SendFault::ConnectionFailed`] the server may have it all the same.
    fn send(&self, mail: &OutgoingMail) -> Result<Sent, SendFault>;

    /// How long [`Mailer::send`] may take.
    fn timeout(&self) -> SignedDuration;

    /// Whether mails go nowhere and are only shown, so that it never is too late for one.
    fn is_for_show(&self) -> bool {
        false
    }
}

/// Keeps mails where they are: for a desk to try, whose page shows what would have been sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeptMail;

impl Mailer for KeptMail {
    fn send(&self, _: &OutgoingMail) -> Result<Sent, SendFault> {
        Ok(Sent::Kept)
    }

    fn timeout(&self) -> SignedDuration {
        SignedDuration::ZERO
    }

    fn is_for_show(&self) -> bool {
        true
    }
}
