//! Every state of a case against every command, and every state of an instruction against everything that can happen to
//! it. A new state or command fails here until the table in `every_state.txt` says what it does.

use std::fmt::Write;

use backhaul_core::ledger::command::{
    AddEvidence, Amendment, AnnounceParcel, Answer, AnswerContest, AssignCase, CancelClaims,
    CancelRefund, CancelReplacement, CloseCase, CloseChargeback, ConfirmFact, ConfirmedFact,
    ContestFinding, Decline, Evidence, ExpireCase, MatchArrival, MergeCases, RecordChargeback,
    RecordFreight, RefundFreight, ReissueRefund, ReopenCase, ResendInstruction, ResolveInstruction,
    SendBackArrival, SendBackUnit, SettleFreight, Speaker, SplitCase, TellDeduction, WaiveEvidence,
    WithdrawInstruction, WriteMessage, WriteOffRest,
};
use backhaul_core::ledger::{
    ArrivalId, CaseState, Command, Disposal, FreightSettlement, InstructionState, Leg, Path,
};
use backhaul_core::words::{Cause, Payer, Remedy, Voucher};

use crate::world::{
    Story, allocate, amend, answer, approve, authorise, deliver, dispose, eur, id, inspect,
    instruction, open, overrule, receive, scanned, ship, submit, unit, units,
};

const TABLE: &str = include_str!("every_state.txt");
const UNIT: &str = "L1#1";

/// Case `A` in that state, on the way to a refund.
fn in_state(state: CaseState) -> Story {
    let mut story = Story::new();
    let expire = ExpireCase { case: id("A") };
    let cancel = CancelClaims { case: id("A"), units: units(&[UNIT]), reason: None };
    match state {
        CaseState::AwaitingEvidence => {
            let mut command = open("A", &[UNIT], Cause::Damaged, Remedy::Refund);
            command.claims[0].evidence.clear();
            story.then(command);
        }
        CaseState::UnderReview => {
            story = Story::with(|draft| draft.voucher = Voucher::Presented);
            story.open("A", &[UNIT], Remedy::Refund);
        }
        CaseState::Requested => {
            story.open("A", &[UNIT], Remedy::Refund);
        }
        CaseState::Authorised => {
            story.authorised("A", &[UNIT], Remedy::Refund);
        }
        CaseState::InTransit => {
            story.authorised("A", &[UNIT], Remedy::Refund).then(announce());
        }
        CaseState::Received => {
            story.due("A", &[UNIT]);
        }
        CaseState::Inspected => {
            story.due("A", &[UNIT]).then(inspect("A", UNIT));
        }
        CaseState::Resolved => {
            story.refunded("A", &[UNIT], "R");
        }
        CaseState::Declined => {
            story = Story::with(|draft| draft.lines[0].declared_non_returnable = true);
            story.open("A", &[UNIT], Remedy::Refund);
        }
        CaseState::Expired => {
            story.authorised("A", &[UNIT], Remedy::Refund);
            story.now = "2026-06-01T00:00:00Z".parse().unwrap();
            story.then(expire);
        }
        CaseState::Cancelled => {
            story.open("A", &[UNIT], Remedy::Refund).then(cancel);
        }
        CaseState::Closed => {
            story.open("A", &[UNIT], Remedy::Refund).then(cancel).then(CloseCase { case: id("A") });
        }
        CaseState::Merged => {
            story.open("A", &[UNIT], Remedy::Refund).open("Z", &["L2#5"], Remedy::Refund);
            story.then(MergeCases { case: id("A"), into: id("Z") });
        }
    }
    if state != CaseState::Merged {
        // Another case of the order, into which this one can be merged.
        story.open("Z", &["L2#5"], Remedy::Refund);
    }
    assert_eq!(story.state("A"), state);
    story
}

fn announce() -> AnnounceParcel {
    AnnounceParcel { case: id("A"), parcel: id("p"), units: units(&[UNIT]), tracking: None }
}

/// A sensible command of that name for case `A`.
fn command(name: &str) -> Command {
    about_case(name)
        .or_else(|| about_goods(name))
        .or_else(|| about_money(name))
        .unwrap_or_else(|| panic!("no example of `{name}`: add one, and its row in every state"))
}

