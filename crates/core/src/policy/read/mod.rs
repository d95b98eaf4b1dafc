//! A policy file, read: TOML with a place for every mistake, all of them told at once.
//!
//! The format is described in `docs/policy-language.md`.

mod condition;
mod effects;
mod law;
mod reader;
mod vocabulary;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use self::effects::Scope;
use self::reader::{Reader, Table, Value};
use super::diagnostic::Diagnostic;
use super::rule::{
    CLAUSES_MAX, Clause, Policy, RULES_MAX, Reading, RefundOrder, Rule, Silence, Stage,
};
use crate::calendar::Calendar;
use crate::decision::ClauseId;
use crate::facts::Zone;
use crate::words::Cause;

/// How many bytes a policy file may have.
pub const POLICY_BYTES_MAX: usize = 1 << 20;

const KEYS: [&str; 14] = [
    "id",
    "version",
    "effective",
    "languages",
    "title",
    "time_zone",
    "calendar",
    "remedies",
    "refund_order",
    "silent",
    "evidence",
    "facts",
    "cause",
    "clause",
];

const CLAUSE_KEYS: [&str; 4] = ["id", "text", "by_hand", "rule"];

impl Policy {
    /// Reads a policy file, with the calendars that come with the product.
    ///
    /// # Errors
    /// Everything that is wrong with the form of the file, in its order. Whether the rules make sense together is told by
    /// [`check`](super::check).
    pub fn parse(source: &str) -> Result<Self, Vec<Diagnostic>> {
        Self::parse_with(source, &|id| Calendar::builtin(id).cloned())
    }

    /// Reads a policy file, with calendars from elsewhere.
    ///
    /// # Errors
    /// As [`Policy::parse`].
    pub fn parse_with(
        source: &str,
        calendar: &dyn Fn(&str) -> Option<Calendar>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut reader = Reader::new(source);
        let Some(root) = reader.root() else { return Err(reader.diagnostics) };
        let table = Table { entries: root.get_ref(), span: root.span() };
        let policy = reader.policy(&table, calendar);
        match policy {
            Some(policy) if reader.diagnostics.is_empty() => Ok(policy),
            _ => {
                reader.diagnostics.sort_by_key(|diagnostic| (diagnostic.line, diagnostic.column));
                Err(reader.diagnostics)
            }
        }
    }
}

