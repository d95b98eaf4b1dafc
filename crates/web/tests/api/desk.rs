//! What a test knows of the desk behind a server: its clock, its tables, and the jobs that wait.

use std::fmt::Write as _;
use std::sync::Mutex;

use backhaul_app::{App, Clock};
use backhaul_store::{Error, Row, audit};
use jiff::{SignedDuration, Timestamp};

/// A clock that stands still until it is set.
pub(crate) struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        self.shown()
    }
}

impl Hand {
    pub(crate) fn at(moment: &str) -> Self {
        Self(Mutex::new(moment.parse().unwrap()))
    }

    pub(crate) fn shown(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    pub(crate) fn wait(&self, hours: i64) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(SignedDuration::from_hours(hours)).unwrap();
    }

    pub(crate) fn move_to(&self, moment: Timestamp) {
        let mut now = self.0.lock().unwrap();
        *now = moment.max(*now);
    }
}

pub(crate) fn id<T: TryFrom<String>>(text: &str) -> T {
    T::try_from(text.to_owned()).ok().expect("a well-formed name")
}

/// The tables that can be made again from the ledgers.
const READ_TABLES: [&str; 4] = [
    "select case_id, order_id, state, policy_pin, opened_at_us, due_at_us, updated_at_us, is_over, assignee, attention, next_step, \
     causes, units, merged_into from case_index order by case_id",
    "select serial, case_id, order_id from case_serial order by serial, case_id",
    "select order_id, refund_id, state, case_id, payment || ' ' || path || ' ' || currency, piece, amount_minor, due_at_us, \
     updated_at_us from refund_index order by order_id, refund_id, piece",
    "select order_id, kind, case_id, subject, due_at_us, since_us from waiting order by order_id, kind, case_id, subject",
];

/// All the others, as far as a request could change them.
const OTHER_TABLES: [&str; 8] = [
    "select order_id, number, head_hash, order_version, head_seq from ledger_order order by order_id",
    "select order_id, body, version, imported_at_us from order_version order by order_id, version",
    "select order_id, kind, body, hash, seq, at_us from ledger_event order by order_id, seq",
    "select id, order_id, topic, body, created_at_us, is_sent, sent_at_us from outbox order by id",
    "select id, kind, body, holder, due_at_us, attempts from job order by id",
    "select staff_id, roles, password_hash, created_at_us, is_active from staff order by staff_id",
    "select key_id, name, roles, secret_hash, created_at_us, revoked_at_us from api_key order by key_id",
    "select order_id, text_id, words, created_at_us from text order by order_id, text_id",
];
const REQUEST_KEYS: &str = "select caller, idempotency_key, request_hash, order_id, after_seq, last_seq, at_us from request_key \
                            order by caller, idempotency_key";

/// Every row of these statements, as text.
fn rows(app: &App, statements: &'static [&'static str]) -> String {
    let read = app.store().read(move |tx| -> Result<String, Error> {
        let mut all = String::new();
        for sql in statements {
            let columns = sql.split(" from ").next().unwrap_or("").split(", ").count();
            tx.each(sql, &[], &mut |row| {
                for column in 0..columns {
                    let _ = write!(all, "{} | ", shown(row, column));
                }
                all.push('\n');
                Ok(())
            })?;
        }
        Ok(all)
    });
    read.wait().unwrap()
}

fn shown(row: &dyn Row, column: usize) -> String {
    row.text(column).map_or_else(|_| row.int(column).unwrap().to_string(), str::to_owned)
}

/// Everything that is kept, as one text: the same before and after whatever changes nothing.
pub(crate) fn everything(app: &App) -> String {
    let [mut all, others, keys] =
        [rows(app, &READ_TABLES), rows(app, &OTHER_TABLES), rows(app, &[REQUEST_KEYS])];
    all.push_str(&others);
    all.push_str(&keys);
    all
}

/// How many rows wait in the outbox.
pub(crate) fn outbox(app: &App) -> usize {
    rows(app, &["select id from outbox where is_sent = 0 order by id"]).lines().count()
}

/// When the next job is due.
pub(crate) fn next_job(app: &App) -> Option<Timestamp> {
    let due = app.store().read(|tx| {
        let sql = "select due_at_us from job order by due_at_us limit 1";
        tx.first(sql, &[], |row| row.int(0))
    });
    let due: Result<Option<i64>, Error> = due.wait();
    due.unwrap().map(|due| Timestamp::from_microsecond(due).unwrap())
}

/// What holds after every story and every storm.
pub(crate) fn holds(app: &App, numbers: &[&str]) {
    let written = rows(app, &READ_TABLES);
    for number in numbers {
        app.rebuild(number).unwrap();
    }
    assert_eq!(rows(app, &READ_TABLES), written, "the read tables equal a rebuild");
    assert!(audit::verify(app.store()).unwrap().findings.is_empty(), "the ledgers verify");
}
