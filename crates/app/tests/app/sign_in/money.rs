//! Refunds above the merchant's limits: a proof of who lets them go, and two people.

use backhaul_app::sign_in::SignInSettings;
use backhaul_app::{Done, DoorError, Request, Role, Roles, Who};
use backhaul_core::ledger::{Actor, EventKind, RefusalCode};
use backhaul_core::money::Currency;
use backhaul_testkit::Database;
use jiff::{SignedDuration, Timestamp};

use super::{PASSWORD, add_totp, caller, code_at, desk, session, sign_in, wait};
use crate::desk::{Desk, NUMBER, approve, id};

backhaul_testkit::on_both_engines! {
    a_refund_above_the_limit_needs_a_proof_of_ten_minutes
    a_refund_above_the_other_limit_needs_two_people_and_a_key_is_none
    two_people_who_approve_at_the_same_moment_pay_once
}

/// One unit comes to 100.00 EUR.
fn with_limits(database: &Database, step_up: i64, four_eyes: i64) -> Desk {
    let desk = desk(database, &[("anna", "finance"), ("ben", "finance")]);
    desk.inspected("RMA-1", 1);
    let eur = Currency::parse("EUR").unwrap();
    let settings = SignInSettings {
        step_up_above: [(eur, step_up)].into(),
        four_eyes_above: [(eur, four_eyes)].into(),
        ..SignInSettings::default()
    };
    Desk { app: desk.app.with_sign_in(settings), clock: desk.clock }
}

fn ask(desk: &Desk, name: &str, proof: Option<Timestamp>, refund: &str) -> Result<Done, DoorError> {
    let actor = Actor::Staff { id: id(name), finance: true };
    let who = Who { roles: Role::Finance.into(), actor };
    let command = approve("RMA-1", 1, refund);
    wait(desk.app.ask(Request { proof, ..Request::new(who, NUMBER, command.into()) }))
}

fn kinds(done: &Done) -> Vec<EventKind> {
    done.events.iter().map(backhaul_core::ledger::Event::kind).collect()
}

fn a_refund_above_the_limit_needs_a_proof_of_ten_minutes(database: &Database) {
    let desk = with_limits(database, 9_999, 1_000_000);
    let token = sign_in(&desk, "anna");
    let alone = session(&desk, &token).unwrap().proof();
    let refused = ask(&desk, "anna", alone, "R");
    assert!(matches!(refused, Err(DoorError::ProofNeeded)), "a password alone: {refused:?}");
    let anna = session(&desk, &token).unwrap();
    let (secret, _) = add_totp(&desk, &anna);
    let code = code_at(&secret, desk.clock.shown());
    let token = wait(desk.app.prove_with_password(&anna, PASSWORD, &code, &caller())).unwrap();
    let proof = session(&desk, &token).unwrap().proof();
    assert!(proof.is_some());
    pass_to(&desk, proof.unwrap(), 10);
    assert!(matches!(ask(&desk, "anna", proof, "R"), Err(DoorError::ProofNeeded)));
    let fresh = Some(desk.clock.shown());
    assert_eq!(kinds(&ask(&desk, "anna", fresh, "R").unwrap()), [EventKind::RefundApproved]);
    desk.holds();
}

fn pass_to(desk: &Desk, from: Timestamp, minutes: i64) {
    desk.clock.set(from.checked_add(SignedDuration::from_mins(minutes)).unwrap());
}

fn a_refund_above_the_other_limit_needs_two_people_and_a_key_is_none(database: &Database) {
    let desk = with_limits(database, 1_000_000, 9_999);
    for _ in 0..2 {
        let refused = ask(&desk, "key:erp", None, "R");
        assert!(matches!(refused, Err(DoorError::PersonNeeded)), "{refused:?}");
    }
    assert!(desk.proposals().is_empty(), "and nothing was written");
    assert_eq!(kinds(&ask(&desk, "anna", None, "R").unwrap()), [EventKind::RefundProposed]);
    let proposed = desk.proposals();
    assert_eq!((proposed[0].by.as_str(), proposed[0].amount.minor), ("anna", 10_000));
    match ask(&desk, "anna", None, "R") {
        Err(DoorError::Refused(refusal)) => {
            assert_eq!(refusal.code, RefusalCode::SecondPersonNeeded);
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(ask(&desk, "key:erp", None, "R"), Err(DoorError::PersonNeeded)));
    desk.holds();
    assert_eq!(kinds(&ask(&desk, "ben", None, "R").unwrap()), [EventKind::RefundApproved]);
    assert!(desk.proposals().is_empty());
    desk.holds();
    let roles = Roles::parse("finance").unwrap();
    assert!(roles.is_finance());
}

fn two_people_who_approve_at_the_same_moment_pay_once(database: &Database) {
    let desk = with_limits(database, 1_000_000, 9_999);
    let done = std::thread::scope(|scope| {
        let asking = ["anna", "ben", "anna", "ben"].map(|name| {
            let desk = desk.clone();
            scope.spawn(move || ask(&desk, name, None, "R"))
        });
        asking.map(|asking| asking.join().unwrap())
    });
    let approved = done.iter().flatten().flat_map(kinds);
    let approved = approved.filter(|kind| *kind == EventKind::RefundApproved).count();
    assert_eq!(approved, 1, "{done:?}");
    desk.holds();
}
