//! Appending to the ledger of an order, and loading it.

use std::sync::Barrier;

use backhaul_core::ledger::Order;
use backhaul_store::ledger::LedgerError;
use backhaul_store::orders::{self, OrderStoreError};
use backhaul_store::{Head, audit};

use crate::world::{append, at, events, load, order, order_id, with_order};
use backhaul_testkit::Database;

backhaul_testkit::on_both_engines! {
    what_was_appended_is_loaded_as_it_was
    of_eight_who_append_at_one_version_one_wins
    an_old_head_is_refused_and_leaves_nothing
    an_order_has_a_ledger_from_its_first_import
    versions_of_an_order_follow_each_other
}

fn what_was_appended_is_loaded_as_it_was(database: &Database) {
    let store = database.open();
    let order = order_id("o1");
    with_order(&store, &order);
    assert_eq!(load(&store, &order).unwrap().head, Head::EMPTY);
    let events = events();
    let head = append(&store, &order, Head::EMPTY, &events[..2]).unwrap();
    let head = append(&store, &order, head, &events[2..]).unwrap();
    assert_eq!(head.version(), 5);
    drop(store);

    let history = load(&database.open(), &order).unwrap();
    assert_eq!(history.head, head);
    let loaded: Vec<_> = history.events.iter().map(|recorded| recorded.event.clone()).collect();
    assert_eq!(loaded, events);
    let places: Vec<_> = history.events.iter().map(|recorded| recorded.seq).collect();
    assert_eq!(places, [1, 2, 3, 4, 5]);
    assert!(history.events.iter().all(|recorded| recorded.at == at(9)));
}

fn of_eight_who_append_at_one_version_one_wins(database: &Database) {
    let store = database.open();
    let order = order_id("o1");
    with_order(&store, &order);
    let start = Barrier::new(8);
    let won: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let head = load(&store, &order).unwrap().head;
                    start.wait();
                    let first = append(&store, &order, head, &events()[..1]);
                    let won = first.is_ok();
                    if let Err(error) = first {
                        assert!(
                            matches!(error, LedgerError::VersionConflict { expected: 0, .. }),
                            "{error}"
                        );
                        // Whoever lost decides again on what is there now.
                        while let Err(LedgerError::VersionConflict { .. }) = {
                            let head = load(&store, &order).unwrap().head;
                            append(&store, &order, head, &events()[..1])
                        } {}
                    }
                    usize::from(won)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(won, 1);
    assert_eq!(load(&store, &order).unwrap().head.version(), 8);
    assert_eq!(audit::verify(&store).unwrap().findings, []);
}

fn an_old_head_is_refused_and_leaves_nothing(database: &Database) {
    let store = database.open();
    let order = order_id("o1");
    with_order(&store, &order);
    let head = append(&store, &order, Head::EMPTY, &events()).unwrap();
    let refused = append(&store, &order, Head::EMPTY, &events()[..1]).unwrap_err();
    assert_eq!(refused.to_string(), "the ledger of order `o1` is no longer at version 0");
    assert_eq!(load(&store, &order).unwrap().head, head);
}

fn an_order_has_a_ledger_from_its_first_import(database: &Database) {
    let store = database.open();
    let refused = append(&store, &order_id("o1"), Head::EMPTY, &events()).unwrap_err();
    assert!(matches!(refused, LedgerError::VersionConflict { .. }));
    let found = store.read(|tx| orders::find(tx, "o1")).wait().unwrap();
    assert_eq!(found, None);
    with_order(&store, &order_id("o1"));
    let found = store.read(|tx| orders::find(tx, "o1")).wait().unwrap();
    assert_eq!(found, Some(order_id("o1")));
}

fn versions_of_an_order_follow_each_other(database: &Database) {
    let store = database.open();
    let import = |id: &str, document: Order| {
        let id = order_id(id);
        store.write(move |tx| orders::import(tx, &id, &document, at(1))).wait()
    };
    let is_conflict = |done| matches!(done, Err(OrderStoreError::Conflict { .. }));
    import("o1", order("SO-1", 1)).unwrap();
    assert!(is_conflict(import("o1", order("SO-1", 1))), "the same version again");
    assert!(is_conflict(import("o2", order("SO-1", 1))), "the same number for another order");
    assert!(is_conflict(import("o1", order("SO-1", 3))), "a version left out");
    assert!(is_conflict(import("o1", order("SO-2", 2))), "another number for the same order");
    import("o1", order("SO-1", 2)).unwrap();

    let get = |version| store.read(move |tx| orders::get(tx, &order_id("o1"), version)).wait();
    assert_eq!(get(Some(1)).unwrap(), Some(order("SO-1", 1)));
    assert_eq!(get(None).unwrap(), Some(order("SO-1", 2)));
    assert_eq!(get(Some(3)).unwrap(), None);
}
