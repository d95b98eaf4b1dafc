//! Every refusal, as RFC 9457 wants it: `application/problem+json`, with a code of a closed list.

use std::any::Any;

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use backhaul_app::webhooks::WebhookError;
use backhaul_app::{
    BankError, DoorError, ImportError, LeftOut, LookUpError, PeopleError, ResumeError,
};
use backhaul_core::ledger::{Refusal, RefusalCode};
use backhaul_store::Error;
use backhaul_store::ledger::LedgerError;
use backhaul_store::orders::OrderStoreError;
use serde::Serialize;
use utoipa::ToSchema;

macro_rules! codes {
    ($($item:ident = $text:literal, $status:ident, $what:literal;)+) => {
        /// What kind of refusal it is. Refusals of the ledger and faults of facts have codes of their own lists beside these.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ProblemCode { $(#[doc = $what] $item,)+ }

        impl ProblemCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$item,)+];

            /// The code as it is written.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$item => $text,)+ }
            }

            /// The status that goes with it.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$item => StatusCode::$status,)+ }
            }

            /// What it means, in one sentence.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$item => $what,)+ }
            }
        }
    };
}

codes! {
    NotAuthenticated = "not_authenticated", UNAUTHORIZED, "No key was given, or it is not good.";
    Forbidden = "forbidden", FORBIDDEN, "The key's roles do not include this.";
    ProofNeeded = "proof_needed", FORBIDDEN, "The amount needs somebody who proved a moment ago who they are.";
    PersonNeeded = "person_needed", FORBIDDEN, "The amount needs two people who are signed in, and a key is none of them.";
    NotFound = "not_found", NOT_FOUND, "There is nothing at this address.";
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "This address does not know the method.";
    OrderUnknown = "order_unknown", NOT_FOUND, "There is no such order.";
    CaseUnknown = "case_unknown", NOT_FOUND, "There is no such case.";
    TextUnknown = "text_unknown", NOT_FOUND, "There is no such text, or it was erased.";
    KeyUnknown = "key_unknown", NOT_FOUND, "There is no such key.";
    StaffUnknown = "staff_unknown", NOT_FOUND, "There is no such member of staff.";
    TemplateUnknown = "template_unknown", NOT_FOUND, "There is no such template of an answer.";
    TemplateMalformed = "template_malformed", UNPROCESSABLE_ENTITY, "The template of an answer is not within its limits, or has a placeholder that is not known.";
    TemplateNotFilled = "template_not_filled", CONFLICT, "Nothing is known of the case for a placeholder of the template.";
    TooManyTemplates = "too_many_templates", CONFLICT, "There are as many templates of answers as there may be.";
    BankAccountUnknown = "bank_account_unknown", NOT_FOUND, "There are no bank details of this order, or they were erased.";
    BankAccountMalformed = "bank_account_malformed", UNPROCESSABLE_ENTITY, "The bank details are not those of an account.";
    BankAccountHeld = "bank_account_held", CONFLICT, "The bank details cannot be changed now, or not by you.";
    BankBatchUnknown = "bank_batch_unknown", NOT_FOUND, "There is no such batch.";
    BankBatchEmpty = "bank_batch_empty", CONFLICT, "Nothing of what was asked for can be paid now.";
    BankBatchFormat = "bank_batch_format", CONFLICT, "The batch cannot be written in that format.";
    BankTransferUnknown = "bank_transfer_unknown", NOT_FOUND, "There is no transfer with that end-to-end id.";
    BankTransferBooked = "bank_transfer_booked", CONFLICT, "The transfer was booked with another reference.";
    WebhookUnknown = "webhook_unknown", NOT_FOUND, "There is no such webhook endpoint.";
    DeliveryUnknown = "delivery_unknown", NOT_FOUND, "There is no such webhook delivery.";
    WebhookAddress = "webhook_address", UNPROCESSABLE_ENTITY, "Webhooks are not sent to this address.";
    TooManyWebhooks = "too_many_webhooks", CONFLICT, "There are as many webhook endpoints as there may be.";
    PieceUnknown = "piece_unknown", NOT_FOUND, "The order has no such piece of a refund.";
    NobodyToAsk = "nobody_to_ask", CONFLICT, "No payment provider can be asked about this.";
    BuyerUnknown = "buyer_unknown", NOT_FOUND, "Nothing is known of the order's buyer.";
    BuyerErased = "buyer_erased", CONFLICT, "The order's buyer was erased, which is for good.";
    Copying = "copying", CONFLICT, "A copy or an export is being made already: ask again when it is done.";
    Reconciling = "reconciling", CONFLICT, "A reconciliation runs already.";
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "The body is not `application/json`.";
    MalformedJson = "malformed_json", BAD_REQUEST, "The body is no JSON document.";
    MalformedBody = "malformed_body", UNPROCESSABLE_ENTITY, "A field of the body is missing, unknown or not of its type.";
    MalformedQuery = "malformed_query", BAD_REQUEST, "A query parameter is unknown or not of its type.";
    MalformedCursor = "malformed_cursor", BAD_REQUEST, "The cursor is none that this list has given.";
    MalformedPath = "malformed_path", BAD_REQUEST, "A part of the address is not of its type.";
    BodyTimeout = "body_timeout", REQUEST_TIMEOUT, "The body did not arrive in time; nothing was done.";
    TooLarge = "too_large", PAYLOAD_TOO_LARGE, "The body is over the limit.";
    IdempotencyKeyMissing = "idempotency_key_missing", BAD_REQUEST, "This request needs the header `Idempotency-Key`.";
    IdempotencyKeyMalformed = "idempotency_key_malformed", BAD_REQUEST, "The idempotency key has 1 to 255 visible ASCII characters.";
    IdempotencyKeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY, "The idempotency key was used for another request.";
    PreconditionMalformed = "precondition_malformed", BAD_REQUEST, "`If-Match` is not an entity tag that this API has given.";
    PreconditionFailed = "precondition_failed", PRECONDITION_FAILED, "The order has changed since you looked.";
    OrderInvalid = "order_invalid", UNPROCESSABLE_ENTITY, "The order does not add up, or its number is no number.";
    OrderConflict = "order_conflict", CONFLICT, "Somebody else imported the same order at the same time.";
    PolicyVersionUnknown = "policy_version_unknown", NOT_FOUND, "There is no such policy version.";
    PolicyInvalid = "policy_invalid", UNPROCESSABLE_ENTITY, "The policy file cannot be used.";
    PolicyWarned = "policy_warned", CONFLICT, "The check of the policy warns, and the warnings were not accepted.";
    PolicyExists = "policy_exists", CONFLICT, "There is a policy of that id and version already.";
    PolicyTooSoon = "policy_too_soon", CONFLICT, "The policy would judge orders that were placed under other terms.";
    PolicyFull = "policy_full", CONFLICT, "There are as many policy versions as there may be.";
    PolicyInForce = "policy_in_force", CONFLICT, "The policy version is in force, or was withdrawn before.";
    PolicyUnknown = "policy_unknown", CONFLICT, "The policy version that judges the order is not loaded.";
    CaseTaken = "case_taken", CONFLICT, "The case number is another order's.";
    TextTaken = "text_taken", CONFLICT, "The id of a text names other words already.";
    Name = "name", UNPROCESSABLE_ENTITY, "The name or the password is not within its limits.";
    Overloaded = "overloaded", SERVICE_UNAVAILABLE, "Too many requests are waiting; nothing was done.";
    StorageUnavailable = "storage_unavailable", SERVICE_UNAVAILABLE, "The database does not answer; nothing was done.";
    Unclear = "unclear", SERVICE_UNAVAILABLE, "No answer came in time, or the database was lost in the middle: repeat the request with the same key.";
    Internal = "internal", INTERNAL_SERVER_ERROR, "A mistake of ours; it was logged.";
}

