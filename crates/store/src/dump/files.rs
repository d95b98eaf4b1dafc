//! Files of evidence in a copy: each as a line of its own, behind the rows that name it.

use std::io::{self, Write};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};

use super::{Copied, DumpError, write_line};
use crate::evidence_files;
use crate::tx::Tx;

/// How many rows are looked up at once.
const ROWS: u32 = 500;

/// Where the bytes of files lie.
pub trait Files: Send + Sync {
    /// The bytes under a name; nothing where there are none.
    ///
    /// # Errors
    /// They cannot be read.
    fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>>;

    /// Keeps bytes under a name, in the place of what may be there.
    ///
    /// # Errors
    /// They cannot be kept, or the name is none.
    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()>;
}

/// One file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileLine {
    file: String,
    base64: String,
}

impl FileLine {
    /// Keeps it; nothing where its bytes are not what they should be.
    pub(super) fn put(&self, files: &dyn Files) -> io::Result<Option<()>> {
        let Ok(bytes) = BASE64_STANDARD.decode(&self.base64) else { return Ok(None) };
        files.put(&self.file, &bytes).map(Some)
    }
}

/// Writes the files that the rows of this transaction name.
pub(super) fn copy_files(
    tx: &mut dyn Tx,
    files: &dyn Files,
    out: &mut impl Write,
    copied: &mut Copied,
) -> Result<(), DumpError> {
    let mut behind = String::new();
    loop {
        let rows = evidence_files::page(tx, &behind, ROWS)?;
        let Some(last) = rows.last() else { return Ok(()) };
        behind.clone_from(&last.file);
        for name in rows.iter().flat_map(evidence_files::FileRow::blobs) {
            let Some(bytes) = files.get(name)? else {
                copied.missing = copied.missing.saturating_add(1);
                continue;
            };
            let base64 = BASE64_STANDARD.encode(bytes);
            write_line(out, &FileLine { file: name.to_owned(), base64 })?;
            copied.files = copied.files.saturating_add(1);
        }
    }
}
