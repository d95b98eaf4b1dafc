//! What stands around a case: what else there was of its buyer, its serials and its order, its money and its parcels.

use backhaul_app::{BuyerError, BuyerHistory, NamedCase, Right};
use backhaul_core::ledger::{Ledger, Refund, Serial};
use backhaul_language::{format, terms, words as w};
use backhaul_store::case_index::CaseRow;

use super::queue::Row;
use super::{Found, case_href};
use crate::Service;
use crate::pages::layout::encoded;
use crate::pages::{PageFault, Visit};

/// Of how many serials the history is shown.
const SERIALS_SHOWN_MAX: usize = 20;

/// Another case of the same buyer, serial or order.
pub(super) struct Other {
    pub(super) case: String,
    pub(super) href: String,
    pub(super) said: String,
}

/// The other cases of a serial.
pub(super) struct OfSerial {
    pub(super) serial: String,
    pub(super) cases: Vec<Other>,
}

/// What else there was.
#[derive(Default)]
pub(super) struct History {
    pub(super) of_order: Vec<Other>,
    /// Only for those who may see buyers.
    pub(super) of_buyer: Vec<Other>,
    /// Whether the buyer has more cases than are shown.
    pub(super) is_cut: bool,
    pub(super) of_serials: Vec<OfSerial>,
}

/// A refund of the case.
pub(super) struct RefundShown {
    pub(super) id: String,
    pub(super) total: String,
    pub(super) said: String,
    /// Its page, for those who may see it.
    pub(super) href: Option<String>,
}

/// A parcel of the case.
pub(super) struct ParcelShown {
    pub(super) id: String,
    pub(super) is_received: bool,
}

fn other(visit: &Visit, row: &CaseRow) -> Other {
    let causes: Vec<_> = row.causes.iter().map(|cause| terms::cause(visit, *cause)).collect();
    let opened = format::date(visit, row.opened_at.to_zoned(visit.zone.clone()).date());
    let state = terms::state(visit, row.state);
    Other {
        said: w::case_history_line(visit, causes.join(", "), opened, state).into_owned(),
        href: case_href(&row.case),
        case: row.case.to_string(),
    }
}

/// The history of the order, the buyer and the serials of a case, without the case itself.
pub(super) async fn history(
    service: &Service,
    visit: &Visit,
    found: &Found,
    serials: &[Serial],
) -> Result<History, PageFault> {
    let number = &found.view.order.number;
    let mut history = History::default();
    let others = |rows: Vec<CaseRow>| {
        let rest = rows.into_iter().filter(|row| row.case != found.id);
        rest.map(|row| other(visit, &row)).collect::<Vec<_>>()
    };
    if visit.has(Right::ManageBuyers) {
        let BuyerHistory { cases, is_cut } =
            service.app.cases_of_buyer(number).await.map_err(|error| match error {
                BuyerError::Database(error) => error.into(),
                error => PageFault::mistake(&error),
            })?;
        history.of_buyer = others(cases);
        history.is_cut = is_cut;
    }
    for (id, case) in found.view.ledger.cases.iter().filter(|(id, _)| **id != found.id) {
        let state = terms::state(visit, found.view.ledger.case_state(case));
        history.of_order.push(Other {
            case: id.to_string(),
            href: case_href(id),
            said: state.into_owned(),
        });
    }
    for serial in serials.iter().take(SERIALS_SHOWN_MAX) {
        let cases = others(service.app.cases_of_serial(serial).await?);
        if !cases.is_empty() {
            history.of_serials.push(OfSerial { serial: serial.to_string(), cases });
        }
    }
    Ok(history)
}

/// The refunds of the case.
pub(super) fn refunds(visit: &Visit, found: &Found) -> Vec<RefundShown> {
    let ledger: &Ledger = &found.view.ledger;
    let may_look = visit.has(Right::ReadRefunds);
    let shown = |(id, refund): (&backhaul_core::ledger::RefundId, &Refund)| {
        let said = if refund.cancelled {
            w::refund_cancelled(visit)
        } else if refund.is_done() {
            w::case_refund_done(visit)
        } else {
            w::case_refund_under_way(visit)
        };
        let (case, name) = (encoded(refund.case.as_str()), encoded(id.as_str()));
        RefundShown {
            id: id.to_string(),
            total: format::money(visit, refund.bill.total),
            said: said.into_owned(),
            href: may_look.then(|| format!("/desk/refunds/case/{case}/{name}")),
        }
    };
    let own = ledger.refunds.iter().filter(|(_, refund)| refund.case == found.id);
    own.map(shown).collect()
}

/// The parcels that were announced for the case, or in which something of it came.
pub(super) fn parcels(found: &Found) -> Vec<ParcelShown> {
    let Ok(case) = found.case() else { return Vec::new() };
    let of_claim = |id| {
        case.claims.values().any(|claim| {
            claim.announced_in.as_ref() == Some(id)
                || claim.received.as_ref().is_some_and(|received| received.parcel == *id)
        })
    };
    let parcels = found.view.ledger.parcels.iter().filter(|(id, _)| of_claim(*id));
    let shown = parcels
        .map(|(id, parcel)| ParcelShown { id: id.to_string(), is_received: parcel.is_received });
    shown.collect()
}

/// Rows as the queue shows them.
pub(super) fn rows(visit: &Visit, named: Vec<NamedCase>) -> Vec<Row> {
    named.into_iter().map(|named| Row::of(visit, named)).collect()
}