/// A refusal on its way out.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: String,
    pointer: Option<String>,
    clauses: Vec<String>,
}

/// A refusal as RFC 9457 wants it.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemShown<'a> {
    /// `urn:backhaul:problem:` and the code.
    r#type: String,
    /// The kind of refusal, in one sentence.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// What happened this time, and what is allowed.
    detail: &'a str,
    /// The code, of a closed list.
    code: &'a str,
    /// Where in the body, as a JSON Pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'a str>,
    /// The clauses of the policy that are why.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    clauses: &'a [String],
}

impl Problem {
    /// A refusal of that kind.
    #[must_use]
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self::coded(code.status(), code.as_str(), code.title(), detail.into())
    }

    /// A refusal of that kind which says no more than what it is.
    #[must_use]
    pub fn plain(code: ProblemCode) -> Self {
        Self::new(code, code.title())
    }

    /// A refusal whose code is of another list.
    pub(crate) const fn coded(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: String,
    ) -> Self {
        Self { status, code, title, detail, pointer: None, clauses: Vec::new() }
    }

    /// The code, and the place in the body where there is one.
    #[cfg(test)]
    pub(crate) fn place(&self) -> (&'static str, Option<&str>) {
        (self.code, self.pointer.as_deref())
    }

    /// What happened this time.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// Whether it is no fault of the request's.
    pub(crate) fn is_of_server(&self) -> bool {
        self.status.is_server_error()
    }

    /// The same, with the place in the body.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, code, title, detail, pointer, clauses } = &self;
        let shown = ProblemShown {
            r#type: format!("urn:backhaul:problem:{code}"),
            title,
            status: status.as_u16(),
            detail,
            code,
            pointer: pointer.as_deref(),
            clauses,
        };
        let mut response = (*status, Json(shown)).into_response();
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        match *status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            // What of the body has not come cannot be told from the next request.
            StatusCode::REQUEST_TIMEOUT => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

