//! Letters: written once with their job, settled once, and emptied where they must be.

use backhaul_store::buyers::Email;
use backhaul_store::letters::{self, KIND, Letter, LetterState, NewLetter, Wanted};
use backhaul_store::{Error, Store, jobs};
use backhaul_testkit::Database;
use jiff::{SignedDuration, Timestamp};

use crate::world::{order_id, with_order};

backhaul_testkit::on_both_engines! {
    a_letter_is_written_once_and_has_a_job
    a_secret_is_wiped_once_it_is_gone_and_not_before
    erasing_an_order_leaves_no_address_no_body_and_no_job
    a_letter_whose_time_is_over_is_given_up_unless_somebody_sends_it
    letters_are_listed_with_the_newest_first
    old_letters_are_forgotten_and_waiting_ones_are_not
    a_letter_that_waits_is_withdrawn_and_one_that_is_being_sent_is_not
}

fn at(minutes: i64) -> Timestamp {
    let begin: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
    begin.checked_add(SignedDuration::from_mins(minutes)).unwrap()
}

fn new_letter(id: &str) -> NewLetter {
    NewLetter {
        id: id.to_owned(),
        order: Some(order_id("o1")),
        to: Email::new("buyer@shop.example").unwrap(),
        language: Some("zh-Hans".to_owned()),
        kind: "sign_in_code".to_owned(),
        body: r#"{"code":"123456"}"#.to_owned(),
        is_secret: true,
        created_at: at(0),
        due_at: at(0),
        expires_at: at(10),
    }
}

fn enqueue(store: &Store, letter: NewLetter) -> bool {
    store.write(move |tx| letters::enqueue(tx, &letter)).wait().unwrap()
}

fn get(store: &Store, id: &'static str) -> Letter {
    store.read(move |tx| letters::letter(tx, id)).wait().unwrap().unwrap()
}

fn job_count(store: &Store) -> i64 {
    store.read(|tx| crate::world::count(tx, "select count(*) from job")).wait().unwrap()
}

fn store_with_order(database: &Database) -> Store {
    let store = database.open();
    with_order(&store, &order_id("o1"));
    store
}

