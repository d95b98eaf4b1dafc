//! Files that people send as evidence: taken in safely, looked at by whoever may, and let go when nobody has them.
//!
//! - [`BlobStore`]: the port to where bytes lie. `picture`: what a file is, and a copy that is safe to look at.
//! - [`CopiedFiles`]: files in a copy of everything.
//! - `codes`: the barcodes on a picture.
//! - `take`: a file comes in. `look`: it is looked at. `sweep`: what nobody has goes.
//!
//! The original is kept whole, since it is proof; nobody is shown it but as a download. What a case has of it is the ledger's
//! affair: an event names the file.

mod blob_store;
mod codes;
mod copied;
mod look;
mod picture;
mod sweep;
mod take;

use backhaul_store::Error;
pub use backhaul_store::evidence_files::FileRow;

pub use self::blob_store::{BlobError, BlobName, BlobStore};
pub use self::codes::read_codes;
pub use self::copied::CopiedFiles;
pub use self::look::FileSize;
pub use self::picture::{DISPLAY_SIDE_MAX, PIXELS_MAX, SIDE_MIN, THUMBNAIL_SIDE_MAX};
pub(crate) use self::sweep::delete_blobs;
pub use self::take::{NewFile, Taken};
use crate::keys::PeopleError;

/// The most bytes of a file.
pub const FILE_BYTES_MAX: usize = 25 << 20;
/// The most files that come with one claim, or are added to it at once.
pub const FILES_AT_ONCE_MAX: usize = 10;
/// The most files of an order.
pub const FILES_PER_ORDER_MAX: i64 = 200;
/// The most bytes of an order's files.
pub const BYTES_PER_ORDER_MAX: i64 = 1 << 30;

/// Why a file was not taken. Nothing was kept then.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceFault {
    /// It has no bytes.
    #[error("the file is empty")]
    Empty,
    /// It has too many bytes.
    #[error("a file has at most {FILE_BYTES_MAX} bytes")]
    TooLarge,
    /// It is nothing that is taken.
    #[error("only JPEG, PNG, WebP and PDF are taken")]
    NotAllowed,
    /// It has too many pixels.
    #[error("a picture has at most {PIXELS_MAX} pixels")]
    TooManyPixels,
    /// Nothing can be read on it.
    #[error("the picture is {width} by {height} pixels: its shorter side has at least {SIDE_MIN}")]
    TooSmall {
        /// How wide it is.
        width: u32,
        /// How high it is.
        height: u32,
    },
    /// It cannot be read to its end.
    #[error("the picture is damaged")]
    Damaged,
    /// The order has sent as many as it may.
    #[error(
        "an order has at most {FILES_PER_ORDER_MAX} files of {BYTES_PER_ORDER_MAX} bytes together"
    )]
    Quota,
    /// There is no such order.
    #[error("there is no such order")]
    UnknownOrder,
    /// This desk keeps no files.
    #[error("this desk has no place for files")]
    NoPlace,
    /// The store of files fails.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// There is no chance to be had.
    #[error(transparent)]
    Chance(#[from] PeopleError),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}
