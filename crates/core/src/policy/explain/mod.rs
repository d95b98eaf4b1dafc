//! The policy as a page that a buyer can read, in any of its languages, as Markdown.
//!
//! The clauses are in the file's words. What the page adds, it asks the policy itself: a plain claim of each cause is decided, and
//! the table says what came out, so that the page cannot say one thing and the engine do another.

mod phrases;

use std::collections::BTreeMap;

use jiff::Timestamp;

use self::phrases::Phrases;
use super::rule::{DueRule, DueWhat, Effect, Policy, Texts};
use crate::decision::{ClauseId, Decision, Freight};
use crate::facts::{ClaimFacts, Country, Facts, LineFacts, OrderFacts};
use crate::words::{Cause, Condition, Payer, Remedy, Verdict, Voucher};

/// A part of the page under a heading of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// How deep it stands, from 1: the first one is the page's own.
    pub level: usize,
    /// The heading; of a clause it is its id, with what stands beside that.
    pub heading: String,
    /// The clause that it is about.
    pub clause: Option<ClauseId>,
    /// What stands below it.
    pub blocks: Vec<Block>,
}

/// What stands below a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Words.
    Paragraph(String),
    /// A list.
    List(Vec<String>),
    /// A table: its head, and its rows.
    Table(Vec<String>, Vec<Vec<String>>),
}

/// The page in the language at that place of the policy's languages; in the first where there is no such place.
#[must_use]
pub fn page(policy: &Policy, language: usize) -> String {
    let sections = sections(policy, language);
    sections.iter().map(Section::to_markdown).collect::<Vec<_>>().join("\n")
}

/// The same page in its parts.
#[must_use]
pub fn sections(policy: &Policy, language: usize) -> Vec<Section> {
    let language = if language < policy.languages.len() { language } else { 0 };
    let phrases = Phrases::of(policy.languages.get(language).map_or("", String::as_str));
    let page = Page { policy, language, phrases };
    let mut sections = vec![page.head(), page.summary()];
    sections.extend(page.clauses());
    sections.extend(page.evidence());
    sections
}

impl Section {
    /// The section as Markdown.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        // A heading a clause, so that the ids in a decision lead to their place on the page.
        let mut text = format!("{} {}\n", "#".repeat(self.level), self.heading);
        for block in &self.blocks {
            text.push('\n');
            text.push_str(&block.to_markdown());
        }
        text
    }
}

impl Block {
    fn to_markdown(&self) -> String {
        let row = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        match self {
            Self::Paragraph(text) => format!("{text}\n"),
            Self::List(items) => items.iter().map(|item| format!("- {item}\n")).collect(),
            Self::Table(head, rows) => {
                let below = "|---".repeat(head.len());
                let rows: String = rows.iter().map(|cells| row(cells)).collect();
                format!("{}{below}|\n{rows}", row(head))
            }
        }
    }
}

struct Page<'p> {
    policy: &'p Policy,
    language: usize,
    phrases: &'static Phrases,
}

