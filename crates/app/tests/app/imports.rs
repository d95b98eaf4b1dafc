//! Orders in, version by version.

use backhaul_app::{Buyer, Email, Imported, NewOrder};
use backhaul_core::ledger::{OrderDraft, RefusalCode};
use backhaul_store::{Error, buyers, orders, serials};
use backhaul_testkit::Database;

use crate::desk::{Desk, NUMBER, draft, id, open};

backhaul_testkit::on_both_engines! {
    an_import_is_repeatable
    a_changed_order_is_a_version_and_leaves_open_cases_alone
    an_order_that_does_not_add_up_is_refused
    another_buyer_is_no_new_version
    a_serial_finds_its_order_from_the_import_on
}

fn an_import_is_repeatable(database: &Database) {
    let desk = Desk::over(database);
    assert_eq!(desk.app.import_order(draft()).unwrap(), Imported::Same);
    assert_eq!(desk.app.import_order(draft()).unwrap(), Imported::Same);
}

fn a_changed_order_is_a_version_and_leaves_open_cases_alone(database: &Database) {
    let desk = Desk::over(database);
    desk.then(open("RMA-1", &[1]));
    let before = desk.cases();
    let declared = |mut draft: OrderDraft| {
        draft.lines.iter_mut().for_each(|line| line.declared_non_returnable = true);
        draft
    };
    assert_eq!(desk.app.import_order(declared(draft())).unwrap(), Imported::Changed(2));
    assert_eq!(desk.app.import_order(declared(draft())).unwrap(), Imported::Same);
    assert_eq!(desk.cases(), before, "an open case is not judged again");
    desk.then(open("RMA-2", &[2]));
    let state = |place: usize| desk.cases().get(place).map(|row| row.state.as_str());
    assert_eq!((state(0), state(1)), (Some("requested"), Some("declined")));
    desk.holds();
}

fn an_order_that_does_not_add_up_is_refused(database: &Database) {
    let desk = Desk::over(database);
    let mut twice = draft();
    twice.lines.iter_mut().for_each(|line| {
        let first = line.serials.first().cloned();
        line.serials.pop();
        line.serials.extend(first);
    });
    assert!(desk.app.import_order(twice).is_err());
    let mut named = draft();
    "no number".clone_into(&mut named.number);
    assert!(desk.app.import_order(named).is_err());
    assert_eq!(desk.refused(open("RMA-1", &[9])), RefusalCode::UnitUnknown);
}

fn another_buyer_is_no_new_version(database: &Database) {
    let desk = Desk::over(database);
    let of = |name: &str| {
        let email = Email::new("buyer@shop.example").unwrap();
        Buyer::new(Some(email), Some(name.to_owned()), None).unwrap()
    };
    let import =
        |buyer: Option<Buyer>| desk.app.import_order(NewOrder { order: draft(), buyer }).unwrap();
    let kept = || {
        let buyer = desk.app.store().read(|tx| -> Result<_, Error> {
            let order = orders::find(tx, NUMBER)?.expect("the order was imported");
            buyers::get(tx, &order)
        });
        buyer.wait().unwrap()
    };
    assert_eq!(kept(), None);
    for name in ["Buyer One", "Buyer Two"] {
        assert_eq!(import(Some(of(name))), Imported::Same);
        assert_eq!(kept(), Some(of(name)));
    }
    assert_eq!(import(None), Imported::Same);
    assert_eq!(kept(), Some(of("Buyer Two")), "who says nothing of the buyer changes nothing");
}

fn a_serial_finds_its_order_from_the_import_on(database: &Database) {
    let desk = Desk::over(database);
    let found = |serial: &str| {
        let serial = id(serial);
        let orders = desk.app.store().read(move |tx| serials::orders_of(tx, &serial));
        orders.wait().unwrap().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(found("S3"), [NUMBER]);
    assert!(found("S9").is_empty());
}
