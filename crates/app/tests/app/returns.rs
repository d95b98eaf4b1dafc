//! A return from the open case to the approved refund.

use backhaul_app::{DoorError, Role, Who};
use backhaul_core::ledger::command::{Answer, RecordAnswer, SubmitInstruction};
use backhaul_core::ledger::{Actor, CaseState, Event, InstructionId, RefusalCode};
use backhaul_testkit::Database;

use crate::desk::{Desk, approve, authorise, draft, id, inspect, open, receive};

backhaul_testkit::on_both_engines! {
    a_return_goes_from_the_open_case_to_the_approved_refund
    a_refusal_changes_nothing_and_names_its_clause
    an_order_that_is_not_there_is_said_to_be_unknown
    what_tells_nothing_new_records_nothing
    a_case_number_belongs_to_one_order
}

fn a_return_goes_from_the_open_case_to_the_approved_refund(database: &Database) {
    let desk = Desk::over(database);
    let state = || desk.cases().first().map(|row| row.state);
    desk.then(open("RMA-1", &[1]));
    assert_eq!(state(), Some(CaseState::Requested));
    desk.then(authorise("RMA-1", 1));
    assert_eq!(state(), Some(CaseState::Authorised));
    desk.then(receive("RMA-1", 1));
    assert_eq!(state(), Some(CaseState::Received));
    desk.then(inspect("RMA-1", 1));
    assert_eq!(state(), Some(CaseState::Inspected));
    // Received on a Friday: the tenth working day of China is the 20th, whose end in Shanghai is due.
    let due = desk.cases().first().and_then(|row| row.due_at);
    assert_eq!(due, Some("2026-03-20T15:59:59.999999Z".parse().unwrap()));
    desk.wait(240);
    let done = desk.ask(Role::Finance, approve("RMA-1", 1, "R-1")).unwrap();
    assert!(matches!(done.events.as_slice(), [Event::RefundApproved { .. }]), "{done:?}");
    desk.holds();
}

fn a_refusal_changes_nothing_and_names_its_clause(database: &Database) {
    let desk = Desk::over(database);
    desk.then(open("RMA-1", &[1])).then(authorise("RMA-1", 1));
    let before = desk.cases();
    match desk.ask(Role::Finance, approve("RMA-1", 1, "R-1")) {
        Err(DoorError::Refused(refusal)) => {
            assert_eq!(refusal.code, RefusalCode::GoodsFirst);
            assert_eq!(refusal.clauses.first(), Some(&"goods_first".into()));
        }
        other => panic!("expected a refusal: {other:?}"),
    }
    assert_eq!(desk.cases(), before);
    desk.holds();
}

fn an_order_that_is_not_there_is_said_to_be_unknown(database: &Database) {
    let desk = Desk::over(database);
    let who =
        Who { roles: Role::Owner.into(), actor: Actor::Staff { id: id("someone"), finance: true } };
    let asked = desk.app.carry_out(&who, "SO-9", &open("RMA-1", &[1]).into());
    assert!(matches!(asked, Err(DoorError::UnknownOrder { number }) if number == "SO-9"));
}

fn what_tells_nothing_new_records_nothing(database: &Database) {
    let desk = Desk::over(database);
    desk.inspected("RMA-1", 1).then(approve("RMA-1", 1, "R-1"));
    let instruction = InstructionId { refund: id("R-1"), number: 1 };
    let submit = SubmitInstruction {
        instruction: instruction.clone(),
        key: id("key"),
        request_hash: id("hash"),
    };
    desk.ask(Role::System, submit).unwrap();
    let answer = RecordAnswer { instruction, answer: Answer::Settled, reference: None };
    let first = desk.ask(Role::System, answer.clone()).unwrap();
    assert_eq!(first.events.len(), 1, "{first:?}");
    let again = desk.ask(Role::System, answer).unwrap();
    assert_eq!((again.events.len(), again.version), (0, first.version));
    desk.holds();
}

fn a_case_number_belongs_to_one_order(database: &Database) {
    let desk = Desk::over(database);
    desk.then(open("RMA-1", &[1]));
    let before = desk.cases();
    let mut other = draft();
    "SO-1002".clone_into(&mut other.number);
    desk.app.import_order(other).unwrap();
    let who =
        Who { roles: Role::Owner.into(), actor: Actor::Staff { id: id("someone"), finance: true } };
    let asked = desk.app.carry_out(&who, "SO-1002", &open("RMA-1", &[1]).into());
    assert!(matches!(asked, Err(DoorError::CaseTaken { .. })), "{asked:?}");
    assert_eq!(desk.cases(), before);
    desk.app.carry_out(&who, "SO-1002", &open("RMA-2", &[1]).into()).unwrap();
    desk.holds();
}
