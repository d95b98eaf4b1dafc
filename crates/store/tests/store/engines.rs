//! Each story is told twice: `on_both_engines! { a_story }` makes a test of it for each engine.

use backhaul_store::{DatabaseUrl, OpenError, Store};
use tempfile::TempDir;

use crate::postgres_server;

/// A database of a test's own, empty at first.
pub(crate) struct Database {
    pub(crate) url: DatabaseUrl,
    /// Kept until the test is over, then removed.
    _folder: Option<TempDir>,
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("desk.db"));
        Self { url, _folder: Some(folder) }
    }

    pub(crate) fn postgres() -> Option<Self> {
        let url = postgres_server::new_database()?;
        Some(Self { url: url.parse().unwrap(), _folder: None })
    }

    pub(crate) fn open(&self) -> Store {
        self.try_open().unwrap()
    }

    pub(crate) fn try_open(&self) -> Result<Store, OpenError> {
        Store::open(&self.url)
    }
}

macro_rules! on_both_engines {
    ($($story:ident)+) => {
        mod sqlite {
            $(#[test] fn $story() {
                super::$story(&crate::engines::Database::sqlite());
            })+
        }
        mod postgres {
            $(#[test] fn $story() {
                if let Some(database) = crate::engines::Database::postgres() {
                    super::$story(&database);
                }
            })+
        }
    };
}
