//! A search for facts that meet goals: attributes are decided one after the other, and a branch is left as soon as a goal fails.
//!
//! What is undecided is *open* in the view, and the engine's three-valued evaluation tells whether a goal can still be met.

use std::collections::BTreeMap;

use super::candidates::{self, Candidate};
use super::example;
use crate::facts::Zone;
use crate::policy::condition::{Attributes, Condition, Truth};
use crate::policy::rule::Policy;
use crate::policy::view::{Seen, View};
use crate::policy::vocabulary::Attribute;
use crate::words::{Cause, Word};

/// How many steps one search takes before it gives up.
const STEPS_MAX: u32 = 100_000;

/// What the facts must do.
pub(super) enum Goal<'c> {
    /// The condition holds.
    Holds(&'c Condition),
    /// One of the conditions holds.
    AnyHolds(Vec<&'c Condition>),
    /// The condition does not hold.
    Fails(&'c Condition),
    /// The attribute is the word of that index.
    Is(Attribute, u8),
    /// The reading at that place applies.
    Reads(usize),
}

/// What a search comes to.
pub(super) enum Found {
    /// Facts that meet the goals, as JSON.
    Example(String),
    /// No facts meet them, of all that were tried.
    Nothing,
    /// It took too long.
    GaveUp,
}

/// A search over the facts of one policy.
pub(super) struct Search<'p> {
    policy: &'p Policy,
    candidates: BTreeMap<Attribute, Vec<Candidate>>,
    zone: Option<Zone>,
}

/// The attributes that follow from others, and from which.
const INSPECTION: [Attribute; 4] = [
    Attribute::FoundCondition,
    Attribute::FaultFound,
    Attribute::Findings,
    Attribute::FaultyComponents,
];

impl<'p> Search<'p> {
    pub(super) fn new(policy: &'p Policy) -> Self {
        Self { policy, candidates: candidates::of(policy), zone: Zone::get("UTC") }
    }

    /// Facts that meet all goals.
    pub(super) fn find(&self, goals: &[Goal<'_>]) -> Found {
        let Some(zone) = &self.zone else { return Found::GaveUp };
        let policy = self.policy;
        let view = View::open(&policy.vocabulary, zone, &policy.zone, &policy.calendar);
        let mut run = Run {
            search: self,
            goals,
            order: self.order(goals),
            steps: 0,
            chosen: BTreeMap::new(),
        };
        match run.decide(view, 0) {
            Some(true) => Found::Example(example::json(policy, &run.chosen, &self.candidates)),
            Some(false) => Found::Nothing,
            None => Found::GaveUp,
        }
    }

    /// The attributes to decide: those that the goals read, the first goals' first.
    fn order(&self, goals: &[Goal<'_>]) -> Vec<Attribute> {
        let mut order = Vec::new();
        let firm =
            |goal: &&Goal<'_>| matches!(goal, Goal::Holds(_) | Goal::Is(..) | Goal::Reads(_));
        for goal in goals.iter().filter(firm).chain(goals.iter().filter(|goal| !firm(goal))) {
            match goal {
                Goal::Holds(condition) | Goal::Fails(condition) => self.note(condition, &mut order),
                Goal::AnyHolds(conditions) => {
                    for condition in conditions {
                        self.note(condition, &mut order);
                    }
                }
                Goal::Is(attribute, _) => self.push(*attribute, &mut order),
                Goal::Reads(_) => self.push(Attribute::Cause, &mut order),
            }
        }
        order
    }

    fn note(&self, condition: &Condition, order: &mut Vec<Attribute>) {
        condition.for_each_test(&mut |test| {
            let (one, two) = test.reads();
            self.push(one, order);
            if let Some(two) = two {
                self.push(two, order);
            }
        });
    }

    /// Adds an attribute, or those it follows from.
    fn push(&self, attribute: Attribute, order: &mut Vec<Attribute>) {
        match attribute {
            Attribute::Cause if !order.contains(&Attribute::Cause) => {
                // Kept as a mark that the readings have been noted, and skipped when deciding.
                order.push(Attribute::Cause);
                self.push(Attribute::ClaimCause, order);
                self.policy.readings.iter().for_each(|reading| self.note(&reading.when, order));
            }
            Attribute::Condition => {
                self.push(Attribute::ClaimCondition, order);
                self.push(Attribute::FoundCondition, order);
            }
            Attribute::Inspected => self.push(Attribute::Findings, order),
            Attribute::ClaimComponents | Attribute::FaultyComponents
                if !order.contains(&attribute) =>
            {
                self.push(Attribute::LineComponents, order);
                order.push(attribute);
            }
            Attribute::ClaimQuantity if !order.contains(&attribute) => {
                order.push(attribute);
                self.push(Attribute::LineQuantity, order);
            }
            other if !order.contains(&other) => order.push(other),
            _ => {}
        }
    }
}

struct Run<'s, 'p, 'g> {
    search: &'s Search<'p>,
    goals: &'g [Goal<'g>],
    order: Vec<Attribute>,
    steps: u32,
    chosen: BTreeMap<Attribute, &'s Candidate>,
}

impl<'s> Run<'s, '_, '_> {
    /// Decides the attributes from that place on; `None` when out of steps.
    fn decide(&mut self, view: View<'s>, place: usize) -> Option<bool> {
        self.steps = self.steps.saturating_add(1);
        if self.steps > STEPS_MAX {
            return None;
        }
        match self.judge(&view) {
            Truth::No => return Some(false),
            // What is still open may take any value: evaluation never takes a yes back.
            Truth::Yes => return Some(true),
            Truth::Unknown(_) => {}
        }
        let Some(attribute) = self.order.get(place).copied() else { return Some(false) };
        let next = place.saturating_add(1);
        let search = self.search;
        let Some(candidates) =
            search.candidates.get(&attribute).filter(|_| attribute != Attribute::Cause)
        else {
            return self.decide(view, next);
        };
        for candidate in candidates {
            self.chosen.insert(attribute, candidate);
            if self.is_consistent() {
                let mut view = view.clone();
                view.set(attribute, candidate.seen());
                match self.decide(view, next) {
                    Some(false) => {}
                    decided => return decided,
                }
            }
        }
        self.chosen.remove(&attribute);
        Some(false)
    }

    /// What all goals together come to: *no* as soon as one cannot be met any more.
    fn judge(&self, view: &View<'s>) -> Truth {
        let mut view = view.clone();
        self.derive(&mut view, usize::MAX);
        let mut together = Truth::Yes;
        for goal in self.goals {
            let truth = match goal {
                Goal::Holds(condition) => met(condition.eval(&view), true),
                Goal::Fails(condition) => met(condition.eval(&view), false),
                Goal::AnyHolds(conditions) => {
                    let mut any = Truth::No;
                    for condition in conditions {
                        match met(condition.eval(&view), true) {
                            Truth::Yes => any = Truth::Yes,
                            Truth::Unknown(open) if any == Truth::No => any = Truth::Unknown(open),
                            _ => {}
                        }
                    }
                    any
                }
                Goal::Is(attribute, word) => match view.get(*attribute) {
                    Seen::Open => Truth::Unknown(Attributes::OPEN),
                    seen => Truth::from(seen == Seen::Word(*word)),
                },
                Goal::Reads(place) => self.reads(&view, *place),
            };
            match truth {
                Truth::No => return Truth::No,
                Truth::Unknown(open) => together = Truth::Unknown(open),
                Truth::Yes => {}
            }
        }
        together
    }

    fn reads(&self, view: &View<'s>, place: usize) -> Truth {
        let mut view = view.clone();
        let reading = self.search.policy.readings.get(place);
        self.derive(&mut view, place);
        reading.map_or(Truth::No, |reading| met(reading.when.eval(&view), true))
    }

    /// Sets the attributes that follow from others; the cause by the readings before that place.
    fn derive(&self, view: &mut View<'s>, readings: usize) {
        let worse = match (view.get(Attribute::ClaimCondition), view.get(Attribute::FoundCondition))
        {
            (Seen::Word(claimed), Seen::Word(found)) => Seen::Word(claimed.max(found)),
            (claimed, Seen::Absent) => claimed,
            _ => Seen::Open,
        };
        view.set(Attribute::Condition, worse);
        view.set(
            Attribute::Inspected,
            match view.get(Attribute::Findings) {
                Seen::Open => Seen::Open,
                Seen::Absent => Seen::Flag(false),
                _ => Seen::Flag(true),
            },
        );
        view.set(Attribute::Cause, view.get(Attribute::ClaimCause));
        for reading in self.search.policy.readings.iter().take(readings) {
            match reading.when.eval(view) {
                Truth::Yes => view.set(Attribute::Cause, Seen::Word(reading.becomes.index())),
                Truth::Unknown(missing) if missing.meets(Attributes::OPEN) => {
                    view.set(Attribute::Cause, Seen::Open);
                    return;
                }
                _ => {}
            }
        }
    }

    /// Whether what is chosen so far can be facts at all.
    fn is_consistent(&self) -> bool {
        let chosen = |attribute: Attribute| self.chosen.get(&attribute).copied();
        let inspected = INSPECTION.into_iter().filter_map(chosen).any(|c| *c != Candidate::Absent);
        let never_arrived =
            chosen(Attribute::ClaimCause) == Some(&Candidate::Word(Cause::Missing.index()));
        let not_inspected = chosen(Attribute::Findings) == Some(&Candidate::Absent);
        let names_within = |part: Attribute| match (chosen(part), chosen(Attribute::LineComponents))
        {
            (Some(Candidate::Names(part)), Some(Candidate::Names(all))) => {
                part.iter().all(|name| all.contains(name))
            }
            _ => true,
        };
        let quantity_within =
            match (chosen(Attribute::ClaimQuantity), chosen(Attribute::LineQuantity)) {
                (Some(Candidate::Integer(claimed)), Some(Candidate::Integer(sold))) => {
                    claimed <= sold
                }
                _ => true,
            };
        !(inspected && (never_arrived || not_inspected))
            && quantity_within
            && names_within(Attribute::ClaimComponents)
            && names_within(Attribute::FaultyComponents)
    }
}

/// Whether a condition is as it must be: open is undecided, and what nobody knows does not hold.
fn met(truth: Truth, must_hold: bool) -> Truth {
    match truth {
        Truth::Unknown(missing) if missing.meets(Attributes::OPEN) => Truth::Unknown(missing),
        truth => Truth::from((truth == Truth::Yes) == must_hold),
    }
}
