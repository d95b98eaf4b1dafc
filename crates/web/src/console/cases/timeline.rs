//! What happened to a case, in words, with who did it and when; the newest first.

use std::borrow::Cow;
use std::collections::BTreeSet;

use backhaul_core::decision::ClauseId;
use backhaul_core::ledger::command::Speaker;
use backhaul_core::ledger::{Actor, CaseId, Event, Ledger, Occasion, TextId, UnitId};
use backhaul_language::{Speaks, format, terms, words as w};
use backhaul_store::ledger::Recorded;
use jiff::Timestamp;

use super::Found;
use crate::Service;
use crate::pages::{PageFault, Visit};

/// The most events that are shown; of more, the newest.
const EVENTS_SHOWN_MAX: usize = 200;

/// How many units are named one by one.
const NAMES_SHOWN_MAX: usize = 5;

/// One thing that happened.
#[derive(Clone, Debug)]
pub(super) struct Happened {
    pub(super) at: Timestamp,
    pub(super) what: String,
    /// Who did it, where that is on record.
    pub(super) who: Option<String>,
    /// Why, where somebody said so.
    pub(super) why: Option<String>,
}

/// Who did something, in words.
pub(super) fn name_of(language: impl Speaks, actor: &Actor) -> String {
    match actor {
        Actor::Buyer => w::case_by_buyer(language).into_owned(),
        Actor::Staff { id, .. } => id.to_string(),
        Actor::Rule { rule, staff } => w::case_by_rule(language, rule, staff).into_owned(),
        Actor::Provider => w::case_by_provider(language).into_owned(),
        Actor::System => w::case_by_system(language).into_owned(),
    }
}

/// What happened to the case, the newest first; several units in one step stand together.
pub(super) async fn of(
    service: &Service,
    visit: &Visit,
    found: &Found,
    history: &[Recorded],
) -> Result<Vec<Happened>, PageFault> {
    let teller = Teller { visit, found, parcels: parcels(found) };
    let mut told: Vec<(Told<'_>, Timestamp, Vec<String>)> = Vec::new();
    for recorded in history {
        let Some((one, unit)) = teller.tell(&recorded.event) else { continue };
        let name = unit.map(|unit| found.name(visit.language, unit));
        // The units of one command are events of their own, recorded in the same moment.
        if let Some((last, at, units)) = told.last_mut()
            && *at == recorded.at
            && *last == one
        {
            units.extend(name);
        } else {
            told.push((one, recorded.at, name.into_iter().collect()));
        }
    }
    let mut all = Vec::new();
    for (one, at, units) in told.into_iter().rev().take(EVENTS_SHOWN_MAX) {
        let why = match one.reason {
            Some(reason) => service.app.text(&found.view.order.number, reason).await?,
            None => None,
        };
        let mut what = one.what.into_owned();
        if !units.is_empty() {
            what = w::case_happened_to(visit, few(visit, &units), what).into_owned();
        }
        all.push(Happened { at, what, who: one.by.map(|by| name_of(visit, by)), why });
    }
    Ok(all)
}

/// The first of several names, and how many more there are.
pub(super) fn few(visit: &Visit, names: &[String]) -> String {
    let shown = names.get(..NAMES_SHOWN_MAX).unwrap_or(names).join(", ");
    match names.len().saturating_sub(NAMES_SHOWN_MAX) {
        0 => shown,
        more => format!("{shown} {}", w::case_more_units(visit, more)),
    }
}

/// The parcels that were announced for the case.
fn parcels(found: &Found) -> BTreeSet<&str> {
    let of_case = found.view.ledger.parcels.iter().filter(|(_, parcel)| {
        parcel
            .announced_for
            .as_ref()
            .is_some_and(|case| is_now(&found.view.ledger, case, &found.id))
    });
    of_case.map(|(id, _)| id.as_str()).collect()
}

/// Whether what was of that case is of the other one now.
pub(super) fn is_now(ledger: &Ledger, case: &CaseId, now: &CaseId) -> bool {
    case == now || ledger.current_case(case).is_some_and(|(current, _)| current == now)
}

/// An event in words, before its units are named.
#[derive(PartialEq)]
struct Told<'e> {
    what: Cow<'static, str>,
    by: Option<&'e Actor>,
    reason: Option<&'e TextId>,
}

impl<'e> Told<'e> {
    fn new(what: Cow<'static, str>) -> Self {
        Self { what, by: None, reason: None }
    }

    fn by(self, by: &'e Actor) -> Self {
        Self { by: Some(by), ..self }
    }

    fn because(self, reason: Option<&'e TextId>) -> Self {
        Self { reason, ..self }
    }
}

struct Teller<'a> {
    visit: &'a Visit,
    found: &'a Found,
    parcels: BTreeSet<&'a str>,
}

