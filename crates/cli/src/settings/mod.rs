//! The settings of the desk: `backhaul.toml`, the environment over it, and flags over both.
//!
//! Each is described in `docs/configuration.md`; a test compares that page with the types below.

mod layers;
mod secret;
mod shown;
mod sign_in;
mod value;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use backhaul_app::Merchant;
use backhaul_core::ledger::ProviderName;
use backhaul_store::DatabaseUrl;
use serde::{Deserialize, Serialize};

pub(crate) use self::layers::Flags;
pub(crate) use self::secret::Secret;
pub(crate) use self::sign_in::SignIn;
pub(crate) use self::value::{
    Bounded, Listen, LogFormat, LogLevel, MailAddress, ProviderKind, SmtpUrl, WebUrl,
};

/// The most bytes of a file that holds one secret.
const SECRET_BYTES_MAX: u64 = 16 * 1024;
/// The most payment providers.
const PROVIDERS_MAX: usize = 32;

/// Every setting.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// The folder of the desk's data.
    pub(crate) data: PathBuf,
    /// A database elsewhere. A secret, since it may hold a password.
    pub(crate) database: Option<Secret>,
    /// A file with that address.
    pub(crate) database_file: Option<PathBuf>,
    /// Where the server listens.
    pub(crate) listen: Listen,
    /// How the server is reached from outside.
    pub(crate) public_url: Option<WebUrl>,
    /// Who pays back what names no provider.
    pub(crate) default_provider: Option<String>,
    /// What is logged, and how.
    pub(crate) log: Log,
    /// The threads that work on jobs.
    pub(crate) worker: Worker,
    /// The payment providers, by the names that orders give them.
    pub(crate) providers: BTreeMap<String, Provider>,
    /// The account that bank transfers are paid from.
    pub(crate) bank: Bank,
    /// Who the merchant is, as buyers read it.
    pub(crate) merchant: MerchantSettings,
    /// How staff sign in, and how much one person may let go.
    pub(crate) sign_in: SignIn,
    /// Events that are sent to others.
    pub(crate) webhooks: Webhooks,
    /// The mail server.
    pub(crate) mail: Mail,
    /// What is measured and sent elsewhere.
    pub(crate) telemetry: Telemetry,
    /// How long, how many.
    pub(crate) limits: Limits,
}

/// What is logged, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    /// How lines look.
    pub(crate) format: LogFormat,
    /// How much.
    pub(crate) level: LogLevel,
}

/// The threads that work on jobs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Worker {
    /// How many.
    pub(crate) threads: Bounded<1, 64>,
}

/// A payment provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Provider {
    /// Which adapter speaks to it.
    pub(crate) kind: ProviderKind,
    /// The name of the merchant's application there, for a provider that asks for one beside the key.
    pub(crate) client_id: Option<String>,
    /// What the merchant shows to it.
    pub(crate) key: Option<Secret>,
    /// A file with that key.
    pub(crate) key_file: Option<PathBuf>,
    /// What it signs its messages with.
    pub(crate) webhook_secret: Option<Secret>,
    /// A file with that secret.
    pub(crate) webhook_secret_file: Option<PathBuf>,
    /// Its own name of the webhook, for a provider that verifies its messages by that.
    pub(crate) webhook_id: Option<String>,
    /// Where it is, if not at its usual place.
    pub(crate) base_url: Option<WebUrl>,
}

/// The account that bank transfers are paid from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Bank {
    /// Whose account it is, as the bank knows it.
    pub(crate) holder: Option<String>,
    /// Its IBAN.
    pub(crate) iban: Option<String>,
    /// The bank's BIC, where it asks for one.
    pub(crate) bic: Option<String>,
    /// Whether whoever entered a buyer's account may not export a transfer to it.
    pub(crate) four_eyes: bool,
}

/// Who the merchant is, as buyers read it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MerchantSettings {
    /// What buyers know it by.
    pub(crate) name: Option<String>,
    /// Where returns are sent: lines of an address, parted by ` / ` or ends of lines.
    pub(crate) return_address: Option<String>,
    /// How the service staff are reached.
    pub(crate) contact_email: Option<MailAddress>,
}

/// Events that are sent to others.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Webhooks {
    /// Whether they may go to this machine and its private network.
    pub(crate) allow_local: bool,
}

/// The mail server.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Mail {
    /// Its address, with name and password.
    pub(crate) smtp: Option<Secret>,
    /// A file with that address.
    pub(crate) smtp_file: Option<PathBuf>,
    /// A file with the certificates of an authority that vouches for the mail server, beside those that everybody trusts.
    pub(crate) smtp_ca_file: Option<PathBuf>,
    /// Who mails come from.
    pub(crate) from: Option<MailAddress>,
    /// Whether mails go nowhere and are shown on a page. Only a demo sets it.
    #[serde(skip)]
    pub(crate) is_kept: bool,
}

