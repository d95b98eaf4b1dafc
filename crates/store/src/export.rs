//! Everything that the desk knows, as lines of JSON for others to read: orders with all versions, events with their
//! hashes, and, where they are asked for, the texts of persons.
//!
//! An event's document stands there as it is in the ledger, byte for byte, so that its hash can be made again. Secrets and
//! hashes of passwords are never in it.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::de::IgnoredAny;

use crate::dump::let_statements_last;
use crate::error::Error;
use crate::store::Store;
use crate::tx::{Row, Tx, Value};

/// The version of the lines' form.
pub const FORMAT: u32 = 1;

/// The settings that are exported: what others store there may be a secret.
const SETTINGS: &[&str] = &["refunds_paused", "refunds_paused_since", "refunds_resumed_by"];

/// What one table gives: its lines' type and fields, in the order of the statement's columns.
struct Kind {
    name: &'static str,
    sql: &'static str,
    fields: &'static [(&'static str, Form)],
    is_personal: bool,
}

/// How a column is written.
#[derive(Clone, Copy)]
enum Form {
    /// As it is.
    Plain,
    /// As a moment.
    Moment,
    /// As the JSON that it is.
    Document,
}

const KINDS: &[Kind] = &[
    Kind {
        name: "order",
        sql: "select order_id, number, order_version, head_seq, head_hash from ledger_order
              order by order_id",
        fields: &[
            ("order", Form::Plain),
            ("number", Form::Plain),
            ("versions", Form::Plain),
            ("events", Form::Plain),
            ("hash", Form::Plain),
        ],
        is_personal: false,
    },
    Kind {
        name: "order_version",
        sql: "select order_id, version, imported_at_us, body from order_version
              order by order_id, version",
        fields: &[
            ("order", Form::Plain),
            ("version", Form::Plain),
            ("imported_at", Form::Moment),
            ("document", Form::Document),
        ],
        is_personal: false,
    },
    Kind {
        name: "event",
        sql: "select order_id, seq, at_us, kind, hash, body from ledger_event
              order by order_id, seq",
        fields: &[
            ("order", Form::Plain),
            ("seq", Form::Plain),
            ("at", Form::Moment),
            ("kind", Form::Plain),
            ("hash", Form::Plain),
            ("event", Form::Document),
        ],
        is_personal: false,
    },
    Kind {
        name: "policy_version",
        sql: "select policy_id, version, effective_on, published_by, published_at_us, sha256, body
              from policy_version order by policy_id, version",
        fields: &[
            ("policy", Form::Plain),
            ("version", Form::Plain),
            ("effective_on", Form::Plain),
            ("published_by", Form::Plain),
            ("published_at", Form::Moment),
            ("sha256", Form::Plain),
            ("file", Form::Plain),
        ],
        is_personal: false,
    },
    Kind {
        name: "policy_withdrawal",
        sql: "select policy_id, version, withdrawn_by, withdrawn_at_us
              from policy_withdrawal order by policy_id, version",
        fields: &[
            ("policy", Form::Plain),
            ("version", Form::Plain),
            ("withdrawn_by", Form::Plain),
            ("withdrawn_at", Form::Moment),
        ],
        is_personal: false,
    },
    Kind {
        name: "text",
        sql: "select order_id, text_id, created_at_us, words from text order by order_id, text_id",
        fields: &[
            ("order", Form::Plain),
            ("text", Form::Plain),
            ("created_at", Form::Moment),
            ("words", Form::Plain),
        ],
        is_personal: true,
    },
    Kind {
        name: "bank_account",
        sql: "select order_id, holder, iban, account_number, bic, country from bank_account
              order by order_id",
        fields: &[
            ("order", Form::Plain),
            ("holder", Form::Plain),
            ("iban", Form::Plain),
            ("account_number", Form::Plain),
            ("bic", Form::Plain),
            ("country", Form::Plain),
        ],
        is_personal: true,
    },
    Kind {
        name: "buyer",
        sql: "select order_id, email, name, language from buyer order by order_id",
        fields: &[
            ("order", Form::Plain),
            ("email", Form::Plain),
            ("name", Form::Plain),
            ("language", Form::Plain),
        ],
        is_personal: true,
    },
];

