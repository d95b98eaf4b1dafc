//! A copy of everything: put back it gives the same copy, on either engine, and whatever was done to it is found out.

use std::collections::BTreeMap;
use std::io::{self, Cursor};
use std::sync::{Arc, Mutex};

use backhaul_store::dump::{self, DumpError, Files, Rows};
use backhaul_store::{DatabaseUrl, Engine, Error, Head, Store, audit, export, settings};
use backhaul_testkit::Database;
use jiff::Timestamp;

use crate::world::{append, events, order_id, with_order};

backhaul_testkit::on_both_engines! {
    every_table_and_every_column_is_copied
    a_copy_put_back_gives_the_same_copy
    a_copy_can_be_put_back_on_the_other_engine
    files_come_back_with_their_rows_and_missing_ones_are_counted
    a_claimed_job_comes_back_as_nobodys
    a_database_with_anything_in_it_is_refused
    a_copy_that_is_torn_anywhere_is_refused_and_leaves_nothing
    a_copy_that_was_changed_is_refused
    what_is_no_copy_or_a_later_one_is_told
    an_export_is_lines_of_json_and_keeps_what_is_personal_back
}

fn at() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// Something in every table.
fn full(store: &Store) {
    for name in ["o1", "o2"] {
        with_order(store, &order_id(name));
        append(store, &order_id(name), Head::EMPTY, &events()).unwrap();
    }
    let rows: &[&'static str] = &[
        "insert into case_index values ('c1', 'o1', 'requested', 'default@1', 1, 9223372036854775807, 2,
         0, 'anna', 'staff', 'authorise', 'quality', 1, '')",
        "insert into case_serial values ('S/1', 'c1', 'o1')",
        "insert into answer_template values ('thanks', 'en', 'Thanks', 'Thank you, {name}.', 'anna', 18)",
        "insert into refund_index values ('o1', 'r1', 1, 'c1', 'p1', 'original', 'reserved', -5, 'EUR', 3, 4, 1)",
        "insert into payment_index values ('p1', 'o1')",
        "insert into serial_index values ('S/1', 'o1')",
        "insert into text values ('o1', 't1', 'a \"quoted\" word,\nä line, 光模块', 5)",
        "insert into request_key values ('api:k', 'key', 'hash', 'o1', 0, 2, 6)",
        "insert into outbox values ('m1', 'o1', 'mail.authorised', '{}', 7, 1, 8)",
        "insert into job values ('j1', 'submit_refund', '[]', 9, 3, 'a worker')",
        "insert into buyer values ('o1', 'one@shop.example', 'one@shop.example', 'Ä', 'de', 0, 'ä', '')",
        "insert into webhook_endpoint values ('we_1', 'https://shop.example', '', 'whsec_1', '', 0, 'active', 13, 0)",
        "insert into webhook_position values ('we_1', 'o1', 3)",
        "insert into webhook_delivery
         values ('d1', 'we_1', 'o1', 3, 'case_opened', 'waiting', 1, 503, '', 14, 15, 0)",
        "insert into bank_account values ('o1', 'Ä', 'DE02120300000000202051', '', '', 'DE', 1, 'anna', 16)",
        "insert into bank_account_entry values ('o1', 1, 'anna', 16)",
        "insert into bank_batch
         values ('b1', 'csv', '2026-03-02', 'otto', 17, '', '', '', '[]', 'api:k', 'key', 'hash')",
        "insert into bank_transfer values ('o1', 'r1', 1, 'b1', 1, 'e1', 5, 'EUR', 'a return', 'Ä',
         'DE02120300000000202051', '', '', 'DE', 'bank-1', '2026-03-03')",
        "insert into letter values ('l1', 'o1', 'one@shop.example', 'de', 'received', '{}', 0, 'sent',
         18, 19, 1, '', 9223372036854775807, 20)",
        "insert into staff values ('anna', 'finance owner', '$argon2id$', 10, 1)",
        "insert into totp values ('anna', 'secret', 1, 21)",
        "insert into recovery_code values ('anna', 'hash', 22)",
        "insert into passkey values ('pk1', 'anna', 'key', '', '', '', 23, 24)",
        "insert into passkey_user values ('anna', 'handle')",
        "insert into staff_identity values ('https://sso.example', 'sub', 'anna', 25)",
        "insert into sign_in_event values ('e1', 26, 'signed_in', 'anna', 'anna')",
        "insert into refund_proposal values ('o1', 'r1', 'c1', 5, 'EUR', 'anna', 27)",
        "insert into waiting values ('o1', 'inspection', 'c1', 'L1-1', 28, 29)",
        "insert into evidence_file
         values ('f1', 'o1', 'c1', 'product', 'image/png', 9, 3, 3, 'hash', 'b1', 'b2', 'b3', 30)",
        "insert into policy_version values ('default', '2', 'text', 'hash', '2026-04-01', 31, 'anna', 32)",
        "insert into policy_withdrawal values ('default', '2', 'anna', 33)",
        "insert into report_unit values ('c1', 'L1-1', 'o1', 'SKU', '', 1, 34, 'quality', 'quality', 'accepted',
         0, 0, 35, 1, 36, 37, 2, 'EUR', 5, 'merchant', 0, 0, 'kept', 38)",
        "insert into api_key values ('k1', 'shop', 'owner', 'hash', 11, 12, 13)",
        "insert into setting values ('name', '')",
        "insert into setting values ('refunds_paused_since', '1')",
    ];
    let filled = store.write(move |tx| {
        for row in rows {
            tx.exec(row, &[])?;
        }
        Ok::<_, Error>(())
    });
    filled.wait().unwrap();
}

