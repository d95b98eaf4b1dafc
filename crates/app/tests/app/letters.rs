//! Which letters a return brings about: each step told once, to an address that is known, and sent at least once.

use std::sync::Mutex;

use backhaul_app::letters::{
    Code, KeptMail, LETTERS_KEPT, LetterRow, LetterState, Mailer, OutgoingMail, PaperKind,
    SendFault, Sent, post_code,
};
use backhaul_app::{Buyer, Email, Merchant, Request, Role, Who};
use backhaul_core::ledger::command::{
    Answer, CancelClaims, OpenCase, RecordAnswer, Speaker, SubmitInstruction, WriteMessage,
};
use backhaul_core::ledger::{Actor, Command, InstructionId};
use backhaul_core::words::Finding;
use backhaul_language::Language;
use backhaul_testkit::Database;
use jiff::{SignedDuration, Timestamp};

use crate::desk::{Desk, NUMBER, approve, authorise, id, inspect, open, receive};

backhaul_testkit::on_both_engines! {
    each_step_of_a_return_is_told_once
    what_inspection_finds_otherwise_is_told_in_one_sentence
    a_rebuild_and_a_replay_write_nobody_again
    nobody_is_written_to_without_an_address
    a_refund_that_settles_at_once_is_told_once
    a_letter_is_tried_again_and_given_up_in_the_end
    what_the_server_refuses_is_not_tried_again
    a_worker_that_died_leaves_the_letter_to_the_next_with_the_same_id
    erasing_a_buyer_stops_what_waits_and_empties_what_was_sent
    a_code_is_wiped_once_it_is_gone_and_is_never_late
    a_letter_says_the_same_whenever_it_is_made
    in_a_desk_to_try_letters_are_kept_and_shown
    a_withdrawal_gets_its_receipt
}

/// A mail server of a test's own: it takes what it is given, or fails as it is told to.
#[derive(Default)]
struct Post {
    taken: Mutex<Vec<OutgoingMail>>,
    faults: Mutex<Vec<SendFault>>,
}

impl Mailer for Post {
    fn send(&self, mail: &OutgoingMail) -> Result<Sent, SendFault> {
        if let Some(fault) = self.faults.lock().unwrap().pop() {
            return Err(fault);
        }
        self.taken.lock().unwrap().push(mail.clone());
        Ok(Sent::Accepted)
    }

    fn timeout(&self) -> SignedDuration {
        SignedDuration::from_secs(1)
    }
}

impl Post {
    fn subjects(&self) -> Vec<String> {
        self.taken.lock().unwrap().iter().map(|mail| mail.message.subject.clone()).collect()
    }
}

fn buyer(language: &str) -> Buyer {
    let email = Email::new("buyer@mail.example").unwrap();
    Buyer::new(Some(email), Some("Jo Buyer".to_owned()), Some(language.to_owned())).unwrap()
}

fn desk(database: &Database, language: &str) -> Desk {
    let mut desk = Desk::over(database);
    desk.app = desk.app.with_merchant(Merchant {
        name: "Example Optics".to_owned(),
        return_address: vec!["12 Harbour Road".to_owned(), "10115 Berlin".to_owned()],
        contact_email: Some("service@shop.example".to_owned()),
        public_url: "https://returns.shop.example".to_owned(),
    });
    wait(desk.app.put_buyer(NUMBER, buyer(language))).unwrap();
    desk
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    pollster::block_on(future)
}

/// Every letter of the order, the oldest first.
fn letters(desk: &Desk) -> Vec<LetterRow> {
    let mut letters = wait(desk.app.letters_sent(Some(NUMBER), None, 200)).unwrap();
    letters.reverse();
    letters
}

fn kinds(desk: &Desk) -> Vec<String> {
    letters(desk).into_iter().map(|letter| letter.kind).collect()
}

/// Sends all that is due.
fn send_all(desk: &Desk, mailer: &dyn Mailer) {
    while desk.app.work_letters(mailer, "w").unwrap() {}
}

