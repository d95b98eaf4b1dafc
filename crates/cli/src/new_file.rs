//! A file that is there whole or not at all: written beside its place, and moved there once it is on the disk.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// A file that is being made, readable by its owner alone: what the desk knows is not for everyone on the machine.
pub(crate) struct NewFile {
    place: PathBuf,
    part: PathBuf,
}

impl NewFile {
    /// A new file in that place.
    ///
    /// # Errors
    /// Something is there already.
    pub(crate) fn at(place: &Path) -> Result<Self> {
        if place.symlink_metadata().is_ok() {
            bail!("`{}` is there already: name a new file", place.display());
        }
        let mut part = place.as_os_str().to_owned();
        part.push(".part");
        Ok(Self { place: place.to_owned(), part: part.into() })
    }

    /// Opens it, empty; what an earlier try has written is thrown away.
    pub(crate) fn opener(&self) -> impl FnMut() -> io::Result<File> + Send + 'static {
        let part = self.part.clone();
        move || {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.open(&part)
        }
    }

    /// Brings what was written to the disk, and the file to its place.
    ///
    /// # Errors
    /// The system says no.
    pub(crate) fn finish(self, file: &File) -> Result<()> {
        let about = || format!("cannot write `{}`", self.place.display());
        file.sync_all().with_context(about)?;
        fs::rename(&self.part, &self.place).with_context(about)?;
        let folder = self.place.parent().filter(|folder| !folder.as_os_str().is_empty());
        // The name is on the disk once its folder is. Where folders cannot be opened, that is not to be had.
        if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
            let _ = folder.sync_all();
        }
        Ok(())
    }

    /// Throws away what was written.
    pub(crate) fn abandon(self) {
        let _ = fs::remove_file(&self.part);
    }
}
