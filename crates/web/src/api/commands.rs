//! The commands that people and machines may ask for: one operation each, all carried out at the one door.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use backhaul_app::{Request, TEXT_CHARS_MAX, TEXTS_MAX};
use backhaul_core::ledger::{Command, Event, EventKind, ID_CHARS_MAX, TextId, command};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};

use super::orders::NUMBER_CHARS_MAX;
use crate::Service;
use crate::caller::Caller;
use crate::operation::{self, Access, Operation};
use crate::problem::Problem;
use crate::request::{Body, InPath, Key, Seen, carried_out};

/// The words of texts that a command names, by id. They are kept in the same transaction, and can be erased.
pub(crate) type Texts = BTreeMap<TextId, String>;

/// What texts look like in the document.
pub(crate) fn texts_schema() -> Schema {
    let text = |pattern: &str, most: usize| {
        let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        text.pattern(Some(pattern)).max_length(Some(most))
    };
    let words = text(r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$", TEXT_CHARS_MAX);
    ObjectBuilder::new()
        .description(Some("The texts that the command names, by id."))
        .property_names(Some(text(operation::NAME, ID_CHARS_MAX)))
        .additional_properties(Some(words))
        .max_properties(Some(TEXTS_MAX))
        .into()
}

/// What the API does with a command.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked<C> {
    /// The command.
    command: C,
    /// The texts that it names, by id.
    #[serde(default)]
    #[schema(schema_with = texts_schema)]
    texts: Texts,
}

/// What a command brought about.
#[derive(Serialize, ToSchema)]
pub(crate) struct CarriedOut {
    /// The order.
    order: String,
    /// The version of its ledger after it.
    version: i64,
    /// The kinds of the events that were recorded; none where it told nothing new.
    recorded: Vec<EventKind>,
}

macro_rules! commands {
    ($($name:ident $path:literal $summary:literal;)+) => {
        pub(crate) fn operations() -> Vec<Operation> {
            vec![$(operation::<command::$name>($path, $summary),)+]
        }

        /// The commands that are asked for here, by their names.
        #[cfg(test)]
        const ASKED_FOR: &[&str] = &[$($path,)+];
    };
}

