//! Which clause of a policy lays a matter down: for whoever refuses something because of it.

use super::condition::{Op, Test};
use super::rule::{DueWhat, Effect, Policy, Rule};
use super::view::bit;
use super::vocabulary::Attribute;
use crate::decision::ClauseId;
use crate::words::{Finding, Word as _};

/// A matter that the ledger keeps to, whatever the policy calls its clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Matter {
    /// What comes first: the goods.
    Steps,
    /// Who authorises a return.
    Approval,
    /// From when a refund may leave.
    RefundFrom,
    /// The way a refund goes.
    RefundPath,
    /// Which components are replaced.
    Components,
    /// That the serial number is the one that was shipped.
    Serials,
}

impl Policy {
    /// The first clause that lays the matter down; `None` where the policy does not speak of it.
    #[must_use]
    pub fn clause_on(&self, matter: Matter) -> Option<ClauseId> {
        let mut speaking = self.rules.iter().filter(|rule| speaks_of(rule, matter));
        speaking.next().map(|rule| self.clause_id(rule.clause))
    }
}

fn speaks_of(rule: &Rule, matter: Matter) -> bool {
    rule.effects.iter().any(|effect| match (effect, matter) {
        (Effect::Term(term), Matter::Steps) => term.kind == "steps",
        (Effect::Term(term), Matter::Approval) => term.kind == "approve",
        (Effect::Term(term), Matter::RefundPath) => term.kind == "path",
        (Effect::Due(due), Matter::RefundFrom) => due.what == DueWhat::RefundFrom,
        (Effect::Replace(_), Matter::Components) => true,
        (Effect::Decline(_), Matter::Serials) => tests_serials(rule),
        _ => false,
    })
}

fn tests_serials(rule: &Rule) -> bool {
    let mismatch = bit(Finding::SerialMismatch.index());
    let mut found = false;
    rule.when.for_each_test(&mut |test: &Test| {
        found |= test.attribute == Attribute::Findings
            && matches!(test.op, Op::HasAny(findings) if findings & mismatch != 0);
    });
    found
}
