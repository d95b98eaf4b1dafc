//! Who bought what, and with which order a serial was shipped.

use backhaul_core::ledger::{Order, OrderDraft, Serial};
use backhaul_store::buyers::{self, Buyer, Email};
use backhaul_store::{OrderId, Store, orders, serials};
use backhaul_testkit::Database;

use crate::world::{at, id, order, order_id, with_order};

backhaul_testkit::on_both_engines! {
    a_buyer_is_kept_changed_and_found_by_address
    what_is_erased_stays_erased
    a_serial_of_any_version_finds_its_orders
}

fn buyer(email: &str, name: &str) -> Buyer {
    let some = |text: &str| Some(text.to_owned());
    Buyer::new(Some(Email::new(email).unwrap()), some(name), some("en")).unwrap()
}

fn put(store: &Store, order: &OrderId, buyer: &Buyer) -> bool {
    let (order, buyer) = (order.clone(), buyer.clone());
    store.write(move |tx| buyers::put(tx, &order, &buyer)).wait().unwrap()
}

fn get(store: &Store, order: &OrderId) -> Option<Buyer> {
    let order = order.clone();
    store.read(move |tx| buyers::get(tx, &order)).wait().unwrap()
}

fn found(store: &Store, email: &str) -> Vec<OrderId> {
    let email = Email::new(email).unwrap();
    store.read(move |tx| buyers::orders_of(tx, &email, 9)).wait().unwrap()
}

fn a_buyer_is_kept_changed_and_found_by_address(database: &Database) {
    let store = database.open();
    let (one, other) = (order_id("o1"), order_id("o2"));
    with_order(&store, &one);
    with_order(&store, &other);
    let first = buyer("Buyer.One@shop.example", "Buyer One");
    assert!(put(&store, &one, &first));
    assert!(!put(&store, &one, &first), "nothing new");
    assert!(put(&store, &other, &buyer("buyer.one@SHOP.example", "Buyer One")));
    assert_eq!(get(&store, &one), Some(first));
    assert_eq!(found(&store, "BUYER.ONE@shop.example"), [one.clone(), other.clone()]);
    assert!(put(&store, &one, &buyer("two@shop.example", "Buyer Two")));
    assert_eq!(found(&store, "buyer.one@shop.example"), [other]);
    assert_eq!(found(&store, "two@shop.example"), [one]);
}

fn what_is_erased_stays_erased(database: &Database) {
    let store = database.open();
    let order = order_id("o1");
    with_order(&store, &order);
    let first = buyer("buyer@shop.example", "Buyer One");
    put(&store, &order, &first);
    let erase = || {
        let order = order.clone();
        store.write(move |tx| buyers::erase(tx, &order, at(5))).wait().unwrap()
    };
    assert!(erase());
    assert!(!erase(), "once");
    assert_eq!((get(&store, &order), found(&store, "buyer@shop.example")), (None, Vec::new()));
    assert!(!put(&store, &order, &first), "an import does not bring it back");
    assert_eq!(get(&store, &order), None);
    let left = store.read(|tx| {
        let sql = "select email || email_key || name || language from buyer";
        tx.first(sql, &[], |row| Ok(row.text(0)?.to_owned()))
    });
    assert_eq!(left.wait().unwrap().as_deref(), Some(""), "nothing of it is left in the row");
}

fn a_serial_of_any_version_finds_its_orders(database: &Database) {
    let store = database.open();
    let import = |number: &str, version: u32, serials: [&str; 2]| {
        let mut draft: OrderDraft = order(number, version).into();
        draft.lines.iter_mut().for_each(|line| line.serials = serials.map(id).to_vec());
        let (id, order) = (order_id(number), Order::new(draft).unwrap());
        store.write(move |tx| orders::import(tx, &id, &order, at(0))).wait().unwrap();
    };
    import("o1", 1, ["S1", "S2"]);
    import("o1", 2, ["S1", "S3"]);
    import("o2", 1, ["S3", "S4"]);
    let found = |serial: &str| {
        let serial: Serial = id(serial);
        store.read(move |tx| serials::orders_of(tx, &serial)).wait().unwrap()
    };
    let (one, other) = (order_id("o1"), order_id("o2"));
    assert_eq!(
        found("S2"),
        std::slice::from_ref(&one),
        "a case may have been opened on the first version"
    );
    assert_eq!(found("S3"), [one, other]);
    assert_eq!(found("s1"), []);
}
