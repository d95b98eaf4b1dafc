//! The desk's side of `OpenID` Connect against a provider by other people: the npm package `oidc-provider`, run by Node on this
//! machine. Where Node is not there the tests are skipped and say so; under CI that is a failure.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "whatever goes wrong in a test fails it"
)]

mod provider;

use backhaul_adapters::single_sign_on::OpenIdProvider;
use backhaul_app::sign_in::{SingleSignOn as _, SingleSignOnError, Visit};
use serde_json::json;

use self::provider::{BACK_TO, Provider, SECRET};

fn desk(provider: &Provider) -> OpenIdProvider {
    OpenIdProvider::new(&provider.issuer, "desk", Some(SECRET), BACK_TO)
}

#[test]
fn whoever_signs_in_there_is_told_with_all_claims() {
    let Some(provider) = Provider::start() else { return };
    let desk = desk(&provider);
    provider.is(&json!({
        "sub": "4711", "preferred_username": "anna", "email": "anna@shop.example", "email_verified": true,
        "groups": ["treasury", "all"],
    }));
    let visit = desk.begin().unwrap();
    let back = provider.sign_in(&visit.address);
    assert_eq!(back.state, visit.state, "the browser comes back with what it left with");
    let visitor = desk.finish(&visit.kept, &back.code).unwrap();
    assert_eq!(
        (visitor.issuer.as_str(), visitor.subject.as_str()),
        (provider.issuer.as_str(), "4711")
    );
    assert_eq!(visitor.claims["preferred_username"], "anna");
    assert_eq!(visitor.claims["groups"], json!(["treasury", "all"]));
    assert_eq!(visitor.claims["email_verified"], true);
}

#[test]
fn a_code_is_good_once_and_only_for_whoever_began() {
    let Some(provider) = Provider::start() else { return };
    let desk = desk(&provider);
    provider.is(&json!({"sub": "1"}));
    let (mine, other) = (desk.begin().unwrap(), desk.begin().unwrap());
    let back = provider.sign_in(&mine.address);
    // Another visit's secrets: the verifier of PKCE is not the one, and neither is the nonce.
    assert_untrusted(desk.finish(&other.kept, &back.code).map(|_| ()));
    let back = provider.sign_in(&mine.address);
    desk.finish(&mine.kept, &back.code).unwrap();
    assert_untrusted(desk.finish(&mine.kept, &back.code).map(|_| ()));
    assert_untrusted(desk.finish(&mine.kept, "no code").map(|_| ()));
}

#[test]
fn an_answer_with_another_nonce_is_not_trusted() {
    let Some(provider) = Provider::start() else { return };
    let desk = desk(&provider);
    provider.is(&json!({"sub": "1"}));
    let Visit { address, kept, .. } = desk.begin().unwrap();
    let back = provider.sign_in(&address);
    let mut changed: serde_json::Value = serde_json::from_str(&kept).unwrap();
    changed["nonce"] = json!("another");
    assert_untrusted(desk.finish(&changed.to_string(), &back.code).map(|_| ()));
}

#[test]
fn new_keys_of_the_provider_are_fetched() {
    let Some(provider) = Provider::start() else { return };
    let desk = desk(&provider);
    provider.is(&json!({"sub": "1"}));
    let visit = desk.begin().unwrap();
    desk.finish(&visit.kept, &provider.sign_in(&visit.address).code).unwrap();
    provider.takes_new_keys();
    let visit = desk.begin().unwrap();
    let back = provider.sign_in(&visit.address);
    assert_eq!(desk.finish(&visit.kept, &back.code).unwrap().subject, "1");
}

#[test]
fn a_wrong_secret_is_told_and_nobody_is_there_is_told() {
    let Some(provider) = Provider::start() else { return };
    let wrong = OpenIdProvider::new(&provider.issuer, "desk", Some("not it"), BACK_TO);
    provider.is(&json!({"sub": "1"}));
    let visit = wrong.begin().unwrap();
    let back = provider.sign_in(&visit.address);
    assert_untrusted(wrong.finish(&visit.kept, &back.code).map(|_| ()));
    let nobody = OpenIdProvider::new("http://127.0.0.1:9", "desk", None, BACK_TO);
    assert!(matches!(nobody.begin(), Err(SingleSignOnError::Unavailable(_))));
}

fn assert_untrusted(done: Result<(), SingleSignOnError>) {
    assert!(matches!(done, Err(SingleSignOnError::Untrusted(_))), "{done:?}");
}
