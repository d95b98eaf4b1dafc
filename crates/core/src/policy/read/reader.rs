//! Values of a TOML file with their places: what every part of the policy's reader is made of.
//!
//! All mistakes of a file are told at once, not only the first.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::policy::diagnostic::{Diagnostic, Severity};
use crate::policy::nearest;
use crate::policy::rule::Texts;

/// How many mistakes of one file are told.
pub(super) const DIAGNOSTICS_MAX: usize = 100;
/// The longest text in a policy, in characters.
pub(super) const TEXT_CHARS_MAX: usize = 4_000;
/// The longest id, word or name in a policy, in characters.
pub(super) const NAME_CHARS_MAX: usize = 64;
/// The most items of one list in a policy.
pub(super) const LIST_MAX: usize = 256;

pub(super) type Value<'s> = Spanned<DeValue<'s>>;
pub(super) type Span = Range<usize>;

/// A table and where it stands.
#[derive(Clone)]
pub(super) struct Table<'t, 's> {
    pub(super) entries: &'t DeTable<'s>,
    pub(super) span: Span,
}

impl<'t, 's> Table<'t, 's> {
    pub(super) fn get(&self, key: &str) -> Option<&'t Value<'s>> {
        self.entries.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    /// The entries as they stand in the file.
    pub(super) fn in_order(&self) -> Vec<(&'t str, Span, &'t Value<'s>)> {
        let mut entries: Vec<_> = self
            .entries
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref(), key.span(), value))
            .collect();
        entries.sort_by_key(|(_, span, _)| span.start);
        entries
    }
}

/// Reads values and collects what is wrong with them.
pub(super) struct Reader<'s> {
    pub(super) source: &'s str,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The languages that texts are read in, in this order.
    pub(super) languages: Vec<String>,
    /// The languages that the file is written in: at least those.
    pub(super) written: Vec<String>,
}

