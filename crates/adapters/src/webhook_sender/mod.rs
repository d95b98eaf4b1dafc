//! Sends signed messages over HTTP, to the public internet alone.
//!
//! What a name stands for is checked when it is called: the addresses that were checked are those that are connected to, so that
//! a name cannot mean something else a moment later. No redirect is followed, no proxy is asked, and of an answer only the head is
//! read.

use std::error::Error as StdError;
use std::fmt;
use std::io::ErrorKind;
use std::time::Duration;

use backhaul_app::webhooks::{
    Reach, RetryAfter, SendAnswer, SendFault, SignedMessage, WebhookSender, WebhookUrl,
};
use jiff::SignedDuration;
use jiff::fmt::rfc2822::DateTimeParser;
use ureq::config::Config;
use ureq::http::{HeaderMap, Uri, header};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

/// The longest that one message takes, from the name to the answer.
pub const TIMEOUT: Duration = Duration::from_secs(15);
/// The longest that a look for a name takes, and that a connection takes.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The most bytes of an answer's head. Its body is not read.
pub const ANSWER_HEAD_BYTES_MAX: usize = 16 * 1024;
const USER_AGENT: &str = concat!("Backhaul/", env!("CARGO_PKG_VERSION"));

/// Sends over HTTP/1.1, each message on a connection of its own.
#[derive(Debug)]
pub struct HttpWebhookSender {
    agent: Agent,
    reach: Reach,
    timeout: Duration,
}

impl HttpWebhookSender {
    /// A sender that goes as far as that.
    #[must_use]
    pub fn new(reach: Reach) -> Self {
        Self::with_timeout(reach, TIMEOUT)
    }

    /// The same, with another time-out than [`TIMEOUT`].
    #[must_use]
    pub fn with_timeout(reach: Reach, timeout: Duration) -> Self {
        Self::over(reach, timeout, DefaultResolver::default())
    }

    fn over(reach: Reach, timeout: Duration, names: impl Resolver) -> Self {
        let config = Config::builder()
            .https_only(reach == Reach::Public)
            // A proxy would look names up where nobody checks them.
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(timeout))
            .timeout_resolve(Some(CONNECT_TIMEOUT))
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .max_response_header_size(ANSWER_HEAD_BYTES_MAX)
            // What was connected to in the past is not what was checked now.
            .max_idle_connections(0)
            .user_agent(USER_AGENT)
            .build();
        let agent =
            Agent::with_parts(config, DefaultConnector::default(), Checked { names, reach });
        Self { agent, reach, timeout }
    }
}

impl WebhookSender for HttpWebhookSender {
    fn send(&self, message: &SignedMessage) -> SendAnswer {
        // Saved long ago, perhaps under other rules.
        let Ok(url) = WebhookUrl::parse(&message.url, self.reach) else {
            return SendAnswer::NoAnswer(SendFault::UrlNotAllowed);
        };
        let answer = self
            .agent
            .post(url.as_str())
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", message.seconds.to_string())
            .header("webhook-signature", &message.signature)
            .send(&message.body);
        match answer {
            Ok(answer) => SendAnswer::Answered {
                status: answer.status().as_u16(),
                retry_after: retry_after(answer.headers()),
            },
            Err(error) => SendAnswer::NoAnswer(fault(&error)),
        }
    }

    fn timeout(&self) -> SignedDuration {
        SignedDuration::try_from(self.timeout).unwrap_or(SignedDuration::MAX)
    }
}

/// Looks names up, and lets through only what may be connected to.
#[derive(Debug)]
struct Checked<R> {
    names: R,
    reach: Reach,
}

impl<R: Resolver> Resolver for Checked<R> {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        // A name that stands for a public address and an inner one is not half good.
        let is_allowed = found.iter().all(|address| self.reach.allows(address.ip()));
        if is_allowed { Ok(found) } else { Err(Error::Other(Box::new(NotAllowed))) }
    }
}

/// The name stands for an address that may not be called.
#[derive(Debug)]
struct NotAllowed;

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name does not stand for an address of the public internet")
    }
}

impl StdError for NotAllowed {}

/// Seconds, or a date.
fn retry_after(headers: &HeaderMap) -> Option<RetryAfter> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(RetryAfter::In(SignedDuration::from_secs(i64::from(seconds))));
    }
    let moment = DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(RetryAfter::At(moment))
}

fn fault(error: &Error) -> SendFault {
    match error {
        Error::Other(other) if other.is::<NotAllowed>() => SendFault::UrlNotAllowed,
        Error::RequireHttpsOnly(_) | Error::BadUri(_) | Error::Http(_) => SendFault::UrlNotAllowed,
        Error::HostNotFound => SendFault::NameNotFound,
        Error::Timeout(_) => SendFault::TimedOut,
        Error::Io(error) => fault_of_io(error),
        Error::Tls(_) | Error::Rustls(_) | Error::TlsRequired => SendFault::TlsFailed,
        Error::Protocol(_) | Error::LargeResponseHeader(..) => SendFault::BadAnswer,
        _ => SendFault::ConnectionFailed,
    }
}

fn fault_of_io(error: &std::io::Error) -> SendFault {
    match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => SendFault::TimedOut,
        // What rustls finds wrong with the other side.
        ErrorKind::InvalidData => SendFault::TlsFailed,
        _ => SendFault::ConnectionFailed,
    }
}

#[cfg(test)]
mod tests;
