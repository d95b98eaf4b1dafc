//! Three cases about three units, a dock that scans what comes, in any order and again, an inspection that may find either,
//! and what leaves: refunds and replacements. The dock keeps its own notes.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use backhaul_core::ledger::command::{Answer, CancelClaims, SendBackUnit};
use backhaul_core::ledger::{Command, Disposal, Event, Guard, Ledger};
use backhaul_core::words::{Cause, Finding, Remedy};
use stateright::{Model, Property};

use super::ask;
use crate::book::Book;
use crate::world::{
    Story, allocate, answer, approve, authorise, dispose, id, inspect, open, overrule, receive,
    scanned, ship, submit, unit, units,
};

/// The unit of cases `A` (faulty) and `B` (missing); that of case `C`; and a power supply, of case `C` too.
const FIRST: &str = "L1#1";
const SECOND: &str = "L1#2";
const SUPPLY: &str = "L3#1/PSU-A";

pub(super) struct Dock {
    off: Option<Guard>,
    story: Story,
}

#[derive(Clone, Debug)]
pub(super) struct World {
    ledger: Ledger,
    notes: BTreeMap<&'static str, Notes>,
    /// What the book says of the events; it follows from the ledger and is not part of the state.
    book: Book,
    broken: bool,
}

/// What people saw of one unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Notes {
    scans: u8,
    shelf: u8,
    is_good: Option<bool>,
    paid_for_return: bool,
    paid: u8,
    sent: u8,
    sent_unduly: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Open(&'static str),
    Authorise(&'static str, &'static str),
    Cancel(&'static str),
    Scan(&'static str),
    Inspect(&'static str, bool),
    /// A person grants what the inspection spoke against.
    Overrule(&'static str),
    Restock(&'static str),
    SendBack(&'static str),
    Approve(&'static str, &'static str),
    /// The refund's first piece is sent, and settles.
    Pay(&'static str),
    Allocate(&'static str),
    Ship(&'static str),
}

impl PartialEq for World {
    fn eq(&self, other: &Self) -> bool {
        (&self.ledger, &self.notes, self.broken) == (&other.ledger, &other.notes, other.broken)
    }
}

impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.notes, self.broken).hash(state);
        (&self.ledger.goods, &self.ledger.refunds, &self.ledger.replacements).hash(state);
        // Facts and decisions follow from what was found, which is in the notes.
        for (case, unit, claim) in self.ledger.claims() {
            (case, unit, claim.standing, claim.authorised.is_some(), &claim.remedy).hash(state);
            (claim.received.is_some(), claim.inspected, claim.sent_back).hash(state);
            claim.overruled.hash(state);
        }
    }
}

impl Dock {
    pub(super) fn new(off: Option<Guard>) -> Self {
        Self { off, story: Story::new() }
    }

    fn commands(world: &World, act: &Act) -> Vec<Command> {
        match act {
            Act::Open("A") => vec![open("A", &[FIRST], Cause::Quality, Remedy::Refund).into()],
            Act::Open("B") => vec![open("B", &[FIRST], Cause::Missing, Remedy::Refund).into()],
            Act::Open(_) => {
                vec![open("C", &[SECOND, SUPPLY], Cause::Quality, Remedy::Replacement).into()]
            }
            Act::Authorise(case, name) => vec![authorise(case, &[name]).into()],
            Act::Cancel(case) => {
                let units = units(&[FIRST]);
                vec![CancelClaims { case: id(case), units, reason: None }.into()]
            }
            Act::Scan(name) => {
                let parcel = format!("{name} {}", world.notes[name].scans);
                vec![receive(&parcel, None, vec![scanned(serial(name))]).into()]
            }
            Act::Inspect(name, is_good) => vec![inspection(name, *is_good)],
            Act::Overrule(name) => {
                vec![overrule(case_of(name), name, true, "exclude.law").into()]
            }
            Act::Restock(name) => vec![dispose(case_of(name), name, Disposal::Restock).into()],
            Act::SendBack(name) => {
                let (case, unit) = (id(case_of(name)), unit(name));
                vec![SendBackUnit { case, unit, tracking: None }.into()]
            }
            Act::Approve(case, name) => {
                let mut command = approve(case, &[name], case);
                command.early = Some(id("reason"));
                vec![command.into()]
            }
            Act::Pay(refund) => {
                vec![submit(refund, 1).into(), answer(refund, 1, Answer::Settled).into()]
            }
            Act::Allocate(name) => vec![allocate("C", name, Some(&format!("new {name}"))).into()],
            Act::Ship(name) => vec![ship("C", name).into()],
        }
    }
}

fn case_of(name: &str) -> &'static str {
    if name == FIRST { "A" } else { "C" }
}

fn serial(name: &str) -> &'static str {
    match name {
        FIRST => "S1",
        SECOND => "S2",
        _ => "PA1",
    }
}

/// Bad is what must not be paid or replaced: misused, or a sound part.
fn inspection(name: &str, is_good: bool) -> Command {
    let mut command = inspect(case_of(name), name);
    if name == SUPPLY {
        command.fault_found = None;
        command.faulty_components = Some(vec![id(if is_good { "PSU-A" } else { "PSU-B" })]);
    } else if !is_good {
        command.findings = vec![Finding::Liquid];
    }
    command.into()
}

impl Model for Dock {
    type State = World;
    type Action = Act;

    fn init_states(&self) -> Vec<World> {
        let notes = [FIRST, SECOND, SUPPLY].map(|name| (name, Notes::default()));
        let (ledger, book) = (Ledger::default(), Book::default());
        vec![World { ledger, notes: notes.into(), book, broken: false }]
    }

    fn actions(&self, world: &World, acts: &mut Vec<Act>) {
        acts.extend(["A", "B", "C"].map(Act::Open));
        acts.extend(["A", "B"].map(|case| Act::Authorise(case, FIRST)));
        acts.push(Act::Cancel("B"));
        acts.extend(["A", "B"].map(|case| Act::Approve(case, FIRST)));
        acts.extend(["A", "B"].map(Act::Pay));
        acts.extend([SECOND, SUPPLY].map(|name| Act::Authorise("C", name)));
        for name in [SECOND, SUPPLY] {
            acts.extend([Act::Allocate(name), Act::Ship(name)]);
        }
        for (name, notes) in &world.notes {
            // One unit is scanned a second time: the others would only multiply what is seen with it.
            if notes.scans < if *name == FIRST { 2 } else { 1 } {
                acts.push(Act::Scan(name));
            }
            acts.extend([Act::Inspect(name, true), Act::Inspect(name, false)]);
            if *name == SUPPLY {
                acts.push(Act::Overrule(name));
            } else {
                acts.extend([Act::Restock(name), Act::SendBack(name)]);
            }
        }
    }

    fn next_state(&self, world: &World, act: Act) -> Option<World> {
        let mut next = world.clone();
        for command in Self::commands(world, &act) {
            for event in ask(&self.story, &next.ledger, self.off, command)? {
                next.ledger.apply(&event);
                next.broken |= next.book.take(&self.story.order, &event).is_err();
                note(&mut next.notes, &event);
            }
        }
        match act {
            Act::Scan(name) => next.notes.get_mut(name)?.scans += 1,
            Act::Inspect(name, is_good) => next.notes.get_mut(name)?.is_good = Some(is_good),
            Act::Pay(case) => {
                let notes = next.notes.get_mut(FIRST)?;
                notes.paid += 1;
                notes.paid_for_return |= case == "A";
            }
            Act::Ship(name) => {
                let notes = next.notes.get_mut(name)?;
                notes.sent += 1;
                notes.sent_unduly |= notes.scans == 0 || notes.is_good == Some(false);
            }
            _ => {}
        }
        Some(next)
    }

    /// Once a guard is off, some things could go on for ever.
    fn within_boundary(&self, world: &World) -> bool {
        world.notes.values().all(|notes| notes.shelf <= 2)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("the book adds up", |_, world: &World| !world.broken),
            Property::always("money leaves for goods that came", |_, world: &World| {
                let notes = &world.notes[FIRST];
                let came = notes.scans > 0 || !notes.paid_for_return;
                notes.paid <= 1 && came
            }),
            Property::always(
                "replacements leave for faulty goods that came",
                |_, world: &World| {
                    world.notes.values().all(|notes| notes.sent <= 1 && !notes.sent_unduly)
                },
            ),
            Property::always("a shelf holds each unit once", |_, world: &World| {
                world.notes.values().all(|notes| notes.shelf <= 1)
            }),
            Property::sometimes(
                "some way ends in stock, a refund and two replacements",
                |_, world: &World| {
                    let notes = &world.notes;
                    notes[FIRST].shelf == 1
                        && notes[FIRST].paid == 1
                        && notes[SECOND].sent + notes[SUPPLY].sent == 2
                },
            ),
        ]
    }
}

fn note(notes: &mut BTreeMap<&'static str, Notes>, event: &Event) {
    if let Event::UnitDisposed { unit, disposal: Disposal::Restock, .. } = event
        && let Some(notes) = notes.get_mut(unit.to_string().as_str())
    {
        notes.shelf += 1;
    }
}
