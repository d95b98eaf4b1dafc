//! Money: how much goes back, by which payment, once, and never more than was captured.

use backhaul_core::ledger::command::{
    Answer, ApproveRefund, CancelRefund, CloseChargeback, RecordChargeback, RecordFreight,
    RefundFreight, ReissueRefund, ResendInstruction, ResolveInstruction, SettleFreight,
    TellDeduction, WithdrawInstruction, WriteOffRest,
};
use backhaul_core::ledger::{
    CaseState, Deduction, Event, FreightSettlement, Goods, InstructionState, Leg, Path,
    RefusalCode, freight_debt, share_of,
};
use backhaul_core::money::{Currency, Money};
use backhaul_core::words::{Cause, Finding, Payer, Remedy};

use crate::world::{
    Story, allocate, answer, approve, at, authorise, eur, finance, id, inspect, inspect_finding,
    instruction, open, overrule, payment, receive, scanned, staff, submit, unit, units,
};

fn reissue(refund: &str, piece: Option<u16>) -> ReissueRefund {
    ReissueRefund { refund: id(refund), piece, path: Path::Original, reason: None }
}

fn cancel(refund: &str) -> CancelRefund {
    CancelRefund { refund: id(refund), reason: id("reason") }
}

fn resend(refund: &str, number: u16, key: &str) -> ResendInstruction {
    ResendInstruction {
        instruction: instruction(refund, number),
        key: id(key),
        request_hash: id("hash"),
    }
}

fn with_shipping(command: ApproveRefund, minor: i64) -> ApproveRefund {
    ApproveRefund { shipping: Some(eur(minor)), ..command }
}

fn told(case: &str, name: &str, clause: &str, minor: i64) -> TellDeduction {
    TellDeduction {
        case: id(case),
        unit: unit(name),
        clause: clause.into(),
        amount: eur(minor),
        text: id("text"),
    }
}

fn keeping(
    mut command: ApproveRefund,
    clause: &str,
    minor: i64,
    freight: Option<&str>,
) -> ApproveRefund {
    let amount = eur(minor);
    let deduction = Deduction { clause: clause.into(), amount, freight: freight.map(id) };
    command.units[0].deductions.push(deduction);
    command
}

fn freight(name: &str, case: &str, names: &[&str], paid_by: Payer, minor: i64) -> RecordFreight {
    RecordFreight {
        freight: id(name),
        case: id(case),
        leg: Leg::Return,
        units: units(names),
        paid_by,
        amount: eur(minor),
    }
}

fn owed(story: &Story, name: &str) -> (Payer, i64) {
    let debt = freight_debt(&story.ledger, &id(name)).unwrap().unwrap();
    (debt.debtor, debt.outstanding.minor)
}

// --- goods first, accepted, once

#[test]
fn pain_35_a_refund_before_the_receipt_is_refused_and_cites_goods_first() {
    let mut story = Story::new();
    story.open("A", &["L1#1"], Remedy::Refund);
    assert_eq!(story.refused_citing(approve("A", &["L1#1"], "R")), ["goods_first"]);
    story.then(authorise("A", &["L1#1"]));
    assert_eq!(story.refused_citing(approve("A", &["L1#1"], "R")), ["goods_first"]);
    let without_return = approve("B", &["L1#1"], "R");
    assert_eq!(story.refused(without_return), RefusalCode::CaseUnknown);
}

#[test]
fn pain_35_no_person_can_overrule_that_the_goods_come_first() {
    let mut story = Story::new();
    story.then(open("A", &["L4#1"], Cause::OwnReasons, Remedy::Refund));
    story.then(overrule("A", "L4#1", true, "exclude.law")).then(authorise("A", &["L4#1"]));
    assert_eq!(story.refused(approve("A", &["L4#1"], "R")), RefusalCode::GoodsFirst);
}

