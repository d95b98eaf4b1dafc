//! How much: what was stored with the order, less what the buyer was told of.

use super::{cancel, freight, keeping, reissue, told, with_shipping};
use crate::world::{Story, approve, eur, id, payment, unit};
use backhaul_core::ledger::command::ApproveRefund;
use backhaul_core::ledger::{CaseState, RefusalCode, share_of};
use backhaul_core::money::{Currency, Money};
use backhaul_core::words::Payer;

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
