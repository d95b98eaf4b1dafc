//! Once, whatever the provider answers and however often.

use super::{cancel, reissue, resend};
use crate::world::{Story, answer, approve, finance, id, instruction, staff, submit};
use backhaul_core::ledger::command::{
    Answer, CloseChargeback, RecordChargeback, ResolveInstruction, WithdrawInstruction,
};
use backhaul_core::ledger::{CaseState, Event, InstructionState, Path, RefusalCode};

#[test]
fn pain_18_a_failure_frees_its_room_and_is_issued_again_once() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]).then(approve("A", &["L1#1"], "R"));
    story.then(submit("R", 1)).then(answer("R", 1, Answer::Failed));
    assert_eq!(story.taken("P2"), 0);
    story.then(reissue("R", Some(1)));
    assert_eq!(story.refused(reissue("R", Some(1))), RefusalCode::AlreadyReissued);
    story.settle_all("R");
    assert_eq!(story.taken("P2"), 11_567);
    assert_eq!(story.state("A"), CaseState::Resolved);
}

#[test]
fn pain_29_a_timeout_is_unclear_keeps_its_room_and_blocks_what_would_pay_twice() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]).then(approve("A", &["L1#1"], "R"));
    assert_eq!(story.refused(answer("R", 1, Answer::Settled)), RefusalCode::NotSubmitted);
    story.then(submit("R", 1)).then(answer("R", 1, Answer::NoAnswer));
    assert_eq!(story.pieces("R")[0].2, "unclear");
    assert_eq!(story.taken("P2"), 11_567);
    assert_eq!(story.refused(reissue("R", Some(1))), RefusalCode::OutcomeUnclear);
    assert_eq!(story.refused(cancel("R")), RefusalCode::AlreadySent);
    let withdraw = WithdrawInstruction { instruction: instruction("R", 1) };
    assert_eq!(story.refused(withdraw), RefusalCode::AlreadySent);
    assert_eq!(story.refused(submit("R", 1)), RefusalCode::AlreadySubmitted);
}

#[test]
fn pain_29_a_resend_carries_the_key_and_the_request_of_the_first_time() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]).then(approve("A", &["L1#1"], "R")).then(submit("R", 1));
    story.then(answer("R", 1, Answer::NoAnswer));
    assert_eq!(story.refused(resend("R", 1, "another")), RefusalCode::KeyChanged);
    let mut other_request = resend("R", 1, "key-R-1");
    other_request.request_hash = id("another hash");
    assert_eq!(story.refused(other_request), RefusalCode::KeyChanged);
    story.then(resend("R", 1, "key-R-1")).then(answer("R", 1, Answer::Settled));
}

#[test]
fn a_key_belongs_to_one_instruction() {
    let mut story = Story::new();
    story.due("A", &["L1#1", "L1#2"]).then(approve("A", &["L1#1"], "R1"));
    story.then(approve("A", &["L1#2"], "R2")).then(submit("R1", 1));
    let mut same_key = submit("R2", 1);
    same_key.key = id("key-R1-1");
    assert_eq!(story.refused(same_key), RefusalCode::KeyTaken);
}

#[test]
fn the_same_answer_twice_is_no_news() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]).then(approve("A", &["L1#1"], "R")).then(submit("R", 1));
    for given in [Answer::NoAnswer, Answer::Settled, Answer::Failed] {
        assert_eq!(story.when(answer("R", 1, given)).unwrap().len(), 1);
        assert_eq!(story.when(answer("R", 1, given)).unwrap(), []);
    }
}

#[test]
fn a_refund_that_fails_long_after_it_settled_is_due_again_even_in_a_closed_case() {
    let mut story = Story::new();
    story.refunded("A", &["L1#1"], "R");
    story.then(backhaul_core::ledger::command::CloseCase { case: id("A") });
    story.then(answer("R", 1, Answer::Failed));
    assert_eq!(story.state("A"), CaseState::Received, "the closed case is open again by itself");
    story.then(reissue("R", Some(1))).settle_all("R");
    assert_eq!(story.state("A"), CaseState::Closed);
}

#[test]
fn what_was_paid_after_all_is_settled_and_not_issued_again() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]).then(approve("A", &["L1#1"], "R")).then(submit("R", 1));
    story.then(answer("R", 1, Answer::Failed)).then(answer("R", 1, Answer::Settled));
    assert_eq!(story.refused(reissue("R", Some(1))), RefusalCode::OutcomeKnown);
    assert_eq!(story.state("A"), CaseState::Resolved);
}

