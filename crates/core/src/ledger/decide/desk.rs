//! What the decisions share: the ledger as it stands after what was already decided for this command, look-ups that
//! refuse, and the engine.

use std::borrow::Cow;
use std::sync::Arc;

use crate::decision::ClauseId;
use crate::facts::Facts;
use crate::ledger::case::{Case, Claim, Judged, RemedyTaken};
use crate::ledger::case_state::CaseState;
use crate::ledger::context::{Actor, Context};
use crate::ledger::event::{Event, Occasion};
use crate::ledger::guard::{Guard, holds, require};
use crate::ledger::id::{CaseId, PaymentId, RefundId, UnitId};
use crate::ledger::limits::DECISIONS_PER_CLAIM_MAX;
use crate::ledger::refund::{Path, PlannedPiece, Refund};
use crate::ledger::refund_plan::{Plan, Room};
use crate::ledger::refusal::{Refusal, RefusalCode};
use crate::ledger::state::Ledger;
use crate::money::Money;
use crate::policy::Matter;
use crate::words::Verdict;

/// One command on its way to a decision. Each event is applied as it is recorded, so that the next check sees it: a unit
/// named twice in one command meets the same guard as one named in two.
pub(super) struct Desk<'a> {
    ledger: Cow<'a, Ledger>,
    pub(super) context: &'a Context<'a>,
    events: Vec<Event>,
}

impl<'a> Desk<'a> {
    pub(super) const fn new(ledger: &'a Ledger, context: &'a Context<'a>) -> Self {
        Self { ledger: Cow::Borrowed(ledger), context, events: Vec::new() }
    }

    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    pub(super) fn record(&mut self, event: Event) {
        self.ledger.to_mut().apply(&event);
        self.events.push(event);
    }

    /// A person decides on a clause that is there, not in words of their own (invariant `erasable`).
    pub(super) fn require_clause(&self, clause: &ClauseId) -> Result<(), Refusal> {
        if self.context.policy.clauses.iter().any(|known| known.id == *clause) {
            return Ok(());
        }
        let message = "the policy has no such clause: name one of its own";
        Err(refuse(RefusalCode::ClauseUnknown, message))
    }

    /// The clause of the policy on a matter, for a refusal to cite.
    pub(super) fn clause_on(&self, matter: Matter) -> Option<ClauseId> {
        self.context.policy.clause_on(matter)
    }

    pub(super) fn into_events(self) -> Vec<Event> {
        self.events
    }

    pub(super) fn require(
        &self,
        guard: Guard,
        condition: bool,
        refusal: impl FnOnce() -> Refusal,
    ) -> Result<(), Refusal> {
        require(self.context, guard, condition, refusal)
    }

    // --- who asks

    pub(super) fn actor(&self) -> Actor {
        self.context.actor.clone()
    }

    /// A named member of staff.
    pub(super) fn staff(&self) -> Result<Actor, Refusal> {
        match &self.context.actor {
            actor @ Actor::Staff { .. } => Ok(actor.clone()),
            _ => Err(refuse(RefusalCode::StaffOnly, "this needs a named member of staff")),
        }
    }

    /// A named member of staff, or a rule in the name of one.
    pub(super) fn staff_or_rule(&self) -> Result<Actor, Refusal> {
        match &self.context.actor {
            actor @ Actor::Rule { .. } => Ok(actor.clone()),
            _ => self.staff(),
        }
    }

    /// A named member of staff who acts for finance.
    pub(super) fn finance(&self) -> Result<Actor, Refusal> {
        match &self.context.actor {
            actor @ Actor::Staff { finance: true, .. } => Ok(actor.clone()),
            _ => Err(refuse(RefusalCode::FinanceOnly, "this needs a named person of finance")),
        }
    }

    /// Anybody but the buyer.
    pub(super) fn not_buyer(&self) -> Result<Actor, Refusal> {
        match &self.context.actor {
            Actor::Buyer => {
                Err(refuse(RefusalCode::NotForBuyer, "this is not for the buyer to record"))
            }
            actor => Ok(actor.clone()),
        }
    }

    // --- look-ups

    pub(super) fn case(&self, id: &CaseId) -> Result<&Case, Refusal> {
        let unknown = || refuse(RefusalCode::CaseUnknown, format!("there is no case {id:?}"));
        let case = self.ledger().cases.get(id).ok_or_else(unknown)?;
        if let Some(into) = &case.merged_into {
            let message = format!("case {id:?} was merged into {into:?}: go on there");
            return Err(refuse(RefusalCode::CaseMerged, message));
        }
        Ok(case)
    }

    pub(super) fn open_case(&self, id: &CaseId) -> Result<&Case, Refusal> {
        let case = self.case(id)?;
        if self.ledger().case_state(case) == CaseState::Closed {
            let message = format!("case {id:?} is closed: reopen it first");
            return Err(refuse(RefusalCode::CaseClosed, message));
        }
        Ok(case)
    }