/// Why nothing, or not everything, was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The lines cannot be written.
    #[error("the export cannot be written")]
    File(#[from] io::Error),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Writes everything, all of one moment; returns the writer, with everything written and nothing flushed, and the number
/// of lines between the first and the last.
///
/// Memory stays that of one row. `open` gives an empty place to write to; it is called again where the connection to the
/// database is lost, and what was written before is to be thrown away then.
///
/// # Errors
/// [`ExportError`].
pub fn export<W: Write + Send + 'static>(
    store: &Store,
    at: Timestamp,
    with_personal_data: bool,
    mut open: impl FnMut() -> io::Result<W> + Send + 'static,
) -> Result<(W, u64), ExportError> {
    let written = store.read(move |tx| {
        let_statements_last(tx)?;
        let mut export = Export { out: open()?, lines: 0, failed: None };
        let first = serde_json::json!({
            "type": "export", "format": FORMAT, "at": at, "personal_data": with_personal_data,
        });
        writeln!(export.out, "{first}")?;
        for kind in KINDS.iter().filter(|kind| with_personal_data || !kind.is_personal) {
            export.all_of(tx, kind)?;
        }
        export.settings(tx)?;
        let Export { mut out, lines, .. } = export;
        // Whoever reads it knows by this line that nothing is missing.
        writeln!(out, "{}", serde_json::json!({"type": "end", "lines": lines}))?;
        Ok::<_, ExportError>((out, lines))
    });
    written.wait()
}

struct Export<W> {
    out: W,
    lines: u64,
    failed: Option<io::Error>,
}

impl<W: Write> Export<W> {
    fn all_of(&mut self, tx: &mut dyn Tx, kind: &Kind) -> Result<(), ExportError> {
        let shown = tx.each(kind.sql, &[], &mut |row| self.line(kind, row));
        match self.failed.take() {
            Some(error) => Err(error.into()),
            None => Ok(shown?),
        }
    }

    /// Writes a row; a failure to write is kept, since the statement can only be ended by one of its own.
    fn line(&mut self, kind: &Kind, row: &dyn Row) -> Result<(), Error> {
        let mut line = serde_json::json!(kind.name).to_string();
        line.insert_str(0, "{\"type\":");
        if kind.is_personal {
            line.push_str(",\"personal\":true");
        }
        for (column, (name, form)) in kind.fields.iter().enumerate() {
            line.push_str(",\"");
            line.push_str(name);
            line.push_str("\":");
            line.push_str(&written(*form, row, column)?);
        }
        line.push_str("}\n");
        self.lines = self.lines.saturating_add(1);
        self.out.write_all(line.as_bytes()).map_err(|error| {
            self.failed = Some(error);
            Error::AfterFailure
        })
    }

    fn settings(&mut self, tx: &mut dyn Tx) -> Result<(), ExportError> {
        for name in SETTINGS {
            if let Some(value) = crate::settings::get(tx, name)? {
                let line = serde_json::json!({"type": "setting", "name": name, "value": value});
                writeln!(self.out, "{line}")?;
                self.lines = self.lines.saturating_add(1);
            }
        }
        Ok(())
    }
}

fn written(form: Form, row: &dyn Row, column: usize) -> Result<String, Error> {
    Ok(match (form, row.value(column)?) {
        (Form::Moment, _) => serde_json::json!(row.moment(column)?).to_string(),
        (Form::Document, Value::Text(text)) if is_json(text) => text.to_owned(),
        (_, Value::Null) => "null".to_owned(),
        (_, Value::Int(int)) => int.to_string(),
        (_, Value::Text(text)) => serde_json::json!(text).to_string(),
    })
}

/// A document that someone has spoilt stands there as a text, so that every line can be read.
fn is_json(text: &str) -> bool {
    !text.contains('\n') && serde_json::from_str::<IgnoredAny>(text).is_ok()
}
