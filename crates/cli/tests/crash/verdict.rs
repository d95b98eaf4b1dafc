//! What must be true in the end, whatever happened on the way: our books held against the provider's.

use std::collections::BTreeMap;

use backhaul_zoo::Event;
use serde_json::Value;

use crate::client::Client;
use crate::desk::{Desk, Process};

/// What was compared.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) refunds: usize,
    pub(crate) settled: usize,
    pub(crate) manual: usize,
    pub(crate) effects: usize,
    pub(crate) acknowledged: usize,
    pub(crate) events: usize,
}

/// Lets everything come to its end, ends the processes, and compares.
pub(crate) fn settle_and_compare(desk: &Desk, servers: Vec<Process<'_>>) -> Verdict {
    desk.settle();
    let mut client = Client::new(desk, 0);
    let mut orders: Vec<_> = desk.all_acknowledged().into_iter().map(|told| told.order).collect();
    orders.sort();
    orders.dedup();
    let pieces: Vec<_> = orders.iter().flat_map(|order| client.pieces(order)).collect();
    servers.into_iter().for_each(Process::end);
    let effects = effects(desk);
    let mut verdict = Verdict { refunds: pieces.len(), ..Verdict::default() };
    for (reference, state) in &pieces {
        let paid = effects.get(reference).copied().unwrap_or(0);
        assert!(paid <= 1, "{reference} was paid {paid} times: {}", desk.log());
        match state.as_str() {
            "settled" => {
                assert_eq!(paid, 1, "{reference} is said to be paid");
                verdict.settled += 1;
            }
            "failed" => assert_eq!(paid, 0, "{reference} is said not to be paid"),
            "manual" => verdict.manual += 1,
            other => panic!("{reference} is {other} for ever"),
        }
    }
    for reference in effects.keys() {
        let is_ours = pieces.iter().any(|(known, _)| known == reference);
        assert!(is_ours, "{reference} was paid, and no ledger knows of it");
    }
    verdict.effects = effects.values().sum();
    (verdict.acknowledged, verdict.events) = acknowledged_is_there(desk);
    for mistake in ["panicked", "in the middle", "a mistake of ours"] {
        assert!(!desk.whole_log().contains(mistake), "`{mistake}` in the log: {}", desk.log());
    }
    let audit = desk.run(&["audit", "verify"]);
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
    verdict
}

/// How often the provider has paid for each reference of ours.
pub(crate) fn effects(desk: &Desk) -> BTreeMap<String, usize> {
    let mut effects = BTreeMap::new();
    for entry in backhaul_zoo::ledger::read(&desk.book()).expect("the provider's book") {
        if let Event::RefundCreated { reference, .. } = entry.event {
            *effects.entry(reference.expect("our reference")).or_default() += 1;
        }
    }
    effects
}

/// How many requests for refunds came in.
pub(crate) fn requests(desk: &Desk) -> usize {
    let book = backhaul_zoo::ledger::read(&desk.book()).expect("the provider's book");
    book.iter().filter(|entry| matches!(entry.event, Event::RequestReceived { .. })).count()
}

/// Everything that a client was told is done stands in the ledgers, where it was said to be, once.
pub(crate) fn acknowledged_is_there(desk: &Desk) -> (usize, usize) {
    let export = desk.run(&["export"]);
    assert!(export.status.success(), "{export:?}");
    let text = String::from_utf8(export.stdout).expect("UTF-8");
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let mut numbers = BTreeMap::new();
    let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in &lines {
        let order = line["order"].as_str().unwrap_or_default();
        match line["type"].as_str() {
            Some("order") => {
                numbers.insert(line["number"].as_str().expect("a number"), order);
            }
            Some("event") => {
                kinds.entry(order).or_default().push(line["kind"].as_str().expect("a kind"));
            }
            _ => {}
        }
    }
    let told = desk.all_acknowledged();
    for told in &told {
        let order = numbers.get(told.order.as_str());
        let order = order.unwrap_or_else(|| panic!("{} was taken in, and is gone", told.order));
        let Some(version) = told.version else { continue };
        let kinds = kinds.get(order).map_or(&[][..], Vec::as_slice);
        let version = usize::try_from(version).expect("a version");
        let there = kinds.get(version - told.recorded.len()..version);
        let is_there = there.is_some_and(|there| there.iter().eq(told.recorded.iter()));
        assert!(is_there, "{told:?} was acknowledged; there is {kinds:?}");
    }
    for kinds in kinds.values() {
        for once in ["refund_approved", "instruction_submitted", "instruction_settled"] {
            let times = kinds.iter().filter(|kind| **kind == once).count();
            assert!(times <= 1, "`{once}` {times} times: {kinds:?}");
        }
    }
    (told.len(), kinds.values().map(Vec::len).sum())
}
