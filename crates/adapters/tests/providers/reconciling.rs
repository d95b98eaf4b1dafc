//! A restored copy has forgotten what was paid. The zoo's ledger must not change for it.

use std::sync::Arc;

use backhaul_app::{Providers, RefundFinding, Unresolved};
use backhaul_core::ledger::InstructionState;
use backhaul_store::{DatabaseUrl, Store};
use backhaul_testkit::Database;
use jiff::SignedDuration;
use serde_json::json;

use crate::answers::request;
use crate::desk::{Desk, PRICE, id, owner};
use crate::zoo::Zoo;

backhaul_testkit::on_both_engines! {
    what_was_paid_after_the_copy_was_made_is_recorded_and_not_paid_again
    what_was_never_sent_leaves_once
    what_cannot_have_arrived_yet_is_waited_for
    paypal_is_asked_again_with_the_key_of_the_first_time
    a_refund_that_the_ledger_does_not_know_needs_a_person
    two_refunds_with_one_reference_need_a_person
    while_a_provider_does_not_answer_refunds_stay_paused
    a_provider_that_tells_nothing_needs_a_person
    what_failed_or_waits_at_the_provider_is_known_afterwards
}

const REASON: &str = "a copy was restored";
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A desk that has paid, and a copy that was made after the refund was approved: it has the same orders and the same names.
fn restored(database: &Database, name: &'static str) -> (Desk, Desk) {
    let zoo = Arc::new(Zoo::new());
    let original = Desk::over(&Database::sqlite(), &zoo, name);
    original.refunding("SO-1", "pi_1");
    let copy = Desk::over(database, &zoo, name);
    copy.imported("SO-1", "pi_1", "EUR");
    copy.refund("SO-1");
    copy.app.pause_refunds(REASON).unwrap();
    (original, copy)
}

impl Desk {
    fn is_paused(&self) -> bool {
        self.app.refunds_paused().unwrap().is_some()
    }
}

fn what_was_paid_after_the_copy_was_made_is_recorded_and_not_paid_again(database: &Database) {
    let (original, copy) = restored(database, "stripe_v1");
    original.work();
    assert!(!copy.app.work_refunds(&copy.providers(), "w").unwrap(), "refunds are paused");
    let before = copy.zoo.requests();
    let done = copy.app.reconcile(&copy.providers()).unwrap();
    assert_eq!((done.orders, done.instructions, done.recorded), (1, 1, 1));
    assert_eq!((done.findings_count, done.again_at, done.is_paused), (0, None, false));
    assert_eq!(copy.is_fair("recorded", "SO-1", "pi_1"), InstructionState::Settled);
    copy.work();
    assert_eq!(copy.zoo.requests(), before, "nothing is sent");
    let again = copy.app.reconcile(&copy.providers()).unwrap();
    assert_eq!((again.instructions, again.recorded, again.findings_count), (0, 0, 0));
}

fn what_was_never_sent_leaves_once(database: &Database) {
    let (_, copy) = restored(database, "stripe_v1");
    let done = copy.app.reconcile(&copy.providers()).unwrap();
    assert_eq!((done.recorded, done.findings_count, done.is_paused), (0, 0, false));
    assert_eq!(copy.state("SO-1"), InstructionState::Reserved);
    copy.work();
    assert_eq!(copy.is_fair("left", "SO-1", "pi_1"), InstructionState::Settled);
}

fn what_cannot_have_arrived_yet_is_waited_for(database: &Database) {
    let (original, copy) = restored(database, "stripe_v2");
    // The key of two days ago promises nothing any more.
    copy.wait(HOUR * 48);
    copy.app.pause_refunds(REASON).unwrap();
    // The request of the lost desk is still on its way.
    let done = copy.app.reconcile(&copy.providers()).unwrap();
    assert_eq!((done.findings_count, done.is_paused), (0, true));
    let again_at = done.again_at.expect("too early to say that nothing is there");
    original.work();
    copy.move_to(again_at);
    let done = copy.app.reconcile(&copy.providers()).unwrap();
    assert_eq!((done.recorded, done.again_at, done.is_paused), (1, None, false));
    copy.work();
    assert_eq!(copy.is_fair("waited", "SO-1", "pi_1"), InstructionState::Settled);
}