fn a_letter_is_written_once_and_has_a_job(database: &Database) {
    let store = store_with_order(database);
    assert!(enqueue(&store, new_letter("a")));
    assert!(!enqueue(&store, NewLetter { body: "other".to_owned(), ..new_letter("a") }));
    let letter = get(&store, "a");
    assert_eq!(letter.body, r#"{"code":"123456"}"#);
    assert_eq!((letter.state, letter.attempts), (LetterState::Waiting, 0));
    assert_eq!((letter.next_try_at, letter.ended_at), (Some(at(0)), None));
    assert_eq!(job_count(&store), 1);
    let claim = store
        .write(|tx| jobs::claim(tx, KIND, "w", at(0), SignedDuration::from_mins(1)))
        .wait()
        .unwrap();
    assert_eq!(claim.map(|claim| claim.body).as_deref(), Some("a"));
}

fn a_secret_is_wiped_once_it_is_gone_and_not_before(database: &Database) {
    let store = store_with_order(database);
    let states = [
        ("w", LetterState::Waiting, false),
        ("k", LetterState::Kept, false),
        ("s", LetterState::Sent, true),
        ("f", LetterState::Failed, true),
    ];
    for (id, state, is_wiped) in states {
        enqueue(&store, new_letter(id));
        let letter = Letter { state, attempts: 1, ended_at: Some(at(1)), ..get(&store, id) };
        store.write(move |tx| letters::settle(tx, &letter)).wait().unwrap();
        assert_eq!(get(&store, id).body.is_empty(), is_wiped, "{id}");
        assert_eq!(get(&store, id).state, state);
    }
    // What is over does not begin again.
    let late = Letter { state: LetterState::Failed, ..get(&store, "s") };
    store.write(move |tx| letters::settle(tx, &late)).wait().unwrap();
    assert_eq!(get(&store, "s").state, LetterState::Sent);
}

fn erasing_an_order_leaves_no_address_no_body_and_no_job(database: &Database) {
    let store = store_with_order(database);
    enqueue(&store, new_letter("a"));
    enqueue(&store, NewLetter { order: None, ..new_letter("b") });
    let erased = store.write(|tx| letters::erase(tx, &order_id("o1"))).wait().unwrap();
    assert_eq!(erased, 1);
    let letter = get(&store, "a");
    assert_eq!((letter.to, letter.language, letter.body.as_str()), (None, None, ""));
    assert_eq!((letter.state, letter.next_try_at), (LetterState::Erased, None));
    assert_eq!(job_count(&store), 1, "the one of the other letter");
    assert_eq!(store.write(|tx| letters::erase(tx, &order_id("o1"))).wait().unwrap(), 0);
}

fn a_letter_whose_time_is_over_is_given_up_unless_somebody_sends_it(database: &Database) {
    let store = store_with_order(database);
    enqueue(&store, new_letter("a"));
    let claim = |tx: &mut dyn backhaul_store::Tx| {
        jobs::claim(tx, KIND, "w", at(0), SignedDuration::from_mins(1))
    };
    let claim = store.write(claim).wait().unwrap().unwrap();
    enqueue(&store, new_letter("b"));
    enqueue(&store, NewLetter { expires_at: at(60), ..new_letter("c") });
    enqueue(&store, new_letter("k"));
    let kept = Letter { state: LetterState::Kept, ..get(&store, "k") };
    store.write(move |tx| letters::settle(tx, &kept)).wait().unwrap();
    let give_up =
        || store.write(|tx| letters::give_up_old(tx, at(11), "too_late", 100)).wait().unwrap();
    assert_eq!(give_up(), 2, "`b` is given up, and the secret of `k` is wiped");
    assert_eq!(give_up(), 0);
    let letter = get(&store, "b");
    assert_eq!((letter.state, letter.body.as_str()), (LetterState::Failed, ""));
    assert_eq!((letter.last_fault.as_deref(), letter.ended_at), (Some("too_late"), Some(at(11))));
    assert_eq!((get(&store, "k").state, get(&store, "k").body.as_str()), (LetterState::Kept, ""));
    assert_eq!(get(&store, "c").state, LetterState::Waiting);
    assert_eq!(get(&store, "a").state, LetterState::Waiting, "a worker holds it");
    store.write(move |tx| jobs::put_back(tx, &claim, at(12))).wait().unwrap();
    assert_eq!(give_up(), 1);
    assert_eq!(get(&store, "a").state, LetterState::Failed);
}

fn letters_are_listed_with_the_newest_first(database: &Database) {
    let store = store_with_order(database);
    for (id, minute, order) in [("a", 0, true), ("b", 1, false), ("c", 2, true), ("d", 2, true)] {
        let order = order.then(|| order_id("o1"));
        enqueue(&store, NewLetter { created_at: at(minute), order, ..new_letter(id) });
    }
    let ids = |wanted: Wanted, limit| {
        let page = store.read(move |tx| letters::list(tx, &wanted, limit)).wait().unwrap();
        page.into_iter().map(|letter| letter.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(Wanted::default(), 3), ["d", "c", "b"]);
    let before = Some((at(1), "b".to_owned()));
    assert_eq!(ids(Wanted { before, order: None }, 3), ["a"]);
    assert_eq!(ids(Wanted { order: Some(order_id("o1")), before: None }, 9), ["d", "c", "a"]);
}

fn old_letters_are_forgotten_and_waiting_ones_are_not(database: &Database) {
    let store = store_with_order(database);
    enqueue(&store, new_letter("a"));
    enqueue(&store, new_letter("b"));
    let sent = Letter { state: LetterState::Sent, ..get(&store, "a") };
    store.write(move |tx| letters::settle(tx, &sent)).wait().unwrap();
    let forget = |before| store.write(move |tx| letters::forget(tx, before, 9)).wait();
    assert_eq!(forget(at(0)).unwrap(), 0);
    assert_eq!(forget(at(1)).unwrap(), 1);
    let gone: Result<Option<Letter>, Error> = store.read(|tx| letters::letter(tx, "a")).wait();
    assert_eq!(gone.unwrap(), None);
    assert_eq!(get(&store, "b").state, LetterState::Waiting);
}

fn a_letter_that_waits_is_withdrawn_and_one_that_is_being_sent_is_not(database: &Database) {
    let store = store_with_order(database);
    enqueue(&store, new_letter("a"));
    enqueue(&store, NewLetter { due_at: at(5), ..new_letter("b") });
    let claim = store
        .write(|tx| jobs::claim(tx, KIND, "w", at(0), SignedDuration::from_mins(1)))
        .wait()
        .unwrap();
    assert_eq!(claim.map(|claim| claim.body).as_deref(), Some("a"), "the other is not due");
    let withdraw = |id| store.write(move |tx| letters::withdraw(tx, id, at(1))).wait().unwrap();
    assert!(!withdraw("a"));
    assert!(withdraw("b"));
    assert!(!withdraw("b") && !withdraw("none"));
    assert_eq!(get(&store, "a").state, LetterState::Waiting);
    assert_eq!(get(&store, "b").state, LetterState::Withdrawn);
}
