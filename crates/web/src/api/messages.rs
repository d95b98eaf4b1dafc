//! What was said in a case.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use backhaul_app::{Message, Right, Said};
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
    /// Who put it there.
    by: Actor,
    /// What it is.
    said: SaidShown,
    /// The unit, where a finding is contested or that is answered.
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
    /// With what the buyer opened the case.
    Opening,
    /// A message to the other side.
    Message,
    /// A note that the buyer does not see.
    Note,
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
    let messages = service.app.messages(&case, true).await?.ok_or_else(unknown)?;
    Ok(Json(Messages { messages: messages.into_iter().map(shown).collect() }))
}

fn shown(message: Message) -> MessageShown {
    let Message { seq, at, case, from, by, said, text, words } = message;
    let (said, unit, upheld) = match said {
        Said::Opening => (SaidShown::Opening, None, None),
        Said::Message => (SaidShown::Message, None, None),
        Said::Note => (SaidShown::Note, None, None),
        Said::Contest { unit } => (SaidShown::Contest, Some(unit), None),
        Said::ContestAnswer { unit, upheld } => {
            (SaidShown::ContestAnswer, Some(unit), Some(upheld))
        }
    };
    MessageShown { seq, at, case, from, by, said, unit, upheld, text, words }
}
