//! Who comes in by the merchant's own sign-in, once an adapter has found out who it is.

use backhaul_app::Roles;
use backhaul_app::sign_in::{
    SignInError, SignInSettings, SingleSignOnError, SingleSignOnRules, Visit, Visitor,
};
use backhaul_testkit::Database;
use serde_json::json;

use super::{add_totp, caller, desk, events, session, signed_in, wait};
use crate::desk::Desk;

backhaul_testkit::on_both_engines! {
    a_stranger_becomes_staff_only_where_the_settings_say_so
    nobody_becomes_somebody_else_by_a_name_that_is_chosen_elsewhere
    who_is_signed_in_links_the_own_account
    roles_follow_the_groups_at_each_sign_in
    a_visit_is_good_once
    who_has_a_second_factor_proves_by_it_unless_the_other_side_asked_for_several
}

fn with_rules(desk: Desk, creates_staff: bool) -> Desk {
    let roles = [("money", "finance"), ("boss", "owner")];
    let rules = SingleSignOnRules {
        name_claim: "preferred_username".to_owned(),
        roles_claim: "groups".to_owned(),
        roles: roles.map(|(of, are)| (of.to_owned(), Roles::parse(are).unwrap())).into(),
        allowed_domains: Vec::new(),
        creates_staff,
    };
    let settings = SignInSettings { single_sign_on: Some(rules), ..SignInSettings::default() };
    Desk { app: desk.app.with_sign_in(settings), clock: desk.clock }
}

fn visitor(subject: &str, name: &str, groups: &[&str], amr: &[&str]) -> Visitor {
    let claims = json!({"preferred_username": name, "groups": groups, "amr": amr});
    Visitor {
        issuer: "https://login.shop.example".to_owned(),
        subject: subject.to_owned(),
        claims: claims.as_object().unwrap().clone(),
    }
}

fn arrive(desk: &Desk, visitor: Visitor, links: Option<&str>) -> Result<String, SignInError> {
    wait(desk.app.sign_in_visitor(visitor, links.map(str::to_owned), &caller()))
}

fn name_of(desk: &Desk, token: &str) -> String {
    wait(desk.app.account(&session(desk, token).unwrap())).unwrap().name
}

fn a_stranger_becomes_staff_only_where_the_settings_say_so(database: &Database) {
    let desk = with_rules(desk(database, &[]), false);
    let refused = arrive(&desk, visitor("1", "anna", &["money"], &[]), None);
    let not_linked = SingleSignOnError::NotLinked;
    assert!(matches!(refused, Err(SignInError::SingleSignOn(error)) if error == not_linked));
    let desk = with_rules(desk, true);
    let refused = arrive(&desk, visitor("2", "ben", &["other"], &[]), None);
    assert!(matches!(refused, Err(SignInError::SingleSignOn(SingleSignOnError::NotAllowed))));
    let token = arrive(&desk, visitor("1", "anna", &["money"], &[]), None).unwrap();
    assert_eq!(name_of(&desk, &token), "anna");
    let again = arrive(&desk, visitor("1", "anna.new.name", &["money"], &[]), None).unwrap();
    assert_eq!(name_of(&desk, &again), "anna", "who it is follows the subject and not the name");
    for odd in ["", "key:shop", "a\u{0}b", &"x".repeat(100)] {
        assert!(arrive(&desk, visitor("3", odd, &["money"], &[]), None).is_err(), "{odd}");
    }
}

fn nobody_becomes_somebody_else_by_a_name_that_is_chosen_elsewhere(database: &Database) {
    let desk = with_rules(desk(database, &[("boss", "owner")]), true);
    let refused = arrive(&desk, visitor("1", "boss", &["money"], &[]), None);
    assert!(matches!(refused, Err(SignInError::SingleSignOn(SingleSignOnError::NotLinked))));
}

fn who_is_signed_in_links_the_own_account(database: &Database) {
    let desk = with_rules(desk(database, &[("anna", "finance"), ("ben", "dock")]), false);
    let token = arrive(&desk, visitor("1", "x", &["money"], &[]), Some("anna")).unwrap();
    assert_eq!(name_of(&desk, &token), "anna");
    assert!(events(&desk).contains(&("anna".to_owned(), "linked".to_owned())));
    assert!(arrive(&desk, visitor("1", "x", &["money"], &[]), Some("ben")).is_err(), "one is one");
    assert_eq!(
        name_of(&desk, &arrive(&desk, visitor("1", "x", &["money"], &[]), None).unwrap()),
        "anna"
    );
}

fn roles_follow_the_groups_at_each_sign_in(database: &Database) {
    let desk = with_rules(desk(database, &[("other", "owner")]), true);
    arrive(&desk, visitor("1", "anna", &["money"], &[]), None).unwrap();
    let token = arrive(&desk, visitor("1", "anna", &["boss"], &[]), None).unwrap();
    let roles = session(&desk, &token).unwrap().signed_in.who().roles;
    assert_eq!(roles.to_string(), "owner");
    wait(desk.app.retire_staff("anna")).unwrap();
    assert!(
        arrive(&desk, visitor("1", "anna", &["boss"], &[]), None).is_err(),
        "who left stays out"
    );
}

fn a_visit_is_good_once(database: &Database) {
    let desk = with_rules(desk(database, &[("anna", "finance")]), true);
    let visit =
        Visit { address: String::new(), state: "chance".to_owned(), kept: "nonce".to_owned() };
    wait(desk.app.begin_visit(&visit, None)).unwrap();
    assert_eq!(wait(desk.app.end_visit("chance")).unwrap(), ("nonce".to_owned(), None));
    assert!(matches!(wait(desk.app.end_visit("chance")), Err(SignInError::Over)));
    let anna = signed_in(&desk, "anna");
    wait(desk.app.begin_visit(&visit, Some(&anna))).unwrap();
    let (_, links) = wait(desk.app.end_visit("chance")).unwrap();
    assert_eq!(links.as_deref(), Some("anna"));
}

fn who_has_a_second_factor_proves_by_it_unless_the_other_side_asked_for_several(
    database: &Database,
) {
    let desk = with_rules(desk(database, &[("anna", "finance")]), false);
    add_totp(&desk, &signed_in(&desk, "anna"));
    let token = arrive(&desk, visitor("1", "x", &["money"], &["pwd"]), Some("anna")).unwrap();
    let proven = |token: &str| desk.app.is_proven(&session(&desk, token).unwrap());
    assert!(!proven(&token));
    let token = arrive(&desk, visitor("1", "x", &["money"], &["pwd", "mfa"]), None).unwrap();
    assert!(proven(&token));
}
