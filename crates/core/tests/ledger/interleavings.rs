//! Any commands, in any order, over several cases of one order: the book, which adds up on its own, finds no invariant
//! broken after any event.

use backhaul_core::ledger::command::{
    Amendment, AnnounceParcel, Answer, AnswerContest, ApproveRefund, AssignCase, CancelClaims,
    CancelRefund, CancelReplacement, CloseCase, CloseChargeback, ContestFinding, Decline,
    ExpireCase, Item, MatchArrival, MergeCases, RecordChargeback, RecordFreight, RefundFreight,
    ReissueRefund, ReopenCase, ResendInstruction, ResolveInstruction, SendBackArrival,
    SendBackUnit, SettleFreight, Speaker, SplitCase, TellDeduction, WaiveEvidence,
    WithdrawInstruction, WriteMessage, WriteOffRest,
};
use backhaul_core::ledger::{
    Attention, Case, CaseId, CaseState, Claim, Command, Contest, Deduction, Disposal,
    FreightSettlement, InstructionId, Ledger, Leg, Path, UnitId, decide,
};
use backhaul_core::words::{Cause, Finding, Payer, Remedy};
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::world::{
    POLICY, Story, allocate, amend, answer, approve, authorise, counted, deliver, dispose, eur,
    finance, id, inspect, open, overrule, payment, receive, scanned, ship, submit, units,
};

const CASES: [&str; 6] = ["A", "B", "C", "D", "E", "F"];
const PLACES: [&str; 7] = ["L1#1", "L1#2", "L2#1", "L2#2", "L3#1", "L3#1/PSU-A", "L3#1/CHASSIS"];
const SERIALS: [&str; 8] = ["S1", "S2", "SW1", "PA1", "N0", "N1", "N2", "ALIEN"];

/// Small numbers that choose among what there is, so that most commands are about something that exists.
struct Choice<'s> {
    story: &'s Story,
    seed: u32,
}

