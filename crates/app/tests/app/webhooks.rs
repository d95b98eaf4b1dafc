//! Others are told of events: each at least once, under one id, an order's events in their order.
#![expect(clippy::indexing_slicing, reason = "what is not there fails the test")]

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use backhaul_app::webhooks::{
    BATCH_MAX, DELAYS, Delivery, DeliveryState, ENDPOINTS_MAX, FAILING_MAX, NewEndpoint,
    OLD_SECRET_LASTS, Reach, RetryAfter, Secret, SendAnswer, SendFault, SignedMessage, Standing,
    TRIES_MAX, UrlFault, Wanted, WebhookError, WebhookSender, signature_header,
};
use backhaul_app::{App, Role};
use backhaul_core::ledger::EventKind;
use backhaul_store::{Error, OrderId};
use backhaul_testkit::Database;
use jiff::SignedDuration;

use crate::desk::{Desk, NUMBER, approve, authorise, freight, open, receive};

backhaul_testkit::on_both_engines! {
    nothing_is_written_while_there_is_no_endpoint
    an_endpoint_is_told_of_what_happens_from_then_on_in_order
    a_message_that_fails_comes_again_with_the_same_id_and_holds_the_others_up
    a_message_is_given_up_after_the_last_try_and_the_order_goes_on
    a_receiver_that_asks_for_time_gets_it
    a_receiver_that_is_gone_is_told_nothing_until_it_is_switched_on
    an_endpoint_where_nothing_arrives_for_five_days_is_switched_off
    an_endpoint_that_was_switched_off_by_hand_misses_nothing
    a_secret_is_changed_without_a_gap
    an_endpoint_gets_the_types_it_asked_for
    a_removed_endpoint_is_told_nothing_even_by_a_worker_on_its_way
    a_message_that_arrived_is_sent_again_when_a_person_asks
    a_message_that_waits_is_tried_at_once_when_a_person_asks
    a_worker_that_dies_leaves_its_message_to_another
    an_order_with_much_to_tell_lets_others_take_turns
    an_event_that_is_written_while_a_worker_finishes_is_not_lost
    deliveries_are_listed_page_by_page_and_forgotten
    what_cannot_be_an_endpoint_is_refused
}

const URL: &str = "https://hooks.example/backhaul";
const OK: SendAnswer = SendAnswer::Answered { status: 200, retry_after: None };
const BUSY: SendAnswer = SendAnswer::Answered { status: 503, retry_after: None };
const GONE: SendAnswer = SendAnswer::Answered { status: 410, retry_after: None };

type Happening = Box<dyn FnOnce() + Send>;

/// A receiver that answers by a script, and then always with the same.
struct Receiver {
    script: Mutex<VecDeque<SendAnswer>>,
    then: Mutex<SendAnswer>,
    seen: Mutex<Vec<SignedMessage>>,
    meanwhile: Mutex<Option<Happening>>,
}

impl Receiver {
    fn that_says(then: SendAnswer) -> Self {
        Self {
            script: Mutex::default(),
            then: Mutex::new(then),
            seen: Mutex::default(),
            meanwhile: Mutex::default(),
        }
    }

    fn first(self, answers: &[SendAnswer]) -> Self {
        self.script.lock().unwrap().extend(answers);
        self
    }

    fn now_says(&self, then: SendAnswer) {
        *self.then.lock().unwrap() = then;
    }

    /// Something happens while the next message is on its way.
    fn meanwhile(&self, happens: impl FnOnce() + Send + 'static) {
        *self.meanwhile.lock().unwrap() = Some(Box::new(happens));
    }

    fn ids(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|message| message.id.clone()).collect()
    }

    fn last(&self) -> SignedMessage {
        self.seen.lock().unwrap().last().unwrap().clone()
    }
}

impl WebhookSender for Receiver {
    fn send(&self, message: &SignedMessage) -> SendAnswer {
        let happens = self.meanwhile.lock().unwrap().take();
        if let Some(happens) = happens {
            happens();
        }
        self.seen.lock().unwrap().push(message.clone());
        let scripted = self.script.lock().unwrap().pop_front();
        scripted.unwrap_or(*self.then.lock().unwrap())
    }

    fn timeout(&self) -> SignedDuration {
        SignedDuration::from_secs(15)
    }
}

/// Works as long as something is due.
fn work(app: &App, receiver: &Receiver) {
    while app.work_webhooks(receiver, "worker").unwrap() {}
}

