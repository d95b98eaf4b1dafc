//! One refund before it is released: every amount taken apart, by the core's own sums, and what goes to which payment.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use backhaul_app::{DoorError, OrderView, Right};
use backhaul_core::ledger::command::{ApproveRefund, RefundUnit};
use backhaul_core::ledger::{
    CaseId, Deduction, Event, FreightId, PlannedPiece, RefundBill, TextId, UnitId, freight_debt,
};
use backhaul_core::money::Money;
use backhaul_core::words::Payer;
use backhaul_language::{format, words as w};
use backhaul_store::Hash;
use jiff::civil::Date;

use super::release::{self, Outcome};
use crate::Service;
use crate::pages::address::part;
use crate::pages::fault::reason;
use crate::pages::form::{Faults, Fields, new_once, read_amount};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};
use crate::portal::units;

const APPROVE: &str = "/desk/refunds/approve/{case}";

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get(APPROVE, Reader::With(Right::ReadRefunds), show),
        Page::post(APPROVE, Reader::With(Right::ManageRefunds), approve),
    ]
}

/// One unit that may be refunded.
struct Choice {
    unit: String,
    name: String,
    is_chosen: bool,
    deductions: Vec<Kept>,
}

/// A deduction of which the buyer was told.
struct Kept {
    field: String,
    clause: String,
    most: Money,
    amount: String,
    freight: String,
}

/// A refund's bill, as a table that sums up.
pub(super) struct Bill {
    pub(super) units: Vec<BillUnit>,
    pub(super) shipping: Option<Money>,
    pub(super) freight: Option<(String, Money)>,
    pub(super) total: Money,
}

/// One unit of a bill.
pub(super) struct BillUnit {
    pub(super) name: String,
    pub(super) price: Money,
    pub(super) discount: Money,
    pub(super) tax: Money,
    pub(super) share: Money,
    pub(super) deductions: Vec<(String, Money)>,
    pub(super) due: Money,
}

impl Bill {
    pub(super) fn of(
        visit: &Visit,
        view: &OrderView,
        bill: &RefundBill,
    ) -> Result<Self, PageFault> {
        let sum = |error| PageFault::mistake(&error);
        let mut parts = Vec::new();
        for part in &bill.units {
            let share = part.share.total().map_err(sum)?;
            let mut due = share;
            let mut deductions = Vec::new();
            for kept in &part.deductions {
                due = due.minus(kept.amount).map_err(sum)?;
                let name = match &kept.freight {
                    Some(freight) => format!("{} ({freight})", kept.clause),
                    None => kept.clause.to_string(),
                };
                deductions.push((name, kept.amount));
            }
            let (price, discount, tax) = (part.share.price, part.share.discount, part.share.tax);
            let name = units::name(visit, &view.order, &view.ledger, &part.unit);
            parts.push(BillUnit { name, price, discount, tax, share, deductions, due });
        }
        let freight = bill.freight.as_ref().map(|part| (part.freight.to_string(), part.amount));
        Ok(Self { units: parts, shipping: bill.shipping, freight, total: bill.total })
    }
}

#[derive(askama::Template)]
#[template(path = "console/finance/approve.html")]
struct ApprovePage {
    layout: Layout,
    faults: Faults,
    once: String,
    case: String,
    order: String,
    units: Vec<Choice>,
    shipping_left: Option<Money>,
    shipping: String,
    freights: Vec<(String, String)>,
    not_before: Option<Date>,
    due_by: Option<Date>,
    early: String,
    bill: Option<Bill>,
    pieces: Vec<(String, Money)>,
    uncovered: Option<Money>,
    /// What was shown: another sum is shown again before it is released.
    seen: String,
    may_release: bool,
}

/// A case with what of it can be refunded.
struct Case {
    view: OrderView,
    case: CaseId,
    units: Vec<UnitId>,
}

impl Case {
    async fn find(service: &Service, case: &str) -> Result<Self, PageFault> {
        let case = CaseId::new(case).map_err(|_| PageFault::NotFound)?;
        let view = service.app.order_of_case(&case).await?.ok_or(PageFault::NotFound)?;
        let units = release::ready(&view, &case);
        Ok(Self { view, case, units })
    }
}

async fn show(State(service): State<Service>, visit: Visit, Path(case): Path<String>) -> Answer {
    let case = Case::find(&service, &case).await?;
    let mut page = page(&service, &visit, &case, None)?;
    let command = chosen(&visit, &case, &mut page, None)?;
    look(&service, &visit, &case, &mut page, &command)?;
    draw(&page)
}

