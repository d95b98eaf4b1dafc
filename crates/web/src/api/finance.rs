//! What finance does beside commands: look whether refunds are paused, have the providers asked, and let refunds go on.

use axum::extract::{Extension, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, http::header};
use backhaul_app::{App, LookUp, LookedUp, RefundFinding, Right, SubmitAnswer};
use backhaul_core::ledger::{Event, InstructionId, RefundId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use super::orders::NUMBER_CHARS_MAX;
use crate::Service;
use crate::blocking::blocking;
use crate::caller::Caller;
use crate::operation::{self, Access, Operation};
use crate::problem::{Problem, ProblemCode};
use crate::reconciling::{Progress, Reconciling};
use crate::request::{Body, InPath};

/// How many look-ups wait for providers at once, so that a slow one does not take every thread.
const LOOK_UPS_AT_ONCE: usize = 4;

static LOOKING_UP: Semaphore = Semaphore::const_new(LOOK_UPS_AT_ONCE);

pub(crate) fn operations() -> Vec<Operation> {
    let read = Access::Right(Right::ReadRefunds);
    let manage = Access::Right(Right::ManageRefunds);
    vec![
        Operation::new(
            Method::GET,
            "/refunds_paused",
            "read_refunds_paused",
            "Whether refunds are paused, as those of a restored copy are, and why.",
            read,
            paused,
        )
        .answers::<RefundsPaused>(200, "Whether they are."),
        Operation::new(
            Method::POST,
            "/resume_refunds",
            "resume_refunds",
            "Let refunds go on in your name, whatever a reconciliation has found.",
            manage,
            resume,
        )
        .answers::<RefundsResumed>(200, "They go on."),
        Operation::new(
            Method::POST,
            "/reconcile",
            "start_reconciliation",
            "Ask the providers what they did that this desk does not know, and record it. Where nothing is left to be found out, paused \
             refunds go on. It runs on; one at a time.",
            manage,
            reconcile,
        )
        .answers::<Reconciliation>(202, "It was begun; look at it again for how far it is."),
        Operation::new(
            Method::GET,
            "/reconcile",
            "read_reconciliation",
            "How far the newest reconciliation of this server is, or what it found.",
            read,
            reconciliation,
        )
        .answers::<Reconciliation>(200, "The newest one since the server was started."),
        Operation::new(
            Method::POST,
            "/orders/{number}/look_up",
            "look_up_refund",
            "Have the provider asked about one piece of a refund, now. It never pays. Where the answer decides something, the piece's own \
             job records it within moments.",
            manage,
            look_up,
        )
        .path("number", NUMBER_CHARS_MAX, operation::NUMBER, "The order's number.")
        .takes::<LookUpWanted>()
        .answers::<LookedUpShown>(200, "What the provider says, beside what the ledger has."),
    ]
}

/// Whether refunds are paused.
#[derive(Serialize, ToSchema)]
struct RefundsPaused {
    /// Whether they are.
    is_paused: bool,
    /// Why, where they are.
    reason: Option<String>,
}

/// Refunds go on.
#[derive(Serialize, ToSchema)]
struct RefundsResumed {
    /// Whether they were paused.
    was_paused: bool,
}

/// A reconciliation.
#[derive(Serialize, ToSchema)]
struct Reconciliation {
    /// `none`, `running`, `done` or `failed`.
    state: &'static str,
    /// When it was begun.
    started_at: Option<Timestamp>,
    /// When it ended.
    ended_at: Option<Timestamp>,
    /// How many orders were looked at.
    orders: usize,
    /// How many pieces of refunds were asked about.
    instructions: usize,
    /// Of those, how many the providers knew more of than the ledger, which knows it now.
    recorded: usize,
    /// How many findings keep refunds paused until a person has looked.
    findings_count: usize,
    /// The findings, once it is done; of very many the first ones.
    findings: Vec<FindingShown>,
    /// Ask again then: before, a request that was on its way could still arrive.
    again_at: Option<Timestamp>,
    /// Whether refunds were still paused at its end.
    is_paused: Option<bool>,
}

/// Something that a person of finance must look at.
#[derive(Serialize, ToSchema)]
struct FindingShown {
    /// `unresolved`: nobody can tell whether a piece was carried out. `payment_unread`: nobody can tell which refunds a payment has.
    /// `unknown_refund`: the provider has a refund that the ledger does not know so.
    kind: &'static str,
    /// The order.
    order: String,
    /// The refund, of `unresolved`.
    refund: Option<RefundId>,
    /// The piece, of `unresolved`.
    piece: Option<u16>,
    /// The payment, of the others.
    payment: Option<String>,
    /// `no_provider`, `cannot_tell`, `differs` or `refused`.
    why: Option<&'static str>,
    /// Our own name of an unknown refund, where it has one.
    reference: Option<String>,
    /// How much, in minor units of the payment's currency, of `unknown_refund`.
    amount_minor: Option<i64>,
}

/// Which piece is looked up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LookUpWanted {
    /// The refund.
    refund: RefundId,
    /// The number of the piece.
    piece: u16,
}

/// What a provider says of a piece.
#[derive(Serialize, ToSchema)]
struct LookedUpShown {
    /// Who was asked.
    provider: String,
    /// Our own name of the piece, by which it was asked.
    reference: String,
    /// `settled`, `pending`, `failed`, `unclear`, `differs` (a refund with our reference has another amount or payment), `not_there`
    /// or `no_answer`.
    said: &'static str,
    /// The provider's own name of the refund, where it says one.
    provider_reference: Option<String>,
    /// The provider's code of why it failed, where it says one.
    reason_code: Option<String>,
    /// Where the piece stands in the ledger.
    state: &'static str,
    /// Whether the piece's job was made due to record the answer.
    is_due: bool,
    /// Whether refunds are paused: then the job waits until they go on.
    is_paused: bool,
    /// What the ledger has of the piece, the oldest first.
    history: Vec<LookedUpEvent>,
}

