//! The policy as a page that a buyer can read, in any of its languages, as Markdown.
//!
//! The clauses are in the file's words. What the page adds, it asks the policy itself: a plain claim of each cause is decided, and
//! the table says what came out, so that the page cannot say one thing and the engine do another.

mod phrases;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;

use self::phrases::Phrases;
use super::rule::{DueRule, DueWhat, Effect, Policy, Texts};
use crate::decision::{Decision, Freight};
use crate::facts::{ClaimFacts, Country, Facts, LineFacts, OrderFacts};
use crate::words::{Cause, Condition, Payer, Remedy, Verdict, Voucher};

/// The page in the language at that place of the policy's languages; in the first where there is no such place.
#[must_use]
pub fn page(policy: &Policy, language: usize) -> String {
    let language = if language < policy.languages.len() { language } else { 0 };
    let phrases = Phrases::of(policy.languages.get(language).map_or("", String::as_str));
    let page = Page { policy, language, phrases };
    let mut text = page.head();
    text.push_str(&page.summary());
    text.push_str(&page.clauses());
    text.push_str(&page.evidence());
    text
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

    fn head(&self) -> String {
        let Phrases { version, in_force, orders, .. } = self.phrases;
        let policy = self.policy;
        let title = self.text(&policy.title);
        format!(
            "# {title}\n\n{version} {} · {in_force} {}\n\n{orders}\n",
            policy.version, policy.effective
        )
    }

    /// What comes of a plain claim of each cause.
    fn summary(&self) -> String {
        let phrases = self.phrases;
        let [why, what, back, out] = phrases.columns;
        let mut table = format!(
            "\n## {}\n\n| {why} | {what} | {back} | {out} |\n|---|---|---|---|\n",
            phrases.summary
        );
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
            let _ = writeln!(table, "| {} | {offered} | {back} | {out} |", phrases.cause(*cause));
        }
        table
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

    fn clauses(&self) -> String {
        let mut text = format!("\n## {}\n", self.phrases.clauses);
        for (place, clause) in self.policy.clauses.iter().enumerate() {
            let by_hand =
                if clause.by_hand { format!(" ({})", self.phrases.by_hand) } else { String::new() };
            // A heading a clause, so that the ids in a decision lead to their place on the page.
            let _ = write!(text, "\n### § {}{by_hand}\n\n{}\n", clause.id, self.text(&clause.text));
            let dates = self.dates(place);
            if !dates.is_empty() {
                let _ = write!(text, "\n{}\n\n{dates}", self.phrases.dates);
            }
        }
        text
    }

    /// The dates that a clause sets, a line each.
    fn dates(&self, clause: usize) -> String {
        let rules = self.policy.rules.iter().filter(|rule| rule.clause == clause);
        let dues = rules.flat_map(|rule| &rule.effects).filter_map(|effect| match effect {
            Effect::Due(due) => Some(self.date(due)),
            _ => None,
        });
        let mut lines: Vec<String> = dues.collect();
        lines.dedup();
        lines.concat()
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
        format!("- {what}: {}\n", (self.phrases.after)(&length, event))
    }

    fn evidence(&self) -> String {
        let mut text = String::new();
        if !self.policy.vocabulary.slots.is_empty() {
            let _ = write!(text, "\n## {}\n\n", self.phrases.evidence);
        }
        for slot in &self.policy.vocabulary.slots {
            let _ = writeln!(text, "- {}", self.text(&slot.label));
        }
        text
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
