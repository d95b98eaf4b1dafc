//! What was said in a case.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use backhaul_app::Right;
use backhaul_app::conversation::{Said, SaidAs};
use backhaul_core::ledger::command::Speaker;
use backhaul_core::ledger::{Actor, CaseId, TextId, UnitId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Service;
use crate::operation::{self, Access, Operation};
use crate::problem::{Problem, ProblemCode};
use crate::request::InPath;

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Method::GET,
            "/cases/{case}/messages",
            "list_messages",
            "What was said in a case and in those that were merged into it, notes among staff included, the oldest first.",
            Access::Right(Right::Read),
            list,
        )
        .path("case", 200, operation::NAME, "The case's number.")
        .answers::<Messages>(200, "The messages."),
    ]
}

/// What was said in a case.
#[derive(Serialize, ToSchema)]
struct Messages {
    /// The messages, the oldest first.
    messages: Vec<MessageShown>,
}

/// Something that was said.
#[derive(Serialize, ToSchema)]
struct MessageShown {
    /// The number of its event in the order's ledger.
    seq: i64,
    /// When.
    at: Timestamp,
    /// In which case.
    case: CaseId,
    /// Who speaks.
    from: Speaker,
    /// Who put it there, where that is on record.
    by: Option<Actor>,
    /// What it is.
    said: SaidShown,
    /// The unit that it is about, where it is about one; of several the first.
    unit: Option<UnitId>,
    /// Whether the buyer who contested was right, where that is answered.
    upheld: Option<bool>,
    /// The id of the words.
    text: TextId,
    /// The words; nothing once they are erased.
    words: Option<String>,
}

/// What a message is.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SaidShown {
    /// The report with which the case was opened.
    Report,
    /// A message to the other side.
    Message,
    /// A note that the buyer does not see.
    Note,
    /// The instructions of an authorisation.
    Instructions,
    /// Why a claim was declined.
    Decline,
    /// What will be kept back.
    Deduction,
    /// The buyer contests what was found.
    Contest,
    /// The answer to it.
    ContestAnswer,
}

async fn list(
    State(service): State<Service>,
    InPath(case): InPath<CaseId>,
) -> Result<Json<Messages>, Problem> {
    let unknown = || Problem::new(ProblemCode::CaseUnknown, format!("there is no case `{case}`"));
    let messages = service.app.conversation_of_staff(&case).await?.ok_or_else(unknown)?;
    Ok(Json(Messages { messages: messages.into_iter().map(shown).collect() }))
}

fn shown(said: Said) -> MessageShown {
    let Said { seq, at, case, from, by, said_as, unit, text, words } = said;
    let (said, upheld) = match said_as {
        SaidAs::Report => (SaidShown::Report, None),
        SaidAs::Message => (SaidShown::Message, None),
        SaidAs::Note => (SaidShown::Note, None),
        SaidAs::Instructions => (SaidShown::Instructions, None),
        SaidAs::Decline => (SaidShown::Decline, None),
        SaidAs::Deduction => (SaidShown::Deduction, None),
        SaidAs::Contest => (SaidShown::Contest, None),
        SaidAs::ContestAnswer { upheld } => (SaidShown::ContestAnswer, Some(upheld)),
    };
    MessageShown { seq, at, case, from, by, said, unit, upheld, text, words }
}
