//! Where the money goes: who may say so, who may change it, and that it can be erased.

use backhaul_app::{
    AccountFault, BankError, BankFormat, BankSettings, Chosen, NewBatch, Role, Who,
};
use backhaul_core::ledger::Actor;
use backhaul_store::{bank_account, orders};
use backhaul_testkit::Database;
use pollster::block_on;

use super::{IBAN, OTHER_IBAN, draft_account, finance, once, piece, representative, settings};
use crate::desk::{Desk, NUMBER, approve, draft, id};

backhaul_testkit::on_both_engines! {
    an_account_is_entered_by_one_and_paid_by_another
    an_account_is_not_changed_while_a_transfer_is_on_its_way
    an_erased_account_is_gone_from_the_files_too
    who_may_not_is_told_so
}

/// A refund that goes by bank.
fn to_pay(database: &Database) -> Desk {
    let desk = Desk::at_bank(database);
    let mut draft = draft();
    draft.payments.iter_mut().for_each(|payment| payment.provider = Some(id("wire")));
    desk.app.import_order(draft).unwrap();
    desk.inspected("RMA-1", 1).then(approve("RMA-1", 1, "R-1"));
    desk
}

fn export(desk: &Desk, by: &str, key: &str) -> Result<String, BankError> {
    let chosen = Chosen::Pieces(vec![piece("R-1", 1)]);
    let asked = NewBatch { chosen, format: BankFormat::Csv, execute_on: None, once: once(key) };
    block_on(desk.app.export_bank_batch(&finance(by), asked)).map(|view| view.batch.id)
}

fn an_account_is_entered_by_one_and_paid_by_another(database: &Database) {
    let desk = to_pay(database);
    let put = |who: &Who, iban| {
        block_on(desk.app.put_bank_account(who, NUMBER, &draft_account("A", iban)))
    };
    assert_eq!(put(&representative(), IBAN).unwrap(), 1);
    assert_eq!(put(&representative(), "de89 3704 0044 0532 0130 00").unwrap(), 1, "no news");
    assert!(matches!(put(&representative(), OTHER_IBAN), Err(BankError::AccountChange)));
    let wrong = put(&representative(), "DE88370400440532013000");
    assert!(matches!(wrong, Err(BankError::Account(AccountFault::Iban))), "{wrong:?}");
    assert_eq!(put(&finance("fay"), OTHER_IBAN).unwrap(), 2);

    let seen = |who: &Who| block_on(desk.app.bank_account(who, NUMBER)).unwrap().unwrap();
    assert_eq!(seen(&finance("finn")).account.iban, OTHER_IBAN);
    assert_eq!(seen(&representative()).account.iban, "••••••••••••••4300");
    assert_eq!(seen(&representative()).entered_by, "fay");

    let own = export(&desk, "fay", "k1");
    let Err(BankError::NothingToPay { left_out }) = own else { panic!("{own:?}") };
    assert_eq!(left_out[0].code, "entered_by_you");
    let alone = BankSettings { four_eyes: false, ..settings() };
    let alone = Desk { app: desk.app.clone().with_bank(alone), clock: desk.clock.clone() };
    export(&alone, "fay", "k2").unwrap();
    desk.holds();
}

fn an_account_is_not_changed_while_a_transfer_is_on_its_way(database: &Database) {
    let desk = to_pay(database);
    desk.enters(NUMBER, &draft_account("A", IBAN)).unwrap();
    let batch = export(&desk, "finn", "k1").unwrap();
    let change = || {
        let draft = draft_account("B", OTHER_IBAN);
        block_on(desk.app.put_bank_account(&finance("fay"), NUMBER, &draft))
    };
    assert!(matches!(change(), Err(BankError::AccountInUse)));
    let end_to_end =
        desk.file(&batch).lines().nth(1).unwrap().split(',').next().unwrap().to_owned();
    desk.books(&end_to_end, false, "BACK-1").unwrap();
    assert_eq!(change().unwrap(), 2);
    assert!(desk.file(&batch).contains(IBAN), "the file stays what it was");
    desk.holds();
}

fn an_erased_account_is_gone_from_the_files_too(database: &Database) {
    let desk = to_pay(database);
    desk.enters(NUMBER, &draft_account("Somebody", IBAN)).unwrap();
    let batch = export(&desk, "finn", "k1").unwrap();
    let entries = desk.app.store().write(|tx| -> Result<_, backhaul_store::Error> {
        let order = orders::find(tx, NUMBER)?.expect("the order was imported");
        bank_account::erase(tx, &order)?;
        bank_account::entries(tx, &order)
    });
    let entries = entries.wait().unwrap();
    assert_eq!(entries.len(), 1, "who entered it stays");
    assert_eq!((entries[0].0, entries[0].1.as_str()), (1, "ria"));
    assert_eq!(block_on(desk.app.bank_account(&finance("finn"), NUMBER)).unwrap().map(drop), None);
    let file = block_on(desk.app.bank_batch_file(&finance("finn"), &batch, None));
    assert!(matches!(file.map(drop), Err(BankError::Erased)));
    desk.holds();
}

fn who_may_not_is_told_so(database: &Database) {
    let desk = to_pay(database);
    let app = &desk.app;
    let account = draft_account("A", IBAN);
    let person = |role: Role| Who {
        roles: role.into(),
        actor: Actor::Staff { id: id("someone"), finance: false },
    };
    let forbidden = |error: Option<BankError>| matches!(error, Some(BankError::Forbidden { .. }));
    for role in [Role::Buyer, Role::Dock, Role::System] {
        let who = person(role);
        assert!(
            forbidden(block_on(app.put_bank_account(&who, NUMBER, &account)).err()),
            "{role:?}"
        );
        assert!(forbidden(block_on(app.bank_account(&who, NUMBER)).err()), "{role:?}");
    }
    for role in [Role::Buyer, Role::Representative, Role::Dock, Role::System] {
        let who = person(role);
        let chosen = Chosen::Pieces(vec![piece("R-1", 1)]);
        let asked = NewBatch { chosen, format: BankFormat::Csv, execute_on: None, once: once("k") };
        assert!(forbidden(block_on(app.export_bank_batch(&who, asked)).err()), "{role:?}");
        assert!(forbidden(block_on(app.bank_batch_file(&who, "x", None)).err()), "{role:?}");
        let (end_to_end_id, reference) = ("x".to_owned(), "y".to_owned());
        let on = "2026-03-18".parse().unwrap();
        let word = backhaul_app::BankWord { end_to_end_id, is_paid: true, reference, on };
        assert!(forbidden(block_on(app.book_bank_transfer(&who, word)).err()), "{role:?}");
    }
    let unnamed = Who { roles: Role::Finance.into(), actor: Actor::Provider };
    let put = block_on(app.put_bank_account(&unnamed, NUMBER, &account));
    assert!(matches!(put, Err(BankError::Unnamed)));
    desk.holds();
}
