//! A file is looked at. Who may is asked before: a buyer by the order it was sent for, staff by their right.

use backhaul_store::evidence_files::{self, FileRow};
use backhaul_store::{Error, orders};

use super::{BlobName, EvidenceFault};
use crate::App;

/// The most files of an order that are listed.
const LISTED_MAX: u32 = 200;

/// Which copy of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileSize {
    /// The whole original, for a download.
    Original,
    /// The copy to look at.
    Display,
    /// The small copy.
    Thumbnail,
}

impl FileSize {
    /// As it stands in an address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "original" => Some(Self::Original),
            "display" => Some(Self::Display),
            "thumbnail" => Some(Self::Thumbnail),
            _ => None,
        }
    }
}

impl App {
    /// The file of that name, with the number of its order.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn file(&self, file: &str) -> Result<Option<(FileRow, String)>, Error> {
        let file = file.to_owned();
        let read = self.store.read(move |tx| -> Result<_, Error> {
            let Some(row) = evidence_files::get(tx, &file)? else { return Ok(None) };
            let place = orders::place_of(tx, &row.order)?;
            Ok(place.map(|place| (row, place.number)))
        });
        read.await
    }

    /// The files of an order, as they came in.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn files(&self, number: &str) -> Result<Vec<FileRow>, Error> {
        let number = number.to_owned();
        let read = self.store.read(move |tx| -> Result<_, Error> {
            let Some(order) = orders::find(tx, &number)? else { return Ok(Vec::new()) };
            evidence_files::of_order(tx, &order, LISTED_MAX)
        });
        read.await
    }

    /// The bytes of a copy; nothing where the file has no such copy. It reads a disk: not for threads that answer.
    ///
    /// # Errors
    /// [`EvidenceFault::NoPlace`] and [`EvidenceFault::Blob`].
    pub fn file_bytes(
        &self,
        row: &FileRow,
        size: FileSize,
    ) -> Result<Option<Vec<u8>>, EvidenceFault> {
        let store = self.blobs.as_ref().ok_or(EvidenceFault::NoPlace)?;
        let blob = match size {
            FileSize::Original => &row.original,
            FileSize::Display => &row.display,
            FileSize::Thumbnail => &row.thumbnail,
        };
        let Some(name) = BlobName::parse(blob) else { return Ok(None) };
        Ok(store.get(&name)?)
    }
}