/// What a command told, beside what was told before it.
fn told(desk: &Desk, command: impl Into<Command>) -> Vec<String> {
    let before: Vec<_> = letters(desk).into_iter().map(|letter| letter.id).collect();
    // Lists go by time.
    desk.clock.move_to(desk.clock.shown().checked_add(SignedDuration::from_secs(1)).unwrap());
    let command = command.into();
    let is_ours = matches!(command, Command::SubmitInstruction(_) | Command::RecordAnswer(_));
    let role = if is_ours { Role::System } else { Role::Owner };
    desk.ask(role, command).unwrap();
    let new = letters(desk).into_iter().filter(|letter| !before.contains(&letter.id));
    new.map(|letter| letter.kind).collect()
}

fn pay(refund: &str, number: u16) -> (SubmitInstruction, RecordAnswer) {
    let instruction = InstructionId { refund: id(refund), number };
    let submit = SubmitInstruction {
        instruction: instruction.clone(),
        key: id(&format!("key-{refund}-{number}")),
        request_hash: id("hash"),
    };
    (submit, RecordAnswer { instruction, answer: Answer::Settled, reference: None })
}

fn each_step_of_a_return_is_told_once(database: &Database) {
    let desk = desk(database, "en");
    let nothing: [&str; 0] = [];
    assert_eq!(told(&desk, open("RMA-1", &[1])), ["case_received"]);
    assert_eq!(told(&desk, authorise("RMA-1", 1)), ["authorised"]);
    assert_eq!(told(&desk, receive("RMA-1", 1)), ["received"]);
    assert_eq!(told(&desk, inspect("RMA-1", 1)), nothing, "it found what was claimed");
    let post = Post::default();
    send_all(&desk, &post);
    desk.wait(240);
    assert_eq!(told(&desk, approve("RMA-1", 1, "R-1")), nothing, "nothing has left");
    let (submit, answer) = pay("R-1", 1);
    assert_eq!(told(&desk, submit), ["refund_sent"]);
    desk.wait(1);
    send_all(&desk, &post);
    assert_eq!(told(&desk, answer.clone()), ["refund_settled"]);
    assert_eq!(told(&desk, answer), nothing, "the same answer again tells nothing new");
    send_all(&desk, &post);
    let subjects = post.subjects();
    assert_eq!(
        subjects,
        [
            "[RMA-1] We have your return request",
            "[RMA-1] Your return is authorised: send it by Tue, 30 Jun 2026",
            "[RMA-1] Your parcel has arrived",
            "[RMA-1] Your refund is on its way",
            "[RMA-1] Your refund is done",
        ]
    );
    let mails = post.taken.lock().unwrap().clone();
    for mail in &mails {
        assert_eq!(mail.to.as_str(), "buyer@mail.example");
        assert_eq!(mail.thread, mails[0].thread, "one conversation");
        assert!(mail.message.text.contains("https://returns.shop.example/case/RMA-1"));
    }
    let files: Vec<_> = mails[1].message.attachments.iter().map(|file| &file.name).collect();
    assert_eq!(files, ["return-slip.pdf", "packing.pdf"]);
    assert!(mails[1].message.attachments[0].bytes.starts_with(b"%PDF-"));
    assert!(
        mails[2].message.text.contains("Your refund leaves between"),
        "{}",
        mails[2].message.text
    );
    assert!(mails[3].message.text.contains("EUR 100.00"), "{}", mails[3].message.text);
    assert!(letters(&desk).iter().all(|letter| letter.state == LetterState::Sent));
    desk.holds();
}

fn what_inspection_finds_otherwise_is_told_in_one_sentence(database: &Database) {
    let desk = desk(database, "de");
    desk.then(open("RMA-1", &[1, 2])).then(authorise("RMA-1", 1));
    desk.then(receive("RMA-1", 1));
    let mut found = inspect("RMA-1", 1);
    found.findings = vec![Finding::Misuse];
    assert_eq!(told(&desk, found), ["inspection_differs"]);
    let cancel =
        CancelClaims { case: id("RMA-1"), units: vec![crate::desk::unit(2)], reason: None };
    assert_eq!(told(&desk, cancel), ["cancelled"]);
    let post = Post::default();
    send_all(&desk, &post);
    let mails = post.taken.lock().unwrap();
    let differs = mails.iter().find(|mail| mail.message.subject.contains("Prüfung")).unwrap();
    let text = &differs.message.text;
    assert!(text.contains("falsch benutzt") || text.contains("gefunden:"), "{text}");
    assert!(text.contains("Deshalb können wir die Rückgabe nicht annehmen."), "{text}");
    assert!(text.contains("S1"), "the unit by its serial: {text}");
    desk.holds();
}

