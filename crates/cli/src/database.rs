//! Which database a command works on, and the desk over it.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use backhaul_adapters::blob_files::BlobFiles;
use backhaul_app::evidence::BlobStore;
use backhaul_app::{App, Clock};
use backhaul_core::policy::Catalogue;
use backhaul_store::{DatabaseUrl, OpenError, Store};

use crate::clock::SystemClock;
use crate::server::Server;
use crate::settings::{Flags, Secret, Settings};

/// Where the settings and the data are.
#[derive(Debug, clap::Args)]
pub(crate) struct Database {
    /// A file of settings, in the place of `backhaul.toml` in the current folder.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of the desk's data, with its SQLite file; it is made when it is not there.
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// A database elsewhere: `postgres://…` or `sqlite:FILE`.
    #[arg(long = "database", value_name = "URL")]
    url: Option<String>,
    /// A running server to ask, in the place of the database itself, such as `https://returns.shop.example`.
    #[arg(long, value_name = "URL", requires = "key", help_heading = "A running server")]
    server: Option<String>,
    /// The API key to show to that server.
    #[arg(
        long,
        value_name = "KEY",
        env = "BACKHAUL_API_KEY",
        hide_env_values = true,
        value_parser = secret,
        help_heading = "A running server"
    )]
    key: Option<Secret>,
}

#[expect(clippy::unnecessary_wraps, reason = "it stands in `value_parser`")]
fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

impl Database {
    /// Opens and migrates it.
    ///
    /// # Errors
    /// The settings are wrong, the folder cannot be made, or the database cannot be opened.
    pub(crate) fn open(&self) -> Result<Store> {
        self.refuse_server()?;
        open(&self.settings()?)
    }

    /// The desk over it, with the built-in policy.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub(crate) fn desk(&self) -> Result<App> {
        Ok(desk(self.open()?)?.with_merchant(self.settings()?.merchant()))
    }

    /// The settings, the flags among them.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub(crate) fn settings(&self) -> Result<Settings> {
        self.settings_with(&[])
    }

    /// The settings, with further flags that the command has.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub(crate) fn settings_with(&self, more: &[(&'static str, Option<&str>)]) -> Result<Settings> {
        let own = [("data", self.data.as_deref()), ("database", self.url.as_deref())];
        let set = own.iter().chain(more);
        let set = set.filter_map(|(name, value)| Some((*name, (*value)?.to_owned())));
        Settings::load(&Flags { config: self.config.clone(), settings: set.collect() })
    }

    /// The running server to ask, where the caller names one.
    ///
    /// # Errors
    /// The address is none.
    pub(crate) fn server(&self) -> Result<Option<Server>> {
        match (&self.server, &self.key) {
            (Some(url), Some(key)) => Server::new(url, key.expose()).map(Some),
            _ => Ok(None),
        }
    }

    /// Refuses to work on the database while the caller asks for a server.
    ///
    /// # Errors
    /// A server was named.
    pub(crate) fn refuse_server(&self) -> Result<()> {
        match &self.server {
            Some(_) => bail!(
                "a server cannot do this yet: leave out `--server`, and stop the server first if it has the data"
            ),
            None => Ok(()),
        }
    }
}

/// Opens and migrates the database of the settings.
///
/// # Errors
/// The folder cannot be made, or the database cannot be opened.
pub(crate) fn open(settings: &Settings) -> Result<Store> {
    if settings.database.is_none() {
        make_folder(settings)?;
    }
    open_url(&settings.database_url()?)
}

/// Opens and migrates a database; where another process has it, says how to go on.
///
/// # Errors
/// As [`Store::open`].
pub(crate) fn open_url(url: &DatabaseUrl) -> Result<Store> {
    Store::open(url).map_err(|error| match error {
        held @ OpenError::Held { .. } => {
            anyhow::anyhow!("{held}; `--server URL` does that, where the command can ask a server")
        }
        error => error.into(),
    })
}

/// The desk over a store, with the built-in policy.
///
/// # Errors
/// The built-in policy cannot be read, which is a mistake of ours.
pub(crate) fn desk(store: Store) -> Result<App> {
    desk_by(store, Arc::new(SystemClock))
}

/// The desk over a store that goes by that clock, with the built-in policy.
///
/// # Errors
/// As [`desk`].
pub(crate) fn desk_by(store: Store, clock: Arc<dyn Clock>) -> Result<App> {
    let catalogue =
        Catalogue::built_in().map_err(|found| anyhow::anyhow!("the built-in policy: {found:?}"))?;
    Ok(App::new(store, catalogue, clock))
}

/// Where the files lie that people send: `files` in the folder of the data.
///
/// # Errors
/// The folder cannot be made.
pub(crate) fn blobs(settings: &Settings) -> Result<Arc<dyn BlobStore>> {
    Ok(Arc::new(BlobFiles::open(&settings.data.join("files"))?))
}

fn make_folder(settings: &Settings) -> Result<()> {
    let about = || format!("cannot make the folder `{}`", settings.data.display());
    std::fs::create_dir_all(&settings.data).with_context(about)
}
