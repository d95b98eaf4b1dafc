//! A box on the table: what was scanned so far, what should be in it, and what the ledger would make of it. It is kept in the form
//! alone, so that nothing is booked before the box is.

use std::collections::BTreeSet;

use backhaul_app::{App, DoorError, OrderView, Who};
use backhaul_core::ledger::command::{Item, ReceiveParcel};
use backhaul_core::ledger::{
    ArrivedItem, CaseId, Component, Event, HeldReason, LineId, ParcelId, Serial, UnitId,
};

use crate::pages::form::Fields;

/// The most things that one form carries; the core has its own limit.
const SCANNED_MAX: usize = 400;

/// What was scanned so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Scanned {
    /// The number of the order, once anything told it.
    pub(super) order: String,
    /// The case whose slip was scanned.
    pub(super) case: Option<CaseId>,
    /// What goes into the receipt: what is awaited, and what is to be held.
    pub(super) serials: Vec<Serial>,
    /// What is asked about: it is not awaited, and nobody said yet that it is in the box.
    pub(super) asked: Vec<Serial>,
    /// How many of each kind of goods without serials, by the name of its field.
    pub(super) counts: Vec<(String, u32)>,
}

impl Scanned {
    /// What the form carries.
    pub(super) fn of(fields: &Fields) -> Self {
        let serials = |name: &'static str| -> Vec<Serial> {
            let all = fields.all(name).filter_map(|text| Serial::new(text).ok());
            all.take(SCANNED_MAX).collect()
        };
        let count = |(name, value): (&str, &str)| {
            let is_count = name.starts_with(COUNT);
            let count = value.trim().parse().ok().filter(|count| *count > 0)?;
            is_count.then(|| (name.to_owned(), count))
        };
        Self {
            order: fields.text("order").to_owned(),
            case: fields.get("case").and_then(|case| CaseId::new(case).ok()),
            serials: serials("serial"),
            asked: serials("asked"),
            counts: fields.pairs().filter_map(count).collect(),
        }
    }

    /// Whether that serial was scanned.
    pub(super) fn has(&self, serial: &Serial) -> bool {
        self.serials.contains(serial) || self.asked.contains(serial)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.serials.is_empty() && self.asked.is_empty() && self.counts.is_empty()
    }
}

/// How the fields of counts begin.
const COUNT: &str = "count:";

/// Goods without serials of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Countable {
    pub(super) line: LineId,
    pub(super) component: Option<Component>,
    pub(super) sku: String,
    /// How many are awaited.
    pub(super) awaited: u32,
    /// How many were counted.
    pub(super) count: u32,
    /// How many of these would be held.
    pub(super) held: u32,
}

impl Countable {
    /// The name of its field.
    pub(super) fn field(&self) -> String {
        match &self.component {
            Some(component) => format!("{COUNT}{}:{component}", self.line),
            None => format!("{COUNT}{}", self.line),
        }
    }
}

/// A unit that should be in the box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) unit: UnitId,
    pub(super) serial: Option<Serial>,
    pub(super) sku: String,
    /// The parts that one unit is made of.
    pub(super) contents: Vec<String>,
    pub(super) is_here: bool,
}

/// Something that was scanned and is not awaited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Odd {
    pub(super) serial: Serial,
    pub(super) why: HeldReason,
}

/// The box.
#[derive(Clone, Debug, Default)]
pub(super) struct Parcel {
    pub(super) expected: Vec<Expected>,
    pub(super) countable: Vec<Countable>,
    /// What will be held, as somebody said.
    pub(super) held: Vec<Odd>,
    /// What is asked about.
    pub(super) asked: Vec<Odd>,
}

impl Parcel {
    /// Whether everything with a serial that should be in the box was scanned, and there is nothing to count or to ask about: then the
    /// last scan books it in.
    pub(super) fn is_complete(&self) -> bool {
        let is_counted = self.countable.iter().all(|kind| kind.awaited == 0 && kind.count == 0);
        let all_here = self.expected.iter().all(|unit| unit.is_here);
        !self.expected.is_empty() && all_here && is_counted && self.asked.is_empty()
    }

    /// Whether more was counted than is awaited.
    pub(super) fn is_over(&self) -> bool {
        self.countable.iter().any(|kind| kind.held > 0)
    }

    pub(super) fn here(&self) -> usize {
        self.expected.iter().filter(|unit| unit.is_here).count()
    }
}

/// Looks into the box: what the ledger would do with each thing in it, by the rules of the core alone.
///
/// # Errors
/// [`DoorError`].
pub(super) fn look(
    app: &App,
    who: &Who,
    view: &OrderView,
    scanned: &Scanned,
) -> Result<Parcel, DoorError> {
    let mut countable = countable(view, scanned);
    let all: Vec<_> = scanned.serials.iter().chain(&scanned.asked).cloned().collect();
    let items = items(&all, &countable);
    let events = if items.is_empty() {
        Vec::new()
    } else {
        // Of a preview nothing is kept, and so no name is taken.
        match ParcelId::new("preview") {
            Ok(parcel) => {
                let command = ReceiveParcel { parcel, case: scanned.case.clone(), items };
                app.preview(who, view, &command.into())?
            }
            Err(_) => Vec::new(),
        }
    };
    let mut here = BTreeSet::new();
    let mut odd = Vec::new();
    for event in &events {
        match event {
            Event::UnitReceived { unit, .. } => {
                here.insert(unit.clone());
            }
            Event::ArrivalHeld { item: ArrivedItem::Serial { serial }, why, .. } => {
                odd.push(Odd { serial: serial.clone(), why: *why });
            }
            Event::ArrivalHeld { item: ArrivedItem::Counted { line, component }, .. } => {
                let mut kinds = countable.iter_mut();
                if let Some(kind) =
                    kinds.find(|kind| kind.line == *line && kind.component == *component)
                {
                    kind.held = kind.held.saturating_add(1);
                }
            }
            _ => {}
        }
    }
    let (asked, held) = odd.into_iter().partition(|odd| scanned.asked.contains(&odd.serial));
    let expected = expected(view, scanned, &here);
    Ok(Parcel { expected, countable, held, asked })
}