impl<'s> Reader<'s> {
    /// The file as a table, unless it is too large or no TOML.
    fn root(&mut self) -> Option<Spanned<DeTable<'s>>> {
        if self.source.len() > POLICY_BYTES_MAX {
            let message = format!("a file has at most {POLICY_BYTES_MAX} bytes");
            self.error(&(0..0), "too_large", message);
            return None;
        }
        let (root, errors) = DeTable::parse_recoverable(self.source);
        for error in &errors {
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            self.error(&error.span().unwrap_or(0..0), "syntax", message);
        }
        errors.is_empty().then_some(root)
    }

    fn policy(
        &mut self,
        root: &Table<'_, 's>,
        calendar: &dyn Fn(&str) -> Option<Calendar>,
    ) -> Option<Policy> {
        self.close(root, "a policy", &KEYS);
        self.languages = self.languages(root);
        self.written.clone_from(&self.languages);
        let id = self.required(root, "id").and_then(|value| self.name(value));
        let version = self.required(root, "version").and_then(|value| self.name(value));
        if let Some(value) =
            root.get("id").filter(|_| id.as_ref().is_some_and(|id| id.contains('@')))
        {
            self.error(
                &value.span(),
                "out_of_range",
                "an id has no `@`: that is what parts it from the version",
            );
        }
        let effective = self.required(root, "effective").and_then(|value| self.date(value));
        let title = self.required(root, "title").and_then(|value| self.texts(value));
        let zone = self.required(root, "time_zone").and_then(|value| self.zone(value));
        let calendar =
            self.required(root, "calendar").and_then(|value| self.calendar(value, calendar));
        let refund_order = root.get("refund_order").and_then(|value| {
            let choices = [
                ("latest_capture_first", RefundOrder::LatestCaptureFirst),
                ("earliest_capture_first", RefundOrder::EarliestCaptureFirst),
            ];
            self.choice(value, "refund order", &choices)
        });
        let silent = root.get("silent").map_or_else(Vec::new, |value| self.silent(value));
        let vocabulary = self.vocabulary(root);

        let clause_values = root.get("clause").map_or_else(Vec::new, |value| self.items(value));
        let mut clauses = Vec::new();
        for value in &clause_values {
            clauses.extend(self.clause_head(value, &clauses));
        }
        let ids: Vec<String> = clauses.iter().map(|clause| clause.id.as_str().to_owned()).collect();
        let scope = Scope { vocabulary: &vocabulary, clauses: &ids };
        let readings = self.readings(root, &scope);
        let mut rules = Vec::new();
        for value in &clause_values {
            self.rules(value, &scope, &clauses, &mut rules);
        }
        self.limits(root, &clauses, &rules);
        // First come, first served within one matter: the order is the priority's, then the file's.
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.priority));
        let (id, version) = (id?, version?);
        Some(Policy {
            pin: format!("{id}@{version}"),
            id,
            version,
            effective: effective?,
            languages: self.languages.clone(),
            title: title?,
            zone: zone?,
            calendar: calendar?,
            refund_order: refund_order.unwrap_or(RefundOrder::LatestCaptureFirst),
            silent,
            vocabulary,
            readings,
            clauses,
            rules,
            source: self.source.into(),
        })
    }

    fn limits(&mut self, root: &Table<'_, 's>, clauses: &[Clause], rules: &[Rule]) {
        if clauses.is_empty() {
            self.error(&root.span, "missing_key", "a policy has at least one `[[clause]]`");
        }
        if clauses.len() > CLAUSES_MAX || rules.len() > RULES_MAX {
            let message =
                format!("a policy has at most {CLAUSES_MAX} clauses and {RULES_MAX} rules");
            self.error(&root.span, "too_large", message);
        }
    }

    fn languages(&mut self, root: &Table<'_, 's>) -> Vec<String> {
        let Some(value) = self.required(root, "languages") else { return Vec::new() };
        let items = self.items(value);
        let mut languages: Vec<String> = Vec::new();
        for item in items {
            let Some(language) = self.name(item) else { continue };
            let is_tag = language.split('-').all(|part| {
                (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
            });
            if is_tag && !languages.contains(&language) {
                languages.push(language);
            } else {
                self.error(
                    &item.span(),
                    "unknown_word",
                    "a language is a BCP 47 tag such as `en`, named once",
                );
            }
        }
        if languages.is_empty() {
            self.error(&value.span(), "missing_key", "a policy has at least one language");
        }
        languages
    }

    fn date(&mut self, value: &Value<'s>) -> Option<Date> {
        let date =
            value.get_ref().as_datetime().filter(|at| at.time.is_none()).and_then(|at| at.date);
        let date = date.and_then(|date| {
            let (month, day) = (i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
            Date::new(i16::try_from(date.year).ok()?, month, day).ok()
        });
        if date.is_none() {
            self.error(
                &value.span(),
                "wrong_type",
                "expected a date such as 2026-01-01, without quotes",
            );
        }
        date
    }

    fn zone(&mut self, value: &Value<'s>) -> Option<Zone> {
        let name = self.text(value)?;
        let zone = Zone::get(&name);
        if zone.is_none() {
            let message =
                format!("`{name}` is no IANA time zone; write one such as `Asia/Shanghai`");
            self.error(&value.span(), "unknown_word", message);
        }
        zone
    }

    fn calendar(
        &mut self,
        value: &Value<'s>,
        known: &dyn Fn(&str) -> Option<Calendar>,
    ) -> Option<Calendar> {
        let id = self.text(value)?;
        let calendar = known(&id);
        if calendar.is_none() {
            let ids: Vec<&str> = Calendar::all_builtin().iter().map(Calendar::id).collect();
            self.unknown(&value.span(), "unknown_word", &id, "calendar", ids.into_iter());
        }
        calendar
    }

    fn silent(&mut self, value: &Value<'s>) -> Vec<Silence> {
        let choices = [
            ("remedies", Silence::Remedies),
            ("return_freight", Silence::ReturnFreight),
            ("replacement_freight", Silence::ReplacementFreight),
        ];
        let items = self.items(value);
        items
            .into_iter()
            .filter_map(|item| self.choice(item, "matter to be silent on", &choices))
            .collect()
    }

    fn readings(&mut self, root: &Table<'_, 's>, scope: &Scope<'_>) -> Vec<Reading> {
        let causes: Vec<(&str, Cause)> =
            Cause::ALL.iter().map(|cause| (cause.as_str(), *cause)).collect();
        let mut readings = Vec::new();
        for value in root.get("cause").map_or_else(Vec::new, |value| self.items(value)) {
            let Some(table) =
                self.closed(value, "a cause", &["clause", "when", "unless", "becomes"])
            else {
                continue;
            };
            let clause =
                self.required(&table, "clause").and_then(|clause| self.clause(clause, scope));
            let becomes = self
                .required(&table, "becomes")
                .and_then(|value| self.choice(value, "cause", &causes));
            let when = self.when(&table, scope.vocabulary);
            if let (Some(clause), Some(becomes), Some(when)) = (clause, becomes, when) {
                readings.push(Reading { clause, when, becomes, line: self.line(&table.span) });
            }
        }
        readings
    }

    fn clause_head(&mut self, value: &Value<'s>, before: &[Clause]) -> Option<Clause> {
        let table = self.closed(value, "a clause", &CLAUSE_KEYS)?;
        let id_value = self.required(&table, "id")?;
        let id = self.name(id_value)?;
        if before.iter().any(|clause| clause.id.as_str() == id) {
            self.error(&id_value.span(), "twice", format!("the clause `{id}` is given twice"));
        }
        let text =
            self.required(&table, "text").and_then(|text| self.texts(text)).unwrap_or_default();
        let by_hand = table.get("by_hand").and_then(|value| self.flag(value)).unwrap_or(false);
        let well_spelled = table.in_order().iter().all(|(key, ..)| CLAUSE_KEYS.contains(key));
        if !by_hand && table.get("rule").is_none() && well_spelled {
            let message = format!(
                "the clause `{id}` has no rule; give it one, or say `by_hand = true` where a person applies it"
            );
            self.error(&table.span, "no_rule", message);
        }
        Some(Clause {
            id: ClauseId::from(id.as_str()),
            text,
            by_hand,
            line: self.line(&id_value.span()),
        })
    }

    fn rules(
        &mut self,
        value: &Value<'s>,
        scope: &Scope<'_>,
        clauses: &[Clause],
        rules: &mut Vec<Rule>,
    ) {
        let DeValue::Table(entries) = value.get_ref() else { return };
        let table = Table { entries, span: value.span() };
        let id = table.get("id").and_then(|id| id.get_ref().as_str()).unwrap_or_default();
        let Some(clause) = clauses.iter().position(|clause| clause.id.as_str() == id.trim()) else {
            return;
        };
        for value in table.get("rule").map_or_else(Vec::new, |value| self.items(value)) {
            let Some(rule) = self.table(value) else { continue };
            let effects = self.effects(&rule, scope);
            let applies =
                [("open", Stage::Open), ("declined", Stage::Declined), ("always", Stage::Always)];
            let stage = rule
                .get("applies")
                .and_then(|value| self.choice(value, "kind of decision", &applies));
            let priority = rule.get("priority").and_then(|value| self.integer(value, -1000..1001));
            let Some(when) = self.when(&rule, scope.vocabulary) else { continue };
            rules.push(Rule {
                clause,
                when,
                stage: stage.unwrap_or(Stage::Open),
                priority: priority.unwrap_or(0),
                effects,
                line: self.line(&rule.span),
            });
        }
    }
}
