//! Authenticator apps, recovery codes, and proving once more who one is.

use backhaul_app::sign_in::SignInError;
use backhaul_testkit::Database;
use jiff::SignedDuration;

use super::{
    PASSWORD, add_totp, caller, code_at, desk, events, first_half, is_wrong, pass, session,
    signed_in, wait, waits,
};

backhaul_testkit::on_both_engines! {
    an_app_is_added_by_a_right_code_and_then_asked_for
    a_code_is_taken_once_and_no_earlier_one_after_it
    codes_of_apps_are_slowed_down_as_passwords_are
    a_recovery_code_is_good_once_and_new_ones_end_the_old
    the_first_half_is_over_when_the_second_is_done_and_after_ten_minutes
    a_proof_is_all_that_one_has_and_lasts_ten_minutes
    an_app_that_was_added_since_proves_nothing_yet
}

fn an_app_is_added_by_a_right_code_and_then_asked_for(database: &Database) {
    let desk = desk(database, &[("anna", "finance")]);
    let anna = signed_in(&desk, "anna");
    let new = wait(desk.app.begin_totp(&anna)).unwrap();
    assert!(new.qr_svg.starts_with("<svg") && new.secret.len() == 32);
    assert!(is_wrong(wait(desk.app.add_totp(&anna, &new.token, "000000"))));
    assert!(is_wrong(wait(desk.app.add_totp(&anna, &new.token, "no code"))));
    assert!(
        !wait(desk.app.account(&anna)).unwrap().has_totp,
        "nothing is asked for before it is sure"
    );
    let code = code_at(&new.secret, desk.clock.shown());
    let codes = wait(desk.app.add_totp(&anna, &new.token, &code)).unwrap();
    assert_eq!(codes.len(), 10);
    let again = wait(desk.app.add_totp(&anna, &new.token, &code));
    assert!(matches!(again, Err(SignInError::Over)), "it is shown and added once");

    pass(&desk, SignedDuration::from_secs(30));
    let half = first_half(&desk, "anna");
    assert!(session(&desk, &half).is_none(), "half is nothing");
    let ways = wait(desk.app.second_half(&half)).unwrap().unwrap();
    assert!(ways.totp && ways.recovery && !ways.passkey);
    assert!(is_wrong(wait(desk.app.finish_with_code(&half, "000000", &caller()))));
    let code = code_at(&new.secret, desk.clock.shown());
    let token = wait(desk.app.finish_with_code(&half, &code, &caller())).unwrap();
    assert!(session(&desk, &token).unwrap().proof().is_some());
    assert!(events(&desk).iter().any(|(_, kind)| kind == "signed_in_twice"));
}

fn a_code_is_taken_once_and_no_earlier_one_after_it(database: &Database) {
    let desk = desk(database, &[("anna", "finance")]);
    let (secret, _) = add_totp(&desk, &signed_in(&desk, "anna"));
    let earlier = code_at(&secret, desk.clock.shown());
    pass(&desk, SignedDuration::from_secs(30));
    let code = code_at(&secret, desk.clock.shown());
    let half = first_half(&desk, "anna");
    wait(desk.app.finish_with_code(&half, &code, &caller())).unwrap();
    for used in [&code, &earlier] {
        let half = first_half(&desk, "anna");
        assert!(is_wrong(wait(desk.app.finish_with_code(&half, used, &caller()))));
    }
}

fn codes_of_apps_are_slowed_down_as_passwords_are(database: &Database) {
    let desk = desk(database, &[("anna", "finance")]);
    let (secret, _) = add_totp(&desk, &signed_in(&desk, "anna"));
    for _ in 0..5 {
        // A new first half does not help.
        let half = first_half(&desk, "anna");
        assert!(is_wrong(wait(desk.app.finish_with_code(&half, "000000", &caller()))));
    }
    let half = first_half(&desk, "anna");
    let code = code_at(&secret, desk.clock.shown());
    let at = waits(wait(desk.app.finish_with_code(&half, &code, &caller())));
    desk.clock.set(at);
    wait(desk.app.finish_with_code(&half, &code, &caller())).unwrap();
}

