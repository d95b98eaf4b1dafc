//! What a transaction keeps, and when its caller hears of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::channel;

use backhaul_store::{Error, Rule, Store, Tx, Value, values};

use crate::world::count;
use backhaul_testkit::Database;

backhaul_testkit::on_both_engines! {
    what_was_acknowledged_is_there_after_opening_again
    a_closure_that_fails_leaves_nothing
    a_closure_that_panics_fails_alone
    a_failure_that_a_closure_looks_past_still_undoes_it
    a_failure_of_what_was_only_sent_undoes_it
    what_was_sent_is_seen_by_what_follows
    a_broken_rule_is_told_by_its_kind
    an_answer_comes_only_after_the_commit
    many_callers_are_all_answered_rightly
    reading_sees_one_state_and_changes_nothing
    a_transaction_within_a_transaction_is_refused
    a_glance_asks_once_and_changes_nothing
    values_go_in_and_out_as_they_are
    placeholders_may_stand_in_any_order
    an_answer_can_be_awaited
}

const INSERT: &str = "insert into job (id, kind, body, due_at_us) values ($1, 'test', '', 0)";

fn insert(tx: &mut dyn Tx, id: &str) -> Result<(), Error> {
    tx.exec(INSERT, values![id]).map(|_| ())
}

fn jobs(store: &Store) -> i64 {
    store.read(|tx| count(tx, "select count(*) from job")).wait().unwrap()
}

fn what_was_acknowledged_is_there_after_opening_again(database: &Database) {
    let store = database.open();
    store.write(|tx| insert(tx, "a")).wait().unwrap();
    drop(store);
    assert_eq!(jobs(&database.open()), 1);
}

fn a_closure_that_fails_leaves_nothing(database: &Database) {
    let store = database.open();
    let done = store.write(|tx| -> Result<(), Error> {
        insert(tx, "a")?;
        Err(Error::Closed)
    });
    assert!(matches!(done.wait(), Err(Error::Closed)));
    assert_eq!(jobs(&store), 0);
}

/// Sends transactions while another one holds the writer, so that SQLite takes them into one group.
fn while_a_writer_is_held(store: &Store, send: impl FnOnce()) {
    let (go, wait) = channel::<()>();
    let (started, is_running) = channel();
    let holding = store.write(move |tx| {
        insert(tx, "holder")?;
        started.send(()).unwrap();
        let _ = wait.recv();
        Ok::<_, Error>(())
    });
    is_running.recv().unwrap();
    send();
    drop(go);
    holding.wait().unwrap();
}

fn a_closure_that_panics_fails_alone(database: &Database) {
    let store = database.open();
    let mut answers = Vec::new();
    while_a_writer_is_held(&store, || {
        for name in ["a", "b", "c"] {
            answers.push(store.write(move |tx| {
                insert(tx, name)?;
                assert!(name != "b", "b went wrong");
                Ok::<_, Error>(())
            }));
        }
    });
    let answers: Vec<_> = answers.into_iter().map(backhaul_store::Pending::wait).collect();
    assert!(answers[0].is_ok() && answers[2].is_ok());
    let Err(Error::Panicked { message }) = &answers[1] else { panic!("{answers:?}") };
    assert_eq!(message, "b went wrong");
    assert_eq!(jobs(&store), 3, "the holder, a and c");
}

fn a_failure_that_a_closure_looks_past_still_undoes_it(database: &Database) {
    let store = database.open();
    let done = store.write(|tx| {
        insert(tx, "a")?;
        assert!(insert(tx, "a").unwrap_err().is_duplicate());
        assert!(matches!(insert(tx, "b"), Err(Error::AfterFailure)));
        Ok::<_, Error>(())
    });
    assert!(matches!(done.wait(), Err(Error::AfterFailure)));
    assert_eq!(jobs(&store), 0);
}

/// What a closure ends with.
type Last = fn(&mut dyn Tx) -> Result<(), Error>;

