//! A copy of every row in one stream, the same from both engines, and the way back into an empty database.
//!
//! The stream is lines of JSON: a header, then each table with its rows as arrays, then each file of evidence, then a trailer with
//! the counts and the SHA-256 of all before it. Whatever is torn off, changed or put in between is found out, and nothing is kept then.
//!
//! A claimed job is copied as one that nobody holds: whoever held it is not there after the copy is put back.

mod files;
mod tables;

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Write};
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::files::Files;
use self::files::{FileLine, copy_files};
use self::tables::{TABLES, Table};
use crate::error::Error;
use crate::hash::Hash;
use crate::migrations;
use crate::settings;
use crate::store::Store;
use crate::tx::{Engine, Row, Tx, Value};

/// The version of the stream's form. The first one had no files.
pub const FORMAT: u32 = 2;
/// The most bytes of a line: the longest text of a table or the longest file, and what stands around it.
const LINE_BYTES_MAX: u64 = 64 << 20;
/// The setting that stops refunds until a person has looked; see [`restore`].
const REFUNDS_PAUSED: &str = "refunds_paused";
/// Since when, in microseconds since 1970. A copy may hold an earlier pause's, after which its desk went on paying.
const REFUNDS_PAUSED_SINCE: &str = "refunds_paused_since";

/// Tables that a copy leaves out: what is in them is of no use to the database that it is put back into.
pub const NOT_COPIED: &[&str] = &[
    "schema_migration",
    "session",
    "sign_in_code",
    "rate_slot",
    "sign_in_step",
    "sign_in_throttle",
];

/// The statements of a table.
struct Statements {
    table: &'static Table,
    select: String,
    insert: String,
    is_there: String,
}

/// Statements are constants of the program; these are made once, from the list above.
static STATEMENTS: LazyLock<Vec<Statements>> = LazyLock::new(|| {
    let statements = |table: &'static Table| {
        let Table { name, key_columns, columns, blank } = table;
        let out = columns.iter().map(|column| if blank.contains(column) { "''" } else { column });
        let out: Vec<_> = out.collect();
        let key: Vec<_> = columns.iter().copied().take(*key_columns).collect();
        let places: Vec<_> = (1..=columns.len()).map(|place| format!("${place}")).collect();
        let (out, key) = (out.join(", "), key.join(", "));
        let (columns, places) = (columns.join(", "), places.join(", "));
        Statements {
            table,
            select: format!("select {out} from {name} order by {key}"),
            insert: format!("insert into {name} ({columns}) values ({places})"),
            is_there: format!("select {key} from {name} limit 1"),
        }
    };
    TABLES.iter().map(statements).collect()
});

/// What stands at the head of a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The version of the form, [`FORMAT`] for copies of this program.
    pub backhaul_copy: u32,
    /// The newest migration of the database.
    pub schema: i64,
    /// The version of the program that made the copy.
    pub program: String,
    /// When it was made.
    pub at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableLine {
    table: String,
    columns: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trailer {
    rows: Rows,
    #[serde(default)]
    files: u64,
    sha256: String,
}

/// Each table that is copied, with its columns.
pub fn tables() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    TABLES.iter().map(|table| (table.name, table.columns))
}

/// How many rows there are of each table.
pub type Rows = BTreeMap<String, u64>;

/// How much was copied or put back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Rows.
    pub rows: Rows,
    /// Files of evidence: originals, and the copies to look at.
    pub files: u64,
    /// Files that a row names and that could not be found; a copy goes on without them.
    pub missing: u64,
}