/// Files in memory.
#[derive(Default)]
struct Shelf(Mutex<BTreeMap<String, Vec<u8>>>);

impl Shelf {
    /// What lies there for the row of [`full`].
    fn full() -> Arc<Self> {
        let files = ["b1", "b2", "b3"].map(|name| (name.to_owned(), format!("{name}\0").into()));
        Arc::new(Self(Mutex::new(files.into())))
    }
}

impl Files for Shelf {
    fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap().get(name).cloned())
    }

    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap().insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }
}

fn copy(store: &Store) -> (Vec<u8>, Rows) {
    let (copy, copied) =
        dump::copy(store, "0.1.0", at(), Shelf::full(), || Ok(Vec::new())).unwrap();
    assert_eq!(copied.missing, 0);
    (copy, copied.rows)
}

fn restore(store: &Store, copy: &[u8]) -> Result<(), DumpError> {
    restore_to(store, Arc::default(), copy)
}

fn restore_to(store: &Store, shelf: Arc<Shelf>, copy: &[u8]) -> Result<(), DumpError> {
    let copy = copy.to_vec();
    let open = move || Ok::<_, io::Error>(Cursor::new(copy.clone()));
    dump::restore(store, at(), shelf, open).map(|_| ())
}

/// A second database of the same engine.
fn another(database: &Database) -> Option<Database> {
    match database.url {
        DatabaseUrl::Sqlite(_) => Some(Database::sqlite()),
        DatabaseUrl::Postgres(_) => Database::postgres(),
    }
}

/// The lines of a copy but for the pause that a restore adds, and for the trailer, which counts it.
fn lines(copy: &[u8]) -> Vec<String> {
    let text = str::from_utf8(copy).unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.starts_with("[\"refunds_paused") && !line.starts_with("{\"rows\""));
    lines.map(str::to_owned).collect()
}

fn every_table_and_every_column_is_copied(database: &Database) {
    let store = database.open();
    let found = store.read(|tx| {
        let sql = match tx.engine() {
            Engine::Sqlite => {
                "select t.name, c.name from sqlite_schema t join pragma_table_info(t.name) c
                 where t.type = 'table' and t.name not like 'sqlite_%' order by t.name, c.cid"
            }
            Engine::Postgres => {
                "select table_name::text, column_name::text from information_schema.columns
                 where table_schema = current_schema() order by table_name, ordinal_position"
            }
        };
        tx.all(sql, &[], |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())))
    });
    let found: Result<Vec<_>, Error> = found.wait();
    let mut found = found.unwrap();
    found.retain(|(table, _)| !dump::NOT_COPIED.contains(&table.as_str()));
    found.sort();
    let copied = dump::tables().flat_map(|(table, columns)| {
        columns.iter().map(move |column| (table.to_owned(), (*column).to_owned()))
    });
    let mut copied: Vec<_> = copied.collect();
    copied.sort();
    assert_eq!(copied, found, "left: `TABLES` in dump/tables.rs, right: the database");
}

