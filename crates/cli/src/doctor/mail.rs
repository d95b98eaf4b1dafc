//! The mail server: whether it takes mails. Nothing is sent.

use anyhow::Result;
use backhaul_app::letters::SendFault;

use super::{Doctor, Report, Verdict};
use crate::mailer::smtp;
use crate::settings::Settings;

pub(super) fn check(doctor: &mut Doctor<impl Report>, settings: &Settings) -> Result<()> {
    let Some(url) = settings.smtp() else {
        return doctor.check("mail", || {
            let advice = "set `mail.smtp` and `mail.from`, so that buyers can sign in and are told of their returns";
            Verdict::warning("no mail server is set: letters to buyers wait", advice)
        });
    };
    let place = format!("{}:{}", url.host, url.port);
    doctor.check("mail", || {
        let mailer = match smtp(settings) {
            Ok(Some(mailer)) => mailer,
            Ok(None) => return Verdict::ok("no mail server is set"),
            Err(error) => return Verdict::wrong(format!("{error:#}"), "look at `mail`"),
        };
        match mailer.try_out() {
            Ok(()) if url.credentials.is_some() => Verdict::ok(format!("{place} lets us in")),
            Ok(()) => Verdict::ok(format!("{place} takes mails")),
            Err(fault) => Verdict::wrong(format!("{place}: {}", says(fault)), advice(fault)),
        }
    })
}

fn says(fault: SendFault) -> String {
    match fault {
        SendFault::TimedOut => "it does not answer in time".to_owned(),
        SendFault::ConnectionFailed => "it cannot be reached, or is no mail server".to_owned(),
        SendFault::TlsFailed => "the way to it cannot be encrypted and believed".to_owned(),
        SendFault::SignInFailed => "it does not accept the name and password".to_owned(),
        other => format!("it does not take us ({})", other.text()),
    }
}

const fn advice(fault: SendFault) -> &'static str {
    match fault {
        SendFault::TlsFailed => {
            "look whether its certificate is for that name; set `mail.smtp_ca_file` where an authority of your own vouches for it"
        }
        SendFault::SignInFailed => "look at the name and password in `mail.smtp`",
        _ => "look at `mail.smtp` and at the network",
    }
}