#[test]
fn pain_04_of_three_announced_and_two_received_two_are_refunded() {
    let mut story = Story::new();
    story.authorised("A", &["L1#1", "L1#2", "L1#3"], Remedy::Refund);
    story.then(receive("p", Some("A"), vec![scanned("S1"), scanned("S3")]));
    story.now = at("2026-03-16T09:00:00Z");
    let all = approve("A", &["L1#1", "L1#2", "L1#3"], "R");
    assert_eq!(story.refused(all), RefusalCode::GoodsFirst);
    story.then(approve("A", &["L1#1", "L1#3"], "R"));
    assert_eq!(story.amount("R"), 11_567 + 11_566);
}

#[test]
fn pain_37_of_many_refunds_of_one_unit_one_is_approved() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]);
    let approved =
        (0..16).filter(|n| story.when(approve("A", &["L1#1"], &format!("R{n}"))).is_ok());
    assert_eq!(approved.count(), 1);
    assert_eq!(story.taken("P2"), 11_567);
}

#[test]
fn a_unit_named_twice_in_one_refund_is_refused() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]);
    assert_eq!(story.refused(approve("A", &["L1#1", "L1#1"], "R")), RefusalCode::RemedyTaken);
}

#[test]
fn a_unit_is_either_refunded_or_replaced() {
    let mut story = Story::new();
    story.received("A", &["L1#1"], Remedy::Replacement).then(allocate("A", "L1#1", Some("N1")));
    story.now = at("2026-03-16T09:00:00Z");
    assert_eq!(story.refused(approve("A", &["L1#1"], "R")), RefusalCode::RemedyTaken);
    story.due("B", &["L1#2"]).then(approve("B", &["L1#2"], "R"));
    assert_eq!(story.refused(allocate("B", "L1#2", Some("N2"))), RefusalCode::OtherRemedy);
}

#[test]
fn a_refund_waits_for_its_first_day_unless_a_person_says_why() {
    let mut story = Story::new();
    story.received("A", &["L1#1"], Remedy::Refund);
    let early = approve("A", &["L1#1"], "R");
    let refusal = story.when(early.clone()).unwrap_err();
    assert_eq!(refusal.code, RefusalCode::TooEarly);
    assert_eq!(refusal.clauses, ["refund.3-10wd".into()]);
    story.then(ApproveRefund { early: Some(id("reason")), ..early });
}

#[test]
fn what_inspection_finds_counts_even_against_an_earlier_goodwill() {
    let mut story = Story::new();
    story.then(open("A", &["L4#1"], Cause::OwnReasons, Remedy::Refund));
    story.then(overrule("A", "L4#1", true, "exclude.law")).then(authorise("A", &["L4#1"]));
    story.then(receive("p", Some("A"), vec![scanned("X1")]));
    story.then(inspect_finding("A", "L4#1", Finding::Liquid));
    assert_eq!(story.refused(approve("A", &["L4#1"], "R")), RefusalCode::NotAccepted);
    story.then(overrule("A", "L4#1", true, "exclude.misuse")).then(approve("A", &["L4#1"], "R"));
}

// --- how much

#[test]
fn pain_03_and_44_an_amount_that_is_not_above_nothing_is_refused() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]);
    for minor in [0, -1, i64::MIN] {
        let shipping = with_shipping(approve("A", &["L1#1"], "R"), minor);
        assert_eq!(story.refused(shipping), RefusalCode::AmountNotPositive);
        let kept = keeping(approve("A", &["L1#1"], "R"), "freight.merchant", minor, None);
        assert_eq!(story.refused(kept), RefusalCode::AmountNotPositive);
        let laid_out = freight("F", "A", &["L1#1"], Payer::Buyer, minor);
        assert_eq!(story.refused(laid_out), RefusalCode::AmountNotPositive);
    }
}

#[test]
fn pain_11_and_25_no_amount_can_be_written_with_a_fraction() {
    let command = |minor: &str| {
        format!(
            r#"{{"type":"tell_deduction","case":"A","unit":{{"line":"L1","number":1}},"clause":"c",
                "amount":{{"minor":{minor},"currency":"EUR"}},"text":"t"}}"#
        )
    };
    let read = |minor| serde_json::from_str::<backhaul_core::ledger::Command>(&command(minor));
    assert!(read("1370").is_ok());
    for minor in ["13.7", "1.0", "1e3", "\"1\"", "null", "9223372036854775808"] {
        assert!(read(minor).is_err(), "{minor}");
    }
}