fn a_rebuild_and_a_replay_write_nobody_again(database: &Database) {
    let desk = desk(database, "en");
    let mut request = Request::new(owner(), NUMBER, open("RMA-1", &[1]).into());
    request.once = Some(backhaul_app::Once {
        caller: "api:k".to_owned(),
        key: "key".to_owned(),
        request_hash: "hash".to_owned(),
    });
    wait(desk.app.ask(request.clone())).unwrap();
    assert!(wait(desk.app.ask(request)).unwrap().is_replay);
    desk.app.rebuild(NUMBER).unwrap();
    assert_eq!(kinds(&desk), ["case_received"]);
}

fn owner() -> Who {
    let actor = Actor::Staff { id: id("someone"), finance: true };
    Who { roles: Role::Owner.into(), actor }
}

fn nobody_is_written_to_without_an_address(database: &Database) {
    let desk = Desk::over(database);
    desk.then(open("RMA-1", &[1])).then(authorise("RMA-1", 1));
    assert!(letters(&desk).is_empty());
    wait(desk.app.put_buyer(NUMBER, Buyer::default())).unwrap();
    desk.then(receive("RMA-1", 1));
    assert!(letters(&desk).is_empty());
    assert!(!desk.app.work_letters(&Post::default(), "w").unwrap(), "and there is no job");
}

fn a_refund_that_settles_at_once_is_told_once(database: &Database) {
    let desk = desk(database, "en");
    desk.inspected("RMA-1", 1).then(approve("RMA-1", 1, "R-1"));
    let post = Post::default();
    send_all(&desk, &post);
    let before = post.subjects().len();
    let (submit, answer) = pay("R-1", 1);
    told(&desk, submit);
    send_all(&desk, &post);
    assert_eq!(post.subjects().len(), before, "it is waited whether it settles");
    told(&desk, answer);
    desk.wait(1);
    send_all(&desk, &post);
    assert_eq!(post.subjects()[before..], ["[RMA-1] Your refund is done"]);
    let sent = letters(&desk).into_iter().find(|letter| letter.kind == "refund_sent").unwrap();
    assert_eq!(sent.state, LetterState::Withdrawn);
}

fn a_letter_is_tried_again_and_given_up_in_the_end(database: &Database) {
    let desk = desk(database, "en");
    desk.then(open("RMA-1", &[1]));
    let post = Post::default();
    let now = desk.clock.shown();
    *post.faults.lock().unwrap() = vec![SendFault::TimedOut, SendFault::NotNow { status: 451 }];
    assert!(desk.app.work_letters(&post, "w").unwrap());
    let letter = &letters(&desk)[0];
    assert_eq!((letter.state, letter.attempts), (LetterState::Waiting, 1));
    assert_eq!(letter.last_fault.as_deref(), Some("not_now_451"));
    assert!(letter.next_try_at > Some(now));
    assert!(!desk.app.work_letters(&post, "w").unwrap(), "it is not due");
    desk.wait(1);
    send_all(&desk, &post);
    assert_eq!(letters(&desk)[0].last_fault.as_deref(), Some("timed_out"));
    desk.wait(1);
    send_all(&desk, &post);
    let letter = &letters(&desk)[0];
    assert_eq!((letter.state, letter.attempts), (LetterState::Sent, 3));
    assert_eq!(letter.last_fault, None);

    desk.then(authorise("RMA-1", 1));
    *post.faults.lock().unwrap() = vec![SendFault::ConnectionFailed; 100];
    for _ in 0..60 {
        desk.wait(6);
        send_all(&desk, &post);
    }
    let letter = &letters(&desk)[1];
    assert_eq!(letter.state, LetterState::Failed);
    assert_eq!(letter.last_fault.as_deref(), Some("connection_failed"));
    assert!(letter.attempts > 5 && letter.attempts < 40, "{}", letter.attempts);
}

