//! From an uncovered rest to the day on which the buyer has the money; and back, where the bank sends it back.

use backhaul_app::{BankError, BankFormat, Booked, Chosen, Providers, TransferState};
use backhaul_core::ledger::command::{
    CloseChargeback, RecordChargeback, ReissueRefund, WithdrawInstruction,
};
use backhaul_core::ledger::{InstructionId, Path};
use backhaul_testkit::Database;

use super::{IBAN, draft_account, piece};
use crate::desk::{Desk, NUMBER, approve, id};
use crate::provider::Fake;

backhaul_testkit::on_both_engines! {
    an_uncovered_rest_is_paid_by_bank_and_the_case_is_resolved
    a_payment_that_came_by_bank_goes_back_by_bank_and_no_job_takes_it
    a_transfer_that_comes_back_is_issued_again_and_paid_once
    a_job_from_before_the_settings_changed_leaves_it_alone
    what_may_not_leave_now_is_left_out_with_the_ledgers_reason
}

fn by_bank(refund: &str, piece: Option<u16>) -> ReissueRefund {
    ReissueRefund { refund: id(refund), piece, path: Path::Bank, reason: Some(id("reason")) }
}

/// Both payments charged back when the refund is approved, and won afterwards: all of it is an uncovered rest.
fn with_an_uncovered_rest(database: &Database) -> Desk {
    let desk = Desk::at_bank(database);
    desk.inspected("RMA-1", 1);
    for payment in ["P1", "P2"] {
        desk.then(RecordChargeback { payment: id(payment), reference: id("CB") });
    }
    desk.then(approve("RMA-1", 1, "R-1"));
    for payment in ["P1", "P2"] {
        desk.then(CloseChargeback { payment: id(payment), won: true });
    }
    desk
}

fn an_uncovered_rest_is_paid_by_bank_and_the_case_is_resolved(database: &Database) {
    let desk = with_an_uncovered_rest(database);
    assert!(desk.names(TransferState::ToPay).is_empty(), "nobody has said that it goes by bank");
    desk.then(by_bank("R-1", None));

    let to_pay = desk.listed(TransferState::ToPay);
    assert_eq!(to_pay.len(), 1);
    let row = &to_pay[0];
    assert_eq!((row.number.as_str(), row.refund.case.as_str()), (NUMBER, "RMA-1"));
    assert_eq!(row.refund.amount.to_string(), "100.00 EUR");
    assert!(row.refund.due_at.is_some() && row.account_by.is_none() && row.transfer.is_none());

    let due = || Chosen::DueUpTo("2026-12-31".parse().unwrap());
    let Err(BankError::NothingToPay { left_out }) = desk.exports("k0", due(), BankFormat::Csv)
    else {
        panic!("nobody knows where it goes")
    };
    assert_eq!(left_out[0].code, "bank_details_missing");
    assert_eq!(left_out[0].name, piece("R-1", 1));
    assert_eq!(desk.enters(NUMBER, &draft_account("Zoë Groß", IBAN)).unwrap(), 1);

    let made = desk.exports("k1", due(), BankFormat::Pain001).unwrap();
    assert_eq!((made.batch.transfers, made.left_out.len()), (1, 0));
    assert!(desk.names(TransferState::ToPay).is_empty());
    assert_eq!(desk.names(TransferState::Exported), ["R-1#1"]);
    let listed = desk.listed(TransferState::Exported).remove(0).transfer.unwrap();
    assert_eq!(listed.batch, made.batch.id);
    assert!(desk.file(&made.batch.id).contains(&listed.end_to_end_id));

    let resolved = || desk.cases()[0].state.as_str() == "resolved";
    assert!(!resolved());
    assert_eq!(desk.books(&listed.end_to_end_id, true, "BANK-1").unwrap(), Booked::Recorded);
    assert!(resolved(), "{:?}", desk.cases());
    assert_eq!(desk.names(TransferState::Paid), ["R-1#1"]);
    let paid = desk.listed(TransferState::Paid).remove(0).transfer.unwrap();
    assert_eq!((paid.bank_reference.as_str(), paid.booked_on.as_str()), ("BANK-1", "2026-03-18"));

    assert_eq!(desk.books(&listed.end_to_end_id, true, "BANK-1").unwrap(), Booked::Unchanged);
    let other = desk.books(&listed.end_to_end_id, true, "BANK-2");
    assert!(matches!(other, Err(BankError::ReferenceDiffers)), "{other:?}");
    assert!(matches!(desk.books("SO-1001-0", true, "B"), Err(BankError::UnknownTransfer)));
    assert!(matches!(desk.books(&listed.end_to_end_id, true, " "), Err(BankError::Reference)));
    desk.holds();
}