fn add(desk: &Desk) -> NewEndpoint {
    desk.app.add_webhook(URL, &[], Reach::Public).unwrap()
}

/// A desk with an open case, and from then on an endpoint.
fn with_endpoint(database: &Database) -> (Desk, NewEndpoint) {
    let desk = Desk::over(database);
    desk.then(open("RMA-1", &[1]));
    let endpoint = add(&desk);
    (desk, endpoint)
}

fn deliveries(desk: &Desk) -> Vec<Delivery> {
    let mut found = desk.app.webhook_deliveries(&Wanted::default(), 200).unwrap();
    found.sort_by_key(|delivery| delivery.seq);
    found
}

fn standing(desk: &Desk) -> Standing {
    desk.app.webhooks().unwrap()[0].standing
}

fn events(desk: &Desk) -> i64 {
    count(desk, "select count(*) from ledger_event")
}

fn count(desk: &Desk, sql: &'static str) -> i64 {
    let counted = desk
        .app
        .store()
        .read(move |tx| -> Result<_, Error> { tx.first(sql, &[], |row| row.int(0)) });
    counted.wait().unwrap().unwrap()
}

fn message(seq: i64) -> String {
    format!("evt_{NUMBER}_{seq}")
}

fn nothing_is_written_while_there_is_no_endpoint(database: &Database) {
    let desk = Desk::over(database);
    desk.then(open("RMA-1", &[1])).then(authorise("RMA-1", 1));
    assert_eq!(count(&desk, "select count(*) from webhook_position"), 0);
    assert_eq!(count(&desk, "select count(*) from job"), 0);
    assert!(!desk.app.work_webhooks(&Receiver::that_says(OK), "worker").unwrap());
    desk.holds();
}

fn an_endpoint_is_told_of_what_happens_from_then_on_in_order(database: &Database) {
    let (desk, endpoint) = with_endpoint(database);
    let before = events(&desk);
    desk.then(authorise("RMA-1", 1)).then(receive("RMA-1", 1));
    let receiver = Receiver::that_says(OK);
    work(&desk.app, &receiver);
    let expected = (before + 1..=events(&desk)).map(message).collect::<Vec<_>>();
    assert!(expected.len() > 2);
    assert_eq!(receiver.ids(), expected, "no history, and all since");

    let first = receiver.seen.lock().unwrap()[0].clone();
    let body: serde_json::Value = serde_json::from_str(&first.body).unwrap();
    assert_eq!(body["type"], "claim.authorised");
    assert_eq!(body["timestamp"], "2026-03-06T09:00:00Z");
    assert_eq!((&body["data"]["order"], &body["data"]["case"]), (&NUMBER.into(), &"RMA-1".into()));
    assert_eq!(body["data"]["event"]["type"], "claim_authorised");
    assert_eq!((first.url.as_str(), first.seconds), (URL, desk.clock.shown().as_second()));
    let signed = signature_header(&[endpoint.secret], &first.id, first.seconds, &first.body);
    assert_eq!(first.signature, signed);
    assert!(deliveries(&desk).iter().all(|each| {
        (each.state, each.attempts, each.last_status) == (DeliveryState::Delivered, 1, Some(200))
    }));
    assert_eq!(count(&desk, "select count(*) from job"), 0, "nothing is left to do");
    desk.holds();
}

fn a_message_that_fails_comes_again_with_the_same_id_and_holds_the_others_up(database: &Database) {
    let (desk, _) = with_endpoint(database);
    desk.then(freight("F1")).then(freight("F2"));
    let (one, two) = (message(events(&desk) - 1), message(events(&desk)));
    let no_answer = SendAnswer::NoAnswer(SendFault::TimedOut);
    let receiver = Receiver::that_says(OK).first(&[BUSY, no_answer]);
    work(&desk.app, &receiver);
    assert_eq!(receiver.ids(), std::slice::from_ref(&one), "the second waits for the first");
    let waiting = &deliveries(&desk)[0];
    assert_eq!((waiting.state, waiting.last_status), (DeliveryState::Waiting, Some(503)));
    let first = receiver.last();

    desk.clock.move_to(waiting.next_try_at.unwrap());
    work(&desk.app, &receiver);
    let waiting = &deliveries(&desk)[0];
    assert_eq!((waiting.last_status, waiting.last_fault.as_deref()), (None, Some("timed_out")));
    let again = receiver.last();
    assert_eq!((&again.id, &again.body), (&first.id, &first.body));
    assert!(again.seconds > first.seconds && again.signature != first.signature);

    desk.clock.move_to(waiting.next_try_at.unwrap());
    work(&desk.app, &receiver);
    assert_eq!(receiver.ids(), [one.clone(), one.clone(), one, two]);
    assert_eq!(desk.app.webhooks().unwrap()[0].failing_since, None);
    desk.holds();
}

