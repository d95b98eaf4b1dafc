//! Refunds by bank transfer: the list to pay, files for the bank, and what the bank said.

use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use backhaul_app::{
    BankFormat, BankWord, BatchFile, BatchView, Chosen, LeftOut, NewBatch, PieceName, Right,
    SETTLE_LINES_MAX, TransferState, Who, WordLine, read_bank_words,
};
use backhaul_core::ledger::{CaseId, RefundId};
use backhaul_core::money::Money;
use backhaul_store::bank_batch::{BatchRow, ToBank};
use backhaul_store::refund_index::After;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Service;
use crate::caller::Caller;
use crate::operation::{Access, NAME, Operation};
use crate::page::{Asked, Page};
use crate::problem::{Problem, ProblemCode};
use crate::request::{Body, InPath, InQuery, Key};

/// The most characters of a batch's id.
const BATCH_CHARS_MAX: usize = 35;
const BATCH: &str = "The batch's id.";
const STATES: [&str; 4] = ["to_pay", "exported", "paid", "returned"];
const FORMATS: [&str; 2] = ["csv", "pain.001"];

pub(crate) fn operations() -> Vec<Operation> {
    let (read, pay) = (Access::Right(Right::ReadRefunds), Access::Right(Right::PayByBank));
    vec![
        Operation::new(
            Method::GET,
            "/bank_transfers",
            "list_bank_transfers",
            "Pieces of refunds that go by bank transfer and stand so, the most urgent first.",
            read,
            list,
        )
        .query_word("state", STATES, "Where they stand; `to_pay` where it is left out.")
        .pages()
        .answers_of::<Page<BankTransfer>, BankTransfer>(200, "A page of transfers."),
        Operation::new(
            Method::POST,
            "/bank_transfers/settle",
            "settle_bank_transfers",
            "Record what the bank said, each transfer by itself. The same word twice is no news.",
            pay,
            settle,
        )
        .takes::<Words>()
        .answers::<BookedLines>(200, "What became of each."),
        Operation::new(
            Method::POST,
            "/bank_batches",
            "add_bank_batch",
            "Make a file for the bank of what can be paid now. A piece is in at most one file, ever; what is left out is named.",
            pay,
            add,
        )
        .keyed()
        .takes::<BatchAsked>()
        .answers::<BatchShown>(201, "The batch, also where it was made before under the same key."),
        Operation::new(
            Method::GET,
            "/bank_batches",
            "list_bank_batches",
            "Files for the bank, the newest first.",
            read,
            batches,
        )
        .pages()
        .answers_of::<Page<BatchLine>, BatchLine>(200, "A page of batches."),
        Operation::new(
            Method::GET,
            "/bank_batches/{batch}",
            "read_bank_batch",
            "A file for the bank: what is in it, and what was left out.",
            read,
            show,
        )
        .path("batch", BATCH_CHARS_MAX, NAME, BATCH)
        .answers::<BatchShown>(200, "The batch."),
        Operation::new(
            Method::GET,
            "/bank_batches/{batch}/file",
            "read_bank_batch_file",
            "The file itself, the same bytes each time.",
            pay,
            file,
        )
        .path("batch", BATCH_CHARS_MAX, NAME, BATCH)
        .query_word("format", FORMATS, "The format that it was made in; another is refused.")
        .answers_file(200, "The file.", &["text/csv", "application/xml"]),
    ]
}

/// A piece of a refund that goes by bank transfer.
#[derive(Serialize, ToSchema)]
struct BankTransfer {
    /// The order's number.
    order: String,
    /// The refund.
    refund: RefundId,
    /// The number of the piece within it.
    piece: u16,
    /// The case.
    case: CaseId,
    /// How much.
    amount: Money,
    /// The end of the day by which it is owed.
    due_at: Option<Timestamp>,
    /// Whether nobody has entered where it goes.
    is_account_missing: bool,
    /// Who entered it last: somebody else must export it.
    account_entered_by: Option<String>,
    /// How often it was entered; more than once where it was changed.
    account_version: i64,
    /// The batch that it is in.
    batch: Option<String>,
    /// What the bank reports it by.
    end_to_end_id: Option<String>,
    /// The bank's reference, once the bank has said something.
    bank_reference: Option<String>,
    /// The day of the bank's word.
    booked_on: Option<String>,
}

