//! The buyer's order: every unit, and beside it what the policy allows today and why.

use axum::extract::State;
use backhaul_app::{OrderView, Who};
use backhaul_core::decision::Decision;
use backhaul_core::ledger::command::{ClaimRequest, Evidence, OpenCase};
use backhaul_core::ledger::{CaseId, Event, Ledger, Line, Slot, TextId, UnitId};
use backhaul_core::policy::Policy;
use backhaul_core::words::{Cause, Condition, Remedy, Verdict};
use backhaul_language::{format, terms, words as w};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{order_of, said, units};
use crate::Service;
use crate::pages::address;
use crate::pages::form::Faults;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

/// Where the order is.
pub(super) const ORDER: &str = "/order";
/// The same, saying that something is to be chosen first.
pub(super) const CHOOSE_FIRST: &str = "/order?chosen=nothing";
/// The most units of a line that are listed one by one; of more, the first ones.
const UNITS_LISTED_MAX: usize = 200;
/// The most lines for which the policy is asked; the claim asks it for any.
const LINES_ASKED_MAX: usize = 100;

pub(super) fn pages() -> Vec<Page> {
    vec![Page::get(ORDER, Reader::Buyer, show)]
}

#[derive(askama::Template)]
#[template(path = "portal/order.html")]
pub(super) struct OrderPage {
    pub(super) layout: Layout,
    pub(super) number: String,
    pub(super) placed_at: Timestamp,
    pub(super) signed_at: Option<Timestamp>,
    pub(super) cases: Vec<CaseShown>,
    pub(super) lines: Vec<LineShown>,
    pub(super) has_choice: bool,
    pub(super) claim_path: String,
    pub(super) case_path: &'static str,
    pub(super) may_withdraw: bool,
    pub(super) faults: Faults,
}

/// A case of the order.
pub(super) struct CaseShown {
    pub(super) case: String,
    pub(super) state: String,
    pub(super) units: String,
}

/// A line of the order.
pub(crate) struct LineShown {
    pub(crate) name: String,
    pub(crate) sku: String,
    pub(crate) quantity: u32,
    /// What holds today, in one sentence.
    pub(crate) headline: String,
    pub(crate) is_returnable: bool,
    /// The clause that the sentence rests on.
    pub(crate) clause: Option<String>,
    /// The same for each cause.
    pub(crate) causes: Vec<CauseShown>,
    /// Units with a name of their own.
    pub(crate) units: Vec<UnitShown>,
    /// How many units without one are free; 0 where they have names.
    pub(crate) counted: usize,
}

/// What the policy says to one cause.
pub(crate) struct CauseShown {
    pub(crate) cause: String,
    pub(crate) verdict: String,
    pub(crate) is_open: bool,
    pub(crate) by: Option<Date>,
    pub(crate) clauses: Vec<String>,
}

/// A unit of a line.
pub(crate) struct UnitShown {
    pub(crate) value: String,
    pub(crate) label: String,
    /// The case that has it.
    pub(crate) case: Option<String>,
    pub(crate) is_free: bool,
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let (view, policy) = order_of(&service, &visit).await?;
    let lines = lines(&service, &visit, &view, &policy)?;
    let has_choice = has_choice(&lines);
    let mut faults = Faults::default();
    if has_choice && address::asked(&visit, "chosen").as_deref() == Some("nothing") {
        faults.add("units", w::claim_units_wrong(&visit));
    }
    draw(&OrderPage {
        layout: Layout::of(&visit, &w::order_title(&visit, &view.order.number)),
        number: view.order.number.clone(),
        placed_at: view.order.placed_at,
        signed_at: view.order.signed_at,
        cases: cases(&visit, &view),
        lines,
        has_choice,
        claim_path: super::claim::CLAIM.to_owned(),
        case_path: "/case/",
        may_withdraw: super::withdraw::may_withdraw(&view, visit.now),
        faults,
    })
}

