//! How orders, cases and refunds are shown: the ledger's own words, laid out for whoever looks.

use std::collections::BTreeMap;

use backhaul_app::OrderView;
use backhaul_core::decision::{ClauseId, Decision, Freight};
use backhaul_core::ledger::{
    ArrivalId, ArrivalState, ArrivedItem, Attention, Case, CaseId, CaseState, Claim, Contest,
    Goods, HeldReason, Instruction, Ledger, NextStep, OrderDraft, ParcelId, Path, PaymentId,
    Refund, RefundBill, RefundId, RemedyTaken, ReplacementStep, Serial, StaffId, Standing, Told,
    UnitId,
};
use backhaul_core::money::Money;
use backhaul_core::words::Cause;
use backhaul_store::case_index::CaseRow;
use backhaul_store::refund_index::RefundRow;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// An order, and where everything of it stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrderShown {
    /// The newest version of the order, as it was imported.
    order: OrderDraft,
    /// The version of its ledger: how many events it has.
    version: i64,
    /// Its cases.
    cases: Vec<CaseShown>,
    /// Its refunds.
    refunds: Vec<RefundShown>,
    /// Replacements, by the unit that is sent.
    replacements: Vec<ReplacementShown>,
    /// What arrived without belonging anywhere, and waits.
    held: Vec<HeldShown>,
    /// What of each payment can still go back.
    payments: Vec<PaymentShown>,
}

/// A case (RMA): units of an order that are claimed together.
#[derive(Serialize, ToSchema)]
pub(crate) struct CaseShown {
    /// Its number.
    case: CaseId,
    /// The order.
    order: String,
    /// The version of the order's ledger.
    version: i64,
    /// Where it stands.
    state: CaseState,
    /// When it was opened.
    opened_at: Timestamp,
    /// The version of the order on which it was opened.
    order_version: u32,
    /// The member of staff who looks after it.
    assignee: Option<StaffId>,
    /// Whether the buyer wrote, and staff have not written back.
    is_unanswered: bool,
    /// The case that has its claims now, where it was merged.
    merged_into: Option<CaseId>,
    /// The case out of which it was made, where it was.
    split_from: Option<CaseId>,
    /// What is claimed.
    claims: Vec<ClaimShown>,
    /// Its refunds.
    refunds: Vec<RefundShown>,
}

/// One claimed unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClaimShown {
    /// The unit.
    unit: UnitId,
    /// Its serial, where it has one.
    serial: Option<Serial>,
    /// Where the claim stands.
    state: CaseState,
    /// Where the unit is.
    goods: Goods,
    /// Whether the engine, or a person who overruled it, accepts the claim.
    is_accepted: bool,
    /// Whether the claim stands, or how it ended before anything arrived.
    standing: StandingShown,
    /// The policy version that judges, `id@version`.
    policy: String,
    /// The newest decision.
    decision: Decision,
    /// Who pays which freight.
    freight: Freight,
    /// The clause on which a person decided otherwise, where somebody did.
    overruled_on: Option<ClauseId>,
    /// Until when the goods are awaited, once they may come.
    authorised_until: Option<Date>,
    /// The parcel in which it is announced.
    announced_in: Option<ParcelId>,
    /// When it was received.
    received_at: Option<Timestamp>,
    /// Whether it was inspected.
    is_inspected: bool,
    /// What became of the buyer's last word against what was found.
    contest: Option<ContestShown>,
    /// What the buyer was told would be kept back.
    told: Vec<Told>,
    /// The refund, where that is its remedy.
    refund: Option<RefundId>,
    /// The unit that takes its place, where that is its remedy.
    replacement: Option<UnitId>,
}

/// Whether a claim stands.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StandingShown {
    /// It stands.
    Open,
    /// It was declined before anything arrived.
    Declined,
    /// It was taken back before anything arrived.
    Cancelled,
    /// Nothing arrived in time.
    Expired,
}

/// What became of a finding that the buyer contests.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ContestShown {
    /// A person must answer.
    Open,
    /// The buyer was right.
    Upheld,
    /// The buyer was not right.
    Rejected,
}

/// A refund and its pieces.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefundShown {
    /// Its name.
    refund: RefundId,
    /// The case.
    case: CaseId,
    /// What it is made of.
    bill: RefundBill,
    /// What no payment could take.
    uncovered: Money,
    /// Whether it was cancelled before anything left.
    is_cancelled: bool,
    /// Whether all of it has arrived, or was written off.
    is_done: bool,
    /// The pieces.
    pieces: Vec<PieceShown>,
}

