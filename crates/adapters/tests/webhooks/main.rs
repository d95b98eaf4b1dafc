//! Two thousand events of fifty orders, over real sockets, to a receiver that fails half of the time, with workers that die and a
//! desk that is restarted: each arrives, always under one id, and an order's events in their order.
#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "whatever goes wrong in a test fails it"
)]

mod desk;
mod receiver;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use backhaul_adapters::webhook_sender::HttpWebhookSender;
use backhaul_app::App;
use backhaul_app::webhooks::{
    DeliveryState, Reach, SendAnswer, SignedMessage, Wanted, WebhookSender,
};
use backhaul_testkit::Database;
use jiff::SignedDuration;

use crate::desk::{EVENTS_PER_ORDER, Hand, ORDERS, grow, next_due, open_app, with_orders};
use crate::receiver::Receiver;

backhaul_testkit::on_both_engines! {
    every_event_arrives_at_a_receiver_that_fails_half_of_the_time
}

const WORKERS: usize = 4;
const SEED: u64 = 2_432_232_314;
/// How far the clock goes at a time, at least, so that what is due at nearly the same time is sent together.
const STEP: SignedDuration = SignedDuration::from_mins(10);
/// A worker dies in each so-manieth round, and in each so-manieth the desk is restarted.
const DEATH_EVERY: usize = 20;
const RESTART_EVERY: usize = 45;

/// Sends, and dies before it can say so.
struct Mortal<'a> {
    sender: &'a HttpWebhookSender,
    sends_left: AtomicUsize,
}

impl WebhookSender for Mortal<'_> {
    fn send(&self, message: &SignedMessage) -> SendAnswer {
        let answer = self.sender.send(message);
        let left = self.sends_left.fetch_sub(1, Ordering::Relaxed);
        assert!(left > 0, "the worker dies here, as this test wants it to");
        answer
    }

    fn timeout(&self) -> SignedDuration {
        self.sender.timeout()
    }
}

/// Lets workers send all that is due; one of them dies on the way where it is to.
fn round(app: &App, sender: &HttpWebhookSender, has_death: bool) {
    let mortal = Mortal { sender, sends_left: AtomicUsize::new(3) };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS)
            .map(|number| {
                let sender: &dyn WebhookSender =
                    if has_death && number == 0 { &mortal } else { sender };
                scope.spawn(move || {
                    while app.work_webhooks(sender, &format!("worker-{number}")).unwrap() {}
                })
            })
            .collect();
        for (number, worker) in workers.into_iter().enumerate() {
            assert!(worker.join().is_ok() || (has_death && number == 0));
        }
    });
}

fn every_event_arrives_at_a_receiver_that_fails_half_of_the_time(database: &Database) {
    let clock = Arc::new(Hand::new());
    let mut app = open_app(database, &clock);
    with_orders(&app);
    let receiver = Receiver::start(SEED);
    let endpoint = app.add_webhook(&receiver.url(), &[], Reach::PublicAndThisMachine).unwrap();
    receiver.expect_secret(endpoint.secret);
    let sender =
        HttpWebhookSender::with_timeout(Reach::PublicAndThisMachine, Duration::from_secs(10));

    grow(&app, EVENTS_PER_ORDER / 2);
    let mut given_up = BTreeSet::new();
    let mut rounds = 0_usize;
    let mut is_grown = false;
    loop {
        rounds += 1;
        round(&app, &sender, rounds.is_multiple_of(DEATH_EVERY));
        if rounds.is_multiple_of(RESTART_EVERY) {
            drop(app);
            app = open_app(database, &clock);
        }
        if rounds == 100 {
            grow(&app, EVENTS_PER_ORDER);
            is_grown = true;
        }
        if let Some(due) = next_due(&app) {
            clock.move_to(due.max(clock.shown() + STEP));
        } else if is_grown {
            // What ten tries did not bring there, a person sends again.
            let failed = Wanted { state: Some(DeliveryState::Failed), ..Wanted::default() };
            let failed = app.webhook_deliveries(&failed, 200).unwrap();
            if failed.is_empty() {
                break;
            }
            for delivery in failed {
                app.resend_webhook(&delivery.id).unwrap();
                given_up.insert(format!("evt_{}_{}", delivery.order, delivery.seq));
            }
        }
    }

    let book = receiver.book();
    assert_eq!(book.unverified, 0, "every signature verifies");
    assert_eq!(book.changed, 0, "one id, one body");
    let expected = (1..=ORDERS)
        .flat_map(|order| (1..=EVENTS_PER_ORDER).map(move |seq| format!("evt_SO-{order}_{seq}")));
    let expected = expected.collect::<BTreeSet<_>>();
    assert_eq!(expected.len(), 2_000);
    let arrived = book.arrived.iter().cloned().collect::<BTreeSet<_>>();
    assert_eq!(arrived, expected, "each arrived, and nothing else");

    // The first time that each arrived, by order.
    let mut seen = BTreeSet::new();
    let mut last = BTreeMap::<&str, u32>::new();
    for id in book.arrived.iter().filter(|id| !given_up.contains(*id)) {
        if seen.insert(id) {
            let (order, seq) = id.rsplit_once('_').unwrap();
            let seq = seq.parse().unwrap();
            let before = last.insert(order, seq);
            assert!(before.is_none_or(|before| before < seq), "{order}: {seq} after {before:?}");
        }
    }
    println!(
        "{} requests, {} faults, {} arrivals of {} messages, {} given up and sent again, {rounds} rounds",
        book.requests,
        book.faults,
        book.arrived.len(),
        arrived.len(),
        given_up.len()
    );
    let share = book.faults * 100 / book.requests;
    assert!((45..=55).contains(&share), "half of the requests fail: {share} %");
    assert!(book.arrived.len() > arrived.len(), "some arrived without our hearing of it");
}
