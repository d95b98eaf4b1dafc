//! Policy versions: which judge, what they say, what is wrong with a file, what two do differently, and publishing one.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use backhaul_app::policies::{CompareAsked, Compared};
use backhaul_app::{App, Checked, PolicyError, Right};
use backhaul_core::policy::compare::text::PagePart;
use backhaul_core::policy::compare::{Change, Example, Seen, Sum};
use backhaul_core::policy::{Diagnostic, POLICY_BYTES_MAX, Policy, Severity, explain};
use backhaul_store::policy_versions::PolicyVersion;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Service;
use crate::blocking::blocking;
use crate::caller::Caller;
use crate::operation::{self, Access, Operation};
use crate::problem::{Problem, ProblemCode};
use crate::request::{Body, InPath, InQuery};

const ID_CHARS_MAX: usize = 200;
const POLICY: &str = "The policy's id.";
const VERSION: &str = "Its version.";
/// The most claims that a request compares, and how many where it does not say.
const CLAIMS_MAX: usize = 10_000;
const USUAL_CLAIMS: usize = 1_000;
/// The most examples that an answer shows, and how many where a request does not say.
const EXAMPLES_MAX: usize = 200;
const USUAL_EXAMPLES: usize = 50;

pub(crate) fn operations() -> Vec<Operation> {
    let (read, manage) = (Access::Right(Right::Read), Access::Right(Right::ManagePolicy));
    let one = |operation: Operation| {
        operation.path("policy", ID_CHARS_MAX, operation::NAME, POLICY).path(
            "version",
            ID_CHARS_MAX,
            operation::NAME,
            VERSION,
        )
    };
    vec![
        Operation::new(
            Method::GET,
            "/policies",
            "list_policies",
            "The policy versions that judge, and those that were published.",
            read,
            list,
        )
        .answers::<PolicyNames>(200, "The versions."),
        Operation::new(
            Method::POST,
            "/policies",
            "publish_policy",
            "Publish a policy version: it judges the orders that are placed from its effective date on. Claims that were made \
             keep their version.",
            manage,
            publish,
        )
        .takes::<NewPolicy>()
        .answers::<Published>(201, "The version as it was published."),
        one(Operation::new(
            Method::GET,
            "/policies/{policy}/{version}",
            "explain_policy",
            "A version as a page that a buyer can read, in Markdown.",
            read,
            page,
        ))
        .query("language", 35, "A BCP 47 tag; the policy's first language where it is left out.")
        .answers::<PolicyPage>(200, "The page."),
        one(Operation::new(
            Method::POST,
            "/policies/{policy}/{version}/withdraw",
            "withdraw_policy",
            "Withdraw a published version that is not in force yet. It stays on record.",
            manage,
            withdraw,
        ))
        .answers::<Published>(200, "The version, withdrawn."),
        Operation::new(
            Method::POST,
            "/policy_check",
            "check_policy",
            "Find mistakes, contradictions, rules that can never apply and situations that nothing covers. Nothing is kept.",
            manage,
            check,
        )
        .takes::<PolicyFile>()
        .answers::<PolicyChecked>(200, "What was found."),
        Operation::new(
            Method::POST,
            "/policy_compare",
            "compare_policies",
            "Compare two versions: what the buyer reads, which claims would have ended differently, and what that would have cost.",
            manage,
            compare,
        )
        .takes::<CompareBody>()
        .answers::<Comparison>(200, "What they do differently."),
    ]
}

/// The policy versions.
#[derive(Serialize, ToSchema)]
struct PolicyNames {
    /// Each version that judges, as `id@version`.
    policies: Vec<String>,
    /// The version that judges an order that is placed now.
    default: Option<String>,
    /// Those that were published, the oldest publication first.
    published: Vec<Published>,
}

/// A version as it was published.
#[derive(Serialize, ToSchema)]
struct Published {
    /// `id@version`.
    policy: String,
    /// The first day on which orders are judged by it.
    effective_on: String,
    /// The moment at which that day begins.
    effective_at: Timestamp,
    /// Who published it.
    published_by: String,
    /// When.
    published_at: Timestamp,
    /// The file's SHA-256.
    sha256: String,
    /// Who withdrew it before it was in force, where somebody did.
    withdrawn_by: Option<String>,
    /// When.
    withdrawn_at: Option<Timestamp>,
}

impl From<PolicyVersion> for Published {
    fn from(version: PolicyVersion) -> Self {
        let (withdrawn_by, withdrawn_at) = version.withdrawn.unzip();
        Self {
            policy: format!("{}@{}", version.policy, version.version),
            effective_on: version.effective_on,
            effective_at: version.effective_at,
            published_by: version.published_by,
            published_at: version.published_at,
            sha256: version.sha256,
            withdrawn_by,
            withdrawn_at,
        }
    }
}

