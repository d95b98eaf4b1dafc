//! Two people of finance and three units of an order, of which one person alone may let go two: who agreed to what?

use std::hash::{Hash, Hasher};

use backhaul_core::ledger::command::CancelRefund;
use backhaul_core::ledger::{Actor, Command, Context, Event, Guard, Ledger, decide};
use stateright::{Model, Property};

use crate::world::{POLICY, Story, approve, eur, id};

/// What two units come to, and a little more: three do not fit.
const ALONE_MINOR: i64 = 24_000;
const PEOPLE: [&str; 2] = ["finance-1", "finance-2"];
const UNITS: [&str; 3] = ["L1#1", "L1#2", "L1#3"];

pub(super) struct Eyes {
    off: Option<Guard>,
    story: Story,
}

/// The ledger, and a book of its own: who asked for which refund, and what one person alone has let go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct World {
    ledger: Ledger,
    asked: Vec<(&'static str, String)>,
    alone_minor: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Approve { by: &'static str, refund: String, units: Vec<&'static str> },
    Cancel { by: &'static str, refund: String },
}

impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.ledger.refunds, &self.ledger.proposals, &self.asked, self.alone_minor).hash(state);
    }
}

impl Eyes {
    pub(super) fn new(off: Option<Guard>) -> Self {
        let mut story = Story::new();
        story.due("A", &UNITS);
        Self { off, story }
    }
}

impl Model for Eyes {
    type State = World;
    type Action = Act;

    fn init_states(&self) -> Vec<World> {
        let ledger = self.story.ledger.clone();
        vec![World { ledger, asked: Vec::new(), alone_minor: 0 }]
    }

    fn actions(&self, _: &World, acts: &mut Vec<Act>) {
        for by in PEOPLE {
            for unit in UNITS {
                let refund = format!("R{}", &unit[3..]);
                acts.push(Act::Approve { by, refund: refund.clone(), units: vec![unit] });
                acts.push(Act::Cancel { by, refund });
            }
            let (refund, units) = ("RALL".to_owned(), UNITS.to_vec());
            acts.push(Act::Approve { by, refund: refund.clone(), units });
            acts.push(Act::Cancel { by, refund });
        }
    }

    fn next_state(&self, world: &World, act: Act) -> Option<World> {
        let (by, refund, command): (_, _, Command) = match act {
            Act::Approve { by, refund, units } => {
                let command = approve("A", &units, &refund).into();
                (by, refund, command)
            }
            Act::Cancel { by, refund } => {
                let command = CancelRefund { refund: id(&refund), reason: id("x") }.into();
                (by, refund, command)
            }
        };
        let actor = Actor::Staff { id: id(by), finance: true };
        let context = Context::new(self.story.now, actor, &self.story.order, &POLICY)
            .alone_up_to(Some(eur(ALONE_MINOR)))
            .without(self.off);
        let events = decide(&world.ledger, &command, &context).ok()?;
        let mut next = world.clone();
        for event in &events {
            next.ledger.apply(event);
            match event {
                Event::RefundProposed { .. } => next.asked.push((by, refund.clone())),
                Event::RefundApproved { bill, .. } => {
                    let another = |(who, of): &(&str, String)| *who != by && *of == refund;
                    if !next.asked.iter().any(another) {
                        next.alone_minor += bill.total.minor;
                    }
                }
                Event::RefundCancelled { .. } => {
                    let known = world.ledger.refunds.get(&id(&refund));
                    if let Some(known) = known.filter(|known| !known.by_two) {
                        next.alone_minor -= known.bill.total.minor;
                    }
                    next.asked.retain(|(_, of)| *of != refund);
                }
                _ => {}
            }
        }
        (next != *world).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(
                "one person alone lets go no more than the limit",
                |_, world: &World| world.alone_minor <= ALONE_MINOR,
            ),
            Property::sometimes("two people together refund everything", |_, world: &World| {
                world.ledger.refunds.get(&id("RALL")).is_some_and(|refund| refund.by_two)
            }),
        ]
    }
}
