//! What nobody has goes: files that no case took within a day, and bytes that no file names, as a crash between the disk and
//! the database leaves them.

use backhaul_store::evidence_files::{self, FileRow};
use backhaul_store::{Error, settings};
use jiff::{SignedDuration, Timestamp};

use super::{BlobName, BlobStore, EvidenceFault};
use crate::App;

/// How long a file waits for its case.
pub const WAITS_FOR_CASE: SignedDuration = SignedDuration::from_hours(24);
/// How old bytes are before it is asked whose they are: younger ones may be on their way into the database.
const ORPHAN_AGE: SignedDuration = SignedDuration::from_hours(1);
/// How often it is done.
const EVERY: SignedDuration = SignedDuration::from_hours(24);
/// How many files are let go in one transaction.
const PAGE: u32 = 100;
/// When it was done last, in microseconds since 1970.
const SWEPT_AT: &str = "evidence_swept_at";

impl App {
    /// Lets go what nobody has, once a day.
    ///
    /// # Errors
    /// [`EvidenceFault::Blob`] and [`EvidenceFault::Database`].
    pub(crate) fn sweep_files_daily(&self) -> Result<(), EvidenceFault> {
        let now = self.clock.now();
        let last = self.store.read(|tx| settings::get(tx, SWEPT_AT)).wait()?;
        let last = last.and_then(|last| last.parse().ok());
        let last = last.and_then(|last| Timestamp::from_microsecond(last).ok());
        if self.blobs.is_none() || last.is_some_and(|last| now.duration_since(last) < EVERY) {
            return Ok(());
        }
        self.sweep_files()?;
        let written = self
            .store
            .write(move |tx| settings::put(tx, SWEPT_AT, &now.as_microsecond().to_string()));
        written.wait()?;
        Ok(())
    }

    /// Lets go what nobody has; says how many files and how many stray pieces of bytes went.
    ///
    /// # Errors
    /// [`EvidenceFault::Blob`] and [`EvidenceFault::Database`].
    pub fn sweep_files(&self) -> Result<(u64, u64), EvidenceFault> {
        let Some(store) = &self.blobs else { return Ok((0, 0)) };
        let now = self.clock.now();
        let (mut files, mut strays) = (0_u64, 0_u64);
        let before = now.checked_sub(WAITS_FOR_CASE).unwrap_or(Timestamp::MIN);
        loop {
            let gone = self.store.write(move |tx| -> Result<Vec<FileRow>, Error> {
                let mut gone = Vec::new();
                for row in evidence_files::abandoned(tx, before, PAGE)? {
                    if evidence_files::drop_unused(tx, &row.file)? {
                        gone.push(row);
                    }
                }
                Ok(gone)
            });
            let gone = gone.wait()?;
            if gone.is_empty() {
                break;
            }
            for row in &gone {
                delete_blobs(store.as_ref(), row);
                files = files.saturating_add(1);
            }
        }
        let mut old = Vec::new();
        let than = now.checked_sub(ORPHAN_AGE).unwrap_or(Timestamp::MIN);
        store.older(than, &mut |name| old.push(name))?;
        for name in old {
            let asked = name.clone();
            let has_file = self.store.read(move |tx| evidence_files::has_blob(tx, asked.as_str()));
            if !has_file.wait()? {
                store.delete(&name)?;
                strays = strays.saturating_add(1);
            }
        }
        Ok((files, strays))
    }
}

/// Deletes the bytes of a file that the database does not name. What cannot be deleted now is found by the next sweep.
pub(crate) fn delete_blobs(store: &dyn BlobStore, row: &FileRow) {
    for name in row.blobs().filter_map(BlobName::parse) {
        if let Err(error) = store.delete(&name) {
            tracing::warn!(error = %error, "bytes of a file could not be deleted yet");
        }
    }
}
