//! What two versions do differently, in the reader's words: counts, costs, examples, and what the buyer reads.

use std::sync::Arc;

use backhaul_app::policies::{CompareAsked, Compared};
use backhaul_app::{App, PolicyError};
use backhaul_core::decision::Term;
use backhaul_core::money::Money;
use backhaul_core::policy::Policy;
use backhaul_core::policy::compare::outcome::RefundShare;
use backhaul_core::policy::compare::text::{PartChange, Run};
use backhaul_core::policy::compare::{Change, Example, Outcome, Part, Seen, Source, Sum};
use backhaul_core::words::Payer;
use backhaul_language::{Language, format, terms, words as w};

use super::said;
use crate::Service;
use crate::blocking::blocking;
use crate::pages::{Layout, PageFault, Visit};
use crate::problem::Problem;

/// How many claims that were made are looked at, the newest cases first.
pub(super) const CLAIMS: usize = 1_000;

/// How many claims went from one verdict to another.
pub(super) struct Turned {
    pub(super) old: String,
    pub(super) new: String,
    pub(super) claims: u64,
}

/// One thing in which an example differs.
pub(super) struct Differs {
    pub(super) what: String,
    pub(super) old: String,
    pub(super) new: String,
}

/// One set of facts that ends differently.
pub(super) struct Shown {
    /// The case and the unit, or what the situation was made up for.
    pub(super) name: String,
    pub(super) case: Option<String>,
    pub(super) differs: Vec<Differs>,
    /// What the new version costs more or less; nothing where either leaves it open.
    pub(super) difference: Option<String>,
    pub(super) clauses: String,
    pub(super) facts: String,
}

/// What the claims that end differently cost, in one currency.
pub(super) struct Cost {
    pub(super) old: Money,
    pub(super) new: Money,
    pub(super) difference: String,
    /// How many are left out, because either version leaves open what they cost.
    pub(super) open: u64,
}

/// A part of the page that buyers read, which is not the same.
pub(super) struct PageDiffers {
    pub(super) heading: String,
    pub(super) change: String,
    pub(super) runs: Vec<Run>,
}

/// Two versions side by side.
pub(super) struct Comparison {
    pub(super) old: String,
    pub(super) new: String,
    pub(super) claims: Seen,
    pub(super) situations: Seen,
    pub(super) turned: Vec<Turned>,
    pub(super) costs: Vec<Cost>,
    pub(super) shown: Vec<Shown>,
    pub(super) parts: Vec<PageDiffers>,
    /// The language of the pages.
    pub(super) tag: String,
}

impl Comparison {
    /// Compares two versions over the claims that were made, and shows so many examples.
    ///
    /// # Errors
    /// The ledgers cannot be read.
    pub(super) async fn of(
        service: &Service,
        visit: &Visit,
        [old, new]: [Arc<Policy>; 2],
        examples_max: usize,
    ) -> Result<Self, PageFault> {
        let who = visit.who()?;
        let nearest = |tag: &&String| Language::of_tag(tag) == Some(visit.language);
        let tags = &new.languages;
        let tag = tags.iter().find(nearest).or_else(|| tags.first()).cloned().unwrap_or_default();
        let asked = CompareAsked { claims_max: CLAIMS, examples_max, language: tag.clone() };
        // What goes wrong is told in the reader's words, so it comes back as a value.
        let work = move |app: &App| {
            Ok::<Result<_, PolicyError>, Problem>(app.compare_policies(&who, &old, &new, &asked))
        };
        match blocking(&service.app, work).await? {
            Ok(compared) => Ok(Self::shown(&Layout::of(visit, ""), compared, tag)),
            Err(error) => Err(PageFault::Said(said(visit, error)?)),
        }
    }

    /// The same in words.
    pub(super) fn shown(layout: &Layout, compared: Compared, tag: String) -> Self {
        let turned = |change: &Change| Turned {
            old: terms::verdict(layout, change.old).into_owned(),
            new: terms::verdict(layout, change.new).into_owned(),
            claims: change.claims,
        };
        let cost = |sum: &Sum| Cost {
            old: sum.old,
            new: sum.new,
            difference: difference(layout, sum.costs_more),
            open: sum.open,
        };
        let changed = compared.page.into_iter().filter(|part| part.change != PartChange::Same);
        let parts = changed.map(|part| PageDiffers {
            heading: part.heading,
            change: page_change(layout, part.change),
            runs: part.runs,
        });
        Self {
            old: compared.old,
            new: compared.new,
            claims: compared.claims,
            situations: compared.situations,
            turned: compared.changes.iter().map(turned).collect(),
            costs: compared.sums.iter().map(cost).collect(),
            shown: compared.examples.into_iter().map(|one| example(layout, one)).collect(),
            parts: parts.collect(),
            tag,
        }
    }