/// A policy file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    /// The text of the file.
    #[schema(max_length = 1_048_576)]
    file: String,
}

/// A policy file to be published.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPolicy {
    /// The text of the file; its `effective` is a day that has not begun.
    #[schema(max_length = 1_048_576)]
    file: String,
    /// Whether to publish it although the check warns.
    #[serde(default)]
    accept_warnings: bool,
}

/// The most bytes that the document states are those that are taken.
const _: () = assert!(POLICY_BYTES_MAX == 1_048_576);

/// What a check found.
#[derive(Serialize, ToSchema)]
struct PolicyChecked {
    /// `id@version`, where the file can be read.
    policy: Option<String>,
    /// Whether it could be published.
    is_usable: bool,
    /// What was found, in the order of the file's lines.
    findings: Vec<PolicyFinding>,
}

/// One thing that was found.
#[derive(Serialize, ToSchema)]
struct PolicyFinding {
    /// `error` or `warning`.
    severity: &'static str,
    /// A word for the kind of mistake.
    code: &'static str,
    /// The line, from 1.
    line: usize,
    /// The column, from 1.
    column: usize,
    /// What is wrong and what is allowed.
    message: String,
    /// Facts that show it, as JSON.
    example: Option<String>,
}

impl From<Diagnostic> for PolicyFinding {
    fn from(found: Diagnostic) -> Self {
        let severity = match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let Diagnostic { code, line, column, message, example, .. } = found;
        Self { severity, code, line, column, message, example }
    }
}

/// A page that a buyer can read.
#[derive(Serialize, ToSchema)]
struct PolicyPage {
    /// `id@version`, and the laws that are laid over it.
    policy: String,
    /// The language of the page.
    language: String,
    /// The languages that there are.
    languages: Vec<String>,
    /// The page, as Markdown.
    page: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InLanguage {
    language: Option<String>,
}

/// Two versions to compare.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompareBody {
    /// The old version, as `id@version`; the one that judges now where it is left out.
    old: Option<String>,
    /// The new version, as `id@version`.
    new: Option<String>,
    /// Or the text of the new version's file.
    #[schema(max_length = 1_048_576)]
    new_file: Option<String>,
    /// How many claims that were made, the newest cases first; 1000 where it is left out.
    #[schema(maximum = 10000)]
    claims: Option<u32>,
    /// How many examples to show; 50 where it is left out.
    #[schema(maximum = 200)]
    examples: Option<u32>,
    /// The language of the pages; the new version's first where it is left out.
    language: Option<String>,
}

/// What two versions do differently.
#[derive(Serialize, ToSchema)]
struct Comparison {
    /// The old version.
    old: String,
    /// The new one.
    new: String,
    /// Made-up situations that tell the rules apart.
    situations: Seen,
    /// Claims that were made.
    claims: Seen,
    /// Of the claims that end differently: from which verdict to which.
    changes: Vec<Change>,
    /// Of the claims that end differently: what they cost, by currency.
    sums: Vec<Sum>,
    /// Those that end differently: claims first, then situations.
    examples: Vec<Example>,
    /// What the buyer reads, part by part.
    page: Vec<PagePart>,
}

async fn list(State(service): State<Service>) -> Result<Json<PolicyNames>, Problem> {
    let catalogue = service.app.policies().await?;
    let published = service.app.published_policies().await?;
    let policies = catalogue.versions().iter().map(|policy| policy.pin.clone()).collect();
    let default = catalogue.choose(None, Some(service.app.now()));
    let default = default.map(|policy| policy.pin.clone());
    let published = published.into_iter().map(Published::from).collect();
    Ok(Json(PolicyNames { policies, default, published }))
}

async fn named(app: &App, pin: &str) -> Result<Arc<Policy>, Problem> {
    let catalogue = app.policies().await?;
    let found = if pin.contains('@') { catalogue.choose(Some(pin), None) } else { None };
    let unknown = || {
        let pin: String = pin.chars().take(ID_CHARS_MAX).collect();
        Problem::new(ProblemCode::PolicyVersionUnknown, format!("there is no policy `{pin}`"))
    };
    found.cloned().ok_or_else(unknown)
}

async fn page(
    State(service): State<Service>,
    InPath((policy, version)): InPath<(String, String)>,
    InQuery(InLanguage { language }): InQuery<InLanguage>,
) -> Result<Json<PolicyPage>, Problem> {
    let policy = named(&service.app, &format!("{policy}@{version}")).await?;
    let language = language.as_deref();
    let place = match language {
        None => 0,
        Some(tag) => policy.languages.iter().position(|known| known == tag).ok_or_else(|| {
            let known = policy.languages.join(", ");
            Problem::new(ProblemCode::MalformedQuery, format!("`language` is one of {known}"))
        })?,
    };
    Ok(Json(PolicyPage {
        policy: policy.pin.clone(),
        language: policy.languages.get(place).cloned().unwrap_or_default(),
        languages: policy.languages.clone(),
        page: explain::page(&policy, place),
    }))
}

