//! The folder, the database and the clock.

use std::path::Path;

use anyhow::Result;
use backhaul_store::{DatabaseUrl, Error, OpenError, Store, audit, settings as kept};
use jiff::{SignedDuration, Timestamp};

use super::{Doctor, Report, Verdict};
use crate::clock::now;
use crate::settings::Settings;

/// Below this much free space there is a warning.
const FREE_BYTES_LOW: u64 = 1 << 30;
/// Below this much free space the desk will soon stop.
const FREE_BYTES_MIN: u64 = 100 << 20;
/// How many ledgers are verified: those of the newest cases. `backhaul audit verify` looks at all.
const LEDGERS_LOOKED_AT: i64 = 100;
/// How far the clock may be behind what was written last.
const BEHIND_MAX: SignedDuration = SignedDuration::from_mins(5);
/// This program was not there before.
const PROGRAM_BEGAN: Timestamp = Timestamp::constant(1_767_225_600, 0);

pub(super) fn check(doctor: &mut Doctor<impl Report>, settings: &Settings) -> Result<()> {
    let url = match settings.database_url() {
        Ok(url) => url,
        Err(error) => {
            return doctor
                .check("database", || Verdict::wrong(error.to_string(), "mend `database`"));
        }
    };
    let mut newest = None;
    if let DatabaseUrl::Sqlite(file) = &url {
        doctor.check("data folder", || data_folder(folder_of(file)))?;
        if !file.exists() {
            doctor.check("database", || {
                let says = format!("there is no `{}` yet", file.display());
                Verdict::warning(says, "`backhaul serve` and `backhaul migrate` make it")
            })?;
            return doctor.check("clock", || clock(None));
        }
    }
    match Store::open_as_it_is(&url) {
        Ok(store) => newest = contents(doctor, &store)?,
        Err(error) => doctor.check("database", || not_open(&error))?,
    }
    doctor.check("clock", || clock(newest))
}

/// The same for a server that has the database open.
pub(super) fn check_open(
    doctor: &mut Doctor<impl Report>,
    settings: &Settings,
    store: &Store,
) -> Result<()> {
    if let DatabaseUrl::Sqlite(file) = settings.database_url()? {
        doctor.check("data folder", || data_folder(folder_of(&file)))?;
    }
    let newest = contents(doctor, store)?;
    doctor.check("clock", || clock(newest))
}

fn folder_of(file: &Path) -> &Path {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

fn data_folder(folder: &Path) -> Verdict {
    if !folder.is_dir() {
        let says = format!("there is no folder `{}` yet", folder.display());
        return Verdict::warning(says, "`backhaul serve` and `backhaul migrate` make it");
    }
    let shown = folder.display();
    let probe = folder.join(format!(".backhaul-doctor-{}", std::process::id()));
    let written = std::fs::write(&probe, b"");
    let _ = std::fs::remove_file(&probe);
    if let Err(error) = written {
        let says = format!("`{shown}` cannot be written to: {error}");
        return Verdict::wrong(says, "give this user the right to it, or set `data`");
    }
    match free_bytes(folder) {
        None => Verdict::ok(format!("`{shown}` can be written to")),
        Some(bytes) => {
            let mebibytes = bytes >> 20;
            let says = format!("`{shown}` can be written to, {mebibytes} MiB are free");
            let advice = "make room, or set `data` to a larger disk";
            match bytes {
                0..FREE_BYTES_MIN => Verdict::wrong(says, advice),
                FREE_BYTES_MIN..FREE_BYTES_LOW => Verdict::warning(says, advice),
                _ => Verdict::ok(says),
            }
        }
    }
}

#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_: &Path) -> Option<u64> {
    None
}

fn not_open(error: &OpenError) -> Verdict {
    match error {
        OpenError::Held { holder, .. } => Verdict::ok(format!(
            "it is in use by {holder}, whose `/readyz` answers for what is in it"
        )),
        OpenError::Database(Error::Unreachable { .. }) => {
            Verdict::wrong(error.to_string(), "start it, or mend `database`")
        }
        error => {
            Verdict::wrong(error.to_string(), "restore it from a backup if nothing else helps")
        }
    }
}

/// What is in the database; returns when its newest case was opened.
fn contents(doctor: &mut Doctor<impl Report>, store: &Store) -> Result<Option<Timestamp>> {
    let schema = store.schema().wait();
    let is_of_this_version = matches!(&schema, Ok(schema) if schema.ran == schema.newest);
    doctor.check("database", || match schema {
        Err(error) => Verdict::wrong(error.to_string(), "look at the database itself"),
        Ok(schema) if schema.ran > schema.newest => Verdict::wrong(
            format!(
                "it has seen migration {}, and this program knows {}",
                schema.ran, schema.newest
            ),
            "run a newer program",
        ),
        Ok(schema) if schema.ran < schema.newest => Verdict::warning(
            format!("it has seen migration {} of {}", schema.ran, schema.newest),
            "`backhaul migrate` brings it to this version, and so does `backhaul serve`",
        ),
        Ok(schema) => Verdict::ok(format!("it opens, all {} migrations have run", schema.ran)),
    })?;
    if !is_of_this_version {
        return Ok(None);
    }
    doctor.check("audit", || audited(store))?;
    doctor.check("refunds", || refunds(store))?;
    let newest = store.read(|tx| {
        let sql = "select opened_at_us from case_index order by opened_at_us desc, case_id limit 1";
        tx.first(sql, &[], |row| row.moment(0))
    });
    let newest: Result<_, Error> = newest.wait();
    Ok(newest?)
}

fn audited(store: &Store) -> Verdict {
    let looked = store.read(|tx| {
        let orders = tx.all(
            "select order_id from case_index order by opened_at_us desc, case_id limit $1",
            backhaul_store::values![LEDGERS_LOOKED_AT],
            |row| Ok(row.text(0)?.to_owned()),
        )?;
        let mut findings = Vec::new();
        for order in &orders {
            findings.extend(audit::verify_order(tx, order)?);
        }
        Ok::<_, Error>((orders.len(), findings))
    });
    match looked.wait() {
        Err(error) => Verdict::wrong(error.to_string(), "look at the database itself"),
        Ok((count, findings)) => match findings.first() {
            None => Verdict::ok(format!(
                "the ledgers of the newest cases are whole ({count} looked at)"
            )),
            Some(finding) => Verdict::wrong(finding.to_string(), "run `backhaul audit verify`"),
        },
    }
}

fn refunds(store: &Store) -> Verdict {
    match store.read(|tx| kept::get(tx, "refunds_paused")).wait() {
        Err(error) => Verdict::wrong(error.to_string(), "look at the database itself"),
        Ok(None) => Verdict::ok("they are not paused"),
        Ok(Some(why)) => Verdict::warning(
            format!("they are paused: {why}"),
            "compare with the providers, then let a person of finance resume them",
        ),
    }
}

fn clock(newest: Option<Timestamp>) -> Verdict {
    let advice = "set the clock, and let it be kept by NTP";
    let now = now();
    if now < PROGRAM_BEGAN {
        return Verdict::wrong(format!("it says {now}, when there was no such program"), advice);
    }
    match newest.filter(|newest| newest.duration_since(now) > BEHIND_MAX) {
        Some(newest) => {
            Verdict::wrong(format!("it says {now}, and a case was opened at {newest}"), advice)
        }
        None => Verdict::ok(format!("it says {now:.0}")),
    }
}
