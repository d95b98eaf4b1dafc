//! Files of evidence in a copy of everything, and out of it.

use std::io;
use std::sync::Arc;

use backhaul_store::dump::Files;

use super::{BlobName, BlobStore};
use crate::App;

/// The store of files as a copy sees it; one that is not there has nothing.
#[derive(Clone, Default)]
pub struct CopiedFiles(Option<Arc<dyn BlobStore>>);

impl CopiedFiles {
    /// Those of that store.
    #[must_use]
    pub fn of(store: Arc<dyn BlobStore>) -> Self {
        Self(Some(store))
    }
}

impl App {
    /// The files of this desk, for a copy.
    #[must_use]
    pub fn copied_files(&self) -> CopiedFiles {
        CopiedFiles(self.blobs.clone())
    }
}

impl Files for CopiedFiles {
    fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let (Some(store), Some(name)) = (&self.0, BlobName::parse(name)) else { return Ok(None) };
        store.get(&name).map_err(io::Error::other)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let name = BlobName::parse(name)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no name of a file"))?;
        let store = self.0.as_ref().ok_or_else(|| io::Error::other("no place for files"))?;
        store.put(&name, bytes).map_err(io::Error::other)
    }
}