fn about_case(name: &str) -> Option<Command> {
    let case = id("A");
    let (units, unit) = (units(&[UNIT]), unit(UNIT));
    Some(match name {
        "open_case" => open("B", &[UNIT], Cause::Quality, Remedy::Refund).into(),
        "add_evidence" => {
            let evidence = Evidence { slot: id("other"), file: id("file") };
            AddEvidence { case, units, evidence }.into()
        }
        "waive_evidence" => {
            WaiveEvidence { case, units, slot: id("other"), reason: id("reason") }.into()
        }
        "confirm_fact" => {
            let fact = ConfirmedFact::Voucher { voucher: Voucher::OnFile };
            ConfirmFact { case, fact }.into()
        }
        "amend_claim" => {
            let remedy = Some(Remedy::Replacement);
            amend("A", UNIT, Amendment { remedy, ..Default::default() }).into()
        }
        "overrule" => overrule("A", UNIT, true, "exclude.law").into(),
        "authorise" => {
            let mut command = authorise("A", &[UNIT]);
            command.expires_on = "2026-12-31".parse().unwrap();
            command.into()
        }
        "decline" => {
            Decline { case, units, clause: "exclude.law".into(), text: id("explanation") }.into()
        }
        "cancel_claims" => CancelClaims { case, units, reason: None }.into(),
        "expire_case" => ExpireCase { case }.into(),
        "close_case" => CloseCase { case }.into(),
        "reopen_case" => ReopenCase { case, reason: id("reason") }.into(),
        "tell_deduction" => {
            let (clause, text) = ("goods_first".into(), id("text"));
            TellDeduction { case, unit, clause, amount: eur(1), text }.into()
        }
        "write_message" => {
            WriteMessage { case, from: Speaker::Buyer, text: id("text"), internal: false }.into()
        }
        "assign_case" => AssignCase { case, to: Some(id("staff-1")) }.into(),
        "contest_finding" => ContestFinding { case, unit, text: id("text") }.into(),
        "answer_contest" => AnswerContest { case, unit, upheld: true, text: id("text") }.into(),
        "merge_cases" => MergeCases { case, into: id("Z") }.into(),
        "split_case" => SplitCase { case, units, new_case: id("B") }.into(),
        _ => return None,
    })
}

fn about_goods(name: &str) -> Option<Command> {
    let (case, unit) = (id("A"), unit(UNIT));
    let arrival = ArrivalId { parcel: id("p9"), number: 1 };
    Some(match name {
        "announce_parcel" => announce().into(),
        "receive_parcel" => receive("p2", Some("A"), vec![scanned("S1")]).into(),
        "match_arrival" => MatchArrival { arrival, case, unit }.into(),
        "send_back_arrival" => SendBackArrival { arrival }.into(),
        "inspect_unit" => inspect("A", UNIT).into(),
        "dispose_unit" => dispose("A", UNIT, Disposal::Restock).into(),
        "send_back_unit" => SendBackUnit { case, unit, tracking: None }.into(),
        "allocate_replacement" => allocate("A", UNIT, Some("N1")).into(),
        "ship_replacement" => ship("A", UNIT).into(),
        "deliver_replacement" => deliver("A", UNIT).into(),
        "cancel_replacement" => CancelReplacement { case, unit, reason: id("reason") }.into(),
        _ => return None,
    })
}

fn about_money(name: &str) -> Option<Command> {
    let (refund, reason) = (id("R"), id("reason"));
    let instruction = instruction("R", 1);
    Some(match name {
        "approve_refund" => approve("A", &[UNIT], "R2").into(),
        "cancel_refund" => CancelRefund { refund, reason }.into(),
        "reissue_refund" => {
            ReissueRefund { refund, piece: Some(1), path: Path::Original, reason: None }.into()
        }
        "write_off_rest" => WriteOffRest { refund, reason }.into(),
        "submit_instruction" => submit("R", 1).into(),
        "resend_instruction" => {
            let (key, request_hash) = (id("key-R-1"), id("hash"));
            ResendInstruction { instruction, key, request_hash }.into()
        }
        "record_answer" => answer("R", 1, Answer::Failed).into(),
        "resolve_instruction" => {
            ResolveInstruction { instruction, settled: false, reference: id("statement") }.into()
        }
        "withdraw_instruction" => WithdrawInstruction { instruction }.into(),
        "record_chargeback" => RecordChargeback { payment: id("P1"), reference: id("CB") }.into(),
        "close_chargeback" => CloseChargeback { payment: id("P1"), won: true }.into(),
        "record_freight" => RecordFreight {
            freight: id("F"),
            case: id("A"),
            leg: Leg::Return,
            units: units(&[UNIT]),
            paid_by: Payer::Buyer,
            amount: eur(1),
        }
        .into(),
        "refund_freight" => RefundFreight { refund: id("RF"), freight: id("F") }.into(),
        "settle_freight" => {
            let settlement = FreightSettlement::Waived { reason };
            SettleFreight { freight: id("F"), amount: eur(1), settlement }.into()
        }
        _ => return None,
    })
}

