//! A case as its page shows it: where it stands, what is next and by when, what was decided of each unit, and the money.

use backhaul_app::OrderView;
use backhaul_core::ledger::{
    Case, CaseId, CaseState, Claim, Contest, InstructionState, NextStep, Path, Refund, Standing,
    UnitId,
};
use backhaul_core::policy::Policy;
use backhaul_language::{Language, format, terms, words as w};

use super::said::{self, DecisionSaid};
use super::units;

/// A step on the way of a case.
pub(crate) struct Step {
    pub(crate) label: String,
    pub(crate) is_done: bool,
    pub(crate) is_now: bool,
}

/// A claimed unit.
pub(crate) struct ClaimShown {
    pub(crate) value: String,
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) goods: String,
    pub(crate) cause: String,
    pub(crate) remedy: String,
    pub(crate) decision: DecisionSaid,
    /// What the inspection found, in words.
    pub(crate) findings: Vec<String>,
    pub(crate) is_inspected: bool,
    pub(crate) may_contest: bool,
    /// What became of the buyer's word against it.
    pub(crate) contest: Option<String>,
}

/// One payment that goes back.
pub(crate) struct PieceShown {
    pub(crate) amount: String,
    pub(crate) way: String,
    pub(crate) state: String,
}

/// A refund.
pub(crate) struct RefundShown {
    pub(crate) total: String,
    /// What it is made of, each with its amount.
    pub(crate) parts: Vec<(String, String)>,
    pub(crate) pieces: Vec<PieceShown>,
}

/// What a page needs to say of a case.
pub(crate) struct CaseOf<'a> {
    pub(crate) language: Language,
    pub(crate) view: &'a OrderView,
    pub(crate) policy: &'a Policy,
    pub(crate) id: &'a CaseId,
    pub(crate) case: &'a Case,
}

