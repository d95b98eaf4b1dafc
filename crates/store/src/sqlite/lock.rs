//! One process per database file: a lock beside it that the system lets go when the process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::error::OpenError;

/// The most bytes that are read to learn who has the file.
const HOLDER_BYTES_MAX: u64 = 200;

/// Held as long as this process works on the database.
#[derive(Debug)]
pub(crate) struct FileLock {
    _file: File,
}

impl FileLock {
    /// Takes the lock, and writes down who has it.
    pub(crate) fn take(database: &Path) -> Result<Self, OpenError> {
        let real = real_path(database);
        let real = real.map_err(|error| OpenError::File { file: database.to_owned(), error })?;
        let path = beside(&real);
        let failed = |error| OpenError::File { file: path.clone(), error };
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let file = database.to_owned();
                return Err(OpenError::Held { file, holder: holder(&path) });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        write_holder(&mut file).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

/// The file without links on the way, so that one file has one lock. It is not opened: to close it again would let go
/// of the locks that SQLite has on it in this process.
fn real_path(database: &Path) -> std::io::Result<PathBuf> {
    if database.exists() {
        return database.canonicalize();
    }
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize()?;
    Ok(folder.join(database.file_name().unwrap_or_default()))
}

fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

fn write_holder(file: &mut File) -> std::io::Result<()> {
    let program = std::env::current_exe().ok();
    let program = program.as_deref().and_then(Path::file_name).unwrap_or_default();
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "process {} ({})", std::process::id(), program.display())
}

/// Who wrote the file. It is a hint for a person: the lock itself is the system's.
fn holder(path: &Path) -> String {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| {
        let mut start = file.take(HOLDER_BYTES_MAX);
        start.read_to_string(&mut text)
    });
    match read {
        Ok(length) if length > 0 => text,
        _ => "another process".to_owned(),
    }
}