fn a_message_is_given_up_after_the_last_try_and_the_order_goes_on(database: &Database) {
    let (desk, _) = with_endpoint(database);
    desk.then(freight("F1")).then(freight("F2"));
    let last = events(&desk);
    let busy = vec![BUSY; usize::try_from(TRIES_MAX).unwrap()];
    let receiver = Receiver::that_says(OK).first(&busy);
    let began = desk.clock.shown();
    for _ in 1..TRIES_MAX {
        work(&desk.app, &receiver);
        desk.clock.move_to(deliveries(&desk)[0].next_try_at.unwrap());
    }
    work(&desk.app, &receiver);
    let [first, second] = deliveries(&desk).try_into().unwrap();
    assert_eq!((first.state, first.attempts), (DeliveryState::Failed, TRIES_MAX));
    assert_eq!((first.next_try_at, first.delivered_at), (None, None));
    assert_eq!((second.seq, second.state), (last, DeliveryState::Delivered));
    let took = desk.clock.shown().duration_since(began);
    assert!(took >= DELAYS.iter().fold(SignedDuration::ZERO, |sum, delay| sum + *delay));
    desk.holds();
}

fn a_receiver_that_asks_for_time_gets_it(database: &Database) {
    let (desk, _) = with_endpoint(database);
    desk.then(freight("F1"));
    let hour = SignedDuration::from_hours(1);
    let busy = SendAnswer::Answered { status: 429, retry_after: Some(RetryAfter::In(hour)) };
    work(&desk.app, &Receiver::that_says(busy));
    let waiting = deliveries(&desk).remove(0);
    assert_eq!(waiting.next_try_at, desk.clock.shown().checked_add(hour).ok());
}

fn a_receiver_that_is_gone_is_told_nothing_until_it_is_switched_on(database: &Database) {
    let (desk, endpoint) = with_endpoint(database);
    desk.then(freight("F1"));
    let receiver = Receiver::that_says(GONE);
    work(&desk.app, &receiver);
    assert_eq!(standing(&desk), Standing::Gone);
    desk.then(freight("F2"));
    desk.wait(1_000);
    work(&desk.app, &receiver);
    assert_eq!(receiver.ids().len(), 1, "it is not asked again");
    assert_eq!(deliveries(&desk)[0].state, DeliveryState::Waiting);

    receiver.now_says(OK);
    desk.app.switch_webhook(&endpoint.id, true).unwrap();
    work(&desk.app, &receiver);
    let (one, two) = (message(events(&desk) - 1), message(events(&desk)));
    assert_eq!(receiver.ids(), [one.clone(), one, two]);
}

fn an_endpoint_where_nothing_arrives_for_five_days_is_switched_off(database: &Database) {
    let (desk, endpoint) = with_endpoint(database);
    desk.then(freight("F1")).then(freight("F2"));
    let receiver = Receiver::that_says(BUSY);
    let began = desk.clock.shown();
    for _ in 0..2 * TRIES_MAX {
        work(&desk.app, &receiver);
        let next = deliveries(&desk).iter().filter_map(|each| each.next_try_at).min();
        desk.clock.move_to(next.unwrap_or(began));
    }
    assert_eq!(standing(&desk), Standing::Failing);
    let view = desk.app.webhooks().unwrap().remove(0);
    let took = desk.clock.shown().duration_since(began);
    assert!((FAILING_MAX..FAILING_MAX + SignedDuration::from_hours(30)).contains(&took), "{took}");
    let tries = receiver.ids().len();
    desk.wait(1_000);
    work(&desk.app, &receiver);
    assert_eq!(receiver.ids().len(), tries, "it is left in peace");

    // Switched on again, it begins anew.
    desk.app.switch_webhook(&view.id, true).unwrap();
    receiver.now_says(OK);
    work(&desk.app, &receiver);
    assert_eq!((standing(&desk), view.id), (Standing::Active, endpoint.id));
    assert_eq!(receiver.last().id, message(events(&desk)));
}