fn a_failure_of_what_was_only_sent_undoes_it(database: &Database) {
    let store = database.open();
    store.write(|tx| insert(tx, "a")).wait().unwrap();
    let is_told = |tx: &mut dyn Tx, last: Last| {
        tx.send(INSERT, values!["b"])?;
        tx.send(INSERT, values!["a"])?;
        tx.send(INSERT, values!["c"])?;
        last(tx)
    };
    // Whether the closure ends with it, goes on, or asks something else: the first failure is what its caller hears.
    let lasts: [Last; 3] = [
        |_| Ok(()),
        |tx| insert(tx, "d"),
        |tx| count(tx, "select count(*) from setting").map(drop),
    ];
    for last in lasts {
        let done = store.write(move |tx| is_told(tx, last)).wait();
        assert!(done.as_ref().unwrap_err().is_duplicate(), "{done:?}");
        assert_eq!(jobs(&store), 1);
    }
    // Its own failure counts for more than one that it did not wait for.
    let done = store.write(move |tx| is_told(tx, |_| Err(Error::Closed)));
    assert!(done.wait().is_err());
    // And whatever was on its way, the connections go on.
    for number in 0..40 {
        store.write(move |tx| insert(tx, &format!("n{number}"))).wait().unwrap();
    }
    assert_eq!(jobs(&store), 41);
}

fn what_was_sent_is_seen_by_what_follows(database: &Database) {
    let store = database.open();
    let seen = store.write(|tx| {
        for id in ["a", "b", "c"] {
            tx.send(INSERT, values![id])?;
        }
        let before = count(tx, "select count(*) from job")?;
        tx.send("delete from job where id = $1", values!["b"])?;
        Ok::<_, Error>((before, tx.exec("delete from job where id <> $1", values!["c"])?))
    });
    assert_eq!(seen.wait().unwrap(), (3, 1));
    assert_eq!(jobs(&store), 1);
}

fn a_broken_rule_is_told_by_its_kind(database: &Database) {
    let store = database.open();
    let rule_of = |sql: &'static str| match store.write(move |tx| tx.exec(sql, &[])).wait() {
        Err(Error::Violated { rule, .. }) => rule,
        other => panic!("{other:?}"),
    };
    store.write(|tx| insert(tx, "a")).wait().unwrap();
    let duplicate = "insert into job (id, kind, body, due_at_us) values ('a', '', '', 0)";
    assert_eq!(rule_of(duplicate), Rule::Unique);
    let without_order = "insert into outbox (id, order_id, topic, body, created_at_us)
        values ('a', 'nobody', '', '', 0)";
    assert_eq!(rule_of(without_order), Rule::Reference);
    let without_body = "insert into job (id, kind, due_at_us) values ('b', '', 0)";
    assert_eq!(rule_of(without_body), Rule::NotNull);
    let before_the_first =
        "insert into ledger_order (order_id, number, order_version, head_seq, head_hash)
        values ('a', 'a', 1, -1, '')";
    assert_eq!(rule_of(before_the_first), Rule::Check);
}

fn an_answer_comes_only_after_the_commit(database: &Database) {
    let store = database.open();
    let (go, wait) = channel::<()>();
    let answered = Arc::new(AtomicBool::new(false));
    let (started, is_running) = channel();
    let answer = store.write(move |tx| {
        insert(tx, "a")?;
        started.send(()).unwrap();
        let _ = wait.recv();
        Ok::<_, Error>(())
    });
    let waiter = std::thread::spawn({
        let answered = answered.clone();
        move || {
            answer.wait().unwrap();
            answered.store(true, Ordering::SeqCst);
        }
    });
    is_running.recv().unwrap();
    // The closure has done its work and is not committed: nobody sees it, and its caller still waits.
    assert_eq!(jobs(&store), 0);
    assert!(!answered.load(Ordering::SeqCst));
    drop(go);
    waiter.join().unwrap();
    assert_eq!(jobs(&store), 1);
}