#[test]
fn pain_08_a_second_refund_sees_the_first() {
    let mut story =
        Story::with(|draft| draft.payments = vec![payment("P1", 11_568, "2026-02-20T09:01:00Z")]);
    story.due("A", &["L1#1", "L1#2"]).then(approve("A", &["L1#1"], "R1"));
    story.then(approve("A", &["L1#2"], "R2"));
    assert_eq!(story.pieces("R1"), [("P1".into(), 11_567, "reserved")]);
    assert_eq!(story.pieces("R2"), [("P1".into(), 1, "reserved")]);
    assert_eq!(story.ledger.refunds[&id("R2")].uncovered, eur(11_566));
}

#[test]
fn pain_07_and_36_promises_together_never_exceed_what_was_captured() {
    let mut story =
        Story::with(|draft| draft.payments = vec![payment("P1", 30_000, "2026-02-20T09:01:00Z")]);
    story.due("A", &["L1#1"]).due("B", &["L1#2"]).due("C", &["L1#3"]);
    for (case, name, refund) in [("A", "L1#1", "R1"), ("B", "L1#2", "R2"), ("C", "L1#3", "R3")] {
        story.then(approve(case, &[name], refund));
    }
    assert_eq!(story.taken("P1"), 30_000);
    assert_eq!(story.ledger.refunds[&id("R3")].uncovered, eur(4_700));
    assert_eq!(story.refused(reissue("R3", None)), RefusalCode::NoRoom);
}

#[test]
fn pain_09_three_equal_units_get_nineteen_of_tax_each_in_any_order() {
    for names in [["L1#1", "L1#2", "L1#3"], ["L1#3", "L1#1", "L1#2"]] {
        let story = Story::new();
        let taxes = names.map(|name| share_of(&story.order, &unit(name)).unwrap().unwrap().tax);
        assert_eq!(taxes, [eur(1_900); 3]);
    }
}

#[test]
fn pain_10_and_14_a_full_refund_is_what_was_paid_discounts_and_stored_tax_included() {
    let mut story = Story::new();
    let all = ["L1#1", "L1#2", "L1#3"];
    story.due("A", &all);
    for (index, name) in all.iter().enumerate() {
        story.then(approve("A", &[name], &format!("R{index}")));
    }
    let total: i64 = (0..3).map(|index| story.amount(&format!("R{index}"))).sum();
    assert_eq!(total, 30_000 - 1_000 + 5_700);
}

#[test]
fn pain_12_and_13_shipping_is_its_own_bucket_and_nothing_left_in_it_is_no_error() {
    let mut story = Story::new();
    story.due("A", &["L1#1", "L1#2"]);
    story.then(with_shipping(approve("A", &["L1#1"], "R1"), 1_500));
    assert_eq!(story.amount("R1"), 11_567 + 1_500);
    let more = with_shipping(approve("A", &["L1#2"], "R2"), 1);
    assert_eq!(story.refused(more), RefusalCode::AmountTooLarge);
    story.then(approve("A", &["L1#2"], "R2"));
    assert_eq!(story.amount("R2"), 11_567, "no shipping, and the tax of this unit alone");
    story.then(cancel("R1")).then(with_shipping(approve("A", &["L1#1"], "R3"), 1_500));
}

#[test]
fn pain_34_a_unit_is_worth_the_same_alone_and_with_the_others() {
    let mut alone = Story::new();
    alone.due("A", &["L1#2"]).then(approve("A", &["L1#2"], "R"));
    let mut together = Story::new();
    together.due("A", &["L1#1", "L1#2"]).then(approve("A", &["L1#1", "L1#2"], "R"));
    let share =
        |story: &Story, index: usize| story.ledger.refunds[&id("R")].bill.units[index].share;
    assert_eq!(share(&alone, 0), share(&together, 1));
}

