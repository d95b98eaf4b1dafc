//! What the owner changes of others, and sessions that end at once.

use backhaul_app::sign_in::{FirstStep, INVITATION_LASTS, SignInError, session_name};
use backhaul_app::{PeopleError, Roles};
use backhaul_testkit::Database;

use super::{
    PASSWORD, add_totp, caller, desk, events, first_half, pass, session, sign_in, signed_in, wait,
};

backhaul_testkit::on_both_engines! {
    somebody_is_invited_by_a_link_that_is_good_once_and_three_days
    who_leaves_is_out_at_once
    who_lost_everything_comes_back_by_an_invitation
    the_last_owner_stays
    only_an_owner_who_proved_it_changes_others
    sessions_are_listed_and_ended
}

fn dock() -> Roles {
    Roles::parse("dock").unwrap()
}

fn somebody_is_invited_by_a_link_that_is_good_once_and_three_days(database: &Database) {
    let desk = desk(database, &[("boss", "owner")]);
    let boss = signed_in(&desk, "boss");
    let link = wait(desk.app.invite_staff(&boss, "ben", &dock())).unwrap();
    assert_eq!(wait(desk.app.invitation(&link)).unwrap().as_deref(), Some("ben"));
    let taken = wait(desk.app.invite_staff(&boss, "ben", &dock()));
    assert!(matches!(taken, Err(SignInError::People(PeopleError::Taken(_)))), "{taken:?}");
    let weak = wait(desk.app.use_invitation(&link, "ben2026ben2026", &caller()));
    assert!(matches!(weak, Err(SignInError::People(PeopleError::WeakPassword(_)))), "{weak:?}");
    let in_now = wait(desk.app.use_invitation(&link, PASSWORD, &caller())).unwrap();
    assert!(matches!(in_now, FirstStep::SignedIn(token) if session(&desk, &token).is_some()));
    let again = wait(desk.app.use_invitation(&link, "another kiosk 77 ferry", &caller()));
    assert!(matches!(again, Err(SignInError::Over)), "{again:?}");

    let link = wait(desk.app.invite_again(&boss, "ben")).unwrap();
    let newer = wait(desk.app.invite_again(&boss, "ben")).unwrap();
    assert!(wait(desk.app.invitation(&link)).unwrap().is_none(), "a newer one was made");
    pass(&desk, INVITATION_LASTS);
    assert!(wait(desk.app.invitation(&newer)).unwrap().is_none(), "three days are over");
    let kinds: Vec<_> = events(&desk).into_iter().map(|(_, kind)| kind).collect();
    assert!(kinds.iter().any(|kind| kind == "invitation_used"), "{kinds:?}");
}

fn who_leaves_is_out_at_once(database: &Database) {
    let desk = desk(database, &[("boss", "owner"), ("anna", "finance"), ("ben", "dock")]);
    let boss = signed_in(&desk, "boss");
    let (anna, ben) = (sign_in(&desk, "anna"), sign_in(&desk, "ben"));
    wait(desk.app.retire(&boss, "anna")).unwrap();
    wait(desk.app.retire_staff("ben")).unwrap();
    assert!(session(&desk, &anna).is_none() && session(&desk, &ben).is_none());
    // Whoever comes back later is not let in by what was open then.
    wait(desk.app.put_staff("anna", &Roles::parse("finance").unwrap(), None)).unwrap();
    assert!(session(&desk, &anna).is_none());
}

fn who_lost_everything_comes_back_by_an_invitation(database: &Database) {
    let desk = desk(database, &[("boss", "owner"), ("anna", "finance")]);
    let boss = sign_in(&desk, "boss");
    let token = sign_in(&desk, "anna");
    add_totp(&desk, &session(&desk, &token).unwrap());
    let half = first_half(&desk, "anna");
    let boss = session(&desk, &boss).unwrap();
    wait(desk.app.reset_factors(&boss, "anna")).unwrap();
    assert!(session(&desk, &token).is_none());
    assert!(wait(desk.app.second_half(&half)).unwrap().is_none());
    let refused = wait(desk.app.sign_in_with_password("anna", PASSWORD, &caller()));
    assert!(super::is_wrong(refused));
    let link = wait(desk.app.invite_again(&boss, "anna")).unwrap();
    let done = wait(desk.app.use_invitation(&link, "ferry kiosk 12 lantern", &caller())).unwrap();
    assert!(matches!(done, FirstStep::SignedIn(_)));
}

fn the_last_owner_stays(database: &Database) {
    let desk = desk(database, &[("boss", "owner"), ("anna", "finance")]);
    let boss = signed_in(&desk, "boss");
    for refused in
        [wait(desk.app.retire(&boss, "boss")), wait(desk.app.set_roles(&boss, "boss", &dock()))]
    {
        assert!(matches!(refused, Err(SignInError::People(PeopleError::LastOwner))), "{refused:?}");
    }
    wait(desk.app.set_roles(&boss, "anna", &Roles::parse("owner").unwrap())).unwrap();
    wait(desk.app.retire(&boss, "boss")).unwrap();
}

fn only_an_owner_who_proved_it_changes_others(database: &Database) {
    let desk = desk(database, &[("boss", "owner"), ("anna", "finance")]);
    let anna = signed_in(&desk, "anna");
    assert!(super::is_wrong(wait(desk.app.invite_staff(&anna, "ben", &dock()))));
    assert!(super::is_wrong(wait(desk.app.end_sessions_of(&anna, "boss"))));
    let token = sign_in(&desk, "boss");
    pass(&desk, jiff::SignedDuration::from_mins(11));
    let late = session(&desk, &token).unwrap();
    let refused = wait(desk.app.retire(&late, "anna"));
    assert!(matches!(refused, Err(SignInError::ProofNeeded)), "{refused:?}");
}

fn sessions_are_listed_and_ended(database: &Database) {
    let desk = desk(database, &[("boss", "owner"), ("anna", "finance")]);
    let tokens: Vec<_> = (0..3).map(|_| sign_in(&desk, "anna")).collect();
    let here = session(&desk, &tokens[0]).unwrap();
    let listed = wait(desk.app.account(&here)).unwrap().sessions;
    assert_eq!(listed.len(), 3);
    assert!(listed.iter().all(|row| row.agent == "a browser"));
    let other =
        listed.iter().find(|row| row.token_hash == session(&desk, &tokens[1]).unwrap().token_hash);
    wait(desk.app.end_own_session(&here, &session_name(other.unwrap()))).unwrap();
    assert!(session(&desk, &tokens[1]).is_none() && session(&desk, &tokens[2]).is_some());
    // Nobody ends another's by its name.
    let boss = signed_in(&desk, "boss");
    wait(desk.app.end_own_session(&boss, &session_name(&listed[0]))).unwrap();
    assert!(session(&desk, &tokens[2]).is_some() && session(&desk, &tokens[0]).is_some());
    wait(desk.app.end_other_sessions(&here)).unwrap();
    assert!(session(&desk, &tokens[2]).is_none() && session(&desk, &tokens[0]).is_some());
    wait(desk.app.end_sessions_of(&boss, "anna")).unwrap();
    assert!(session(&desk, &tokens[0]).is_none());
}
