//! What is owed beside refunds: freight that somebody laid out, and payments that a bank took back.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::{OrderView, Request, Right, WaitingView};
use backhaul_core::ledger::command::{
    CloseChargeback, RecordChargeback, RefundFreight, SettleFreight,
};
use backhaul_core::ledger::{
    Command, FreightId, FreightSettlement, MalformedId, PaymentId, Reference, TextId, WaitingKind,
    freight_debt,
};
use backhaul_core::money::Money;
use backhaul_core::words::Payer;
use backhaul_language::{terms, words as w};
use backhaul_store::waiting::After;

use super::release::new_refund;
use crate::Service;
use crate::console::waiting_page;
use crate::pages::form::{Fields, new_once, read_amount};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

const DEBTS: &str = "/desk/refunds/debts";
/// How many chargebacks are listed.
const CHARGEBACKS: u32 = 50;

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get(DEBTS, Reader::With(Right::ReadRefunds), show),
        Page::post(DEBTS, Reader::With(Right::ManageRefunds), act),
    ]
}

/// Freight that is owed.
struct Debt {
    order: String,
    case: String,
    freight: String,
    leg: String,
    debtor: String,
    amount: Money,
    outstanding: Money,
    /// Whether it can ride on the payments of the order.
    may_ride: bool,
}

/// A payment that was charged back, of which the bank has not decided.
struct Dispute {
    order: String,
    payment: String,
    amount: Option<Money>,
}

#[derive(askama::Template)]
#[template(path = "console/finance/debts.html")]
struct DebtsPage {
    layout: Layout,
    once: String,
    debts: Vec<Debt>,
    chargebacks: Vec<Dispute>,
    next: Option<String>,
    may_act: bool,
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let (rows, next) = waiting_page::of(&service, &visit, WaitingKind::Freight).await?;
    let debts = rows.into_iter().filter_map(|row| debt(&visit, &row)).collect();
    let open = service.app.waiting(WaitingKind::Chargeback, After::start(), CHARGEBACKS).await?;
    let chargebacks = open.into_iter().map(|WaitingView { row, view }| {
        let payment = row.waiting.subject;
        let captured = view.order.payments.iter().find(|known| known.id.as_str() == payment);
        Dispute {
            order: view.order.number.clone(),
            amount: captured.map(|payment| payment.captured),
            payment,
        }
    });
    draw(&DebtsPage {
        layout: Layout::of(&visit, &w::debts_title(&visit)),
        once: new_once()?,
        debts,
        chargebacks: chargebacks.collect(),
        next,
        may_act: visit.has(Right::ManageRefunds),
    })
}

fn debt(visit: &Visit, WaitingView { row, view }: &WaitingView) -> Option<Debt> {
    let id = FreightId::new(&row.waiting.subject).ok()?;
    let charge = view.ledger.freights.get(&id)?;
    let debt = freight_debt(&view.ledger, &id).ok()??;
    Some(Debt {
        order: view.order.number.clone(),
        case: charge.case.to_string(),
        freight: id.to_string(),
        leg: terms::leg(visit, charge.leg).into_owned(),
        debtor: terms::payer(visit, debt.debtor).into_owned(),
        amount: charge.amount,
        outstanding: debt.outstanding,
        may_ride: debt.debtor == Payer::Merchant,
    })
}

async fn act(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let once = fields.once(&visit)?;
    let number = fields.text("order").to_owned();
    let view = service.app.order(&number).await?;
    let missing = || PageFault::Said(w::dock_order_unknown(&visit, &number).into_owned());
    let view = view.ok_or_else(missing)?;
    if service.app.carried_out(&once).await?.is_none() {
        let (command, texts) = command(&visit, &view, &fields, &once.key)?;
        let request = Request {
            texts,
            once: Some(once),
            proof: visit.proof(),
            ..Request::new(visit.who()?, &number, command)
        };
        service.app.ask(request).await?;
    }
    Ok(Redirect::to(&Notice::Saved.at(DEBTS)).into_response())
}

type Asked = (Command, Vec<(TextId, String)>);

fn command(
    visit: &Visit,
    view: &OrderView,
    fields: &Fields,
    key: &str,
) -> Result<Asked, PageFault> {
    let malformed = |_: MalformedId| PageFault::Malformed;
    let unproven =
        |_: MalformedId| PageFault::Said(w::refund_reference_missing(visit).into_owned());
    let freight = || FreightId::new(fields.text("freight")).map_err(malformed);
    let payment = || PaymentId::new(fields.text("payment")).map_err(malformed);
    let mut texts = Vec::new();
    let command = match fields.text("do") {
        "paid" | "waive" => {
            let currency = view.order.currency;
            let amount = read_amount(visit, fields.text("amount"), currency, Money::is_positive);
            let amount = amount.map_err(PageFault::Said)?;
            let proof = fields.text("proof");
            let settlement = if fields.text("do") == "paid" {
                FreightSettlement::Paid { reference: Reference::new(proof).map_err(unproven)? }
            } else {
                if proof.is_empty() {
                    return Err(PageFault::Said(w::refund_reason_missing(visit).into_owned()));
                }
                let reason = TextId::new(&format!("T-{key}")).map_err(malformed)?;
                texts.push((reason.clone(), proof.to_owned()));
                FreightSettlement::Waived { reason }
            };
            SettleFreight { freight: freight()?, amount, settlement }.into()
        }
        "ride" => {
            let freight = freight()?;
            let charge = view.ledger.freights.get(&freight).ok_or(PageFault::NotFound)?;
            RefundFreight { refund: new_refund(view, &charge.case)?, freight }.into()
        }
        "won" => CloseChargeback { payment: payment()?, won: true }.into(),
        "lost" => CloseChargeback { payment: payment()?, won: false }.into(),
        "charged-back" => {
            let reference = Reference::new(fields.text("reference")).map_err(unproven)?;
            RecordChargeback { payment: payment()?, reference }.into()
        }
        _ => return Err(PageFault::Malformed),
    };
    Ok((command, texts))
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let Ok(euro) = backhaul_core::money::Currency::parse("EUR") else { return Vec::new() };
    let debt = |debtor, may_ride| Debt {
        order: "SO-1001".to_owned(),
        case: "SO-1001-R1".to_owned(),
        freight: "F1".to_owned(),
        leg: terms::leg(layout(""), backhaul_core::ledger::Leg::Return).into_owned(),
        debtor: terms::payer(layout(""), debtor).into_owned(),
        amount: Money::new(2_400, euro),
        outstanding: Money::new(1_200, euro),
        may_ride,
    };
    let dispute = Dispute {
        order: "SO-1001".to_owned(),
        payment: "P1".to_owned(),
        amount: Some(Money::new(81_000, euro)),
    };
    let page = |debts, chargebacks| DebtsPage {
        layout: Layout { here: DEBTS.to_owned(), ..layout(&w::debts_title(layout(""))) },
        once: "0".to_owned(),
        debts,
        chargebacks,
        next: None,
        may_act: true,
    };
    let debts = vec![debt(Payer::Merchant, true), debt(Payer::Buyer, false)];
    vec![
        sample("console-debts", &page(debts, vec![dispute])),
        sample("console-debts-empty", &page(Vec::new(), Vec::new())),
    ]
}