#[test]
fn nothing_is_kept_back_of_which_the_buyer_was_not_told() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]);
    let kept = keeping(approve("A", &["L1#1"], "R"), "freight.merchant", 500, None);
    assert_eq!(story.refused(kept.clone()), RefusalCode::DeductionNotTold);
    let elsewhere = told("A", "L1#1", "no.such.clause", 500);
    assert_eq!(story.refused(elsewhere), RefusalCode::ClauseNotInDecision);
    story.then(told("A", "L1#1", "freight.merchant", 499));
    assert_eq!(story.refused(kept.clone()), RefusalCode::DeductionNotTold);
    story.then(told("A", "L1#1", "freight.merchant", 500)).then(kept);
    assert_eq!(story.amount("R"), 11_567 - 500);
}

#[test]
fn pain_16_nothing_is_sent_of_a_refund_of_nothing() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]).then(told("A", "L1#1", "freight.merchant", 11_567));
    story.then(keeping(approve("A", &["L1#1"], "R"), "freight.merchant", 11_567, None));
    assert!(story.pieces("R").is_empty());
    assert_eq!(story.state("A"), CaseState::Resolved);
}

#[test]
fn pain_17_an_amount_in_another_currency_is_refused() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]);
    let yen = Money::new(1_000, Currency::parse("JPY").unwrap());
    let command = ApproveRefund { shipping: Some(yen), ..approve("A", &["L1#1"], "R") };
    assert_eq!(story.refused(command), RefusalCode::OtherCurrency);
}

// --- by which payment

#[test]
fn pain_15_a_refund_goes_over_the_payments_each_to_its_room_and_the_rest_is_visible() {
    let mut story = Story::with(|draft| {
        draft.payments = vec![
            payment("P1", 5_000, "2026-02-20T09:01:00Z"),
            payment("P2", 4_000, "2026-02-21T09:01:00Z"),
        ];
    });
    story.due("A", &["L1#1"]).then(approve("A", &["L1#1"], "R"));
    let pieces = [("P2".into(), 4_000, "reserved"), ("P1".into(), 5_000, "reserved")];
    assert_eq!(story.pieces("R"), pieces, "the latest capture first");
    assert_eq!(story.ledger.refunds[&id("R")].uncovered, eur(2_567));
    story.settle_all("R");
    assert_ne!(story.state("A"), CaseState::Resolved);
    assert!(story.pieces("R").iter().all(|piece| piece.2 == "settled"));
}

#[test]
fn a_later_capture_makes_room_for_the_rest_and_a_lowered_one_breaks_nothing() {
    let mut story =
        Story::with(|draft| draft.payments = vec![payment("P1", 5_000, "2026-02-20T09:01:00Z")]);
    story.due("A", &["L1#1"]).then(approve("A", &["L1#1"], "R"));
    let mut draft = backhaul_core::ledger::OrderDraft::from(story.order.clone());
    draft.version = 2;
    draft.payments[0].captured = eur(1);
    draft.payments.push(payment("P2", 6_567, "2026-03-10T09:01:00Z"));
    story.order = backhaul_core::ledger::Order::new(draft).unwrap();
    story.then(reissue("R", None)).settle_all("R");
    assert_eq!(story.taken("P2"), 6_567);
    assert_eq!(story.state("A"), CaseState::Resolved);
}

#[test]
fn an_uncovered_rest_that_stays_is_written_off_by_finance() {
    let mut story =
        Story::with(|draft| draft.payments = vec![payment("P1", 5_000, "2026-02-20T09:01:00Z")]);
    story.due("A", &["L1#1"]).then(approve("A", &["L1#1"], "R")).settle_all("R");
    let write_off = WriteOffRest { refund: id("R"), reason: id("reason") };
    let by_staff = story.by(staff(), write_off.clone()).unwrap_err();
    assert_eq!(by_staff.code, RefusalCode::FinanceOnly);
    story.then(write_off);
    assert_eq!(story.state("A"), CaseState::Resolved);
}