/// An event of the piece.
#[derive(Serialize, ToSchema)]
struct LookedUpEvent {
    /// Its number in the order's ledger.
    seq: i64,
    /// When it was recorded.
    at: Timestamp,
    /// What happened.
    event: Event,
}

async fn paused(State(service): State<Service>) -> Result<Json<RefundsPaused>, Problem> {
    let reason = blocking(&service.app, App::refunds_paused).await?;
    Ok(Json(RefundsPaused { is_paused: reason.is_some(), reason }))
}

async fn resume(
    State(service): State<Service>,
    caller: Caller,
) -> Result<Json<RefundsResumed>, Problem> {
    let was_paused = blocking(&service.app, move |app| app.resume_refunds(&caller.0.who)).await?;
    Ok(Json(RefundsResumed { was_paused }))
}

async fn reconcile(
    State(service): State<Service>,
    Extension(reconciling): Extension<Reconciling>,
) -> Result<Response, Problem> {
    let begun = reconciling.begin(&service).ok_or_else(|| {
        Problem::new(ProblemCode::Reconciling, "look at `/reconcile` for how far it is")
    })?;
    let address = format!("{}/reconcile", crate::operation::BASE);
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, address)], Json(show(begun))).into_response())
}

async fn reconciliation(Extension(reconciling): Extension<Reconciling>) -> Json<Reconciliation> {
    Json(show(reconciling.newest()))
}

fn show(progress: Progress) -> Reconciliation {
    let Progress { state, started_at, ended_at, done } = progress;
    let has_ended = ended_at.is_some();
    Reconciliation {
        state: state.as_str(),
        started_at,
        ended_at,
        orders: done.orders,
        instructions: done.instructions,
        recorded: done.recorded,
        findings_count: done.findings_count,
        findings: done.findings.into_iter().map(finding).collect(),
        again_at: done.again_at,
        is_paused: has_ended.then_some(done.is_paused),
    }
}

fn finding(found: RefundFinding) -> FindingShown {
    let empty = |kind, order| FindingShown {
        kind,
        order,
        refund: None,
        piece: None,
        payment: None,
        why: None,
        reference: None,
        amount_minor: None,
    };
    match found {
        RefundFinding::Unresolved { order, instruction, why } => FindingShown {
            refund: Some(instruction.refund),
            piece: Some(instruction.number),
            why: Some(why.as_str()),
            ..empty("unresolved", order)
        },
        RefundFinding::PaymentUnread { order, payment, why } => FindingShown {
            payment: Some(payment.to_string()),
            why: Some(why.as_str()),
            ..empty("payment_unread", order)
        },
        RefundFinding::UnknownRefund { order, payment, reference, amount_minor } => FindingShown {
            payment: Some(payment.to_string()),
            reference,
            amount_minor: Some(amount_minor),
            ..empty("unknown_refund", order)
        },
    }
}

async fn look_up(
    State(service): State<Service>,
    InPath(number): InPath<String>,
    body: Body<LookUpWanted>,
) -> Result<Json<LookedUpShown>, Problem> {
    let LookUpWanted { refund, piece } = body.read;
    let id = InstructionId { refund, number: piece };
    Ok(Json(looked_up(ask_provider(&service, number, id).await?)))
}

/// Has the provider asked about one piece, now; a few at once.
///
/// # Errors
/// [`Problem`].
pub(crate) async fn ask_provider(
    service: &Service,
    number: String,
    id: InstructionId,
) -> Result<LookedUp, Problem> {
    let overloaded = |_| Problem::plain(ProblemCode::Overloaded);
    let place = LOOKING_UP.acquire().await.map_err(overloaded)?;
    let providers = service.providers.clone();
    let found = blocking(&service.app, move |app| {
        // Held until the provider has answered, even where nobody waits for it any more.
        let _place = place;
        app.look_up_refund(&providers, &number, &id)
    });
    found.await
}

fn looked_up(found: LookedUp) -> LookedUpShown {
    let LookedUp { provider, reference, said, state, history, is_due, is_paused } = found;
    let (said, provider_reference, reason_code) = match said {
        LookUp::Found(SubmitAnswer::Settled { reference }) => {
            ("settled", Some(reference.to_string()), None)
        }
        LookUp::Found(SubmitAnswer::Pending { reference }) => {
            ("pending", Some(reference.to_string()), None)
        }
        LookUp::Found(SubmitAnswer::Failed { reason_code }) => ("failed", None, Some(reason_code)),
        LookUp::Found(SubmitAnswer::Unclear) => ("unclear", None, None),
        LookUp::Differs => ("differs", None, None),
        LookUp::NotThere => ("not_there", None, None),
        LookUp::Unknown => ("no_answer", None, None),
    };
    LookedUpShown {
        provider: provider.to_string(),
        reference,
        said,
        provider_reference,
        reason_code,
        state: state.as_str(),
        is_due,
        is_paused,
        history: history
            .into_iter()
            .map(|recorded| LookedUpEvent {
                seq: recorded.seq,
                at: recorded.at,
                event: recorded.event,
            })
            .collect(),
    }
}
