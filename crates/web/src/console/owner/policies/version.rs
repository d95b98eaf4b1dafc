//! One policy version: the page that buyers read, its file, and withdrawing it before it is in force.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::Right;
use backhaul_core::policy::explain::{self, Block, Section};
use backhaul_core::policy::{Catalogue, Policy};
use backhaul_language::{Language, words as w};
use backhaul_store::policy_versions::PolicyVersion;
use jiff::Timestamp;
use jiff::civil::Date;

use super::list::Standing;
use super::{POLICIES, href, pinned, said};
use crate::Service;
use crate::pages::address::asked;
use crate::pages::form::{Faults, Fields};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

pub(super) fn pages() -> Vec<Page> {
    let owner = Reader::With(Right::ManagePolicy);
    vec![
        Page::get("/desk/policies/version/{policy}/{version}", owner, show),
        Page::get("/desk/policies/version/{policy}/{version}/file", owner, download),
        Page::post("/desk/policies/withdraw", owner, withdraw),
    ]
}

/// A language that the policy is written in.
struct Tongue {
    tag: String,
    name: String,
    is_here: bool,
}

/// When a version was published, and taken back.
struct Published {
    by: String,
    at: Timestamp,
    sha256: String,
    withdrawn: Option<(String, Timestamp)>,
}

#[derive(askama::Template)]
#[template(path = "console/owner/policies/version.html")]
struct VersionPage {
    layout: Layout,
    faults: Faults,
    pin: String,
    href: String,
    effective: Date,
    standing: String,
    published: Option<Published>,
    /// Its id and version, where it can still be withdrawn.
    to_withdraw: Option<(String, String)>,
    /// The version that judges, where that is another one.
    judges: Option<String>,
    tag: String,
    tongues: Vec<Tongue>,
    sections: Vec<Section>,
    file: Arc<str>,
}

async fn show(
    State(service): State<Service>,
    visit: Visit,
    Path((policy, version)): Path<(String, String)>,
) -> Answer {
    page(&service, &visit, &format!("{policy}@{version}"), Faults::default()).await
}

async fn page(service: &Service, visit: &Visit, pin: &str, faults: Faults) -> Answer {
    let catalogue = service.app.policies().await?;
    let policy = pinned(&catalogue, pin).ok_or(PageFault::NotFound)?;
    let version = published(service, &policy).await?;
    let is_withdrawn = version.as_ref().is_some_and(|version| version.withdrawn.is_some());
    let standing = Standing::of(&catalogue, &policy, is_withdrawn, visit.now);
    let judges = catalogue.choose(None, Some(visit.now)).map(|judges| judges.pin.clone());
    let layout = Layout::of(visit, &policy.pin);
    let to_withdraw = version
        .as_ref()
        .filter(|_| standing == Standing::Coming)
        .map(|version| (version.policy.clone(), version.version.clone()));
    let published = version.map(|version| Published {
        by: version.published_by,
        at: version.published_at,
        sha256: version.sha256,
        withdrawn: version.withdrawn,
    });
    let standing = standing.said(&layout);
    let asked = asked(visit, "in");
    let of_file = OfFile::new(&policy, asked.as_deref(), layout.language);
    let judges = judges.filter(|judges| *judges != policy.pin);
    draw(&VersionPage { faults, standing, published, to_withdraw, judges, ..of_file.page(layout) })
}

/// What the policy alone says of itself.
struct OfFile<'p> {
    policy: &'p Policy,
    /// The place of the language among the policy's.
    place: usize,
}

impl<'p> OfFile<'p> {
    /// In the language that is asked for, or else in the one that the reader reads best.
    fn new(policy: &'p Policy, asked: Option<&str>, language: Language) -> Self {
        let is_asked = |tag: &String| asked == Some(tag.as_str());
        let is_nearest = |tag: &String| Language::of_tag(tag) == Some(language);
        let tags = &policy.languages;
        let place = tags.iter().position(is_asked).or_else(|| tags.iter().position(is_nearest));
        Self { policy, place: place.unwrap_or(0) }
    }

    fn page(&self, layout: Layout) -> VersionPage {
        let Self { policy, place } = *self;
        let tongue = |(at, tag): (usize, &String)| Tongue {
            tag: tag.clone(),
            name: Language::of_tag(tag)
                .map_or_else(|| tag.clone(), |known| w::language_name(known).into_owned()),
            is_here: at == place,
        };
        VersionPage {
            layout,
            faults: Faults::default(),
            pin: policy.pin.clone(),
            href: href(policy),
            effective: policy.effective,
            standing: String::new(),
            published: None,
            to_withdraw: None,
            judges: None,
            tag: policy.languages.get(place).cloned().unwrap_or_default(),
            tongues: policy.languages.iter().enumerate().map(tongue).collect(),
            sections: explain::sections(policy, place),
            file: Arc::clone(&policy.source),
        }
    }
}

/// How the version was published; nothing where it came with the program or in a file.
async fn published(service: &Service, policy: &Policy) -> Result<Option<PolicyVersion>, PageFault> {
    let published = service.app.published_policies().await?;
    Ok(published.into_iter().find(|version| *version.body == *policy.source))
}

async fn download(
    State(service): State<Service>,
    Path((policy, version)): Path<(String, String)>,
) -> Answer {
    let catalogue = service.app.policies().await?;
    let found = pinned(&catalogue, &format!("{policy}@{version}")).ok_or(PageFault::NotFound)?;
    let plain =
        |sign: char| if sign.is_ascii_alphanumeric() || ".-_".contains(sign) { sign } else { '_' };
    let name: String = format!("{}-{}", found.id, found.version).chars().map(plain).collect();
    let headers = [
        (header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.toml\"")),
    ];
    Ok((headers, found.source.to_string()).into_response())
}

async fn withdraw(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let (policy, version) = (fields.text("policy"), fields.text("version"));
    let done = service.app.withdraw_policy(&visit.who()?, policy, version).await;
    match done {
        Ok(_) => Ok(Redirect::to(&Notice::PolicyWithdrawn.at(POLICIES)).into_response()),
        Err(error) => {
            let mut faults = Faults::default();
            faults.add("withdraw", said(&visit, error)?);
            page(&service, &visit, &format!("{policy}@{version}"), faults).await
        }
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let Ok(catalogue) = Catalogue::built_in() else { return Vec::new() };
    let Some(policy) = catalogue.default_policy() else { return Vec::new() };
    let around = || Layout { here: href(policy), ..layout(&policy.pin) };
    let page = || OfFile::new(policy, None, around().language).page(around());
    let judges = VersionPage { standing: Standing::Judges.said(&around()), ..page() };
    let coming = VersionPage {
        standing: Standing::Coming.said(&around()),
        judges: Some("default@2025.1".to_owned()),
        to_withdraw: Some(("default".to_owned(), "2026.1".to_owned())),
        published: Some(Published {
            by: "ada".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            sha256: "0a".repeat(32),
            withdrawn: None,
        }),
        ..page()
    };
    vec![sample("console-policy", &judges), sample("console-policy-coming", &coming)]
}
