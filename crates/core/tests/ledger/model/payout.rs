//! Two cases, three units, two payments, and a provider that may decline, answer late, lose requests and replies, and fail
//! after it paid. The worker may crash and repeat itself, with the key it stored or with another.

use std::hash::{Hash, Hasher};

use backhaul_core::ledger::command::{
    Answer, ApproveRefund, CancelRefund, RecordChargeback, ReissueRefund, ResendInstruction,
    ResolveInstruction, WithdrawInstruction,
};
use backhaul_core::ledger::{
    Command, Guard, Instruction, InstructionId, InstructionState, Ledger, OrderDraft, Path, Refund,
};
use stateright::{Model, Property};

use super::ask;
use super::provider::{Outcome, Provider, Request};
use crate::world::{Story, answer, approve, draft, eur, id, payment, submit};

/// How often something out of the ordinary may happen on one way.
const FAULTS_MAX: u8 = 2;
const PIECES_MAX: usize = 3;

pub(super) struct Payout {
    off: Option<Guard>,
    story: Story,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct World {
    ledger: Ledger,
    provider: Provider,
    faults: u8,
    charged_back: bool,
    sent_to_lost_payment: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Approve {
        case: &'static str,
        refund: &'static str,
        shipping: bool,
    },
    Submit(InstructionId, Key),
    Resend(InstructionId, Key),
    /// The request arrives, and the money leaves.
    Pays(String),
    Declines(String),
    Loses(String),
    ComesBack(String),
    /// A reply, a webhook or a look-up reaches us, for the first time or again.
    Answers(InstructionId),
    TimesOut(InstructionId),
    /// A person has looked at the provider's own page.
    Resolve(InstructionId),
    Withdraw(InstructionId),
    Cancel(String),
    Reissue(InstructionId),
    ChargeBack,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// The stored one, or the one it would have.
    Own,
    /// One that was never used.
    Fresh,
    /// That of another instruction.
    Shared,
}

/// Three units of 50.00, shipping of 10.00, paid with 120.00 and then 100.00.
fn order() -> OrderDraft {
    let mut order = draft();
    order.lines.truncate(1);
    let share = &mut order.lines[0].share;
    (share.price, share.discount, share.tax) = (eur(15_000), eur(0), eur(0));
    order.shipping = eur(1_000);
    order.payments = vec![
        payment("P1", 12_000, "2026-02-20T09:01:00Z"),
        payment("P2", 10_000, "2026-02-21T09:01:00Z"),
    ];
    order
}

impl Hash for World {
    /// Of the ledger what can change here: claims get or lose their remedy with their refund.
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.ledger.refunds, &self.ledger.chargebacks, &self.provider).hash(state);
        (self.faults, self.charged_back, self.sent_to_lost_payment).hash(state);
    }
}

impl Payout {
    pub(super) fn new(off: Option<Guard>) -> Self {
        let mut story = Story::with(|draft| *draft = OrderDraft { total: None, ..order() });
        story.due("A", &["L1#1"]).due("B", &["L1#2", "L1#3"]);
        Self { off, story }
    }

