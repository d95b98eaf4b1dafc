//! A payment provider with a book of its own. It carries each key out once, and has no other protection: no ceiling, no
//! memory of payments, nothing that would hide a mistake of ours.

use std::collections::BTreeMap;

use backhaul_core::ledger::command::Answer;
use backhaul_core::ledger::{InstructionId, PaymentId};

/// The provider, and the wire to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Provider {
    /// What was sent and has not arrived, by key.
    pub(super) wire: BTreeMap<String, Request>,
    /// What was carried out or declined, by key.
    pub(super) book: BTreeMap<String, (Request, Outcome)>,
}

/// A request to pay back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Request {
    pub(super) instruction: InstructionId,
    pub(super) payment: PaymentId,
    pub(super) minor: i64,
}

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Outcome {
    Paid,
    Declined,
    /// Paid, and the money came back later.
    CameBack,
}

impl Provider {
    pub(super) fn send(&mut self, key: &str, request: Request) {
        self.wire.insert(key.to_owned(), request);
    }

    /// The request arrives. A key that is known is answered as before.
    pub(super) fn arrive(&mut self, key: &str, outcome: Outcome) {
        if let Some(request) = self.wire.remove(key) {
            self.book.entry(key.to_owned()).or_insert((request, outcome));
        }
    }

    pub(super) fn lose(&mut self, key: &str) {
        self.wire.remove(key);
    }

    pub(super) fn come_back(&mut self, key: &str) {
        if let Some((_, outcome)) = self.book.get_mut(key) {
            *outcome = Outcome::CameBack;
        }
    }

    /// What the provider says of that key: in a reply, a webhook or a look-up.
    pub(super) fn answer(&self, key: &str) -> Option<Answer> {
        self.book.get(key).map(|(_, outcome)| match outcome {
            Outcome::Paid => Answer::Settled,
            Outcome::Declined | Outcome::CameBack => Answer::Failed,
        })
    }

    /// The money that left and stayed away.
    pub(super) fn paid(&self) -> impl Iterator<Item = &Request> {
        let paid = self.book.values().filter(|(_, outcome)| *outcome == Outcome::Paid);
        paid.map(|(request, _)| request)
    }

    /// Whether that instruction, and no other, was ever paid.
    pub(super) fn ever_paid(&self, instruction: &InstructionId) -> bool {
        self.book.values().any(|(request, outcome)| {
            request.instruction == *instruction && *outcome != Outcome::Declined
        })
    }
}
