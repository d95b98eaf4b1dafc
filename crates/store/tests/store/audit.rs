//! Invariant `tamper-evident`: whatever is done to the events behind the program's back is found and named.

use backhaul_store::audit::{self, Report};
use backhaul_store::ledger::LedgerError;
use backhaul_store::{DatabaseUrl, Error, Finding, Head, Store, Tampering, Value};

use crate::world::{append, events, load, order_id, tamper, with_order};
use backhaul_testkit::Database;

backhaul_testkit::on_both_engines! {
    ledgers_as_they_were_written_pass
    an_edited_body_is_found
    an_edited_time_kind_or_hash_is_found
    a_removed_event_is_found
    a_cut_tail_is_found
    a_tail_cut_with_its_head_moved_back_is_found_at_the_head
    an_event_behind_the_end_is_found
    a_removed_order_is_found
    the_first_thing_wrong_of_each_ledger_is_named
    any_change_to_any_event_is_found_at_that_event
    any_two_events_that_change_places_are_found_at_the_first
}

/// Two orders with five events each.
fn two_ledgers(database: &Database) -> Store {
    let store = database.open();
    for name in ["o1", "o2"] {
        with_order(&store, &order_id(name));
        append(&store, &order_id(name), Head::EMPTY, &events()).unwrap();
    }
    store
}

/// Tampers, and expects that to be found; nothing is decided on such a ledger either.
fn found(database: &Database, statements: &[&'static str], seq: i64, what: Tampering) {
    let store = two_ledgers(database);
    tamper(&store, statements);
    let finding = Finding { order: "o2".to_owned(), seq, what };
    let report = audit::verify(&store).unwrap();
    assert_eq!(report.findings, [finding]);
    let loaded = load(&store, &order_id("o2"));
    assert!(matches!(loaded, Err(LedgerError::Tampered(_))), "{loaded:?}");
    load(&store, &order_id("o1")).unwrap();
}

fn ledgers_as_they_were_written_pass(database: &Database) {
    let store = database.open();
    assert_eq!(audit::verify(&store).unwrap(), Report::default());
    drop(store);
    let store = two_ledgers(database);
    with_order(&store, &order_id("empty"));
    // More orders than are looked at in one transaction.
    for number in 0..70 {
        with_order(&store, &order_id(&format!("p{number}")));
    }
    let report = audit::verify(&store).unwrap();
    assert_eq!(report, Report { orders: 73, events: 10, findings: vec![] });
}

fn an_edited_body_is_found(database: &Database) {
    let edit = "update ledger_event set body = replace(body, '450', '950')
        where order_id = 'o2' and seq = 2";
    found(database, &[edit], 2, Tampering::Changed);
}

fn an_edited_time_kind_or_hash_is_found(database: &Database) {
    let store = two_ledgers(database);
    tamper(
        &store,
        &[
            "update ledger_event set at_us = at_us + 1 where order_id = 'o1' and seq = 1",
            "update ledger_event set kind = 'case_closed' where order_id = 'o2' and seq = 3",
        ],
    );
    let findings = audit::verify(&store).unwrap().findings;
    let expected = [("o1", 1), ("o2", 3)].map(|(order, seq)| {
        let order = order.to_owned();
        Finding { order, seq, what: Tampering::Changed }
    });
    assert_eq!(findings, expected);

    let hash = "update ledger_event set hash = 'none' where order_id = 'o2' and seq = 1";
    tamper(&store, &[hash]);
    assert_eq!(audit::verify(&store).unwrap().findings[1].seq, 1);
}

fn a_removed_event_is_found(database: &Database) {
    let remove = "delete from ledger_event where order_id = 'o2' and seq = 3";
    found(database, &[remove], 3, Tampering::Removed);
}

fn a_cut_tail_is_found(database: &Database) {
    let cut = "delete from ledger_event where order_id = 'o2' and seq >= 4";
    found(database, &[cut], 4, Tampering::CutOff);
}

fn a_tail_cut_with_its_head_moved_back_is_found_at_the_head(database: &Database) {
    let cut = "delete from ledger_event where order_id = 'o2' and seq >= 4";
    let move_back = "update ledger_order set head_seq = 3 where order_id = 'o2'";
    found(database, &[cut, move_back], 3, Tampering::HeadChanged);
}

fn an_event_behind_the_end_is_found(database: &Database) {
    let add = "insert into ledger_event (order_id, seq, at_us, kind, body, hash)
        select order_id, 6, at_us, kind, body, hash from ledger_event
        where order_id = 'o2' and seq = 5";
    found(database, &[add], 6, Tampering::BeyondHead);
}

fn a_removed_order_is_found(database: &Database) {
    let store = two_ledgers(database);
    // The tables refuse it; so whoever did it switched their rules off, on SQLite with another program.
    let versions = "delete from order_version where order_id = 'o2'";
    let order = "delete from ledger_order where order_id = 'o2'";
    if let DatabaseUrl::Sqlite(file) = &database.url {
        let other = rusqlite::Connection::open(file).unwrap();
        other.execute_batch(&format!("pragma foreign_keys=off; {versions}; {order}")).unwrap();
    } else {
        let rule = "alter table ledger_event drop constraint ledger_event_order_id_fkey";
        let done = store.write(move |tx| {
            tx.exec(rule, &[])?;
            tx.exec(versions, &[])?;
            tx.exec(order, &[])
        });
        done.wait().unwrap();
    }
    let what = Tampering::HeadRemoved;
    let finding = Finding { order: "o2".to_owned(), seq: 1, what };
    assert_eq!(audit::verify(&store).unwrap().findings, [finding]);
}

fn the_first_thing_wrong_of_each_ledger_is_named(database: &Database) {
    let store = two_ledgers(database);
    tamper(
        &store,
        &[
            "update ledger_event set body = '{' where order_id = 'o1' and seq = 4",
            "delete from ledger_event where order_id = 'o1' and seq = 2",
        ],
    );
    let findings = audit::verify(&store).unwrap().findings;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].to_string(), "order `o1`, event 2: it was removed");
}