    pub(super) fn claim(&self, case: &CaseId, unit: &UnitId) -> Result<&Claim, Refusal> {
        let unknown =
            || refuse(RefusalCode::ClaimUnknown, format!("case {case:?} does not claim {unit}"));
        self.case(case)?.claims.get(unit).ok_or_else(unknown)
    }

    /// A claim that stands and is not over, in a case that is not closed.
    pub(super) fn live_claim(&self, case: &CaseId, unit: &UnitId) -> Result<&Claim, Refusal> {
        self.open_case(case)?;
        let claim = self.claim(case, unit)?;
        if !self.ledger().is_live(claim) {
            let state = self.ledger().claim_state(unit, claim);
            let message =
                format!("the claim of {unit} is {state}: nothing more can be done with it");
            return Err(refuse(RefusalCode::ClaimNotLive, message));
        }
        Ok(claim)
    }

    pub(super) fn refund(&self, id: &RefundId) -> Result<&Refund, Refusal> {
        let unknown = || refuse(RefusalCode::RefundUnknown, format!("there is no refund {id:?}"));
        let refund = self.ledger().refunds.get(id).ok_or_else(unknown)?;
        if refund.cancelled {
            let message = format!("refund {id:?} was cancelled");
            return Err(refuse(RefusalCode::RefundCancelled, message));
        }
        Ok(refund)
    }

    pub(super) fn some_units(units: &[UnitId]) -> Result<(), Refusal> {
        if units.is_empty() {
            return Err(refuse(RefusalCode::NoUnit, "name at least one unit"));
        }
        for (place, unit) in units.iter().enumerate() {
            if units.iter().take(place).any(|earlier| earlier.overlaps(unit)) {
                let message = format!("{unit} is named twice");
                return Err(refuse(RefusalCode::UnitNamedTwice, message));
            }
        }
        Ok(())
    }

    // --- units

    /// Refuses a unit that the buyer does not have, that is in a live claim, or that has had its remedy. `except` names a
    /// claim, by its case and unit, that does not count.
    pub(super) fn require_free(
        &self,
        unit: &UnitId,
        except: Option<(&CaseId, &UnitId)>,
    ) -> Result<(), Refusal> {
        let ledger = self.ledger();
        let generation = ledger.generation(unit);
        if !self.context.order.has_place(unit) || unit.generation > generation {
            let message = format!("the order has no unit {unit}");
            return Err(refuse(RefusalCode::UnitUnknown, message));
        }
        self.require(Guard::UnitUnspent, unit.generation == generation, || {
            let message = format!("{unit} was replaced: claim {}", unit.of_generation(generation));
            refuse(RefusalCode::UnitReplaced, message)
        })?;
        self.require_unspent(unit, None)?;
        self.require(Guard::UnitUnspent, ledger.goods(unit).is_away(), || {
            let message = format!("{unit} is not with the buyer");
            refuse(RefusalCode::UnitSpent, message)
        })?;
        let mut others = ledger.claims_on(unit).filter(|(case, claimed, claim)| {
            ledger.is_live(claim) && except != Some((*case, *claimed))
        });
        let other = others.next();
        self.require(Guard::UnitFree, other.is_none(), || {
            let claimed = other.map_or_else(String::new, |(case, claimed, _)| {
                format!("{claimed} is claimed in case {case:?} already")
            });
            refuse(RefusalCode::UnitClaimed, claimed)
        })
    }

    /// Refuses a unit of which anything was refunded, in whatever generation. `except` names a claim that does not count.
    pub(super) fn require_unspent(
        &self,
        unit: &UnitId,
        except: Option<(&CaseId, &UnitId)>,
    ) -> Result<(), Refusal> {
        let mut refunded = self.ledger().claims_on(unit).filter(|(case, claimed, claim)| {
            matches!(claim.remedy, Some(RemedyTaken::Refund(_)))
                && except != Some((*case, *claimed))
        });
        let refunded = refunded.next();
        self.require(Guard::UnitUnspent, refunded.is_none(), || {
            let message = refunded.map_or_else(String::new, |(case, claimed, _)| {
                format!("{claimed} is refunded in case {case:?}")
            });
            refuse(RefusalCode::UnitSpent, message)
        })
    }

    /// Refuses a remedy for goods that are not here. Goods that never reached the buyer need none.
    pub(super) fn require_goods(
        &self,
        guard: Guard,
        unit: &UnitId,
        claim: &Claim,
    ) -> Result<(), Refusal> {
        self.require(guard, claim.received.is_some() || claim.is_missing(), || {
            let message = format!("{unit} has not been received: the goods come back first");
            refuse(RefusalCode::GoodsFirst, message).citing(self.clause_on(Matter::Steps))
        })
    }

    /// Refuses a remedy for a claim that is not authorised and accepted.
    pub(super) fn require_accepted(&self, unit: &UnitId, claim: &Claim) -> Result<(), Refusal> {
        self.require(Guard::AcceptedFirst, claim.is_accepted(), || {
            let decision = &claim.judged.decision;
            let message = format!("the claim of {unit} is not accepted");
            refuse(RefusalCode::NotAccepted, message).citing_all(&decision.clauses)
        })?;
        self.require(Guard::AcceptedFirst, claim.authorised.is_some(), || {
            let message = format!("the claim of {unit} is not authorised");
            refuse(RefusalCode::NotAuthorised, message).citing(self.clause_on(Matter::Approval))
        })
    }