/// The order of the desk with its second payment taken by that provider.
fn paid_through(provider: Option<&str>) -> backhaul_core::ledger::OrderDraft {
    let mut draft = crate::desk::draft();
    for payment in &mut draft.payments {
        payment.provider = provider.map(id);
    }
    draft
}

fn a_payment_that_came_by_bank_goes_back_by_bank_and_no_job_takes_it(database: &Database) {
    let desk = Desk::at_bank(database);
    desk.app.import_order(paid_through(Some("wire"))).unwrap();
    desk.inspected("RMA-1", 1).then(approve("RMA-1", 1, "R-1"));
    assert_eq!(desk.names(TransferState::ToPay), ["R-1#1"]);
    let provider = Fake::new("nothing", &desk.clock);
    let providers = Providers::new().with(id("card"), provider.clone());
    assert!(!desk.app.work_refunds(&providers, "w").unwrap(), "there is no job");

    desk.app.import_order(paid_through(Some("card"))).unwrap();
    desk.inspected("RMA-2", 2).then(approve("RMA-2", 2, "R-2"));
    assert_eq!(desk.names(TransferState::ToPay), ["R-1#1"], "a card is no bank transfer");
    assert!(desk.app.work_refunds(&providers, "w").unwrap());
    assert_eq!(provider.calls(), 1);

    desk.enters(NUMBER, &draft_account("A", IBAN)).unwrap();
    let both =
        Chosen::Pieces(vec![piece("R-2", 1), piece("R-1", 1), piece("R-1", 1), piece("R-9", 1)]);
    desk.app.import_order(paid_through(Some("wire"))).unwrap();
    let made = desk.exports("k1", both, BankFormat::Csv).unwrap();
    assert_eq!(made.batch.transfers, 1);
    assert_eq!(super::codes(&made.left_out), [("R-2", "not_by_bank"), ("R-9", "piece_unknown")]);
    // The way it came is the bank's, and the answer is a person's to give.
    let end_to_end = made.transfers[0].1.end_to_end_id.clone();
    assert_eq!(desk.books(&end_to_end, true, "BANK-1").unwrap(), Booked::Recorded);
    assert_eq!(desk.names(TransferState::Paid), ["R-1#1"]);
    desk.holds();
}

