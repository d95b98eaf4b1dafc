//! Mails out, over SMTP.
//!
//! - [`SmtpMailer`]: one connection for each mail, encrypted wherever the server can, and always where a password is shown.
//! - `mime`: a mail as the bytes that are sent.
//!
//! Not for what mails say, nor for when they are tried again.

mod mime;
mod smtp;

pub use self::mime::MAIL_BYTES_MAX;
pub use self::smtp::{Encryption, SmtpMailer, SmtpMailerError, SmtpServer};
