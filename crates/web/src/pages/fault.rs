//! What people are told when a page cannot be shown or a form not carried out: what happened, what was kept, what to do.

use std::borrow::Cow;
use std::fmt::Display;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use backhaul_app::{BankError, DoorError, PeopleError};
use backhaul_core::ledger::Refusal;
use backhaul_language::{Language, Speaks, terms, words, words as w};
use backhaul_store::Error;
use tower_http::csrf::ProtectionError;

use super::layout::Layout;
use super::visit::{START, Visit};
use crate::Problem;

/// Why the rules say no, for staff: in English the ledger's own sentence, which names what it is about, and in any other language what
/// its code means.
pub(crate) fn reason(speaks: impl Speaks, refusal: &Refusal) -> Cow<'static, str> {
    if speaks.language() == Language::ENGLISH {
        return Cow::Owned(refusal.message.clone());
    }
    terms::refusal(speaks, refusal.code)
}

/// A sentence that begins small, where it stands alone.
fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// Why a page is not shown, or a form not carried out. Nothing was changed then, save where it says so.
#[derive(Clone, Debug)]
pub(crate) enum PageFault {
    /// Nobody is signed in.
    SignInFirst,
    /// Whoever is signed in may, once they have proved a moment ago who they are.
    ProofNeeded,
    /// Whoever is signed in may not.
    Forbidden,
    /// It is not there, or not theirs, which is not told apart.
    NotFound,
    /// No form of ours sends that.
    Malformed,
    /// The form came from another site.
    Foreign,
    /// More than there may be.
    TooLarge,
    /// It took too long to arrive.
    TooSlow,
    /// Somebody else changed it meanwhile.
    Changed,
    /// The rules say no.
    Refused(Box<Refusal>),
    /// A clear word, in the reader's language, of why not.
    Said(String),
    /// The database cannot keep it now.
    Unavailable,
    /// It is not known whether it was carried out.
    Unclear,
    /// A mistake of ours, by the number under which it is in the log.
    Mistake(String),
}