fn an_endpoint_that_was_switched_off_by_hand_misses_nothing(database: &Database) {
    let (desk, endpoint) = with_endpoint(database);
    let receiver = Receiver::that_says(OK);
    desk.then(freight("F1"));
    desk.app.switch_webhook(&endpoint.id, false).unwrap();
    work(&desk.app, &receiver);
    desk.then(freight("F2"));
    work(&desk.app, &receiver);
    assert!(receiver.ids().is_empty());
    desk.app.switch_webhook(&endpoint.id, true).unwrap();
    work(&desk.app, &receiver);
    assert_eq!(receiver.ids(), [message(events(&desk) - 1), message(events(&desk))]);
    desk.holds();
}

fn a_secret_is_changed_without_a_gap(database: &Database) {
    let (desk, endpoint) = with_endpoint(database);
    let old = endpoint.secret;
    let new = desk.app.rotate_webhook_secret(&endpoint.id).unwrap();
    let receiver = Receiver::that_says(OK);
    let signed = |secrets: &[Secret]| {
        let SignedMessage { id, seconds, body, signature, .. } = receiver.last();
        (signature_header(secrets, &id, seconds, &body), signature)
    };
    desk.then(freight("F1"));
    work(&desk.app, &receiver);
    let (expected, signature) = signed(&[new.clone(), old.clone()]);
    assert_eq!(signature, expected, "either of them verifies");
    let until = desk.clock.shown().checked_add(OLD_SECRET_LASTS).ok();
    assert_eq!(desk.app.webhooks().unwrap()[0].old_secret_until, until);

    desk.clock.move_to(until.unwrap());
    desk.then(freight("F2"));
    work(&desk.app, &receiver);
    let (expected, signature) = signed(&[new]);
    assert_eq!(signature, expected, "the old one has ended");
    assert_eq!(desk.app.webhooks().unwrap()[0].old_secret_until, None);
    let shown = format!("{:?}", desk.app.webhooks().unwrap());
    assert!(!shown.contains("whsec_") && !shown.contains(&old.reveal()));
}

fn an_endpoint_gets_the_types_it_asked_for(database: &Database) {
    let desk = Desk::over(database);
    desk.then(open("RMA-1", &[1]));
    let kinds = [EventKind::RefundApproved, EventKind::UnitReceived, EventKind::UnitReceived];
    desk.app.add_webhook(URL, &kinds, Reach::Public).unwrap();
    assert_eq!(desk.app.webhooks().unwrap()[0].types, ["unit.received", "refund.approved"]);
    let receiver = Receiver::that_says(OK);
    desk.then(authorise("RMA-1", 1));
    assert_eq!(count(&desk, "select count(*) from job"), 0, "nothing of it is wanted");
    desk.then(receive("RMA-1", 1)).then(crate::desk::inspect("RMA-1", 1));
    work(&desk.app, &receiver);
    desk.wait(240);
    desk.then(approve("RMA-1", 1, "R1"));
    work(&desk.app, &receiver);
    let seen = receiver.seen.lock().unwrap();
    let types = seen.iter().map(|message| {
        let body: serde_json::Value = serde_json::from_str(&message.body).unwrap();
        body["type"].as_str().unwrap().to_owned()
    });
    assert_eq!(types.collect::<Vec<_>>(), ["unit.received", "refund.approved"]);
    desk.holds();
}

fn a_removed_endpoint_is_told_nothing_even_by_a_worker_on_its_way(database: &Database) {
    let (desk, endpoint) = with_endpoint(database);
    desk.then(freight("F1")).then(freight("F2"));
    let receiver = Receiver::that_says(OK);
    let app = desk.app.clone();
    receiver.meanwhile(move || app.remove_webhook(&endpoint.id).unwrap());
    work(&desk.app, &receiver);
    assert_eq!(receiver.ids().len(), 1, "the one that was on its way");
    desk.then(freight("F3"));
    work(&desk.app, &receiver);
    for left in [
        "select count(*) from webhook_endpoint",
        "select count(*) from webhook_position",
        "select count(*) from webhook_delivery",
        "select count(*) from job",
    ] {
        assert_eq!(count(&desk, left), 0, "{left}");
    }
    assert_eq!(receiver.ids().len(), 1);
    let gone = desk.app.remove_webhook("we_0");
    assert!(matches!(gone, Err(WebhookError::UnknownEndpoint { .. })));
    desk.holds();
}