/// Why a database cannot be copied, or a copy not be put back. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// There is something in the database already.
    #[error(
        "the database is not empty: there is something in `{table}`; a copy is put back into a new one alone"
    )]
    NotEmpty {
        /// The first table with rows.
        table: &'static str,
    },
    /// It does not begin as a copy does.
    #[error("this is no copy of a desk")]
    NoCopy,
    /// The form is a later one.
    #[error("the copy is of form {format}, and this program reads {FORMAT}: use a newer one")]
    Newer {
        /// The copy's form.
        format: u32,
    },
    /// The tables were others.
    #[error(
        "the copy has seen migration {copy}, and this program makes {newest}: put it back with version {program} of the program, and go on from there"
    )]
    OtherSchema {
        /// The newest migration of the copied database.
        copy: i64,
        /// The newest migration of this program.
        newest: i64,
        /// The program that made the copy.
        program: String,
    },
    /// The end is missing.
    #[error("the copy is torn: it ends after line {line} without its trailer")]
    Torn {
        /// The last line that is there.
        line: u64,
    },
    /// Something is not as it was written.
    #[error("the copy was changed or damaged: {what}")]
    Damaged {
        /// What does not fit.
        what: String,
    },
    /// The file cannot be read or written.
    #[error("the copy cannot be read or written")]
    File(#[from] io::Error),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Copies every row, all of one moment, and every file that they name, to a writer; returns it, with everything written and nothing
/// flushed.
///
/// Memory stays that of one row or file. `open` gives an empty place to write to; it is called again where the connection to the
/// database is lost, and what was written before is to be thrown away then.
///
/// # Errors
/// [`DumpError::File`] and [`DumpError::Database`].
pub fn copy<W: Write + Send + 'static>(
    store: &Store,
    program: &str,
    at: Timestamp,
    files: Arc<dyn Files>,
    mut open: impl FnMut() -> io::Result<W> + Send + 'static,
) -> Result<(W, Copied), DumpError> {
    let header = Header {
        backhaul_copy: FORMAT,
        schema: migrations::newest(),
        program: program.to_owned(),
        at,
    };
    store.read(move |tx| copy_all(tx, &header, &*files, open()?)).wait()
}

fn copy_all<W: Write>(
    tx: &mut dyn Tx,
    header: &Header,
    files: &dyn Files,
    out: W,
) -> Result<(W, Copied), DumpError> {
    let_statements_last(tx)?;
    let mut out = Hashing { inner: out, hasher: Sha256::new() };
    write_line(&mut out, header)?;
    let mut copied = Copied::default();
    for Statements { table, select, .. } in STATEMENTS.iter() {
        let columns = table.columns.iter().map(ToString::to_string).collect();
        write_line(&mut out, &TableLine { table: table.name.to_owned(), columns })?;
        let mut count = 0_u64;
        let mut line = Vec::new();
        let mut failed = None;
        let shown = tx.each(select, &[], &mut |row| {
            count = count.saturating_add(1);
            let written = write_row(&mut line, row, table.columns.len())
                .and_then(|()| Ok(out.write_all(&line)?));
            written.map_err(|error| match error {
                DumpError::Database(error) => error,
                other => {
                    // Ends the statement; what it stands for is told below.
                    failed = Some(other);
                    Error::AfterFailure
                }
            })
        });
        if let Some(error) = failed {
            return Err(error);
        }
        shown?;
        copied.rows.insert(table.name.to_owned(), count);
    }
    copy_files(tx, files, &mut out, &mut copied)?;
    let Hashing { mut inner, hasher } = out;
    let sha256 = Hash::of_digest(hasher).to_string();
    let trailer = Trailer { rows: copied.rows.clone(), files: copied.files, sha256 };
    write_line(&mut inner, &trailer)?;
    Ok((inner, copied))
}

/// A statement that reads a whole table takes as long as whoever reads it, which is no fault of the server's.
pub(crate) fn let_statements_last(tx: &mut dyn Tx) -> Result<(), Error> {
    if tx.engine() == Engine::Postgres {
        tx.exec("set local statement_timeout = 0", &[])?;
    }
    Ok(())
}