/// What is measured and sent elsewhere.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Telemetry {
    /// Who takes traces, over OTLP on HTTP; nothing of it runs without.
    pub(crate) otlp_endpoint: Option<WebUrl>,
}

/// How long, how many.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// How long requests and jobs may go on once the server is told to end.
    pub(crate) shutdown_seconds: Bounded<1, 600>,
    /// How long the database may take before the server says that it is not ready.
    pub(crate) ready_seconds: Bounded<1, 60>,
    /// How many connections the server keeps at once.
    pub(crate) connections: Bounded<1, 100_000>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: PathBuf::from("backhaul-data"),
            database: None,
            database_file: None,
            listen: Listen(std::net::SocketAddr::from(([127, 0, 0, 1], 8080))),
            public_url: None,
            default_provider: None,
            log: Log::default(),
            worker: Worker::default(),
            providers: BTreeMap::new(),
            bank: Bank::default(),
            merchant: MerchantSettings::default(),
            sign_in: SignIn::default(),
            webhooks: Webhooks::default(),
            mail: Mail::default(),
            telemetry: Telemetry::default(),
            limits: Limits::default(),
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Auto, level: LogLevel::Info }
    }
}

impl Default for Bank {
    fn default() -> Self {
        Self { holder: None, iban: None, bic: None, four_eyes: true }
    }
}

impl Default for Worker {
    fn default() -> Self {
        Self { threads: Bounded::new(2) }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            shutdown_seconds: Bounded::new(10),
            ready_seconds: Bounded::new(2),
            connections: Bounded::new(1_000),
        }
    }
}

impl Provider {
    /// A provider of that kind, with nothing else set.
    pub(crate) const fn of(kind: ProviderKind) -> Self {
        Self {
            kind,
            client_id: None,
            key: None,
            key_file: None,
            webhook_secret: None,
            webhook_secret_file: None,
            webhook_id: None,
            base_url: None,
        }
    }
}

impl Provider {
    /// What does not fit its kind: at which of its settings, and why.
    fn misfit(&self) -> Option<(&'static str, String)> {
        let kind = self.kind;
        let is_paypal = kind == ProviderKind::Paypal;
        if matches!(kind, ProviderKind::Stripe | ProviderKind::Paypal) && self.key.is_none() {
            let message =
                format!("a provider of kind `{kind}` needs its key: set `key` or `key_file`");
            return Some(("", message));
        }
        if is_paypal && self.client_id.is_none() {
            let message = "a provider of kind `paypal` needs its `client_id` beside its key";
            return Some(("", message.to_owned()));
        }
        if !is_paypal && (self.client_id.is_some() || self.webhook_id.is_some()) {
            let part = if self.client_id.is_some() { ".client_id" } else { ".webhook_id" };
            return Some((
                part,
                format!("only a provider of kind `paypal` has this, not `{kind}`"),
            ));
        }
        if is_paypal && self.webhook_secret.is_some() {
            let message = "PayPal's messages are verified by their webhook: set `webhook_id`";
            return Some((".webhook_secret", message.to_owned()));
        }
        let is_open = |url: &WebUrl| !url.is_encrypted() && !url.is_local();
        if self.base_url.as_ref().is_some_and(is_open) {
            let message = "the key would go there unencrypted: use `https`";
            return Some((".base_url", message.to_owned()));
        }
        None
    }
}

impl Settings {
    /// Reads and validates every layer, and the files that hold secrets.
    ///
    /// # Errors
    /// The first setting that is wrong: where it was set, its name, and what is allowed.
    pub(crate) fn load(flags: &Flags) -> Result<Self> {
        let layers = layers::Layers::read(flags)?;
        let mut settings: Self = layers.settings()?;
        settings.take_secrets().and_then(|()| settings.check()).map_err(
            |Wrong { key, error }| error.context(format!("{}: `{key}`", layers.origin(&key))),
        )?;
        Ok(settings)
    }

    /// Where the database is.
    ///
    /// # Errors
    /// The address is none that we know.
    pub(crate) fn database_url(&self) -> Result<DatabaseUrl> {
        match &self.database {
            Some(url) => Ok(url.expose().parse()?),
            None => Ok(DatabaseUrl::Sqlite(self.data.join("backhaul.db"))),
        }
    }

    /// The mail server, where one is set.
    pub(crate) fn smtp(&self) -> Option<SmtpUrl> {
        SmtpUrl::parse(self.mail.smtp.as_ref()?.expose()).ok()
    }