fn paypal_is_asked_again_with_the_key_of_the_first_time(database: &Database) {
    let (original, copy) = restored(database, "paypal");
    original.work();
    let done = copy.app.reconcile(&copy.providers()).unwrap();
    assert_eq!((done.findings, done.is_paused), (Vec::new(), false));
    copy.work();
    assert_eq!(copy.is_fair("shown again", "SO-1", "pi_1"), InstructionState::Settled);

    // Two months later the key promises nothing, and what PayPal lists is a finding.
    let (original, copy) = restored_again(&copy, original, "SO-2", "pi_2");
    original.work();
    copy.wait(HOUR * 24 * 60);
    copy.app.pause_refunds(REASON).unwrap();
    let done = copy.app.reconcile(&copy.providers()).unwrap();
    assert!(done.is_paused);
    let why = Unresolved::CannotTell;
    let [RefundFinding::Unresolved { why: first, .. }, RefundFinding::UnknownRefund { .. }] =
        done.findings.as_slice()
    else {
        panic!("{done:?}")
    };
    assert_eq!(*first, why);
}

/// One more order on both desks.
fn restored_again(copy: &Desk, original: Desk, number: &str, payment: &str) -> (Desk, Desk) {
    original.move_to(backhaul_app::Clock::now(&*copy.clock));
    original.refunding(number, payment);
    copy.imported(number, payment, "EUR");
    copy.refund(number);
    (original, copy.of(copy.name))
}

fn a_refund_that_the_ledger_does_not_know_needs_a_person(database: &Database) {
    let (_, copy) = restored(database, "stripe_v1");
    // Somebody refunded by hand meanwhile, and the lost desk had a refund of which the copy knows nothing.
    for (number, reference) in [(1, "by hand"), (2, "SO-1/R-9/1")] {
        let key = backhaul_core::ledger::IdempotencyKey::new(&format!("k{number}")).unwrap();
        let reference = reference.to_owned();
        let other =
            backhaul_app::RefundRequest { reference, key, ..request("pi_1", number, "EUR") };
        copy.provider.submit(&other);
    }
    let done = copy.app.reconcile(&copy.providers()).unwrap();
    let unknown = |reference: &str, amount_minor| RefundFinding::UnknownRefund {
        order: "SO-1".to_owned(),
        payment: id("pi_1"),
        reference: Some(reference.to_owned()),
        amount_minor,
    };
    assert_eq!(done.findings, [unknown("SO-1/R-9/1", 2), unknown("by hand", 1)]);
    assert!(done.is_paused && copy.is_paused());
    assert!(!copy.app.work_refunds(&copy.providers(), "w").unwrap());
    assert!(copy.app.resume_refunds(&owner()).unwrap());
    copy.work();
    assert_eq!(copy.state("SO-1"), InstructionState::Settled, "a person has looked");
}

fn two_refunds_with_one_reference_need_a_person(database: &Database) {
    let (original, copy) = restored(database, "no_key_no_cap");
    let stripe = Desk::of(&copy, "no_key_no_cap");
    let own = backhaul_app::RefundRequest { ..request("pi_1", PRICE, "EUR") };
    stripe.provider.submit(&own);
    original.work();
    assert_eq!(copy.zoo.totals("no_key_no_cap", "pi_1")[0], 2);
    // Read by an adapter that can list.
    let listing =
        backhaul_adapters::provider::Stripe::new(backhaul_adapters::provider::StripeSettings {
            base_url: copy.zoo.base("no_key_no_cap"),
            api_key: backhaul_adapters::provider::Secret::new("sk"),
            webhook_secrets: Vec::new(),
        });
    let providers = Providers::new().with(id("no_key_no_cap"), Arc::new(listing));
    let done = copy.app.reconcile(&providers).unwrap();
    assert_eq!((done.recorded, done.findings_count, done.is_paused), (1, 1, true), "{done:?}");
    assert!(matches!(done.findings[0], RefundFinding::UnknownRefund { .. }));
}

