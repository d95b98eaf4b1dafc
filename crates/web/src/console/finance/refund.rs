//! One refund: its bill, its pieces and where each is, the evidence of each, and what can be done about it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use backhaul_app::{LookUp, LookedUp, OrderView, Request, Right, SubmitAnswer};
use backhaul_core::ledger::command::{
    CancelRefund, ReissueRefund, ResolveInstruction, WithdrawInstruction, WriteOffRest,
};
use backhaul_core::ledger::{
    CaseId, Command, Event, InstructionId, InstructionState, Path as Way, Reference, Refund,
    RefundId, TextId,
};
use backhaul_core::money::Money;
use backhaul_language::{terms, words as w};
use jiff::Timestamp;

use super::approve::{Bill, sample_bill};
use crate::Service;
use crate::api::finance::ask_provider;
use crate::pages::address::part;
use crate::pages::form::{Fields, new_once};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

const REFUND: &str = "/desk/refunds/case/{case}/{refund}";
/// How much of an order's history is read for the evidence of one refund.
const HISTORY_MAX: usize = 5_000;

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get(REFUND, Reader::With(Right::ReadRefunds), show),
        Page::post(REFUND, Reader::With(Right::ManageRefunds), act),
    ]
}

/// One piece.
#[expect(clippy::struct_excessive_bools, reason = "each says whether a part of the page is shown")]
struct Piece {
    number: u16,
    payment: String,
    amount: Money,
    way: String,
    state: String,
    help: String,
    is_contradicted: bool,
    may_withdraw: bool,
    may_look_up: bool,
    may_resolve: bool,
    may_reissue: bool,
    evidence: Vec<(Timestamp, String)>,
}

#[derive(askama::Template)]
#[template(path = "console/finance/refund.html")]
#[expect(clippy::struct_excessive_bools, reason = "each says whether a part of the page is shown")]
struct RefundPage {
    layout: Layout,
    once: String,
    href: String,
    refund: String,
    case: String,
    order: String,
    bill: Bill,
    pieces: Vec<Piece>,
    uncovered: Option<Money>,
    written_off: Option<Money>,
    /// What the pieces, the uncovered rest and what was let go come to: the total of the bill.
    sum: Money,
    is_cancelled: bool,
    may_cancel: bool,
    may_write_off: bool,
    may_act: bool,
    said: Option<String>,
}

/// A refund with its order.
struct Found {
    view: OrderView,
    id: RefundId,
}

impl Found {
    async fn find(service: &Service, case: &str, refund: &str) -> Result<Self, PageFault> {
        let case = CaseId::new(case).map_err(|_| PageFault::NotFound)?;
        let id = RefundId::new(refund).map_err(|_| PageFault::NotFound)?;
        let view = service.app.order_of_case(&case).await?.ok_or(PageFault::NotFound)?;
        let is_its = view.ledger.refunds.get(&id).is_some_and(|refund| refund.case == case);
        if is_its { Ok(Self { view, id }) } else { Err(PageFault::NotFound) }
    }

    fn refund(&self) -> Result<&Refund, PageFault> {
        self.view.ledger.refunds.get(&self.id).ok_or(PageFault::NotFound)
    }

    fn href(&self) -> Result<String, PageFault> {
        let case = self.refund()?.case.as_str();
        Ok(format!("/desk/refunds/case/{}/{}", part(case), part(self.id.as_str())))
    }
}

async fn show(
    State(service): State<Service>,
    visit: Visit,
    Path((case, refund)): Path<(String, String)>,
) -> Answer {
    let found = Found::find(&service, &case, &refund).await?;
    draw(&page(&service, &visit, &found, None).await?)
}

