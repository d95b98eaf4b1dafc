//! What only SQLite does: transactions share a commit.

use std::sync::mpsc::channel;

use backhaul_store::{Error, Pending, Rule, Tx, values};

use crate::world::count;
use backhaul_testkit::Database;

fn insert(tx: &mut dyn Tx, id: &str) -> Result<(), Error> {
    let sql = "insert into job (id, kind, body, due_at_us) values ($1, 'test', '', 0)";
    tx.exec(sql, values![id]).map(|_| ())
}

#[test]
fn a_commit_that_fails_fails_everyone_in_its_group() {
    let database = Database::sqlite();
    let store = database.open();
    let (go, wait) = channel::<()>();
    let (started, is_running) = channel();
    let holding = store.write(move |tx| {
        started.send(()).unwrap();
        let _ = wait.recv();
        insert(tx, "holder")
    });
    is_running.recv().unwrap();
    let innocent = store.write(|tx| insert(tx, "innocent"));
    // A rule that is looked at no earlier than at the commit.
    let guilty = store.write(|tx| {
        tx.exec("pragma defer_foreign_keys = on", &[])?;
        let sql = "insert into outbox (id, order_id, topic, body, created_at_us)
            values ('m', 'nobody', '', '', 0)";
        tx.exec(sql, &[]).map(|_| ())
    });
    let failed = store.write(|_| Err::<(), _>(Error::Closed));
    drop(go);
    holding.wait().unwrap();
    for answer in [innocent, guilty, failed].map(Pending::wait) {
        let by_rule = matches!(&answer, Err(Error::Violated { rule: Rule::Reference, .. }));
        assert!(by_rule, "{answer:?}");
    }
    store.write(|tx| insert(tx, "afterwards")).wait().unwrap();
    let jobs = store.read(|tx| count(tx, "select count(*) from job")).wait().unwrap();
    assert_eq!(jobs, 2, "the holder, in a commit of its own, and the one afterwards");
}

#[test]
fn the_log_goes_back_into_the_file_when_the_store_is_closed() {
    let database = Database::sqlite();
    let backhaul_store::DatabaseUrl::Sqlite(file) = &database.url else { panic!() };
    let store = database.open();
    store.write(|tx| insert(tx, "a")).wait().unwrap();
    drop(store);
    // Nothing but the file needs to be copied.
    assert!(!file.with_extension("db-wal").exists());
    let other = rusqlite::Connection::open(file).unwrap();
    let mode: String = other.query_row("pragma journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}