/// What a batch is made of: `pieces` or `due_up_to`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BatchAsked {
    /// These pieces.
    #[serde(default)]
    pieces: Option<Vec<PieceAsked>>,
    /// All that is due up to the end of that day, and what is due on no day.
    #[serde(default)]
    due_up_to: Option<Date>,
    /// How the file is written; `csv` where it is left out.
    #[serde(default)]
    format: FormatWord,
    /// The day on which the bank is to pay; today where it is left out.
    #[serde(default)]
    execute_on: Option<Date>,
}

/// A piece of a refund.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PieceName)]
struct PieceAsked {
    /// The order's number.
    order: String,
    /// The refund.
    refund: RefundId,
    /// The number of the piece within it.
    piece: u16,
}

/// The format of a file for the bank.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
enum FormatWord {
    /// A table; any currency and account.
    #[default]
    #[serde(rename = "csv")]
    Csv,
    /// ISO 20022 `pain.001.001.09`: euros within SEPA.
    #[serde(rename = "pain.001")]
    Pain001,
}

/// A batch in a list.
#[derive(Serialize, ToSchema)]
struct BatchLine {
    /// Its id, which is the message's too.
    batch: String,
    /// Its format.
    format: String,
    /// The day on which the bank is to pay.
    execute_on: String,
    /// Who made it.
    created_by: String,
    /// When.
    created_at: Timestamp,
    /// How many transfers are in it.
    transfers: i64,
}

/// A batch.
#[derive(Serialize, ToSchema)]
struct BatchShown {
    /// As lists show it.
    batch: BatchLine,
    /// What is in it.
    transfers: Vec<InBatch>,
    /// What was asked for and could not be paid.
    left_out: Vec<Left>,
}

/// A transfer in a batch.
#[derive(Serialize, ToSchema)]
struct InBatch {
    /// The order's number.
    order: String,
    /// The refund.
    refund: RefundId,
    /// The number of the piece within it.
    piece: u16,
    /// How much.
    amount: Money,
    /// What the bank reports it by.
    end_to_end_id: String,
}

/// A piece that was left out.
#[derive(Serialize, ToSchema)]
#[schema(as = LeftOut)]
struct Left {
    /// The piece.
    piece: PieceAsked,
    /// The reason, as a code.
    code: String,
    /// The reason, as a sentence.
    message: String,
}

/// What the bank said: `transfers` or `csv`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Words {
    /// One entry for each transfer.
    #[serde(default)]
    transfers: Option<Vec<Word>>,
    /// A table with the columns `end_to_end_id`, `reference`, `date` and, where something was not paid, `outcome`.
    #[serde(default)]
    csv: Option<String>,
}

/// What the bank said of one transfer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Word {
    /// What the bank reports it by.
    end_to_end_id: String,
    /// Whether it was paid, or was refused or came back.
    outcome: OutcomeWord,
    /// The bank's reference.
    reference: String,
    /// The day of the statement.
    date: Date,
}

/// Whether the bank paid.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum OutcomeWord {
    /// It paid.
    Paid,
    /// It did not, or the money came back.
    Returned,
}

/// What became of the bank's words.
#[derive(Serialize, ToSchema)]
struct BookedLines {
    /// One entry for each transfer or line.
    lines: Vec<BookedLine>,
}

