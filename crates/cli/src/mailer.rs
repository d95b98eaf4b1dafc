//! What sends the desk's mails, by its settings.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use backhaul_adapters::mailer::{Encryption, SmtpMailer, SmtpServer};
use backhaul_app::letters::{KeptMail, Mailer};

use crate::settings::Settings;

/// The mailer; nothing where no mail server is set, and letters wait.
///
/// # Errors
/// The settings name no sender that mails can come from, or certificates that cannot be read.
pub(crate) fn mailer(settings: &Settings) -> Result<Option<Arc<dyn Mailer>>> {
    if settings.mail.is_kept {
        return Ok(Some(Arc::new(KeptMail)));
    }
    Ok(smtp(settings)?.map(|mailer| Arc::new(mailer) as Arc<dyn Mailer>))
}

/// The mailer of the mail server that is set.
///
/// # Errors
/// As [`mailer`].
pub(crate) fn smtp(settings: &Settings) -> Result<Option<SmtpMailer>> {
    let Some(url) = settings.smtp() else { return Ok(None) };
    let from = settings.mail.from.clone().context("set `mail.from`: who mails come from")?;
    let authorities = match &settings.mail.smtp_ca_file {
        None => Vec::new(),
        Some(file) => std::fs::read(file)
            .with_context(|| format!("`mail.smtp_ca_file`: cannot read `{}`", file.display()))?,
    };
    let server = SmtpServer {
        host: url.host,
        port: url.port,
        encryption: if url.is_encrypted { Encryption::FromStart } else { Encryption::Upgraded },
        credentials: url.credentials,
        authorities,
        from: from.into(),
    };
    Ok(Some(SmtpMailer::new(server)?))
}
