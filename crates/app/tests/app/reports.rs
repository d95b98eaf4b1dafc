//! The owner's reports: each number follows from what happened, and large desks are answered at once.

use backhaul_app::Role;
use backhaul_app::reports::{Month, Period, Report, ReportKind};
use backhaul_core::ledger::InstructionId;
use backhaul_core::ledger::command::{
    Answer, CancelClaims, InspectUnit, RecordAnswer, RecordFreight, SubmitInstruction,
};
use backhaul_core::ledger::{Leg, RefundId};
use backhaul_core::words::Payer;
use backhaul_testkit::Database;
use serde_json::{Value, json};

use crate::desk::{Desk, approve, authorise, draft, id, inspect, open, receive, unit};

backhaul_testkit::on_both_engines! {
    a_return_is_in_every_report_from_its_opening_to_the_money
    a_late_refund_breaks_its_promise_and_one_that_comes_back_is_open_again
    freight_is_borne_by_whom_the_newest_decision_names
    a_table_is_safe_in_a_spreadsheet
    a_hundred_thousand_units_are_reported_quickly
}

fn report(desk: &Desk, kind: ReportKind) -> Value {
    let month = |text| Month::parse(text).unwrap();
    let period = Period::new(month("2026-01"), month("2026-12")).unwrap();
    let report = pollster::block_on(desk.app.report(kind, period, 10)).unwrap();
    serde_json::to_value(report).unwrap()["lines"].clone()
}

fn paid(desk: &Desk, refund: &str, answer: Answer) {
    let pieces = pollster::block_on(desk.app.order("SO-1001")).unwrap().unwrap();
    let refund: RefundId = id(refund);
    for number in pieces.ledger.refunds[&refund].pieces.keys() {
        let instruction = InstructionId { refund: refund.clone(), number: *number };
        let submit = SubmitInstruction {
            instruction: instruction.clone(),
            key: id(&format!("key-{number}")),
            request_hash: id("hash"),
        };
        let _ = desk.ask(Role::System, submit);
        let answer = RecordAnswer { instruction, answer: answer, reference: None };
        desk.ask(Role::System, answer).unwrap();
    }
}

fn a_return_is_in_every_report_from_its_opening_to_the_money(database: &Database) {
    let desk = Desk::over(database);
    desk.then(open("RMA-1", &[1, 2]));
    desk.wait(30);
    desk.then(authorise("RMA-1", 1));
    desk.then(receive("RMA-1", 1)).then(inspect("RMA-1", 1));
    let returns = report(&desk, ReportKind::Returns);
    assert_eq!(
        returns,
        json!([{"month": "2026-03", "cause": "quality", "units": 2, "inspected": 1, "no_fault_found": 0,
                "no_fault_found_permille": 0}])
    );
    assert_eq!(report(&desk, ReportKind::Products)[0]["sku"], "QSFP28-100G-SR4");
    assert_eq!(report(&desk, ReportKind::Batches), json!([]));
    let promises = report(&desk, ReportKind::Promises);
    assert_eq!(
        promises,
        json!([{"month": "2026-03", "kept": 0, "late": 0, "overdue": 0, "open": 1}])
    );
    desk.wait(240);
    desk.then(approve("RMA-1", 1, "R-1"));
    paid(&desk, "R-1", Answer::Settled);
    let times = report(&desk, ReportKind::Times);
    assert_eq!(times[0]["month"], "2026-03");
    assert_eq!(times[0]["decision"], json!({"units": 1, "median_hours": 30, "p90_hours": 30}));
    assert_eq!(times[0]["refund"], json!({"units": 1, "median_hours": 240, "p90_hours": 240}));
    assert_eq!(times[1]["month"], Value::Null, "all of it");
    assert_eq!(report(&desk, ReportKind::Promises)[0]["kept"], 1);
    let row = desk.units()[0].clone();
    assert!(row.starts_with("RMA-1 L1#1 QSFP28-100G-SR4  quality quality accepted EUR"), "{row}");
    assert!(row.contains(" 10000 "), "the refund of one unit: {row}");
    // The other unit is given up: it stays a return, and awaits nothing.
    let cancel = CancelClaims { case: id("RMA-1"), units: vec![unit(2)], reason: None };
    desk.ask(Role::Representative, cancel).unwrap();
    assert_eq!(report(&desk, ReportKind::Returns)[0]["units"], 2);
    desk.holds();
}

fn a_late_refund_breaks_its_promise_and_one_that_comes_back_is_open_again(database: &Database) {
    let desk = Desk::over(database);
    desk.inspected("RMA-1", 1).then(approve("RMA-1", 1, "R-1"));
    desk.wait(24 * 30);
    assert_eq!(report(&desk, ReportKind::Promises)[0]["overdue"], 1);
    paid(&desk, "R-1", Answer::Settled);
    let promises = report(&desk, ReportKind::Promises);
    assert_eq!(
        promises[0],
        json!({"month": "2026-03", "kept": 0, "late": 1, "overdue": 0, "open": 0})
    );
    desk.wait(1);
    paid(&desk, "R-1", Answer::Failed);
    assert_eq!(report(&desk, ReportKind::Promises)[0]["late"], 0, "the money came back");
    assert_eq!(report(&desk, ReportKind::Promises)[0]["overdue"], 1);
    desk.holds();
}