impl Choice<'_> {
    fn number(&mut self, below: usize) -> usize {
        // Knuth's multiplicative hash: the next number is unlike the last.
        self.seed = self.seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
        usize::try_from(self.seed >> 8).unwrap() % below.max(1)
    }

    fn of<T: Clone>(&mut self, items: &[T]) -> Option<T> {
        let index = self.number(items.len());
        items.get(index).cloned()
    }

    fn claim(&mut self) -> (String, String) {
        let claims = self.story.ledger.claims();
        let claims: Vec<_> =
            claims.map(|(case, unit, _)| (case.to_string(), unit.to_string())).collect();
        self.of(&claims).unwrap_or_else(|| ("A".to_owned(), "L1#1".to_owned()))
    }

    fn place(&mut self) -> String {
        let place: UnitId = crate::world::unit(PLACES[self.number(PLACES.len())]);
        let generation = self.story.ledger.generation(&place);
        let stale = u16::from(self.number(8) == 0 && generation > 0);
        place.of_generation(generation - stale).to_string()
    }

    fn instruction(&mut self) -> InstructionId {
        let refunds = self.story.ledger.refunds.iter();
        let pieces: Vec<_> = refunds
            .flat_map(|(refund, known)| {
                known
                    .pieces
                    .keys()
                    .map(|number| InstructionId { refund: refund.clone(), number: *number })
            })
            .collect();
        self.of(&pieces).unwrap_or_else(|| crate::world::instruction("R", 1))
    }

    fn name(&mut self, prefix: &str, below: usize) -> String {
        format!("{prefix}{}", self.number(below))
    }

    fn command(&mut self) -> Command {
        match self.number(6) {
            0 | 1 => self.about_claims(),
            2 => self.about_goods(),
            3 => self.about_handling(),
            _ => self.about_money(),
        }
    }

    fn about_claims(&mut self) -> Command {
        let (case, unit) = self.claim();
        let names = [unit.as_str()];
        let (case_id, claimed) = (id(&case), units(&names));
        match self.number(16) {
            0..4 => {
                let case = CASES[self.number(CASES.len())];
                let cause = self.of(Cause::ALL_OF_THEM).unwrap();
                let remedy = self.of(&[Remedy::Refund, Remedy::Replacement]).unwrap();
                let (one, other) = (self.place(), self.place());
                let both = [one.as_str(), other.as_str()];
                let count = 1 + self.number(2);
                open(case, &both[..count], cause, remedy).into()
            }
            4..8 => {
                let mut command = authorise(&case, &names);
                let days = i64::try_from(self.number(20)).unwrap();
                let last = self.story.now + SignedDuration::from_hours(24 * days);
                command.expires_on = POLICY.zone.date(last);
                command.into()
            }
            8 => self.about_what_is_told(&case, &unit),
            9 => overrule(&case, &unit, self.number(3) > 0, "exclude.law").into(),
            10 => {
                let (units, text) = (claimed, id("text"));
                Decline { case: case_id, units, clause: "exclude.law".into(), text }.into()
            }
            11 => CancelClaims { case: case_id, units: claimed, reason: None }.into(),
            12 => ExpireCase { case: case_id }.into(),
            13 => CloseCase { case: case_id }.into(),
            14 => ReopenCase { case: case_id, reason: id("reason") }.into(),
            _ => {
                let remedy = self.of(&[Remedy::Refund, Remedy::Replacement]);
                let components = if self.number(2) == 0 { vec![id("PSU-A")] } else { Vec::new() };
                amend(&case, &unit, Amendment { remedy, components, ..Default::default() }).into()
            }
        }
    }

    fn about_what_is_told(&mut self, case: &str, name: &str) -> Command {
        let (case, units, reason) = (id(case), units(&[name]), id("reason"));
        if self.number(2) == 0 {
            return WaiveEvidence { case, units, slot: id("outer_box"), reason }.into();
        }
        let unit = units[0].clone();
        let clause = "goods_first".into();
        TellDeduction { case, unit, clause, amount: eur(900), text: id("text") }.into()
    }

    fn about_handling(&mut self) -> Command {
        let (case, unit) = self.claim();
        let (case, unit, text) = (id(&case), crate::world::unit(&unit), id("text"));
        match self.number(12) {
            0 => {
                let from = self.of(Speaker::ALL).unwrap();
                WriteMessage { case, from, text, internal: self.number(3) == 0 }.into()
            }
            1 => {
                let to = (self.number(3) > 0).then(|| id("staff-1"));
                AssignCase { case, to }.into()
            }
            2..5 => ContestFinding { case, unit, text }.into(),
            5..8 => AnswerContest { case, unit, upheld: self.number(2) == 0, text }.into(),
            8 | 9 => {
                let into = id(CASES[self.number(CASES.len())]);
                MergeCases { case, into }.into()
            }
            _ => {
                let new_case = id(CASES[self.number(CASES.len())]);
                SplitCase { case, units: vec![unit], new_case }.into()
            }
        }
    }

    fn about_goods(&mut self) -> Command {
        let (case, unit) = self.claim();
        let (case_id, claimed) = (id(&case), units(&[&unit]));
        let arrivals: Vec<_> = self.story.ledger.arrivals.keys().cloned().collect();
        let arrival = self.of(&arrivals);
        match self.number(16) {
            0..5 => {
                let items = self.items(&unit);
                let parcel = self.name("p", 40);
                let case = (self.number(3) > 0).then_some(case.as_str());
                receive(&parcel, case, items).into()
            }
            5 => {
                let parcel = id(&self.name("p", 40));
                AnnounceParcel { case: case_id, parcel, units: claimed, tracking: None }.into()
            }
            6 | 7 => {
                let mut found = inspect(&case, &unit);
                found.fault_found = self.of(&[Some(true), Some(true), Some(false), None]).flatten();
                if self.number(4) == 0 {
                    found.findings = vec![Finding::Liquid];
                }
                found.into()
            }
            8 => dispose(&case, &unit, self.of(Disposal::ALL).unwrap()).into(),
            9 => SendBackUnit { case: case_id, unit: claimed[0].clone(), tracking: None }.into(),
            10 => allocate(&case, &unit, Some(&self.name("N", 6))).into(),
            11 => ship(&case, &unit).into(),
            12 => deliver(&case, &unit).into(),
            13 => {
                let (unit, reason) = (claimed[0].clone(), id("reason"));
                CancelReplacement { case: case_id, unit, reason }.into()
            }
            14 => match arrival {
                Some(arrival) => SendBackArrival { arrival }.into(),
                None => allocate(&case, &unit, None).into(),
            },
            _ => match arrival {
                Some(arrival) => {
                    MatchArrival { arrival, case: case_id, unit: claimed[0].clone() }.into()
                }
                None => ship(&case, &unit).into(),
            },
        }
    }

    fn items(&mut self, unit: &str) -> Vec<Item> {
        let other = match self.number(4) {
            0 => counted("L2", 2),
            _ => scanned(SERIALS[self.number(SERIALS.len())]),
        };
        let awaited = self.story.item(unit);
        if self.number(3) == 0 && other != awaited { vec![awaited, other] } else { vec![awaited] }
    }

    fn about_money(&mut self) -> Command {
        let (case, unit) = self.claim();
        let instruction = self.instruction();
        let refund = instruction.refund.clone();
        let reason = id("reason");
        match self.number(24) {
            0..5 => self.approval(&case, &unit).into(),
            5..9 => {
                let mut command = submit(refund.as_str(), instruction.number);
                if self.number(6) == 0 {
                    command.key = id("one key for all");
                }
                command.into()
            }
            9..14 => {
                let given = self.of(Answer::ALL).unwrap();
                answer(refund.as_str(), instruction.number, given).into()
            }
            14 => {
                let key = id(&format!("key-{refund}-{}", instruction.number));
                ResendInstruction { instruction, key, request_hash: id("hash") }.into()
            }
            15 => {
                let settled = self.number(2) == 0;
                ResolveInstruction { instruction, settled, reference: id("statement") }.into()
            }
            16 | 17 => {
                let piece = (self.number(4) > 0).then_some(instruction.number);
                let path = self.of(Path::ALL).unwrap();
                ReissueRefund { refund, piece, path, reason: Some(reason) }.into()
            }
            18 => match self.number(3) {
                0 => CancelRefund { refund, reason }.into(),
                1 => WriteOffRest { refund, reason }.into(),
                _ => WithdrawInstruction { instruction }.into(),
            },
            19 => {
                let payment = id(&self.name("P", 3));
                RecordChargeback { payment, reference: id("CB") }.into()
            }
            20 => {
                CloseChargeback { payment: id(&self.name("P", 3)), won: self.number(3) > 0 }.into()
            }
            21 => RecordFreight {
                freight: id(&self.name("F", 4)),
                case: id(&case),
                leg: self.of(Leg::ALL).unwrap(),
                units: units(&[&unit]),
                paid_by: self.of(&[Payer::Buyer, Payer::Merchant]).unwrap(),
                amount: eur(901),
            }
            .into(),
            22 => {
                let (refund, freight) = (id(&self.name("R", 30)), id(&self.name("F", 4)));
                RefundFreight { refund, freight }.into()
            }
            _ => {
                let settlement = FreightSettlement::Waived { reason };
                let freight = id(&self.name("F", 4));
                SettleFreight { freight, amount: eur(300), settlement }.into()
            }
        }
    }
}

