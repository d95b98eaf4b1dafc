//! Open a case: every unit is free, and the engine judges each claim.

use std::collections::BTreeSet;

use super::desk::{Desk, refuse, too_many};
use crate::facts::{ClaimFacts, Facts, LineFacts, OrderFacts};
use crate::ledger::command::{ClaimRequest, OpenCase};
use crate::ledger::event::Event;
use crate::ledger::id::{CaseId, UnitId};
use crate::ledger::limits::{
    CASES_MAX, CLAIMS_PER_CASE_MAX, EVIDENCE_PER_CLAIM_MAX, OWN_FACTS_MAX, PLATFORM_CHARS_MAX,
};
use crate::ledger::order::{Line, Order};
use crate::ledger::refusal::{Refusal, RefusalCode};

pub(super) fn open_case(desk: &mut Desk<'_>, command: &OpenCase) -> Result<(), Refusal> {
    let case = &command.case;
    if desk.ledger().cases.contains_key(case) {
        return Err(refuse(RefusalCode::CaseExists, format!("there is a case {case:?} already")));
    }
    check_limits(desk, command)?;
    if command.reported_at > desk.context.now {
        return Err(refuse(RefusalCode::ReportedAt, "the report lies in the future"));
    }
    if command.reported_at < desk.context.order.placed_at {
        return Err(refuse(RefusalCode::ReportedAt, "the report is older than the order"));
    }
    desk.record(Event::CaseOpened {
        case: case.clone(),
        at: desk.context.now,
        order_version: desk.context.order.version,
        text: command.text.clone(),
    });
    for request in &command.claims {
        claim_units(desk, command, request)?;
    }
    Ok(())
}

fn check_limits(desk: &Desk<'_>, command: &OpenCase) -> Result<(), Refusal> {
    if desk.ledger().cases.len() >= CASES_MAX {
        return Err(too_many("cases of one order", CASES_MAX));
    }
    let units: Vec<UnitId> =
        command.claims.iter().flat_map(|request| &request.units).cloned().collect();
    Desk::some_units(&units)?;
    if units.len() > CLAIMS_PER_CASE_MAX {
        return Err(too_many("claims of one case", CLAIMS_PER_CASE_MAX));
    }
    for request in &command.claims {
        if request.evidence.len() > usize::from(EVIDENCE_PER_CLAIM_MAX) {
            return Err(too_many("files of evidence for one claim", EVIDENCE_PER_CLAIM_MAX));
        }
        if request.facts.len() > OWN_FACTS_MAX {
            return Err(too_many("facts of the policy's own", OWN_FACTS_MAX));
        }
    }
    Ok(())
}

fn claim_units(
    desk: &mut Desk<'_>,
    command: &OpenCase,
    request: &ClaimRequest,
) -> Result<(), Refusal> {
    Desk::some_units(&request.units)?;
    let platform = platform(request.platform.as_deref())?;
    for unit in &request.units {
        if request.units.first().map(|first| &first.line) != Some(&unit.line) {
            let message = "the units of one request are of one line: make a request for each line";
            return Err(refuse(RefusalCode::UnitsOfOneLine, message));
        }
        desk.require_free(unit, None)?;
        let facts = facts(desk.context.order, command, request, unit, platform.clone())?;
        desk.judge_first(&command.case, unit, facts)?;
    }
    for evidence in &request.evidence {
        desk.record(Event::EvidenceAdded {
            case: command.case.clone(),
            units: request.units.clone(),
            slot: evidence.slot.clone(),
            file: evidence.file.clone(),
        });
    }
    Ok(())
}

/// Text that is blank counts as not given.
pub(super) fn platform(text: Option<&str>) -> Result<Option<String>, Refusal> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > PLATFORM_CHARS_MAX) {
        return Err(too_many("characters in the name of a platform", PLATFORM_CHARS_MAX));
    }
    Ok(text.map(str::to_owned))
}

fn facts(
    order: &Order,
    command: &OpenCase,
    request: &ClaimRequest,
    unit: &UnitId,
    platform: Option<String>,
) -> Result<Facts, Refusal> {
    let unknown = || refuse(RefusalCode::UnitUnknown, format!("the order has no unit {unit}"));
    let line = order.line(&unit.line).ok_or_else(unknown)?;
    let evidence: BTreeSet<String> =
        request.evidence.iter().map(|evidence| evidence.slot.as_str().to_owned()).collect();
    let claim = ClaimFacts {
        cause: request.cause,
        remedy: request.remedy,
        quantity: i64::try_from(request.units.len()).unwrap_or(i64::MAX),
        components: unit.component.iter().map(|name| name.as_str().to_owned()).collect(),
        condition: request.condition,
        platform,
        reported_at: command.reported_at,
        evidence: evidence.into_iter().collect(),
        waived: Vec::new(),
    };
    Ok(Facts {
        id: facts_id(&command.case, unit),
        policy: None,
        order: order_facts(order),
        line: line_facts(line),
        claim,
        received_at: None,
        inspection: None,
        facts: request.facts.clone(),
    })
}

pub(super) fn facts_id(case: &CaseId, unit: &UnitId) -> String {
    format!("{case}/{unit}")
}

fn order_facts(order: &Order) -> OrderFacts {
    OrderFacts {
        number: order.number.clone(),
        placed_at: order.placed_at,
        signed_at: order.signed_at,
        time_zone: order.time_zone.clone(),
        country: order.country,
        voucher: order.voucher,
    }
}

fn line_facts(line: &Line) -> LineFacts {
    LineFacts {
        sku: line.sku.clone(),
        category: line.category.clone(),
        quantity: i64::from(line.quantity),
        sold_for: line.sold_for.clone(),
        declared_non_returnable: line.declared_non_returnable,
        components: line.components.iter().map(|part| part.name.as_str().to_owned()).collect(),
    }
}