/// A mistake of ours: the log gets what happened, the caller does not.
fn internal(error: &dyn std::error::Error) -> Problem {
    tracing::error!(error = %error, "a request failed");
    Problem::plain(ProblemCode::Internal)
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Overloaded => Self::plain(ProblemCode::Overloaded),
            Error::Unclear { .. } => {
                tracing::error!(error = %error, "a commit is unclear");
                Self::plain(ProblemCode::Unclear)
            }
            Error::Panicked { .. }
            | Error::Unreadable { .. }
            | Error::Nested
            | Error::SecondGlance => internal(&error),
            error => {
                tracing::error!(error = %error, "the database fails");
                Self::plain(ProblemCode::StorageUnavailable)
            }
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.code {
            RefusalCode::StaffOnly | RefusalCode::FinanceOnly | RefusalCode::NotForBuyer => {
                StatusCode::FORBIDDEN
            }
            _ => StatusCode::CONFLICT,
        };
        let title = "The order's ledger says no.";
        let mut problem = Self::coded(status, refusal.code.as_str(), title, refusal.message);
        problem.clauses = refusal.clauses.iter().map(ToString::to_string).collect();
        problem
    }
}

impl From<DoorError> for Problem {
    fn from(error: DoorError) -> Self {
        use ProblemCode as Code;
        let code = match error {
            DoorError::Refused(refusal) => return refusal.into(),
            DoorError::Database(error) => return error.into(),
            DoorError::Ledger(backhaul_store::ledger::LedgerError::Database(error)) => {
                return error.into();
            }
            DoorError::Order(error) => return error.into(),
            DoorError::Forbidden { .. } => Code::Forbidden,
            DoorError::UnknownOrder { .. } => Code::OrderUnknown,
            DoorError::UnknownPolicy { .. } => Code::PolicyUnknown,
            DoorError::CaseTaken { .. } => Code::CaseTaken,
            DoorError::UnknownStaff { .. } => Code::StaffUnknown,
            DoorError::VersionDiffers { .. } => Code::PreconditionFailed,
            DoorError::KeyReused => Code::IdempotencyKeyReused,
            DoorError::TextTaken { .. } => Code::TextTaken,
            DoorError::TextsTooLarge | DoorError::TextControl { .. } => Code::MalformedBody,
            DoorError::ProofNeeded => Code::ProofNeeded,
            DoorError::PersonNeeded => Code::PersonNeeded,
            DoorError::LeaseLost => return internal(&error),
            DoorError::Ledger(ref ledger) => {
                let is_busy =
                    matches!(ledger, backhaul_store::ledger::LedgerError::VersionConflict { .. });
                return if is_busy { Self::plain(Code::Overloaded) } else { internal(&error) };
            }
        };
        Self::new(code, error.to_string())
    }
}

impl From<OrderStoreError> for Problem {
    fn from(error: OrderStoreError) -> Self {
        match error {
            OrderStoreError::Conflict { .. } => {
                Self::new(ProblemCode::OrderConflict, error.to_string())
            }
            OrderStoreError::Database(error) => error.into(),
            OrderStoreError::Unreadable { .. } => internal(&error),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Database(error) | ImportError::Ledger(LedgerError::Database(error)) => {
                error.into()
            }
            ImportError::Order(error) => error.into(),
            ImportError::Ledger(_) => internal(&error),
            error => Self::new(ProblemCode::OrderInvalid, error.to_string()),
        }
    }
}

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Database(error) => error.into(),
            PeopleError::Secret(_) => internal(&error),
            error => Self::new(ProblemCode::Name, error.to_string()),
        }
    }
}