    // --- the engine

    /// Decides a claim for the first time.
    pub(super) fn judge_first(
        &mut self,
        case: &CaseId,
        unit: &UnitId,
        facts: Facts,
    ) -> Result<(), Refusal> {
        self.judge_facts(case, unit, Occasion::Opened, facts)
    }

    /// Decides a claim again, on changed facts. It keeps to the policy version that judged it first.
    pub(super) fn judge(
        &mut self,
        case: &CaseId,
        unit: &UnitId,
        occasion: Occasion,
        change: impl FnOnce(&mut Facts),
    ) -> Result<(), Refusal> {
        let claim = self.claim(case, unit)?;
        if *claim.judged.pin != *self.context.policy.pin {
            let message = format!("the claim of {unit} is judged by policy `{}`", claim.judged.pin);
            return Err(refuse(RefusalCode::OtherPolicyVersion, message));
        }
        if claim.decisions >= DECISIONS_PER_CLAIM_MAX {
            return Err(too_many("decisions on one claim", DECISIONS_PER_CLAIM_MAX));
        }
        let mut facts = Facts::clone(&claim.judged.facts);
        change(&mut facts);
        self.judge_facts(case, unit, occasion, facts)
    }

    fn judge_facts(
        &mut self,
        case: &CaseId,
        unit: &UnitId,
        occasion: Occasion,
        facts: Facts,
    ) -> Result<(), Refusal> {
        let decision = self.context.policy.decide(&facts);
        let clauses = decision.clauses.clone();
        let is_declined = decision.verdict == Verdict::Declined;
        let pin = self.context.policy.pin.as_str().into();
        let judged = Judged { pin, facts: Arc::new(facts), decision: Arc::new(decision) };
        let (case, unit) = (case.clone(), unit.clone());
        self.record(Event::ClaimDecided {
            case: case.clone(),
            unit: unit.clone(),
            occasion,
            judged,
        });
        // What is declined before anything arrived is over, and frees the unit; what is here must first go back.
        let claim = self.claim(&case, &unit)?;
        if is_declined && !claim.is_accepted() && claim.received.is_none() {
            let by = Actor::System;
            self.record(Event::ClaimDeclined { case, unit, clauses, by, text: None });
        }
        Ok(())
    }

    // --- payments

    pub(super) fn require_not_charged_back(&self, payment: &PaymentId) -> Result<(), Refusal> {
        self.require(Guard::ChargebackBlocks, !self.is_charged_back(payment), || {
            let message =
                format!("payment {payment:?} was charged back: nothing is refunded to it");
            refuse(RefusalCode::ChargedBack, message)
        })
    }

    fn is_charged_back(&self, payment: &PaymentId) -> bool {
        self.ledger().chargebacks.contains_key(payment)
    }

    /// What each payment can still take.
    pub(super) fn rooms(&self) -> Result<Vec<Room>, Refusal> {
        let order = self.context.order;
        // Only a model checker ever gets a room that ignores what is taken.
        let ignores_taken = holds(self.context, Guard::PaymentRoom, false);
        let mut rooms = Vec::new();
        for payment in &order.payments {
            let taken = self.ledger().taken(&payment.id, order.currency)?;
            let left =
                if ignores_taken { payment.captured } else { payment.captured.minus(taken)? };
            let is_open =
                holds(self.context, Guard::ChargebackBlocks, !self.is_charged_back(&payment.id));
            let amount = if is_open { left } else { Money::zero(order.currency) };
            let (payment, captured_at) = (payment.id.clone(), payment.captured_at);
            rooms.push(Room { payment, captured_at, amount });
        }
        Ok(rooms)
    }
}

/// Numbers the pieces of a plan, after those that the refund has.
pub(super) fn number_pieces(plan: Plan, path: Path, after: u16) -> Vec<PlannedPiece> {
    let numbers = after.saturating_add(1)..;
    let pieces = numbers.zip(plan.pieces);
    pieces
        .map(|(number, (payment, amount))| PlannedPiece { number, payment, amount, path })
        .collect()
}

pub(super) fn refuse(code: RefusalCode, message: impl Into<String>) -> Refusal {
    Refusal::new(code, message)
}

pub(super) fn too_many(what: &str, max: impl std::fmt::Display) -> Refusal {
    refuse(RefusalCode::LimitReached, format!("there are at most {max} {what}"))
}

pub(super) fn require_positive(amount: Money, desk: &Desk<'_>) -> Result<(), Refusal> {
    if amount.currency != desk.context.order.currency {
        let currency = desk.context.order.currency;
        let message = format!("{amount} is not in the order's currency, {currency}");
        return Err(refuse(RefusalCode::OtherCurrency, message));
    }
    if !amount.is_positive() {
        return Err(refuse(RefusalCode::AmountNotPositive, format!("{amount} is not above 0")));
    }
    Ok(())
}
