//! Who may ask for what.

use backhaul_app::{DoorError, Role};
use backhaul_core::ledger::Command;
use backhaul_testkit::Database;

use crate::desk::{Desk, approve, authorise, inspect, open, receive};

backhaul_testkit::on_both_engines! {
    a_role_without_the_right_is_told_so_and_changes_nothing
}

fn a_role_without_the_right_is_told_so_and_changes_nothing(database: &Database) {
    let desk = Desk::over(database);
    let commands: [(Command, &[Role]); 5] = [
        (open("RMA-1", &[1]).into(), &[Role::Dock, Role::Finance]),
        (authorise("RMA-1", 1).into(), &[Role::Buyer, Role::Dock, Role::Finance, Role::System]),
        (
            receive("RMA-1", 1).into(),
            &[Role::Buyer, Role::Representative, Role::Finance, Role::System],
        ),
        (
            inspect("RMA-1", 1).into(),
            &[Role::Buyer, Role::Representative, Role::Finance, Role::System],
        ),
        (
            approve("RMA-1", 1, "R").into(),
            &[Role::Buyer, Role::Representative, Role::Dock, Role::System],
        ),
    ];
    for (command, denied) in commands {
        for role in denied {
            let asked = desk.ask(*role, command.clone());
            assert!(matches!(asked, Err(DoorError::Forbidden { .. })), "{role:?}: {asked:?}");
        }
        for role in Role::ALL.iter().filter(|role| !denied.contains(role)) {
            let asked = desk.ask(*role, command.clone());
            assert!(!matches!(asked, Err(DoorError::Forbidden { .. })), "{role:?}: {asked:?}");
        }
    }
    desk.holds();
}
