//! Where the bytes of files lie: the port. Files on a disk are one adapter; a store of objects would be another.

use std::fmt;

use jiff::Timestamp;

use crate::keys::{PeopleError, chance};

/// The name under which bytes lie: 128 bits of chance, as hex, so that nothing that people choose becomes a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobName(String);

impl BlobName {
    /// The characters of a name.
    pub const CHARS: usize = 32;

    /// A new name.
    ///
    /// # Errors
    /// The machine gives no randomness.
    pub fn random() -> Result<Self, PeopleError> {
        chance::<16>().map(Self)
    }

    /// The name as it is written; nothing where it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = |sign: u8| sign.is_ascii_digit() || (b'a'..=b'f').contains(&sign);
        (text.len() == Self::CHARS && text.bytes().all(is_hex)).then(|| Self(text.to_owned()))
    }

    /// The name as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The store cannot do it.
#[derive(Debug, thiserror::Error)]
#[error("the store of files fails: {0}")]
pub struct BlobError(pub String);

/// Keeps bytes under names.
pub trait BlobStore: Send + Sync {
    /// Keeps bytes for good: once this returns, they are there after a loss of power too.
    ///
    /// # Errors
    /// [`BlobError`]; nothing lies under the name then.
    fn put(&self, name: &BlobName, bytes: &[u8]) -> Result<(), BlobError>;

    /// The bytes under a name; nothing where there are none.
    ///
    /// # Errors
    /// [`BlobError`].
    fn get(&self, name: &BlobName) -> Result<Option<Vec<u8>>, BlobError>;

    /// Lets the bytes under a name go, if there are any.
    ///
    /// # Errors
    /// [`BlobError`].
    fn delete(&self, name: &BlobName) -> Result<(), BlobError>;

    /// Hands over the name of everything that was kept before that moment, and removes what was never finished.
    ///
    /// # Errors
    /// [`BlobError`].
    fn older(&self, than: Timestamp, each: &mut dyn FnMut(BlobName)) -> Result<(), BlobError>;
}