#[test]
fn a_provider_that_contradicts_itself_is_a_matter_for_finance() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]).then(approve("A", &["L1#1"], "R")).then(submit("R", 1));
    story.then(answer("R", 1, Answer::Failed)).then(reissue("R", Some(1)));
    let events = story.when(answer("R", 1, Answer::Settled)).unwrap();
    assert!(matches!(events[..], [Event::InstructionContradicted { .. }]));
    assert_eq!(story.taken("P2"), 11_567);
}

#[test]
fn an_instruction_that_the_provider_cannot_tell_of_is_resolved_by_a_named_person() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]).then(approve("A", &["L1#1"], "R")).then(submit("R", 1));
    let resolve = ResolveInstruction {
        instruction: instruction("R", 1),
        settled: true,
        reference: id("statement 7"),
    };
    assert_eq!(story.refused(resolve.clone()), RefusalCode::OutcomeUnclear);
    story.then(answer("R", 1, Answer::CannotTell));
    assert_eq!(story.pieces("R")[0].2, "manual");
    let by_staff = story.by(staff(), resolve.clone()).unwrap_err();
    assert_eq!(by_staff.code, RefusalCode::FinanceOnly);
    story.then(resolve);
    assert_eq!(story.state("A"), CaseState::Resolved);
}

#[test]
fn another_path_is_for_finance_with_a_reason_and_counts_against_the_payment() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]).then(approve("A", &["L1#1"], "R")).then(submit("R", 1));
    story.then(answer("R", 1, Answer::Failed));
    let mut bank = reissue("R", Some(1));
    bank.path = Path::Bank;
    let by_staff = story.by(staff(), bank.clone()).unwrap_err();
    assert_eq!(by_staff.code, RefusalCode::FinanceOnly);
    assert_eq!(story.refused_citing(bank.clone()), ["refund.path"]);
    bank.reason = Some(id("the card is closed"));
    story.by(finance(), bank).unwrap();
    assert_eq!(story.taken("P2"), 11_567);
    let paid = ResolveInstruction {
        instruction: instruction("R", 2),
        settled: true,
        reference: id("transfer 8"),
    };
    assert_eq!(story.refused(paid.clone()), RefusalCode::NotSubmitted);
    story.then(submit("R", 2)).then(paid);
    assert_eq!(story.state("A"), CaseState::Resolved);
}

#[test]
fn pain_29_a_chargeback_blocks_refunds_to_its_payment() {
    let mut story = Story::new();
    story.due("A", &["L1#1", "L1#2"]).then(approve("A", &["L1#1"], "R1"));
    let chargeback = RecordChargeback { payment: id("P2"), reference: id("CB-1") };
    story.then(chargeback.clone());
    assert_eq!(story.when(chargeback).unwrap(), [], "the provider says so again");
    assert_eq!(story.refused(submit("R1", 1)), RefusalCode::ChargedBack);
    story.then(approve("A", &["L1#2"], "R2"));
    assert_eq!(story.pieces("R2"), [("P1".into(), 11_567, "reserved")]);
    story.then(CloseChargeback { payment: id("P2"), won: true }).then(submit("R1", 1));
    story.then(answer("R1", 1, Answer::NoAnswer));
    story.then(RecordChargeback { payment: id("P2"), reference: id("CB-2") });
    let again = resend("R1", 1, "key-R1-1");
    assert_eq!(story.refused(again), RefusalCode::ChargedBack, "it could be the one that pays");
}

#[test]
fn a_refund_of_which_nothing_left_is_cancelled_and_the_unit_gets_its_remedy_back() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]).then(approve("A", &["L1#1"], "R1")).then(cancel("R1"));
    assert_eq!(story.taken("P2"), 0);
    assert_eq!(story.refused(submit("R1", 1)), RefusalCode::RefundCancelled);
    story.then(approve("A", &["L1#1"], "R2"));
}

#[test]
fn a_withdrawn_piece_can_be_issued_again() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]).then(approve("A", &["L1#1"], "R"));
    story.then(WithdrawInstruction { instruction: instruction("R", 1) });
    let state = story.ledger.refunds[&id("R")].pieces[&1].state;
    assert_eq!(state, InstructionState::Failed { replaced: false });
    story.then(reissue("R", Some(1))).settle_all("R");
}