impl Choice<'_> {
    fn approval(&mut self, case: &str, name: &str) -> ApproveRefund {
        let mut command = approve(case, &[name], &self.name("R", 30));
        command.shipping = (self.number(4) == 0).then(|| eur(700));
        command.early = Some(id("reason"));
        if self.number(3) == 0 {
            let freight = (self.number(2) == 0).then(|| id(&self.name("F", 4)));
            let (clause, amount) = ("goods_first".into(), eur(450));
            command.units[0].deductions.push(Deduction { clause, amount, freight });
        }
        command
    }
}

trait AllOfThem: Sized + 'static {
    const ALL_OF_THEM: &'static [Self];
}

impl AllOfThem for Cause {
    const ALL_OF_THEM: &'static [Self] = &[
        Self::Quality,
        Self::Quality,
        Self::Damaged,
        Self::Mismatch,
        Self::Missing,
        Self::OwnReasons,
    ];
}

/// An order that was paid with two payments which together cover it only in part.
fn scarce() -> Story {
    Story::with(|draft| {
        draft.payments = vec![
            payment("P1", 15_000, "2026-02-20T09:01:00Z"),
            payment("P2", 90_000, "2026-02-21T09:01:00Z"),
        ];
    })
}

fn play(seeds: &[u32]) -> Story {
    let mut story = scarce();
    for seed in seeds {
        let command = Choice { story: &story, seed: *seed }.command();
        if seed % 7 == 0 {
            story.now += SignedDuration::from_hours(30);
        }
        // The book checks every event; a refusal is an answer like another.
        let _ = story.when(command);
    }
    story
}

