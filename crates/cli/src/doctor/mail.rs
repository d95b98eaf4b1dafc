//! The mail server: whether it greets. Nothing is sent.

use std::io::{BufRead as _, BufReader, Read as _, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::{Doctor, Verdict};
use crate::settings::{Settings, SmtpUrl};

/// How long the server may take to take the connection, and to greet.
const GREETING_WAIT: Duration = Duration::from_secs(5);
/// The most bytes of a greeting that are read (RFC 5321 allows 512).
const GREETING_BYTES_MAX: u64 = 512;

pub(super) fn check(doctor: &mut Doctor<impl Write>, settings: &Settings) -> Result<()> {
    let Some(smtp) = settings.smtp() else {
        return doctor.check("mail", || Verdict::ok("no mail server is set"));
    };
    let place = format!("{}:{}", smtp.host, smtp.port);
    doctor.check("mail", || match greet(&smtp) {
        Ok(()) if smtp.is_encrypted => Verdict::ok(format!("{place} takes connections")),
        Ok(()) => Verdict::ok(format!("{place} greets")),
        Err(error) => {
            Verdict::wrong(format!("{place}: {error:#}"), "look at `mail.smtp` and at the network")
        }
    })
}

fn greet(smtp: &SmtpUrl) -> Result<()> {
    let mut addresses = (smtp.host.as_str(), smtp.port).to_socket_addrs()?;
    let address = addresses.next().context("the name has no address")?;
    let stream = TcpStream::connect_timeout(&address, GREETING_WAIT)?;
    // Inside of TLS nothing is said before keys are exchanged.
    if smtp.is_encrypted {
        return Ok(());
    }
    stream.set_read_timeout(Some(GREETING_WAIT))?;
    let mut greeting = String::new();
    BufReader::new(&stream).take(GREETING_BYTES_MAX).read_line(&mut greeting)?;
    if !greeting.starts_with("220") {
        bail!("it does not greet as a mail server does");
    }
    // Politeness: it need not wait for us.
    let _ = (&stream).write_all(b"QUIT\r\n");
    Ok(())
}
