//! A file comes in: checked, copied, kept on the disk, and only then noted in the database.

use std::sync::Arc;

use backhaul_store::evidence_files::{self, FileRow};
use backhaul_store::{Hash, OrderId, Tx, orders};

use super::picture::{self, Copies, FileKind};
use super::{
    BYTES_PER_ORDER_MAX, BlobName, BlobStore, EvidenceFault, FILE_BYTES_MAX, FILES_PER_ORDER_MAX,
    delete_blobs,
};
use crate::App;

/// A file that somebody sends.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// The number of the order that it is sent for.
    pub order: String,
    /// The slot that it is sent for.
    pub slot: String,
    /// All of it.
    pub bytes: Arc<[u8]>,
}

/// A file that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The file.
    pub file: FileRow,
    /// Whether the same bytes are evidence elsewhere already: said, and not refused, since it may be honest.
    pub is_reused: bool,
}

impl App {
    /// Takes a file in. It decodes pictures: not for threads that answer.
    ///
    /// # Errors
    /// [`EvidenceFault`].
    pub fn take_file(&self, new: &NewFile) -> Result<Taken, EvidenceFault> {
        let store = self.blobs.as_ref().ok_or(EvidenceFault::NoPlace)?;
        let bytes = &new.bytes;
        if bytes.is_empty() {
            return Err(EvidenceFault::Empty);
        }
        if bytes.len() > FILE_BYTES_MAX {
            return Err(EvidenceFault::TooLarge);
        }
        let kind = FileKind::of(bytes).ok_or(EvidenceFault::NotAllowed)?;
        let number = new.order.clone();
        let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        // Looked at before the work, and again when it is noted.
        let order = self.store.read(move |tx| room(tx, &number, length)).wait()?;
        let copies = match kind {
            FileKind::Picture(format) => Some(picture::copies(bytes, format)?),
            FileKind::Pdf => None,
        };
        let row = self.row(new, order, kind, copies.as_ref())?;
        let written = put_all(store.as_ref(), &row, bytes, copies.as_ref());
        let noted = written.and_then(|()| self.note(&new.order, &row));
        match noted {
            Ok(is_reused) => Ok(Taken { file: row, is_reused }),
            Err(EvidenceFault::Database(error @ backhaul_store::Error::Unclear { .. })) => {
                // It may be noted: then its bytes must stay; else the sweep finds them.
                Err(EvidenceFault::Database(error))
            }
            Err(fault) => {
                delete_blobs(store.as_ref(), &row);
                Err(fault)
            }
        }
    }

    fn row(
        &self,
        new: &NewFile,
        order: OrderId,
        kind: FileKind,
        copies: Option<&Copies>,
    ) -> Result<FileRow, EvidenceFault> {
        let name = || BlobName::random().map(|name| name.to_string());
        let copy = || copies.map_or_else(|| Ok(String::new()), |_| name());
        Ok(FileRow {
            file: name()?,
            order,
            case: String::new(),
            slot: new.slot.clone(),
            kind: kind.media_type().to_owned(),
            bytes: i64::try_from(new.bytes.len()).unwrap_or(i64::MAX),
            width: copies.map_or(0, |copies| i64::from(copies.width)),
            height: copies.map_or(0, |copies| i64::from(copies.height)),
            sha256: Hash::of_bytes(&new.bytes).to_string(),
            original: name()?,
            display: copy()?,
            thumbnail: copy()?,
            created_at: self.clock.now(),
        })
    }

    /// Notes the file in the database; says whether the same bytes are evidence elsewhere.
    fn note(&self, number: &str, row: &FileRow) -> Result<bool, EvidenceFault> {
        let (number, row) = (number.to_owned(), row.clone());
        let write = self.store.write(move |tx| -> Result<bool, EvidenceFault> {
            let order = room(tx, &number, row.bytes)?;
            let is_reused = evidence_files::is_used_elsewhere(tx, &order, &row.sha256)?;
            evidence_files::put(tx, &row)?;
            Ok(is_reused)
        });
        write.wait()
    }
}

/// The order, if it may send so many bytes more.
fn room(tx: &mut dyn Tx, number: &str, bytes: i64) -> Result<OrderId, EvidenceFault> {
    let order = orders::find(tx, number)?.ok_or(EvidenceFault::UnknownOrder)?;
    let used = evidence_files::used(tx, &order)?;
    let has_room =
        used.files < FILES_PER_ORDER_MAX && used.bytes.saturating_add(bytes) <= BYTES_PER_ORDER_MAX;
    if has_room { Ok(order) } else { Err(EvidenceFault::Quota) }
}

fn put_all(
    store: &dyn BlobStore,
    row: &FileRow,
    original: &[u8],
    copies: Option<&Copies>,
) -> Result<(), EvidenceFault> {
    let put = |name: &str, bytes: &[u8]| match BlobName::parse(name) {
        Some(name) => store.put(&name, bytes),
        None => Ok(()),
    };
    put(&row.original, original)?;
    if let Some(copies) = copies {
        put(&row.display, &copies.display)?;
        put(&row.thumbnail, &copies.thumbnail)?;
    }
    Ok(())
}