/// One piece of a refund.
#[derive(Serialize, ToSchema)]
pub(crate) struct PieceShown {
    /// Its number within the refund.
    number: u16,
    /// The payment whose room it takes.
    payment: PaymentId,
    /// How much.
    amount: Money,
    /// The way it goes.
    path: Path,
    /// `reserved`, `submitted`, `unclear`, `manual`, `settled` or `failed`.
    state: String,
    /// How often it was sent again.
    resends: u16,
    /// Whether the provider says that it settled after it had failed.
    is_contradicted: bool,
}

/// A unit on its way to the buyer.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReplacementShown {
    /// The unit that is sent.
    unit: UnitId,
    /// The unit whose place it takes.
    replaces: UnitId,
    /// Its serial.
    serial: Option<Serial>,
    /// How far it has come.
    step: ReplacementStep,
}

/// Something that arrived and fits no authorised claim.
#[derive(Serialize, ToSchema)]
pub(crate) struct HeldShown {
    /// The arrival.
    arrival: ArrivalId,
    /// What it is.
    item: ArrivedItem,
    /// Why it is held.
    why: HeldReason,
}

/// A payment, and its room.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaymentShown {
    /// The payment.
    payment: PaymentId,
    /// What was captured.
    captured: Money,
    /// What refunds take up of it, be they on their way or settled.
    taken: Option<Money>,
    /// Whether it was charged back.
    is_charged_back: bool,
}

/// A case in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct CaseLine {
    /// Its number.
    case: CaseId,
    /// The order.
    order: String,
    /// Where it stands.
    state: CaseState,
    /// The policy version that judges it.
    policy: String,
    /// When it was opened.
    opened_at: Timestamp,
    /// When something must have happened.
    due_at: Option<Timestamp>,
    /// When its ledger last changed.
    updated_at: Timestamp,
    /// Whether it has ended and waits for nobody.
    is_over: bool,
    /// The member of staff who looks after it.
    assignee: Option<StaffId>,
    /// Whom it waits for.
    attention: Attention,
    /// What is to be done next.
    next_step: NextStep,
    /// Why units come back.
    causes: Vec<Cause>,
    /// How many units are claimed.
    units: u32,
    /// The case that took its claims, where it was merged.
    merged_into: Option<CaseId>,
}

/// A piece of a refund in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefundLine {
    /// The order.
    order: String,
    /// The refund.
    refund: RefundId,
    /// The number of the piece.
    piece: u16,
    /// The case.
    case: CaseId,
    /// The payment whose room it takes.
    payment: PaymentId,
    /// `original` or `bank`.
    path: String,
    /// Where it stands.
    state: String,
    /// How much.
    amount: Money,
    /// The end of the day by which it is owed.
    due_at: Option<Timestamp>,
    /// When that was last changed.
    updated_at: Timestamp,
}

pub(crate) fn order(view: &OrderView) -> OrderShown {
    let OrderView { order, ledger, version } = view;
    let replacements = ledger.replacements.iter().map(|(unit, sent)| ReplacementShown {
        unit: unit.clone(),
        replaces: sent.replaces.clone(),
        serial: sent.serial.clone(),
        step: sent.step,
    });
    let held = ledger.arrivals.iter().filter(|(_, held)| held.state == ArrivalState::Held);
    let payments = order.payments.iter().map(|payment| PaymentShown {
        payment: payment.id.clone(),
        captured: payment.captured,
        taken: ledger.taken(&payment.id, order.currency).ok(),
        is_charged_back: ledger.chargebacks.contains_key(&payment.id),
    });
    OrderShown {
        order: OrderDraft::clone(order),
        version: *version,
        cases: ledger.cases.iter().map(|(id, shown)| case(view, id, shown)).collect(),
        refunds: refunds(&ledger.refunds, |_| true),
        replacements: replacements.collect(),
        held: held
            .map(|(arrival, held)| HeldShown {
                arrival: arrival.clone(),
                item: held.item.clone(),
                why: held.why,
            })
            .collect(),
        payments: payments.collect(),
    }
}

