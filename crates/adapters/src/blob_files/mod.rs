//! Bytes as files below one folder: written beside their place, made durable, and only then put there by their name.
//!
//! `root/ab/abcdef…` by the first two signs of a name, so that no folder holds too many; `root/new/` is where writing happens.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use backhaul_app::evidence::{BlobError, BlobName, BlobStore};
use jiff::Timestamp;

#[cfg(test)]
mod tests;

/// Where files are written until they are whole.
const NEW: &str = "new";

/// A folder of files.
#[derive(Clone, Debug)]
pub struct BlobFiles {
    root: PathBuf,
}

impl BlobFiles {
    /// The store in that folder, which is made when it is not there.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(root: &Path) -> Result<Self, BlobError> {
        fs::create_dir_all(root.join(NEW)).map_err(fails)?;
        Ok(Self { root: root.to_owned() })
    }

    fn folder(&self, name: &BlobName) -> PathBuf {
        self.root.join(name.as_str().get(..2).unwrap_or_default())
    }

    fn path(&self, name: &BlobName) -> PathBuf {
        self.folder(name).join(name.as_str())
    }

    fn place(&self, name: &BlobName, new: &Path, bytes: &[u8]) -> std::io::Result<()> {
        let mut file = File::options().write(true).create_new(true).open(new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        let folder = self.folder(name);
        if !folder.is_dir() {
            fs::create_dir_all(&folder)?;
            sync_folder(&self.root)?;
        }
        fs::rename(new, self.path(name))?;
        // Only now does the name outlive a loss of power.
        sync_folder(&folder)
    }
}

impl BlobStore for BlobFiles {
    fn put(&self, name: &BlobName, bytes: &[u8]) -> Result<(), BlobError> {
        let new = self.root.join(NEW).join(name.as_str());
        self.place(name, &new, bytes).map_err(|error| {
            // Whatever is left of it is removed by a sweep, too.
            let _ = fs::remove_file(&new);
            let _ = fs::remove_file(self.path(name));
            fails(error)
        })
    }

    fn get(&self, name: &BlobName) -> Result<Option<Vec<u8>>, BlobError> {
        match fs::read(self.path(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(fails(error)),
        }
    }

    fn delete(&self, name: &BlobName) -> Result<(), BlobError> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(fails(error)),
            _ => Ok(()),
        }
    }

    fn older(&self, than: Timestamp, each: &mut dyn FnMut(BlobName)) -> Result<(), BlobError> {
        let than = SystemTime::from(than);
        for folder in fs::read_dir(&self.root).map_err(fails)? {
            let folder = folder.map_err(fails)?;
            let is_new = folder.file_name() == NEW;
            if !folder.file_type().map_err(fails)?.is_dir() {
                continue;
            }
            for file in fs::read_dir(folder.path()).map_err(fails)? {
                let file = file.map_err(fails)?;
                let written = file.metadata().and_then(|about| about.modified());
                if !written.is_ok_and(|written| written < than) {
                    continue;
                }
                if is_new {
                    let _ = fs::remove_file(file.path());
                } else if let Some(name) = file.file_name().to_str().and_then(BlobName::parse) {
                    each(name);
                }
            }
        }
        Ok(())
    }
}

fn sync_folder(folder: &Path) -> std::io::Result<()> {
    // Only on Unix is a folder something that can be made durable.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Without the path: what is said may get into a log of somebody else.
#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn fails(error: std::io::Error) -> BlobError {
    BlobError(error.kind().to_string())
}