impl Page<'_> {
    fn text<'t>(&self, texts: &'t Texts) -> &'t str {
        texts.get(self.language).map_or("", String::as_str)
    }

    fn head(&self) -> Section {
        let Phrases { version, in_force, orders, .. } = self.phrases;
        let policy = self.policy;
        let stands = format!("{version} {} · {in_force} {}", policy.version, policy.effective);
        Section {
            level: 1,
            heading: self.text(&policy.title).to_owned(),
            clause: None,
            blocks: vec![Block::Paragraph(stands), Block::Paragraph((*orders).to_owned())],
        }
    }

    /// What comes of a plain claim of each cause.
    fn summary(&self) -> Section {
        let phrases = self.phrases;
        let mut rows = Vec::new();
        for cause in Cause::ALL {
            let decisions: Vec<Decision> = self
                .policy
                .vocabulary
                .remedies
                .iter()
                .filter_map(|remedy| {
                    plain_claim(self.policy, *cause, *remedy)
                        .map(|facts| self.policy.decide(&facts))
                })
                .collect();
            let offers = |remedy: &&Remedy| {
                decisions.iter().any(|decision| decision.remedies.contains(remedy))
            };
            let offered: Vec<&str> =
                Remedy::ALL.iter().filter(offers).map(|remedy| phrases.remedy(*remedy)).collect();
            let declined =
                !decisions.is_empty() && decisions.iter().all(|d| d.verdict == Verdict::Declined);
            let offered = match offered.as_slice() {
                [] if declined => phrases.none.to_owned(),
                [] => phrases.a_person.to_owned(),
                offered => offered.join(phrases.separator),
            };
            let back = self.payer(&decisions, |freight| freight.r#return);
            let replacements: Vec<Decision> = decisions
                .iter()
                .filter(|d| d.remedies.contains(&Remedy::Replacement))
                .cloned()
                .collect();
            let out = self.payer(&replacements, |freight| freight.replacement);
            let cells = [phrases.cause(*cause), &offered, back, out];
            rows.push(cells.map(str::to_owned).to_vec());
        }
        let head = phrases.columns.map(str::to_owned).to_vec();
        let heading = phrases.summary.to_owned();
        Section { level: 2, heading, clause: None, blocks: vec![Block::Table(head, rows)] }
    }

    /// Who pays a leg, as soon as any remedy has it.
    fn payer(
        &self,
        decisions: &[Decision],
        leg: impl Fn(&Freight) -> Option<Payer>,
    ) -> &'static str {
        let open = || decisions.iter().filter(|decision| decision.verdict != Verdict::Declined);
        match open().find_map(|decision| leg(&decision.freight)) {
            Some(payer) => self.phrases.payer(payer),
            None if open().any(|decision| decision.verdict == Verdict::Review) => {
                self.phrases.a_person
            }
            None => self.phrases.nobody,
        }
    }

    fn clauses(&self) -> Vec<Section> {
        let heading = self.phrases.clauses.to_owned();
        let mut sections = vec![Section { level: 2, heading, clause: None, blocks: Vec::new() }];
        for (place, clause) in self.policy.clauses.iter().enumerate() {
            let by_hand =
                if clause.by_hand { format!(" ({})", self.phrases.by_hand) } else { String::new() };
            let heading = format!("§ {}{by_hand}", clause.id);
            let mut blocks = vec![Block::Paragraph(self.text(&clause.text).to_owned())];
            let dates = self.dates(place);
            if !dates.is_empty() {
                blocks.push(Block::Paragraph(self.phrases.dates.to_owned()));
                blocks.push(Block::List(dates));
            }
            sections.push(Section { level: 3, heading, clause: Some(clause.id.clone()), blocks });
        }
        sections
    }

    /// The dates that a clause sets.
    fn dates(&self, clause: usize) -> Vec<String> {
        let rules = self.policy.rules.iter().filter(|rule| rule.clause == clause);
        let dues = rules.flat_map(|rule| &rule.effects).filter_map(|effect| match effect {
            Effect::Due(due) => Some(self.date(due)),
            _ => None,
        });
        let mut lines: Vec<String> = dues.collect();
        lines.dedup();
        lines
    }

    fn date(&self, due: &DueRule) -> String {
        let what = match &due.what {
            DueWhat::ReportBy => self.phrases.report_by.to_owned(),
            DueWhat::RefundFrom => self.phrases.refund_from.to_owned(),
            DueWhat::RefundBy => self.phrases.refund_by.to_owned(),
            DueWhat::Other(name) => name.replace('_', " "),
        };
        let length = (self.phrases.length)(due.length);
        let declared = self.policy.vocabulary.declaration(due.from);
        let event = match (self.phrases.moment(due.from), declared) {
            (Some(moment), _) => moment,
            (None, Some(declared)) => self.text(&declared.label),
            (None, None) => "",
        };
        format!("{what}: {}", (self.phrases.after)(&length, event))
    }

    fn evidence(&self) -> Option<Section> {
        let slots = &self.policy.vocabulary.slots;
        let items: Vec<String> =
            slots.iter().map(|slot| self.text(&slot.label).to_owned()).collect();
        let heading = self.phrases.evidence.to_owned();
        let blocks = vec![Block::List(items)];
        (!slots.is_empty()).then_some(Section { level: 2, heading, clause: None, blocks })
    }
}

/// A claim in which nothing is out of the ordinary: new goods, reported on the day of delivery, all evidence given.
fn plain_claim(policy: &Policy, cause: Cause, remedy: Remedy) -> Option<Facts> {
    let day: Timestamp = crate::facts::moment("2026-03-11T12:00:00Z")?;
    Some(Facts {
        id: String::new(),
        policy: None,
        order: OrderFacts {
            number: String::new(),
            placed_at: day,
            signed_at: Some(day),
            time_zone: policy.zone.clone(),
            country: Country::parse("US")?,
            voucher: Voucher::OnFile,
        },
        line: LineFacts {
            sku: String::new(),
            category: String::new(),
            quantity: 1,
            sold_for: Some("platform".to_owned()),
            declared_non_returnable: false,
            components: Vec::new(),
        },
        claim: ClaimFacts {
            cause,
            remedy,
            quantity: 1,
            components: Vec::new(),
            condition: Condition::Unused,
            platform: Some("platform".to_owned()),
            reported_at: day,
            evidence: policy.vocabulary.slots.iter().map(|slot| slot.id.clone()).collect(),
            waived: Vec::new(),
        },
        received_at: None,
        inspection: None,
        facts: BTreeMap::new(),
    })
}
