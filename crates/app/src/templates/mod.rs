//! Answers that staff have ready: a text with placeholders in each language, filled with what is known of a case.
//!
//! - `built_in`: those that the program brings along. A merchant's own take their place, or stand beside them.
//! - `render`: placeholders in, words out; pure. `values`: what is known of a case.

mod built_in;
mod render;
mod values;

use std::collections::BTreeMap;

use backhaul_core::decision::ClauseId;
use backhaul_core::ledger::CaseId;
use backhaul_language::Language;
use backhaul_store::answer_templates::{self, TEMPLATES_MAX, TemplateRow};
use backhaul_store::{Error, buyers, orders};
use jiff::Timestamp;

pub use self::render::{Placeholder, TemplateFault};
use crate::{App, DoorError, TEXT_CHARS_MAX};

/// The most characters of a template's title.
pub const TITLE_CHARS_MAX: usize = 100;
/// The most characters of a template's words: half of what a message may have, so that there is room for what is filled in.
pub const WORDS_CHARS_MAX: usize = TEXT_CHARS_MAX / 2;
/// The most characters of a template's id.
const ID_CHARS_MAX: usize = 60;

/// An answer in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Which answer it is; the same in each language.
    pub id: String,
    /// The language.
    pub language: Language,
    /// What staff call it.
    pub title: String,
    /// What it says, with placeholders such as `{case}`.
    pub words: String,
    /// Who changed it last and when; nothing where it is as the program brings it along.
    pub changed: Option<(String, Timestamp)>,
}

/// Why a template is not kept.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The id is none.
    #[error(
        "`{id}` is no id of a template: it has 1 to {ID_CHARS_MAX} small letters, digits and `_`"
    )]
    Id {
        /// The id.
        id: String,
    },
    /// The desk does not speak that language.
    #[error("`{tag}` is none of the desk's languages")]
    Language {
        /// The tag.
        tag: String,
    },
    /// The title or the words are empty, too long, or have control characters.
    #[error(
        "a template has a title of 1 to {TITLE_CHARS_MAX} characters on one line, and 1 to {WORDS_CHARS_MAX} characters of words"
    )]
    Text,
    /// A placeholder is not known, or a brace has no other.
    #[error(transparent)]
    Fault(#[from] TemplateFault),
    /// There are as many as there may be.
    #[error("there are at most {TEMPLATES_MAX} templates: remove one first")]
    TooMany,
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Why no answer was drafted.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// There is no such case.
    #[error("there is no case {case:?}")]
    UnknownCase {
        /// The number.
        case: CaseId,
    },
    /// There is no such template.
    #[error("there is no template `{id}`")]
    UnknownTemplate {
        /// Its id.
        id: String,
    },
    /// Nothing is known of the case for a placeholder.
    #[error(transparent)]
    Fault(#[from] TemplateFault),
    /// The case cannot be read.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

/// An answer that is ready to be looked over and sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drafted {
    /// Which template it was made of.
    pub id: String,
    /// The language that it is in.
    pub language: Language,
    /// The words.
    pub words: String,
}

impl App {
    /// Every template, by id and language: the merchant's own, and those of the program that they do not replace.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn templates(&self) -> Result<Vec<Template>, Error> {
        let kept = self.store.read(answer_templates::all).await?;
        Ok(together(kept))
    }

    /// Keeps a template in the place of what was there.
    ///
    /// # Errors
    /// [`TemplateError`].
    pub async fn put_template(
        &self,
        id: &str,
        tag: &str,
        title: &str,
        words: &str,
        by: &str,
    ) -> Result<(), TemplateError> {
        let language = check(id, tag, title, words)?;
        let row = TemplateRow {
            id: id.to_owned(),
            language: language.tag().to_owned(),
            title: title.trim().to_owned(),
            words: words.replace("\r\n", "\n").trim().to_owned(),
            changed_by: by.to_owned(),
            changed_at: self.clock.now(),
        };
        let write = self.store.write(move |tx| -> Result<(), TemplateError> {
            let kept = answer_templates::all(tx)?;
            let is_new =
                !kept.iter().any(|kept| kept.id == row.id && kept.language == row.language);
            let most = usize::try_from(TEMPLATES_MAX).unwrap_or(usize::MAX);
            if is_new && kept.len() >= most {
                return Err(TemplateError::TooMany);
            }
            Ok(answer_templates::put(tx, &row)?)
        });
        write.await
    }

    /// Removes a template; what the program brings along for it comes back. Says whether there was one.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn remove_template(&self, id: &str, tag: &str) -> Result<bool, Error> {
        let (id, tag) = (id.to_owned(), tag.to_owned());
        self.store.write(move |tx| answer_templates::remove(tx, &id, &tag)).await
    }

    /// What a template says with sample values in the place of what is not known yet; nothing is kept.
    ///
    /// # Errors
    /// [`TemplateFault`].
    pub fn sample_answer(
        words: &str,
        samples: &BTreeMap<Placeholder, String>,
    ) -> Result<String, TemplateFault> {
        render::render(words, &|name| samples.get(&name).cloned())
    }

    /// An answer for a case: in that language where the template has it, or in the buyer's, or in English, or in any.
    ///
    /// # Errors
    /// [`DraftError`].
    pub async fn draft_answer(
        &self,
        case: &CaseId,
        template: &str,
        wanted: Option<Language>,
    ) -> Result<Drafted, DraftError> {
        self.draft_on_clause(case, template, wanted, None).await
    }

    /// The same, where the case is decided on that clause instead of those that it rests on now.
    ///
    /// # Errors
    /// [`DraftError`].
    pub async fn draft_on_clause(
        &self,
        case: &CaseId,
        template: &str,
        wanted: Option<Language>,
        clause: Option<&ClauseId>,
    ) -> Result<Drafted, DraftError> {
        let unknown = || DraftError::UnknownCase { case: case.clone() };
        let view = self.order_of_case(case).await?.ok_or_else(unknown)?;
        let number = view.order.number.clone();
        let read = self.store.read(move |tx| -> Result<_, Error> {
            let kept = answer_templates::all(tx)?;
            let order = orders::find(tx, &number)?;
            Ok((kept, order.map(|order| buyers::get(tx, &order)).transpose()?.flatten()))
        });
        let (kept, buyer) = read.await?;
        let of_buyer = buyer.as_ref().and_then(|buyer| buyer.language());
        let of_buyer = of_buyer.and_then(Language::of_tag);
        let mut versions: Vec<_> =
            together(kept).into_iter().filter(|each| each.id == template).collect();
        let wishes = [wanted, of_buyer, Some(Language::ENGLISH)];
        let place = wishes
            .into_iter()
            .flatten()
            .find_map(|wish| versions.iter().position(|each| each.language == wish))
            .unwrap_or(0);
        if versions.len() <= place {
            return Err(DraftError::UnknownTemplate { id: template.to_owned() });
        }
        let chosen = versions.swap_remove(place);
        let policy = crate::door::policy(&self.catalogue(), &view.ledger, &view.order)?;
        let facts = values::Known { view: &view, policy: &policy, buyer: buyer.as_ref() };
        let mut values = values::of_case(&facts, case, chosen.language).ok_or_else(unknown)?;
        if let Some(words) = clause.and_then(|id| values::clause(&policy, id, chosen.language)) {
            values.insert(Placeholder::Clause, format!("- {words}"));
        }
        let words = render::render(&chosen.words, &|name| values.get(&name).cloned())?;
        Ok(Drafted { id: chosen.id, language: chosen.language, words })
    }
}

