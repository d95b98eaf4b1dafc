//! Transfers that no provider makes: to be paid, in a file, paid or returned; files for the bank, and the bank's word.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::{
    BankFormat, BankWord, BatchView, Chosen, NewBatch, PieceName, Right, TransferState, WordLine,
    read_bank_words,
};
use backhaul_core::ledger::RefundId;
use backhaul_core::money::Money;
use backhaul_language::words as w;
use backhaul_store::bank_batch::{BatchRow, ToBank};
use backhaul_store::refund_index::After;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::Service;
use crate::api::bank::{BookedLine, book};
use crate::pages::address::{after, asked, next, part};
use crate::pages::form::{Fields, new_once};
use crate::pages::gallery::{Sample, sample};
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

const BANK: &str = "/desk/refunds/bank";
const ROWS: u32 = 50;
/// How many files are listed.
const FILES: u32 = 20;

pub(super) fn pages() -> Vec<Page> {
    let (read, pay) = (Reader::With(Right::ReadRefunds), Reader::With(Right::PayByBank));
    vec![
        Page::get(BANK, read, show),
        Page::post("/desk/refunds/bank/export", pay, export),
        Page::post("/desk/refunds/bank/words", pay, words),
        Page::post("/desk/refunds/bank/word", pay, word),
        Page::get("/desk/refunds/bank/files/{batch}", read, show_file),
        Page::get("/desk/refunds/bank/files/{batch}/file", pay, download),
    ]
}

/// One transfer.
struct Row {
    /// What the form sends.
    value: String,
    order: String,
    name: String,
    amount: Money,
    due_at: Option<Timestamp>,
    is_overdue: bool,
    account_href: String,
    account_by: Option<String>,
    end_to_end_id: Option<String>,
    batch: Option<String>,
    said: Option<String>,
}

/// A file for the bank.
struct File {
    href: String,
    id: String,
    format: String,
    execute_on: String,
    created_by: String,
    created_at: Timestamp,
    transfers: i64,
}

/// What became of one of the bank's words.
struct Booked {
    line: u64,
    id: String,
    said: String,
    is_refused: bool,
}