/// What an audit finds after these statements about events, which are undone again.
fn found_after(store: &Store, statements: &[(&'static str, Vec<i64>)]) -> Finding {
    let statements = statements.to_vec();
    let undone = store.write(move |tx| -> Result<(), Undone> {
        for (sql, places) in &statements {
            let values: Vec<Value<'_>> = places.iter().copied().map(Value::from).collect();
            assert_eq!(tx.exec(sql, &values)?, 1, "{sql}");
        }
        let found = audit::verify_order(tx, "o1")?;
        Err(Undone(found.unwrap_or_else(|| panic!("nothing found after {statements:?}"))))
    });
    undone.wait().unwrap_err().0
}

struct Undone(Finding);

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        panic!("{error}")
    }
}

fn any_change_to_any_event_is_found_at_that_event(database: &Database) {
    let store = two_ledgers(database);
    for seq in 1..=5 {
        for sql in [
            "update ledger_event set at_us = at_us - 1 where order_id = 'o1' and seq = $1",
            "update ledger_event set kind = kind || ' ' where order_id = 'o1' and seq = $1",
            "update ledger_event set body = body || ' ' where order_id = 'o1' and seq = $1",
            "update ledger_event set hash = '' where order_id = 'o1' and seq = $1",
            "update ledger_event set order_id = 'o2', seq = seq + 9
                where order_id = 'o1' and seq = $1",
            "delete from ledger_event where order_id = 'o1' and seq = $1",
        ] {
            let found = found_after(&store, &[(sql, vec![seq])]);
            assert_eq!((found.order.as_str(), found.seq), ("o1", seq), "{sql}");
        }
    }
    assert_eq!(audit::verify(&store).unwrap().findings, []);
}

fn any_two_events_that_change_places_are_found_at_the_first(database: &Database) {
    let store = two_ledgers(database);
    let go = "update ledger_event set seq = $1 where order_id = 'o1' and seq = $2";
    for first in 1..=5 {
        for second in first + 1..=5 {
            let swap = [(go, vec![99, first]), (go, vec![first, second]), (go, vec![second, 99])];
            let what = Tampering::Reordered { stands_at: second };
            let expected = Finding { order: "o1".to_owned(), seq: first, what };
            assert_eq!(found_after(&store, &swap), expected);
        }
    }
}