/// The merchant's own, and those of the program that they do not replace; by id and language.
fn together(kept: Vec<TemplateRow>) -> Vec<Template> {
    let own = kept.into_iter().filter_map(|row| {
        Some(Template {
            // A language that the desk no longer speaks is not offered.
            language: Language::of_tag(&row.language)?,
            id: row.id,
            title: row.title,
            words: row.words,
            changed: Some((row.changed_by, row.changed_at)),
        })
    });
    let mut all: Vec<Template> = own.collect();
    for each in built_in::all() {
        if !all.iter().any(|own| own.id == each.id && own.language == each.language) {
            all.push(each);
        }
    }
    all.sort_by(|one, other| (&one.id, one.language).cmp(&(&other.id, other.language)));
    all
}

fn check(id: &str, tag: &str, title: &str, words: &str) -> Result<Language, TemplateError> {
    let is_id_sign = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_';
    if !(1..=ID_CHARS_MAX).contains(&id.len()) || !id.chars().all(is_id_sign) {
        return Err(TemplateError::Id { id: id.to_owned() });
    }
    // Another tag of the same language would be a second template that nobody ever sees.
    let language = Language::of_tag(tag).filter(|language| language.tag() == tag);
    let language = language.ok_or_else(|| TemplateError::Language { tag: tag.to_owned() })?;
    let is_long = |text: &str, most| !(1..=most).contains(&text.trim().chars().count());
    let is_odd = |sign: char| sign.is_control() && !matches!(sign, '\t' | '\n' | '\r');
    if is_long(title, TITLE_CHARS_MAX)
        || title.chars().any(char::is_control)
        || is_long(words, WORDS_CHARS_MAX)
        || words.chars().any(is_odd)
    {
        return Err(TemplateError::Text);
    }
    render::check(words)?;
    Ok(language)
}

#[cfg(test)]
mod tests;