pub(crate) fn case(view: &OrderView, id: &CaseId, case: &Case) -> CaseShown {
    let OrderView { order, ledger, version } = view;
    CaseShown {
        case: id.clone(),
        order: order.number.clone(),
        version: *version,
        state: ledger.case_state(case),
        opened_at: case.opened_at,
        order_version: case.order_version,
        assignee: case.assignee.clone(),
        is_unanswered: case.messages.is_unanswered,
        merged_into: ledger.current_case(id).map(|(now, _)| now.clone()).filter(|now| now != id),
        split_from: case.split_from.clone(),
        claims: case.claims.iter().map(|(unit, shown)| claim(view, ledger, unit, shown)).collect(),
        refunds: refunds(&ledger.refunds, |refund| refund.case == *id),
    }
}

fn claim(view: &OrderView, ledger: &Ledger, unit: &UnitId, claim: &Claim) -> ClaimShown {
    let (refund, replacement) = match &claim.remedy {
        Some(RemedyTaken::Refund(refund)) => (Some(refund.clone()), None),
        Some(RemedyTaken::Replacement(unit)) => (None, Some(unit.clone())),
        Some(RemedyTaken::Repair) | None => (None, None),
    };
    ClaimShown {
        unit: unit.clone(),
        serial: ledger.serial(&view.order, unit).cloned(),
        state: ledger.claim_state(unit, claim),
        goods: ledger.goods(unit),
        is_accepted: claim.is_accepted(),
        standing: match claim.standing {
            Standing::Open => StandingShown::Open,
            Standing::Declined => StandingShown::Declined,
            Standing::Cancelled => StandingShown::Cancelled,
            Standing::Expired => StandingShown::Expired,
        },
        policy: claim.judged.pin.to_string(),
        decision: Decision::clone(&claim.judged.decision),
        freight: claim.freight(),
        overruled_on: claim.overruled.as_ref().map(|overruled| overruled.clause.clone()),
        authorised_until: claim.authorised.as_ref().map(|authorised| authorised.expires_on),
        announced_in: claim.announced_in.clone(),
        received_at: claim.received.as_ref().map(|received| received.at),
        is_inspected: claim.inspected,
        contest: claim.contest.map(|contest| match contest {
            Contest::Open => ContestShown::Open,
            Contest::Answered { upheld: true } => ContestShown::Upheld,
            Contest::Answered { upheld: false } => ContestShown::Rejected,
        }),
        told: claim.told.clone(),
        refund,
        replacement,
    }
}

fn refunds(
    refunds: &BTreeMap<RefundId, Refund>,
    is_shown: impl Fn(&Refund) -> bool,
) -> Vec<RefundShown> {
    let shown = refunds.iter().filter(|(_, refund)| is_shown(refund));
    shown
        .map(|(id, refund)| RefundShown {
            refund: id.clone(),
            case: refund.case.clone(),
            bill: refund.bill.clone(),
            uncovered: refund.uncovered,
            is_cancelled: refund.cancelled,
            is_done: refund.is_done(),
            pieces: refund.pieces.values().map(piece).collect(),
        })
        .collect()
}

fn piece(instruction: &Instruction) -> PieceShown {
    let planned = &instruction.planned;
    PieceShown {
        number: planned.number,
        payment: planned.payment.clone(),
        amount: planned.amount,
        path: planned.path,
        state: instruction.state.as_str().to_owned(),
        resends: instruction.resends,
        is_contradicted: instruction.contradicted,
    }
}

pub(crate) fn case_line(row: CaseRow) -> CaseLine {
    CaseLine {
        is_over: row.is_over,
        attention: row.attention(),
        next_step: row.next_step,
        assignee: row.assignee,
        causes: row.causes,
        units: row.units,
        merged_into: row.merged_into,
        case: row.case,
        order: row.order.as_str().to_owned(),
        state: row.state,
        policy: row.policy_pin,
        opened_at: row.opened_at,
        due_at: row.due_at,
        updated_at: row.updated_at,
    }
}

pub(crate) fn refund_line(row: RefundRow) -> RefundLine {
    RefundLine {
        order: row.order.as_str().to_owned(),
        refund: row.instruction.refund,
        piece: row.instruction.number,
        case: row.case,
        payment: row.payment,
        path: row.path,
        state: row.state,
        amount: row.amount,
        due_at: row.due_at,
        updated_at: row.updated_at,
    }
}
