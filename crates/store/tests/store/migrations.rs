//! Making the tables, once.

use backhaul_store::{DatabaseUrl, OpenError};

use crate::world::{count, tamper};
use backhaul_testkit::Database;

backhaul_testkit::on_both_engines! {
    opening_again_migrates_nothing
    several_that_open_at_once_migrate_once
    a_migration_that_was_changed_is_refused
    a_database_of_a_later_program_is_refused
}

fn migrations(database: &Database) -> i64 {
    let store = database.open();
    store.read(|tx| count(tx, "select count(*) from schema_migration")).wait().unwrap()
}

fn opening_again_migrates_nothing(database: &Database) {
    let first = migrations(database);
    assert!(first > 0);
    assert_eq!(migrations(database), first);
}

fn several_that_open_at_once_migrate_once(database: &Database) {
    let opened = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(|| database.try_open())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    // A SQLite file is one store's at a time; PostgreSQL is everybody's.
    let is_shared = matches!(database.url, DatabaseUrl::Postgres(_));
    for store in &opened {
        let is_held = matches!(store, Err(OpenError::Held { .. }));
        assert!(store.is_ok() || (is_held && !is_shared), "{store:?}");
    }
    assert!(opened.iter().any(Result::is_ok));
}

fn a_migration_that_was_changed_is_refused(database: &Database) {
    tamper(&database.open(), &["update schema_migration set checksum = 'other' where number = 1"]);
    let refused = database.try_open().unwrap_err();
    assert!(matches!(&refused, OpenError::MigrationChanged { number: 1, .. }), "{refused}");
    assert!(refused.to_string().starts_with("migration 1 `0001_ledger` was changed after it ran"));
}

fn a_database_of_a_later_program_is_refused(database: &Database) {
    tamper(&database.open(), &["insert into schema_migration values (999, 'later', '')"]);
    let refused = database.try_open().unwrap_err();
    assert!(matches!(&refused, OpenError::MigrationNewer { number: 999, .. }), "{refused}");
}
