//! The papers of a case as PDF: the slip that goes on the parcel, how to pack, and the receipt of a withdrawal.

use axum::extract::{Path, State};
use backhaul_core::ledger::{CaseId, UnitId};
use backhaul_paper::{Clause, Merchant, Packing, PaperError, Slip, Unit, Withdrawal};

use super::case_view::CaseOf;
use super::{order_of, picture, said, withdraw};
use crate::Service;
use crate::pages::{Answer, Page, PageFault, Reader, Visit};

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get("/case/{case}/slip.pdf", Reader::Buyer, slip),
        Page::get("/case/{case}/packing.pdf", Reader::Buyer, packing),
        Page::get("/case/{case}/receipt.pdf", Reader::Buyer, receipt),
    ]
}

/// The merchant as papers name it.
pub(super) fn merchant(visit: &Visit) -> Merchant {
    let merchant = &visit.merchant;
    Merchant { name: merchant.name.clone(), return_address: merchant.return_address.clone() }
}

/// Units as papers list them: one line a serial, and one for all that have none.
pub(super) fn listed(view: &backhaul_app::OrderView, units: &[UnitId]) -> Vec<Unit> {
    let (order, ledger) = (&view.order, &view.ledger);
    let mut listed: Vec<Unit> = Vec::new();
    for unit in units {
        let line = order.line(&unit.line);
        let sku = line.map_or("", |line| line.sku.as_str());
        let article = match &unit.component {
            Some(component) => format!("{sku} · {component}"),
            None => sku.to_owned(),
        };
        let serial = ledger.serial(order, unit).map(ToString::to_string);
        let contents = match (&unit.component, line) {
            (None, Some(line)) => {
                line.components.iter().map(|part| part.name.to_string()).collect()
            }
            _ => Vec::new(),
        };
        let alike = listed
            .iter_mut()
            .find(|known| known.serial.is_none() && serial.is_none() && known.article == article);
        match alike {
            Some(known) => known.pieces = known.pieces.saturating_add(1),
            None => listed.push(Unit { article, serial, pieces: 1, contents }),
        }
    }
    listed
}

/// Which paper of a case.
#[derive(Clone, Copy)]
enum Paper {
    Slip,
    Packing,
}

async fn slip(state: State<Service>, visit: Visit, Path(case): Path<String>) -> Answer {
    paper(&state, &visit, &case, Paper::Slip).await
}

async fn packing(state: State<Service>, visit: Visit, Path(case): Path<String>) -> Answer {
    paper(&state, &visit, &case, Paper::Packing).await
}

async fn paper(service: &Service, visit: &Visit, case: &str, paper: Paper) -> Answer {
    let (view, policy) = order_of(service, visit).await?;
    let id = CaseId::new(case).map_err(|_| PageFault::NotFound)?;
    let case = view.ledger.cases.get(&id).ok_or(PageFault::NotFound)?;
    let language = visit.language;
    let of = CaseOf { language, view: &view, policy: &policy, id: &id, case };
    let units = of.to_send();
    let claims: Vec<_> = units.iter().filter_map(|unit| case.claims.get(unit)).collect();
    let authorised = claims.iter().filter_map(|claim| claim.authorised.as_ref());
    let send_by =
        authorised.map(|authorised| authorised.expires_on).min().ok_or(PageFault::NotFound)?;
    let made: Result<Vec<u8>, PaperError> = match paper {
        Paper::Slip => {
            let mut cited: Vec<Clause> = Vec::new();
            for id in claims.iter().flat_map(|claim| &claim.judged.decision.clauses) {
                let said = said::clause(&policy, id, language);
                if !cited.iter().any(|known| known.id == said.id) {
                    cited.push(Clause { id: said.id, words: said.words });
                }
            }
            let link = visit.merchant.public_url.as_str();
            let link = (!link.is_empty()).then(|| format!("{link}{}", super::case::path(&id)));
            Slip {
                language,
                merchant: merchant(visit),
                case: id.to_string(),
                order: view.order.number.clone(),
                link,
                units: listed(&view, &units),
                freight: claims.iter().find_map(|claim| claim.freight().r#return),
                send_by,
                clauses: cited,
            }
            .pdf()
        }
        Paper::Packing => Packing {
            language,
            merchant: merchant(visit),
            case: id.to_string(),
            send_by,
            units: listed(&view, &units),
        }
        .pdf(),
    };
    let name = match paper {
        Paper::Slip => "slip",
        Paper::Packing => "packing",
    };
    sent(made, name)
}

async fn receipt(State(service): State<Service>, visit: Visit, Path(case): Path<String>) -> Answer {
    let (view, _) = order_of(&service, &visit).await?;
    let id = CaseId::new(&case).map_err(|_| PageFault::NotFound)?;
    let case = view.ledger.cases.get(&id).ok_or(PageFault::NotFound)?;
    if !withdraw::is_withdrawal(&view, &id) {
        return Err(PageFault::NotFound);
    }
    let buyer = service.app.buyer(&view.order.number).await.ok().flatten();
    let stated = service.app.conversation(&view.order.number, &id).await?;
    let words =
        stated.into_iter().find(|said| said.said_as == backhaul_app::conversation::SaidAs::Report);
    let units: Vec<UnitId> = case.claims.keys().cloned().collect();
    let email = buyer.as_ref().and_then(|buyer| buyer.email());
    let made = Withdrawal {
        language: visit.language,
        merchant: merchant(&visit),
        order: view.order.number.clone(),
        case: Some(id.to_string()),
        buyer: buyer.as_ref().and_then(|buyer| buyer.name().map(str::to_owned)),
        email: email.map(|email| email.as_str().to_owned()).unwrap_or_default(),
        received_at: case.opened_at,
        zone: visit.zone.clone(),
        units: listed(&view, &units),
        words: words.and_then(|said| said.words),
    }
    .pdf();
    sent(made, "withdrawal")
}

fn sent(made: Result<Vec<u8>, PaperError>, name: &str) -> Answer {
    let bytes = made.map_err(|error| PageFault::mistake(&error))?;
    let shown = format!("inline; filename=\"{name}.pdf\"");
    Ok(picture::guarded(bytes, "application/pdf", &shown))
}