fn a_transfer_that_comes_back_is_issued_again_and_paid_once(database: &Database) {
    let desk = with_an_uncovered_rest(database);
    desk.then(by_bank("R-1", None));
    desk.enters(NUMBER, &draft_account("A", IBAN)).unwrap();
    let named = |number| Chosen::Pieces(vec![piece("R-1", number)]);
    let first = desk.exports("k1", named(1), BankFormat::Csv).unwrap();
    let first = first.transfers[0].1.end_to_end_id.clone();
    assert_eq!(desk.books(&first, true, "BANK-1").unwrap(), Booked::Recorded);
    // The bank paid, and a week later the money is back: the account was closed.
    assert_eq!(desk.books(&first, false, "BACK-1").unwrap(), Booked::Recorded);
    assert_eq!(desk.books(&first, false, "BACK-1").unwrap(), Booked::Unchanged);
    assert_eq!(desk.names(TransferState::Returned), ["R-1#1"]);
    let again = desk.exports("k2", named(1), BankFormat::Csv);
    let Err(BankError::NothingToPay { left_out }) = again else { panic!("{again:?}") };
    assert_eq!(left_out[0].code, "already_exported");

    desk.then(by_bank("R-1", Some(1)));
    assert_eq!(desk.names(TransferState::ToPay), ["R-1#2"]);
    let second = desk.exports("k3", named(2), BankFormat::Csv).unwrap();
    let second = second.transfers[0].1.end_to_end_id.clone();
    assert_ne!(first, second);
    assert_eq!(desk.books(&second, true, "BANK-2").unwrap(), Booked::Recorded);
    // Was the first one paid after all? Then it is twice, and that is said, and changes no sum.
    assert_eq!(desk.books(&first, true, "BANK-3").unwrap(), Booked::Contradicted);
    assert_eq!(desk.books(&first, true, "BANK-3").unwrap(), Booked::Unchanged);
    assert_eq!(desk.names(TransferState::Paid), ["R-1#2"]);
    desk.holds();
}

fn a_job_from_before_the_settings_changed_leaves_it_alone(database: &Database) {
    let before = Desk::over(database);
    before.app.import_order(paid_through(Some("wire"))).unwrap();
    before.inspected("RMA-1", 1).then(approve("RMA-1", 1, "R-1"));
    let desk = Desk { app: before.app.with_bank(super::settings()), clock: before.clock };
    desk.app.rebuild(NUMBER).unwrap();
    assert_eq!(desk.names(TransferState::ToPay), ["R-1#1"]);
    desk.enters(NUMBER, &draft_account("A", IBAN)).unwrap();
    desk.exports("k1", Chosen::Pieces(vec![piece("R-1", 1)]), BankFormat::Csv).unwrap();
    let provider = Fake::new("replays", &desk.clock);
    assert!(desk.app.work_refunds(&provider.alone(), "w").unwrap(), "the job is still there");
    assert!(!desk.app.work_refunds(&provider.alone(), "w").unwrap(), "and is no more");
    assert_eq!(provider.calls(), 0, "the bank pays it");
    assert_eq!(desk.names(TransferState::Exported), ["R-1#1"]);
    desk.holds();
}

fn what_may_not_leave_now_is_left_out_with_the_ledgers_reason(database: &Database) {
    let desk = with_an_uncovered_rest(database);
    desk.then(by_bank("R-1", None));
    desk.inspected("RMA-2", 2).then(approve("RMA-2", 2, "R-2"));
    desk.then(WithdrawInstruction { instruction: InstructionId { refund: id("R-2"), number: 1 } });
    desk.then(by_bank("R-2", Some(1)));
    desk.inspected("RMA-3", 3).then(approve("RMA-3", 3, "R-3"));
    desk.then(WithdrawInstruction { instruction: InstructionId { refund: id("R-3"), number: 1 } });
    desk.then(by_bank("R-3", Some(1)));
    desk.then(WithdrawInstruction { instruction: InstructionId { refund: id("R-3"), number: 2 } });
    desk.enters(NUMBER, &draft_account("A", IBAN)).unwrap();
    let payment = desk.listed(TransferState::ToPay)[0].refund.payment.clone();
    desk.then(RecordChargeback { payment, reference: id("CB") });
    let all = || Chosen::Pieces(vec![piece("R-1", 1), piece("R-2", 2), piece("R-3", 2)]);
    let asked = desk.exports("k1", all(), BankFormat::Csv);
    let Err(BankError::NothingToPay { left_out }) = asked else { panic!("{asked:?}") };
    let expected = [("R-1", "charged_back"), ("R-2", "charged_back"), ("R-3", "not_to_pay")];
    assert_eq!(super::codes(&left_out), expected);
    assert_eq!(desk.names(TransferState::ToPay), ["R-1#1", "R-2#2"], "nothing changed");
    desk.holds();
}
