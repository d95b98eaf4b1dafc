//! Answers that staff have ready, and drafts of them for a case.

use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use backhaul_app::{
    DraftError, Drafted, Placeholder, Right, TITLE_CHARS_MAX, Template, TemplateError,
    TemplateFault, WORDS_CHARS_MAX,
};
use backhaul_core::ledger::{Actor, CaseId};
use backhaul_language::Language;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Service;
use crate::caller::Caller;
use crate::operation::{self, Access, Operation};
use crate::problem::{Problem, ProblemCode};
use crate::request::{Body, InPath, InQuery};

const TEMPLATE: &str = "/answer_templates/{template}/{language}";
const ID: &str = "^[a-z0-9_]+$";
const TAG: &str = "^[A-Za-z0-9-]+$";

pub(crate) fn operations() -> Vec<Operation> {
    let write = Access::Right(Right::WriteAnswers);
    let of_template =
        |operation: Operation| {
            operation
                .path("template", 60, ID, "The template's id; the same in each language.")
                .path("language", 35, TAG, "The language, as a tag such as `en` or `zh-Hans`.")
        };
    vec![
        Operation::new(
            Method::GET,
            "/answer_templates",
            "list_answer_templates",
            "Every template of an answer in each of its languages, and the placeholders that there are.",
            Access::Right(Right::Read),
            list,
        )
        .answers::<Templates>(200, "The templates, by id and language."),
        of_template(Operation::new(
            Method::PUT,
            TEMPLATE,
            "put_answer_template",
            "Keep a template in the place of what was there.",
            write,
            put,
        ))
        .takes::<NewTemplate>()
        .answers_nothing(204, "It is kept."),
        of_template(Operation::new(
            Method::DELETE,
            TEMPLATE,
            "remove_answer_template",
            "Remove a template. What the program brings along for it comes back.",
            write,
            remove,
        ))
        .answers_nothing(204, "It is gone."),
        Operation::new(
            Method::GET,
            "/cases/{case}/drafts/{template}",
            "draft_answer",
            "An answer for a case, with everything filled in; nothing is sent.",
            write,
            draft,
        )
        .path("case", 200, operation::NAME, "The case's number.")
        .path("template", 60, ID, "The template's id.")
        .query("language", 35, "In which language, where the template has it; else in the buyer's, or in English.")
        .answers::<DraftShown>(200, "The draft."),
    ]
}

/// The templates that there are.
#[derive(Serialize, ToSchema)]
struct Templates {
    /// The templates.
    templates: Vec<TemplateShown>,
    /// The names that may stand between braces in their words.
    placeholders: Vec<&'static str>,
}

/// A template in one language.
#[derive(Serialize, ToSchema)]
struct TemplateShown {
    /// Its id.
    template: String,
    /// The language.
    language: &'static str,
    /// What staff call it.
    title: String,
    /// What it says.
    words: String,
    /// Who changed it last; nothing where it is as the program brings it along.
    changed_by: Option<String>,
    /// When.
    changed_at: Option<Timestamp>,
}

/// A template to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTemplate {
    /// What staff call it.
    #[schema(min_length = 1, max_length = 100)]
    title: String,
    /// What it says, with placeholders such as `{case}`.
    #[schema(min_length = 1, max_length = 10_000)]
    words: String,
}

const _: () = assert!(TITLE_CHARS_MAX == 100 && WORDS_CHARS_MAX == 10_000, "the document says so");

/// An answer, ready to be looked over and sent.
#[derive(Serialize, ToSchema)]
struct DraftShown {
    /// The template's id.
    template: String,
    /// The language that it is in.
    language: &'static str,
    /// The words.
    words: String,
}

async fn list(State(service): State<Service>) -> Result<Json<Templates>, Problem> {
    let templates = service.app.templates().await?;
    let templates = templates.into_iter().map(shown).collect();
    let placeholders = Placeholder::ALL.iter().map(|placeholder| placeholder.as_str()).collect();
    Ok(Json(Templates { templates, placeholders }))
}

fn shown(Template { id, language, title, words, changed }: Template) -> TemplateShown {
    let (changed_by, changed_at) = changed.unzip();
    TemplateShown { template: id, language: language.tag(), title, words, changed_by, changed_at }
}

async fn put(
    State(service): State<Service>,
    caller: Caller,
    InPath((template, language)): InPath<(String, String)>,
    body: Body<NewTemplate>,
) -> Result<StatusCode, Problem> {
    let NewTemplate { title, words } = body.read;
    let by = match &caller.0.who.actor {
        Actor::Staff { id, .. } => id.to_string(),
        _ => String::new(),
    };
    service.app.put_template(&template, &language, &title, &words, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove(
    State(service): State<Service>,
    InPath((template, language)): InPath<(String, String)>,
) -> Result<StatusCode, Problem> {
    if service.app.remove_template(&template, &language).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::plain(ProblemCode::TemplateUnknown))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    language: Option<String>,
}

async fn draft(
    State(service): State<Service>,
    InPath((case, template)): InPath<(CaseId, String)>,
    InQuery(Wanted { language }): InQuery<Wanted>,
) -> Result<Json<DraftShown>, Problem> {
    let language = language.as_deref().and_then(Language::of_tag);
    let Drafted { id, language, words } =
        service.app.draft_answer(&case, &template, language).await?;
    Ok(Json(DraftShown { template: id, language: language.tag(), words }))
}

impl From<TemplateError> for Problem {
    fn from(error: TemplateError) -> Self {
        let code = match error {
            TemplateError::Database(error) => return error.into(),
            TemplateError::TooMany => ProblemCode::TooManyTemplates,
            TemplateError::Id { .. }
            | TemplateError::Language { .. }
            | TemplateError::Text
            | TemplateError::Fault(_) => ProblemCode::TemplateMalformed,
        };
        Self::new(code, error.to_string())
    }
}

impl From<DraftError> for Problem {
    fn from(error: DraftError) -> Self {
        let code = match error {
            DraftError::Database(error) => return error.into(),
            DraftError::Door(error) => return error.into(),
            DraftError::UnknownCase { .. } => ProblemCode::CaseUnknown,
            DraftError::UnknownTemplate { .. } => ProblemCode::TemplateUnknown,
            DraftError::Fault(TemplateFault::NotKnown { .. }) => ProblemCode::TemplateNotFilled,
            DraftError::Fault(_) => ProblemCode::TemplateMalformed,
        };
        Self::new(code, error.to_string())
    }
}
