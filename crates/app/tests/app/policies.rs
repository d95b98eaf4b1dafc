//! Policies that are published while the desk runs: which orders they judge, and what is refused.

use std::sync::Arc;

use backhaul_app::{App, PolicyError, Role, Who};
use backhaul_core::ledger::Actor;
use backhaul_core::ledger::command::OpenCase;
use backhaul_core::policy::Catalogue;
use backhaul_testkit::Database;

use crate::desk::{Desk, Hand, draft, id, open};

backhaul_testkit::on_both_engines! {
    an_order_is_judged_by_the_version_in_force_when_it_was_placed
    a_publication_judges_no_claim_again
    what_would_change_the_terms_of_orders_that_were_placed_is_refused
    a_desk_that_judged_nothing_may_be_given_an_old_policy
    errors_and_warnings_are_told_and_warnings_can_be_accepted
    a_version_not_yet_in_force_can_be_withdrawn_and_stays_on_record
    another_process_knows_a_version_before_it_is_in_force
    only_the_owner_publishes
}

const FILE: &str = include_str!("../../../../policies/default.toml");

/// The default policy as another version, in force from that day on.
fn file(version: &str, effective: &str) -> String {
    let text = FILE.replace("version = \"2025.1\"", &format!("version = \"{version}\""));
    text.replace("effective = 2025-01-01", &format!("effective = {effective}"))
}

fn who(role: Role) -> Who {
    Who { roles: role.into(), actor: Actor::Staff { id: id("anna"), finance: false } }
}

fn publish(desk: &Desk, text: &str) -> Result<String, PolicyError> {
    let published = desk.app.publish_policy(&who(Role::Owner), text, false)?;
    Ok(format!("{}@{}", published.policy, published.version))
}

/// Imports an order that was placed at that moment, opens a case of it a day later, and says which version judges it.
fn judged_by(desk: &Desk, app: &App, number: &str, placed_at: &str) -> String {
    let mut order = draft();
    number.clone_into(&mut order.number);
    order.placed_at = placed_at.parse().unwrap();
    order.signed_at = None;
    for (serial, place) in order.lines[0].serials.iter_mut().zip(1..) {
        *serial = id(&format!("{number}-{place}"));
    }
    app.import_order(order).unwrap();
    let case = format!("RMA-{number}");
    claim(desk, app, number, &case, 1);
    pin_of(desk, &case)
}

fn claim(desk: &Desk, app: &App, number: &str, case: &str, unit: u32) {
    let order = pollster(app.order(number)).unwrap().order;
    let reported_at = order.placed_at.checked_add(jiff::SignedDuration::from_hours(24)).unwrap();
    desk.clock.move_to(reported_at);
    let open = OpenCase { reported_at, ..open(case, &[unit]) };
    app.carry_out(&who(Role::Owner), number, &open.into()).unwrap();
}

fn pin_of(desk: &Desk, case: &str) -> String {
    let case = id(case);
    let rows = desk.app.store().read(move |tx| backhaul_store::case_index::get(tx, &case));
    rows.wait().unwrap().unwrap().policy_pin
}

fn an_order_is_judged_by_the_version_in_force_when_it_was_placed(database: &Database) {
    let desk = Desk::over(database);
    assert_eq!(publish(&desk, &file("2026.2", "2026-03-10")).unwrap(), "default@2026.2");
    // The last second of the ninth in Shanghai, and the first one of the tenth.
    assert_eq!(judged_by(&desk, &desk.app, "SO-2", "2026-03-09T15:59:59Z"), "default@2025.1");
    assert_eq!(judged_by(&desk, &desk.app, "SO-3", "2026-03-09T16:00:00Z"), "default@2026.2");
    // One with another id takes over all the same.
    publish(&desk, &file("1", "2026-03-20").replace("id = \"default\"", "id = \"optics\""))
        .unwrap();
    assert_eq!(judged_by(&desk, &desk.app, "SO-4", "2026-03-19T00:00:00Z"), "default@2026.2");
    assert_eq!(judged_by(&desk, &desk.app, "SO-5", "2026-03-21T00:00:00Z"), "optics@1");
    desk.holds();
}

fn a_publication_judges_no_claim_again(database: &Database) {
    let desk = Desk::over(database);
    assert_eq!(judged_by(&desk, &desk.app, "SO-2", "2026-03-08T00:00:00Z"), "default@2025.1");
    publish(&desk, &file("2026.2", "2026-03-12")).unwrap();
    desk.wait(24 * 30);
    claim(&desk, &desk.app, "SO-2", "RMA-next", 2);
    assert_eq!(pin_of(&desk, "RMA-next"), "default@2025.1");
    desk.app.rebuild("SO-2").unwrap();
    assert_eq!(pin_of(&desk, "RMA-SO-2"), "default@2025.1");
}