fn while_a_provider_does_not_answer_refunds_stay_paused(database: &Database) {
    let (original, copy) = restored(database, "stripe_v1");
    original.work();
    copy.wait(HOUR * 48);
    copy.zoo.control("stripe_v1/lookup", &json!({"down": true}));
    let done = copy.app.reconcile(&copy.providers()).unwrap();
    assert_eq!((done.findings_count, done.is_paused), (2, true), "{done:?}");
    let nobody = copy.app.reconcile(&Providers::new()).unwrap();
    assert_eq!((nobody.findings_count, nobody.is_paused), (2, true), "{nobody:?}");
    copy.zoo.control("stripe_v1/lookup", &json!({}));
    let done = copy.app.reconcile(&copy.providers()).unwrap();
    assert_eq!((done.recorded, done.is_paused), (1, false), "{done:?}");
    copy.work();
    assert_eq!(copy.is_fair("up again", "SO-1", "pi_1"), InstructionState::Settled);
}

fn a_provider_that_tells_nothing_needs_a_person(database: &Database) {
    let (original, copy) = restored(database, "no_key_no_cap");
    original.work();
    let done = copy.app.reconcile(&copy.providers()).unwrap();
    assert_eq!((done.findings_count, done.is_paused), (2, true), "{done:?}");
    assert_eq!(copy.state("SO-1"), InstructionState::Reserved);
}

fn what_failed_or_waits_at_the_provider_is_known_afterwards(database: &Database) {
    let (original, copy) = restored(database, "stripe_v1");
    copy.zoo.fault("stripe_v1", &json!({"kind": "pending"}));
    original.work_once();
    let refund = copy.zoo.refunds("pi_1").remove(0);
    let done = copy.app.reconcile(&copy.providers()).unwrap();
    assert_eq!((done.recorded, done.findings_count, done.is_paused), (1, 0, false), "{done:?}");
    assert_eq!(copy.state("SO-1"), InstructionState::Submitted);
    copy.work_once();
    assert_eq!(copy.zoo.requests(), 1, "it is looked up, and not sent");
    copy.zoo.control(&format!("stripe_v1/refunds/{refund}/fail"), &serde_json::Value::Null);
    let done = copy.app.reconcile(&copy.providers()).unwrap();
    assert_eq!(done.recorded, 1);
    copy.work();
    let failed = InstructionState::Failed { replaced: false };
    assert_eq!(copy.is_fair("failed", "SO-1", "pi_1"), failed);
}

/// The file itself, copied while the desk is closed, and put back after the refund was paid.
#[test]
fn a_file_that_is_put_back_does_not_pay_again() {
    let zoo = Arc::new(Zoo::new());
    let folder = tempfile::tempdir().unwrap();
    let (file, backup) = (folder.path().join("desk.db"), folder.path().join("backup.db"));
    let open = || Store::open(&DatabaseUrl::Sqlite(file.clone())).unwrap();
    let desk = Desk::with(open(), &zoo, "stripe_v1");
    desk.refunding("SO-1", "pi_1");
    drop(desk);
    std::fs::copy(&file, &backup).unwrap();
    let desk = Desk::with(open(), &zoo, "stripe_v1");
    desk.work();
    assert_eq!(desk.is_fair("paid", "SO-1", "pi_1"), InstructionState::Settled);
    drop(desk);
    for rest in ["desk.db-wal", "desk.db-shm"] {
        drop(std::fs::remove_file(folder.path().join(rest)));
    }
    std::fs::copy(&backup, &file).unwrap();
    let desk = Desk::with(open(), &zoo, "stripe_v1");
    assert_eq!(desk.state("SO-1"), InstructionState::Reserved, "it has forgotten");
    desk.app.pause_refunds(REASON).unwrap();
    desk.wait(HOUR * 30);
    let before = zoo.ledger().len();
    let done = desk.app.reconcile(&desk.providers()).unwrap();
    assert_eq!((done.recorded, done.is_paused), (1, false));
    desk.work();
    assert_eq!(desk.is_fair("put back", "SO-1", "pi_1"), InstructionState::Settled);
    assert_eq!(zoo.ledger().len(), before, "the zoo's ledger has not changed");
}
