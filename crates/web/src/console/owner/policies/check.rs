//! A policy file, and what is wrong with it: mistakes with their line and column, contradictions, clauses that never apply and
//! situations that nobody covers, each with facts that show it. Nothing is kept.

use axum::extract::State;
use backhaul_app::{App, Checked, Right};
use backhaul_core::policy::{Diagnostic, Policy, Severity};
use backhaul_language::words as w;
use jiff::civil::Date;

use super::draft::{DRAFT_BYTES_MAX, DRAFT_FORM_BYTES_MAX, Draft};
use super::pinned;
use crate::Service;
use crate::blocking::blocking;
use crate::pages::address::asked;
use crate::pages::form::Faults;
use crate::pages::gallery::{Sample, sample};
use crate::pages::upload::Upload;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};
use crate::problem::Problem;

const CHECK: &str = "/desk/policies/check";

pub(super) fn pages() -> Vec<Page> {
    let owner = Reader::With(Right::ManagePolicy);
    vec![
        Page::get(CHECK, owner, show),
        Page::post(CHECK, owner, check).with_body(DRAFT_FORM_BYTES_MAX),
    ]
}

/// One thing that was found.
pub(super) struct Finding {
    pub(super) is_error: bool,
    pub(super) code: &'static str,
    pub(super) line: usize,
    pub(super) column: usize,
    /// What is wrong and what is allowed; in English, as the policy language is.
    pub(super) message: String,
    /// The line of the file.
    pub(super) excerpt: String,
    /// Facts that show it.
    pub(super) example: Option<String>,
}

/// What was found in a file.
pub(super) fn findings(text: &str, found: Vec<Diagnostic>) -> Vec<Finding> {
    let finding = |found: Diagnostic| Finding {
        is_error: found.severity == Severity::Error,
        code: found.code,
        line: found.line,
        column: found.column,
        message: found.message,
        excerpt: text.lines().nth(found.line.saturating_sub(1)).unwrap_or("").trim_end().to_owned(),
        example: found.example,
    };
    found.into_iter().map(finding).collect()
}

/// The policy of a file that can be used.
struct Read {
    pin: String,
    effective: Date,
    clauses: usize,
    rules: usize,
}

impl From<&Policy> for Read {
    fn from(policy: &Policy) -> Self {
        Self {
            pin: policy.pin.clone(),
            effective: policy.effective,
            clauses: policy.clauses.len(),
            rules: policy.rules.len(),
        }
    }
}

#[derive(askama::Template)]
#[template(path = "console/owner/policies/check.html")]
struct CheckPage {
    layout: Layout,
    faults: Faults,
    text: String,
    kilobytes_max: usize,
    /// Whether something was checked.
    is_checked: bool,
    findings: Vec<Finding>,
    errors: usize,
    warnings: usize,
    read: Option<Read>,
}

/// A page on which nothing was checked yet.
fn page(layout: Layout, text: String, faults: Faults) -> CheckPage {
    CheckPage {
        layout,
        faults,
        text,
        kilobytes_max: DRAFT_BYTES_MAX >> 10,
        is_checked: false,
        findings: Vec::new(),
        errors: 0,
        warnings: 0,
        read: None,
    }
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    // To begin with there is the file of the version that judges, or of the one that is asked for.
    let catalogue = service.app.policies().await?;
    let begins = match asked(&visit, "begin") {
        Some(pin) => Some(pinned(&catalogue, &pin).ok_or(PageFault::NotFound)?),
        None => None,
    };
    let text = begins.map(|policy| policy.source.to_string()).unwrap_or_default();
    let layout = Layout::of(&visit, &w::policy_check_title(&visit));
    draw(&page(layout, text, Faults::default()))
}

async fn check(State(service): State<Service>, visit: Visit, upload: Upload) -> Answer {
    match Draft::read(&visit, upload) {
        Err((draft, faults)) => draw_faults(&visit, draft.text, faults),
        Ok(draft) => {
            let checked = checked(&service, &draft.text).await?;
            draw_found(&visit, draft.text, checked)
        }
    }
}

/// The page with a form that could not be read.
pub(super) fn draw_faults(visit: &Visit, text: String, faults: Faults) -> Answer {
    draw(&page(Layout::of(visit, &w::policy_check_title(visit)), text, faults))
}

/// The page with what was found.
pub(super) fn draw_found(visit: &Visit, text: String, checked: Checked) -> Answer {
    draw(&found(Layout::of(visit, &w::policy_check_title(visit)), text, checked))
}

/// Reads and checks a file, beside the threads that answer.
pub(super) async fn checked(service: &Service, text: &str) -> Result<Checked, PageFault> {
    let text = text.to_owned();
    let check = move |app: &App| Ok::<_, Problem>(app.check_policy(&text));
    Ok(blocking(&service.app, check).await?)
}

fn found(layout: Layout, text: String, checked: Checked) -> CheckPage {
    let read = checked.policy.as_ref().filter(|_| checked.is_usable()).map(Read::from);
    let findings = findings(&text, checked.findings);
    let errors = findings.iter().filter(|found| found.is_error).count();
    let warnings = findings.len().saturating_sub(errors);
    CheckPage {
        is_checked: true,
        read,
        errors,
        warnings,
        findings,
        ..page(layout, text, Faults::default())
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let around = || {
        let around = layout("");
        let title = w::policy_check_title(&around).into_owned();
        Layout { title, here: CHECK.to_owned(), ..around }
    };
    let diagnostic = |severity, code, line, message: &str, example: Option<&str>| Diagnostic {
        severity,
        code,
        line,
        column: 1,
        message: message.to_owned(),
        example: example.map(str::to_owned),
    };
    let text = "id = \"default\"\nversion = 2026\n";
    let wrong = Checked {
        policy: None,
        findings: vec![
            diagnostic(Severity::Error, "wrong_type", 2, "expected a text", None),
            diagnostic(
                Severity::Warning,
                "uncovered",
                1,
                "no clause says who pays the way back of a claim of the cause `missing`",
                Some(r#"{"id":"example","claim":{"cause":"missing"}}"#),
            ),
        ],
    };
    let mut faults = Faults::default();
    faults.add("file", w::policy_nothing(around()));
    let policy = backhaul_core::policy::Catalogue::built_in().ok();
    let policy = policy.and_then(|known| known.default_policy().map(|one| Policy::clone(one)));
    let right = Checked { policy, findings: Vec::new() };
    vec![
        sample("console-policy-check", &page(around(), String::new(), Faults::default())),
        sample("console-policy-check-nothing", &page(around(), String::new(), faults)),
        sample("console-policy-check-wrong", &found(around(), text.to_owned(), wrong)),
        sample("console-policy-check-right", &found(around(), text.to_owned(), right)),
    ]
}
