//! The lists of the queue at a hundred thousand cases: in the right order, and by the indexes that are meant for them.

use backhaul_core::ledger::Attention;
use backhaul_store::case_index::{Behind, CaseRow};
use backhaul_store::case_queue::{COUNTED_MAX, Waiting, Whose, counts, page};
use backhaul_store::{Engine, Error, Row, Store, Tx, Value, values};
use backhaul_testkit::{Database, on_both_engines};

use crate::world::{order_id, with_order};

on_both_engines! {
    a_page_is_a_range_of_an_index_however_many_cases_there_are
    pages_follow_each_other_without_gaps_and_whatever_is_not_over_is_in_one
    counting_ends_where_it_is_enough
}

/// As many as a desk has after years; most of them are over.
const CASES: i64 = 100_000;

/// Cases of every kind, in a mixture that repeats every few hundred.
fn filled(database: &Database, cases: i64) -> Store {
    let store = database.open();
    with_order(&store, &order_id("o1"));
    let write = store.write(move |tx| -> Result<(), Error> {
        tx.exec(
            "insert into case_index (case_id, order_id, state, policy_pin, opened_at_us, due_at_us,
               updated_at_us, is_over, assignee, attention, next_step, causes, units, merged_into)
             with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n where i < $1)
             select 'C' || i, 'o1', case when i % 10 < 8 then 'closed' else 'requested' end, 'p@1', i,
               case when i % 3 = 0 then 9223372036854775807 else (i * 7919) % 1000003 end, i,
               case when i % 10 < 8 then 1 else 0 end,
               case when i % 4 = 0 then '' else 'staff-' || (i % 29) end,
               case i % 7 when 0 then 'finance' when 1 then 'dock' when 2 then 'buyer' when 3 then 'nobody'
                 else 'staff' end,
               'authorise', 'quality', 1, ''
             from n",
            values![cases],
        )?;
        tx.exec("analyze case_index", &[])?;
        Ok(())
    });
    write.wait().unwrap();
    store
}

/// A transaction that asks, of each statement, how the engine goes about it.
struct Explaining<'t> {
    tx: &'t mut dyn Tx,
    plans: Vec<String>,
}

impl Tx for Explaining<'_> {
    fn exec(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, Error> {
        self.tx.exec(sql, values)
    }

    fn send(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<(), Error> {
        self.tx.send(sql, values)
    }

    fn each(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        show: &mut dyn FnMut(&dyn Row) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (explain, column) = match self.engine() {
            Engine::Sqlite => ("explain query plan", 3),
            Engine::Postgres => ("explain", 0),
        };
        // Statements live as long as the program; a test's may too.
        let explained = String::leak(format!("{explain} {sql}"));
        let lines = self.tx.all(explained, values, |row| Ok(row.text(column)?.to_owned()))?;
        self.plans.push(lines.join("\n"));
        self.tx.each(sql, values, show)
    }

    fn engine(&self) -> Engine {
        self.tx.engine()
    }
}

fn a_page_is_a_range_of_an_index_however_many_cases_there_are(database: &Database) {
    let store = filled(database, CASES);
    let read = store.read(|tx| -> Result<Vec<(&str, usize, String)>, Error> {
        let mut explaining = Explaining { tx, plans: Vec::new() };
        let me = Whose::Of("staff-3".to_owned().try_into().unwrap());
        let mut expected = Vec::new();
        for (whose, index) in [
            (Whose::All, "case_index_attention"),
            (Whose::Unassigned, "case_index_assignee"),
            (me, "case_index_assignee"),
        ] {
            let behind = Behind { due_at_us: 1_000, opened_at_us: 1_000, case: "C1".to_owned() };
            page(&mut explaining, &whose, None, &behind, 50)?;
            page(&mut explaining, &whose, Some(Attention::Staff), &behind, 50)?;
            counts(&mut explaining, &whose, jiff::Timestamp::UNIX_EPOCH)?;
            expected.extend([(index, 5), (index, 1)]);
            expected.extend(Attention::ALL.iter().map(|_| (index, 2)));
        }
        assert_eq!(expected.len(), explaining.plans.len());
        let plans = expected.into_iter().zip(explaining.plans);
        Ok(plans.map(|((index, times), plan)| (index, times, plan)).collect())
    });
    for (index, times, plan) in read.wait().unwrap() {
        let uses = plan.lines().filter(|line| line.contains(index)).count();
        assert_eq!(uses, times, "{index}:\n{plan}");
        let is_scan = |line: &&str| {
            line.contains("SCAN case_index") || line.contains("Seq Scan on case_index")
        };
        assert_eq!(plan.lines().filter(is_scan).count(), 0, "{plan}");
    }
}

fn pages_follow_each_other_without_gaps_and_whatever_is_not_over_is_in_one(database: &Database) {
    let store = filled(database, 3_000);
    let mut seen = Vec::new();
    let mut behind = Behind::first();
    loop {
        let from = behind.clone();
        let rows = store.read(move |tx| page(tx, &Whose::All, None, &from, 70)).wait().unwrap();
        let Some(last) = rows.last() else { break };
        behind = last.case.behind();
        seen.extend(rows.into_iter().map(|row| row.case));
    }
    assert_eq!(seen.len(), 600);
    let in_order = |pair: &[CaseRow]| {
        let (one, next) = (pair[0].behind(), pair[1].behind());
        (one.due_at_us, one.opened_at_us, one.case) < (next.due_at_us, next.opened_at_us, next.case)
    };
    assert!(seen.windows(2).all(in_order), "by when they are due, then by age, each once");
    let both = [Whose::Unassigned, Whose::Of("staff-3".to_owned().try_into().unwrap())];
    for whose in both {
        let name = match &whose {
            Whose::Of(staff) => Some(staff.clone()),
            _ => None,
        };
        let expected = seen.iter().filter(|row| row.assignee == name).count();
        let first = |attention| {
            let whose = whose.clone();
            let read = store.read(move |tx| page(tx, &whose, attention, &Behind::first(), 600));
            read.wait().unwrap()
        };
        let rows = first(None);
        assert!(rows.len() == expected && expected > 0);
        assert!(rows.iter().all(|row| row.case.assignee == name));
        let parted = Attention::ALL.iter().map(|who| first(Some(*who)).len()).sum::<usize>();
        assert_eq!(parted, expected, "each waits for one");
    }
}

fn counting_ends_where_it_is_enough(database: &Database) {
    let store = filled(database, 3_000);
    let now = jiff::Timestamp::from_microsecond(500_000).unwrap();
    let counted = |whose: Whose| store.read(move |tx| counts(tx, &whose, now)).wait().unwrap();
    let of = |counts: &[Waiting], who| {
        counts.iter().find(|count| count.attention == who).map(|count| (count.cases, count.overdue))
    };
    let all = counted(Whose::All);
    assert_eq!(of(&all, Attention::Staff).map(|(cases, _)| cases), Some(COUNTED_MAX));
    assert!(
        of(&all, Attention::Dock).is_some_and(|(cases, overdue)| 0 < overdue && overdue < cases)
    );
    assert!(all.iter().all(|count| count.cases <= COUNTED_MAX && count.overdue <= count.cases));
    let mine = counted(Whose::Of("staff-3".to_owned().try_into().unwrap()));
    assert!(mine.iter().all(|count| count.cases < COUNTED_MAX));
    assert!(mine.iter().map(|count| count.cases).sum::<u32>() > 0);
}
