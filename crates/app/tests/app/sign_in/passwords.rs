//! Names and passwords, and how often they can be guessed.

use std::thread;

use backhaul_app::sign_in::{Caller, SignInError, Weakness};
use backhaul_app::{PeopleError, Roles};
use backhaul_testkit::Database;
use jiff::SignedDuration;

use super::{
    PASSWORD, caller, desk, events, is_wrong, pass, session, sign_in, signed_in, wait, waits,
};
use crate::desk::Desk;

backhaul_testkit::on_both_engines! {
    a_name_and_its_password_begin_a_session_and_nothing_else_does
    guesses_of_a_name_are_slowed_down_and_nobody_is_locked_out_for_good
    guesses_from_an_address_are_slowed_down_whatever_the_names
    guesses_at_the_same_moment_gain_nothing
    another_instance_and_a_restart_remember_the_guesses
    a_password_that_is_easy_to_guess_is_refused_wherever_it_is_set
    another_password_ends_every_other_session
    a_session_ends_by_the_settings_limits
}

fn guess(desk: &Desk, name: &str, password: &str) -> Result<(), SignInError> {
    wait(desk.app.sign_in_with_password(name, password, &caller())).map(drop)
}

fn a_name_and_its_password_begin_a_session_and_nothing_else_does(database: &Database) {
    let desk = desk(database, &[("anna", "finance"), ("gone", "owner"), ("boss", "owner")]);
    wait(desk.app.retire_staff("gone")).unwrap();
    wait(desk.app.put_staff("none", &Roles::parse("dock").unwrap(), None)).unwrap();
    for (name, password) in [
        ("nobody", PASSWORD),
        ("anna", "another one of them"),
        ("gone", PASSWORD),
        ("none", PASSWORD),
        ("none", ""),
        ("", ""),
        ("anna", &PASSWORD.repeat(20)),
    ] {
        assert!(is_wrong(guess(&desk, name, password)), "{name}");
    }
    let token = sign_in(&desk, "anna");
    assert_eq!(token.len(), 64, "256 bits");
    let session = session(&desk, &token).unwrap();
    assert!(session.signed_in.who().roles.is_finance() && session.proof().is_none());
    assert!(super::session(&desk, &session.token_hash).is_none(), "its hash opens nothing");
    let failed = ("anna".to_owned(), "failed".to_owned());
    assert!(
        events(&desk).contains(&failed) && !events(&desk).iter().any(|(name, _)| name == "nobody")
    );
}

fn guesses_of_a_name_are_slowed_down_and_nobody_is_locked_out_for_good(database: &Database) {
    let desk = desk(database, &[("anna", "finance")]);
    for name in ["anna", "nobody"] {
        for _ in 0..5 {
            assert!(is_wrong(guess(&desk, name, "wrong")));
        }
        let at = waits(guess(&desk, name, PASSWORD));
        assert_eq!(at.duration_since(desk.clock.shown()), SignedDuration::from_secs(1), "{name}");
        assert_eq!(waits(guess(&desk, name, PASSWORD)), at, "to ask meanwhile costs nothing");
        desk.clock.set(at);
    }
    // However long it goes on, a quarter of an hour is the most.
    for _ in 0..20 {
        if let Err(SignInError::Later { at }) = guess(&desk, "anna", "wrong") {
            assert!(at.duration_since(desk.clock.shown()) <= SignedDuration::from_mins(15));
            desk.clock.set(at);
        }
    }
    pass(&desk, SignedDuration::from_mins(15));
    sign_in(&desk, "anna");
    assert!(is_wrong(guess(&desk, "anna", "wrong")), "after a right one it begins anew");
    sign_in(&desk, "anna");
}

fn guesses_from_an_address_are_slowed_down_whatever_the_names(database: &Database) {
    let desk = desk(database, &[("anna", "finance")]);
    let network = |last: u32| {
        let address = format!("2001:db8:1:2:{last:x}::1").parse().unwrap();
        Caller::new(Some(address), "")
    };
    for number in 0..30 {
        let asked =
            wait(desk.app.sign_in_with_password(&format!("n{number}"), "wrong", &network(number)));
        assert!(is_wrong(asked.map(drop)));
    }
    waits(wait(desk.app.sign_in_with_password("anna", PASSWORD, &network(99))));
    sign_in(&desk, "anna");
}

