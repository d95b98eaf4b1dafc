//! The policy versions, the newest first: which judges today, from when on each does, and who published it.

use std::collections::BTreeMap;

use axum::extract::State;
use backhaul_app::Right;
use backhaul_core::policy::{Catalogue, Policy};
use backhaul_language::words as w;
use backhaul_store::policy_versions::PolicyVersion;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{POLICIES, href};
use crate::Service;
use crate::pages::gallery::{Sample, sample};
use crate::pages::{Answer, Layout, Page, Reader, Visit, draw};

pub(super) fn pages() -> Vec<Page> {
    vec![Page::get(POLICIES, Reader::With(Right::ManagePolicy), show)]
}

/// How a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It judges the orders that are placed today.
    Judges,
    /// It will, from its first day on.
    Coming,
    /// It judges the orders that were placed while it was in force.
    Before,
    /// It was withdrawn before it was in force.
    Withdrawn,
    /// It judges only orders that ask for it.
    OnRequest,
}

impl Standing {
    /// How that version stands at that moment.
    pub(super) fn of(
        catalogue: &Catalogue,
        policy: &Policy,
        is_withdrawn: bool,
        now: Timestamp,
    ) -> Self {
        let in_force = catalogue.choose(None, Some(now));
        if in_force.is_some_and(|judges| judges.pin == policy.pin) {
            Self::Judges
        } else if is_withdrawn {
            Self::Withdrawn
        } else if !catalogue.judges_by_default(policy) {
            Self::OnRequest
        } else if policy.effective > policy.zone.date(now) {
            Self::Coming
        } else {
            Self::Before
        }
    }

    pub(super) fn said(self, layout: &Layout) -> String {
        let said = match self {
            Self::Judges => w::policy_judges(layout),
            Self::Coming => w::policy_coming(layout),
            Self::Before => w::policy_before(layout),
            Self::Withdrawn => w::policy_withdrawn(layout),
            Self::OnRequest => w::policy_on_request(layout),
        };
        said.into_owned()
    }
}

/// One version.
struct Row {
    pin: String,
    href: String,
    effective: Date,
    standing: String,
    judges: bool,
    /// Who published it, and when; nothing where it came with the program or in a file.
    published: Option<(String, Timestamp)>,
}

#[derive(askama::Template)]
#[template(path = "console/owner/policies/list.html")]
struct ListPage {
    layout: Layout,
    rows: Vec<Row>,
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let catalogue = service.app.policies().await?;
    let published = service.app.published_policies().await?;
    let layout = Layout::of(&visit, &w::policies_title(&visit));
    let by_source = by_file(&published);
    let row = |policy: &Policy| {
        let version = by_source.get(&*policy.source);
        let is_withdrawn = version.is_some_and(|version| version.withdrawn.is_some());
        let standing = Standing::of(&catalogue, policy, is_withdrawn, visit.now);
        Row {
            pin: policy.pin.clone(),
            href: href(policy),
            effective: policy.effective,
            standing: standing.said(&layout),
            judges: standing == Standing::Judges,
            published: version.map(|one| (one.published_by.clone(), one.published_at)),
        }
    };
    let rows = catalogue.versions().iter().rev().map(|policy| row(policy)).collect();
    draw(&ListPage { layout, rows })
}

/// What was published, by its file: laws that are laid over a version change its pin, and not its file.
fn by_file(published: &[PolicyVersion]) -> BTreeMap<&str, &PolicyVersion> {
    published.iter().map(|version| (version.body.as_str(), version)).collect()
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let around = || {
        let around = layout("");
        Layout {
            title: w::policies_title(&around).into_owned(),
            here: POLICIES.to_owned(),
            ..around
        }
    };
    let row = |pin: &str, standing: Standing, published| Row {
        pin: pin.to_owned(),
        href: format!("{POLICIES}/version/default/2026.1"),
        effective: Date::constant(2026, 4, 1),
        standing: standing.said(&around()),
        judges: standing == Standing::Judges,
        published,
    };
    let by = |name: &str| Some((name.to_owned(), Timestamp::UNIX_EPOCH));
    let rows = vec![
        row("default@2026.2", Standing::Coming, by("ada")),
        row("default@2026.1", Standing::Withdrawn, by("a-name-that-is-as-long-as-any-name-may-be")),
        row("default@2025.1", Standing::Judges, None),
        row("marketplace@2024.11+eu.2026", Standing::OnRequest, None),
    ];
    vec![sample("console-policies", &ListPage { layout: around(), rows })]
}