/// What became of one.
#[derive(Serialize, ToSchema)]
pub(crate) struct BookedLine {
    /// The line of the table, or the place in the list, from 1.
    pub(crate) line: u64,
    /// What the bank reports it by, where that could be read.
    pub(crate) end_to_end_id: Option<String>,
    /// `recorded`, `unchanged` (it was known), `contradicted` (it was issued again: a matter for finance) or `refused`.
    pub(crate) result: &'static str,
    /// Why it was refused.
    pub(crate) detail: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    state: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

async fn list(
    State(service): State<Service>,
    InQuery(Filter { state, cursor, limit }): InQuery<Filter>,
) -> Result<Json<Page<BankTransfer>>, Problem> {
    let asked = Asked::new(cursor, limit);
    let limit = asked.limit()?;
    let state = TransferState::parse(state.as_deref().unwrap_or("to_pay")).ok_or_else(|| {
        Problem::new(ProblemCode::MalformedQuery, format!("`state` is one of {STATES:?}"))
    })?;
    let after: Option<(i64, String, String, i64)> = asked.after()?;
    let after = after.map_or(After::start(), |(due_at_us, order, refund, piece)| After {
        due_at_us,
        order,
        refund,
        piece,
    });
    let rows = service.app.bank_transfers(state, after, limit).await?;
    let cursor = |row: &ToBank| {
        let After { due_at_us, order, refund, piece } = After::row(&row.refund);
        (due_at_us, order, refund, piece)
    };
    Ok(Json(Page::of(rows, limit, cursor, transfer)))
}

fn transfer(row: ToBank) -> BankTransfer {
    let ToBank { refund, number, account_by, account_version, transfer } = row;
    let said = |text: String| if text.is_empty() { None } else { Some(text) };
    let (batch, end_to_end_id, bank_reference, booked_on) =
        transfer.map_or((None, None, None, None), |listed| {
            let (id, batch) = (Some(listed.end_to_end_id), Some(listed.batch));
            (batch, id, said(listed.bank_reference), said(listed.booked_on))
        });
    BankTransfer {
        order: number,
        refund: refund.instruction.refund,
        piece: refund.instruction.number,
        case: refund.case,
        amount: refund.amount,
        due_at: refund.due_at,
        is_account_missing: account_by.is_none(),
        account_entered_by: account_by,
        account_version,
        batch,
        end_to_end_id,
        bank_reference,
        booked_on,
    }
}

async fn settle(
    State(service): State<Service>,
    caller: Caller,
    body: Body<Words>,
) -> Result<Json<BookedLines>, Problem> {
    let either = || {
        let detail = format!("give 1 to {SETTLE_LINES_MAX} `transfers`, or `csv`");
        Problem::new(ProblemCode::MalformedBody, detail)
    };
    let words = match (body.read.transfers, body.read.csv) {
        (Some(words), None) if (1..=SETTLE_LINES_MAX).contains(&words.len()) => {
            let numbered = words.into_iter().zip(1..);
            numbered.map(|(word, line)| WordLine { line, word: Ok(word.into()) }).collect()
        }
        (None, Some(table)) => read_bank_words(&table)?,
        _ => return Err(either()),
    };
    Ok(Json(BookedLines { lines: book(&service, &caller.0.who, words).await? }))
}

/// Books the bank's words, each by itself.
///
/// # Errors
/// What fails for a reason of the machine's; what was booked before it is no news the next time.
pub(crate) async fn book(
    service: &Service,
    who: &Who,
    words: Vec<WordLine>,
) -> Result<Vec<BookedLine>, Problem> {
    let mut lines = Vec::with_capacity(words.len());
    for WordLine { line, word } in words {
        let refused = |end_to_end_id, detail| BookedLine {
            line,
            end_to_end_id,
            result: "refused",
            detail: Some(detail),
        };
        let word = match word {
            Ok(word) => word,
            Err(fault) => {
                lines.push(refused(None, fault));
                continue;
            }
        };
        let id = Some(word.end_to_end_id.clone());
        let booked = service.app.book_bank_transfer(who, word).await;
        lines.push(match booked.map_err(Problem::from) {
            Ok(booked) => {
                BookedLine { line, end_to_end_id: id, result: booked.as_str(), detail: None }
            }
            // What failed for a reason of the machine's fails all: those before are recorded, and no news the next time.
            Err(problem) if problem.is_of_server() => return Err(problem),
            Err(problem) => refused(id, problem.detail().to_owned()),
        });
    }
    Ok(lines)
}

impl From<Word> for BankWord {
    fn from(word: Word) -> Self {
        let Word { end_to_end_id, outcome, reference, date } = word;
        let is_paid = matches!(outcome, OutcomeWord::Paid);
        Self { end_to_end_id, is_paid, reference, on: date }
    }
}

async fn add(
    State(service): State<Service>,
    caller: Caller,
    key: Key,
    body: Body<BatchAsked>,
) -> Result<Response, Problem> {
    let once = key.once(&caller, body.hash);
    let BatchAsked { pieces, due_up_to, format, execute_on } = body.read;
    let chosen = match (pieces, due_up_to) {
        (Some(pieces), None) => Chosen::Pieces(pieces.into_iter().map(PieceName::from).collect()),
        (None, Some(day)) => Chosen::DueUpTo(day),
        _ => {
            let detail = "give either `pieces` or `due_up_to`";
            return Err(Problem::new(ProblemCode::MalformedBody, detail));
        }
    };
    let format = match format {
        FormatWord::Csv => BankFormat::Csv,
        FormatWord::Pain001 => BankFormat::Pain001,
    };
    let asked = NewBatch { chosen, format, execute_on, once };
    let view = service.app.export_bank_batch(&caller.0.who, asked).await?;
    Ok((StatusCode::CREATED, Json(batch(view))).into_response())
}

async fn batches(
    State(service): State<Service>,
    InQuery(asked): InQuery<Asked>,
) -> Result<Json<Page<BatchLine>>, Problem> {
    let limit = asked.limit()?;
    let rows = service.app.bank_batches(asked.after()?, limit).await?;
    let cursor = |row: &BatchRow| (row.created_at.as_microsecond(), row.id.clone());
    Ok(Json(Page::of(rows, limit, cursor, batch_line)))
}

async fn show(
    State(service): State<Service>,
    InPath(id): InPath<String>,
) -> Result<Json<BatchShown>, Problem> {
    Ok(Json(batch(service.app.bank_batch(&id).await?)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InFormat {
    format: Option<String>,
}

async fn file(
    State(service): State<Service>,
    caller: Caller,
    InPath(id): InPath<String>,
    InQuery(InFormat { format }): InQuery<InFormat>,
) -> Result<Response, Problem> {
    let malformed =
        || Problem::new(ProblemCode::MalformedQuery, format!("`format` is one of {FORMATS:?}"));
    let format = format.map(|word| BankFormat::parse(&word).ok_or_else(malformed)).transpose()?;
    let found = service.app.bank_batch_file(&caller.0.who, &id, format).await?;
    let BatchFile { name, format, bytes } = found;
    let kind = match format {
        BankFormat::Csv => "text/csv; charset=utf-8",
        BankFormat::Pain001 => "application/xml",
    };
    // An id that was found is of letters, digits and `-`.
    let name = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

fn batch_line(row: BatchRow) -> BatchLine {
    let BatchRow { id, format, execute_on, created_by, created_at, transfers, .. } = row;
    BatchLine { batch: id, format, execute_on, created_by, created_at, transfers }
}

fn batch(view: BatchView) -> BatchShown {
    let transfers = view.transfers.into_iter().map(|(order, row)| InBatch {
        order,
        refund: row.instruction.refund,
        piece: row.instruction.number,
        amount: row.amount,
        end_to_end_id: row.end_to_end_id,
    });
    let left_out = view.left_out.into_iter().map(|LeftOut { name, code, message }| {
        let PieceName { order, refund, piece } = name;
        Left { piece: PieceAsked { order, refund, piece }, code, message }
    });
    BatchShown {
        batch: batch_line(view.batch),
        transfers: transfers.collect(),
        left_out: left_out.collect(),
    }
}

impl From<PieceAsked> for PieceName {
    fn from(PieceAsked { order, refund, piece }: PieceAsked) -> Self {
        Self { order, refund, piece }
    }
}