async fn page(
    service: &Service,
    visit: &Visit,
    found: &Found,
    said: Option<String>,
) -> Result<RefundPage, PageFault> {
    let refund = found.refund()?;
    let sum = |error| PageFault::mistake(&error);
    let number = &found.view.order.number;
    let history = service.app.history(number, 0, HISTORY_MAX).await?.unwrap_or_default();
    let may_act = visit.has(Right::ManageRefunds);
    let mut pieces = Vec::new();
    let mut issued = refund.uncovered;
    for instruction in refund.pieces.values() {
        let id = InstructionId { refund: found.id.clone(), number: instruction.planned.number };
        let about = history
            .iter()
            .filter_map(|recorded| Some((recorded.at, evidence(visit, &recorded.event, &id)?)));
        let state = instruction.state;
        if state != (InstructionState::Failed { replaced: true }) {
            issued = issued.plus(instruction.planned.amount).map_err(sum)?;
        }
        let is_open = state.is_open();
        let by_bank = instruction.planned.path == Way::Bank;
        let is_dead = refund.cancelled;
        pieces.push(Piece {
            number: instruction.planned.number,
            payment: instruction.planned.payment.to_string(),
            amount: instruction.planned.amount,
            way: terms::path(visit, instruction.planned.path).into_owned(),
            state: state_name(visit, state),
            help: state_help(visit, state),
            is_contradicted: instruction.contradicted,
            may_withdraw: may_act && !is_dead && state == InstructionState::Reserved,
            may_look_up: may_act && is_open && !by_bank,
            may_resolve: may_act
                && (matches!(state, InstructionState::Unclear | InstructionState::Manual)
                    || (by_bank && state == InstructionState::Submitted)),
            may_reissue: may_act
                && !is_dead
                && state == (InstructionState::Failed { replaced: false }),
            evidence: about.collect(),
        });
    }
    let total = refund.bill.total;
    let written_off = total.minus(issued).map_err(sum)?;
    let is_unsent = refund.pieces.values().all(|piece| piece.state == InstructionState::Reserved);
    Ok(RefundPage {
        layout: Layout::of(visit, &w::refund_title(visit, &found.id)),
        once: new_once()?,
        href: found.href()?,
        refund: found.id.to_string(),
        case: refund.case.to_string(),
        order: number.clone(),
        bill: Bill::of(visit, &found.view, &refund.bill)?,
        pieces,
        uncovered: refund.uncovered.is_positive().then_some(refund.uncovered),
        written_off: written_off.is_positive().then_some(written_off),
        sum: issued.plus(written_off).map_err(sum)?,
        is_cancelled: refund.cancelled,
        may_cancel: may_act && !refund.cancelled && is_unsent,
        may_write_off: may_act
            && refund.unissued().is_ok_and(backhaul_core::money::Money::is_positive),
        may_act,
        said,
    })
}

fn state_name(visit: impl backhaul_language::Speaks, state: InstructionState) -> String {
    let name = match state {
        InstructionState::Reserved => w::finance_reserved(visit),
        InstructionState::Submitted => w::finance_submitted(visit),
        InstructionState::Unclear => w::finance_unclear(visit),
        InstructionState::Manual => w::finance_manual(visit),
        InstructionState::Settled => w::finance_settled(visit),
        InstructionState::Failed { replaced: false } => w::finance_failed(visit),
        InstructionState::Failed { replaced: true } => w::refund_replaced(visit),
    };
    name.into_owned()
}

fn state_help(visit: impl backhaul_language::Speaks, state: InstructionState) -> String {
    let help = match state {
        InstructionState::Reserved => w::finance_reserved_help(visit),
        InstructionState::Submitted => w::finance_submitted_help(visit),
        InstructionState::Unclear => w::finance_unclear_help(visit),
        InstructionState::Manual => w::finance_manual_help(visit),
        InstructionState::Settled => w::finance_settled_help(visit),
        InstructionState::Failed { replaced: false } => w::finance_failed_help(visit),
        InstructionState::Failed { replaced: true } => w::refund_replaced_help(visit),
    };
    help.into_owned()
}