fn a_copy_put_back_gives_the_same_copy(database: &Database) {
    let store = database.open();
    full(&store);
    let (first, rows) = copy(&store);
    assert!(rows.values().all(|count| *count > 0), "a table is empty: {rows:?}");
    let Some(other) = another(database) else { return };
    let other = other.open();
    restore(&other, &first).unwrap();
    assert_eq!(lines(&copy(&other).0), lines(&first));
    assert!(audit::verify(&other).unwrap().findings.is_empty());
    let paused = other.read(|tx| settings::get(tx, "refunds_paused")).wait().unwrap().unwrap();
    let since = other.read(|tx| settings::get(tx, "refunds_paused_since")).wait().unwrap();
    assert_eq!(since, Some(at().as_microsecond().to_string()), "and not the one of the copy");
    assert_eq!(paused, "a copy of 2026-03-01T12:00:00Z was put back at 2026-03-01T12:00:00Z");
}

fn a_copy_can_be_put_back_on_the_other_engine(database: &Database) {
    let store = database.open();
    full(&store);
    let (first, _) = copy(&store);
    let other = match database.url {
        DatabaseUrl::Sqlite(_) => Database::postgres(),
        DatabaseUrl::Postgres(_) => Some(Database::sqlite()),
    };
    let Some(other) = other else { return };
    let other = other.open();
    restore(&other, &first).unwrap();
    assert_eq!(lines(&copy(&other).0), lines(&first));
    assert!(audit::verify(&other).unwrap().findings.is_empty());
}

fn files_come_back_with_their_rows_and_missing_ones_are_counted(database: &Database) {
    let (store, Some(other)) = (database.open(), another(database)) else { return };
    full(&store);
    let (whole, _) = copy(&store);
    let shelf = Arc::<Shelf>::default();
    restore_to(&other.open(), Arc::clone(&shelf), &whole).unwrap();
    assert_eq!(*shelf.0.lock().unwrap(), *Shelf::full().0.lock().unwrap());

    shelf.0.lock().unwrap().remove("b2");
    let (_, copied) = dump::copy(&store, "0.1.0", at(), shelf, || Ok(Vec::new())).unwrap();
    assert_eq!((copied.files, copied.missing), (2, 1));
}

fn a_claimed_job_comes_back_as_nobodys(database: &Database) {
    let store = database.open();
    full(&store);
    let (copied, _) = copy(&store);
    let Some(other) = another(database) else { return };
    let other = other.open();
    restore(&other, &copied).unwrap();
    let holder = other.read(|tx| {
        tx.first("select holder, attempts from job where id = 'j1'", &[], |row| {
            Ok((row.text(0)?.to_owned(), row.int(1)?))
        })
    });
    let holder: Result<_, Error> = holder.wait();
    assert_eq!(holder.unwrap(), Some((String::new(), 3)));
}

fn a_database_with_anything_in_it_is_refused(database: &Database) {
    let store = database.open();
    let (empty, _) = copy(&store);
    store.write(|tx| settings::put(tx, "name", "value")).wait().unwrap();
    let refused = restore(&store, &empty);
    assert!(matches!(refused, Err(DumpError::NotEmpty { table: "setting" })), "{refused:?}");
}

fn is_empty(store: &Store) -> bool {
    copy(store).1.values().all(|count| *count == 0)
}

fn a_copy_that_is_torn_anywhere_is_refused_and_leaves_nothing(database: &Database) {
    let store = database.open();
    full(&store);
    let (whole, _) = copy(&store);
    let Some(other) = another(database) else { return };
    let other = other.open();
    // At the end of every line, and in the middle of it.
    let ends = whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
    let ends: Vec<_> = ends.collect();
    for end in ends.iter().take(ends.len() - 1).flat_map(|end| [*end, *end + 1, *end + 5]) {
        let refused = restore(&other, &whole[..end]);
        let is_told = matches!(refused, Err(DumpError::Torn { .. } | DumpError::NoCopy));
        assert!(is_told, "{end} of {}: {refused:?}", whole.len());
    }
    assert!(is_empty(&other));
    restore(&other, &whole).unwrap();
}