/// What comes of it: the events' names, or the refusal's code.
fn outcome(story: &Story, command: Command) -> String {
    match story.clone().when(command) {
        Err(refusal) => refusal.code.as_str().to_owned(),
        Ok(events) if events.is_empty() => "nothing new".to_owned(),
        Ok(events) => {
            let name = |event| {
                let json = serde_json::to_value(event).unwrap();
                json["type"].as_str().unwrap().to_owned()
            };
            let names: Vec<String> = events.iter().map(name).collect();
            format!("-> {}", names.join(", "))
        }
    }
}

/// A refund `R` whose first piece is in that state.
fn with_instruction(state: InstructionState) -> Story {
    let mut story = Story::new();
    story.due("A", &[UNIT]).then(approve("A", &[UNIT], "R"));
    if state != InstructionState::Reserved {
        story.then(submit("R", 1));
    }
    match state {
        InstructionState::Reserved | InstructionState::Submitted => {}
        InstructionState::Unclear => drop(story.then(answer("R", 1, Answer::NoAnswer))),
        InstructionState::Manual => drop(story.then(answer("R", 1, Answer::CannotTell))),
        InstructionState::Settled => drop(story.then(answer("R", 1, Answer::Settled))),
        InstructionState::Failed { replaced } => {
            story.then(answer("R", 1, Answer::Failed));
            if replaced {
                story.then(command("reissue_refund"));
            }
        }
    }
    assert_eq!(story.ledger.refunds[&id("R")].pieces[&1].state, state);
    story
}

fn actual_table() -> String {
    let mut table = String::new();
    for state in CaseState::ALL {
        writeln!(table, "# case: {state}").unwrap();
        let story = in_state(*state);
        for name in Command::NAMES {
            writeln!(table, "{name:<22} {}", outcome(&story, command(name))).unwrap();
        }
        table.push('\n');
    }
    for state in InstructionState::ALL {
        let replaced = *state == InstructionState::Failed { replaced: true };
        let again = if replaced { ", issued again" } else { "" };
        writeln!(table, "# instruction: {}{again}", state.as_str()).unwrap();
        let story = with_instruction(*state);
        for given in Answer::ALL {
            let outcome = outcome(&story, answer("R", 1, *given).into());
            writeln!(table, "answer {:<15} {outcome}", given.as_str()).unwrap();
        }
        for name in [
            "submit_instruction",
            "resend_instruction",
            "resolve_instruction",
            "withdraw_instruction",
            "reissue_refund",
            "cancel_refund",
            "write_off_rest",
        ] {
            writeln!(table, "{name:<22} {}", outcome(&story, command(name))).unwrap();
        }
        table.push('\n');
    }
    table
}

#[test]
fn every_command_in_every_state_does_what_the_table_says() {
    let actual = actual_table();
    let stated = TABLE.trim_end();
    for (actual, stated) in actual.trim_end().lines().zip(stated.lines()) {
        assert_eq!(actual, stated, "the whole table is:\n{}", actual_table());
    }
    assert_eq!(actual.trim_end().lines().count(), stated.lines().count(), "{actual}");
}

#[test]
fn from_every_state_there_is_a_way_on_or_the_case_is_finished() {
    for state in CaseState::ALL {
        let story = in_state(*state);
        let moves = |name: &&&str| outcome(&story, command(name)).starts_with("->");
        let unit_wide =
            ["record_chargeback", "record_freight", "write_message", "assign_case", "merge_cases"];
        let ways = Command::NAMES.iter().filter(|name| !unit_wide.contains(name)).filter(moves);
        assert!(state.is_final() || ways.count() > 0, "{state} has no way out");
    }
}
