//! Passkeys, with an authenticator and a browser's half by other people.

use backhaul_app::sign_in::{Caller, SignInError};
use backhaul_testkit::Database;
use jiff::SignedDuration;
use passkey_authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey_client::{Client, DefaultClientData};
use passkey_crypto::AvailableBackend;
use passkey_types::Passkey;
use passkey_types::ctap2::{Aaguid, Ctap2Error};
use passkey_types::webauthn::{CredentialCreationOptions, CredentialRequestOptions};

use super::{
    ORIGIN, caller, desk, events, first_half, is_wrong, pass, session, sign_in, signed_in, wait,
};
use crate::desk::Desk;

backhaul_testkit::on_both_engines! {
    a_passkey_signs_in_alone_and_as_the_second_half
    a_challenge_is_good_once_and_an_answer_for_another_is_not
    a_passkey_of_another_site_or_another_person_opens_nothing
    a_passkey_that_was_taken_away_opens_nothing
    a_passkey_proves_who_one_is
}

/// A finger on the sensor.
struct Finger;

#[async_trait::async_trait]
impl UserValidationMethod for Finger {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _: UiHint<'a, Passkey>,
        presence: bool,
        verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence, verification })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

type Browser =
    Client<Option<Passkey>, Finger, AvailableBackend, public_suffix::PublicSuffixList, ()>;

fn browser() -> Browser {
    let store = None;
    Client::new(Authenticator::new(Aaguid::new_empty(), store, Finger, AvailableBackend))
}

fn at(origin: &str) -> url::Url {
    origin.parse().unwrap()
}

/// Makes a passkey as a browser does, at that site.
fn make(browser: &mut Browser, options: &str, origin: &str) -> String {
    let public_key = serde_json::from_str(options).unwrap();
    let asked = CredentialCreationOptions { public_key };
    let made = wait(browser.register(&at(origin), asked, DefaultClientData)).unwrap();
    serde_json::to_string(&made).unwrap()
}

/// Answers a challenge as a browser does, at that site.
fn answer(browser: &mut Browser, options: &str, origin: &str) -> String {
    let public_key = serde_json::from_str(options).unwrap();
    let asked = CredentialRequestOptions { public_key };
    let made = wait(browser.authenticate(&at(origin), asked, DefaultClientData)).unwrap();
    serde_json::to_string(&made).unwrap()
}

fn add(desk: &Desk, browser: &mut Browser, name: &str) -> Vec<String> {
    let session = signed_in(desk, name);
    let asked = wait(desk.app.begin_passkey(&session)).unwrap();
    let made = make(browser, &asked.options, ORIGIN);
    wait(desk.app.add_passkey(&session, &asked.token, &made, " my laptop ")).unwrap()
}

fn a_passkey_signs_in_alone_and_as_the_second_half(database: &Database) {
    let desk = desk(database, &[("anna", "finance")]);
    let mut browser = browser();
    assert_eq!(
        add(&desk, &mut browser, "anna").len(),
        10,
        "recovery codes come with the first factor"
    );
    for alone in [true, false] {
        let asked = wait(desk.app.ask_for_passkey()).unwrap();
        let answered = answer(&mut browser, &asked.options, ORIGIN);
        let token = if alone {
            wait(desk.app.sign_in_with_passkey(&asked.token, &answered, &caller())).unwrap()
        } else {
            let half = first_half(&desk, "anna");
            let done =
                wait(desk.app.finish_with_passkey(&half, &asked.token, &answered, &caller()));
            done.unwrap()
        };
        let session = session(&desk, &token).unwrap();
        assert!(session.proof().is_some());
        let account = wait(desk.app.account(&session)).unwrap();
        assert_eq!(account.passkeys[0].name, "my laptop");
        assert_eq!(account.passkeys[0].used_at, Some(desk.clock.shown()));
    }
    let kinds: Vec<_> = events(&desk).into_iter().map(|(_, kind)| kind).collect();
    assert!(
        kinds.contains(&"signed_in_by_passkey".to_owned())
            && kinds.contains(&"signed_in_twice".to_owned())
    );
}