fn a_copy_that_was_changed_is_refused(database: &Database) {
    let store = database.open();
    full(&store);
    let (whole, _) = copy(&store);
    let text = String::from_utf8(whole).unwrap();
    let Some(other) = another(database) else { return };
    let other = other.open();
    let without_a_row = {
        let lines = text.split_inclusive('\n').filter(|line| !line.starts_with("[\"S/1\""));
        lines.collect::<String>()
    };
    for (changed, told) in [
        (text.replace("\"requested\"", "\"requestef\""), "checksum"),
        (text.replace("[\"S/1\",\"o1\"]", "[\"S/1\",\"o7\"]"), "refuse"),
        (text.replace("[\"S/1\",\"o1\"]", "[\"S/1\"]"), "does not fit"),
        (text.replace("[\"S/1\",\"o1\"]", "[\"S/1\",1.5]"), "does not fit"),
        (text.replace("{\"table\":\"text\"", "{\"table\":\"texts\""), "does not have"),
        (text.replace("\"words\"", "\"word\""), "does not have"),
        (without_a_row, "checksum"),
        (format!("{text}[]\n"), "follows its trailer"),
        (text.replace("{\"rows\":{", "{\"rows\":{\"x\":1,"), "counts other rows"),
    ] {
        let refused = restore(&other, changed.as_bytes());
        let is_told = match &refused {
            Err(DumpError::Damaged { what }) => what.contains(told),
            _ => false,
        };
        assert!(is_told, "{told}: {refused:?}");
    }
    assert!(is_empty(&other));
}

fn what_is_no_copy_or_a_later_one_is_told(database: &Database) {
    let store = database.open();
    for nonsense in ["", "hello\n", "{}\n", "[1]\n", "{\"order\":\"SO-1\"}\n"] {
        let refused = restore(&store, nonsense.as_bytes());
        assert!(matches!(refused, Err(DumpError::NoCopy)), "{nonsense:?}: {refused:?}");
    }
    let later = restore(&store, b"{\"backhaul_copy\":3,\"more\":true}\n");
    assert!(matches!(later, Err(DumpError::Newer { format: 3 })), "{later:?}");
    let header = r#"{"backhaul_copy":1,"schema":99,"program":"9.9.9","at":"2026-03-01T12:00:00Z"}"#;
    let other = restore(&store, format!("{header}\n").as_bytes()).unwrap_err().to_string();
    assert!(other.contains("migration 99") && other.contains("version 9.9.9"), "{other}");
}

fn an_export_is_lines_of_json_and_keeps_what_is_personal_back(database: &Database) {
    let store = database.open();
    full(&store);
    let lines = |personal| {
        let (bytes, count) = export::export(&store, at(), personal, || Ok(Vec::new())).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let lines =
            text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let lines: Vec<_> = lines.collect();
        assert_eq!(lines.len(), usize::try_from(count).unwrap() + 2);
        lines
    };
    let of = |lines: &[serde_json::Value], kind: &str| {
        lines.iter().filter(|line| line["type"] == kind).cloned().collect::<Vec<_>>()
    };
    let without = lines(false);
    assert!(of(&without, "text").is_empty());
    assert_eq!(of(&without, "order").len(), 2);
    let told = of(&without, "event");
    assert_eq!(told.len(), 10);
    assert!(told.iter().all(|event| event["hash"].as_str().unwrap().len() == 64));
    assert!(told.iter().all(|event| event["event"]["type"] == event["kind"]));
    let with = lines(true);
    let texts = of(&with, "text");
    assert_eq!(texts.len(), 1);
    assert_eq!((&texts[0]["personal"], &texts[0]["text"]), (&true.into(), &"t1".into()));
    let all = serde_json::to_string(&with).unwrap();
    assert!(!all.contains("$argon2id$"), "no hash of a password");
}