impl<'s> Reader<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self { source, diagnostics: Vec::new(), languages: Vec::new(), written: Vec::new() }
    }

    pub(super) fn error(&mut self, span: &Span, code: &'static str, message: impl Into<String>) {
        if self.diagnostics.len() < DIAGNOSTICS_MAX {
            let (line, column) = self.place(span.start);
            let (severity, message, example) = (Severity::Error, message.into(), None);
            self.diagnostics.push(Diagnostic { severity, code, line, column, message, example });
        }
    }

    /// An error of which only the line is known.
    pub(super) fn error_at(&mut self, line: usize, code: &'static str, message: &str) {
        let start =
            self.source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        self.error(&(start..start), code, message);
    }

    /// Line and column, from 1, of a byte of the file.
    pub(super) fn place(&self, byte: usize) -> (usize, usize) {
        let before = self.source.get(..byte).unwrap_or(self.source);
        let line = before.bytes().filter(|byte| *byte == b'\n').count();
        let start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let column = before.get(start..).map_or(0, |text| text.chars().count());
        (line.saturating_add(1), column.saturating_add(1))
    }

    pub(super) fn line(&self, span: &Span) -> usize {
        self.place(span.start).0
    }

    pub(super) fn wrong_type(&mut self, value: &Value<'s>, expected: &str) {
        let found = value.get_ref().type_str();
        self.error(&value.span(), "wrong_type", format!("expected {expected}, found {found}"));
    }

    /// Says that a word is not known, and which one was probably meant.
    pub(super) fn unknown<'n>(
        &mut self,
        span: &Span,
        code: &'static str,
        given: &str,
        what: &str,
        known: impl Iterator<Item = &'n str> + Clone,
    ) {
        let meant = nearest(given, known.clone())
            .map_or_else(String::new, |name| format!(", did you mean `{name}`?"));
        let all: Vec<String> = known.map(|name| format!("`{name}`")).collect();
        let given: String =
            given.chars().take(NAME_CHARS_MAX).flat_map(char::escape_debug).collect();
        let known = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
        self.error(span, code, format!("`{given}` is no {what}{meant}; known are {known}"));
    }

    pub(super) fn table<'t>(&mut self, value: &'t Value<'s>) -> Option<Table<'t, 's>> {
        if let DeValue::Table(entries) = value.get_ref() {
            Some(Table { entries, span: value.span() })
        } else {
            self.wrong_type(value, "a table");
            None
        }
    }

    /// A table in which only these keys are known.
    pub(super) fn closed<'t>(
        &mut self,
        value: &'t Value<'s>,
        what: &str,
        known: &[&str],
    ) -> Option<Table<'t, 's>> {
        let table = self.table(value)?;
        self.close(&table, what, known);
        Some(table)
    }

    pub(super) fn close(&mut self, table: &Table<'_, 's>, what: &str, known: &[&str]) {
        for (key, span, _) in table.in_order() {
            if !known.contains(&key) {
                self.unknown(
                    &span,
                    "unknown_key",
                    key,
                    &format!("key of {what}"),
                    known.iter().copied(),
                );
            }
        }
    }

    pub(super) fn required<'t>(
        &mut self,
        table: &Table<'t, 's>,
        key: &str,
    ) -> Option<&'t Value<'s>> {
        let value = table.get(key);
        if value.is_none() {
            self.error(&table.span, "missing_key", format!("`{key}` is required here"));
        }
        value
    }

    pub(super) fn text(&mut self, value: &Value<'s>) -> Option<String> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(value, "a text");
            return None;
        };
        let text = text.trim();
        if text.is_empty() || text.chars().count() > TEXT_CHARS_MAX {
            let message = format!("a text has 1 to {TEXT_CHARS_MAX} characters");
            self.error(&value.span(), "out_of_range", message);
            return None;
        }
        Some(text.to_owned())
    }

    /// An id, a word or a name: no white space, not too long.
    pub(super) fn name(&mut self, value: &Value<'s>) -> Option<String> {
        let name = self.text(value)?;
        if name.chars().count() > NAME_CHARS_MAX
            || name.chars().any(|c| c.is_whitespace() || c.is_control())
        {
            let message =
                format!("a name has at most {NAME_CHARS_MAX} characters and no white space");
            self.error(&value.span(), "out_of_range", message);
            return None;
        }
        Some(name)
    }

    pub(super) fn flag(&mut self, value: &Value<'s>) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(value, "true or false");
        }
        flag
    }

    pub(super) fn integer(&mut self, value: &Value<'s>, allowed: Range<i64>) -> Option<i64> {
        let DeValue::Integer(integer) = value.get_ref() else {
            self.wrong_type(value, "an integer");
            return None;
        };
        let read = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let read = read.filter(|integer| allowed.contains(integer));
        if read.is_none() {
            let last = allowed.end.saturating_sub(1);
            self.error(
                &value.span(),
                "out_of_range",
                format!("allowed is {} to {last}", allowed.start),
            );
        }
        read
    }

    /// The items of a list; a value alone is a list of one.
    pub(super) fn items<'t>(&mut self, value: &'t Value<'s>) -> Vec<&'t Value<'s>> {
        let DeValue::Array(items) = value.get_ref() else { return vec![value] };
        if items.len() > LIST_MAX {
            self.error(
                &value.span(),
                "out_of_range",
                format!("a list has at most {LIST_MAX} items"),
            );
        }
        items.iter().take(LIST_MAX).collect()
    }

    /// One of a list of words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        value: &Value<'s>,
        what: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let word = self.text(value)?;
        let choice = choices.iter().find(|(name, _)| *name == word).map(|(_, choice)| *choice);
        if choice.is_none() {
            self.unknown(
                &value.span(),
                "unknown_word",
                &word,
                what,
                choices.iter().map(|row| row.0),
            );
        }
        choice
    }

    /// A text in each language of the policy.
    pub(super) fn texts(&mut self, value: &Value<'s>) -> Option<Texts> {
        let table = self.table(value)?;
        self.texts_in(&table, &[])
    }

    /// A text in each language, in a table that has these other keys too.
    pub(super) fn texts_in(&mut self, table: &Table<'_, 's>, others: &[&str]) -> Option<Texts> {
        let (languages, written) = (self.languages.clone(), self.written.clone());
        let known: Vec<&str> =
            written.iter().map(String::as_str).chain(others.iter().copied()).collect();
        self.close(table, "a text (one for each of the policy's languages)", &known);
        let mut texts = Texts::new();
        for language in &languages {
            let Some(value) = table.get(language) else {
                let message = format!("there is no text in `{language}`, which the policy lists");
                self.error(&table.span, "missing_language", message);
                return None;
            };
            texts.push(self.text(value)?);
        }
        Some(texts)
    }
}