fn many_callers_are_all_answered_rightly(database: &Database) {
    let store = database.open();
    let refused = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for caller in 0..16 {
            let (store, refused) = (store.clone(), &refused);
            scope.spawn(move || {
                for turn in 0..20 {
                    // Every second one takes a name that its neighbour takes as well.
                    let name =
                        format!("{}-{turn}", if turn % 2 == 0 { caller } else { caller / 2 });
                    if store.write(move |tx| insert(tx, &name)).wait().is_err() {
                        refused.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    // 16 × 10 names of their own, and 8 × 10 that two callers wanted, of which callers 0 to 7 own none.
    assert_eq!(refused.into_inner(), 80);
    assert_eq!(jobs(&store), 240);
}

fn reading_sees_one_state_and_changes_nothing(database: &Database) {
    let store = database.open();
    store.write(|tx| insert(tx, "a")).wait().unwrap();
    let (go, wait) = channel::<()>();
    let (started, is_running) = channel();
    let reading = store.read(move |tx| {
        let before = count(tx, "select count(*) from job")?;
        started.send(()).unwrap();
        let _ = wait.recv();
        Ok::<_, Error>((before, count(tx, "select count(*) from job")?))
    });
    is_running.recv().unwrap();
    store.write(|tx| insert(tx, "b")).wait().unwrap();
    drop(go);
    assert_eq!(reading.wait().unwrap(), (1, 1));
    assert_eq!(jobs(&store), 2);
    assert!(store.read(|tx| insert(tx, "c")).wait().is_err());
    assert_eq!(jobs(&store), 2);
}

fn a_transaction_within_a_transaction_is_refused(database: &Database) {
    let store = database.open();
    let inner = store.clone();
    let done = store.write(move |_| inner.read(|tx| insert(tx, "a")).wait());
    assert!(matches!(done.wait(), Err(Error::Nested)));
    // And the thread is not thought to be in a transaction afterwards.
    store.write(|tx| insert(tx, "a")).wait().unwrap();
}

fn a_glance_asks_once_and_changes_nothing(database: &Database) {
    let store = database.open();
    let glance = |tx: &mut dyn Tx| count(tx, "select count(*) from job");
    assert_eq!(store.glance(glance).wait().unwrap(), 0);
    assert!(store.glance(|tx| insert(tx, "a")).wait().is_err());
    assert_eq!(store.glance(glance).wait().unwrap(), 0);
    let twice = store.glance(|tx| {
        count(tx, "select count(*) from job")?;
        count(tx, "select count(*) from job")
    });
    assert!(matches!(twice.wait(), Err(Error::SecondGlance)));
    // And the connection is as good as before.
    store.write(|tx| insert(tx, "a")).wait().unwrap();
    assert_eq!(store.glance(glance).wait().unwrap(), 1);
}

fn values_go_in_and_out_as_they_are(database: &Database) {
    let store = database.open();
    let read = store.write(|tx| {
        tx.exec(
            "insert into job (id, kind, body, due_at_us) values ($1, $2, $3, $4)",
            values!["x", "Ünï ' \" \\ 退货", "", i64::MIN],
        )?;
        tx.first("select kind, body, due_at_us, attempts, null from job", &[], |row| {
            assert_eq!(row.value(1)?, Value::Text(""));
            assert_eq!(row.value(3)?, Value::Int(0));
            assert!(row.text(2).is_err() && row.int(0).is_err() && row.value(9).is_err());
            Ok((row.text(0)?.to_owned(), row.int(2)?))
        })
    });
    assert_eq!(read.wait().unwrap(), Some(("Ünï ' \" \\ 退货".to_owned(), i64::MIN)));
}

fn placeholders_may_stand_in_any_order(database: &Database) {
    let store = database.open();
    let sql = "insert into job (id, kind, body, due_at_us) values ($2, $2, $1, $3)";
    store.write(move |tx| tx.exec(sql, values!["body", "id", 7])).wait().unwrap();
    let read = store.read(|tx| {
        tx.first("select id, kind, body, due_at_us from job", &[], |row| {
            assert_eq!((row.text(0)?, row.text(1)?), ("id", "id"));
            Ok((row.text(2)?.to_owned(), row.int(3)?))
        })
    });
    assert_eq!(read.wait().unwrap(), Some(("body".to_owned(), 7)));
    let too_few = store.write(move |tx| tx.exec(sql, values!["body", "id"]));
    assert!(too_few.wait().is_err());
}

fn an_answer_can_be_awaited(database: &Database) {
    let store = database.open();
    let mut answer = std::pin::pin!(store.write(|tx| insert(tx, "a")));
    let thread = std::thread::current();
    let waker = Arc::new(Unpark(thread)).into();
    let mut context = std::task::Context::from_waker(&waker);
    while answer.as_mut().poll(&mut context).is_pending() {
        std::thread::park();
    }
    assert_eq!(jobs(&store), 1);
}

struct Unpark(std::thread::Thread);

impl std::task::Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