    fn command(world: &World, act: &Act) -> Option<Command> {
        Some(match act {
            Act::Approve { case, refund, shipping } => {
                let units: &[&str] = if *case == "A" { &["L1#1"] } else { &["L1#2", "L1#3"] };
                let shipping = shipping.then(|| eur(1_000));
                ApproveRefund { shipping, ..approve(case, units, refund) }.into()
            }
            Act::Submit(piece, key) => {
                let mut command = submit(piece.refund.as_str(), piece.number);
                command.key = id(&key_of(piece, *key));
                command.into()
            }
            Act::Resend(piece, key) => {
                let key = match key {
                    Key::Own => stored_key(world, piece)?,
                    Key::Fresh | Key::Shared => key_of(piece, *key),
                };
                let (instruction, request_hash) = (piece.clone(), id("hash"));
                ResendInstruction { instruction, key: id(&key), request_hash }.into()
            }
            Act::Answers(piece) => {
                let given = world.provider.answer(&stored_key(world, piece)?)?;
                answer(piece.refund.as_str(), piece.number, given).into()
            }
            Act::TimesOut(piece) => {
                answer(piece.refund.as_str(), piece.number, Answer::NoAnswer).into()
            }
            Act::Resolve(piece) => {
                let key = stored_key(world, piece)?;
                let settled = world.provider.answer(&key) == Some(Answer::Settled);
                let instruction = piece.clone();
                ResolveInstruction { instruction, settled, reference: id("page") }.into()
            }
            Act::Withdraw(piece) => WithdrawInstruction { instruction: piece.clone() }.into(),
            Act::Cancel(refund) => CancelRefund { refund: id(refund), reason: id("x") }.into(),
            Act::Reissue(piece) => {
                let (refund, number) = (piece.refund.clone(), Some(piece.number));
                ReissueRefund { refund, piece: number, path: Path::Original, reason: None }.into()
            }
            Act::ChargeBack => RecordChargeback { payment: id("P2"), reference: id("CB") }.into(),
            Act::Pays(_) | Act::Declines(_) | Act::Loses(_) | Act::ComesBack(_) => return None,
        })
    }
}

fn key_of(piece: &InstructionId, key: Key) -> String {
    match key {
        Key::Own => format!("key-{piece}"),
        Key::Fresh => format!("another-{piece}"),
        Key::Shared => "key-A1/1".to_owned(),
    }
}

fn piece<'w>(world: &'w World, id: &InstructionId) -> Option<&'w Instruction> {
    world.ledger.refunds.get(&id.refund)?.pieces.get(&id.number)
}

fn stored_key(world: &World, id: &InstructionId) -> Option<String> {
    piece(world, id)?.submission.as_ref().map(|submission| submission.key.to_string())
}

impl Model for Payout {
    type State = World;
    type Action = Act;

    fn init_states(&self) -> Vec<World> {
        vec![World {
            ledger: self.story.ledger.clone(),
            provider: Provider::default(),
            faults: 0,
            charged_back: false,
            sent_to_lost_payment: false,
        }]
    }

    fn actions(&self, world: &World, acts: &mut Vec<Act>) {
        let has = |refund: &str| world.ledger.refunds.contains_key(&id(refund));
        acts.push(Act::Approve { case: "A", refund: "A1", shipping: true });
        acts.push(Act::Approve { case: "B", refund: "B1", shipping: false });
        if has("A1") {
            acts.push(Act::Approve { case: "A", refund: "A2", shipping: false });
            acts.push(Act::Approve { case: "B", refund: "B1", shipping: true });
        }
        let may_fault = world.faults < FAULTS_MAX;
        if may_fault && !world.charged_back {
            acts.push(Act::ChargeBack);
        }
        for (refund, known) in &world.ledger.refunds {
            if may_fault {
                acts.push(Act::Cancel(refund.to_string()));
            }
            for (number, instruction) in &known.pieces {
                let piece = InstructionId { refund: refund.clone(), number: *number };
                piece_acts(world, &piece, instruction, may_fault, acts);
            }
        }
        for key in world.provider.wire.keys() {
            acts.push(Act::Pays(key.clone()));
            if may_fault {
                acts.extend([Act::Declines(key.clone()), Act::Loses(key.clone())]);
            }
        }
        if may_fault {
            let book = world.provider.book.iter();
            let paid = book.filter(|(_, (_, outcome))| *outcome == Outcome::Paid);
            acts.extend(paid.map(|(key, _)| Act::ComesBack(key.clone())));
        }
    }

