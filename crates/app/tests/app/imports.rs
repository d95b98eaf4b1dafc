//! Orders in, version by version.

use backhaul_app::Imported;
use backhaul_core::ledger::{OrderDraft, RefusalCode};
use backhaul_testkit::Database;

use crate::desk::{Desk, draft, open};

backhaul_testkit::on_both_engines! {
    an_import_is_repeatable
    a_changed_order_is_a_version_and_leaves_open_cases_alone
    an_order_that_does_not_add_up_is_refused
}

fn an_import_is_repeatable(database: &Database) {
    let desk = Desk::over(database);
    assert_eq!(desk.app.import_order(draft()).unwrap(), Imported::Same);
    assert_eq!(desk.app.import_order(draft()).unwrap(), Imported::Same);
}

fn a_changed_order_is_a_version_and_leaves_open_cases_alone(database: &Database) {
    let desk = Desk::over(database);
    desk.then(open("RMA-1", &[1]));
    let before = desk.cases();
    let declared = |mut draft: OrderDraft| {
        draft.lines.iter_mut().for_each(|line| line.declared_non_returnable = true);
        draft
    };
    assert_eq!(desk.app.import_order(declared(draft())).unwrap(), Imported::Changed(2));
    assert_eq!(desk.app.import_order(declared(draft())).unwrap(), Imported::Same);
    assert_eq!(desk.cases(), before, "an open case is not judged again");
    desk.then(open("RMA-2", &[2]));
    let state = |place: usize| desk.cases().get(place).map(|row| row.state.as_str());
    assert_eq!((state(0), state(1)), (Some("requested"), Some("declined")));
    desk.holds();
}

fn an_order_that_does_not_add_up_is_refused(database: &Database) {
    let desk = Desk::over(database);
    let mut twice = draft();
    twice.lines.iter_mut().for_each(|line| {
        let first = line.serials.first().cloned();
        line.serials.pop();
        line.serials.extend(first);
    });
    assert!(desk.app.import_order(twice).is_err());
    let mut named = draft();
    "no number".clone_into(&mut named.number);
    assert!(desk.app.import_order(named).is_err());
    assert_eq!(desk.refused(open("RMA-1", &[9])), RefusalCode::UnitUnknown);
}