fn page(
    service: &Service,
    visit: &Visit,
    case: &Case,
    fields: Option<&Fields>,
) -> Result<ApprovePage, PageFault> {
    let (view, ledger) = (&case.view, &case.view.ledger);
    let sum = |error| PageFault::mistake(&error);
    let currency = view.order.currency;
    let refunded = ledger.shipping_refunded(currency).map_err(sum)?;
    let left = view.order.shipping.minus(refunded).map_err(sum)?;
    let today = service.app.policy_of(view)?.zone.date(visit.now);
    let claims = case.units.iter().filter_map(|unit| ledger.claim(&case.case, unit));
    let due_by = claims.filter_map(|claim| claim.judged.decision.dates.refund_by).min();
    let mut choices = Vec::new();
    for (place, unit) in case.units.iter().enumerate() {
        let told = ledger.claim(&case.case, unit).map(|claim| claim.told.iter());
        let kept = |(number, told): (usize, &backhaul_core::ledger::Told)| {
            let field = format!("keep-{place}-{number}");
            let typed = fields.map(|fields| fields.text(&field).to_owned());
            let freight = fields.map(|fields| fields.text(&format!("{field}-freight")).to_owned());
            Kept {
                clause: told.clause.to_string(),
                most: told.amount,
                amount: typed.unwrap_or_else(|| format::amount(visit, told.amount)),
                freight: freight.unwrap_or_default(),
                field,
            }
        };
        let value = unit.to_string();
        choices.push(Choice {
            is_chosen: fields.is_none_or(|fields| fields.all("unit").any(|known| known == value)),
            unit: value,
            name: units::name(visit, &view.order, ledger, unit),
            deductions: told.into_iter().flatten().enumerate().map(kept).collect(),
        });
    }
    let text = |name| fields.map_or("", |fields| fields.text(name)).to_owned();
    Ok(ApprovePage {
        layout: Layout::of(visit, &w::approve_title(visit, &case.case)),
        faults: Faults::default(),
        once: new_once()?,
        case: case.case.to_string(),
        order: view.order.number.clone(),
        units: choices,
        shipping_left: left.is_positive().then_some(left),
        shipping: text("shipping"),
        freights: freights(case),
        not_before: release::first_day(view, &case.case, &case.units).filter(|day| *day > today),
        due_by,
        early: text("early"),
        bill: None,
        pieces: Vec::new(),
        uncovered: None,
        seen: String::new(),
        may_release: visit.has(Right::ManageRefunds),
    })
}

/// The freight that the buyer owes, which a deduction may settle.
fn freights(case: &Case) -> Vec<(String, String)> {
    let charges = case.view.ledger.freights.iter();
    let owed = charges.filter(|(_, charge)| charge.case == case.case).filter_map(|(id, _)| {
        let debt = freight_debt(&case.view.ledger, id).ok()??;
        let is_theirs = debt.debtor == Payer::Buyer && debt.outstanding.is_positive();
        is_theirs.then(|| (id.to_string(), format!("{id} · {}", debt.outstanding)))
    });
    owed.collect()
}

/// The command that the form asks for; what cannot be read is a fault beside its field.
fn chosen(
    visit: &Visit,
    case: &Case,
    page: &mut ApprovePage,
    early: Option<TextId>,
) -> Result<ApproveRefund, PageFault> {
    let currency = case.view.order.currency;
    let mut read = |field: &str, text: &str| {
        let amount = read_amount(visit, text, currency, |amount| !amount.is_negative());
        amount.map_err(|said| page.faults.add(field, said)).ok()
    };
    let shipping = if page.shipping.is_empty() { None } else { read("shipping", &page.shipping) };
    let mut units = Vec::new();
    for (unit, choice) in case.units.iter().zip(&page.units).filter(|(_, choice)| choice.is_chosen)
    {
        let told = case.view.ledger.claim(&case.case, unit).map(|claim| claim.told.iter());
        let mut deductions = Vec::new();
        for (told, kept) in told.into_iter().flatten().zip(&choice.deductions) {
            if kept.amount.is_empty() {
                continue;
            }
            let Some(amount) = read(&kept.field, &kept.amount) else { continue };
            if amount.is_positive() {
                let freight = FreightId::new(&kept.freight).ok();
                deductions.push(Deduction { clause: told.clause.clone(), amount, freight });
            }
        }
        units.push(RefundUnit { unit: unit.clone(), deductions });
    }
    let refund = release::new_refund(&case.view, &case.case)?;
    let shipping = shipping.filter(|shipping| shipping.is_positive());
    Ok(ApproveRefund { refund, case: case.case.clone(), units, shipping, early })
}