    fn next_state(&self, world: &World, act: Act) -> Option<World> {
        let mut next = world.clone();
        match &act {
            Act::Pays(key) => next.provider.arrive(key, Outcome::Paid),
            Act::Declines(key) => next.provider.arrive(key, Outcome::Declined),
            Act::Loses(key) => next.provider.lose(key),
            Act::ComesBack(key) => next.provider.come_back(key),
            _ => {
                let command = Self::command(world, &act)?;
                for event in ask(&self.story, &world.ledger, self.off, command)? {
                    next.ledger.apply(&event);
                }
            }
        }
        match &act {
            Act::Resend(id, Key::Own) => send(&mut next, id, &stored_key(world, id)?),
            Act::Submit(id, key) | Act::Resend(id, key) => send(&mut next, id, &key_of(id, *key)),
            Act::ChargeBack => next.charged_back = true,
            _ => {}
        }
        next.faults += u8::from(is_fault(&act));
        (next != *world).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("a payment gives back what it took, at most", |_, world: &World| {
                let paid = |payment: &str| {
                    let requests = world.provider.paid();
                    let of_it = requests.filter(|request| request.payment.as_str() == payment);
                    of_it.map(|request| request.minor).sum::<i64>()
                };
                paid("P1") <= 12_000 && paid("P2") <= 10_000
            }),
            Property::always("a buyer gets what the units are worth, once", |_, world: &World| {
                let paid = |case: &str| {
                    let requests = world.provider.paid();
                    let of_it = requests
                        .filter(|request| request.instruction.refund.as_str().starts_with(case));
                    of_it.map(|request| request.minor).sum::<i64>()
                };
                let (a, b) = (paid("A"), paid("B"));
                a <= 6_000 && b <= 11_000 && a + b <= 16_000
            }),
            Property::always("what is settled was paid", |_, world: &World| {
                world.ledger.refunds.iter().all(|(refund, known)| {
                    known.pieces.iter().all(|(number, instruction)| {
                        let id = InstructionId { refund: refund.clone(), number: *number };
                        instruction.state != InstructionState::Settled
                            || world.provider.ever_paid(&id)
                    })
                })
            }),
            Property::always(
                "nothing is sent to a payment that was charged back",
                |_, world: &World| !world.sent_to_lost_payment,
            ),
            Property::sometimes("some way refunds everything", |_, world: &World| {
                world.provider.paid().map(|request| request.minor).sum::<i64>() == 16_000
                    && world.ledger.refunds.values().all(Refund::is_done)
            }),
        ]
    }
}

fn piece_acts(
    world: &World,
    id: &InstructionId,
    instruction: &Instruction,
    may_fault: bool,
    acts: &mut Vec<Act>,
) {
    acts.push(Act::Submit(id.clone(), Key::Own));
    acts.push(Act::Answers(id.clone()));
    if instruction.state == InstructionState::Reserved {
        acts.push(Act::Submit(id.clone(), Key::Shared));
    } else {
        // What a worker that forgot itself would do.
        acts.push(Act::Submit(id.clone(), Key::Fresh));
        acts.push(Act::Resend(id.clone(), Key::Fresh));
    }
    if may_fault {
        acts.push(Act::TimesOut(id.clone()));
        acts.push(Act::Withdraw(id.clone()));
    }
    if instruction.state == InstructionState::Unclear && instruction.resends == 0 {
        acts.push(Act::Resend(id.clone(), Key::Own));
    }
    // A person resolves only what can no longer be on its way.
    let is_on_its_way =
        stored_key(world, id).is_some_and(|key| world.provider.wire.contains_key(&key));
    if instruction.state == InstructionState::Unclear && !is_on_its_way {
        acts.push(Act::Resolve(id.clone()));
    }
    let pieces = world.ledger.refunds[&id.refund].pieces.len();
    if pieces < PIECES_MAX {
        acts.push(Act::Reissue(id.clone()));
    }
}

const fn is_fault(act: &Act) -> bool {
    matches!(
        act,
        Act::Declines(_)
            | Act::Loses(_)
            | Act::ComesBack(_)
            | Act::TimesOut(_)
            | Act::Withdraw(_)
            | Act::Cancel(_)
            | Act::ChargeBack
    )
}

/// The call that follows the committed intent.
fn send(world: &mut World, id: &InstructionId, key: &str) {
    let planned = piece(world, id).expect("it was just submitted").planned.clone();
    world.sent_to_lost_payment |= world.charged_back && planned.payment.as_str() == "P2";
    let (instruction, minor) = (id.clone(), planned.amount.minor);
    world.provider.send(key, Request { instruction, payment: planned.payment, minor });
}
