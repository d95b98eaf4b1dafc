//! One mail to a mail server, and what its answer means.

use std::fmt;
use std::io::ErrorKind;
use std::time::Duration;

use backhaul_app::letters::{Mailer, OutgoingMail, SendFault, Sent};
use jiff::SignedDuration;
use lettre::address::Address;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    Certificate, CertificateStore, SmtpConnection, TlsParameters, TlsVersion,
};
use lettre::transport::smtp::extension::ClientId;

use super::mime;

/// How long the server may take for one answer.
const ANSWER_WAIT: Duration = Duration::from_secs(20);
/// How long a whole mail may take: its answers are a dozen at most.
const MAIL_WAIT: SignedDuration = SignedDuration::from_mins(4);

/// How the way to the server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// From the first byte.
    FromStart,
    /// By STARTTLS, where the server offers it; always where a password is shown to a server that is not on this machine.
    Upgraded,
}

/// A mail server, and how it is spoken to.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way is encrypted.
    pub encryption: Encryption,
    /// The name and the password that are shown to it.
    pub credentials: Option<(String, String)>,
    /// Certificates (PEM) that are trusted beside those that everybody trusts, such as of a company's own authority.
    pub authorities: Vec<u8>,
    /// Who mails come from.
    pub from: String,
}

/// Says nothing of the password.
impl fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpServer({}:{})", self.host, self.port)
    }
}

/// Why a mail server cannot be used as it is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpMailerError {
    /// The sender's address is none.
    #[error("the address that mails come from is none")]
    From,
    /// The certificates cannot be read, or the server's name is none.
    #[error("the certificates of the mail server's authority cannot be read")]
    Authorities,
}

/// Sends mails over SMTP.
pub struct SmtpMailer {
    server: SmtpServer,
    from: Address,
    tls: TlsParameters,
    hello: ClientId,
}

impl SmtpMailer {
    /// A mailer for that server.
    ///
    /// # Errors
    /// [`SmtpMailerError`].
    pub fn new(server: SmtpServer) -> Result<Self, SmtpMailerError> {
        let from: Address = server.from.parse().map_err(|_| SmtpMailerError::From)?;
        let mut tls = TlsParameters::builder(server.host.clone())
            .certificate_store(CertificateStore::WebpkiRoots)
            .set_min_tls_version(TlsVersion::Tlsv12);
        if !server.authorities.is_empty() {
            let read = Certificate::from_pem(&server.authorities);
            tls = tls.add_root_certificate(read.map_err(|_| SmtpMailerError::Authorities)?);
        }
        let tls = tls.build_rustls().map_err(|_| SmtpMailerError::Authorities)?;
        let hello = ClientId::Domain(from.domain().to_owned());
        Ok(Self { server, from, tls, hello })
    }

    /// Connects, encrypts, signs in, and takes its leave: what the doctor asks for.
    ///
    /// # Errors
    /// [`SendFault`].
    pub fn try_out(&self) -> Result<(), SendFault> {
        let mut connection = self.connect()?;
        let _ = connection.quit();
        Ok(())
    }

    fn connect(&self) -> Result<SmtpConnection, SendFault> {
        let SmtpServer { host, port, encryption, .. } = &self.server;
        let place = (host.as_str(), *port);
        let tls = (*encryption == Encryption::FromStart).then_some(&self.tls);
        let mut connection =
            SmtpConnection::connect(place, Some(ANSWER_WAIT), &self.hello, tls, None)
                .map_err(|error| meaning(&error))?;
        if *encryption == Encryption::Upgraded {
            self.upgrade(&mut connection)?;
        }
        if let Some((name, password)) = &self.server.credentials {
            let shown = Credentials::new(name.clone(), password.clone());
            connection.auth(DEFAULT_MECHANISMS, &shown).map_err(|error| sign_in_fault(&error))?;
        }
        Ok(connection)
    }

    fn upgrade(&self, connection: &mut SmtpConnection) -> Result<(), SendFault> {
        if connection.can_starttls() {
            return connection.starttls(&self.tls, &self.hello).map_err(|error| {
                if is_timeout(&error) { SendFault::TimedOut } else { SendFault::TlsFailed }
            });
        }
        let is_local = matches!(self.server.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        // Whoever stands between could have taken the offer away, to read the password.
        if self.server.credentials.is_some() && !is_local {
            return Err(SendFault::TlsFailed);
        }
        Ok(())
    }
}

impl Mailer for SmtpMailer {
    fn send(&self, mail: &OutgoingMail) -> Result<Sent, SendFault> {
        let written = mime::write(mail, &self.from)?;
        let bytes = written.formatted();
        if bytes.len() > mime::MAIL_BYTES_MAX {
            return Err(SendFault::TooLarge);
        }
        let mut connection = self.connect()?;
        let sent = connection.send(written.envelope(), &bytes).map_err(|error| meaning(&error));
        // The server has it, or not; that it need not wait for us is politeness.
        let _ = connection.quit();
        sent.map(|_| Sent::Accepted)
    }

    fn timeout(&self) -> SignedDuration {
        MAIL_WAIT
    }
}

/// A server's answer to the name and the password.
fn sign_in_fault(error: &lettre::transport::smtp::Error) -> SendFault {
    if error.is_permanent() || error.is_client() { SendFault::SignInFailed } else { meaning(error) }
}

fn meaning(error: &lettre::transport::smtp::Error) -> SendFault {
    /// Larger than the server takes (RFC 5321).
    const TOO_LARGE: u16 = 552;
    let status = error.status().map(u16::from);
    match status {
        Some(TOO_LARGE) => SendFault::TooLarge,
        Some(status) if error.is_permanent() => SendFault::Refused { status },
        Some(status) => SendFault::NotNow { status },
        None if is_timeout(error) => SendFault::TimedOut,
        None if error.is_tls() => SendFault::TlsFailed,
        None if error.is_client() => SendFault::Malformed,
        None => SendFault::ConnectionFailed,
    }
}

/// Whether the server was waited for in vain. A socket whose time is over says so in one of two ways.
fn is_timeout(error: &lettre::transport::smtp::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return matches!(io.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock);
        }
        source = inner.source();
    }
    false
}