/// Takes apart what would be approved, of which nothing is kept.
fn look(
    service: &Service,
    visit: &Visit,
    case: &Case,
    page: &mut ApprovePage,
    command: &ApproveRefund,
) -> Result<(), PageFault> {
    if case.units.is_empty() || !page.faults.is_empty() {
        return Ok(());
    }
    // The words of why it leaves early are asked for at the end; the sums do not wait for them.
    let early = TextId::new("preview").ok().filter(|_| page.not_before.is_some());
    let command = ApproveRefund { early, ..command.clone() };
    let events = match service.app.preview(&visit.who()?, &case.view, &command.into()) {
        Ok(events) => events,
        // Whoever only reads sees the case without sums.
        Err(DoorError::Forbidden { .. }) => return Ok(()),
        Err(DoorError::Refused(refusal)) => {
            page.faults.add("units", w::finance_refused(visit, reason(visit, &refusal)));
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    for event in &events {
        if let Event::RefundApproved { bill, pieces, uncovered, .. } = event {
            page.seen = Hash::of_text(&format!("{bill:?}{pieces:?}{uncovered}")).to_string();
            page.bill = Some(Bill::of(visit, &case.view, bill)?);
            let piece = |piece: &PlannedPiece| (piece.payment.to_string(), piece.amount);
            page.pieces = pieces.iter().map(piece).collect();
            page.uncovered = uncovered.is_positive().then_some(*uncovered);
        }
    }
    Ok(())
}

async fn approve(
    State(service): State<Service>,
    visit: Visit,
    Path(case): Path<String>,
    fields: Fields,
) -> Answer {
    let once = fields.once(&visit)?;
    let case = Case::find(&service, &case).await?;
    let name = case.case.to_string();
    let done = |events: &[Event]| {
        let to = match release::released(events).ok_or(PageFault::Changed)? {
            Outcome::Approved(refund, _) => {
                let (case, refund) = (part(&name), part(refund.as_str()));
                Notice::Saved.at(&format!("/desk/refunds/case/{case}/{refund}"))
            }
            Outcome::Proposed(_) => {
                Notice::RefundProposed.at(&format!("/desk/refunds/approve/{}", part(&name)))
            }
        };
        Ok::<_, PageFault>(Redirect::to(&to).into_response())
    };
    if fields.has("release")
        && let Some((_, before)) = service.app.carried_out(&once).await?
    {
        return done(&before.events);
    }
    let mut page = page(&service, &visit, &case, Some(&fields))?;
    let early = fields.get("early").map(|words| {
        let id = TextId::new(&format!("T-{}", once.key)).map_err(|_| PageFault::Malformed)?;
        Ok::<_, PageFault>((id, words.to_owned()))
    });
    let early = early.transpose()?;
    let command = chosen(&visit, &case, &mut page, early.as_ref().map(|(id, _)| id.clone()))?;
    look(&service, &visit, &case, &mut page, &command)?;
    if fields.has("release") && page.not_before.is_some() && early.is_none() {
        page.faults.add("early", w::approve_early_missing(&visit));
    }
    let is_seen = fields.text("seen") == page.seen && !page.seen.is_empty();
    if !fields.has("release") || !is_seen || !page.faults.is_empty() {
        return draw(&page);
    }
    let texts = early.into_iter().collect();
    let number = &case.view.order.number;
    let released = release::release(&service, &visit, number, command, texts, once).await?;
    done(&released.events)
}

/// The bill of the gallery: one unit with a discount, a tax and a deduction.
pub(super) fn sample_bill() -> Option<Bill> {
    let euro = backhaul_core::money::Currency::parse("EUR").ok()?;
    let money = |minor| Money::new(minor, euro);
    Some(Bill {
        units: vec![BillUnit {
            name: "L1#1".to_owned(),
            price: money(100_000),
            discount: money(10_000),
            tax: money(17_100),
            share: money(107_100),
            deductions: vec![("fee.restock".to_owned(), money(2_100))],
            due: money(105_000),
        }],
        shipping: Some(money(1_000)),
        freight: None,
        total: money(106_000),
    })
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let page = || ApprovePage {
        layout: Layout {
            here: "/desk/refunds/approve/SO-1001-R1".to_owned(),
            ..layout(&w::approve_title(layout(""), "SO-1001-R1"))
        },
        faults: Faults::default(),
        once: "0".to_owned(),
        case: "SO-1001-R1".to_owned(),
        order: "SO-1001".to_owned(),
        units: Vec::new(),
        shipping_left: None,
        shipping: String::new(),
        freights: Vec::new(),
        not_before: None,
        due_by: Some(jiff::civil::date(2026, 3, 16)),
        early: String::new(),
        bill: None,
        pieces: Vec::new(),
        uncovered: None,
        seen: String::new(),
        may_release: true,
    };
    let Some(bill) = sample_bill() else { return Vec::new() };
    let total = bill.total;
    let mut full = page();
    full.units = vec![Choice {
        unit: "L1#1".to_owned(),
        name: "QSFP28-100G-SR4 · S1".to_owned(),
        is_chosen: true,
        deductions: vec![Kept {
            field: "keep-0-0".to_owned(),
            clause: "fee.restock".to_owned(),
            most: total,
            amount: "21.00".to_owned(),
            freight: String::new(),
        }],
    }];
    full.shipping_left = Some(total);
    full.freights = vec![("F1".to_owned(), "F1 · 12.00 EUR".to_owned())];
    full.not_before = Some(jiff::civil::date(2026, 3, 13));
    full.bill = Some(bill);
    full.pieces = vec![("P1".to_owned(), total)];
    full.faults.add("early", w::approve_early_missing(layout("")));
    vec![sample("console-approve", &full), sample("console-approve-none", &page())]
}