impl PageFault {
    /// A mistake of ours: noted in the log under a number, which is all that the visitor sees.
    pub(crate) fn mistake(error: &dyn Display) -> Self {
        let number = backhaul_app::sessions::random_key().unwrap_or_default();
        let number: String = number.chars().take(8).collect();
        tracing::error!(reference = %number, "a page could not be shown: {error}");
        Self::Mistake(number)
    }

    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::SignInFirst => StatusCode::UNAUTHORIZED,
            Self::ProofNeeded | Self::Forbidden | Self::Foreign => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Changed | Self::Refused(_) => StatusCode::CONFLICT,
            Self::Said(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unavailable | Self::Unclear => StatusCode::SERVICE_UNAVAILABLE,
            Self::Mistake(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The title, and what to do.
    fn words(&self, language: Language) -> (String, String) {
        let (title, text) = match self {
            Self::SignInFirst => {
                (words::fault_sign_in(language), words::fault_sign_in_text(language))
            }
            Self::ProofNeeded => (words::fault_proof(language), words::fault_proof_text(language)),
            Self::Forbidden => {
                (words::fault_forbidden(language), words::fault_forbidden_text(language))
            }
            Self::NotFound => {
                (words::fault_not_found(language), words::fault_not_found_text(language))
            }
            Self::Malformed => {
                (words::fault_malformed(language), words::fault_malformed_text(language))
            }
            Self::Foreign => (words::fault_foreign(language), words::fault_foreign_text(language)),
            Self::TooLarge => {
                (words::fault_too_large(language), words::fault_too_large_text(language))
            }
            Self::TooSlow => {
                (words::fault_too_slow(language), words::fault_too_slow_text(language))
            }
            Self::Changed => (words::fault_changed(language), words::fault_changed_text(language)),
            Self::Refused(refusal) => {
                let clauses: Vec<_> =
                    refusal.clauses.iter().map(backhaul_core::decision::ClauseId::as_str).collect();
                let text = words::fault_refused_text(
                    language,
                    clauses.join(", "),
                    capitalised(&reason(language, refusal)),
                );
                (words::fault_refused(language), text)
            }
            Self::Said(text) => (words::fault_said(language), text.clone().into()),
            Self::Unavailable => {
                (words::fault_unavailable(language), words::fault_unavailable_text(language))
            }
            Self::Unclear => (words::fault_unclear(language), words::fault_unclear_text(language)),
            Self::Mistake(number) => {
                (words::fault_mistake(language), words::fault_mistake_text(language, number))
            }
        };
        (title.into_owned(), text.into_owned())
    }

    /// What happened and what to do, in one text: for one of several that were asked for at once.
    pub(crate) fn said(&self, visit: &Visit) -> String {
        let (title, text) = self.words(visit.language);
        if matches!(self, Self::Said(_)) { text } else { format!("{title}. {text}") }
    }

    /// The page that says so, for whoever looked.
    pub(crate) fn shown(&self, visit: &Visit) -> Response {
        let (title, text) = self.words(visit.language);
        let back = visit.back.clone();
        let page = FaultPage { layout: Layout::of(visit, &title), title, text, back };
        let drawn = askama::Template::render(&page).unwrap_or_default();
        (self.status(), Html(drawn)).into_response()
    }
}

/// The page of a fault.
#[derive(askama::Template)]
#[template(path = "layout/fault.html")]
pub(crate) struct FaultPage {
    pub(crate) layout: Layout,
    pub(crate) title: String,
    pub(crate) text: String,
    /// Where to look again.
    pub(crate) back: String,
}

impl IntoResponse for PageFault {
    fn into_response(self) -> Response {
        if matches!(self, Self::SignInFirst) {
            return Redirect::to(START).into_response();
        }
        // Without a visitor yet: `visit::enter` draws the page.
        let mut answer = self.status().into_response();
        answer.extensions_mut().insert(self);
        answer
    }
}

impl From<Error> for PageFault {
    fn from(error: Error) -> Self {
        match error {
            Error::Unclear { .. } => Self::Unclear,
            Error::Panicked { .. }
            | Error::Unreadable { .. }
            | Error::Nested
            | Error::SecondGlance => Self::mistake(&error),
            error => {
                tracing::error!(error = %error, "the database fails");
                Self::Unavailable
            }
        }
    }
}

impl From<DoorError> for PageFault {
    fn from(error: DoorError) -> Self {
        match error {
            DoorError::ProofNeeded => Self::ProofNeeded,
            DoorError::Forbidden { .. } | DoorError::PersonNeeded => Self::Forbidden,
            DoorError::UnknownOrder { .. } => Self::NotFound,
            DoorError::VersionDiffers { .. }
            | DoorError::CaseTaken { .. }
            | DoorError::KeyReused => Self::Changed,
            DoorError::TextsTooLarge
            | DoorError::TextTaken { .. }
            | DoorError::TextControl { .. } => Self::Malformed,
            DoorError::Refused(refusal) => Self::Refused(Box::new(refusal)),
            DoorError::Database(error) => error.into(),
            error => Self::mistake(&error),
        }
    }
}

impl From<Problem> for PageFault {
    fn from(problem: Problem) -> Self {
        if problem.is_of_server() {
            Self::Unavailable
        } else {
            Self::Said(problem.detail().to_owned())
        }
    }
}

impl From<BankError> for PageFault {
    fn from(error: BankError) -> Self {
        match error {
            BankError::Door(error) => error.into(),
            BankError::Database(error) => error.into(),
            BankError::ProofNeeded => Self::ProofNeeded,
            BankError::Forbidden { .. } => Self::Forbidden,
            BankError::UnknownOrder(_) | BankError::UnknownBatch(_) => Self::NotFound,
            error => Self::Said(error.to_string()),
        }
    }
}

impl From<PeopleError> for PageFault {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Database(error) => error.into(),
            error => Self::mistake(&error),
        }
    }
}

/// What a form from another site is answered.
pub(crate) fn foreign_form(_: ProtectionError) -> Response<Body> {
    let (title, text) = PageFault::Foreign.words(Language::ENGLISH);
    (StatusCode::FORBIDDEN, format!("{title}\n\n{text}\n")).into_response()
}

/// Gives a request up that takes too long. What it asked for may still be carried out.
pub(crate) async fn in_time(request: Request, next: Next) -> Response {
    let limit: Duration = crate::time_for(&request);
    let answered = tokio::time::timeout(limit, next.run(request)).await;
    answered.unwrap_or_else(|_| PageFault::Unclear.into_response())
}