/// The lines of an order, each with what the policy says of it today.
///
/// # Errors
/// Nobody is signed in, or the policy is not known.
pub(crate) fn lines(
    service: &Service,
    visit: &Visit,
    view: &OrderView,
    policy: &Policy,
) -> Result<Vec<LineShown>, PageFault> {
    let who = visit.who()?;
    let asked = Asked { service, visit, who: &who, view, policy };
    let lines = view.order.lines.iter().enumerate();
    lines.map(|(place, line)| asked.line(line, place < LINES_ASKED_MAX)).collect()
}

/// Whether anything can be chosen.
pub(crate) fn has_choice(lines: &[LineShown]) -> bool {
    lines.iter().any(|line| line.counted > 0 || line.units.iter().any(|unit| unit.is_free))
}

fn cases(visit: &Visit, view: &OrderView) -> Vec<CaseShown> {
    let ledger = &view.ledger;
    let mut cases: Vec<_> = ledger.cases.iter().collect();
    cases.sort_by_key(|(_, case)| std::cmp::Reverse(case.opened_at));
    let shown = |(id, case): &(&CaseId, &backhaul_core::ledger::Case)| {
        let names: Vec<_> =
            case.claims.keys().map(|unit| units::name(visit, &view.order, ledger, unit)).collect();
        CaseShown {
            case: id.to_string(),
            state: terms::state(visit, ledger.case_state(case)).into_owned(),
            units: names.join(", "),
        }
    };
    // A case that was made part of another is told there.
    cases.iter().filter(|(_, case)| case.merged_into.is_none()).map(shown).collect()
}

/// What a plain claim of each cause would be answered today.
struct Asked<'a> {
    service: &'a Service,
    visit: &'a Visit,
    who: &'a Who,
    view: &'a OrderView,
    policy: &'a Policy,
}