fn a_challenge_is_good_once_and_an_answer_for_another_is_not(database: &Database) {
    let desk = desk(database, &[("anna", "finance")]);
    let mut browser = browser();
    add(&desk, &mut browser, "anna");
    let (first, second) =
        (wait(desk.app.ask_for_passkey()).unwrap(), wait(desk.app.ask_for_passkey()).unwrap());
    let answered = answer(&mut browser, &first.options, ORIGIN);
    assert!(is_wrong(wait(desk.app.sign_in_with_passkey(&second.token, &answered, &caller()))));
    wait(desk.app.sign_in_with_passkey(&first.token, &answered, &caller())).unwrap();
    let again = wait(desk.app.sign_in_with_passkey(&first.token, &answered, &caller()));
    assert!(matches!(again, Err(SignInError::Over)), "{again:?}");
    let asked = wait(desk.app.ask_for_passkey()).unwrap();
    let answered = answer(&mut browser, &asked.options, ORIGIN);
    for broken in ["", "{}", &answered.replace("signature", "sgnature"), &"x".repeat(100_000)] {
        let asked = wait(desk.app.ask_for_passkey()).unwrap();
        assert!(is_wrong(wait(desk.app.sign_in_with_passkey(&asked.token, broken, &caller()))));
    }
}

fn a_passkey_of_another_site_or_another_person_opens_nothing(database: &Database) {
    let desk = desk(database, &[("anna", "finance"), ("ben", "owner")]);
    let (mut annas, mut bens) = (browser(), browser());
    add(&desk, &mut annas, "anna");
    add(&desk, &mut bens, "ben");
    // A page of the same merchant's other site, for which the passkey is good to the browser.
    let asked = wait(desk.app.ask_for_passkey()).unwrap();
    let phished = answer(&mut annas, &asked.options, "https://evil.returns.shop.example");
    assert!(is_wrong(wait(desk.app.sign_in_with_passkey(&asked.token, &phished, &caller()))));
    // Anna's passkey after Ben's password.
    let half = first_half(&desk, "ben");
    let asked = wait(desk.app.ask_for_passkey()).unwrap();
    let answered = answer(&mut annas, &asked.options, ORIGIN);
    let refused =
        wait(desk.app.finish_with_passkey(&half, &asked.token, &answered, &Caller::default()));
    assert!(is_wrong(refused));
}

fn a_passkey_that_was_taken_away_opens_nothing(database: &Database) {
    let desk = desk(database, &[("anna", "finance")]);
    let mut browser = browser();
    let token = sign_in(&desk, "anna");
    add(&desk, &mut browser, "anna");
    let session = session(&desk, &token).unwrap();
    let short = wait(desk.app.account(&session)).unwrap().passkeys[0].short.clone();
    wait(desk.app.remove_passkey(&session, &short)).unwrap();
    let asked = wait(desk.app.ask_for_passkey()).unwrap();
    let answered = answer(&mut browser, &asked.options, ORIGIN);
    assert!(is_wrong(wait(desk.app.sign_in_with_passkey(&asked.token, &answered, &caller()))));
    sign_in(&desk, "anna");
}

fn a_passkey_proves_who_one_is(database: &Database) {
    let desk = desk(database, &[("anna", "finance")]);
    let mut browser = browser();
    let token = sign_in(&desk, "anna");
    add(&desk, &mut browser, "anna");
    pass(&desk, SignedDuration::from_mins(20));
    let late = session(&desk, &token).unwrap();
    assert!(matches!(wait(desk.app.begin_passkey(&late)), Err(SignInError::ProofNeeded)));
    let asked = wait(desk.app.ask_for_passkey()).unwrap();
    let answered = answer(&mut browser, &asked.options, ORIGIN);
    let renewed = wait(desk.app.prove_with_passkey(&late, &asked.token, &answered)).unwrap();
    let fresh = session(&desk, &renewed).unwrap();
    assert!(desk.app.is_proven(&fresh) && session(&desk, &token).is_none());
}
