//! What is kept beside the ledgers: where each case stands, and what others are to be told of.

use backhaul_core::ledger::{CaseId, CaseState, NextStep};
use backhaul_core::words::Cause;
use backhaul_store::case_index::{self, CaseRow};
use backhaul_store::ledger::{self, LedgerError};
use backhaul_store::outbox::{self, Message};
use backhaul_store::{Head, NameOfOrder, orders};

use crate::world::{append, at, events, id, order, order_id, tamper, with_order};
use backhaul_testkit::Database;

backhaul_testkit::on_both_engines! {
    a_case_stands_where_it_was_put_last
    an_order_is_loaded_whole_by_any_of_its_names
    cases_of_a_state_come_by_urgency
    a_message_waits_until_it_is_sent
}

fn case(name: &str, state: CaseState, due: Option<i64>) -> CaseRow {
    CaseRow {
        case: id(name),
        order: order_id("o1"),
        state,
        policy_pin: "default@2026-01".to_owned(),
        opened_at: at(0),
        due_at: due.map(at),
        updated_at: at(1),
        is_over: state.is_final(),
        assignee: None,
        next_step: NextStep::Authorise,
        causes: vec![Cause::Damaged, Cause::Quality],
        units: 2,
        merged_into: None,
    }
}

fn an_order_is_loaded_whole_by_any_of_its_names(database: &Database) {
    let store = database.open();
    let order_id = order_id("o1");
    with_order(&store, &order_id);
    let name_of_case = NameOfOrder::Case(id("RMA-1"));
    let names = [NameOfOrder::Id(order_id.clone()), NameOfOrder::Number("o1".to_owned())];
    let load = |name: &NameOfOrder| {
        let name = name.clone();
        store.glance(move |tx| ledger::load_with_order(tx, &name)).wait()
    };
    let read = |name: &NameOfOrder| {
        let (document, history) = load(name).unwrap()?;
        assert_eq!(document.order, order_id);
        Some((document.read().unwrap(), history))
    };
    for name in &names {
        let (document, history) = read(name).unwrap();
        assert_eq!((document.version, history.head, history.events.len()), (1, Head::EMPTY, 0));
    }
    assert_eq!(read(&name_of_case), None, "the order has no case yet");

    append(&store, &order_id, Head::EMPTY, &events()).unwrap();
    let (newer, row) = (order("o1", 2), case("RMA-1", CaseState::Requested, None));
    let of_order = order_id.clone();
    store.write(move |tx| orders::import(tx, &of_order, &newer, at(2))).wait().unwrap();
    store.write(move |tx| case_index::put(tx, &row)).wait().unwrap();
    for name in names.iter().chain([&name_of_case]) {
        let (document, history) = read(name).unwrap();
        assert_eq!((document.version, history.head.version()), (2, 5), "{name:?}");
        let loaded: Vec<_> = history.events.into_iter().map(|recorded| recorded.event).collect();
        assert_eq!(loaded, events(), "{name:?}");
    }
    for name in [NameOfOrder::Number("o2".to_owned()), NameOfOrder::Case(id("o1"))] {
        assert_eq!(read(&name), None);
    }

    tamper(&store, &["update ledger_event set body = replace(body, '450', '451') where seq = 2"]);
    for name in names.iter().chain([&name_of_case]) {
        assert!(matches!(load(name), Err(LedgerError::Tampered(_))), "{name:?}");
    }
}

fn a_case_stands_where_it_was_put_last(database: &Database) {
    let store = database.open();
    with_order(&store, &order_id("o1"));
    let put = |row: CaseRow| store.write(move |tx| case_index::put(tx, &row)).wait().unwrap();
    put(case("RMA-1", CaseState::Requested, Some(9)));
    let last = case("RMA-1", CaseState::Authorised, None);
    put(last.clone());
    let get = |name: &'static str| {
        store.read(move |tx| case_index::get(tx, &id::<CaseId>(name))).wait().unwrap()
    };
    assert_eq!(get("RMA-1"), Some(last));
    assert_eq!(get("RMA-2"), None);
}

fn cases_of_a_state_come_by_urgency(database: &Database) {
    let store = database.open();
    with_order(&store, &order_id("o1"));
    let rows = [
        case("never", CaseState::Requested, None),
        case("later", CaseState::Requested, Some(8)),
        case("soon", CaseState::Requested, Some(5)),
        case("other", CaseState::Received, Some(1)),
    ];
    let put =
        store.write(move |tx| rows.iter().try_for_each(|row| case_index::put(tx, row).map(drop)));
    put.wait().unwrap();
    let listed = |limit| {
        let rows = store.read(move |tx| case_index::in_state(tx, CaseState::Requested, limit));
        let names = rows.wait().unwrap().into_iter().map(|row| row.case.to_string());
        names.collect::<Vec<_>>()
    };
    assert_eq!(listed(9), ["soon", "later", "never"]);
    assert_eq!(listed(1), ["soon"]);
}

fn a_message_waits_until_it_is_sent(database: &Database) {
    let store = database.open();
    with_order(&store, &order_id("o1"));
    let message = |name: &str, second| Message {
        id: name.to_owned(),
        order: order_id("o1"),
        topic: "mail.authorised".to_owned(),
        body: "{}".to_owned(),
        created_at: at(second),
    };
    for message in [message("b", 1), message("a", 2)] {
        store.write(move |tx| outbox::put(tx, &message)).wait().unwrap();
    }
    let waiting = || store.read(|tx| outbox::waiting(tx, 9)).wait().unwrap();
    assert_eq!(waiting(), [message("b", 1), message("a", 2)]);
    let sent = || store.write(|tx| outbox::sent(tx, "b", at(3))).wait().unwrap();
    assert!(sent());
    assert!(!sent(), "once");
    assert_eq!(waiting(), [message("a", 2)]);
}