fn write_line(out: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// Makes the line of a row, in the place of the one before: what packs and hashes it does so in one piece.
fn write_row(out: &mut Vec<u8>, row: &dyn Row, columns: usize) -> Result<(), DumpError> {
    out.clear();
    for column in 0..columns {
        out.write_all(if column == 0 { b"[" } else { b"," })?;
        match row.value(column)? {
            Value::Null => out.write_all(b"null")?,
            Value::Int(int) => write!(out, "{int}")?,
            Value::Text(text) => serde_json::to_writer(&mut *out, text).map_err(io::Error::from)?,
        }
    }
    Ok(out.write_all(b"]\n")?)
}

/// Puts a copy back into an empty database: all of it in one transaction, or nothing. Files are kept as they come, before the
/// commit; what is left of them where it fails belongs to nobody, and is swept away like everything that does.
///
/// Refunds are paused with it, from `now` on (settings `refunds_paused` and `refunds_paused_since`): what was paid after the copy was made is not in it, and a person
/// has to look before anything is paid again. `open` gives the copy from its start; it may be called again.
///
/// # Errors
/// [`DumpError`].
pub fn restore<R: BufRead + Send + 'static>(
    store: &Store,
    now: Timestamp,
    files: Arc<dyn Files>,
    mut open: impl FnMut() -> io::Result<R> + Send + 'static,
) -> Result<(Header, Copied), DumpError> {
    let restored = store.write(move |tx| {
        refuse_what_is_not_empty(tx)?;
        let (header, copied) = Reading::new(open()?).all(tx, &*files)?;
        let why = format!("a copy of {} was put back at {now}", header.at);
        settings::put(tx, REFUNDS_PAUSED, &why)?;
        settings::put(tx, REFUNDS_PAUSED_SINCE, &now.as_microsecond().to_string())?;
        Ok::<_, DumpError>((header, copied))
    });
    restored.wait()
}

fn refuse_what_is_not_empty(tx: &mut dyn Tx) -> Result<(), DumpError> {
    for Statements { table, is_there, .. } in STATEMENTS.iter() {
        if tx.first(is_there, &[], |_| Ok(()))?.is_some() {
            return Err(DumpError::NotEmpty { table: table.name });
        }
    }
    Ok(())
}

