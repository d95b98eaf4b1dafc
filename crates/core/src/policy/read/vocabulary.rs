//! The words that a policy declares for itself: remedies, evidence slots, facts.

use super::reader::{Reader, Table, Value};
use crate::facts::{OwnFact, moment};
use crate::policy::vocabulary::{
    Kind, OWN_FACTS_MAX, OwnDeclaration, Slot, Source, Vocabulary, WORDS_MAX,
};
use crate::words::Remedy;

impl<'s> Reader<'s> {
    pub(super) fn vocabulary(&mut self, root: &Table<'_, 's>) -> Vocabulary {
        let remedies = self.required(root, "remedies");
        let remedies =
            remedies.and_then(|value| self.remedies(value, Remedy::ALL)).unwrap_or_default();
        let mut slots: Vec<Slot> = Vec::new();
        for value in root.get("evidence").map_or_else(Vec::new, |value| self.items(value)) {
            let Some(table) = self.closed(value, "an evidence slot", &["id", "label"]) else {
                continue;
            };
            let id = self.required(&table, "id").and_then(|id| self.name(id));
            let label = self.required(&table, "label").and_then(|label| self.texts(label));
            let (Some(id), Some(label)) = (id, label) else { continue };
            if slots.iter().any(|slot| slot.id == id) {
                self.error(&table.span, "twice", format!("the slot `{id}` is declared twice"));
            }
            slots.push(Slot { id, label });
        }
        if slots.len() > WORDS_MAX {
            self.error(
                &root.span,
                "too_large",
                format!("a policy has at most {WORDS_MAX} evidence slots"),
            );
        }
        let own = self.own_facts(root);
        Vocabulary { remedies, slots, own }
    }

    pub(super) fn own_facts(&mut self, root: &Table<'_, 's>) -> Vec<OwnDeclaration> {
        let mut own = Vec::new();
        if let Some(table) = root.get("facts").and_then(|value| self.table(value)) {
            for (name, _, value) in table.in_order() {
                own.extend(self.own_fact(name, value));
            }
            if own.len() > OWN_FACTS_MAX {
                let message = format!("a policy declares at most {OWN_FACTS_MAX} facts");
                self.error(&table.span, "too_large", message);
            }
        }
        own
    }

    fn own_fact(&mut self, name: &str, value: &Value<'s>) -> Option<OwnDeclaration> {
        let table = self.closed(value, "a fact", &["type", "words", "from", "default", "label"])?;
        let from = [("buyer", Source::Buyer), ("staff", Source::Staff), ("dock", Source::Dock)];
        let source = self
            .required(&table, "from")
            .and_then(|from_| self.choice(from_, "source of a fact", &from));
        let words: Vec<String> = table.get("words").map_or_else(Vec::new, |value| {
            let items = self.items(value);
            items.into_iter().filter_map(|item| self.name(item)).collect()
        });
        let kinds = ["flag", "integer", "text", "moment", "names", "word", "words"];
        let choices: Vec<(&str, usize)> = kinds.into_iter().zip(0..).collect();
        let kind = self
            .required(&table, "type")
            .and_then(|kind| self.choice(kind, "type of a fact", &choices))?;
        let kind = match kinds.get(kind).copied() {
            Some("flag") => Kind::Flag,
            Some("integer") => Kind::Integer,
            Some("moment") => Kind::Moment,
            Some("names") => Kind::Names,
            Some("word") => Kind::OwnWord(words.clone()),
            Some("words") => Kind::OwnWords(words.clone()),
            _ => Kind::Text,
        };
        let takes_words = matches!(kind, Kind::OwnWord(_) | Kind::OwnWords(_));
        if takes_words == words.is_empty() || words.len() > WORDS_MAX {
            let message = format!(
                "`words` (1 to {WORDS_MAX}) goes with the types `word` and `words`, and with no other"
            );
            self.error(&table.span, "missing_key", message);
        }
        let default = table.get("default").and_then(|value| self.default(value, &kind));
        let label = match table.get("label") {
            Some(label) => self.texts(label)?,
            None => vec![name.replace('_', " "); self.languages.len()],
        };
        Some(OwnDeclaration { name: name.to_owned(), kind, source: source?, default, label })
    }

    fn default(&mut self, value: &Value<'s>, kind: &Kind) -> Option<OwnFact> {
        match kind {
            Kind::Flag => self.flag(value).map(OwnFact::Bool),
            Kind::Integer => self.integer(value, i64::MIN..i64::MAX).map(OwnFact::Integer),
            Kind::OwnWord(words) => {
                let choices: Vec<(&str, &str)> =
                    words.iter().map(|w| (w.as_str(), w.as_str())).collect();
                self.choice(value, "declared word", &choices)
                    .map(|word| OwnFact::Text(word.to_owned()))
            }
            Kind::OwnWords(_) | Kind::Names => {
                if !value.get_ref().is_array() {
                    self.wrong_type(value, "a list");
                    return None;
                }
                let items = self.items(value);
                Some(OwnFact::Words(items.into_iter().filter_map(|item| self.name(item)).collect()))
            }
            Kind::Moment => {
                let text = self.text(value)?;
                if moment(&text).is_none() {
                    self.error(
                        &value.span(),
                        "wrong_type",
                        "expected a moment as RFC 3339 writes it, in quotes",
                    );
                }
                Some(OwnFact::Text(text))
            }
            _ => self.text(value).map(OwnFact::Text),
        }
    }
}