impl From<BankError> for Problem {
    fn from(error: BankError) -> Self {
        use ProblemCode as Code;
        let code = match error {
            BankError::Door(error) => return error.into(),
            BankError::Database(error) => return error.into(),
            BankError::Machine(_) => return internal(&error),
            BankError::NothingToPay { left_out } => return nothing_to_pay(&left_out),
            BankError::Forbidden { .. } | BankError::Unnamed => Code::Forbidden,
            BankError::ProofNeeded => Code::ProofNeeded,
            BankError::UnknownOrder(_) => Code::OrderUnknown,
            BankError::UnknownBatch(_) => Code::BankBatchUnknown,
            BankError::UnknownTransfer => Code::BankTransferUnknown,
            BankError::Account(_) => Code::BankAccountMalformed,
            BankError::AccountChange | BankError::AccountInUse => Code::BankAccountHeld,
            BankError::NoDebtor | BankError::FormatDiffers { .. } | BankError::Erased => {
                Code::BankBatchFormat
            }
            BankError::KeyReused => Code::IdempotencyKeyReused,
            BankError::ReferenceDiffers => Code::BankTransferBooked,
            BankError::PieceCount
            | BankError::ExecuteOn
            | BankError::Reference
            | BankError::Lines(_) => Code::MalformedBody,
        };
        Self::new(code, error.to_string())
    }
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        use ProblemCode as Code;
        let code = match error {
            WebhookError::Database(error) => return error.into(),
            WebhookError::Random(_) => return internal(&error),
            WebhookError::Url(fault) => {
                return Self::new(Code::WebhookAddress, fault.to_string()).at("/url");
            }
            WebhookError::TooMany => Code::TooManyWebhooks,
            WebhookError::UnknownEndpoint { .. } => Code::WebhookUnknown,
            WebhookError::UnknownDelivery { .. } => Code::DeliveryUnknown,
        };
        Self::new(code, error.to_string())
    }
}

/// How many pieces that were left out are named in a refusal.
const LEFT_OUT_NAMED_MAX: usize = 20;

/// Names what stands in the way.
fn nothing_to_pay(left_out: &[LeftOut]) -> Problem {
    let named = left_out.iter().take(LEFT_OUT_NAMED_MAX).map(|LeftOut { name, code, message }| {
        format!("{}/{}/{}: {message} ({code})", name.order, name.refund, name.piece)
    });
    let mut named: Vec<_> = named.collect();
    match left_out.len().saturating_sub(LEFT_OUT_NAMED_MAX) {
        0 if named.is_empty() => named.push("nothing is to be paid by then".to_owned()),
        0 => {}
        more => named.push(format!("and {more} more")),
    }
    Problem::new(ProblemCode::BankBatchEmpty, named.join("; "))
}

impl From<ResumeError> for Problem {
    fn from(error: ResumeError) -> Self {
        match error {
            ResumeError::Forbidden => Self::new(ProblemCode::Forbidden, error.to_string()),
            ResumeError::Database(error) => error.into(),
        }
    }
}

impl From<LookUpError> for Problem {
    fn from(error: LookUpError) -> Self {
        use ProblemCode as Code;
        let code = match error {
            LookUpError::Door(error) => return error.into(),
            LookUpError::Database(error) => return error.into(),
            LookUpError::UnknownOrder { .. } => Code::OrderUnknown,
            LookUpError::UnknownInstruction { .. } => Code::PieceUnknown,
            LookUpError::NobodyToAsk { .. } => Code::NobodyToAsk,
        };
        Self::new(code, error.to_string())
    }
}

/// Where no route is.
pub(crate) async fn not_found() -> Problem {
    Problem::plain(ProblemCode::NotFound)
}

/// Where a route is, but not with this method.
pub(crate) async fn method_not_allowed() -> Problem {
    Problem::plain(ProblemCode::MethodNotAllowed)
}

/// Gives a request up that takes too long. What it asked for may still be carried out.
pub(crate) async fn in_time(request: Request, next: Next) -> Response {
    let limit = crate::time_for(&request);
    let answered = tokio::time::timeout(limit, next.run(request)).await;
    answered.unwrap_or_else(|_| Problem::plain(ProblemCode::Unclear).into_response())
}

/// What a panic in a handler comes to.
pub(crate) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request panicked");
    Problem::plain(ProblemCode::Internal).into_response()
}
