//! The calls themselves, as the zoo takes them.

use std::sync::Arc;

use backhaul_app::{KnownRefund, LookUp, RefundRequest, SubmitAnswer};
use backhaul_core::ledger::IdempotencyKey;
use backhaul_zoo::Event;

use crate::answers::request;
use crate::desk::{adapter, hand};
use crate::zoo::Zoo;

fn numbered(payment: &str, minor: i64, number: usize) -> RefundRequest {
    RefundRequest {
        reference: format!("SO-1/R-{number}/1"),
        key: IdempotencyKey::new(&format!("key-{number}")).unwrap(),
        ..request(payment, minor, "EUR")
    }
}

#[test]
fn the_key_and_our_reference_go_with_the_request() {
    let zoo = Zoo::new();
    for (name, reference) in
        [("stripe_v1", "SO-1/R-1/1"), ("stripe_v2", "SO-1/R-1/1"), ("paypal", "SO-1,2FR-1,2F1")]
    {
        zoo.pay(name, "pi_1", 1_000, "EUR");
        let provider = adapter(&zoo, name, &hand());
        let asked = request("pi_1", 400, "EUR");
        for _ in 0..2 {
            assert!(matches!(provider.submit(&asked), SubmitAnswer::Settled { .. }), "{name}");
        }
        assert_eq!(zoo.totals(name, "pi_1"), [1, 0, 1, 0, 400], "the key is known again");
        let keys = zoo.ledger().into_iter().filter_map(|entry| match entry.event {
            Event::RequestReceived { key, .. } => Some(key),
            _ => None,
        });
        assert!(keys.flatten().all(|key| key == "a-key"));
        let told = zoo.ledger().into_iter().rev().find_map(|entry| match entry.event {
            Event::RefundCreated { reference, .. } => reference,
            _ => None,
        });
        assert_eq!(told.as_deref(), Some(reference));
    }
}

#[test]
fn amounts_are_right_in_currencies_of_any_number_of_digits() {
    let zoo = Zoo::new();
    for (name, code, minor, theirs) in [
        ("stripe_v1", "JPY", 500, 500),
        ("stripe_v1", "KWD", 5_120, 5_120),
        ("stripe_v1", "ISK", 5, 500),
        ("stripe_v1", "MGA", 500, 5),
        ("paypal", "JPY", 500, 500),
        ("paypal", "HUF", 50_000, 500),
        ("paypal", "USD", 5, 5),
    ] {
        let payment = format!("pi_{code}");
        zoo.pay(name, &payment, 10_000, code);
        let provider = adapter(&zoo, name, &hand());
        let answer = provider.submit(&RefundRequest {
            key: IdempotencyKey::new(&format!("key-{code}")).unwrap(),
            ..request(&payment, minor, code)
        });
        assert!(matches!(answer, SubmitAnswer::Settled { .. }), "{name} {code}: {answer:?}");
        assert_eq!(zoo.totals(name, &payment)[4], theirs, "{name} {code}");
        let known = provider.refunds_of(&request(&payment, minor, code).payment);
        let reference = Some("SO-1/R-1/1".to_owned());
        assert_eq!(known, Some(vec![KnownRefund { reference, amount_minor: minor }]));
    }
}

#[test]
fn a_charge_is_refunded_by_its_own_name() {
    let zoo = Zoo::new();
    zoo.pay("stripe_v1", "pi_1", 1_000, "EUR");
    let stripe = adapter(&zoo, "stripe_v1", &hand());
    let asked = request("ch_1", 400, "EUR");
    assert_eq!(stripe.look_up(&asked), LookUp::NotThere);
    let answer = stripe.submit(&asked);
    assert!(matches!(answer, SubmitAnswer::Settled { .. }), "{answer:?}");
    assert_eq!(stripe.look_up(&asked), LookUp::Found(answer.clone()));
    // The same money by its other name is another request.
    assert_eq!(stripe.look_up(&request("pi_1", 400, "EUR")), LookUp::Found(answer));
    assert_eq!(stripe.look_up(&request("pi_1", 401, "EUR")), LookUp::Differs);
}

#[test]
fn the_oldest_of_many_refunds_is_found() {
    let zoo = Arc::new(Zoo::new());
    zoo.pay("stripe_v1", "pi_1", 1_000_000, "EUR");
    let stripe = adapter(&zoo, "stripe_v1", &hand());
    for number in 1..=205 {
        stripe.submit(&numbered("pi_1", 100, number));
    }
    for number in [1, 2, 105, 106, 205] {
        let seen = stripe.look_up(&numbered("pi_1", 100, number));
        let LookUp::Found(SubmitAnswer::Settled { reference }) = seen else {
            panic!("{number}: {seen:?}")
        };
        assert_eq!(reference.as_str(), format!("re_{number:06}"));
    }
    assert_eq!(stripe.look_up(&numbered("pi_1", 100, 206)), LookUp::NotThere);
    assert_eq!(stripe.refunds_of(&numbered("pi_1", 1, 1).payment).unwrap().len(), 205);
}

#[test]
fn more_than_is_left_is_refused_for_good() {
    let zoo = Zoo::new();
    for name in ["stripe_v1", "stripe_v2", "paypal"] {
        zoo.pay(name, "pi_1", 1_000, "EUR");
        let provider = adapter(&zoo, name, &hand());
        let answer = provider.submit(&request("pi_1", 1_001, "EUR"));
        assert!(matches!(answer, SubmitAnswer::Failed { .. }), "{name}: {answer:?}");
        assert_eq!(provider.refunds_of(&request("pi_1", 1, "EUR").payment), Some(Vec::new()));
        // A payment that is not there may be one of another account.
        let answer = provider.submit(&request("pi_none", 1, "EUR"));
        assert_eq!(answer, SubmitAnswer::Unclear, "{name}");
        assert_eq!(provider.refunds_of(&request("pi_none", 1, "EUR").payment), None);
    }
}