fn what_the_server_refuses_is_not_tried_again(database: &Database) {
    let desk = desk(database, "en");
    desk.then(open("RMA-1", &[1]));
    let post = Post::default();
    *post.faults.lock().unwrap() = vec![SendFault::Refused { status: 550 }];
    send_all(&desk, &post);
    let letter = &letters(&desk)[0];
    assert_eq!((letter.state, letter.attempts), (LetterState::Failed, 1));
    assert_eq!(letter.last_fault.as_deref(), Some("refused_550"));
    desk.wait(1_000);
    assert!(!desk.app.work_letters(&post, "w").unwrap());
}

/// One that dies after the server took the mail, before anything of it is written down.
struct Dies<'a>(&'a Post);

impl Mailer for Dies<'_> {
    fn send(&self, mail: &OutgoingMail) -> Result<Sent, SendFault> {
        self.0.send(mail).unwrap();
        panic!("the power is gone");
    }

    fn timeout(&self) -> SignedDuration {
        SignedDuration::ZERO
    }
}

fn a_worker_that_died_leaves_the_letter_to_the_next_with_the_same_id(database: &Database) {
    let desk = desk(database, "en");
    desk.then(open("RMA-1", &[1]));
    let post = Post::default();
    let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        desk.app.work_letters(&Dies(&post), "first")
    }));
    assert!(died.is_err());
    assert!(!desk.app.work_letters(&post, "second").unwrap(), "the lease still runs");
    desk.wait(1);
    send_all(&desk, &post);
    let ids: Vec<_> = post.taken.lock().unwrap().iter().map(|mail| mail.id.clone()).collect();
    assert_eq!(ids.len(), 2, "sent twice, which is said in the documents");
    assert_eq!(ids[0], ids[1], "and can be told by its id");
    assert_eq!(letters(&desk)[0].state, LetterState::Sent);
}

fn erasing_a_buyer_stops_what_waits_and_empties_what_was_sent(database: &Database) {
    let desk = desk(database, "en");
    desk.then(open("RMA-1", &[1]));
    let post = Post::default();
    send_all(&desk, &post);
    desk.then(authorise("RMA-1", 1));
    let erased = wait(desk.app.erase_buyer(NUMBER)).unwrap();
    assert_eq!(erased.letters, 2);
    send_all(&desk, &post);
    assert_eq!(post.subjects().len(), 1);
    for letter in letters(&desk) {
        assert_eq!((letter.state, letter.to), (LetterState::Erased, None));
        assert!(letter.body.is_empty());
        let view = wait(desk.app.letter_sent(&letter.id)).unwrap().unwrap();
        assert_eq!(view.message, None);
    }
    desk.then(receive("RMA-1", 1));
    assert_eq!(letters(&desk).len(), 2, "nobody is written to any more");
    desk.holds();
}

fn ask_for_code(desk: &Desk, attempt: &'static str, now: Timestamp) {
    let expires_at = now.checked_add(SignedDuration::from_mins(10)).unwrap();
    let posted = desk.app.store().write(move |tx| {
        let to = Email::new("buyer@mail.example").unwrap();
        let (id, language, code) = (attempt, Some("zh-CN"), "482913");
        post_code(tx, &Code { id, order: None, to: &to, language, code, now, expires_at })
    });
    posted.wait().unwrap();
}

fn a_code_is_wiped_once_it_is_gone_and_is_never_late(database: &Database) {
    let desk = desk(database, "en");
    let now = desk.clock.shown();
    ask_for_code(&desk, "one", now);
    ask_for_code(&desk, "one", now);
    let all = || wait(desk.app.letters_sent(None, None, 200)).unwrap();
    assert_eq!(all().len(), 1, "one letter for one attempt");
    assert!(all()[0].body.contains("482913") && !all()[0].id.contains("482913"));
    let post = Post::default();
    send_all(&desk, &post);
    let mail = post.taken.lock().unwrap()[0].clone();
    assert!(mail.message.text.contains("482913") && mail.message.text.contains("10"));
    assert!(mail.message.text.contains("验证码"), "in the language that was asked for");
    assert!(!mail.message.subject.contains("482913"), "lists of mails show subjects");
    assert_eq!((all()[0].state, all()[0].body.as_str()), (LetterState::Sent, ""));

    ask_for_code(&desk, "two", now);
    desk.wait(1);
    send_all(&desk, &post);
    assert_eq!(post.subjects().len(), 1, "it would be too late");
    let late = all().into_iter().find(|letter| letter.state == LetterState::Failed).unwrap();
    assert_eq!((late.last_fault.as_deref(), late.body.as_str()), (Some("too_late"), ""));

    // Where no mail server is set nobody works on letters, and the calendar does the wiping.
    ask_for_code(&desk, "three", desk.clock.shown());
    desk.wait(1);
    desk.app.work_deadlines().unwrap();
    assert!(all().iter().all(|letter| letter.body.is_empty()), "{:?}", all());
    desk.wait(LETTERS_KEPT.as_hours() + 1);
    desk.app.work_deadlines().unwrap();
    assert!(all().is_empty(), "and the forgetting");
}

