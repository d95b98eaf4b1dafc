//! Units in forms and in words.

use backhaul_core::ledger::{CaseId, Component, Ledger, Line, LineId, Order, UnitId};
use backhaul_language::{Speaks, words as w};
use form_urlencoded::byte_serialize;

/// A unit as a form names it: line, number and component, each so that it has no `:` in it.
pub(crate) fn value(unit: &UnitId) -> String {
    let plain = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let line = plain(unit.line.as_str());
    match &unit.component {
        Some(component) => format!("{line}:{}:{}", unit.number, plain(component.as_str())),
        None => format!("{line}:{}", unit.number),
    }
}

/// The unit that a form names, if the order has it, as of the generation that the buyer has.
pub(crate) fn parse(order: &Order, ledger: &Ledger, value: &str) -> Option<UnitId> {
    let mut parts = value.splitn(3, ':').map(|part| {
        // One pair without a value is one text.
        form_urlencoded::parse(part.as_bytes()).next().map(|(text, _)| text.into_owned())
    });
    let line = LineId::new(&parts.next()??).ok()?;
    let number = parts.next()??.parse().ok()?;
    let component = match parts.next() {
        Some(name) => Some(Component::new(&name?).ok()?),
        None => None,
    };
    let unit = UnitId { component, ..UnitId::whole(line, number) };
    let unit = unit.of_generation(ledger.generation(&unit));
    order.has_place(&unit).then_some(unit)
}

/// What a unit is called beside its line: its serial, or its number where there are several.
pub(crate) fn label(
    language: impl Speaks,
    order: &Order,
    ledger: &Ledger,
    unit: &UnitId,
) -> String {
    let serial = ledger.serial(order, unit).map(ToString::to_string);
    let whole = serial.unwrap_or_else(|| w::unit_number(language, unit.number).into_owned());
    match &unit.component {
        Some(component) => format!("{component} · {whole}"),
        None => whole,
    }
}

/// What a unit is called alone: the article, and which one.
pub(crate) fn name(language: impl Speaks, order: &Order, ledger: &Ledger, unit: &UnitId) -> String {
    let sku = order.line(&unit.line).map_or("", |line| line.sku.as_str());
    format!("{sku} · {}", label(language, order, ledger, unit))
}

/// The case that holds a unit, or any part of it.
pub(crate) fn live_case<'l>(ledger: &'l Ledger, unit: &UnitId) -> Option<&'l CaseId> {
    ledger.claims_on(unit).find(|(_, _, claim)| ledger.is_live(claim)).map(|(case, _, _)| case)
}

/// The last case in which a unit had its remedy.
pub(crate) fn spent_case<'l>(ledger: &'l Ledger, unit: &UnitId) -> Option<&'l CaseId> {
    let refunded = |claim: &backhaul_core::ledger::Claim| {
        matches!(claim.remedy, Some(backhaul_core::ledger::RemedyTaken::Refund(_)))
            || !ledger.goods(unit).is_away()
    };
    ledger.claims_on(unit).find(|(_, _, claim)| refunded(claim)).map(|(case, _, _)| case)
}

/// Every whole unit of a line, as of the generation that the buyer has.
pub(crate) fn of_line<'a>(line: &'a Line, ledger: &'a Ledger) -> impl Iterator<Item = UnitId> + 'a {
    (1..=line.quantity).map(|number| {
        let unit = UnitId::whole(line.id.clone(), number);
        let generation = ledger.generation(&unit);
        unit.of_generation(generation)
    })
}