fn a_recovery_code_is_good_once_and_new_ones_end_the_old(database: &Database) {
    let desk = desk(database, &[("anna", "finance")]);
    let anna = signed_in(&desk, "anna");
    let (_, codes) = add_totp(&desk, &anna);
    let typed = codes[0].to_uppercase().replace('-', " ");
    let half = first_half(&desk, "anna");
    wait(desk.app.finish_with_code(&half, &typed, &caller())).unwrap();
    assert_eq!(wait(desk.app.account(&anna)).unwrap().recovery_codes, 9);
    let half = first_half(&desk, "anna");
    assert!(
        is_wrong(wait(desk.app.finish_with_code(&half, &codes[0], &caller()))),
        "it is used up"
    );
    let newer = wait(desk.app.make_recovery_codes(&anna)).unwrap();
    assert!(is_wrong(wait(desk.app.finish_with_code(&half, &codes[1], &caller()))), "an old one");
    wait(desk.app.finish_with_code(&half, &newer[1], &caller())).unwrap();
    assert!(events(&desk).iter().any(|(_, kind)| kind == "recovery_code_used"));
}

fn the_first_half_is_over_when_the_second_is_done_and_after_ten_minutes(database: &Database) {
    let desk = desk(database, &[("anna", "finance")]);
    let (secret, codes) = add_totp(&desk, &signed_in(&desk, "anna"));
    let half = first_half(&desk, "anna");
    let code = code_at(&secret, desk.clock.shown());
    wait(desk.app.finish_with_code(&half, &code, &caller())).unwrap();
    let again = wait(desk.app.finish_with_code(&half, &codes[0], &caller()));
    assert!(matches!(again, Err(SignInError::Over)), "{again:?}");
    let half = first_half(&desk, "anna");
    pass(&desk, SignedDuration::from_mins(10));
    let late = wait(desk.app.finish_with_code(&half, &codes[0], &caller()));
    assert!(matches!(late, Err(SignInError::Over)), "{late:?}");
    assert!(wait(desk.app.second_half(&half)).unwrap().is_none());
}

fn a_proof_is_all_that_one_has_and_lasts_ten_minutes(database: &Database) {
    let desk = desk(database, &[("anna", "finance")]);
    let token = super::sign_in(&desk, "anna");
    let (secret, _) = add_totp(&desk, &session(&desk, &token).unwrap());
    pass(&desk, SignedDuration::from_mins(10));
    let anna = session(&desk, &token).unwrap();
    assert!(!desk.app.is_proven(&anna));
    let refused = wait(desk.app.make_recovery_codes(&anna));
    assert!(matches!(refused, Err(SignInError::ProofNeeded)), "{refused:?}");

    let code = code_at(&secret, desk.clock.shown());
    for (password, code) in [("wrong", code.as_str()), (PASSWORD, "000000"), (PASSWORD, "")] {
        assert!(is_wrong(wait(desk.app.prove_with_password(&anna, password, code, &caller()))));
    }
    let renewed = wait(desk.app.prove_with_password(&anna, PASSWORD, &code, &caller()));
    let renewed = renewed.unwrap();
    assert!(session(&desk, &token).is_none(), "the token changes");
    let anna = session(&desk, &renewed).unwrap();
    assert!(desk.app.is_proven(&anna) && anna.proof() == Some(desk.clock.shown()));
    wait(desk.app.make_recovery_codes(&anna)).unwrap();
}

/// Whoever finds a browser open could otherwise add an app of their own, and let money go.
fn an_app_that_was_added_since_proves_nothing_yet(database: &Database) {
    let desk = desk(database, &[("anna", "finance")]);
    let token = super::sign_in(&desk, "anna");
    let (secret, _) = add_totp(&desk, &session(&desk, &token).unwrap());
    let anna = session(&desk, &token).unwrap();
    assert_eq!(anna.proof(), None, "this session was proved by a password alone");
    let code = code_at(&secret, desk.clock.shown());
    assert!(is_wrong(wait(desk.app.prove_with_password(&anna, "guessed", &code, &caller()))));
    let proven = wait(desk.app.prove_with_password(&anna, PASSWORD, &code, &caller())).unwrap();
    assert_eq!(session(&desk, &proven).unwrap().proof(), Some(desk.clock.shown()));
}
