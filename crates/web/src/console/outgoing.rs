//! The letters that went out, or would have: a list, and each as it is sent.

use axum::extract::{Path, Query, State};
use backhaul_app::letters::{LetterKind, LetterRow, LetterState, PAGE_MAX};
use backhaul_app::{Email, Right};
use backhaul_language::{Language, words as w};
use jiff::Timestamp;
use serde::Deserialize;

use crate::Service;
use crate::pages::gallery::{Sample, sample};
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

/// Where it is.
pub(super) const OUTGOING: &str = "/desk/outgoing";
/// How many letters stand on a page.
const ROWS: u32 = 50;

pub(super) fn pages() -> Vec<Page> {
    let reader = Reader::With(Right::ManageBuyers);
    vec![Page::get(OUTGOING, reader, show), Page::get("/desk/outgoing/{letter}", reader, show_one)]
}

/// Which page of the list.
#[derive(Deserialize)]
struct Asked {
    /// The order whose letters are asked for.
    order: Option<String>,
    /// The moment and the id of the last letter that was seen.
    at: Option<Timestamp>,
    id: Option<String>,
}

/// One row of the list.
struct Row {
    link: String,
    at: Timestamp,
    to: String,
    kind: String,
    state: String,
    /// Why it is not there yet.
    fault: String,
}

#[derive(askama::Template)]
#[template(path = "console/outgoing.html")]
struct OutgoingPage {
    layout: Layout,
    order: String,
    rows: Vec<Row>,
    /// The address of the next page.
    more: Option<String>,
}

#[derive(askama::Template)]
#[template(path = "console/outgoing_letter.html")]
struct LetterPage {
    layout: Layout,
    row: Row,
    subject: String,
    /// What it says; nothing where that is gone, or not to be seen.
    text: Option<String>,
    files: Vec<String>,
}

async fn show(State(service): State<Service>, visit: Visit, Query(asked): Query<Asked>) -> Answer {
    let order = asked.order.map(|order| order.trim().to_owned()).filter(|order| !order.is_empty());
    let before = asked.at.zip(asked.id);
    let rows = service.app.letters_sent(order.as_deref(), before, ROWS.min(PAGE_MAX)).await?;
    let is_full = u32::try_from(rows.len()).is_ok_and(|count| count >= ROWS);
    let layout = Layout::of(&visit, &w::outgoing_title(&visit));
    let more = rows.last().filter(|_| is_full).map(|last| {
        let (at, id) = (layout.encoded(&last.created_at.to_string()), layout.encoded(&last.id));
        let order = layout.encoded(order.as_deref().unwrap_or_default());
        format!("{OUTGOING}?order={order}&at={at}&id={id}")
    });
    let rows = rows.iter().map(|letter| row(&layout, letter)).collect();
    draw(&OutgoingPage { rows, more, order: order.unwrap_or_default(), layout })
}

async fn show_one(
    State(service): State<Service>,
    visit: Visit,
    Path(letter): Path<String>,
) -> Answer {
    let view =
        service.app.letter_sent(&letter).await.map_err(|error| PageFault::mistake(&error))?;
    let view = view.ok_or(PageFault::NotFound)?;
    let layout = Layout::of(&visit, &w::outgoing_title(&visit));
    let row = row(&layout, &view.row);
    let message = view.message;
    let files = message.iter().flat_map(|message| &message.attachments);
    draw(&LetterPage {
        files: files.map(|file| file.name.clone()).collect(),
        subject: message.as_ref().map(|message| message.subject.clone()).unwrap_or_default(),
        text: message.map(|message| message.text),
        row,
        layout,
    })
}

fn row(layout: &Layout, letter: &LetterRow) -> Row {
    Row {
        link: format!("{OUTGOING}/{}", layout.encoded(&letter.id)),
        at: letter.created_at,
        to: letter.to.as_ref().map_or("", Email::as_str).to_owned(),
        kind: kind(layout.language, &letter.kind),
        state: state(layout.language, letter.state),
        fault: letter.last_fault.clone().unwrap_or_default(),
    }
}

fn kind(language: Language, kind: &str) -> String {
    let Some(kind) = LetterKind::parse(kind) else { return kind.to_owned() };
    let words = match kind {
        LetterKind::SignInCode => w::mail_code_subject(language),
        LetterKind::CaseReceived => w::mail_received_subject(language),
        LetterKind::EvidenceMissing => w::mail_evidence_subject(language),
        LetterKind::Authorised => w::outgoing_authorised(language),
        LetterKind::Declined => w::mail_declined_subject(language),
        LetterKind::Received => w::mail_arrived_subject(language),
        LetterKind::InspectionDiffers => w::mail_differs_subject(language),
        LetterKind::RefundSent => w::mail_refund_sent_subject(language),
        LetterKind::RefundSettled => w::mail_refund_settled_subject(language),
        LetterKind::Deduction => w::mail_deduction_subject(language),
        LetterKind::ReplacementShipped => w::mail_replacement_subject(language),
        LetterKind::SentBack => w::mail_sent_back_subject(language),
        LetterKind::DeskMessage => w::mail_message_subject(language),
        LetterKind::Cancelled => w::mail_cancelled_subject(language),
        LetterKind::Expired => w::mail_expired_subject(language),
        LetterKind::ContestAnswered => w::mail_contest_subject(language),
        LetterKind::WithdrawalReceipt => w::mail_withdrawal_subject(language),
    };
    words.into_owned()
}

fn state(language: Language, state: LetterState) -> String {
    let words = match state {
        LetterState::Waiting => w::outgoing_waiting(language),
        LetterState::Sent => w::outgoing_sent(language),
        LetterState::Kept => w::outgoing_kept(language),
        LetterState::Failed => w::outgoing_failed(language),
        LetterState::Withdrawn => w::outgoing_withdrawn(language),
        LetterState::Erased => w::outgoing_erased(language),
    };
    words.into_owned()
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let around = || {
        let around = layout("");
        let title = w::outgoing_title(&around).into_owned();
        Layout { title, ..around }
    };
    let language = around().language;
    let row = |state_of, fault: &str| Row {
        link: format!("{OUTGOING}/1"),
        at: Timestamp::UNIX_EPOCH,
        to: "buyer@mail.example".to_owned(),
        kind: kind(language, LetterKind::Received.as_str()),
        state: state(language, state_of),
        fault: fault.to_owned(),
    };
    let list = |rows| OutgoingPage { layout: around(), order: String::new(), rows, more: None };
    let letter = |text: Option<&str>| LetterPage {
        layout: around(),
        row: row(LetterState::Sent, ""),
        subject: "[RMA-1] Your parcel has arrived".to_owned(),
        text: text.map(str::to_owned),
        files: vec!["return-slip.pdf".to_owned()],
    };
    let rows = LetterState::ALL.iter().map(|state| row(*state, "")).collect();
    vec![
        sample("console-outgoing", &list(rows)),
        sample("console-outgoing-failed", &list(vec![row(LetterState::Waiting, "timed_out")])),
        sample("console-outgoing-empty", &list(Vec::new())),
        sample("console-outgoing-letter", &letter(Some("Hello,\n\nYour parcel has arrived."))),
        sample("console-outgoing-letter-gone", &letter(None)),
    ]
}