    /// Whether nothing that was looked at ends differently.
    pub(super) const fn ends_alike(&self) -> bool {
        self.claims.differing == 0 && self.situations.differing == 0
    }
}

/// So much more, or so much less.
fn difference(layout: &Layout, more: Money) -> String {
    let said = match Money::zero(more.currency).minus(more) {
        Ok(less) if less.is_positive() => w::compare_cheaper(layout, layout.money(&less)),
        _ if more.is_zero() => w::compare_as_much(layout),
        _ => w::compare_dearer(layout, layout.money(&more)),
    };
    said.into_owned()
}

fn page_change(layout: &Layout, change: PartChange) -> String {
    let said = match change {
        PartChange::Same => w::compare_same(layout),
        PartChange::Changed => w::compare_changed(layout),
        PartChange::Added => w::compare_added(layout),
        PartChange::Removed => w::compare_removed(layout),
    };
    said.into_owned()
}

fn example(layout: &Layout, example: Example) -> Shown {
    let Example { source, parts, old, new, costs_more, facts } = example;
    let (name, case) = match source {
        Source::Claim { case, unit, .. } => {
            (w::compare_claim(layout, &case, unit).into_owned(), Some(case.to_string()))
        }
        Source::Situation { clause: Some(clause) } => {
            (w::compare_situation_of(layout, clause).into_owned(), None)
        }
        Source::Situation { clause: None } => (w::compare_situation(layout).into_owned(), None),
    };
    let differs = |part: &Part| Differs {
        what: part_name(layout, *part),
        old: outcome(layout, &old, *part),
        new: outcome(layout, &new, *part),
    };
    let clauses: Vec<_> = new.clauses.iter().map(|clause| format!("§ {clause}")).collect();
    Shown {
        name,
        case,
        differs: parts.iter().map(differs).collect(),
        difference: costs_more.map(|more| difference(layout, more)),
        clauses: clauses.join(", "),
        facts: serde_json::to_string_pretty(&facts).unwrap_or_default(),
    }
}

fn part_name(layout: &Layout, part: Part) -> String {
    let said = match part {
        Part::Verdict => w::compare_verdict(layout),
        Part::Remedies => w::compare_remedies(layout),
        Part::ReturnFreight => w::compare_return_freight(layout),
        Part::ReplacementFreight => w::compare_replacement_freight(layout),
        Part::RefundShare => w::compare_refund_share(layout),
        Part::Components => w::compare_components(layout),
        Part::Needs => w::compare_needs(layout),
        Part::Dates => w::compare_dates(layout),
        Part::Terms => w::compare_terms(layout),
    };
    said.into_owned()
}

/// What one version makes of that part.
fn outcome(layout: &Layout, outcome: &Outcome, part: Part) -> String {
    let nothing = || w::compare_nothing(layout).into_owned();
    let listed = |words: Vec<String>| {
        if words.is_empty() { nothing() } else { words.join(&w::format_list_mark(layout)) }
    };
    let payer = |payer: Option<Payer>| {
        payer.map_or_else(nothing, |payer| terms::payer(layout, payer).into_owned())
    };
    match part {
        Part::Verdict => terms::verdict(layout, outcome.verdict).into_owned(),
        Part::Remedies => {
            let remedies = outcome.remedies.iter();
            listed(remedies.map(|remedy| terms::remedy(layout, *remedy).into_owned()).collect())
        }
        Part::ReturnFreight => payer(outcome.freight.r#return),
        Part::ReplacementFreight => payer(outcome.freight.replacement),
        Part::RefundShare => {
            outcome.refund_share.as_ref().map_or_else(nothing, |of| share(layout, of))
        }
        Part::Components => listed(outcome.components.clone()),
        Part::Needs => listed(outcome.needs.clone()),
        Part::Dates => {
            let from = outcome.dates.refund_from;
            let from =
                from.map(|day| w::compare_refund_from(layout, layout.date(&day)).into_owned());
            let by = outcome.dates.refund_by;
            let by = by.map(|day| w::compare_refund_by(layout, layout.date(&day)).into_owned());
            listed(from.into_iter().chain(by).collect())
        }
        Part::Terms => {
            let term = |term: &Term| format!("{} (§ {})", term.term.replace('_', " "), term.clause);
            listed(outcome.terms.iter().map(term).collect())
        }
    }
}

fn share(layout: &Layout, share: &RefundShare) -> String {
    let percent = format::percent(layout, u32::from(share.percent));
    share
        .less
        .iter()
        .fold(percent, |text, fee| w::compare_less(layout, layout.money(fee), text).into_owned())
}