/// Whether the buyer had the last word in it.
fn speaks(case: &Case) -> bool {
    let contests = |claim: &Claim| claim.contest == Some(Contest::Open);
    case.messages.is_unanswered || case.claims.values().any(contests)
}

/// What nobody needs to do anything about any more stays so by itself.
fn check_states(ledger: &Ledger) {
    for case in ledger.cases.values() {
        let state = ledger.case_state(case);
        let is_over = |case: &Case| case.claims.values().all(|claim| !ledger.is_live(claim));
        assert_eq!(state.is_final(), is_over(case), "{state}");
        assert_eq!(case.claims.is_empty(), state == CaseState::Merged);
        assert!(case.merged_into.as_ref().is_none_or(|into| ledger.cases.contains_key(into)));
        let awaits_nobody = ledger.next_step(case, &|_| true).attention() == Attention::Nobody;
        assert!(awaits_nobody || !state.is_final() || speaks(case), "{state}");
    }
    let resolved = |case: &CaseId| ledger.case_state(&ledger.cases[case]) == CaseState::Resolved;
    for refund in ledger.refunds.values().filter(|refund| !refund.cancelled) {
        assert!(refund.bill.freight.is_some() || refund.is_done() || !resolved(&refund.case));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_interleaving_of_any_commands_keeps_the_invariants(
        seeds in prop::collection::vec(any::<u32>(), 1..250),
    ) {
        let story = play(&seeds);
        check_states(&story.ledger);
    }

    #[test]
    fn the_same_ledger_and_command_give_the_same_answer(
        seeds in prop::collection::vec(any::<u32>(), 1..80),
        last in any::<u32>(),
    ) {
        let story = play(&seeds);
        let command = Choice { story: &story, seed: last }.command();
        let context = backhaul_core::ledger::Context::new(story.now, finance(), &story.order, &POLICY);
        let first = decide(&story.ledger, &command, &context);
        prop_assert_eq!(decide(&story.ledger, &command, &context), first);
    }

    #[test]
    fn a_ledger_is_rebuilt_from_its_events_written_as_json(
        seeds in prop::collection::vec(any::<u32>(), 1..120),
    ) {
        let story = play(&seeds);
        let written = serde_json::to_string(&story.events).unwrap();
        prop_assert!(!written.contains(".0,") && !written.contains("null,null"));
        let read: Vec<backhaul_core::ledger::Event> = serde_json::from_str(&written).unwrap();
        let rebuilt = read.iter().fold(Ledger::default(), backhaul_core::ledger::evolve);
        prop_assert_eq!(rebuilt, story.ledger);
    }
}

#[test]
fn the_random_stories_reach_every_kind_of_event() {
    let mut seen = std::collections::BTreeMap::new();
    for start in 0..300_u32 {
        let seeds: Vec<u32> = (0..250_u32)
            .map(|n| start.wrapping_mul(7_919).wrapping_add(n.wrapping_mul(104_729)))
            .collect();
        for event in play(&seeds).events {
            let json = serde_json::to_value(&event).unwrap();
            *seen.entry(json["type"].as_str().unwrap().to_owned()).or_insert(0) += 1;
        }
    }
    // Every kind there is; a new one must be reached too.
    assert_eq!(seen.len(), 47, "{seen:#?}");
}