fn a_letter_says_the_same_whenever_it_is_made(database: &Database) {
    let desk = desk(database, "zh-Hans");
    desk.then(open("RMA-1", &[1])).then(authorise("RMA-1", 1));
    let say = || {
        let authorised = letters(&desk).into_iter().find(|letter| letter.kind == "authorised");
        wait(desk.app.letter_sent(&authorised.unwrap().id)).unwrap().unwrap().message.unwrap()
    };
    let first = say();
    assert!(first.subject.contains("您的退货已获授权"), "{}", first.subject);
    desk.then(receive("RMA-1", 1)).then(inspect("RMA-1", 1));
    assert!(say() == first, "as the ledger stood when it was written");
    let case = id("RMA-1");
    let slip = desk.app.paper(PaperKind::Slip, &case, Language::ENGLISH);
    assert!(wait(slip).unwrap().is_none(), "nothing is awaited any more");
}

fn in_a_desk_to_try_letters_are_kept_and_shown(database: &Database) {
    let desk = desk(database, "en");
    desk.then(open("RMA-1", &[1]));
    ask_for_code(&desk, "one", desk.clock.shown());
    desk.wait(24 * 30);
    send_all(&desk, &KeptMail);
    let all = wait(desk.app.letters_sent(None, None, 200)).unwrap();
    assert!(all.iter().all(|letter| letter.state == LetterState::Kept), "never too late");
    for letter in &all {
        assert!(wait(desk.app.letter_sent(&letter.id)).unwrap().unwrap().message.is_some());
    }
    assert_eq!(wait(desk.app.letter_sent("none")).unwrap(), None);
    assert!(wait(desk.app.letters_sent(Some("SO-9"), None, 9)).unwrap().is_empty());
}

fn a_withdrawal_gets_its_receipt(database: &Database) {
    let desk = desk(database, "de");
    let case = OpenCase { text: Some(id("withdrawal-1")), ..open("SO-1001-W", &[1]) };
    let mut request = Request::new(owner(), NUMBER, case.into());
    request.texts = vec![(id("withdrawal-1"), "Ich brauche es nicht.".to_owned())];
    wait(desk.app.ask(request)).unwrap();
    assert_eq!(kinds(&desk), ["withdrawal_receipt"]);
    let write = WriteMessage {
        case: id("SO-1001-W"),
        from: Speaker::Staff,
        text: id("words"),
        internal: false,
    };
    let mut request = Request::new(owner(), NUMBER, write.clone().into());
    request.texts = vec![(id("words"), "Wir melden uns.".to_owned())];
    desk.wait(1);
    wait(desk.app.ask(request)).unwrap();
    let mut note = Request::new(
        owner(),
        NUMBER,
        WriteMessage { internal: true, text: id("note"), ..write }.into(),
    );
    note.texts = vec![(id("note"), "Unter uns.".to_owned())];
    wait(desk.app.ask(note)).unwrap();
    assert_eq!(kinds(&desk), ["withdrawal_receipt", "desk_message"], "a note stays in the house");
    let post = Post::default();
    send_all(&desk, &post);
    let mails = post.taken.lock().unwrap();
    assert!(mails[0].message.attachments[0].bytes.starts_with(b"%PDF-"));
    assert!(mails[1].message.text.contains("> Wir melden uns."), "{}", mails[1].message.text);
}