#[derive(askama::Template)]
#[template(path = "console/finance/bank.html")]
struct BankPage {
    layout: Layout,
    once: String,
    list: &'static str,
    tabs: Vec<(&'static str, String)>,
    rows: Vec<Row>,
    next: Option<String>,
    files: Vec<File>,
    booked: Vec<Booked>,
    may_pay: bool,
    today: String,
}

#[derive(askama::Template)]
#[template(path = "console/finance/bank_file.html")]
struct FilePage {
    layout: Layout,
    file: File,
    transfers: Vec<(String, String, Money, String)>,
    left_out: Vec<(String, String)>,
    may_pay: bool,
}

fn tabs(visit: impl backhaul_language::Speaks + Copy) -> Vec<(&'static str, String)> {
    let name = |state: &TransferState| match state {
        TransferState::ToPay => w::bank_to_pay(visit),
        TransferState::Exported => w::bank_exported(visit),
        TransferState::Paid => w::bank_paid(visit),
        TransferState::Returned => w::bank_returned(visit),
    };
    TransferState::ALL.iter().map(|state| (state.as_str(), name(state).into_owned())).collect()
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    page(&service, &visit, Vec::new()).await
}

async fn page(service: &Service, visit: &Visit, booked: Vec<Booked>) -> Answer {
    let state = asked(visit, "list").unwrap_or_else(|| "to_pay".to_owned());
    let state = TransferState::parse(&state).ok_or(PageFault::NotFound)?;
    let begins: Option<(i64, String, String, i64)> = after(visit)?;
    let begins = begins.map_or_else(After::start, |(due_at_us, order, refund, piece)| After {
        due_at_us,
        order,
        refund,
        piece,
    });
    let rows = service.app.bank_transfers(state, begins, ROWS).await?;
    let cursor = |row: &ToBank| {
        let After { due_at_us, order, refund, piece } = After::row(&row.refund);
        (due_at_us, order, refund, piece)
    };
    let (rows, next) = next(rows, ROWS, cursor);
    let files = service.app.bank_batches(None, FILES).await?;
    draw(&BankPage {
        layout: Layout::of(visit, &w::bank_title(visit)),
        once: new_once()?,
        list: state.as_str(),
        tabs: tabs(visit),
        rows: rows.into_iter().map(|row| transfer(visit, row)).collect(),
        next,
        files: files.into_iter().map(file).collect(),
        booked,
        may_pay: visit.has(Right::PayByBank),
        today: visit.now.to_zoned(service.app.zone()).date().to_string(),
    })
}

fn transfer(visit: &Visit, row: ToBank) -> Row {
    let ToBank { refund, number, account_by, transfer, .. } = row;
    let id = &refund.instruction;
    let said = transfer.as_ref().filter(|listed| !listed.bank_reference.is_empty());
    let said = said.map(|listed| format!("{} · {}", listed.bank_reference, listed.booked_on));
    Row {
        value: format!("{}|{}|{number}", id.number, id.refund),
        name: id.to_string(),
        amount: refund.amount,
        is_overdue: transfer.is_none() && refund.due_at.is_some_and(|due| due < visit.now),
        due_at: refund.due_at,
        account_href: format!("{BANK}/account/{}", part(&number)),
        order: number,
        account_by,
        said,
        end_to_end_id: transfer.as_ref().map(|listed| listed.end_to_end_id.clone()),
        batch: transfer.map(|listed| listed.batch),
    }
}

fn file(row: BatchRow) -> File {
    File {
        href: format!("{BANK}/files/{}", part(&row.id)),
        id: row.id,
        format: row.format,
        execute_on: row.execute_on,
        created_by: row.created_by,
        created_at: row.created_at,
        transfers: row.transfers,
    }
}

/// The piece that a box of the form names: its number, its refund, and the rest is the order's number.
fn named(value: &str) -> Option<PieceName> {
    let mut parts = value.splitn(3, '|');
    let piece = parts.next()?.parse().ok()?;
    let refund = RefundId::new(parts.next()?).ok()?;
    Some(PieceName { order: parts.next()?.to_owned(), refund, piece })
}

async fn export(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let once = fields.once(&visit)?;
    let pieces: Option<Vec<_>> = fields.all("piece").map(named).collect();
    let pieces = pieces.ok_or(PageFault::Malformed)?;
    if pieces.is_empty() {
        return Err(PageFault::Said(w::bank_choose(&visit).into_owned()));
    }
    let format = BankFormat::parse(fields.text("format")).ok_or(PageFault::Malformed)?;
    let execute_on = fields.get("execute-on").map(str::parse::<Date>).transpose();
    let execute_on =
        execute_on.map_err(|_| PageFault::Said(w::bank_day_wrong(&visit).into_owned()))?;
    let asked = NewBatch { chosen: Chosen::Pieces(pieces), format, execute_on, once };
    let made = service.app.export_bank_batch_proven(&visit.who()?, asked, visit.proof()).await?;
    Ok(Redirect::to(&format!("{BANK}/files/{}", part(&made.batch.id))).into_response())
}

async fn show_file(
    State(service): State<Service>,
    visit: Visit,
    Path(batch): Path<String>,
) -> Answer {
    let BatchView { batch, transfers, left_out } = service.app.bank_batch(&batch).await?;
    let transfers = transfers
        .into_iter()
        .map(|(order, row)| (order, row.instruction.to_string(), row.amount, row.end_to_end_id));
    let left_out = left_out.into_iter().map(|left| {
        let name = format!("{} · {}/{}", left.name.order, left.name.refund, left.name.piece);
        (name, left.message)
    });
    draw(&FilePage {
        layout: Layout::of(&visit, &w::bank_file_title(&visit, &batch.id)),
        file: file(batch),
        transfers: transfers.collect(),
        left_out: left_out.collect(),
        may_pay: visit.has(Right::PayByBank),
    })
}

async fn download(
    State(service): State<Service>,
    visit: Visit,
    Path(batch): Path<String>,
) -> Answer {
    let found = service.app.bank_batch_file(&visit.who()?, &batch, None).await?;
    let kind = match found.format {
        BankFormat::Csv => "text/csv; charset=utf-8",
        BankFormat::Pain001 => "application/xml",
    };
    let name = format!("attachment; filename=\"{}\"", found.name);
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, found.bytes).into_response())
}

/// The bank's words as a table.
async fn words(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let lines = read_bank_words(fields.text("csv"))?;
    told(&service, visit, lines).await
}