    /// Who the merchant is.
    pub(crate) fn merchant(&self) -> Merchant {
        let MerchantSettings { name, return_address, contact_email } = &self.merchant;
        let address = return_address.as_deref().unwrap_or("");
        let lines = address.split(" / ").flat_map(str::lines).map(str::trim);
        let listen = || format!("http://{}", self.listen.0);
        Merchant {
            name: name.clone().unwrap_or_else(|| Merchant::default().name),
            return_address: lines.filter(|line| !line.is_empty()).map(str::to_owned).collect(),
            contact_email: contact_email.clone().map(String::from),
            public_url: self.public_url.as_ref().map_or_else(listen, WebUrl::as_base),
        }
    }

    fn take_secrets(&mut self) -> Result<(), Wrong> {
        take("database", &mut self.database, self.database_file.as_deref())?;
        take("mail.smtp", &mut self.mail.smtp, self.mail.smtp_file.as_deref())?;
        let oidc = &mut self.sign_in.oidc;
        let file = oidc.client_secret_file.as_deref();
        take("sign_in.oidc.client_secret", &mut oidc.client_secret, file)?;
        for (name, provider) in &mut self.providers {
            let of = |part: &str| format!("providers.{name}.{part}");
            take(&of("key"), &mut provider.key, provider.key_file.as_deref())?;
            let file = provider.webhook_secret_file.as_deref();
            take(&of("webhook_secret"), &mut provider.webhook_secret, file)?;
        }
        Ok(())
    }

    /// What no single value can say of itself.
    fn check(&self) -> Result<(), Wrong> {
        let wrong = |key: &str, message: String| Err(Wrong::new(key, anyhow::anyhow!(message)));
        if self.data.as_os_str().is_empty() {
            return wrong("data", "a folder must be named".to_owned());
        }
        self.database_url().map_err(|error| Wrong::new("database", error))?;
        if let Some(smtp) = &self.mail.smtp {
            SmtpUrl::parse(smtp.expose())
                .map_err(|message| Wrong::new("mail.smtp", anyhow::anyhow!(message)))?;
            if self.mail.from.is_none() {
                let message = "a mail server without a sender: set `mail.from` too".to_owned();
                return wrong("mail.smtp", message);
            }
        }
        if let Some((key, message)) = self.sign_in.oidc.misfit() {
            return wrong(key, message.to_owned());
        }
        if self.providers.len() > PROVIDERS_MAX {
            return wrong("providers", format!("at most {PROVIDERS_MAX} providers"));
        }
        for (name, provider) in &self.providers {
            let at = |part: &str| format!("providers.{name}{part}");
            if ProviderName::new(name).is_err() {
                let message =
                    format!("`{name}` cannot be a provider's name: letters, digits, `-` and `_`");
                return wrong(&at(""), message);
            }
            if let Some((part, message)) = provider.misfit() {
                return wrong(&at(part), message);
            }
        }
        match &self.default_provider {
            Some(name) if !self.providers.contains_key(name) => {
                let known: Vec<_> = self.providers.keys().map(|name| format!("`{name}`")).collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                wrong(
                    "default_provider",
                    format!("there is no provider `{name}`; there is {known}"),
                )
            }
            _ => Ok(()),
        }
    }
}

/// A setting that is wrong, and why.
struct Wrong {
    key: String,
    error: anyhow::Error,
}

impl Wrong {
    fn new(key: &str, error: anyhow::Error) -> Self {
        Self { key: key.to_owned(), error }
    }
}

/// Takes a secret from its file, where a file is named.
fn take(key: &str, secret: &mut Option<Secret>, file: Option<&Path>) -> Result<(), Wrong> {
    let Some(file) = file else {
        let is_empty = secret.as_ref().is_some_and(|secret| secret.expose().trim().is_empty());
        return if is_empty {
            Err(Wrong::new(key, anyhow::anyhow!("it is empty")))
        } else {
            Ok(())
        };
    };
    let key_file = format!("{key}_file");
    if secret.is_some() {
        let error = anyhow::anyhow!("`{key}` is set too: set one of the two");
        return Err(Wrong::new(&key_file, error));
    }
    *secret = Some(read_secret(file).map_err(|error| Wrong::new(&key_file, error))?);
    Ok(())
}

fn read_secret(file: &Path) -> Result<Secret> {
    let about = || format!("cannot read `{}`", file.display());
    let bytes = std::fs::metadata(file).with_context(about)?.len();
    if bytes > SECRET_BYTES_MAX {
        bail!("`{}` has {bytes} bytes; a secret has at most {SECRET_BYTES_MAX}", file.display());
    }
    let text = std::fs::read_to_string(file).with_context(about)?;
    let secret = text.trim();
    if secret.is_empty() {
        bail!("`{}` is empty", file.display());
    }
    Ok(Secret::new(secret))
}

#[cfg(test)]
mod tests;