fn what_would_change_the_terms_of_orders_that_were_placed_is_refused(database: &Database) {
    let desk = Desk::over(database);
    assert_eq!(judged_by(&desk, &desk.app, "SO-2", "2026-03-01T00:00:00Z"), "default@2025.1");
    for day in ["2024-12-31", "2026-03-05", "2026-03-06"] {
        let refused = publish(&desk, &file("2026.2", day));
        let Err(PolicyError::TooSoon { earliest, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(earliest.to_string(), "2026-03-07");
    }
    let again = publish(&desk, &file("2025.1", "2026-04-01"));
    assert!(matches!(&again, Err(PolicyError::Exists { pin }) if pin == "default@2025.1"));
    publish(&desk, &file("2026.2", "2026-03-07")).unwrap();
    let again = publish(&desk, &file("2026.2", "2026-04-01"));
    assert!(matches!(&again, Err(PolicyError::Exists { pin }) if pin == "default@2026.2"));
    assert_eq!(desk.app.catalogue().versions().len(), 2);
}

fn a_desk_that_judged_nothing_may_be_given_an_old_policy(database: &Database) {
    let desk = Desk::over(database);
    publish(&desk, &file("2026.1", "2026-01-01")).unwrap();
    assert_eq!(judged_by(&desk, &desk.app, "SO-2", "2026-03-01T00:00:00Z"), "default@2026.1");
    let second = publish(&desk, &file("2026.2", "2026-02-01"));
    assert!(matches!(second, Err(PolicyError::TooSoon { .. })), "{second:?}");
}

fn errors_and_warnings_are_told_and_warnings_can_be_accepted(database: &Database) {
    let desk = Desk::over(database);
    let wrong = publish(&desk, &file("2026.2", "2026-04-01").replace("calendar = \"CN\"", ""));
    let Err(PolicyError::Unusable(found)) = wrong else { panic!("{wrong:?}") };
    assert!(!found.is_empty());

    let unused =
        "\n[[evidence]]\nid = \"manual\"\nlabel = { en = \"the manual\", zh = \"说明书\" }\n";
    let text = file("2026.2", "2026-04-01") + unused;
    let warned = publish(&desk, &text);
    let Err(PolicyError::Warned(found)) = warned else { panic!("{warned:?}") };
    assert_eq!(found.iter().map(|one| one.code).collect::<Vec<_>>(), ["unused"]);
    assert_eq!(desk.app.catalogue().versions().len(), 1, "nothing was published");
    let published = desk.app.publish_policy(&who(Role::Owner), &text, true).unwrap();
    assert_eq!(published.body, text);
    let listed = pollster(desk.app.published_policies());
    assert_eq!(listed, [published]);
}

fn a_version_not_yet_in_force_can_be_withdrawn_and_stays_on_record(database: &Database) {
    let desk = Desk::over(database);
    publish(&desk, &file("2026.2", "2026-03-10")).unwrap();
    let withdraw = |version: &str| {
        pollster::block_on(desk.app.withdraw_policy(&who(Role::Owner), "default", version))
    };
    let unknown = withdraw("2025.1");
    assert!(matches!(unknown, Err(PolicyError::Unknown { .. })), "what no one published");
    let withdrawn = withdraw("2026.2").unwrap();
    assert_eq!(withdrawn.withdrawn.unwrap().0, "anna");
    assert!(matches!(withdraw("2026.2"), Err(PolicyError::Withdrawn { .. })));
    assert_eq!(judged_by(&desk, &desk.app, "SO-2", "2026-03-11T00:00:00Z"), "default@2025.1");
    assert_eq!(pollster(desk.app.published_policies()).len(), 1);
    // Its version is spent, and the file can come again under another one.
    let again = publish(&desk, &file("2026.2", "2026-03-20"));
    assert!(matches!(again, Err(PolicyError::Exists { .. })), "{again:?}");
    publish(&desk, &file("2026.3", "2026-03-20")).unwrap();
    desk.wait(24 * 10);
    let in_force = withdraw("2026.3");
    assert!(matches!(in_force, Err(PolicyError::InForce { .. })), "{in_force:?}");
}

fn another_process_knows_a_version_before_it_is_in_force(database: &Database) {
    let desk = Desk::over(database);
    let process = || {
        let store = desk.app.store().clone();
        App::new(store, Catalogue::built_in().unwrap(), Arc::<Hand>::clone(&desk.clock))
    };
    let (other, third) = (process(), process());
    assert_eq!(judged_by(&desk, &other, "SO-2", "2026-03-05T00:00:00Z"), "default@2025.1");
    publish(&desk, &file("2026.2", "2026-03-10")).unwrap();
    assert_eq!(pollster(other.policies()).versions().len(), 1, "it looked a moment ago");
    assert_eq!(pollster(third.policies()).versions().len(), 2, "the first look is at the database");
    assert_eq!(judged_by(&desk, &other, "SO-3", "2026-03-11T00:00:00Z"), "default@2026.2");
    assert_eq!(other.catalogue().versions().len(), 2);

    publish(&desk, &file("2026.3", "2026-03-20")).unwrap();
    pollster(desk.app.withdraw_policy(&who(Role::Owner), "default", "2026.3"));
    assert_eq!(judged_by(&desk, &third, "SO-4", "2026-03-21T00:00:00Z"), "default@2026.2");
    desk.holds();
}

fn only_the_owner_publishes(database: &Database) {
    let desk = Desk::over(database);
    for role in [Role::Buyer, Role::Representative, Role::Dock, Role::Finance, Role::System] {
        let text = file("2026.2", "2026-04-01");
        let refused = desk.app.publish_policy(&who(role), &text, true);
        assert!(matches!(refused, Err(PolicyError::Forbidden { .. })), "{role:?}: {refused:?}");
        let refused = pollster::block_on(desk.app.withdraw_policy(&who(role), "default", "1"));
        assert!(matches!(refused, Err(PolicyError::Forbidden { .. })), "{role:?}: {refused:?}");
    }
}

fn pollster<T, E: std::fmt::Debug>(future: impl Future<Output = Result<T, E>>) -> T {
    pollster::block_on(future).unwrap()
}