/// A copy that is being read, line by line.
struct Reading<R> {
    input: R,
    hasher: Sha256,
    line: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Reading<R> {
    fn new(input: R) -> Self {
        Self { input, hasher: Sha256::new(), line: Vec::new(), number: 0 }
    }

    fn all(mut self, tx: &mut dyn Tx, files: &dyn Files) -> Result<(Header, Copied), DumpError> {
        let header = self.header()?;
        let Copied { mut rows, files: mut kept, .. } = Copied::default();
        let mut into: Option<&'static Statements> = None;
        loop {
            let before = self.hasher.clone();
            self.next()?;
            match self.line.first() {
                Some(b'[') => {
                    let statements = into.ok_or_else(|| self.damaged("a row without a table"))?;
                    self.insert(tx, statements)?;
                    let count = rows.entry(statements.table.name.to_owned()).or_default();
                    *count = count.saturating_add(1);
                }
                Some(_) if self.line.starts_with(b"{\"table\"") => {
                    let statements = self.table()?;
                    if rows.insert(statements.table.name.to_owned(), 0).is_some() {
                        return Err(self.damaged("a table for the second time"));
                    }
                    into = Some(statements);
                }
                Some(_) if self.line.starts_with(b"{\"file\"") => {
                    self.read::<FileLine>()?
                        .put(files)?
                        .ok_or_else(|| self.damaged("a file that cannot be read"))?;
                    kept = kept.saturating_add(1);
                }
                _ => {
                    let Trailer { rows: told, files, sha256 } = self.read()?;
                    self.end()?;
                    if sha256 != Hash::of_digest(before).to_string() {
                        return Err(self.damaged("its checksum is of something else"));
                    }
                    if told != rows || rows.len() != TABLES.len() {
                        return Err(self.damaged("its trailer counts other rows"));
                    }
                    if files != kept {
                        return Err(self.damaged("its trailer counts other files"));
                    }
                    return Ok((header, Copied { rows, files, missing: 0 }));
                }
            }
        }
    }

    fn header(&mut self) -> Result<Header, DumpError> {
        // Read loosely first, so that a later form is told as such.
        #[derive(Deserialize)]
        struct Form {
            backhaul_copy: u32,
        }
        self.next().map_err(|error| match error {
            DumpError::Torn { .. } => DumpError::NoCopy,
            error => error,
        })?;
        let form: Form = serde_json::from_slice(&self.line).map_err(|_| DumpError::NoCopy)?;
        if form.backhaul_copy > FORMAT {
            return Err(DumpError::Newer { format: form.backhaul_copy });
        }
        let header: Header = serde_json::from_slice(&self.line).map_err(|_| DumpError::NoCopy)?;
        let newest = migrations::newest();
        if header.schema != newest {
            let Header { schema: copy, program, .. } = header;
            return Err(DumpError::OtherSchema { copy, newest, program });
        }
        Ok(header)
    }

    /// Reads the next line, without its end.
    fn next(&mut self) -> Result<(), DumpError> {
        self.line.clear();
        let read = self.input.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut self.line);
        read.map_err(|error| match error.kind() {
            // What unpacks the copy says so when there is not enough of it, or when it is nonsense.
            io::ErrorKind::UnexpectedEof => DumpError::Torn { line: self.number },
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData if self.number == 0 => {
                DumpError::NoCopy
            }
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                self.damaged("it cannot be unpacked")
            }
            _ => error.into(),
        })?;
        if self.line.last() != Some(&b'\n') {
            return Err(DumpError::Torn { line: self.number });
        }
        self.number = self.number.saturating_add(1);
        self.hasher.update(&self.line);
        self.line.pop();
        Ok(())
    }

    fn read<T: for<'de> Deserialize<'de>>(&self) -> Result<T, DumpError> {
        serde_json::from_slice(&self.line).map_err(|_| self.damaged("it cannot be read"))
    }

    fn table(&self) -> Result<&'static Statements, DumpError> {
        let TableLine { table, columns } = self.read()?;
        let known = STATEMENTS.iter().find(|known| known.table.name == table);
        known
            .filter(|known| known.table.columns.iter().eq(columns.iter()))
            .ok_or_else(|| self.damaged("a table that this program does not have"))
    }

    fn insert(&self, tx: &mut dyn Tx, statements: &'static Statements) -> Result<(), DumpError> {
        let row: Vec<serde_json::Value> = self.read()?;
        let values: Option<Vec<_>> = row.iter().map(value).collect();
        let values = values.filter(|values| values.len() == statements.table.columns.len());
        let values = values.ok_or_else(|| self.damaged("a row that does not fit its table"))?;
        tx.exec(&statements.insert, &values).map_err(|error| match error {
            Error::Violated { .. } => self.damaged("a row that the tables refuse"),
            error => error.into(),
        })?;
        Ok(())
    }

    /// After the trailer there is nothing.
    fn end(&mut self) -> Result<(), DumpError> {
        let mut one = [0];
        match self.input.read(&mut one) {
            Ok(0) => Ok(()),
            Ok(_) => Err(self.damaged("something follows its trailer")),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(DumpError::Torn { line: self.number })
            }
            Err(_) => Err(self.damaged("its end cannot be unpacked")),
        }
    }

    fn damaged(&self, what: &str) -> DumpError {
        DumpError::Damaged { what: format!("line {}: {what}", self.number) }
    }
}

fn value(value: &serde_json::Value) -> Option<Value<'_>> {
    match value {
        serde_json::Value::Null => Some(Value::Null),
        serde_json::Value::Number(number) => number.as_i64().map(Value::Int),
        serde_json::Value::String(text) => Some(Value::Text(text)),
        _ => None,
    }
}

/// Hashes what goes through it.
struct Hashing<W> {
    inner: W,
    hasher: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