/// The bank's word of one transfer.
async fn word(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let on: Date = fields
        .text("date")
        .parse()
        .map_err(|_| PageFault::Said(w::bank_day_wrong(&visit).into_owned()))?;
    let word = BankWord {
        end_to_end_id: fields.text("id").to_owned(),
        is_paid: !fields.has("returned"),
        reference: fields.text("reference").to_owned(),
        on,
    };
    told(&service, visit, vec![WordLine { line: 1, word: Ok(word) }]).await
}

async fn told(service: &Service, visit: Visit, lines: Vec<WordLine>) -> Answer {
    let booked = book(service, &visit.who()?, lines).await?;
    let booked = booked.into_iter().map(|line| said(&visit, line)).collect();
    let visit = Visit { here: format!("{BANK}?list=exported"), ..visit };
    page(service, &visit, booked).await
}

fn said(visit: &Visit, line: BookedLine) -> Booked {
    let said = match line.result {
        "recorded" => w::bank_recorded(visit).into_owned(),
        "unchanged" => w::bank_unchanged(visit).into_owned(),
        "contradicted" => w::bank_contradicted(visit).into_owned(),
        _ => line.detail.unwrap_or_default(),
    };
    let id = line.end_to_end_id.unwrap_or_default();
    Booked { line: line.line, id, said, is_refused: line.result == "refused" }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let Ok(euro) = backhaul_core::money::Currency::parse("EUR") else { return Vec::new() };
    let row = |account_by: Option<&str>, is_exported: bool| Row {
        value: "1|SO-1001-R1-F1|SO-1001".to_owned(),
        order: "SO-1001".to_owned(),
        name: "SO-1001-R1-F1/1".to_owned(),
        amount: Money::new(123_450, euro),
        due_at: Some(Timestamp::UNIX_EPOCH),
        is_overdue: !is_exported,
        account_href: format!("{BANK}/account/SO-1001"),
        account_by: account_by.map(str::to_owned),
        end_to_end_id: is_exported.then(|| "SO-1001-0123456789abcdef".to_owned()),
        batch: is_exported.then(|| "20260311-0123456789abcdef".to_owned()),
        said: None,
    };
    let file = || File {
        href: format!("{BANK}/files/1"),
        id: "20260311-0123456789abcdef".to_owned(),
        format: "pain.001".to_owned(),
        execute_on: "2026-03-12".to_owned(),
        created_by: "ada".to_owned(),
        created_at: Timestamp::UNIX_EPOCH,
        transfers: 2,
    };
    let page = |list, rows, files, booked| BankPage {
        layout: Layout { here: BANK.to_owned(), ..layout(&w::bank_title(layout(""))) },
        once: "0".to_owned(),
        list,
        tabs: tabs(&layout("")),
        rows,
        next: None,
        files,
        booked,
        may_pay: true,
        today: "2026-03-11".to_owned(),
    };
    let booked = vec![
        Booked {
            line: 2,
            id: "SO-1001-0123456789abcdef".to_owned(),
            said: w::bank_recorded(layout("")).into_owned(),
            is_refused: false,
        },
        Booked {
            line: 3,
            id: String::new(),
            said: "`date` is a day such as `2026-03-16`".to_owned(),
            is_refused: true,
        },
    ];
    let made = FilePage {
        layout: Layout { here: BANK.to_owned(), ..layout("File") },
        file: file(),
        transfers: vec![(
            "SO-1001".to_owned(),
            "SO-1001-R1-F1/1".to_owned(),
            Money::new(123_450, euro),
            "SO-1001-0123456789abcdef".to_owned(),
        )],
        left_out: vec![(
            "SO-1002 · SO-1002-R1-F1/1".to_owned(),
            "there are no bank details".to_owned(),
        )],
        may_pay: true,
    };
    let to_pay = vec![row(Some("ada"), false), row(None, false)];
    vec![
        sample("console-bank", &page("to_pay", to_pay, vec![file()], Vec::new())),
        sample("console-bank-empty", &page("to_pay", Vec::new(), Vec::new(), Vec::new())),
        sample(
            "console-bank-exported",
            &page("exported", vec![row(Some("ada"), true)], vec![file()], booked),
        ),
        sample("console-bank-file", &made),
    ]
}