/// What an event says of a piece; nothing where it says nothing of it.
fn evidence(visit: &Visit, event: &Event, id: &InstructionId) -> Option<String> {
    let named = |reference: &Option<Reference>| {
        reference.as_ref().map_or_else(|| "–".to_owned(), Reference::to_string)
    };
    let said = match event {
        Event::RefundApproved { refund, pieces, .. }
        | Event::RefundReissued { refund, pieces, .. }
            if *refund == id.refund && pieces.iter().any(|piece| piece.number == id.number) =>
        {
            w::refund_was_planned(visit)
        }
        Event::RefundCancelled { refund, .. } if *refund == id.refund => {
            w::refund_was_cancelled(visit)
        }
        Event::InstructionSubmitted { instruction, submission } if instruction == id => {
            w::refund_was_submitted(visit, &submission.key)
        }
        Event::InstructionResent { instruction } if instruction == id => {
            w::refund_was_resent(visit)
        }
        Event::InstructionUnclear { instruction } if instruction == id => {
            w::refund_was_unclear(visit)
        }
        Event::InstructionManual { instruction } if instruction == id => {
            w::refund_was_manual(visit)
        }
        Event::InstructionSettled { instruction, reference, .. } if instruction == id => {
            w::refund_was_settled(visit, named(reference))
        }
        Event::InstructionFailed { instruction, reference, .. } if instruction == id => {
            w::refund_was_failed(visit, named(reference))
        }
        Event::InstructionContradicted { instruction, reference } if instruction == id => {
            w::refund_was_contradicted(visit, named(reference))
        }
        _ => return None,
    };
    Some(said.into_owned())
}