fn a_message_that_arrived_is_sent_again_when_a_person_asks(database: &Database) {
    let (desk, endpoint) = with_endpoint(database);
    desk.then(freight("F1")).then(freight("F2"));
    let receiver = Receiver::that_says(OK);
    work(&desk.app, &receiver);
    let first = deliveries(&desk).remove(0);
    let (sent, arrived_at) = (receiver.seen.lock().unwrap()[0].clone(), first.delivered_at);
    desk.wait(5);
    desk.app.resend_webhook(&first.id).unwrap();
    desk.app.resend_webhook(&first.id).unwrap();
    work(&desk.app, &receiver);
    assert_eq!(receiver.ids().len(), 3, "asked for twice before it was sent, it is sent once");
    assert_eq!((receiver.last().id, receiver.last().body), (sent.id, sent.body));
    let again = deliveries(&desk).remove(0);
    assert_eq!((again.attempts, again.delivered_at), (2, arrived_at));

    // That it arrived once stays true, and the endpoint may be off.
    desk.app.switch_webhook(&endpoint.id, false).unwrap();
    receiver.now_says(BUSY);
    desk.app.resend_webhook(&first.id).unwrap();
    work(&desk.app, &receiver);
    let again = deliveries(&desk).remove(0);
    assert_eq!((again.state, again.attempts), (DeliveryState::Delivered, 3));
    assert_eq!((again.last_status, again.next_try_at), (Some(503), None));
    let unknown = desk.app.resend_webhook("no");
    assert!(matches!(unknown, Err(WebhookError::UnknownDelivery { .. })));
}

fn a_message_that_waits_is_tried_at_once_when_a_person_asks(database: &Database) {
    let (desk, _) = with_endpoint(database);
    desk.then(freight("F1"));
    let receiver = Receiver::that_says(OK).first(&[BUSY]);
    work(&desk.app, &receiver);
    work(&desk.app, &receiver);
    assert_eq!(receiver.ids().len(), 1);
    desk.app.resend_webhook(&deliveries(&desk)[0].id).unwrap();
    work(&desk.app, &receiver);
    assert_eq!(deliveries(&desk)[0].state, DeliveryState::Delivered);
}

fn a_worker_that_dies_leaves_its_message_to_another(database: &Database) {
    let (desk, _) = with_endpoint(database);
    desk.then(freight("F1")).then(freight("F2"));
    let receiver = Receiver::that_says(OK);
    receiver.meanwhile(|| panic!("the worker dies"));
    let dies = std::panic::AssertUnwindSafe(|| desk.app.work_webhooks(&receiver, "first"));
    assert!(std::panic::catch_unwind(dies).is_err());
    work(&desk.app, &receiver);
    assert!(receiver.ids().is_empty(), "its lease is waited for");
    desk.clock.move_to(desk.clock.shown() + SignedDuration::from_mins(3));
    work(&desk.app, &receiver);
    assert_eq!(receiver.ids(), [message(events(&desk) - 1), message(events(&desk))]);

    // One that only slept finds that another one was faster, and notes nothing.
    desk.then(freight("F3"));
    let (app, clock) = (desk.app.clone(), std::sync::Arc::clone(&desk.clock));
    let told = std::sync::Arc::new(Receiver::that_says(OK));
    let other = std::sync::Arc::clone(&told);
    receiver.meanwhile(move || {
        clock.move_to(clock.shown() + SignedDuration::from_mins(3));
        work(&app, &other);
    });
    receiver.now_says(BUSY);
    work(&desk.app, &receiver);
    assert_eq!((told.ids(), receiver.last().id), (vec![message(events(&desk))], told.last().id));
    let last = deliveries(&desk).pop().unwrap();
    assert_eq!((last.state, last.attempts), (DeliveryState::Delivered, 1));
    desk.holds();
}

fn an_order_with_much_to_tell_lets_others_take_turns(database: &Database) {
    let (desk, _) = with_endpoint(database);
    for number in 0..=BATCH_MAX {
        desk.then(freight(&format!("F{number}")));
    }
    let receiver = Receiver::that_says(OK);
    assert!(desk.app.work_webhooks(&receiver, "worker").unwrap());
    assert_eq!(receiver.ids().len(), BATCH_MAX);
    work(&desk.app, &receiver);
    assert_eq!(receiver.ids().len(), BATCH_MAX + 1);
}