impl Asked<'_> {
    fn line(&self, line: &Line, is_asked: bool) -> Result<LineShown, PageFault> {
        let ledger: &Ledger = &self.view.ledger;
        let free: Vec<UnitId> =
            units::of_line(line, ledger).filter(|unit| self.is_free(unit)).collect();
        let answers = match free.first().filter(|_| is_asked) {
            Some(unit) => self.answers(line, unit)?,
            None => Vec::new(),
        };
        let (headline, clause, is_returnable) = self.headline(free.is_empty(), &answers);
        let has_names = line.has_serials(None);
        let shown = |unit: UnitId| {
            let case = units::live_case(ledger, &unit).or_else(|| units::spent_case(ledger, &unit));
            UnitShown {
                value: units::value(&unit),
                label: units::label(self.visit, &self.view.order, ledger, &unit),
                case: case.map(ToString::to_string),
                is_free: free.contains(&unit),
            }
        };
        let listed = units::of_line(line, ledger).take(UNITS_LISTED_MAX);
        // Units without names are told apart only where one of them is in a case.
        let listed = listed.filter(|unit| has_names || !free.contains(unit));
        Ok(LineShown {
            name: line.id.to_string(),
            sku: line.sku.clone(),
            quantity: line.quantity,
            headline,
            is_returnable,
            clause,
            causes: answers.into_iter().map(|(_, shown)| shown).collect(),
            units: listed.map(shown).collect(),
            counted: if has_names { 0 } else { free.len() },
        })
    }

    fn is_free(&self, unit: &UnitId) -> bool {
        let ledger = &self.view.ledger;
        units::live_case(ledger, unit).is_none() && units::spent_case(ledger, unit).is_none()
    }

    /// A decision for each cause: the first remedy that is open to it, or the refusal.
    fn answers(
        &self,
        line: &Line,
        unit: &UnitId,
    ) -> Result<Vec<(Decision, CauseShown)>, PageFault> {
        let mut answers = Vec::new();
        for cause in Cause::ALL {
            let mut found: Option<Decision> = None;
            for remedy in &self.policy.vocabulary.remedies {
                let Some(decision) = self.decide(line, unit, *cause, *remedy)? else { continue };
                let is_open = decision.verdict != Verdict::Declined;
                if found.is_none() || is_open {
                    found = Some(decision);
                }
                if is_open {
                    break;
                }
            }
            if let Some(decision) = found {
                let shown = self.cause(*cause, &decision);
                answers.push((decision, shown));
            }
        }
        Ok(answers)
    }

    /// Asks for a claim in which nothing is out of the ordinary: unused goods, with every picture there.
    fn decide(
        &self,
        line: &Line,
        unit: &UnitId,
        cause: Cause,
        remedy: Remedy,
    ) -> Result<Option<Decision>, PageFault> {
        let slots = self.policy.vocabulary.slots.iter();
        let evidence = slots.filter_map(|slot| {
            Some(Evidence { slot: Slot::new(&slot.id).ok()?, file: TextId::new("asked").ok()? })
        });
        let request = ClaimRequest {
            units: vec![unit.clone()],
            cause,
            remedy,
            condition: if cause == Cause::Quality { Condition::Used } else { Condition::Unused },
            platform: line.sold_for.clone(),
            evidence: evidence.collect(),
            facts: std::collections::BTreeMap::new(),
        };
        let case = CaseId::new("asked").map_err(|error| PageFault::mistake(&error))?;
        let reported_at = self.visit.now;
        let command = OpenCase { case, reported_at, text: None, claims: vec![request] };
        let events = match self.service.app.preview(self.who, self.view, &command.into()) {
            Ok(events) => events,
            Err(backhaul_app::DoorError::Refused(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        Ok(events.iter().find_map(|event| match event {
            Event::ClaimDecided { judged, .. } => Some(Decision::clone(&judged.decision)),
            _ => None,
        }))
    }

    fn cause(&self, cause: Cause, decision: &Decision) -> CauseShown {
        let is_open = decision.verdict != Verdict::Declined;
        let verdict = match decision.verdict {
            Verdict::Accepted | Verdict::Needs => w::order_open(self.visit),
            Verdict::Review => w::order_review(self.visit),
            Verdict::Declined => w::order_closed(self.visit),
        };
        let cited = decision.clauses.iter().map(ToString::to_string);
        CauseShown {
            cause: terms::cause(self.visit, cause).into_owned(),
            verdict: verdict.into_owned(),
            is_open,
            by: decision.dates.report_by,
            // Of what is open, the clauses are told when it is claimed.
            clauses: if is_open { Vec::new() } else { cited.collect() },
        }
    }

    fn headline(
        &self,
        is_taken: bool,
        answers: &[(Decision, CauseShown)],
    ) -> (String, Option<String>, bool) {
        let visit = self.visit;
        if is_taken {
            return (w::order_taken(visit).into_owned(), None, false);
        }
        if answers.is_empty() {
            return (w::order_ask(visit).into_owned(), None, true);
        }
        if let Some((declined, _)) = answers
            .first()
            .filter(|_| answers.iter().all(|(decision, _)| decision.verdict == Verdict::Declined))
        {
            // The ground that all share says it best.
            let shared = declined
                .clauses
                .iter()
                .find(|id| answers.iter().all(|(decision, _)| decision.clauses.contains(id)));
            let id = shared.or_else(|| declined.clauses.first());
            let words = id.map(|id| said::clause(self.policy, id, visit.language).words);
            return (words.unwrap_or_default(), id.map(ToString::to_string), false);
        }
        let open = answers.iter().filter(|(decision, _)| decision.verdict != Verdict::Declined);
        let by = open.filter_map(|(decision, _)| decision.dates.report_by).min();
        let over = answers.iter().find(|(decision, _)| {
            decision.verdict == Verdict::Declined && decision.dates.report_by.is_some()
        });
        let (said, clause) = match (by, over) {
            (Some(day), _) => (w::order_returnable_by(visit, format::date(visit, day)), None),
            (None, Some((decision, _))) => {
                let day = decision.dates.report_by.map(|day| format::date(visit, day));
                let id = decision.clauses.first().map(ToString::to_string);
                (w::order_returnable_over(visit, day.unwrap_or_default()), id)
            }
            (None, None) => (w::order_returnable(visit), None),
        };
        (said.into_owned(), clause, true)
    }
}