// --- once

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

// --- freight

#[test]
fn pain_22_who_pays_the_way_back_follows_the_cause_and_the_inspection() {
    for (cause, debtor, owes) in
        [(Cause::Quality, Payer::Merchant, 900), (Cause::OwnReasons, Payer::Merchant, 0)]
    {
        let mut story = Story::new();
        story.then(open("A", &["L1#1"], cause, Remedy::Refund)).then(authorise("A", &["L1#1"]));
        story.then(freight("F", "A", &["L1#1"], Payer::Buyer, 900));
        assert_eq!(owed(&story, "F"), (debtor, owes), "{cause}");
    }
    let mut story = Story::new();
    story.received("A", &["L1#1"], Remedy::Refund);
    story.then(freight("F", "A", &["L1#1"], Payer::Merchant, 900));
    assert_eq!(owed(&story, "F"), (Payer::Buyer, 0));
    let mut sound = inspect("A", "L1#1");
    sound.fault_found = Some(false);
    story.then(sound);
    assert_eq!(owed(&story, "F"), (Payer::Buyer, 900), "no fault found");
}

#[test]
fn freight_is_shared_by_the_units_that_travelled() {
    let mut story = Story::new();
    story.received("A", &["L1#1", "L1#2"], Remedy::Refund);
    story.then(freight("F", "A", &["L1#1", "L1#2"], Payer::Merchant, 901));
    let mut sound = inspect("A", "L1#2");
    sound.fault_found = Some(false);
    story.then(sound);
    assert_eq!(owed(&story, "F"), (Payer::Buyer, 450));
}

#[test]
fn freight_owed_to_the_buyer_rides_as_far_as_there_is_room_and_the_rest_goes_by_bank() {
    let mut story =
        Story::with(|draft| draft.payments = vec![payment("P1", 12_000, "2026-02-20T09:01:00Z")]);
    story.due("A", &["L1#1"]).then(freight("F", "A", &["L1#1"], Payer::Buyer, 900));
    let ride = RefundFreight { refund: id("RF"), freight: id("F") };
    assert_eq!(story.refused(ride.clone()), RefusalCode::GoodsRefundFirst);
    story.then(approve("A", &["L1#1"], "R")).then(ride);
    assert_eq!(story.amount("RF"), 433);
    assert_eq!(owed(&story, "F"), (Payer::Merchant, 467));
    story.settle_all("R").settle_all("RF");
    let close = backhaul_core::ledger::command::CloseCase { case: id("A") };
    assert_eq!(story.refused(close.clone()), RefusalCode::FreightOwed);
    let pay = |minor| SettleFreight {
        freight: id("F"),
        amount: eur(minor),
        settlement: FreightSettlement::Paid { reference: id("transfer 9") },
    };
    assert_eq!(story.refused(pay(468)), RefusalCode::NotOwed);
    story.then(pay(467)).then(close);
}

#[test]
fn freight_that_the_buyer_owes_is_kept_back_only_as_far_as_it_is_owed_and_told() {
    let mut story = Story::new();
    story.due("A", &["L1#1"]).then(freight("F", "A", &["L1#1"], Payer::Merchant, 900));
    let mut sound = inspect("A", "L1#1");
    sound.fault_found = Some(false);
    sound.condition = None;
    story.then(sound);
    // Found sound and used, the claim is declined; a person grants it, and the freight stays the buyer's.
    story.then(overrule("A", "L1#1", true, "exclude.law"));
    let clause = "exclude.used";
    story.then(told("A", "L1#1", clause, 2_000));
    let more = keeping(approve("A", &["L1#1"], "R"), clause, 901, Some("F"));
    assert_eq!(story.refused(more), RefusalCode::NotOwed);
    story.then(keeping(approve("A", &["L1#1"], "R"), clause, 900, Some("F")));
    assert_eq!(owed(&story, "F"), (Payer::Buyer, 0));
    assert_eq!(story.goods("L1#1"), Goods::Inspected);
}
