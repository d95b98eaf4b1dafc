//! Which database a command works on, and the desk over it.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use backhaul_app::{App, Clock};
use backhaul_core::policy::Catalogue;
use backhaul_store::{DatabaseUrl, Store};
use jiff::Timestamp;

/// Where the data is.
#[derive(clap::Args)]
pub(crate) struct Database {
    /// The folder of the desk's data, with its SQLite file; it is made when it is not there.
    #[arg(long, value_name = "DIR", default_value = "backhaul-data")]
    data: PathBuf,
    /// A database elsewhere: `postgres://…` or `sqlite:FILE`.
    #[arg(long, value_name = "URL")]
    database: Option<DatabaseUrl>,
}

impl Database {
    /// Opens and migrates it.
    ///
    /// # Errors
    /// The folder cannot be made, or the database cannot be opened.
    pub(crate) fn open(&self) -> Result<Store> {
        if let Some(url) = &self.database {
            return Ok(Store::open(url)?);
        }
        let about = || format!("cannot make the folder `{}`", self.data.display());
        std::fs::create_dir_all(&self.data).with_context(about)?;
        let url = DatabaseUrl::Sqlite(self.data.join("backhaul.db"));
        Ok(Store::open(&url)?)
    }

    /// The desk over it, with the built-in policy.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub(crate) fn desk(&self) -> Result<App> {
        let catalogue = Catalogue::built_in()
            .map_err(|found| anyhow::anyhow!("the built-in policy: {found:?}"))?;
        Ok(App::new(self.open()?, catalogue, Arc::new(SystemClock)))
    }
}

struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the program reads the clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
