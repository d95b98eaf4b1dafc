//! Each story is told twice: `on_both_engines! { a_story }` makes a test of it for each engine.

use backhaul_store::{DatabaseUrl, OpenError, Store};
use tempfile::TempDir;

use crate::postgres_server;

/// A database of a test's own, empty at first.
pub struct Database {
    /// Where it is.
    pub url: DatabaseUrl,
    /// Kept until the test is over, then removed.
    _folder: Option<TempDir>,
}

impl Database {
    /// A new SQLite file.
    #[must_use]
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("desk.db"));
        Self { url, _folder: Some(folder) }
    }

    /// A new database on the server of this process; nothing where PostgreSQL is not installed and need not be.
    #[must_use]
    pub fn postgres() -> Option<Self> {
        let url = postgres_server::new_database()?;
        Some(Self { url: url.parse().unwrap(), _folder: None })
    }

    /// Opens it.
    #[must_use]
    pub fn open(&self) -> Store {
        self.try_open().unwrap()
    }

    /// Opens it, or says why not.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn try_open(&self) -> Result<Store, OpenError> {
        Store::open(&self.url)
    }
}

/// Makes a test of each story for each engine: `on_both_engines! { a_story another_story }`. A story is a function that takes a
/// [`Database`].
#[macro_export]
macro_rules! on_both_engines {
    ($($story:ident)+) => {
        mod sqlite {
            $(#[test] fn $story() {
                super::$story(&$crate::Database::sqlite());
            })+
        }
        mod postgres {
            $(#[test] fn $story() {
                if let Some(database) = $crate::Database::postgres() {
                    super::$story(&database);
                }
            })+
        }
    };
}