/// A writer that writes; it has ended too when it panicked, or its workers would wait for it for ever.
struct Writing<'a>(&'a AtomicUsize);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn an_event_that_is_written_while_a_worker_finishes_is_not_lost(database: &Database) {
    const WRITERS: usize = 3;
    let (desk, _) = with_endpoint(database);
    let before = events(&desk);
    let receiver = Receiver::that_says(OK);
    let writing = AtomicUsize::new(WRITERS);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (desk, writing) = (&desk, Writing(&writing));
            scope.spawn(move || {
                let _writing = writing;
                for number in 0..60 {
                    desk.ask(Role::Owner, freight(&format!("F{writer}-{number}"))).unwrap();
                }
            });
        }
        for worker in ["one", "two"] {
            let (desk, receiver, writing) = (&desk, &receiver, &writing);
            scope.spawn(move || {
                loop {
                    let is_last_look = writing.load(Ordering::SeqCst) == 0;
                    if !desk.app.work_webhooks(receiver, worker).unwrap() && is_last_look {
                        break;
                    }
                }
            });
        }
    });
    // The job of a worker that found nothing more is gone; had it missed an event, nobody would tell it any more.
    let told = receiver.ids();
    assert_eq!(told, (before + 1..=events(&desk)).map(message).collect::<Vec<_>>());
    assert_eq!(told.len(), 180);
    desk.holds();
}

fn deliveries_are_listed_page_by_page_and_forgotten(database: &Database) {
    let (desk, endpoint) = with_endpoint(database);
    for number in 0..7 {
        desk.then(freight(&format!("F{number}")));
    }
    let receiver = Receiver::that_says(BUSY).first(&[OK; 6]);
    work(&desk.app, &receiver);
    let mut wanted = Wanted { endpoint: Some(endpoint.id), ..Wanted::default() };
    let mut seen = Vec::new();
    loop {
        let page = desk.app.webhook_deliveries(&wanted, 3).unwrap();
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 3);
        wanted.before = Some((last.created_at, last.id.clone()));
        seen.extend(page.into_iter().map(|delivery| delivery.id));
    }
    assert_eq!(seen.len(), 7);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 7);

    let in_state = |endpoint: Option<&str>, state| {
        let wanted =
            Wanted { endpoint: endpoint.map(str::to_owned), state: Some(state), before: None };
        desk.app.webhook_deliveries(&wanted, 100).unwrap().len()
    };
    assert_eq!(in_state(None, DeliveryState::Delivered), 6);
    assert_eq!(in_state(wanted.endpoint.as_deref(), DeliveryState::Waiting), 1);
    assert_eq!(in_state(wanted.endpoint.as_deref(), DeliveryState::Failed), 0);
    assert_eq!(in_state(Some("we_0"), DeliveryState::Delivered), 0);

    assert_eq!(desk.app.forget_webhook_deliveries().unwrap(), 0);
    desk.wait(91 * 24);
    assert_eq!(desk.app.forget_webhook_deliveries().unwrap(), 6);
    assert_eq!(deliveries(&desk).len(), 1, "what waits is kept");
}

fn what_cannot_be_an_endpoint_is_refused(database: &Database) {
    let desk = Desk::over(database);
    let refused = desk.app.add_webhook("https://169.254.169.254/", &[], Reach::Public);
    assert!(matches!(refused, Err(WebhookError::Url(UrlFault::NotPublic))));
    assert!(desk.app.webhooks().unwrap().is_empty());
    for _ in 0..ENDPOINTS_MAX {
        add(&desk);
    }
    let refused = desk.app.add_webhook(URL, &[], Reach::Public);
    assert!(matches!(refused, Err(WebhookError::TooMany)));
    assert_eq!(desk.app.webhooks().unwrap().len(), ENDPOINTS_MAX);
    for refused in
        [desk.app.switch_webhook("we_0", true), desk.app.rotate_webhook_secret("we_0").map(drop)]
    {
        assert!(matches!(refused, Err(WebhookError::UnknownEndpoint { .. })));
    }
    let ids = desk.app.webhooks().unwrap().into_iter().map(|endpoint| endpoint.id);
    assert!(ids.map(|id| OrderId::new(&id)).all(|id| id.is_some()), "a safe alphabet");
}
