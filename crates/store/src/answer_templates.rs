//! Answers that staff have ready, by id and language.

use jiff::Timestamp;

use crate::error::Error;
use crate::tx::{Row, Tx};
use crate::values;

/// One answer in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateRow {
    /// Which answer it is; the same in each language.
    pub id: String,
    /// The language, as a tag such as `en` or `zh-Hans`.
    pub language: String,
    /// What staff call it.
    pub title: String,
    /// What it says, with placeholders.
    pub words: String,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

/// The most templates that are kept, over all languages.
pub const TEMPLATES_MAX: u32 = 500;

/// Keeps a template in the place of what was kept.
///
/// # Errors
/// [`Error`].
pub fn put(tx: &mut dyn Tx, row: &TemplateRow) -> Result<(), Error> {
    let TemplateRow { id, language, title, words, changed_by, changed_at } = row;
    tx.exec(
        "insert into answer_template (template_id, language, title, words, changed_by, changed_at_us)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (template_id, language) do update set
           title = excluded.title, words = excluded.words, changed_by = excluded.changed_by,
           changed_at_us = excluded.changed_at_us",
        values![id, language, title, words, changed_by, *changed_at],
    )?;
    Ok(())
}

/// Removes a template; says whether there was one.
///
/// # Errors
/// [`Error`].
pub fn remove(tx: &mut dyn Tx, id: &str, language: &str) -> Result<bool, Error> {
    let removed = tx.exec(
        "delete from answer_template where template_id = $1 and language = $2",
        values![id, language],
    )?;
    Ok(removed == 1)
}

/// Every template that is kept, at most [`TEMPLATES_MAX`].
///
/// # Errors
/// [`Error`].
pub fn all(tx: &mut dyn Tx) -> Result<Vec<TemplateRow>, Error> {
    tx.all(
        "select template_id, language, title, words, changed_by, changed_at_us
         from answer_template order by template_id, language limit $1",
        values![i64::from(TEMPLATES_MAX)],
        read,
    )
}

fn read(row: &dyn Row) -> Result<TemplateRow, Error> {
    Ok(TemplateRow {
        id: row.text(0)?.to_owned(),
        language: row.text(1)?.to_owned(),
        title: row.text(2)?.to_owned(),
        words: row.text(3)?.to_owned(),
        changed_by: row.text(4)?.to_owned(),
        changed_at: row.moment(5)?,
    })
}