impl CaseOf<'_> {
    pub(crate) fn state(&self) -> CaseState {
        self.view.ledger.case_state(self.case)
    }

    /// The way of a case, with how far it is; an end out of turn takes the place of what would have followed.
    pub(crate) fn steps(&self) -> Vec<Step> {
        const WAY: [CaseState; 6] = [
            CaseState::Requested,
            CaseState::Authorised,
            CaseState::InTransit,
            CaseState::Received,
            CaseState::Inspected,
            CaseState::Resolved,
        ];
        let state = self.state();
        let place = match state {
            CaseState::AwaitingEvidence | CaseState::UnderReview => Some(0),
            CaseState::Closed => Some(WAY.len()),
            state => WAY.iter().position(|known| *known == state),
        };
        let Some(place) = place else {
            // Declined, cancelled or expired.
            let label = |state| terms::state(self.language, state).into_owned();
            return vec![
                Step { label: label(CaseState::Requested), is_done: true, is_now: false },
                Step { label: label(state), is_done: true, is_now: true },
            ];
        };
        WAY.iter()
            .enumerate()
            .map(|(at, known)| {
                let is_now = at == place;
                let named = if is_now { state } else { *known };
                Step {
                    label: terms::state(self.language, named).into_owned(),
                    is_done: at < place,
                    is_now,
                }
            })
            .collect()
    }

    pub(crate) fn next(&self) -> NextStep {
        self.view.ledger.next_step(self.case, &|piece| piece.path == Path::Bank)
    }

    /// What happens next, in a sentence to the buyer.
    pub(crate) fn next_said(&self) -> String {
        let language = self.language;
        let said = match self.next() {
            NextStep::AnswerContest | NextStep::AnswerMessage => w::next_answer(language),
            NextStep::AnswerQuestion => w::next_question(language),
            NextStep::Authorise => w::next_authorise(language),
            NextStep::GiveCredit => w::next_credit(language),
            NextStep::AllocateReplacement | NextStep::ShipReplacement => {
                w::next_replacement(language)
            }
            NextStep::ApproveRefund | NextStep::ResolveRefund => w::next_refund(language),
            NextStep::AwaitRefund => w::next_await_refund(language),
            NextStep::InspectUnit => w::next_inspect(language),
            NextStep::RepairUnit => w::next_repair(language),
            NextStep::SendBackUnit => w::next_send_back(language),
            NextStep::ReceiveParcel => w::next_receive(language),
            NextStep::AddEvidence => w::next_evidence(language),
            NextStep::SendGoods => w::next_send_goods(language),
            NextStep::AwaitReplacement => w::next_await_replacement(language),
            NextStep::Nothing => match self.state() {
                CaseState::Declined => w::next_declined(language),
                CaseState::Expired => w::next_expired(language),
                CaseState::Cancelled => w::next_cancelled(language),
                _ => w::next_nothing(language),
            },
        };
        said.into_owned()
    }

    /// By when, where there is a day.
    pub(crate) fn due(&self) -> Option<String> {
        let ledger = &self.view.ledger;
        let live = self.case.claims.values().filter(|claim| ledger.is_live(claim));
        let day = live.filter_map(|claim| match (&claim.received, &claim.authorised) {
            (None, Some(authorised)) if !claim.is_missing() => Some(authorised.expires_on),
            _ => claim.judged.decision.dates.refund_by,
        });
        day.min().map(|day| format::date(self.language, day))
    }

    pub(crate) fn claims(&self) -> Vec<ClaimShown> {
        self.case.claims.iter().map(|(unit, claim)| self.claim(unit, claim)).collect()
    }

    fn claim(&self, unit: &UnitId, claim: &Claim) -> ClaimShown {
        let (language, ledger) = (self.language, &self.view.ledger);
        let facts = &claim.judged.facts;
        let inspection = facts.inspection.as_ref();
        let found = inspection.map_or(&[][..], |inspection| &inspection.findings);
        let mut decision =
            said::decision(self.policy, facts, &claim.judged.decision, language, String::new());
        decision.lines.extend(said::refund_terms(self.policy, &claim.judged.decision, language));
        if let Some(overruled) = &claim.overruled {
            let said = if overruled.accept {
                w::case_overruled_accept(language)
            } else {
                w::case_overruled_decline(language)
            };
            decision.lines.insert(0, said.into_owned());
        }
        let is_over = !ledger.is_live(claim);
        let freight_moved =
            claim.authorised.as_ref().is_some_and(|told| told.freight != claim.freight());
        let went_against = !claim.is_accepted() || !claim.told.is_empty() || freight_moved;
        ClaimShown {
            value: units::value(unit),
            name: units::name(language, &self.view.order, ledger, unit),
            state: terms::state(language, ledger.claim_state(unit, claim)).into_owned(),
            goods: terms::goods(language, ledger.goods(unit)).into_owned(),
            cause: terms::cause(language, facts.claim.cause).into_owned(),
            remedy: terms::remedy(language, facts.claim.remedy).into_owned(),
            decision,
            findings: found
                .iter()
                .map(|finding| terms::finding(language, *finding).into_owned())
                .collect(),
            is_inspected: claim.inspected,
            may_contest: claim.inspected
                && !is_over
                && went_against
                && claim.contest != Some(Contest::Open),
            contest: claim.contest.map(|contest| {
                match contest {
                    Contest::Open => w::case_contest_open(language),
                    Contest::Answered { upheld: true } => w::case_contest_upheld(language),
                    Contest::Answered { upheld: false } => w::case_contest_rejected(language),
                }
                .into_owned()
            }),
        }
    }

    /// Units that may be taken back: nothing of them arrived.
    pub(crate) fn cancellable(&self) -> Vec<UnitId> {
        let ledger = &self.view.ledger;
        let open = self.case.claims.iter().filter(|(_, claim)| {
            claim.standing == Standing::Open
                && ledger.is_live(claim)
                && claim.received.is_none()
                && claim.remedy.is_none()
        });
        open.map(|(unit, _)| unit.clone()).collect()
    }

    /// Units whose parcel is awaited and not announced.
    pub(crate) fn to_send(&self) -> Vec<UnitId> {
        let ledger = &self.view.ledger;
        let open = self.case.claims.iter().filter(|(unit, claim)| {
            ledger.is_live(claim)
                && claim.authorised.is_some()
                && claim.is_accepted()
                && !claim.is_missing()
                && claim.received.is_none()
                && ledger.goods(unit).is_away()
        });
        open.map(|(unit, _)| unit.clone()).collect()
    }

    /// The slots that want a picture, with the units that do.
    pub(crate) fn missing(&self) -> Vec<(String, Vec<UnitId>)> {
        let mut missing: Vec<(String, Vec<UnitId>)> = Vec::new();
        let live = self.case.claims.iter().filter(|(_, claim)| self.view.ledger.is_live(claim));
        for (unit, claim) in live {
            let needs = claim.judged.decision.needs.iter();
            for slot in needs.filter_map(|need| need.strip_prefix("evidence.")) {
                match missing.iter_mut().find(|(known, _)| known == slot) {
                    Some((_, units)) => units.push(unit.clone()),
                    None => missing.push((slot.to_owned(), vec![unit.clone()])),
                }
            }
        }
        missing
    }

    pub(crate) fn refunds(&self) -> Vec<RefundShown> {
        let refunds = self.view.ledger.refunds.values();
        let own = refunds.filter(|refund| refund.case == *self.id && !refund.cancelled);
        own.map(|refund| self.refund(refund)).collect()
    }

    fn refund(&self, refund: &Refund) -> RefundShown {
        let language = self.language;
        let money = |amount| format::money(language, amount);
        let mut parts = Vec::new();
        for part in &refund.bill.units {
            let name = units::name(language, &self.view.order, &self.view.ledger, &part.unit);
            if let Ok(total) = part.share.total() {
                parts.push((name, money(total)));
            }
            for deduction in &part.deductions {
                let label = w::case_deduction(language, deduction.clause.as_str());
                parts.push((label.into_owned(), format!("− {}", money(deduction.amount))));
            }
        }
        if let Some(shipping) = refund.bill.shipping {
            parts.push((w::case_shipping(language).into_owned(), money(shipping)));
        }
        if let Some(freight) = &refund.bill.freight {
            parts.push((w::case_freight(language).into_owned(), money(freight.amount)));
        }
        let pieces = refund.pieces.values().filter(|piece| {
            // What failed and was issued again is told by what took its place.
            !matches!(piece.state, InstructionState::Failed { replaced: true })
        });
        let piece = |piece: &backhaul_core::ledger::Instruction| PieceShown {
            amount: money(piece.planned.amount),
            way: terms::path(language, piece.planned.path).into_owned(),
            state: match piece.state {
                InstructionState::Reserved => w::case_money_planned(language),
                InstructionState::Submitted => w::case_money_sent(language),
                InstructionState::Unclear | InstructionState::Manual => {
                    w::case_money_unclear(language)
                }
                InstructionState::Settled => w::case_money_settled(language),
                InstructionState::Failed { .. } => w::case_money_failed(language),
            }
            .into_owned(),
        };
        RefundShown { total: money(refund.bill.total), parts, pieces: pieces.map(piece).collect() }
    }
}