impl Teller<'_> {
    fn is_of(&self, case: &CaseId) -> bool {
        is_now(&self.found.view.ledger, case, &self.found.id)
    }

    /// Whether that unit was sent for the case, in the place of another.
    fn is_sent(&self, replacement: &UnitId) -> bool {
        let sent = self.found.view.ledger.replacements.get(replacement);
        sent.is_some_and(|sent| self.is_of(&sent.case))
    }

    /// The event in words with its unit; nothing where it is none of the case's, or says nothing to a representative.
    fn tell<'e>(&self, event: &'e Event) -> Option<(Told<'e>, Option<&'e UnitId>)> {
        self.of_claim(event).or_else(|| self.of_case(event).map(|told| (told, None))).or_else(
            || self.of_goods(event).or_else(|| self.of_money(event).map(|told| (told, None))),
        )
    }

    fn of_claim<'e>(&self, event: &'e Event) -> Option<(Told<'e>, Option<&'e UnitId>)> {
        let visit = self.visit;
        let (case, unit, told) = match event {
            Event::ClaimDecided { case, unit, occasion, judged } => {
                let verdict = terms::verdict(visit, judged.decision.verdict);
                (case, unit, Told::new(self.decided(*occasion, &verdict)))
            }
            Event::ClaimNarrowed { case, unit, .. } => {
                (case, unit, Told::new(w::happened_narrowed(visit)))
            }
            Event::DecisionOverruled { case, unit, overruled } => {
                let clause = overruled.clause.as_str();
                let what = if overruled.accept {
                    w::happened_overruled_accept(visit, clause)
                } else {
                    w::happened_overruled_decline(visit, clause)
                };
                (case, unit, Told::new(what).by(&overruled.by).because(Some(&overruled.reason)))
            }
            Event::ClaimDeclined { case, unit, clauses, by, .. } => {
                (case, unit, Told::new(w::happened_declined(visit, joined(clauses))).by(by))
            }
            Event::ClaimAuthorised { case, unit, expires_on, by, .. } => {
                let until = format::date(visit, *expires_on);
                (case, unit, Told::new(w::happened_authorised(visit, until)).by(by))
            }
            Event::DeductionTold { case, unit, told } => {
                let amount = format::money(visit, told.amount);
                let what = w::happened_deduction(visit, amount, told.clause.as_str());
                (case, unit, Told::new(what))
            }
            Event::ClaimCancelled { case, unit, reason, by } => {
                let told = Told::new(w::happened_cancelled(visit)).by(by);
                (case, unit, told.because(reason.as_ref()))
            }
            Event::ClaimExpired { case, unit } => {
                (case, unit, Told::new(w::happened_expired(visit)))
            }
            Event::ClaimReopened { case, unit, reason, by } => {
                let told = Told::new(w::happened_reopened(visit)).by(by);
                (case, unit, told.because(Some(reason)))
            }
            Event::FindingContested { case, unit, by, .. } => {
                (case, unit, Told::new(w::happened_contested(visit)).by(by))
            }
            Event::ContestAnswered { case, unit, upheld, by, .. } => {
                let what = if *upheld {
                    w::happened_contest_upheld(visit)
                } else {
                    w::happened_contest_rejected(visit)
                };
                (case, unit, Told::new(what).by(by))
            }
            _ => return None,
        };
        self.is_of(case).then_some((told, Some(unit)))
    }

    fn decided(&self, occasion: Occasion, verdict: &str) -> Cow<'static, str> {
        let visit = self.visit;
        match occasion {
            Occasion::Opened => w::happened_decided_opened(visit, verdict),
            Occasion::Evidence => w::happened_decided_evidence(visit, verdict),
            Occasion::Confirmed => w::happened_decided_confirmed(visit, verdict),
            Occasion::Amended => w::happened_decided_amended(visit, verdict),
            Occasion::Authorised => w::happened_decided_authorised(visit, verdict),
            Occasion::Received => w::happened_decided_received(visit, verdict),
            Occasion::Inspected => w::happened_decided_inspected(visit, verdict),
            Occasion::Contested => w::happened_decided_contested(visit, verdict),
        }
    }

    fn of_case<'e>(&self, event: &'e Event) -> Option<Told<'e>> {
        let visit = self.visit;
        let slot = |slot: &str| crate::portal::said::slot(&self.found.policy, slot, visit.language);
        let (case, told) = match event {
            Event::CaseOpened { case, .. } => (case, Told::new(w::happened_opened(visit, case))),
            Event::EvidenceAdded { case, slot: id, .. } => {
                (case, Told::new(w::happened_evidence(visit, slot(id.as_str()))))
            }
            Event::EvidenceWaived { case, slot: id, reason, by, .. } => {
                let what = w::happened_waived(visit, slot(id.as_str()));
                (case, Told::new(what).by(by).because(Some(reason)))
            }
            Event::CaseClosed { case } => (case, Told::new(w::happened_closed(visit))),
            Event::MessageWritten { case, from, internal, by, .. } => {
                let what = match (from, internal) {
                    (Speaker::Buyer, _) => w::happened_buyer_wrote(visit),
                    (Speaker::Staff, true) => w::happened_note(visit),
                    (Speaker::Staff, false) => w::happened_staff_wrote(visit),
                };
                (case, Told::new(what).by(by))
            }
            Event::CaseAssigned { case, to, by } => {
                let what = match to {
                    Some(to) => w::happened_assigned(visit, to),
                    None => w::happened_unassigned(visit),
                };
                (case, Told::new(what).by(by))
            }
            Event::CasesMerged { case, into, by } => {
                (case, Told::new(w::happened_merged(visit, case, into)).by(by))
            }
            Event::CaseSplit { case, new_case, by, .. } => {
                let what = w::happened_split(visit, case, new_case);
                let of = if self.is_of(case) { case } else { new_case };
                (of, Told::new(what).by(by))
            }
            _ => return None,
        };
        self.is_of(case).then_some(told)
    }

    fn of_goods<'e>(&self, event: &'e Event) -> Option<(Told<'e>, Option<&'e UnitId>)> {
        let visit = self.visit;
        let told = match event {
            Event::ParcelAnnounced { case, tracking, .. } if self.is_of(case) => {
                let what = match tracking {
                    Some(tracking) => w::happened_announced_as(visit, tracking),
                    None => w::happened_announced(visit),
                };
                (Told::new(what), None)
            }
            Event::ParcelReceived { parcel, .. } if self.parcels.contains(parcel.as_str()) => {
                (Told::new(w::happened_parcel(visit)), None)
            }
            Event::UnitReceived { case, unit, .. } if self.is_of(case) => {
                (Told::new(w::happened_received(visit)), Some(unit))
            }
            Event::ArrivalMatched { case, unit, by, .. } if self.is_of(case) => {
                (Told::new(w::happened_matched(visit)).by(by), Some(unit))
            }
            Event::UnitInspected { case, unit, by, report, .. } if self.is_of(case) => {
                let told = Told::new(w::happened_inspected(visit)).by(by);
                (told.because(report.as_ref()), Some(unit))
            }
            Event::UnitDisposed { case, unit, disposal, by, reason } if self.is_of(case) => {
                let what = w::happened_disposed(visit, terms::disposal(visit, *disposal));
                (Told::new(what).by(by).because(reason.as_ref()), Some(unit))
            }
            Event::UnitSentBack { case, unit, by, .. } if self.is_of(case) => {
                (Told::new(w::happened_sent_back(visit)).by(by), Some(unit))
            }
            Event::ReplacementAllocated { case, replaces, .. } if self.is_of(case) => {
                (Told::new(w::happened_allocated(visit)), Some(replaces))
            }
            Event::ReplacementShipped { replacement, .. } if self.is_sent(replacement) => {
                (Told::new(w::happened_shipped(visit)), Some(replacement))
            }
            Event::ReplacementDelivered { replacement, .. } if self.is_sent(replacement) => {
                (Told::new(w::happened_delivered(visit)), Some(replacement))
            }
            Event::ReplacementCancelled { case, replaces, reason, by, .. } if self.is_of(case) => {
                let told = Told::new(w::happened_not_replaced(visit)).by(by);
                (told.because(Some(reason)), Some(replaces))
            }
            _ => return None,
        };
        Some(told)
    }

    fn of_money<'e>(&self, event: &'e Event) -> Option<Told<'e>> {
        let visit = self.visit;
        let refunds = &self.found.view.ledger.refunds;
        let is_ours = |id: &backhaul_core::ledger::RefundId| {
            refunds.get(id).is_some_and(|refund| self.is_of(&refund.case))
        };
        Some(match event {
            Event::RefundProposed { case, bill, by, .. } if self.is_of(case) => {
                Told::new(w::happened_proposed(visit, format::money(visit, bill.total))).by(by)
            }
            Event::RefundApproved { case, bill, by, .. } if self.is_of(case) => {
                Told::new(w::happened_approved(visit, format::money(visit, bill.total))).by(by)
            }
            Event::RefundCancelled { refund, reason, by } if is_ours(refund) => {
                Told::new(w::happened_refund_given_up(visit)).by(by).because(Some(reason))
            }
            Event::InstructionSettled { instruction, .. } if is_ours(&instruction.refund) => {
                Told::new(w::happened_settled(visit))
            }
            Event::InstructionFailed { instruction, .. } if is_ours(&instruction.refund) => {
                Told::new(w::happened_failed(visit))
            }
            Event::FreightRecorded { case, leg, paid_by, amount, .. } if self.is_of(case) => {
                let (leg, payer) = (terms::leg(visit, *leg), terms::payer(visit, *paid_by));
                Told::new(w::happened_freight(visit, format::money(visit, *amount), leg, payer))
            }
            _ => return None,
        })
    }
}

fn joined(clauses: &[ClauseId]) -> String {
    let ids: Vec<_> = clauses.iter().map(|id| format!("§ {id}")).collect();
    ids.join(", ")
}