fn freight_is_borne_by_whom_the_newest_decision_names(database: &Database) {
    let desk = Desk::over(database);
    desk.then(open("RMA-1", &[1, 2])).then(authorise("RMA-1", 1)).then(authorise("RMA-1", 2));
    let eur = serde_json::from_value(json!({"minor": 1_001, "currency": "EUR"})).unwrap();
    desk.then(RecordFreight {
        freight: id("F-1"),
        case: id("RMA-1"),
        leg: Leg::Return,
        units: vec![unit(1), unit(2)],
        paid_by: Payer::Buyer,
        amount: eur,
    });
    let freight = report(&desk, ReportKind::Freight);
    assert_eq!(freight.as_array().unwrap().len(), 1);
    assert_eq!(freight[0]["payer"], "merchant");
    assert_eq!(freight[0]["merchant"], json!({"minor": 1_001, "currency": "EUR"}));
    desk.then(receive("RMA-1", 1));
    // No fault is found in one of them: its half is the buyer's.
    desk.then(InspectUnit { fault_found: Some(false), ..inspect("RMA-1", 1) });
    let freight = report(&desk, ReportKind::Freight);
    let buyer = freight.as_array().unwrap().iter().find(|line| line["payer"] == "buyer").unwrap();
    assert_eq!((&buyer["units"], &buyer["buyer"]["minor"]), (&json!(1), &json!(501)));
    assert_eq!(report(&desk, ReportKind::Returns)[0]["no_fault_found_permille"], 1_000);
    desk.holds();
}

fn a_table_is_safe_in_a_spreadsheet(database: &Database) {
    let desk = Desk::over(database);
    let mut order = draft();
    "SO-2".clone_into(&mut order.number);
    "=cmd|' /C calc'!A0".clone_into(&mut order.lines[0].sku);
    order.lines[0].batch = Some("+\"lot\", 7".to_owned());
    order.lines[0].serials.clear();
    desk.app.import_order(order).unwrap();
    let who = backhaul_app::Who {
        roles: Role::Owner.into(),
        actor: backhaul_core::ledger::Actor::Staff { id: id("anna"), finance: false },
    };
    desk.app.carry_out(&who, "SO-2", &open("RMA-2", &[1]).into()).unwrap();
    let period = Period::new(Month::parse("2026-03").unwrap(), Month::parse("2026-03").unwrap());
    let report =
        pollster::block_on(desk.app.report(ReportKind::Batches, period.unwrap(), 10)).unwrap();
    assert_eq!(
        String::from_utf8(report.to_csv().unwrap()).unwrap(),
        "batch,sku,units,inspected,no_fault_found,no_fault_found_permille\r\n\
         \"'+\"\"lot\"\", 7\",'=cmd|' /C calc'!A0,1,0,0,\r\n"
    );
    for kind in ReportKind::ALL {
        let report = pollster::block_on(desk.app.report(*kind, period.unwrap(), 10)).unwrap();
        let (head, rows) = report.table();
        assert!(rows.iter().all(|row| row.len() == head.len()), "{kind:?}");
        assert!(!matches!((kind, &report), (ReportKind::Returns, Report::Products(_))));
    }
}

/// Rows as a hundred thousand claimed units of a year would have left them.
const MANY: [&str; 2] = [
    "insert into report_unit
       select 'C' || n, 'L1#1', 'SO-1001', 'SKU-' || (n % 997), case when n % 3 = 0 then 'LOT-' || (n % 211) else '' end,
              202601 + n % 12, cast(1700000000000000 as bigint) + n, case when n % 4 = 0 then 'own_reasons' else 'quality' end, '',
              'accepted', n % 2, case when n % 10 = 1 then 1 else 0 end, 1, (n % 5000 * 7919) % 700, 1, 1, (n % 5000 * 10477) % 500, 'EUR', 100,
              case when n % 4 = 0 then 'buyer' else 'merchant' end, n % 900, n % 300,
              case when n % 20 = 0 then 'late' when n % 20 = 1 then 'open' else 'kept' end, 1700000000000000
       from (",
    ") as numbers",
];

fn a_hundred_thousand_units_are_reported_quickly(database: &Database) {
    let desk = Desk::over(database);
    let filled = desk.app.store().write(|tx| {
        // The same rows by each engine's own way to count.
        let sql: &'static str = match tx.engine() {
            backhaul_store::Engine::Sqlite => Box::leak(
                format!(
                    "{}with recursive c(n) as (select 1 union all select n + 1 from c where n < 100000) select n from c{}",
                    MANY[0], MANY[1]
                )
                .into_boxed_str(),
            ),
            backhaul_store::Engine::Postgres => Box::leak(
                format!("{}select n from generate_series(1, 100000) as g(n){}", MANY[0], MANY[1])
                    .into_boxed_str(),
            ),
        };
        tx.exec(sql, &[])?;
        if tx.engine() == backhaul_store::Engine::Postgres {
            tx.exec("analyze report_unit", &[])?;
        }
        Ok::<_, backhaul_store::Error>(())
    });
    filled.wait().unwrap();
    for kind in ReportKind::ALL {
        let mut took: Vec<_> = (0..9)
            .map(|_| {
                let began = now();
                let lines = report(&desk, *kind);
                assert!(!lines.as_array().unwrap().is_empty(), "{kind:?}");
                began.elapsed()
            })
            .collect();
        took.sort();
        println!("{}: {:?} at the median, {:?} at most", kind.as_str(), took[4], took[8]);
        // The promise is 50 ms; the tests' machine may do other things at the same time, and its programs are not optimised.
        assert!(took[4].as_millis() < 500, "{kind:?}: {took:?}");
    }
}

#[expect(clippy::disallowed_methods, reason = "a test measures how long something takes")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}
