//! The book of who tries the desk.

use std::io::Write;

use backhaul_adapters::provider::TestBook;
use backhaul_app::{LookUp, RefundProvider, RefundRequest, SubmitAnswer};

use crate::answers::request;

#[test]
fn a_book_pays_each_reference_once_and_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let asked = request("P1", 400, "EUR");
    let book = TestBook::open(folder.path()).unwrap();
    assert_eq!(book.look_up(&asked), LookUp::NotThere);
    let answer = book.submit(&asked);
    assert!(matches!(answer, SubmitAnswer::Settled { .. }));
    drop(book);
    let book = TestBook::open(folder.path()).unwrap();
    assert_eq!(book.submit(&asked), answer);
    assert_eq!(book.look_up(&asked), LookUp::Found(answer));
    let other = request("P1", 401, "EUR");
    assert_eq!(book.submit(&other), SubmitAnswer::Unclear);
    assert_eq!(book.look_up(&other), LookUp::Differs);
    let refunds = book.refunds_of(&asked.payment).unwrap();
    assert_eq!(refunds.iter().map(|refund| refund.amount_minor).collect::<Vec<_>>(), [400]);
    assert_eq!(book.refunds_of(&request("P2", 1, "EUR").payment), Some(Vec::new()));
}

#[test]
fn a_line_without_its_end_was_never_answered() {
    let folder = tempfile::tempdir().unwrap();
    let book = TestBook::open(folder.path()).unwrap();
    let first = RefundRequest { reference: "SO-1/R-1/2".to_owned(), ..request("P1", 1, "EUR") };
    book.submit(&first);
    let file = folder.path().join("test-refunds.jsonl");
    let mut torn = std::fs::OpenOptions::new().append(true).open(&file).unwrap();
    torn.write_all(b"{\"reference\":\"SO-1/R-1/1\",\"paym").unwrap();
    let asked = request("P1", 400, "EUR");
    assert_eq!(book.look_up(&asked), LookUp::NotThere);
    book.submit(&asked);
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!((text.lines().count(), text.contains("paym{")), (2, false), "{text}");
}

#[test]
fn a_book_that_cannot_be_read_says_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let book = TestBook::open(folder.path()).unwrap();
    std::fs::write(folder.path().join("test-refunds.jsonl"), "no book\n").unwrap();
    let asked = request("P1", 400, "EUR");
    assert_eq!(book.submit(&asked), SubmitAnswer::Unclear);
    assert_eq!(book.look_up(&asked), LookUp::Unknown);
    assert_eq!(book.refunds_of(&asked.payment), None);
    assert!(TestBook::open(folder.path()).is_err());
}

#[test]
fn threads_and_handles_share_one_book() {
    let folder = tempfile::tempdir().unwrap();
    let asked = request("P1", 400, "EUR");
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| TestBook::open(folder.path()).unwrap().submit(&asked)))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let book = TestBook::open(folder.path()).unwrap();
    assert_eq!(book.refunds_of(&asked.payment).unwrap().len(), 1);
}