async fn act(
    State(service): State<Service>,
    visit: Visit,
    Path((case, refund)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let once = fields.once(&visit)?;
    let found = Found::find(&service, &case, &refund).await?;
    let number = found.view.order.number.clone();
    let action = fields.text("do");
    if action == "look-up" {
        let asked = ask_provider(&service, number, piece(&found, &fields)?).await?;
        let said = Some(looked_up(&visit, &asked));
        return draw(&page(&service, &visit, &found, said).await?);
    }
    let reason = fields.get("reason").map(|words| {
        let id = TextId::new(&format!("T-{}", once.key)).map_err(|_| PageFault::Malformed)?;
        Ok::<_, PageFault>((id, words.to_owned()))
    });
    let reason = reason.transpose()?;
    let command = command(&visit, &found, &fields, reason.as_ref().map(|(id, _)| id.clone()))?;
    let texts = reason.into_iter().collect();
    let request =
        Request { texts, once: Some(once), ..Request::new(visit.who()?, &number, command) };
    service.app.ask(request).await?;
    Ok::<Response, _>(Redirect::to(&Notice::Saved.at(&found.href()?)).into_response())
}

/// The piece that the form names.
fn piece(found: &Found, fields: &Fields) -> Result<InstructionId, PageFault> {
    let number = fields.text("piece").parse().map_err(|_| PageFault::Malformed)?;
    Ok(InstructionId { refund: found.id.clone(), number })
}

fn command(
    visit: &Visit,
    found: &Found,
    fields: &Fields,
    reason: Option<TextId>,
) -> Result<Command, PageFault> {
    let refund = found.id.clone();
    let needed = |reason: Option<TextId>| {
        reason.ok_or_else(|| PageFault::Said(w::refund_reason_missing(visit).into_owned()))
    };
    let command = match fields.text("do") {
        "withdraw" => WithdrawInstruction { instruction: piece(found, fields)? }.into(),
        "paid" | "not-paid" => {
            let reference = Reference::new(fields.text("reference"))
                .map_err(|_| PageFault::Said(w::refund_reference_missing(visit).into_owned()))?;
            let settled = fields.text("do") == "paid";
            ResolveInstruction { instruction: piece(found, fields)?, settled, reference }.into()
        }
        "reissue" | "reissue-bank" => {
            let piece = match fields.get("piece") {
                None => None,
                Some(_) => Some(piece(found, fields)?.number),
            };
            let is_bank = fields.text("do") == "reissue-bank";
            let path = if is_bank { Way::Bank } else { Way::Original };
            let reason = if is_bank { Some(needed(reason)?) } else { reason };
            ReissueRefund { refund, piece, path, reason }.into()
        }
        "write-off" => WriteOffRest { refund, reason: needed(reason)? }.into(),
        "cancel" => CancelRefund { refund, reason: needed(reason)? }.into(),
        _ => return Err(PageFault::Malformed),
    };
    Ok(command)
}

/// What the provider says, beside what the ledger has.
fn looked_up(visit: &Visit, found: &LookedUp) -> String {
    let said = match &found.said {
        LookUp::Found(SubmitAnswer::Settled { reference }) => w::look_up_settled(visit, reference),
        LookUp::Found(SubmitAnswer::Pending { reference }) => w::look_up_pending(visit, reference),
        LookUp::Found(SubmitAnswer::Failed { reason_code }) => {
            w::look_up_failed(visit, reason_code)
        }
        LookUp::Found(SubmitAnswer::Unclear) => w::look_up_unclear(visit),
        LookUp::Differs => w::look_up_differs(visit),
        LookUp::NotThere => w::look_up_not_there(visit),
        LookUp::Unknown => w::look_up_no_answer(visit),
    };
    let mut text = w::look_up_said(visit, &found.provider, &found.reference, said).into_owned();
    if found.is_due {
        text.push(' ');
        text.push_str(&w::look_up_due(visit));
    }
    if found.is_paused {
        text.push(' ');
        text.push_str(&w::look_up_paused(visit));
    }
    text
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let Some(bill) = sample_bill() else { return Vec::new() };
    let total = bill.total;
    let piece = |number, state: InstructionState| Piece {
        number,
        payment: format!("P{number}"),
        amount: total,
        way: terms::path(layout(""), Way::Original).into_owned(),
        state: state_name(layout(""), state),
        help: state_help(layout(""), state),
        is_contradicted: state == (InstructionState::Failed { replaced: true }),
        may_withdraw: state == InstructionState::Reserved,
        may_look_up: state.is_open(),
        may_resolve: matches!(state, InstructionState::Unclear | InstructionState::Manual),
        may_reissue: state == (InstructionState::Failed { replaced: false }),
        evidence: vec![
            (Timestamp::UNIX_EPOCH, w::refund_was_planned(layout("")).into_owned()),
            (Timestamp::UNIX_EPOCH, w::refund_was_settled(layout(""), "re_17").into_owned()),
        ],
    };
    let page = |bill: Bill, states: &[InstructionState], said: Option<String>| RefundPage {
        layout: Layout {
            here: "/desk/refunds/case/SO-1001-R1/SO-1001-R1-F1".to_owned(),
            ..layout(&w::refund_title(layout(""), "SO-1001-R1-F1"))
        },
        once: "0".to_owned(),
        href: "/desk/refunds/case/SO-1001-R1/SO-1001-R1-F1".to_owned(),
        refund: "SO-1001-R1-F1".to_owned(),
        case: "SO-1001-R1".to_owned(),
        order: "SO-1001".to_owned(),
        sum: bill.total,
        bill,
        pieces: (1..).zip(states).map(|(number, state)| piece(number, *state)).collect(),
        uncovered: said.is_some().then_some(total),
        written_off: None,
        is_cancelled: false,
        may_cancel: said.is_none(),
        may_write_off: said.is_some(),
        may_act: true,
        said,
    };
    let said = w::look_up_said(
        layout(""),
        "stripe",
        "SO-1001/SO-1001-R1-F1/1",
        w::look_up_not_there(layout("")),
    );
    let again = sample_bill();
    let mut all = vec![sample("console-refund", &page(bill, &[InstructionState::Reserved], None))];
    if let Some(bill) = again {
        let states = InstructionState::ALL;
        all.push(sample("console-refund-states", &page(bill, states, Some(said.into_owned()))));
    }
    all
}
