//! Publishing a version in two steps: what it changes is shown first, and only what was shown is published.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::{App, PolicyError, Right};
use backhaul_core::policy::Policy;
use backhaul_core::policy::compare::text::Side;
use backhaul_language::words as w;
use jiff::civil::Date;

use super::check::{Finding, findings};
use super::compared::Comparison;
use super::draft::{DRAFT_FORM_BYTES_MAX, Draft};
use super::{check, compare, href, said};
use crate::Service;
use crate::blocking::blocking;
use crate::pages::form::Faults;
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::upload::Upload;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};
use crate::problem::Problem;

const PUBLISH: &str = "/desk/policies/publish";
/// How many examples are shown before it is published.
const EXAMPLES: usize = 10;

pub(super) fn pages() -> Vec<Page> {
    let owner = Reader::With(Right::ManagePolicy);
    vec![Page::post(PUBLISH, owner, publish).with_body(DRAFT_FORM_BYTES_MAX)]
}

#[derive(askama::Template)]
#[template(path = "console/owner/policies/publish.html")]
struct PublishPage {
    layout: Layout,
    faults: Faults,
    text: String,
    pin: String,
    effective: Date,
    zone: String,
    /// The version that judges until then.
    judges: String,
    /// What the check warns of, which must be accepted.
    findings: Vec<Finding>,
    compared: Comparison,
}

/// A file that was checked, on its way to be published.
struct Step {
    policy: Arc<Policy>,
    judges: Arc<Policy>,
    draft: Draft,
    warnings: Vec<Finding>,
}

async fn publish(State(service): State<Service>, visit: Visit, upload: Upload) -> Answer {
    let draft = match Draft::read(&visit, upload) {
        Ok(draft) => draft,
        Err((draft, faults)) => return check::draw_faults(&visit, draft.text, faults),
    };
    let checked = check::checked(&service, &draft.text).await?;
    let is_usable = checked.is_usable();
    let Some(policy) = checked.policy.clone().filter(|_| is_usable) else {
        return check::draw_found(&visit, draft.text, checked);
    };
    let catalogue = service.app.policies().await?;
    let judges = catalogue.choose(None, Some(visit.now)).cloned().ok_or(PageFault::NotFound)?;
    let warnings = findings(&draft.text, checked.findings);
    let step = Step { policy: Arc::new(policy), judges, draft, warnings };
    let mut faults = Faults::default();
    if step.draft.fields.has("publish") {
        // Sent twice it acts once: the same file is there already.
        let is_there = is_published(&service, &step.draft.text).await?;
        match if is_there { Ok(()) } else { step.carry_out(&service, &visit).await? } {
            Ok(()) => {
                let to = Notice::PolicyPublished.at(&href(&step.policy));
                return Ok(Redirect::to(&to).into_response());
            }
            Err(said) => faults.add("publish", said),
        }
    } else if let Err(error) = service.app.could_publish(&visit.who()?, &step.policy).await {
        faults.add("publish", said(&visit, error)?);
    }
    step.show(&service, &visit, faults).await
}

/// Whether that very file was published.
async fn is_published(service: &Service, text: &str) -> Result<bool, PageFault> {
    Ok(service.app.published_policies().await?.iter().any(|version| version.body == text))
}

impl Step {
    /// Publishes it; or says why not, in the reader's words.
    async fn carry_out(
        &self,
        service: &Service,
        visit: &Visit,
    ) -> Result<Result<(), String>, PageFault> {
        // What was shown is the difference to one version: if that judges no more, it is shown anew.
        if self.draft.fields.text("judges") != self.judges.pin {
            return Ok(Err(w::policy_moved(visit).into_owned()));
        }
        let (who, text) = (visit.who()?, self.draft.text.clone());
        let accepts = self.draft.fields.has("accept");
        let work = move |app: &App| {
            Ok::<Result<_, PolicyError>, Problem>(app.publish_policy(&who, &text, accepts))
        };
        match blocking(&service.app, work).await? {
            Ok(_) => Ok(Ok(())),
            Err(error) => Ok(Err(said(visit, error)?)),
        }
    }

    /// What publishing it changes.
    async fn show(self, service: &Service, visit: &Visit, faults: Faults) -> Answer {
        let Self { policy, judges, draft, warnings } = self;
        let both = [Arc::clone(&judges), Arc::clone(&policy)];
        let compared = Comparison::of(service, visit, both, EXAMPLES).await?;
        draw(&PublishPage {
            layout: Layout::of(visit, &w::policy_publish_title(visit)),
            faults,
            text: draft.text,
            pin: policy.pin.clone(),
            effective: policy.effective,
            zone: policy.zone.name().to_owned(),
            judges: judges.pin.clone(),
            findings: warnings,
            compared,
        })
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let around = || {
        let around = layout("");
        let title = w::policy_publish_title(&around).into_owned();
        Layout { title, here: PUBLISH.to_owned(), ..around }
    };
    let page = |faults, findings| PublishPage {
        layout: around(),
        faults,
        text: "id = \"default\"\n".to_owned(),
        pin: "default@2026.2".to_owned(),
        effective: Date::constant(2026, 4, 1),
        zone: "Europe/Berlin".to_owned(),
        judges: "default@2025.1".to_owned(),
        findings,
        compared: compare::sample_of(&around()),
    };
    let warned = || Finding {
        is_error: false,
        code: "unused",
        line: 12,
        column: 1,
        message: "no rule asks for the evidence `manual`".to_owned(),
        excerpt: "[[evidence]]".to_owned(),
        example: None,
    };
    let mut faults = Faults::default();
    faults.add("publish", w::policy_exists(around(), "default@2026.2"));
    vec![
        sample("console-policy-publish", &page(Faults::default(), Vec::new())),
        sample("console-policy-publish-warned", &page(Faults::default(), vec![warned()])),
        sample("console-policy-publish-refused", &page(faults, Vec::new())),
    ]
}
