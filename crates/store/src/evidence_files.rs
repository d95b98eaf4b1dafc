//! What buyers send as evidence: which file it is, whose, and under which names it lies in the store of files.

use jiff::Timestamp;

use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::{Row, Tx};
use crate::values;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// Its name, by which events refer to it.
    pub file: String,
    /// The order it was sent for.
    pub order: OrderId,
    /// The case that has it; empty until there is one.
    pub case: String,
    /// The slot that it was sent for.
    pub slot: String,
    /// What it is, by content.
    pub kind: String,
    /// How long the original is.
    pub bytes: i64,
    /// How wide the picture is, upright; 0 of what is no picture.
    pub width: i64,
    /// How high.
    pub height: i64,
    /// SHA-256 of the original, as hex.
    pub sha256: String,
    /// Where the original lies.
    pub original: String,
    /// Where the copy to look at lies; empty of what is no picture.
    pub display: String,
    /// Where the small copy lies; empty of what is no picture.
    pub thumbnail: String,
    /// When it came in.
    pub created_at: Timestamp,
}

impl FileRow {
    /// Everything that lies in the store of files for it.
    pub fn blobs(&self) -> impl Iterator<Item = &str> {
        let all = [self.original.as_str(), self.display.as_str(), self.thumbnail.as_str()];
        all.into_iter().filter(|blob| !blob.is_empty())
    }
}

/// What an order has sent so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// How many files.
    pub files: i64,
    /// How long they are together.
    pub bytes: i64,
}

/// A look at files: the same columns each time.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select file_id, order_id, case_id, slot, kind, bytes, width, height, sha256, original_blob, display_blob, \
             thumbnail_blob, created_at_us from evidence_file ",
            $rest
        )
    };
}

/// Keeps a file.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, row: &FileRow) -> Result<(), Error> {
    tx.exec(
        "insert into evidence_file (file_id, order_id, case_id, slot, kind, bytes, width, height, sha256, original_blob,
           display_blob, thumbnail_blob, created_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        values![
            &row.file,
            row.order.as_str(),
            &row.case,
            &row.slot,
            &row.kind,
            row.bytes,
            row.width,
            row.height,
            &row.sha256,
            &row.original,
            &row.display,
            &row.thumbnail,
            row.created_at,
        ],
    )?;
    Ok(())
}

/// The file of that name.
///
/// # Errors
/// [`Error`].
pub fn get(tx: &mut dyn Tx, file: &str) -> Result<Option<FileRow>, Error> {
    let sql = select!("where file_id = $1");
    tx.first(sql, values![file], read)
}

/// The files of an order, as they came in, at most so many.
///
/// # Errors
/// [`Error`].
pub fn of_order(tx: &mut dyn Tx, order: &OrderId, limit: u32) -> Result<Vec<FileRow>, Error> {
    let sql = select!("where order_id = $1 order by created_at_us, file_id limit $2");
    tx.all(sql, values![order.as_str(), i64::from(limit)], read)
}

/// The files behind that name, in the order of their names, at most so many.
///
/// # Errors
/// [`Error`].
pub fn page(tx: &mut dyn Tx, behind: &str, limit: u32) -> Result<Vec<FileRow>, Error> {
    let sql = select!("where file_id > $1 order by file_id limit $2");
    tx.all(sql, values![behind, i64::from(limit)], read)
}

/// How much an order has sent.
///
/// # Errors
/// [`Error`].
pub fn used(tx: &mut dyn Tx, order: &OrderId) -> Result<Used, Error> {
    let sql = "select count(*), cast(coalesce(sum(bytes), 0) as bigint) from evidence_file where order_id = $1";
    let used = tx.first(sql, values![order.as_str()], |row| {
        Ok(Used { files: row.int(0)?, bytes: row.int(1)? })
    });
    Ok(used?.unwrap_or_default())
}

/// Whether the same bytes are evidence of a case already, or were sent for another order.
///
/// # Errors
/// [`Error`].
pub fn is_used_elsewhere(tx: &mut dyn Tx, order: &OrderId, sha256: &str) -> Result<bool, Error> {
    let sql = "select 1 from evidence_file where sha256 = $1 and (order_id <> $2 or case_id <> '') limit 1";
    Ok(tx.first(sql, values![sha256, order.as_str()], |_| Ok(()))?.is_some())
}

/// Notes the case that has the file.
///
/// # Errors
/// [`Error`].
pub fn attach(tx: &mut dyn Tx, order: &OrderId, file: &str, case: &str) -> Result<(), Error> {
    tx.send(
        "update evidence_file set case_id = $1 where file_id = $2 and order_id = $3 and case_id = ''",
        values![case, file, order.as_str()],
    )?;
    Ok(())
}

/// Files that no case took by then, at most so many.
///
/// # Errors
/// [`Error`].
pub fn abandoned(tx: &mut dyn Tx, before: Timestamp, limit: u32) -> Result<Vec<FileRow>, Error> {
    let sql = select!("where case_id = '' and created_at_us < $1 order by created_at_us limit $2");
    tx.all(sql, values![before, i64::from(limit)], read)
}

/// Lets a file go that no case has; says whether it was there.
///
/// # Errors
/// [`Error`].
pub fn drop_unused(tx: &mut dyn Tx, file: &str) -> Result<bool, Error> {
    let sql = "delete from evidence_file where file_id = $1 and case_id = ''";
    Ok(tx.exec(sql, values![file])? == 1)
}

/// Erases the files of an order; what lay in the store of files is told.
///
/// # Errors
/// [`Error`].
pub fn erase(tx: &mut dyn Tx, order: &OrderId) -> Result<Vec<FileRow>, Error> {
    let sql = select!("where order_id = $1");
    let files = tx.all(sql, values![order.as_str()], read)?;
    tx.exec("delete from evidence_file where order_id = $1", values![order.as_str()])?;
    Ok(files)
}

/// Whether some file lies under that name.
///
/// # Errors
/// [`Error`].
pub fn has_blob(tx: &mut dyn Tx, blob: &str) -> Result<bool, Error> {
    let sql = "select 1 from evidence_file where original_blob = $1 or display_blob = $1 or thumbnail_blob = $1 limit 1";
    Ok(tx.first(sql, values![blob], |_| Ok(()))?.is_some())
}

fn read(row: &dyn Row) -> Result<FileRow, Error> {
    let unreadable = || Error::Unreadable { column: 1, wanted: "an order's id" };
    Ok(FileRow {
        file: row.text(0)?.to_owned(),
        order: OrderId::new(row.text(1)?).ok_or_else(unreadable)?,
        case: row.text(2)?.to_owned(),
        slot: row.text(3)?.to_owned(),
        kind: row.text(4)?.to_owned(),
        bytes: row.int(5)?,
        width: row.int(6)?,
        height: row.int(7)?,
        sha256: row.text(8)?.to_owned(),
        original: row.text(9)?.to_owned(),
        display: row.text(10)?.to_owned(),
        thumbnail: row.text(11)?.to_owned(),
        created_at: row.moment(12)?,
    })
}