/// What a receipt of all this says was in the box.
pub(super) fn items(serials: &[Serial], countable: &[Countable]) -> Vec<Item> {
    let serials = serials.iter().map(|serial| Item::Serial { serial: serial.clone() });
    let counted = countable.iter().filter(|kind| kind.count > 0).map(|kind| Item::Counted {
        line: kind.line.clone(),
        component: kind.component.clone(),
        count: kind.count,
    });
    serials.chain(counted).collect()
}

/// The announced parcel that these units came in, where all that are here were announced in one that is not booked in yet.
pub(super) fn announced(view: &OrderView, scanned: &Scanned, parcel: &Parcel) -> Option<ParcelId> {
    let case = view.ledger.cases.get(scanned.case.as_ref()?)?;
    let here = parcel.expected.iter().filter(|unit| unit.is_here || unit.serial.is_none());
    let mut names =
        here.map(|unit| case.claims.get(&unit.unit).and_then(|claim| claim.announced_in.clone()));
    let first = names.next()??;
    let known = view.ledger.parcels.get(&first)?;
    let is_its = known.announced_for == scanned.case && !known.is_received;
    (is_its && names.all(|name| name.as_ref() == Some(&first))).then_some(first)
}

fn expected(view: &OrderView, scanned: &Scanned, here: &BTreeSet<UnitId>) -> Vec<Expected> {
    let (order, ledger) = (&view.order, &view.ledger);
    let awaited = |case: &CaseId, unit: &UnitId| {
        let of_case = scanned.case.as_ref().is_none_or(|wanted| wanted == case);
        let claim = ledger.claim(case, unit);
        of_case && claim.is_some_and(|claim| ledger.is_awaited(unit, claim))
    };
    let has_serials = |unit: &UnitId| {
        let line = order.line(&unit.line);
        line.is_some_and(|line| line.has_serials(unit.component.as_ref()))
    };
    let claims = ledger.claims().filter(|(case, unit, _)| {
        // Without a slip only what was scanned is known to be meant.
        (has_serials(unit) && scanned.case.is_some() && awaited(case, unit)) || here.contains(*unit)
    });
    let shown = claims.filter(|(_, unit, claim)| has_serials(unit) && claim.received.is_none());
    let mut all: Vec<_> = shown
        .map(|(_, unit, _)| Expected {
            unit: unit.clone(),
            serial: ledger.serial(order, unit).cloned(),
            sku: order.line(&unit.line).map_or_else(String::new, |line| line.sku.clone()),
            contents: contents(view, unit),
            is_here: here.contains(unit),
        })
        .collect();
    narrow(view, scanned, &mut all);
    all
}

/// Of a case that was announced in several parcels, this box has what was announced in its own.
fn narrow(view: &OrderView, scanned: &Scanned, all: &mut Vec<Expected>) {
    let Some(case) = scanned.case.as_ref().and_then(|case| view.ledger.cases.get(case)) else {
        return;
    };
    let announced =
        |unit: &UnitId| case.claims.get(unit).and_then(|claim| claim.announced_in.clone());
    let here: BTreeSet<_> =
        all.iter().filter(|unit| unit.is_here).map(|unit| announced(&unit.unit)).collect();
    if let (1, Some(Some(parcel))) = (here.len(), here.first()) {
        all.retain(|unit| unit.is_here || announced(&unit.unit).as_ref() == Some(parcel));
    }
}

/// The parts that a whole unit is made of.
pub(super) fn contents(view: &OrderView, unit: &UnitId) -> Vec<String> {
    let line = view.order.line(&unit.line).filter(|_| unit.component.is_none());
    let parts = line.map(|line| line.components.iter());
    parts.into_iter().flatten().map(|part| part.name.to_string()).collect()
}

/// Every kind of goods without serials of which the case, or the order, awaits any, and those that were counted.
fn countable(view: &OrderView, scanned: &Scanned) -> Vec<Countable> {
    let mut kinds: Vec<Countable> = Vec::new();
    for (case, unit, claim) in view.ledger.claims() {
        let line = view.order.line(&unit.line);
        let Some(line) = line.filter(|line| !line.has_serials(unit.component.as_ref())) else {
            continue;
        };
        let is_of_case = scanned.case.as_ref().is_none_or(|wanted| wanted == case);
        if !is_of_case || !view.ledger.is_awaited(unit, claim) {
            continue;
        }
        let known =
            kinds.iter_mut().find(|kind| kind.line == line.id && kind.component == unit.component);
        match known {
            Some(kind) => kind.awaited = kind.awaited.saturating_add(1),
            None => kinds.push(Countable {
                line: line.id.clone(),
                component: unit.component.clone(),
                sku: line.sku.clone(),
                awaited: 1,
                count: 0,
                held: 0,
            }),
        }
    }
    for kind in &mut kinds {
        let field = kind.field();
        let counted = scanned.counts.iter().find(|(name, _)| *name == field);
        kind.count = counted.map_or(0, |(_, count)| *count);
    }
    kinds
}
