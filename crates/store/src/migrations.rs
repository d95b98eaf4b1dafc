//! The steps that make the tables what this program expects: the files of `crates/store/migrations`, in their order.
//!
//! Each runs once, in a transaction of its own, with a line in `schema_migration` that holds its checksum. One text
//! serves both engines. A released file is never edited; a mistake in it is mended by the next one.

use crate::error::{Error, OpenError};
use crate::hash::Hash;
use crate::store::Store;
use crate::tx::{Engine, Tx};
use crate::values;

struct Migration {
    number: i64,
    name: &'static str,
    sql: &'static str,
}

macro_rules! migrations {
    ($($number:literal $file:literal,)+) => {
        &[$(Migration {
            number: $number,
            name: $file,
            sql: include_str!(concat!("../migrations/", $file, ".sql")),
        },)+]
    };
}

const ALL: &[Migration] = migrations! {
    1 "0001_ledger",
    2 "0002_service",
    3 "0003_webhooks",
    4 "0004_payment_index",
    5 "0005_buyer",
    6 "0006_bank",
    7 "0007_session",
    8 "0008_console",
    9 "0009_policy",
    10 "0010_portal",
    11 "0011_letter",
    12 "0012_sign_in",
    13 "0013_report",
    15 "0015_waiting",
    16 "0016_owner",
    17 "0017_proof",
};

/// Any number, the same in every process: whoever has it migrates, and the others wait.
const MIGRATION_LOCK: i64 = 7_233_101_948;

/// How far the tables of a database have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The newest migration that has run; 0 where none has.
    pub ran: i64,
    /// The newest migration of this program.
    pub newest: i64,
}

/// The newest migration of this program.
pub(crate) fn newest() -> i64 {
    ALL.last().map_or(0, |migration| migration.number)
}

/// How far the tables have come.
pub(crate) fn schema(tx: &mut dyn Tx) -> Result<Schema, Error> {
    let is_there = match tx.engine() {
        Engine::Sqlite => "select 1 from sqlite_schema where name = 'schema_migration'",
        Engine::Postgres => "select 1 where to_regclass('schema_migration') is not null",
    };
    if tx.first(is_there, &[], |_| Ok(()))?.is_none() {
        return Ok(Schema { ran: 0, newest: newest() });
    }
    let sql = "select coalesce(max(number), 0) from schema_migration";
    let ran = tx.first(sql, &[], |row| row.int(0))?.unwrap_or(0);
    Ok(Schema { ran, newest: newest() })
}

/// Runs what has not run yet.
pub(crate) fn run(store: &Store) -> Result<(), OpenError> {
    store.write(make_table).wait()?;
    while store.write(|tx| run_next(tx, ALL)).wait()? {}
    Ok(())
}

fn make_table(tx: &mut dyn Tx) -> Result<(), Error> {
    lock(tx)?;
    let sql = "create table if not exists schema_migration (
        number bigint not null primary key, name text not null, checksum text not null)";
    tx.exec(sql, &[])?;
    Ok(())
}

/// Runs the first migration that has not run; says whether there was one.
fn run_next(tx: &mut dyn Tx, known: &[Migration]) -> Result<bool, OpenError> {
    lock(tx)?;
    let seen =
        tx.all("select number, checksum from schema_migration order by number", &[], |row| {
            Ok((row.int(0)?, row.text(1)?.to_owned()))
        })?;
    let newest = known.last().map_or(0, |migration| migration.number);
    if let Some((number, _)) = seen.iter().find(|(number, _)| *number > newest) {
        return Err(OpenError::MigrationNewer { number: *number, newest });
    }
    for migration in known {
        let checksum = Hash::of_text(migration.sql).to_string();
        match seen.iter().find(|(number, _)| *number == migration.number) {
            Some((_, found)) if *found == checksum => {}
            Some(_) => {
                let name = migration.name.to_owned();
                return Err(OpenError::MigrationChanged { number: migration.number, name });
            }
            None => {
                run_one(tx, migration, &checksum)?;
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn run_one(tx: &mut dyn Tx, migration: &Migration, checksum: &str) -> Result<(), Error> {
    for statement in statements(migration.sql) {
        tx.exec(statement, &[])?;
    }
    let sql = "insert into schema_migration (number, name, checksum) values ($1, $2, $3)";
    tx.exec(sql, values![migration.number, migration.name, checksum])?;
    Ok(())
}

/// The statements of a file: each ends with a semicolon at the end of a line, and comments end with none.
fn statements(sql: &'static str) -> impl Iterator<Item = &'static str> {
    sql.split(";\n").filter(|text| !text.trim().is_empty())
}

fn lock(tx: &mut dyn Tx) -> Result<(), Error> {
    // On SQLite there is no other writer, let alone another process.
    if tx.engine() == Engine::Postgres {
        tx.first("select pg_advisory_xact_lock($1)", values![MIGRATION_LOCK], |_| Ok(()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{ALL, statements};

    #[test]
    fn the_numbers_are_those_of_the_files_and_grow() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
        let mut files: Vec<_> = folder.map(|entry| entry.unwrap().file_name()).collect();
        files.sort();
        let known = ALL.iter().map(|migration| format!("{}.sql", migration.name).into());
        assert_eq!(files, known.collect::<Vec<std::ffi::OsString>>());
        assert!(ALL.is_sorted_by(|one, next| one.number < next.number));
        let is_numbered = |migration: &super::Migration| {
            migration.name.starts_with(&format!("{:04}_", migration.number))
        };
        assert!(ALL.iter().all(is_numbered));
    }

    #[test]
    fn a_file_is_parted_at_semicolons_that_end_a_line() {
        let sql =
            "-- why;not\ncreate table a (b text check (b <> ';'));\n\ncreate index c on a (b);\n";
        let parts: Vec<_> = statements(sql).collect();
        assert_eq!(parts.len(), 2);
        assert!(parts[1].ends_with("(b)"));
    }
}