fn guesses_at_the_same_moment_gain_nothing(database: &Database) {
    let desk = desk(database, &[("anna", "finance")]);
    let wrong = thread::scope(|scope| {
        let asking: Vec<_> = (0..16)
            .map(|number| {
                let desk = desk.clone();
                let from = Caller::new(Some(format!("192.0.2.{number}").parse().unwrap()), "");
                scope.spawn(move || wait(desk.app.sign_in_with_password("anna", "wrong", &from)))
            })
            .collect();
        let answers = asking.into_iter().map(|asking| asking.join().unwrap());
        answers.filter(|answer| matches!(answer, Err(SignInError::Wrong))).count()
    });
    assert_eq!(wrong, 5, "each of the others was told to wait");
}

fn another_instance_and_a_restart_remember_the_guesses(database: &Database) {
    let first = desk(database, &[("anna", "finance")]);
    for _ in 0..5 {
        assert!(is_wrong(guess(&first, "anna", "wrong")));
    }
    let now = first.clock.shown();
    drop(first);
    let second = Desk::over(database);
    second.clock.set(now);
    waits(guess(&second, "anna", PASSWORD));
}

fn a_password_that_is_easy_to_guess_is_refused_wherever_it_is_set(database: &Database) {
    let desk = desk(database, &[("anna.smith", "finance")]);
    let dock = Roles::parse("dock").unwrap();
    for (password, weakness) in [
        ("1qaz2wsx3edc4rfv", Weakness::Common),
        ("backhaul2026!", Weakness::Guessable),
        ("ben-miller-2026", Weakness::Guessable),
        ("returns.shop.example", Weakness::Guessable),
    ] {
        let refused = wait(desk.app.put_staff("ben-miller", &dock, Some(password)));
        let Err(PeopleError::WeakPassword(found)) = refused else {
            panic!("{password}: {refused:?}")
        };
        assert_eq!(found, weakness, "{password}");
    }
    for password in ["short", "", &"x".repeat(201)] {
        let refused = wait(desk.app.put_staff("ben", &dock, Some(password)));
        assert!(matches!(refused, Err(PeopleError::Password)), "{refused:?}");
    }
    let session = signed_in(&desk, "anna.smith");
    let refused = wait(desk.app.change_password(&session, PASSWORD, "annasmith2026", &caller()));
    assert!(
        matches!(refused, Err(SignInError::People(PeopleError::WeakPassword(_)))),
        "{refused:?}"
    );
    let refused = wait(desk.app.put_staff("key:shop", &dock, None));
    assert!(matches!(refused, Err(PeopleError::Name(_))), "nobody is taken for a machine");
}

fn another_password_ends_every_other_session(database: &Database) {
    let desk = desk(database, &[("anna", "finance")]);
    let (here, there) = (sign_in(&desk, "anna"), sign_in(&desk, "anna"));
    let session = super::session(&desk, &here).unwrap();
    let wrong = wait(desk.app.change_password(
        &session,
        "not the old one",
        "ferry kiosk 12 lantern",
        &caller(),
    ));
    assert!(is_wrong(wrong));
    let done =
        wait(desk.app.change_password(&session, PASSWORD, "ferry kiosk 12 lantern", &caller()));
    done.unwrap();
    assert!(super::session(&desk, &here).is_some() && super::session(&desk, &there).is_none());
    assert!(is_wrong(guess(&desk, "anna", PASSWORD)));
    guess(&desk, "anna", "ferry kiosk 12 lantern").unwrap();
    pass(&desk, SignedDuration::from_mins(10));
    let late =
        wait(desk.app.change_password(&session, "ferry kiosk 12 lantern", PASSWORD, &caller()));
    assert!(matches!(late, Err(SignInError::ProofNeeded)));
}

fn a_session_ends_by_the_settings_limits(database: &Database) {
    let desk = desk(database, &[("anna", "finance")]);
    let settings = backhaul_app::sign_in::SignInSettings {
        idle: SignedDuration::from_mins(30),
        lasts: SignedDuration::from_mins(70),
        ..Default::default()
    };
    let desk = Desk { app: desk.app.with_sign_in(settings), clock: desk.clock };
    let (idle, used) = (sign_in(&desk, "anna"), sign_in(&desk, "anna"));
    for _ in 0..3 {
        pass(&desk, SignedDuration::from_mins(20));
        assert!(session(&desk, &used).is_some());
    }
    assert!(session(&desk, &idle).is_none(), "not used for half an hour");
    pass(&desk, SignedDuration::from_mins(10));
    assert!(session(&desk, &used).is_none(), "however much it is used");
}
