//! What only PostgreSQL does: others get in between, and connections are lost.

use std::sync::{Arc, Barrier, mpsc};
use std::time::Duration;

use backhaul_store::{Error, Store, Tx, orders, texts, values};

use crate::world::{at, count, id, order_id, with_order};
use backhaul_testkit::Database;

fn insert(tx: &mut dyn Tx, id: &str) -> Result<(), Error> {
    let sql = "insert into job (id, kind, body, due_at_us) values ($1, 'test', '', 0)";
    tx.exec(sql, values![id]).map(|_| ())
}

fn touch(tx: &mut dyn Tx, id: &str) -> Result<(), Error> {
    let sql = "update job set attempts = attempts + 1 where id = $1";
    tx.exec(sql, values![id]).map(|_| ())
}

fn jobs(store: &Store) -> i64 {
    store.read(|tx| count(tx, "select count(*) from job")).wait().unwrap()
}

#[test]
fn who_writes_what_refers_to_a_locked_order_does_not_wait_for_it() {
    let Some(database) = Database::postgres() else { return };
    let store = database.open();
    with_order(&store, &order_id("o1"));
    let (tell, is_locked) = mpsc::channel();
    let (written, is_written) = mpsc::channel();
    let locked = store.write(move |tx| -> Result<bool, Error> {
        assert!(orders::place_locked(tx, "o1")?.is_some());
        tell.send(()).unwrap();
        Ok(is_written.recv_timeout(Duration::from_secs(8)).is_ok())
    });
    is_locked.recv().unwrap();
    let put = |tx: &mut dyn Tx| texts::put(tx, &order_id("o1"), &id("T-1"), "words", at(1));
    assert!(store.write(put).wait().unwrap());
    written.send(()).unwrap();
    assert!(locked.wait().unwrap(), "it was written while the order was locked");
}

#[test]
fn two_that_wait_for_each_other_both_get_through() {
    let Some(database) = Database::postgres() else { return };
    let store = database.open();
    store.write(|tx| insert(tx, "a").and_then(|()| insert(tx, "b"))).wait().unwrap();
    let both_hold_one = Arc::new(Barrier::new(2));
    let touch_both = |first: &'static str, second: &'static str| {
        let mut barrier = Some(both_hold_one.clone());
        store.write(move |tx| {
            touch(tx, first)?;
            // Only the first time: whoever is told to give way comes again.
            if let Some(barrier) = barrier.take() {
                barrier.wait();
            }
            touch(tx, second)
        })
    };
    let (one, other) = (touch_both("a", "b"), touch_both("b", "a"));
    one.wait().unwrap();
    other.wait().unwrap();
    let sum = "select cast(sum(attempts) as bigint) from job";
    assert_eq!(store.read(move |tx| count(tx, sum)).wait().unwrap(), 4);
}

#[test]
fn a_connection_that_is_lost_before_the_commit_is_made_anew() {
    let Some(database) = Database::postgres() else { return };
    let store = database.open();
    let mut runs = 0;
    let done = store.write(move |tx| {
        runs += 1;
        insert(tx, "a")?;
        if runs == 1 {
            let end = "select pg_terminate_backend(pg_backend_pid())";
            tx.each(end, &[], &mut |_| Ok(()))?;
        }
        Ok::<_, Error>(runs)
    });
    assert_eq!(done.wait().unwrap(), 2);
    assert_eq!(jobs(&store), 1);
}

#[test]
fn connections_that_were_lost_while_idle_are_made_anew() {
    let Some(database) = Database::postgres() else { return };
    let store = database.open();
    let end_others = "select count(pg_terminate_backend(pid)) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()";
    for name in ["a", "b", "c"] {
        store.read(move |tx| count(tx, end_others)).wait().unwrap();
        store.write(move |tx| insert(tx, name)).wait().unwrap();
    }
    assert_eq!(jobs(&store), 3);
}

#[test]
fn a_connection_that_is_lost_during_the_commit_leaves_it_unclear() {
    let Some(database) = Database::postgres() else { return };
    let store = database.open();
    let statements = [
        "create function hang_up() returns trigger language plpgsql as
            'begin perform pg_terminate_backend(pg_backend_pid()); return null; end'",
        "create constraint trigger hang_up after insert on job
            deferrable initially deferred for each row execute function hang_up()",
    ];
    for sql in statements {
        store.write(move |tx| tx.exec(sql, &[])).wait().unwrap();
    }
    // It is not run again by itself: had the server kept it, that would be twice.
    let done = store.write(|tx| insert(tx, "a")).wait();
    assert!(matches!(done, Err(Error::Unclear { .. })), "{done:?}");
}