commands! {
    OpenCase "/orders/{number}/open_case" "Open a case under a number of your own.";
    AddEvidence "/orders/{number}/add_evidence" "Add evidence to claims; they are decided again.";
    WaiveEvidence "/orders/{number}/waive_evidence" "Waive an evidence slot; the claims are decided again.";
    ConfirmFact "/orders/{number}/confirm_fact" "Confirm a fact that staff were asked for.";
    AmendClaim "/orders/{number}/amend_claim" "Change what is claimed.";
    Overrule "/orders/{number}/overrule" "Decide against the engine, with a clause and a reason.";
    Authorise "/orders/{number}/authorise" "Let the goods come.";
    Decline "/orders/{number}/decline" "Decline claims on a clause.";
    CancelClaims "/orders/{number}/cancel_claims" "Take claims back before anything arrived.";
    CloseCase "/orders/{number}/close_case" "Close a finished case.";
    ReopenCase "/orders/{number}/reopen_case" "Take a case up again.";
    TellDeduction "/orders/{number}/tell_deduction" "Record that the buyer was told of a deduction.";
    WriteMessage "/orders/{number}/write_message" "Write to the buyer, take down what the buyer said, or leave a note for staff.";
    AssignCase "/orders/{number}/assign_case" "Say who looks after a case.";
    ContestFinding "/orders/{number}/contest_finding" "Contest what an inspection came to.";
    AnswerContest "/orders/{number}/answer_contest" "Answer a buyer who contests; where the buyer is right, the inspection is set aside.";
    MergeCases "/orders/{number}/merge_cases" "Make two cases one; the old number leads to the other.";
    SplitCase "/orders/{number}/split_case" "Make a case of its own out of some units of a case.";
    AnnounceParcel "/orders/{number}/announce_parcel" "Announce a parcel.";
    ReceiveParcel "/orders/{number}/receive_parcel" "Book a parcel in, announced or not.";
    MatchArrival "/orders/{number}/match_arrival" "Match a held arrival to a claim.";
    SendBackArrival "/orders/{number}/send_back_arrival" "Send a held arrival back.";
    InspectUnit "/orders/{number}/inspect_unit" "Record an inspection; the claim is decided again.";
    DisposeUnit "/orders/{number}/dispose_unit" "Restock, scrap, mend or pass on a unit.";
    SendBackUnit "/orders/{number}/send_back_unit" "Send a declined or mended unit back to the buyer.";
    AllocateReplacement "/orders/{number}/allocate_replacement" "Set a replacement aside.";
    ShipReplacement "/orders/{number}/ship_replacement" "Send a replacement.";
    DeliverReplacement "/orders/{number}/deliver_replacement" "Record that a replacement arrived.";
    CancelReplacement "/orders/{number}/cancel_replacement" "Do not send a replacement after all.";
    ApproveRefund "/orders/{number}/approve_refund" "Approve a refund; it leaves by itself, once.";
    CancelRefund "/orders/{number}/cancel_refund" "Cancel a refund of which nothing has left.";
    ReissueRefund "/orders/{number}/reissue_refund" "Issue a failed piece or an uncovered rest again.";
    WriteOffRest "/orders/{number}/write_off_rest" "Let go what cannot be issued.";
    ResolveInstruction "/orders/{number}/resolve_instruction" "Say how an instruction ended, with the proof.";
    WithdrawInstruction "/orders/{number}/withdraw_instruction" "Take back an instruction that has not left.";
    RecordChargeback "/orders/{number}/record_chargeback" "Record that a payment was charged back.";
    CloseChargeback "/orders/{number}/close_chargeback" "Record how a chargeback ended.";
    RecordFreight "/orders/{number}/record_freight" "Record freight that somebody laid out.";
    RefundFreight "/orders/{number}/refund_freight" "Let freight that is owed to the buyer ride on the payments.";
    SettleFreight "/orders/{number}/settle_freight" "Settle a debt for freight.";
}

fn operation<C>(path: &'static str, summary: &str) -> Operation
where
    C: DeserializeOwned + Into<Command> + ToSchema + Send + 'static,
{
    let name = path.rsplit('/').next().unwrap_or_default();
    Operation::new(Method::POST, path, name, summary, Access::Command, carry_out::<C>)
        .path("number", NUMBER_CHARS_MAX, operation::NUMBER, "The order's number.")
        .keyed()
        .conditional()
        .takes_of::<Asked<C>, C>()
        .answers_tagged::<CarriedOut>(200, "It was carried out, and is kept.")
}

async fn carry_out<C: DeserializeOwned + Into<Command>>(
    State(service): State<Service>,
    caller: Caller,
    InPath(number): InPath<String>,
    key: Key,
    Seen(expected): Seen,
    body: Body<Asked<C>>,
) -> Result<Response, Problem> {
    let once = Some(key.once(&caller, body.hash));
    let Asked { command, texts } = body.read;
    let request = Request {
        texts: texts.into_iter().collect(),
        expected,
        once,
        ..Request::new(caller.0.who.clone(), &number, command.into())
    };
    let done = service.app.ask(request).await?;
    let shown = CarriedOut {
        order: number,
        version: done.version,
        recorded: done.events.iter().map(Event::kind).collect(),
    };
    Ok((carried_out(&done), Json(shown)).into_response())
}

#[cfg(test)]
mod tests {
    use backhaul_core::ledger::Command;

    use super::ASKED_FOR;

    /// A command is asked for here, or only by jobs of the system.
    #[test]
    fn every_command_is_here_but_those_of_jobs() {
        const OF_JOBS: [&str; 4] =
            ["expire_case", "submit_instruction", "resend_instruction", "record_answer"];
        let asked: Vec<_> = ASKED_FOR.iter().map(|path| path.rsplit('/').next().unwrap()).collect();
        for name in Command::NAMES {
            assert_ne!(asked.contains(name), OF_JOBS.contains(name), "{name}");
        }
        assert_eq!(asked.len() + OF_JOBS.len(), Command::NAMES.len());
    }
}