async fn check(
    State(service): State<Service>,
    body: Body<PolicyFile>,
) -> Result<Json<PolicyChecked>, Problem> {
    let file = body.read.file;
    let checked = blocking(&service.app, move |app| Ok::<_, Problem>(app.check_policy(&file)));
    let checked: Checked = checked.await?;
    let is_usable = checked.is_usable();
    let policy = checked.policy.map(|policy| policy.pin);
    let findings = checked.findings.into_iter().map(PolicyFinding::from).collect();
    Ok(Json(PolicyChecked { policy, is_usable, findings }))
}

async fn publish(
    State(service): State<Service>,
    caller: Caller,
    body: Body<NewPolicy>,
) -> Result<Response, Problem> {
    let (who, NewPolicy { file, accept_warnings }) = (caller.0.who, body.read);
    let publish = move |app: &App| app.publish_policy(&who, &file, accept_warnings);
    let published = blocking(&service.app, publish).await?;
    Ok((StatusCode::CREATED, Json(Published::from(published))).into_response())
}

async fn withdraw(
    State(service): State<Service>,
    caller: Caller,
    InPath((policy, version)): InPath<(String, String)>,
) -> Result<Json<Published>, Problem> {
    let withdrawn = service.app.withdraw_policy(&caller.0.who, &policy, &version).await?;
    Ok(Json(withdrawn.into()))
}

async fn compare(
    State(service): State<Service>,
    caller: Caller,
    body: Body<CompareBody>,
) -> Result<Json<Comparison>, Problem> {
    let CompareBody { old, new, new_file, claims, examples, language } = body.read;
    let old = if let Some(pin) = old {
        named(&service.app, &pin).await?
    } else {
        let catalogue = service.app.policies().await?;
        let now = catalogue.choose(None, Some(service.app.now())).cloned();
        now.ok_or_else(|| Problem::plain(ProblemCode::PolicyVersionUnknown))?
    };
    let new = match (new, new_file) {
        (Some(pin), None) => named(&service.app, &pin).await?,
        (None, Some(file)) => {
            let read = move |app: &App| app.read_policy(&file);
            Arc::new(blocking(&service.app, read).await?)
        }
        _ => {
            let detail = "the new version is given as `new` or as `new_file`, and as one of them";
            return Err(Problem::new(ProblemCode::MalformedBody, detail).at("/new"));
        }
    };
    let bounded = |asked: Option<u32>, usual: usize, most: usize, name: &str| {
        let asked = asked.map_or(usual, |asked| usize::try_from(asked).unwrap_or(usize::MAX));
        let detail = || format!("`{name}` is at most {most}");
        let too_many = || Problem::new(ProblemCode::MalformedBody, detail()).at(format!("/{name}"));
        if asked <= most { Ok(asked) } else { Err(too_many()) }
    };
    let asked = CompareAsked {
        claims_max: bounded(claims, USUAL_CLAIMS, CLAIMS_MAX, "claims")?,
        examples_max: bounded(examples, USUAL_EXAMPLES, EXAMPLES_MAX, "examples")?,
        language: language.or_else(|| new.languages.first().cloned()).unwrap_or_default(),
    };
    let who = caller.0.who;
    let work = move |app: &App| app.compare_policies(&who, &old, &new, &asked);
    let compared = blocking(&service.app, work).await?;
    let Compared { old, new, situations, claims, changes, sums, examples, page } = compared;
    Ok(Json(Comparison { old, new, situations, claims, changes, sums, examples, page }))
}

impl From<PolicyError> for Problem {
    fn from(error: PolicyError) -> Self {
        use ProblemCode as Code;
        let code = match error {
            PolicyError::Database(error) => return error.into(),
            PolicyError::Ledger(_) => {
                tracing::error!(error = %error, "policies cannot be compared");
                return Self::plain(Code::Internal);
            }
            PolicyError::Forbidden { .. } => Code::Forbidden,
            PolicyError::Unusable(_) => Code::PolicyInvalid,
            PolicyError::Warned(_) => Code::PolicyWarned,
            PolicyError::Exists { .. } => Code::PolicyExists,
            PolicyError::TooSoon { .. } => Code::PolicyTooSoon,
            PolicyError::Full(_) => Code::PolicyFull,
            PolicyError::Unknown { .. } => Code::PolicyVersionUnknown,
            PolicyError::Withdrawn { .. } | PolicyError::InForce { .. } => Code::PolicyInForce,
        };
        Self::new(code, error.to_string())
    }
}
